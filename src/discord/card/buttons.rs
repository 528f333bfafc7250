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
    let overridable = current.is_some_and(Revision::is_overridable);
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
    let offered = wanted.into_iter().filter(|(_, can)| *can);
    offered
        .map(|(action, _)| action)
        .chain(pages(tweet))
        .collect()
}

/// Whether another candidate may take the text's place; never while an older text of it does not go out.
pub(super) fn choice_is_open(tweet: &Tweet) -> bool {
    tweet.posts.is_empty()
        && match &tweet.state {
            TweetState::Generated
            | TweetState::Validated
            | TweetState::Approved
            | TweetState::Missed {
                unwritten: false, ..
            }
            | TweetState::Failed { .. } => true,
            TweetState::Planned
            | TweetState::Posting { .. }
            | TweetState::Uncertain(_)
            | TweetState::Overdue { .. }
            | TweetState::Posted { .. }
            | TweetState::Rejected { .. }
            | TweetState::Cancelled { .. }
            | TweetState::Missed {
                unwritten: true, ..
            }
            | TweetState::Deleting { .. }
            | TweetState::Deleted { .. } => false,
        }
}

/// The candidates before and after the one that is shown.
fn pages(tweet: &Tweet) -> Vec<Action> {
    let Some(current) = tweet.current().filter(|_| choice_is_open(tweet)) else {
        return Vec::new();
    };
    let back = current.place.checked_sub(1).map(Action::Back);
    let forth = current.place.checked_add(1);
    let forth = forth.filter(|place| usize::from(*place) < current.candidates().len());
    back.into_iter().chain(forth.map(Action::Forth)).collect()
}

/// What stands on the button.
pub(crate) fn label(action: Action) -> &'static str {
    match action {
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
        Action::Back(_) => "‹ Previous",
        Action::Forth(_) => "Next ›",
    }
}

fn style(action: Action) -> Style {
    match action {
        Action::Approve | Action::Live => Style::Success,
        Action::Now | Action::Again | Action::Retry => Style::Primary,
        Action::Reject | Action::Drop | Action::Delete => Style::Danger,
        Action::Edit
        | Action::Regenerate
        | Action::Override
        | Action::Next
        | Action::Back(_)
        | Action::Forth(_) => Style::Secondary,
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
        | Action::Back(_)
        | Action::Forth(_) => tweet.revision().0,
    }
}

/// The rows of buttons: decisions above, paging through the candidates below.
pub(super) fn rows(tweet: &Tweet) -> Vec<Row> {
    let (pages, decisions): (Vec<Action>, Vec<Action>) = actions(tweet)
        .into_iter()
        .partition(|action| matches!(action, Action::Back(_) | Action::Forth(_)));
    let row = |actions: &[Action]| {
        let buttons = actions
            .iter()
            .map(|action| Component::Button(button(tweet, *action)));
        Row::new(buttons.collect())
    };
    let rows = decisions.chunks(FIVE).chain(pages.chunks(FIVE));
    rows.map(row).collect()
}

fn button(tweet: &Tweet, action: Action) -> Button {
    Button::new(style(action), label(action), custom_id(tweet, action))
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
