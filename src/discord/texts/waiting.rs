//! What is said of a planned tweet that is written later than it was meant to be, because so many texts were written
//! for its client already.

use clara_domain::{Client, Tweet, TweetState};
use jiff::Timestamp;

use crate::discord::times::{moment, readers, zone_of};

/// Until when a planned tweet waits for nothing but the day's limit; none where it does not. A time that has passed
/// means that it is due, and waits for something else.
pub(crate) fn for_room(client: &Client, tweet: &Tweet) -> Option<Timestamp> {
    let wanted = tweet.not_before.unwrap_or(Timestamp::MIN);
    let until = client.writes_at(tweet);
    (tweet.state == TweetState::Planned && until > wanted.max(tweet.write_at)).then_some(until)
}

/// Why a tweet is not written before then.
pub(super) fn because(client: &Client) -> String {
    let often = match per_day(client) {
        1 => "once".to_owned(),
        many => format!("{many} times"),
    };
    format!("for this client the model is asked at most {often} in 24 hours, and it was")
}

fn per_day(client: &Client) -> u16 {
    let settings = client.settings.as_ref();
    settings.map_or(0, |settings| settings.generation.per_day.get())
}

/// The card of such a tweet.
pub(crate) fn note(client: &Client, tweet: &Tweet, until: Timestamp) -> String {
    let next = if until > tweet.slot {
        "That is after its time: write the text yourself, or give it a later time with `/tweet reschedule`."
    } else {
        "You can also write the text yourself."
    };
    format!(
        "It is not written before {}: {}. The tweet keeps its time. {next}",
        moment(until, &zone_of(client)),
        because(client)
    )
}

/// The end of its line in the queue.
pub(super) fn in_queue(client: &Client, until: Timestamp) -> String {
    format!(
        " (not written before {}: the day's {} are used up)",
        readers(until),
        per_day(client)
    )
}
