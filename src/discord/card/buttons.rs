//! Which buttons a card has: exactly what the domain takes from where the tweet stands.
//!
//! A test asks the domain for every button of every state, so a button that is always refused cannot stay.

use clara_domain::tweet::{Failure, Revision};
use clara_domain::{Tweet, TweetState};

use crate::discord::custom_id::{Action, CustomId};
use crate::discord::message::{Button, Component, FIVE, Row, Style};

/// What can be done with the tweet now, in the order of the buttons.
pub(crate) fn actions(tweet: &Tweet) -> Vec<Action> {
    let untouched = tweet.posts.is_empty();
    let is_live = tweet.live().next().is_some();
    let current = tweet.current();
    let approvable = current.is_some_and(Revision::is_approvable);
    let overridable = current.is_some_and(|revision| revision.report.is_some()) && !approvable;
    let wanted: Vec<(Action, bool)> = match &tweet.state {
        TweetState::Planned => vec![(Action::Edit, true), (Action::Drop, true)],
        TweetState::Generated => vec![
            (Action::Edit, true),
            (Action::Regenerate, true),
            (Action::Override, overridable),
            (Action::Drop, true),
        ],
        TweetState::Validated => vec![
            (Action::Approve, true),
            (Action::Reject, true),
            (Action::Edit, true),
            (Action::Regenerate, true),
        ],
        TweetState::Approved => vec![(Action::Edit, untouched), (Action::Reject, untouched)],
        TweetState::Overdue { .. } => {
            vec![
                (Action::Now, true),
                (Action::Next, true),
                (Action::Drop, true),
                (Action::Delete, is_live),
            ]
        }
        TweetState::Missed { .. } => vec![
            (Action::Approve, approvable),
            (Action::Next, true),
            (Action::Edit, true),
            (Action::Drop, true),
        ],
        TweetState::Uncertain(uncertain) if uncertain.next_look.is_none() => {
            vec![
                (Action::Live, true),
                (Action::Again, true),
                (Action::Drop, true),
            ]
        }
        TweetState::Failed {
            failure: Failure::NoValidText { .. },
            ..
        } => vec![
            (Action::Edit, true),
            (Action::Regenerate, true),
            (Action::Override, overridable),
            (Action::Drop, true),
        ],
        TweetState::Failed {
            failure: Failure::Refused { .. },
            ..
        } => vec![
            (Action::Retry, true),
            (Action::Edit, untouched),
            (Action::Drop, true),
            (Action::Delete, is_live),
        ],
        TweetState::Failed {
            failure: Failure::NotDeleted { .. },
            ..
        } => vec![(Action::Delete, true), (Action::Drop, true)],
        TweetState::Posted { .. } | TweetState::Cancelled { .. } => {
            vec![(Action::Delete, is_live)]
        }
        // Between two segments it may be on its way again before the click is there.
        TweetState::Uncertain(_)
        | TweetState::Posting { .. }
        | TweetState::Rejected { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => Vec::new(),
    };
    let mut offered: Vec<Action> = wanted
        .into_iter()
        .filter(|(_, can)| *can)
        .map(|(action, _)| action)
        .collect();
    offered.extend(other_candidates(tweet));
    offered
}

/// The other candidates are offered for as long as the choice is open.
fn other_candidates(tweet: &Tweet) -> Vec<Action> {
    let open = matches!(
        tweet.state,
        TweetState::Validated | TweetState::Failed { .. }
    );
    let Some(current) = tweet.current().filter(|_| open && tweet.posts.is_empty()) else {
        return Vec::new();
    };
    let numbers = 2..=u8::try_from(current.alternatives.len() + 1).unwrap_or(FIVE as u8);
    numbers.take(FIVE).map(Action::Use).collect()
}

/// What stands on the button.
pub(crate) fn label(action: Action) -> String {
    let label = match action {
        Action::Approve => "Approve",
        Action::Reject => "Reject",
        Action::Edit => "Edit",
        Action::Regenerate => "Regenerate",
        Action::Override => "Override",
        Action::Now => "Post now",
        Action::Next => "Next free slot",
        Action::Drop => "Drop",
        Action::Live => "It is live",
        Action::Again => "Post again",
        Action::Retry => "Try again",
        Action::Delete => "Delete from X",
        Action::Use(number) => return format!("Use {number}"),
    };
    label.to_owned()
}

fn style(action: Action) -> Style {
    match action {
        Action::Approve | Action::Live => Style::Success,
        Action::Now | Action::Again | Action::Retry => Style::Primary,
        Action::Reject | Action::Drop | Action::Delete => Style::Danger,
        Action::Edit | Action::Regenerate | Action::Override | Action::Next | Action::Use(_) => {
            Style::Secondary
        }
    }
}

/// What the card shows of the tweet that the click is to be about. A question about a send is about that attempt;
/// everything else is about the text.
pub(crate) fn seen(tweet: &Tweet, action: Action) -> u32 {
    match action {
        Action::Live | Action::Again => tweet.attempts.0,
        Action::Approve
        | Action::Reject
        | Action::Edit
        | Action::Regenerate
        | Action::Override
        | Action::Now
        | Action::Next
        | Action::Drop
        | Action::Retry
        | Action::Delete
        | Action::Use(_) => tweet.revision().0,
    }
}

/// The rows of buttons: decisions above, other candidates below.
pub(super) fn rows(tweet: &Tweet) -> Vec<Row> {
    let (candidates, decisions): (Vec<Action>, Vec<Action>) = actions(tweet)
        .into_iter()
        .partition(|action| matches!(action, Action::Use(_)));
    let row = |actions: &[Action]| {
        let buttons = actions
            .iter()
            .map(|action| Component::Button(button(tweet, *action)));
        Row::new(buttons.collect())
    };
    let rows = decisions.chunks(FIVE).chain(candidates.chunks(FIVE));
    rows.map(row).collect()
}

fn button(tweet: &Tweet, action: Action) -> Button {
    Button::new(style(action), &label(action), custom_id(tweet, action))
}

/// What a button on the tweet's card carries.
pub(crate) fn custom_id(tweet: &Tweet, action: Action) -> CustomId {
    CustomId {
        action,
        tweet: tweet.id,
        seen: seen(tweet, action),
        text: tweet.current().map_or(0, |revision| revision.hash.mark()),
    }
}
