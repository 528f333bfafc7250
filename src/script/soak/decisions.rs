//! Decisions that were accepted, against what the card says in the end.
//!
//! What was answered with a yes has to be seen again, unless something that may have happened later explains why it is
//! not; an end that the card has once shown stays.

use super::evidence::{Decision, Shown, TweetFacts, What};

/// Ends of a tweet, and the decision that leads to each. Nobody decides that one is posted.
const ENDS: [(&str, What); 3] = [
    ("rejected", What::Rejected),
    ("cancelled", What::Cancelled),
    ("deleted", What::Deleted),
];
/// A text that stands, or more.
const STANDING: [&str; 5] = ["validated", "approved", "posting", "uncertain", "posted"];

/// Decisions that were accepted and did not last, and ends that nobody decided.
pub(super) fn undone(tweet: &TweetFacts) -> Vec<String> {
    let Some(shown) = &tweet.shown else {
        return Vec::new();
    };
    let certain = tweet.decisions.iter().filter(|decision| decision.certain);
    let undone = certain.filter_map(|decision| unseen(tweet, shown, decision.what));
    let by_nobody = ENDS
        .iter()
        .filter(|(state, what)| shown.state == *state && !tweet.has_decided(*what));
    undone
        .chain(by_nobody.map(|(state, _)| format!("it is {state}, and nobody did that")))
        .chain(moved(tweet, shown))
        .chain(reopened(tweet, shown))
        .collect()
}

/// What is missing of one decision.
fn unseen(tweet: &TweetFacts, shown: &Shown, what: What) -> Option<String> {
    let state = &shown.state;
    match what {
        What::Rejected => (state != "rejected").then(|| format!("it was rejected, and is {state}")),
        What::Cancelled => (state != "cancelled" && !is_being_taken_down(tweet, state))
            .then(|| format!("it was cancelled, and is {state}")),
        // Where X has refused it, somebody is asked.
        What::Deleted => (state != "deleted" && !(state == "failed" && can(shown, "delete")))
            .then(|| format!("it was to be deleted, and is {state}")),
        What::Edited(revision) => (shown.revision < revision).then(|| {
            format!(
                "a person's text was taken as revision {revision}, and the card shows revision {}",
                shown.revision
            )
        }),
        What::Regenerated(revision) => {
            let stands = shown.revision == revision && STANDING.contains(&state.as_str());
            // Where the model brings nothing, somebody may let the old text through.
            let is_wanted = tweet.has_decided(What::Overridden(revision));
            (stands && !is_wanted).then(|| {
                format!("revision {revision} was to be written again, and it is {state} with it")
            })
        }
        What::Overridden(revision) => (shown.revision == revision && can(shown, "override"))
            .then(|| format!("revision {revision} was let through, and is held up all the same")),
        What::Live(post) => (state == "posted" && !shown.live.contains(&post.to_string()))
            .then(|| format!("it was noted as live as {post}, and the card does not link that")),
        // The last of all moves counts.
        What::Moved(_) | What::MovedSomewhere => None,
    }
}

/// A time that was answered and is not the one that the card shows. Where somebody may have had another one that no
/// answer named, nobody can say.
fn moved(tweet: &TweetFacts, shown: &Shown) -> Option<String> {
    let decisions = || tweet.decisions.iter();
    if decisions().any(|decision| decision.what == What::MovedSomewhere) {
        return None;
    }
    let last = decisions().rev().find_map(|decision| match decision {
        Decision {
            what: What::Moved(slot),
            ..
        } => Some(*slot),
        _ => None,
    })?;
    (shown.slot != Some(last)).then(|| {
        format!(
            "it was set for {last}, and the card says {}",
            shown
                .slot
                .map_or("nothing".to_owned(), |slot| slot.to_string())
        )
    })
}

/// An end that was shown and is none any more. What is live can still be taken down.
fn reopened(tweet: &TweetFacts, shown: &Shown) -> Option<String> {
    let ended = tweet.ended.as_ref()?;
    let state = &shown.state;
    (state != ended && !is_being_taken_down(tweet, state))
        .then(|| format!("its card has said that it is {ended}, and says that it is {state}"))
}

fn is_being_taken_down(tweet: &TweetFacts, state: &str) -> bool {
    // A deletion that X refuses can be left at that.
    let states = ["deleting", "deleted", "failed", "cancelled"];
    tweet.has_decided(What::Deleted) && states.contains(&state)
}

fn can(shown: &Shown, action: &str) -> bool {
    shown.actions.contains(action)
}

impl TweetFacts {
    /// Whether somebody had this done to it, certainly or perhaps.
    pub(super) fn has_decided(&self, what: What) -> bool {
        self.decisions.iter().any(|decision| decision.what == what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tweet(state: &str, revision: u32, decisions: &[What]) -> TweetFacts {
        let certain = |what: &What| Decision {
            what: *what,
            certain: true,
        };
        TweetFacts {
            shown: Some(Shown {
                state: state.to_owned(),
                revision,
                slot: Some(100),
                ..Shown::default()
            }),
            decisions: decisions.iter().map(certain).collect(),
            ..TweetFacts::default()
        }
    }

    #[test]
    fn the_last_time_that_was_answered_is_the_one_that_counts() {
        let moves = |moves: &[What]| undone(&tweet("approved", 1, moves)).is_empty();
        assert!(moves(&[What::Moved(50), What::Moved(100)]));
        assert!(!moves(&[What::Moved(100), What::Moved(50)]));
        assert!(moves(&[What::MovedSomewhere, What::Moved(50)]));
    }

    #[test]
    fn a_text_that_was_to_be_written_again_stands_only_where_somebody_let_it_through() {
        let is_fine = |state, revision, more: &[What]| {
            let decisions = [&[What::Regenerated(1)], more].concat();
            undone(&tweet(state, revision, &decisions)).is_empty()
        };
        assert!(is_fine("posted", 2, &[]));
        assert!(is_fine("failed", 1, &[]));
        assert!(!is_fine("posted", 1, &[]));
        assert!(is_fine("posted", 1, &[What::Overridden(1)]));
    }

    #[test]
    fn an_end_stays_unless_it_is_taken_down() {
        let is_fine = |ended: &str, state, decisions: &[What]| {
            let facts = TweetFacts {
                ended: Some(ended.to_owned()),
                ..tweet(state, 1, decisions)
            };
            undone(&facts).is_empty()
        };
        assert!(is_fine("posted", "posted", &[]));
        assert!(!is_fine("cancelled", "approved", &[]));
        assert!(!is_fine("posted", "failed", &[]));
        assert!(is_fine(
            "cancelled",
            "deleted",
            &[What::Cancelled, What::Deleted]
        ));
    }
}
