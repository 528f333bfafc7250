//! A client's life with fixed times and ids, decided by the domain and written into a journal on disk.

use std::path::{Path, PathBuf};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, StreamId, Version};
use clara_actors::record::encode;
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_domain::command::{Drafts, SendOutcome, SlotChoice, WriteTime};
use clara_domain::content::Content;
use clara_domain::ids::{AttemptNo, ClientId, PersonId, PostId, RevisionNo, SegmentNo, TweetId};
use clara_domain::person::{By, Person, PersonRef};
use clara_domain::{Client, Command, Event, TweetEvent, decide, evolve};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// A life that is being lived.
pub(crate) struct Ledger {
    client: Client,
    now: Timestamp,
    pub(crate) records: Vec<NewRecord>,
}

fn maya() -> By {
    By::Person(Person {
        who: PersonRef {
            id: PersonId::new("1").unwrap(),
            name: "maya".to_owned(),
        },
        roles: Default::default(),
    })
}

fn tweet(number: u128) -> TweetId {
    TweetId(Uuid::from_u128(
        0x0199_0000_0000_7000_8000_0000_0000_0000 + number,
    ))
}

impl Ledger {
    /// Four tweets: one posted, one approved, one on its way, one that waits for approval.
    pub(crate) fn of(name: &str) -> Self {
        let mut ledger = Self {
            client: Client::new(ClientId::new(name).unwrap()),
            now: "2026-03-02T08:00:00Z".parse().unwrap(),
            records: Vec::new(),
        };
        let settings = serde_json::from_value(json!({
            "name": "Harbour Coffee", "handle": "harbour", "time_zone": "UTC", "approval_channel": "900",
            "access": {"manage": {"people": ["1"]}, "write": {"people": ["1"]}, "approve": {"people": ["1"]}},
            "schedule": {"slots": ["daily 09:00", "daily 12:00", "daily 15:00", "daily 18:00"]},
        }));
        let settings = Box::new(settings.unwrap());
        ledger.ask(&By::Engine, Command::Configure { settings });
        for number in 1..=4 {
            ledger.written(number);
        }
        for number in 1..=3 {
            let tweet = tweet(number);
            let revision = RevisionNo(1);
            ledger.ask(&maya(), Command::Approve { tweet, revision });
        }
        ledger.sent(1, "2026-03-02T09:00:00Z");
        ledger.now = "2026-03-02T12:00:00Z".parse().unwrap();
        ledger.ask(&By::Engine, Command::BeginPublish { tweet: tweet(2) });
        ledger
    }

    fn written(&mut self, number: u128) {
        let tweet = tweet(number);
        self.ask(
            &maya(),
            Command::Plan {
                tweets: vec![tweet],
                brief: format!("number {number}"),
                segments: 1,
                slot: SlotChoice::NextFree,
                write: WriteTime::Now,
            },
        );
        let drafts = Drafts::Written {
            origin: Box::default(),
            candidates: vec![Content::texts([format!(
                "this is the tweet number {number}"
            )])],
            model: "small-1".to_owned(),
        };
        let round = 0;
        self.ask(
            &By::Engine,
            Command::RecordDrafts {
                tweet,
                round,
                drafts,
            },
        );
    }

    fn sent(&mut self, number: u128, at: &str) {
        let tweet = tweet(number);
        self.now = at.parse().unwrap();
        self.ask(&By::Engine, Command::BeginPublish { tweet });
        let post = PostId::new(format!("{}", 9000 + number)).unwrap();
        self.ask(
            &By::Engine,
            Command::RecordSend {
                tweet,
                attempt: AttemptNo(1),
                segment: SegmentNo(0),
                outcome: SendOutcome::Accepted { post },
            },
        );
    }

    fn ask(&mut self, by: &By, command: Command) {
        let events = decide(&self.client, by, &command, self.now);
        for event in events.unwrap_or_else(|why| panic!("{command:?}: {why}")) {
            self.client = evolve(self.client.clone(), &event, self.now).unwrap();
            self.records.push(encode(&event, self.now, by.who()));
        }
    }

    /// The request for a tweet that nobody has approved leaves: as no Clara would do it.
    pub(crate) fn send_unapproved(&mut self) {
        let event = TweetEvent::PublishStarted {
            attempt: AttemptNo(1),
            segment: SegmentNo(0),
            hash: Content::texts(["this is the tweet number 4"]).hash(),
        };
        let event: Event = event.of(tweet(4));
        self.records.push(encode(&event, self.now, None));
    }
}

/// A data directory with the journals of clients.
pub(crate) async fn write(dir: &Path, ledgers: &[(&str, Ledger)]) -> PathBuf {
    let data = dir.join("data");
    std::fs::create_dir(&data).unwrap();
    let journal = SledJournal::open(&data.join("journal"), SledOptions::default()).unwrap();
    for (name, ledger) in ledgers {
        let stream = StreamId::Client(ClientId::new(*name).unwrap());
        let records = ledger.records.clone();
        journal.append(&stream, Version(0), records).await.unwrap();
    }
    journal.close().await;
    data
}

/// The events of a client, as a data directory has them.
pub(crate) async fn events(data: &Path, name: &str) -> Vec<Event> {
    let journal = SledJournal::open(&data.join("journal"), SledOptions::default()).unwrap();
    let stream = StreamId::Client(ClientId::new(name).unwrap());
    let records = journal.read(&stream, Version(0)).await.unwrap();
    journal.close().await;
    let events = records
        .iter()
        .map(|record| clara_actors::record::decode(record).unwrap());
    events.collect()
}
