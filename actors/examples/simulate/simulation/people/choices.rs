//! What somebody makes of a tweet that they see: mostly what makes sense for their part, sometimes anything at all.

use clara_domain::Command;
use clara_domain::command::Settlement;
use clara_domain::content::Content;
use clara_domain::ids::ClientId;
use clara_domain::tweet::{Failure, Tweet, TweetState};

use super::Worker;
use crate::simulation::scenario::{FORBIDDEN, HARMFUL, Part};
use crate::simulation::world::lock;

/// What can be asked of a tweet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Approve,
    Reject,
    Edit,
    Choose,
    Regenerate,
    Reschedule,
    Cancel,
    Override,
    Retry,
    Settle,
    Delete,
}

const ALL: [Wish; 11] = [
    Wish::Approve,
    Wish::Reject,
    Wish::Edit,
    Wish::Choose,
    Wish::Regenerate,
    Wish::Reschedule,
    Wish::Cancel,
    Wish::Override,
    Wish::Retry,
    Wish::Settle,
    Wish::Delete,
];

impl Worker {
    /// What they ask of a tweet, if anything.
    pub(crate) fn choose(&self, client: &ClientId, tweet: &Tweet) -> Option<Command> {
        let odd = self.world.weather().people / 10;
        let wish = if self.world.strikes(odd, None) {
            self.world.dice().pick(&ALL)
        } else {
            self.sensible(tweet)?
        };
        self.command(client, tweet, wish)
    }

    /// Anything at all.
    pub(super) fn meddle(&self, client: &ClientId, tweet: &Tweet) -> Option<Command> {
        let wish = self.world.dice().pick(&ALL);
        self.command(client, tweet, wish)
    }

    fn sensible(&self, tweet: &Tweet) -> Option<Wish> {
        use Wish::{
            Approve, Cancel, Choose, Edit, Override, Regenerate, Reject, Reschedule, Retry, Settle,
        };
        let writes = self.plan.part != Part::Stranger;
        // Wishes with how often in ten thousand visits somebody has them.
        let wishes: &[(Wish, u64)] = match &tweet.state {
            TweetState::Planned => &[(Reschedule, 100), (Cancel, 50)],
            TweetState::Generated => &[(Edit, 3_000), (Override, 1_000), (Regenerate, 1_000)],
            TweetState::Validated => &[
                (Approve, 6_000),
                (Choose, 400),
                (Edit, 400),
                (Reschedule, 200),
                (Regenerate, 150),
                (Reject, 100),
                (Cancel, 50),
            ],
            TweetState::Approved => &[
                (Edit, 300),
                (Approve, 300),
                (Reschedule, 200),
                (Reject, 80),
                (Cancel, 80),
                (Regenerate, 80),
            ],
            TweetState::Posting { .. } => &[(Edit, 1_000), (Cancel, 1_000), (Reject, 1_000)],
            TweetState::Uncertain(uncertain) if uncertain.next_look.is_none() => &[(Settle, 5_000)],
            TweetState::Uncertain(_) => &[(Cancel, 200), (Settle, 200)],
            TweetState::Overdue { .. } => &[(Reschedule, 3_500), (Edit, 200), (Cancel, 200)],
            TweetState::Missed { .. } => &[(Reschedule, 2_500), (Approve, 1_000), (Cancel, 100)],
            TweetState::Failed {
                failure: Failure::Refused { .. },
                ..
            } => &[(Retry, 4_000), (Edit, 500), (Cancel, 200)],
            TweetState::Failed {
                failure: Failure::NoValidText { .. },
                ..
            } => &[
                (Edit, 3_000),
                (Override, 1_500),
                (Regenerate, 1_000),
                (Cancel, 200),
            ],
            TweetState::Posted { .. }
            | TweetState::Rejected { .. }
            | TweetState::Cancelled { .. } => &[],
            #[allow(
                unreachable_patterns,
                reason = "a state that this knows nothing of is left alone"
            )]
            _ => &[],
        };
        if !writes {
            return self.world.dice().chance(500).then_some(Approve);
        }
        let mut rolled = self.world.dice().roll(10_000);
        wishes.iter().find_map(|(wish, often)| {
            let has = rolled < *often;
            rolled = rolled.saturating_sub(*often);
            has.then_some(*wish)
        })
    }

    fn command(&self, client: &ClientId, seen: &Tweet, wish: Wish) -> Option<Command> {
        let tweet = seen.id;
        let card = lock(&self.world.desk).card(tweet);
        let revision = card.map_or(seen.revision(), |card| card.revision);
        let why = || "because".to_owned();
        Some(match wish {
            Wish::Approve => Command::Approve { tweet, revision },
            Wish::Reject => Command::Reject {
                code: None,
                tweet,
                revision,
                reason: why(),
            },
            Wish::Edit => Command::Edit {
                tweet,
                revision,
                content: self.text(seen),
            },
            Wish::Choose => Command::Choose {
                tweet,
                revision,
                place: self.world.dice().pick(&[0, 1]),
            },
            Wish::Regenerate => Command::Regenerate {
                tweet,
                revision,
                feedback: why(),
            },
            Wish::Reschedule => Command::Reschedule {
                tweet,
                slot: self.slot(),
            },
            Wish::Cancel => Command::Cancel { tweet },
            Wish::Override => Command::Override {
                tweet,
                revision,
                reason: why(),
            },
            Wish::Retry => Command::Retry { tweet, revision },
            Wish::Delete => Command::Delete {
                tweet,
                reason: why(),
            },
            Wish::Settle => Command::Settle {
                tweet,
                attempt: seen.attempts,
                answer: self.truth(client, seen)?,
            },
        })
    }

    fn text(&self, tweet: &Tweet) -> Content {
        let name = &self.plan.person.who.name;
        let bad = match self.world.dice().roll(20) {
            0..3 => Some(FORBIDDEN),
            3 => Some(HARMFUL),
            _ => None,
        };
        let segments = (0..tweet.segments).map(|_| {
            let text = self.world.new_text(name);
            bad.map_or(text.clone(), |word| format!("{text} {word}"))
        });
        Content::texts(segments)
    }

    /// What X shows of the segment in question; none while that can still change.
    fn truth(&self, client: &ClientId, tweet: &Tweet) -> Option<Settlement> {
        let next = tweet.next_segment().0 as usize;
        let text = &tweet.current()?.content.segments.get(next)?.text;
        let handle = self.world.books(|books| books.handle(client));
        let x = lock(&self.world.x);
        if let Some(post) = x.find(&handle, text) {
            return Some(Settlement::Live { post });
        }
        if x.is_under_way(&handle, text) {
            return None;
        }
        drop(x);
        let again = self.world.dice().chance(7_000);
        Some(if again {
            Settlement::PostAgain
        } else {
            Settlement::Drop
        })
    }
}
