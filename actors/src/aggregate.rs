//! A client with its place in the journal: loaded by replay, moved on by committed events.
//!
//! The state never runs ahead of the disk: [`Aggregate::advance`] takes only events that an append has acknowledged.

use std::sync::Arc;

use clara_domain::ids::ClientId;
use clara_domain::person::By;
use clara_domain::settings::ClientSettings;
use clara_domain::{Around, Client, Command, Event, Illegal, Tweet};
use jiff::Timestamp;

use crate::ports::Journal;
use crate::ports::journal::{
    AppendError, NewRecord, ReadError, Record, Snapshot, StreamId, Version,
};
use crate::record::{RecordError, SNAPSHOT_SCHEMA, decode, encode};
use crate::rules::Rules;

/// How many records may pile up after a snapshot before the next one is made.
const SNAPSHOT_EVERY: u64 = 200;
/// And what part of what the snapshot holds: each holds all of a history, so a long one is not written over and over.
const SNAPSHOT_SHARE: u64 = 20;

/// A client and how far its stream has been read.
#[derive(Clone)]
pub(crate) struct Aggregate {
    rules: Arc<dyn Rules>,
    pub(crate) client: Arc<Client>,
    pub(crate) version: Version,
    snapshot: Version,
}

/// Why a client could not be brought back from its journal.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the journal contradicts itself at record {version}: {illegal}")]
    Illegal { version: Version, illegal: Illegal },
    #[error("what a start has to record could not be recorded: {0}")]
    Append(#[from] AppendError),
}

impl Aggregate {
    /// Replays a client's stream, from its snapshot where there is one.
    pub(crate) async fn load(
        journal: &dyn Journal,
        rules: &Arc<dyn Rules>,
        id: &ClientId,
    ) -> Result<Self, LoadError> {
        let stream = StreamId::Client(id.clone());
        let mut aggregate = match journal.snapshot(&stream).await? {
            Some(snapshot) => Self::from_snapshot(&snapshot, rules, id),
            None => None,
        }
        .unwrap_or_else(|| Self::empty(rules, id));
        let records = journal.read(&stream, aggregate.version).await?;
        aggregate.replay(&records)?;
        aggregate.fit();
        Ok(aggregate)
    }

    /// Most tweets never change again, and all of them stay. What was made piece by piece has room to spare in each of its
    /// lists, up to three kilobytes a tweet; a copy has none.
    fn fit(&mut self) {
        for tweet in Arc::make_mut(&mut self.client).tweets.values_mut() {
            *tweet = Arc::new(Tweet::clone(tweet));
        }
    }

    /// Nobody else holds the state yet, so a long stream is replayed without copying it at each record.
    fn replay(&mut self, records: &[Record]) -> Result<(), LoadError> {
        let mut client = Client::clone(&self.client);
        for record in records {
            let version = record.version;
            let event: Event = decode(record)?;
            client = self
                .rules
                .evolve(client, &event, record.record.at)
                .map_err(|illegal| LoadError::Illegal { version, illegal })?;
            self.version = version;
        }
        self.client = Arc::new(client);
        Ok(())
    }

    fn empty(rules: &Arc<dyn Rules>, id: &ClientId) -> Self {
        Self {
            rules: rules.clone(),
            client: Arc::new(Client::new(id.clone())),
            version: Version::default(),
            snapshot: Version::default(),
        }
    }

    /// A snapshot is only a cache: one that cannot be read, or is another client's, is passed over.
    fn from_snapshot(snapshot: &Snapshot, rules: &Arc<dyn Rules>, id: &ClientId) -> Option<Self> {
        if snapshot.schema != SNAPSHOT_SCHEMA {
            return None;
        }
        let client: Client = serde_json::from_str(&snapshot.body).ok()?;
        (client.id == *id).then(|| Self {
            rules: rules.clone(),
            client: Arc::new(client),
            version: snapshot.version,
            snapshot: snapshot.version,
        })
    }

    /// Records what a start itself means: that nobody sees the end of a call or a request any more, and the declared
    /// settings. What was sent was sent under the settings before, so these come last.
    pub(crate) async fn begin(
        &mut self,
        journal: &dyn Journal,
        declared: Option<&ClientSettings>,
        now: Timestamp,
    ) -> Result<(), LoadError> {
        let recover = Command::Recover {
            in_hand: Default::default(),
        };
        let configure = declared.map(|settings| Command::Configure {
            settings: Box::new(settings.clone()),
        });
        for command in [Command::LoseCalls, recover].into_iter().chain(configure) {
            // The engine is never refused these; an empty decision means there is nothing to record.
            let events = self
                .rules
                .decide(&self.client, &By::Engine, &command, now, &Around::default())
                .unwrap_or_default();
            if !events.is_empty() {
                let records = self.records(&events, &By::Engine, now);
                let version = journal
                    .append(&self.stream(), self.version, records)
                    .await?;
                self.advance(&events, now, version)?;
            }
        }
        Ok(())
    }

    pub(crate) fn stream(&self) -> StreamId {
        StreamId::Client(self.client.id.clone())
    }

    pub(crate) fn records(&self, events: &[Event], by: &By, now: Timestamp) -> Vec<NewRecord> {
        events
            .iter()
            .map(|event| encode(event, now, by.who()))
            .collect()
    }

    /// Applies events that are on disk.
    pub(crate) fn advance(
        &mut self,
        events: &[Event],
        at: Timestamp,
        version: Version,
    ) -> Result<(), LoadError> {
        let mut client = Client::clone(&self.client);
        for event in events {
            client = self
                .rules
                .evolve(client, event, at)
                .map_err(|illegal| LoadError::Illegal { version, illegal })?;
        }
        for event in events {
            fit_at_its_end(&mut client, event);
        }
        self.client = Arc::new(client);
        self.version = version;
        Ok(())
    }

    /// A snapshot to be kept, when it is time for one.
    pub(crate) fn due_snapshot(&mut self) -> Option<Snapshot> {
        if self.version.0 < next_snapshot(self.snapshot.0) {
            return None;
        }
        self.snapshot = self.version;
        Some(Snapshot {
            version: self.version,
            schema: SNAPSHOT_SCHEMA,
            body: serde_json::to_string(self.client.as_ref()).ok()?,
        })
    }
}

/// As [`Aggregate::fit`], for a tweet that an event has brought to its end.
fn fit_at_its_end(client: &mut Client, event: &Event) {
    let Event::Tweet { tweet, .. } = event else {
        return;
    };
    if let Some(tweet) = client.tweets.get_mut(tweet)
        && tweet.state.is_terminal()
    {
        *tweet = Arc::new(Tweet::clone(tweet));
    }
}

/// How many records there have to be for the snapshot after one of so many.
fn next_snapshot(snapshot: u64) -> u64 {
    snapshot + SNAPSHOT_EVERY.max(snapshot / SNAPSHOT_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_leave_little_to_replay_and_write_in_proportion_to_what_happened() {
        let (mut last, mut written) = (0, 0);
        while last < 1_000_000 {
            let next = next_snapshot(last);
            assert!(next - last <= SNAPSHOT_EVERY.max(next / SNAPSHOT_SHARE));
            written += next;
            assert!(
                written <= 30 * next,
                "{written} records in the snapshots of {next}"
            );
            last = next;
        }
    }
}
