//! What a person reads when the client's rules do not allow what they asked for.

use clara_domain::Rejection;
use clara_domain::ids::RevisionNo;
use clara_domain::person::{Author, PersonRef, Right};
use clara_domain::validate::Finding;
use jiff::Timestamp;

use super::{About, NOTHING_CHANGED, three};
use crate::discord::escape::{cut, line};
use crate::discord::times::{moment, span};

/// One text for each rejection.
pub(crate) fn rejection(rejection: &Rejection, about: About) -> String {
    let nothing = |happened: &str, next: &str| three(happened, NOTHING_CHANGED, next);
    let zone = about.zone();
    match rejection {
        Rejection::NoSuchClient => nothing(
            "This client is not set up.",
            "See `/client list` for those that are, or add it with `/client add`.",
        ),
        Rejection::ClientExists => nothing(
            "There is a client with this id already.",
            "See it with `/client show`, or choose another id.",
        ),
        Rejection::NoSuchTweet(id) => nothing(
            &format!("There is no tweet `{}`.", id.short()),
            "See `/queue` for the tweets that there are.",
        ),
        Rejection::TweetExists(id) => nothing(
            &format!(
                "The new tweet's id `{}` is taken; that should never happen.",
                id.short()
            ),
            "Ask once more.",
        ),
        Rejection::NoSuchNote(note) => nothing(
            &format!("There is no note {note}."),
            "See `/client knowledge list` for the notes that there are.",
        ),
        Rejection::NoteExists { note, title } => nothing(
            &format!(
                "Note {note}, “{}”, says exactly this already.",
                line(title, 100)
            ),
            "To call it otherwise, take it out with `/client knowledge remove` and add it again.",
        ),
        Rejection::NoSuchLesson(lesson) => nothing(
            &format!("There is no lesson {lesson}."),
            "See `/client lessons list` for those that there are.",
        ),
        Rejection::BeingChecked => nothing(
            "The moderation service is still looking at this text, so it cannot be approved yet.",
            "The card says when it has. Somebody with the right to override can let it through at once.",
        ),
        Rejection::NotAllowed { right } => nothing(
            &format!(
                "You do not have the right to {} for this client.",
                doing(*right)
            ),
            "Ask somebody who manages the client, or have a role given to you that has it.",
        ),
        Rejection::NotForPeople => nothing(
            "Clara does this by herself; nobody can ask for it.",
            "There is nothing to do.",
        ),
        Rejection::Stale { seen, current } => stale(*seen, *current, about),
        Rejection::WrongState {
            action,
            state,
            by,
            at,
        } => wrong_state(action, state, by.as_ref(), *at, about),
        Rejection::NotAwaited => nothing(
            "This answer came too late: the question is settled.",
            "Look at the card for how.",
        ),
        Rejection::NotValidated { findings } => not_validated(findings),
        Rejection::AlreadyApproved { have, needed } => nothing(
            &format!("You have approved this text already; it has {have} of {needed} approvals."),
            if have >= needed {
                "It goes out at its time."
            } else {
                "Now somebody else has to approve it."
            },
        ),
        Rejection::AuthorMayNotApprove => nothing(
            "You wrote this text, and for this client the author's own approval does not count.",
            "Ask somebody else to approve it.",
        ),
        Rejection::PartLive { live, segments } => nothing(
            &format!(
                "{live} of the {segments} posts of this thread are live already, so its text cannot change."
            ),
            "Let the rest go out, or drop the rest.",
        ),
        Rejection::InThePast { slot } => nothing(
            &format!("{} is in the past.", moment(*slot, &zone)),
            "Choose a time to come, such as `in 2h`, or leave the time out for the next free slot.",
        ),
        Rejection::TooClose {
            slot,
            other,
            min_gap,
        } => nothing(
            &format!(
                "{} is too close to another tweet at {}: this client keeps {} between tweets.",
                moment(*slot, &zone),
                moment(*other, &zone),
                span(*min_gap)
            ),
            "Choose another time, or leave the time out for the next free slot.",
        ),
        Rejection::Quiet { slot, hours } => nothing(
            &format!(
                "{} is within this client's quiet hours, {hours}.",
                moment(*slot, &zone)
            ),
            "Choose another time, or leave the time out for the next free slot.",
        ),
        Rejection::NoFreeSlot { has_slots: true } => nothing(
            "Every slot of this client in the next weeks is taken.",
            "Give a time yourself, such as `when:tomorrow 15:00`.",
        ),
        Rejection::NoFreeSlot { has_slots: false } => nothing(
            "This client has no weekly slots, so there is no next one.",
            "Give a time yourself, such as `when:tomorrow 09:00`.",
        ),
        Rejection::Invalid { field, expected } => nothing(
            &format!(
                "The {field} is not as it must be: expected {}.",
                line(expected, 300)
            ),
            "Change it and ask again.",
        ),
        Rejection::Paused => nothing(
            "This client is paused already.",
            "See why with `/client show`; `/client resume` lets it post again.",
        ),
        Rejection::NotPaused => {
            nothing("This client is not paused.", "There is nothing to resume.")
        }
        Rejection::Halted => nothing(
            "Everything is held already.",
            "See why with `/status`; `/resume` lets it go on.",
        ),
        Rejection::NotHalted => nothing(
            "Nothing is held for all clients.",
            "A client that is paused by itself goes on with `/client resume`.",
        ),
        Rejection::NotDue => nothing(
            "It is not time for this yet.",
            "It goes out at its time by itself.",
        ),
        Rejection::HashMismatch => nothing(
            "The text is not the one that was approved, so it is not sent. That should never happen.",
            "Tell the team that runs Clara.",
        ),
    }
}

