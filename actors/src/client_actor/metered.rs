//! Calls that are billed: there is money for them, the journal knows of them before they leave, and what they took.

use std::time::Duration;

use clara_domain::Command;
use clara_domain::ids::TweetId;
use clara_domain::metering::Item;
use jiff::Timestamp;
use tracing::warn;

use super::effects::{End, Run};
use crate::meter::Meter;
use crate::treasurer::Exhausted;

/// How long a budget without room is left alone at most.
const BUDGET_PAUSE: Duration = Duration::from_secs(15 * 60);

/// What keeps a call that is billed from being made.
pub(super) enum Hurdle {
    /// There is no money for it.
    Budget(Exhausted),
    /// It could not be recorded, or was not wanted any more.
    Journal(End),
}

impl Run {
    /// Makes a call that is billed: the journal knows of it before it leaves, and what it took afterwards.
    pub(super) async fn metered<T>(
        &self,
        tweet: Option<TweetId>,
        at_most: Vec<Item>,
        meter: &Meter,
        call: impl Future<Output = T>,
    ) -> Result<T, Hurdle> {
        let now = self.tools.clock.now();
        let reserved = self
            .tools
            .treasurer
            .reserve(&self.client.id, &at_most, now)
            .map_err(Hurdle::Budget)?;
        let begun = match self.ask(Command::BeginCall { tweet, at_most }).await {
            Ok(begun) => begun,
            refused @ Err(_) => {
                reserved.release();
                return Err(Hurdle::Journal(refused.into()));
            }
        };
        let outcome = call.await;
        let spent = meter.spent();
        reserved.settle(&spent);
        let call = begun.ledger.last;
        match self.record(Command::EndCall { call, spent }).await {
            End::Done => Ok(outcome),
            failed @ End::Failed { .. } => Err(Hurdle::Journal(failed)),
        }
    }

    /// How long a budget is waited for: it may be raised meanwhile.
    pub(super) fn until(&self, moment: Timestamp) -> Duration {
        let wait = moment.duration_since(self.tools.clock.now());
        let wait = Duration::try_from(wait).unwrap_or_default();
        wait.min(BUDGET_PAUSE)
    }

    pub(super) fn held_up(&self, hurdle: Hurdle) -> End {
        match hurdle {
            Hurdle::Journal(end) => end,
            Hurdle::Budget(exhausted) => {
                warn!(%exhausted, "a call waits for its budget");
                End::Failed {
                    retry_after: Some(self.until(exhausted.until)),
                }
            }
        }
    }
}
