//! Settling an unknown outcome from the account's timeline: when to look, and what counts as found.
//!
//! X has no idempotency key, so a request whose answer was lost is never sent again on a guess. Reads may lag behind
//! writes: one look proves nothing, and "absent" is believed only after several, spread over minutes.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization;

use crate::backoff::Backoff;
use crate::client::later;
use crate::ids::PostId;
use crate::tweet::Uncertain;

/// When to look, counted from the moment at which the outcome became unknown: the request may have left, or arrived, as
/// late as that. After the last one in vain it is absent.
const LOOKS: [Duration; 3] = [
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(300),
];
/// The pauses after a timeline that could not be read.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(15), Duration::from_secs(300));
/// Failed reads in a row after which a person is asked.
const MOST_RETRIES: u32 = 8;

/// When to look first.
pub fn first_look(since: Timestamp) -> Timestamp {
    later(since, LOOKS[0])
}

/// When to look again after one more look in vain; none when that was enough.
pub fn next_look(uncertain: &Uncertain, now: Timestamp) -> Option<Timestamp> {
    let looks = uncertain.absent as usize + 1;
    let at = later(uncertain.since, *LOOKS.get(looks)?);
    // Looks that came late are still spread out: the last one counts only with time behind it.
    Some(at.max(later(now, LOOKS[0])))
}

/// When to try again after one more read that failed; none when a person is to be asked.
pub fn next_try(uncertain: &Uncertain, now: Timestamp) -> Option<Timestamp> {
    if uncertain.unreadable + 1 >= MOST_RETRIES {
        return None;
    }
    Some(later(now, BACKOFF.pause(uncertain.unreadable)))
}

/// A post as the timeline shows it, its links expanded and its entities unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePost {
    /// X's id.
    pub id: PostId,
    /// The text as a reader would have written it.
    pub text: String,
    /// When X says it was made.
    pub created_at: Timestamp,
}

/// How much earlier than the request's start a post may claim to be: the two clocks are not the same.
const CLOCK_SKEW: Duration = Duration::from_secs(120);

/// How much earlier than the request's start the timeline is read from. This machine's clock may have been wrong when the
/// request left, and a post that is not looked for would be taken for absent.
pub const LOOK_BACK: Duration = Duration::from_secs(24 * 60 * 60);

/// What a timeline shows of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting<'a> {
    /// The post that it made.
    Made(&'a TimelinePost),
    /// The same text, in a post that X says is older than the request. If this machine's clock is right somebody else
    /// made it; otherwise it is the one. A machine cannot tell which.
    Older(&'a TimelinePost),
    /// Nothing.
    Nothing,
}

/// Looks for the post that a request with this text made: the same text, not before the request, and not a post that is
/// known to come from another request.
pub fn find<'a>(
    text: &str,
    since: Timestamp,
    known: &BTreeSet<PostId>,
    timeline: &'a [TimelinePost],
) -> Sighting<'a> {
    let earliest = since.checked_sub(CLOCK_SKEW).unwrap_or(Timestamp::MIN);
    let wanted = comparable(text);
    let same = timeline
        .iter()
        .filter(|post| !known.contains(&post.id) && comparable(&post.text) == wanted);
    match same.max_by_key(|post| post.created_at >= earliest) {
        Some(post) if post.created_at >= earliest => Sighting::Made(post),
        Some(post) => Sighting::Older(post),
        None => Sighting::Nothing,
    }
}

/// The form in which what was sent and what is read back compare equal: NFC, white space collapsed, links without
/// their scheme and closing slash (X shows `example.com` as `http://example.com`, also behind a bracket or within
/// ideographs, where no white space sets it apart).
fn comparable(text: &str) -> String {
    let composed: String = text.nfc().collect();
    let bare = composed.replace("https://", "").replace("http://", "");
    let words = bare
        .split_whitespace()
        .map(|word| word.strip_suffix('/').unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ids::AttemptNo;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn post(id: &str, text: &str, seconds: i64) -> TimelinePost {
        TimelinePost {
            id: PostId::new(id).unwrap(),
            text: text.to_owned(),
            created_at: at(seconds),
        }
    }

    fn uncertain(absent: u32, unreadable: u32) -> Uncertain {
        Uncertain {
            attempt: AttemptNo(1),
            since: at(0),
            reason: "timed out".into(),
            absent,
            unreadable,
            duplicate: false,
            next_look: Some(at(10)),
            account: None,
        }
    }

    #[test]
    fn absence_takes_three_looks_over_five_minutes() {
        assert_eq!(first_look(at(0)), at(10));
        assert_eq!(next_look(&uncertain(0, 0), at(10)), Some(at(60)));
        assert_eq!(next_look(&uncertain(1, 0), at(60)), Some(at(300)));
        assert_eq!(next_look(&uncertain(2, 0), at(300)), None);
    }

    #[test]
    fn looks_after_an_outage_are_spread_out_too() {
        assert_eq!(next_look(&uncertain(0, 0), at(9000)), Some(at(9010)));
    }

    #[test]
    fn an_unreadable_timeline_is_tried_with_growing_pauses_and_then_a_person_is_asked() {
        let pauses: Vec<_> = (0..8)
            .map(|n| next_try(&uncertain(0, n), at(0)).map(|t| t.duration_since(at(0)).as_secs()))
            .collect();
        let expected = [15, 30, 60, 120, 240, 300, 300].map(Some);
        assert_eq!(pauses[..7], expected);
        assert_eq!(pauses[7], None);
    }

    #[test]
    fn the_same_words_are_found_whatever_x_made_of_links_and_spaces() {
        let timeline = [
            post("3", "Cafe\u{301} news:\nhttp://example.com/", 5),
            post("2", "something else", 3),
        ];
        let found = find("Café news: example.com", at(0), &BTreeSet::new(), &timeline);
        assert_eq!(found, Sighting::Made(&timeline[0]));
    }

    #[test]
    fn a_link_is_found_where_no_white_space_sets_it_apart() {
        let timeline = [post("3", "茶http://example.jp (http://example.com)!", 5)];
        let found = find(
            "茶example.jp (example.com)!",
            at(0),
            &BTreeSet::new(),
            &timeline,
        );
        assert_eq!(found, Sighting::Made(&timeline[0]));
    }

    #[test]
    fn one_of_another_request_is_not_taken_for_it() {
        let timeline = [post("9", "hello", 5)];
        let known = BTreeSet::from([PostId::new("9").unwrap()]);
        assert_eq!(find("hello", at(0), &known, &timeline), Sighting::Nothing);
    }

    #[test]
    fn an_older_post_is_neither_it_nor_proof_that_there_is_none() {
        let timeline = [post("1", "hello", -500)];
        let found = find("hello", at(0), &BTreeSet::new(), &timeline);
        assert_eq!(found, Sighting::Older(&timeline[0]));
        let both = [post("1", "hello", -500), post("2", "hello", -100)];
        let found = find("hello", at(0), &BTreeSet::new(), &both);
        assert_eq!(found, Sighting::Made(&both[1]));
    }
}