/// What a right allows, as the end of "the right to".
pub(crate) fn doing(right: Right) -> &'static str {
    match right {
        Right::Manage => "manage (add, pause, resume)",
        Right::Write => "write (plan, edit, regenerate, reschedule, cancel)",
        Right::Approve => "approve (approve, reject, and decide what goes out)",
        Right::Override => "override the check",
    }
}

fn stale(seen: RevisionNo, current: RevisionNo, about: About) -> String {
    let written = about.tweet.and_then(|tweet| {
        let now = tweet
            .revisions
            .iter()
            .find(|revision| revision.no == current)?;
        let by = match &now.author {
            Author::Model { .. } => "the language model".to_owned(),
            Author::Person { who } => line(&who.name, 60),
        };
        Some(format!(
            ", written by {by} at {}",
            moment(now.at, &about.zone())
        ))
    });
    three(
        &format!(
            "The text has changed since you saw it: you saw revision {seen}, now there is revision {current}{}.",
            written.unwrap_or_default()
        ),
        NOTHING_CHANGED,
        "Read the new text on the card, then decide about that.",
    )
}

fn wrong_state(
    action: &str,
    state: &str,
    by: Option<&PersonRef>,
    at: Option<Timestamp>,
    about: About,
) -> String {
    let by = by.map(|by| format!(", decided by {}", line(&by.name, 60)));
    let at = at.map(|at| format!(", since {}", moment(at, &about.zone())));
    let tweet = about.tweet_name();
    let (first, rest) = tweet.split_at(1);
    three(
        &format!(
            "{}{rest} is {state}{}{}: nobody can {action} it now.",
            first.to_uppercase(),
            by.unwrap_or_default(),
            at.unwrap_or_default()
        ),
        NOTHING_CHANGED,
        "Its card shows what can be done.",
    )
}

fn not_validated(findings: &[Finding]) -> String {
    let lines = findings
        .iter()
        .map(|finding| format!("\n• {}", line(&finding.message, 200)));
    let list: String = lines.take(6).collect();
    cut(
        &three(
            "This text does not pass the check, so it cannot go out as it is.",
            NOTHING_CHANGED,
            &format!(
                "Edit it, have it written again, or override the check with a reason, as its card offers.{list}"
            ),
        ),
        1900,
    )
}
