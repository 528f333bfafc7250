//! `/stats`: how texts fared with people, computed from the tweets in memory.

use std::sync::Arc;
use std::time::Duration;

use clara_actors::handle::Refusal;
use clara_domain::ids::ClientId;
use clara_domain::stats::tallies;
use clara_domain::{Client, Rejection};
use jiff::Timestamp;

use super::Interactions;
use super::run::{Answer, say};
use super::trouble::Trouble;
use crate::discord::texts::stats;

/// The most days that can be asked for: ten years.
const MOST: u64 = 3650;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Interactions {
    pub(super) fn stats(&self, id: Option<&ClientId>, days: Option<i64>) -> Answer {
        let clients: Vec<Arc<Client>> = match id {
            Some(id) => vec![self.client(id)?],
            None => {
                let statuses = self.engine.clients().into_iter();
                statuses.filter_map(|status| status.client).collect()
            }
        };
        let since = match days {
            None => Timestamp::MIN,
            Some(days) => self.days_ago(days)?,
        };
        let tweets = clients.iter().flat_map(|client| client.tweets.values());
        let tallies = tallies(tweets.map(Arc::as_ref), since);
        say(stats::table(id, days, &tallies))
    }

    fn days_ago(&self, days: i64) -> Result<Timestamp, Trouble> {
        let wanted = u32::try_from(days).ok();
        let wanted = wanted.filter(|days| (1..=MOST).contains(&u64::from(*days)));
        let since = wanted.and_then(|days| self.engine.now().checked_sub(DAY * days).ok());
        since.ok_or_else(|| {
            let rejection = Rejection::Invalid {
                field: "days",
                expected: format!("1 to {MOST}, not {days}"),
            };
            Trouble::refused(Refusal::Rejected(rejection), None, None)
        })
    }
}
