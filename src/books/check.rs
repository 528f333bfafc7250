//! Whether a journal's records make sense: each is whole, follows the one before, can have happened, and breaks no
//! promise.
//!
//! Two opinions are asked. The engine's own `evolve` says whether an event can follow; the judge of
//! `clara_domain::audit`, which shares no code with it, says whether it was right.

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{ReadError, Record, RecordHash, Snapshot, StreamId, Version};
use clara_actors::record::decode;
use clara_adapters::archive::Pages;
use clara_domain::audit::{Asker, Judge};
use clara_domain::{BrakeEvent, Client, Event, evolve};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// X did not exist before; a record from then has lost its clock.
const EARLIEST: i64 = 1_142_899_200;
/// How far ahead of now a record may be. A sandbox's clock runs ahead by days.
const LATEST: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How far a clock may have been put back without a word about it.
const PUT_BACK: SignedDuration = SignedDuration::from_hours(1);

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which record of the stream, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Which tweet it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tweet: Option<String>,
    /// What.
    pub what: String,
}

/// What was found in one stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamReport {
    /// Its name.
    pub stream: String,
    /// How many records could be read.
    pub records: u64,
    /// How many tweets they are about; none in the engine's stream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tweets: Option<u64>,
    /// When the last one was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
    /// The hash of the last one.
    pub last_hash: String,
    /// How often somebody acted by a role. Records do not have people's roles, so that is taken on the desk's word.
    pub by_role: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is not wrong, and worth a look.
    pub remarks: Vec<Finding>,
}

/// Checks every stream of an open journal.
pub async fn journal(
    journal: &dyn Journal,
    now: Timestamp,
) -> Result<Vec<StreamReport>, ReadError> {
    let mut reports = Vec::new();
    for id in journal.streams().await? {
        reports.push(stream(journal, &id, now).await);
    }
    Ok(reports)
}

async fn stream(journal: &dyn Journal, id: &StreamId, now: Timestamp) -> StreamReport {
    let mut check = StreamCheck::new(id, now);
    if let Ok(Some(snapshot)) = journal.snapshot(id).await {
        check.expect(&snapshot);
    }
    let mut pages = Pages::of(journal, id);
    loop {
        match pages.next().await {
            Ok(Some(page)) => page.iter().for_each(|record| check.take(record)),
            Ok(None) => return check.finish(),
            Err(ReadError::Corrupt { version, what, .. }) => {
                for record in pages.before(version).await.unwrap_or_default() {
                    check.take(&record);
                }
                check.damaged(version, &what);
                return check.finish();
            }
            Err(error @ ReadError::Failed { .. }) => {
                check.find(None, None, error.to_string());
                return check.finish();
            }
        }
    }
}

/// One stream, while its records go by.
pub(super) struct StreamCheck {
    kind: Kind,
    now: Timestamp,
    last: Option<(Version, Timestamp, RecordHash)>,
    report: StreamReport,
}

enum Kind {
    Engine,
    Client(Box<Life>),
}

struct Life {
    judge: Judge,
    /// The state so far; none once an event could not follow.
    client: Option<Client>,
    /// What the snapshot says the state is after a record.
    expected: Option<(Version, Client)>,
}

impl StreamCheck {
    pub(super) fn new(id: &StreamId, now: Timestamp) -> Self {
        let kind = match id {
            StreamId::Engine => Kind::Engine,
            StreamId::Client(client) => Kind::Client(Box::new(Life {
                judge: Judge::new(),
                client: Some(Client::new(client.clone())),
                expected: None,
            })),
        };
        let report = StreamReport {
            stream: id.to_string(),
            records: 0,
            tweets: None,
            last_at: None,
            last_hash: RecordHash::default().to_string(),
            by_role: 0,
            findings: Vec::new(),
            remarks: Vec::new(),
        };
        Self {
            kind,
            now,
            last: None,
            report,
        }
    }

    /// Takes note of a snapshot. One of another shape is a cache that will be passed over, and so it is here.
    fn expect(&mut self, snapshot: &Snapshot) {
        if let Kind::Client(life) = &mut self.kind {
            let client = serde_json::from_str(&snapshot.body);
            life.expected = client.ok().map(|client| (snapshot.version, client));
        }
    }

    /// Takes the next record.
    pub(super) fn take(&mut self, record: &Record) {
        self.check_time(record);
        self.last = Some((record.version, record.record.at, record.hash));
        self.report.records += 1;
        let found = match &mut self.kind {
            Kind::Engine => decode::<BrakeEvent>(record).map(|_| Vec::new()),
            Kind::Client(life) => decode::<Event>(record).map(|event| life.take(record, &event)),
        };
        let found = found.unwrap_or_else(|error| vec![(None, error.to_string())]);
        for (tweet, what) in found {
            self.find(Some(record.version), tweet, what);
        }
    }

    fn check_time(&mut self, record: &Record) {
        let at = record.record.at;
        let version = Some(record.version);
        if at.as_second() < EARLIEST || at.duration_since(self.now) > LATEST {
            self.find(version, None, format!("its time, {at}, cannot be right"));
        }
        if let Some((_, before, _)) = self.last
            && before.duration_since(at) > PUT_BACK
        {
            let what = format!("the clock was put back: from {before} to {at}");
            self.report.remarks.push(finding(version, None, what));
        }
    }

    fn damaged(&mut self, version: Version, what: &str) {
        let what = format!("it is damaged: {what}; what follows it was not checked");
        self.find(Some(version), None, what);
    }

    fn find(&mut self, version: Option<Version>, tweet: Option<String>, what: String) {
        self.report.findings.push(finding(version, tweet, what));
    }

    pub(super) fn finish(mut self) -> StreamReport {
        if let Kind::Client(life) = &self.kind {
            self.report.tweets = Some(life.judge.tweets() as u64);
            self.report.by_role = life.judge.by_role();
        }
        if let Some((_, at, hash)) = self.last {
            self.report.last_at = Some(at);
            self.report.last_hash = hash.to_string();
        }
        self.report
    }
}

impl Life {
    /// What is wrong with the next event, and with which tweet.
    fn take(&mut self, record: &Record, event: &Event) -> Vec<(Option<String>, String)> {
        let at = record.record.at;
        let asker = Asker::recorded(record.record.by.as_ref());
        let breaches = self.judge.see(asker, event, at).into_iter();
        let mut found: Vec<_> = breaches
            .map(|breach| (breach.tweet.map(|id| id.to_string()), breach.what))
            .collect();
        if let Some(before) = self.client.take() {
            match evolve(before, event, at) {
                Ok(after) => self.client = Some(after),
                Err(illegal) => found.push((None, format!("it cannot follow: {illegal}"))),
            }
        }
        if let (Some((upto, snapshot)), Some(client)) = (&self.expected, &self.client)
            && *upto == record.version
            && client != snapshot
        {
            let what = "the snapshot of this record is not what its records give; snapshots are only a cache";
            found.push((None, what.to_owned()));
        }
        found
    }
}

fn finding(version: Option<Version>, tweet: Option<String>, what: String) -> Finding {
    Finding {
        record: version.map(|Version(number)| number),
        tweet,
        what,
    }
}
