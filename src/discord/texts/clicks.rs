//! What a person reads after a click or a form that led nowhere, or that was done.

use clara_domain::tweet::ReasonCode;
use clara_domain::{Client, Tweet, TweetState};

use super::forms::{KIND, WHY, kinds};
use super::{NOTHING_CHANGED, three};
use crate::discord::card::{label, status};
use crate::discord::custom_id::Action;
use crate::discord::escape::{fit, line};
use crate::discord::times::{moment, zone_of};

/// A button of a version of Clara that is not running.
pub(crate) fn unknown_button() -> String {
    three(
        "This button belongs to another version of Clara.",
        NOTHING_CHANGED,
        "`/tweet show` with the id at the foot of the card shows it with buttons that work.",
    )
}

/// A button under a text that the journal does not have: one from before a backup was restored.
pub(crate) fn another_text(tweet: &Tweet) -> String {
    three(
        "This card shows another text than Clara has under that number: it is from before a backup was restored.",
        NOTHING_CHANGED,
        &format!(
            "Delete this card; `/tweet show tweet:{}` shows the text that Clara has.",
            tweet.id.short()
        ),
    )
}

/// A button of a tweet that Clara does not have.
pub(crate) fn unknown_tweet() -> String {
    three(
        "Clara does not know this tweet, or is still starting.",
        NOTHING_CHANGED,
        "Try again in a minute; `/queue` lists the tweets that are open.",
    )
}

/// A button that the card does not have any more.
pub(crate) fn no_longer(action: Action, client: &Client, tweet: &Tweet) -> String {
    let decided = decision(client, tweet).map(|decision| format!(" {decision}"));
    three(
        &format!(
            "“{}” is over: tweet `{}` is {}.{}",
            label(action),
            tweet.id.short(),
            tweet.state.name(),
            decided.unwrap_or_default()
        ),
        NOTHING_CHANGED,
        "Its card shows what can be done now.",
    )
}

/// Who brought the tweet where it is, and when, where a person did.
fn decision(client: &Client, tweet: &Tweet) -> Option<String> {
    let zone = zone_of(client);
    let (what, who, at) = match &tweet.state {
        TweetState::Rejected { by, at, .. } => ("Rejected", by, *at),
        TweetState::Cancelled { by, at } => ("Cancelled", by, *at),
        TweetState::Deleting { by, at, .. } | TweetState::Deleted { by, at, .. } => {
            ("Deleted", by, *at)
        }
        TweetState::Approved | TweetState::Posting { .. } | TweetState::Overdue { .. } => {
            let last = tweet.approvals.last()?;
            ("Approved", &last.by, last.at)
        }
        TweetState::Planned
        | TweetState::Generated
        | TweetState::Validated
        | TweetState::Uncertain(_)
        | TweetState::Posted { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. } => return None,
    };
    Some(format!(
        "{what} by {} at {}.",
        line(&who.name, 60),
        moment(at, &zone)
    ))
}

/// A form was taken.
pub(crate) fn done(action: Action, client: &Client, tweet: &Tweet) -> String {
    let id = tweet.id.short();
    let what = match action {
        Action::Reject => rejected(client, tweet),
        Action::Regenerate => {
            "Your hint goes to the language model; the card shows the new text when it is there."
                .to_owned()
        }
        Action::Override => {
            "You let this text through the check; it still needs approval.".to_owned()
        }
        Action::Live => "Noted as live.".to_owned(),
        Action::Delete => "X is asked to delete what is live of it.".to_owned(),
        Action::Edit => match &tweet.state {
            TweetState::Validated => format!(
                "Your text is revision {} and passed the check.",
                tweet.revision()
            ),
            _ => format!("Your text is revision {}.", tweet.revision()),
        },
        Action::Approve
        | Action::Now
        | Action::Next
        | Action::Drop
        | Action::Again
        | Action::Retry
        | Action::Back(_)
        | Action::Forth(_) => "Done.".to_owned(),
    };
    format!("{what} Tweet `{id}`: {}.", status(client, tweet))
}

fn rejected(client: &Client, tweet: &Tweet) -> String {
    let mut lessons = client.lessons.kept.values();
    let learned = if lessons.any(|lesson| lesson.tweet == tweet.id) {
        " Later prompts are reminded of why; `/client lessons list` shows it."
    } else {
        ""
    };
    format!("The tweet is rejected and will not be posted.{learned}")
}

/// An edit that changes nothing.
pub(crate) fn same_text() -> String {
    three(
        "That is the text as it was.",
        "Nothing was changed, and its approvals stay.",
        "Press Edit again if you meant to change it.",
    )
}

/// A thread that does not fit the form.
pub(crate) fn too_long_to_edit() -> String {
    three(
        "This thread is too long for Discord's form.",
        NOTHING_CHANGED,
        "Regenerate it with a hint of what should be different.",
    )
}

/// A word that is no kind of reason. What was typed beside it is gone with the form, so it is said back.
pub(crate) fn unknown_kind(given: &str, near: ReasonCode, said: &str) -> String {
    let answer = three(
        &format!(
            "“{KIND}” takes one of {}, or nothing; not “{}”.",
            kinds(),
            line(given, 60)
        ),
        "The tweet was not rejected.",
        &format!(
            "Press Reject again; the nearest word is `{}`. You wrote under “{WHY}”:",
            near.name()
        ),
    );
    format!("{answer}\n>>> {}", fit(said, 1500))
}

/// What was typed names no post.
pub(crate) fn not_a_post(given: &str) -> String {
    three(
        &format!(
            "“{}” is neither a post's link nor its number.",
            line(given, 100)
        ),
        NOTHING_CHANGED,
        "Press “It is live” again and paste a link such as `https://x.com/harbour/status/1234567890`.",
    )
}
