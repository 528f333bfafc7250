//! What a person reads when a command was done.

use clara_domain::{Client, Tweet};
use jiff::Timestamp;

use crate::discord::card::name;
use crate::discord::escape::{cut, line};
use crate::discord::message::CONTENT;
use crate::discord::texts::waiting::{because, for_room};
use crate::discord::times::{moment, zone_of};

/// `/plan` was done.
pub(crate) fn planned(client: &Client, tweets: &[&Tweet], now: Timestamp) -> String {
    let zone = zone_of(client);
    let lines = tweets.iter().map(|tweet| {
        format!(
            "\n• `{}` for {}",
            tweet.id.short(),
            moment(tweet.slot, &zone)
        )
    });
    let what = match tweets {
        [_] => "Planned a tweet".to_owned(),
        many => format!("Planned {} tweets", many.len()),
    };
    let first = tweets
        .first()
        .map(|tweet| match room(client, tweet, now) {
            Some(until) => format!(
                "{}, not earlier ({})",
                moment(until, &zone),
                because(client)
            ),
            None => moment(tweet.write_at, &zone),
        })
        .unwrap_or_default();
    let next = format!(
        "\nThe first is written at {first}; then its card asks for approval{}. Nothing is posted without it.",
        place(client)
    );
    cut(
        &format!(
            "{what} for {}.{}{next}",
            name(client),
            lines.collect::<String>()
        ),
        CONTENT,
    )
}

/// Until when there is no room for another text today.
fn room(client: &Client, tweet: &Tweet, now: Timestamp) -> Option<Timestamp> {
    for_room(client, tweet).filter(|until| *until > now)
}

/// `/generate` was done: the text is being written, or will be when there is room for it.
pub(crate) fn generating(client: &Client, tweet: &Tweet, now: Timestamp) -> String {
    if let Some(until) = room(client, tweet, now) {
        let zone = zone_of(client);
        return format!(
            "Tweet `{}` for {} is planned for {}, and not written at once: {}. It is written at {} at the earliest; then its \
             card appears{}. Nothing is posted without approval. To have it sooner, write it yourself: `/tweet show id:{}` \
             and Edit.",
            tweet.id.short(),
            name(client),
            moment(tweet.slot, &zone),
            because(client),
            moment(until, &zone),
            place(client),
            tweet.id.short()
        );
    }
    format!(
        "Clara is writing tweet `{}` for {}, planned for {}. Its card with the text and the other candidates appears{}; \
         nothing is posted without approval.",
        tweet.id.short(),
        name(client),
        moment(tweet.slot, &zone_of(client)),
        place(client)
    )
}

fn place(client: &Client) -> String {
    match &client.settings {
        Some(settings) => format!(" in <#{}>", settings.approval_channel),
        None => String::new(),
    }
}

/// `/client add` was done.
pub(crate) fn client_added(client: &Client) -> String {
    let slots = match &client.settings {
        Some(settings) if !settings.schedule.slots.is_empty() => "",
        _ => " It has no weekly slots, so `/plan` needs a time.",
    };
    format!(
        "{} is added as `{}`. Its cards appear{}.{slots} Before it can post, the credentials of its X account have to be \
         on the server under the same id. Plan its first tweet with `/plan client:{} brief:…`.",
        name(client),
        client.id,
        place(client),
        client.id
    )
}

/// `/client pause` was done.
pub(crate) fn paused(client: &Client) -> String {
    let reason = client
        .paused
        .as_ref()
        .map(|pause| line(&pause.reason, 500))
        .unwrap_or_default();
    format!(
        "{} is paused: “{reason}”. Nothing more of it is posted; approving and writing go on. `/client resume client:{}` \
         lets it post again.",
        name(client),
        client.id
    )
}

/// `/client resume` was done.
pub(crate) fn resumed(client: &Client) -> String {
    format!(
        "{} posts again. Tweets whose time passed meanwhile are not posted by themselves: each asks on its card.",
        name(client)
    )
}

/// `/pause` was done.
pub(crate) fn halted() -> &'static str {
    "Nothing is posted for any client from now on; what X is being sent at this moment still arrives. Writing and approving \
     go on, and nothing is lost. `/resume` lets everything go on."
}

/// `/resume` was done.
pub(crate) fn released() -> &'static str {
    "Posting goes on for all clients that are not paused by themselves. Tweets whose time passed meanwhile are not posted \
     by themselves: each asks on its card."
}

/// `/tweet delete` was done.
pub(crate) fn being_deleted(client: &Client, tweet: &Tweet) -> String {
    format!(
        "X is asked to delete what is live of tweet `{}` of {}. Its card says when it is gone.",
        tweet.id.short(),
        name(client)
    )
}

/// `/tweet cancel` was done.
pub(crate) fn cancelled(client: &Client, tweet: &Tweet) -> String {
    format!(
        "Tweet `{}` of {} is cancelled and will not be posted. It cannot be brought back; `/plan` makes a new one.",
        tweet.id.short(),
        name(client)
    )
}

/// `/tweet reschedule` was done.
pub(crate) fn rescheduled(client: &Client, tweet: &Tweet) -> String {
    format!(
        "Tweet `{}` of {} is {} and set for {}.",
        tweet.id.short(),
        name(client),
        tweet.state.name(),
        moment(tweet.slot, &zone_of(client))
    )
}
