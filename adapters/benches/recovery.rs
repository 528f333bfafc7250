//! How long Clara takes to be ready to act when she starts with a long history: the whole engine on a real journal.
//!
//! `cargo bench -p clara-adapters --bench recovery [-- CLIENTS TWEETS]`. It writes a history of that many clients, each
//! with that many tweets that were planned, written, approved, posted and shown, and starts an engine on it three times:
//! without snapshots, with those that the first start kept, and so once more; then in a process of its own, which says how
//! much memory it holds. Beside it stands how long only reading every byte of the directory takes.

#[path = "support/held.rs"]
mod held;

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clara_actors::alerts::Alert;
use clara_actors::handle::Condition;
use clara_actors::ports::desk::{CardRequest, DeskError, ShownCard};
use clara_actors::ports::journal::{NewRecord, StreamId, Version};
use clara_actors::ports::model::{ChatAnswer, ChatRequest, ModelError};
use clara_actors::ports::x::{Account, Deletion, LastLook, NewPost, Publication, XError};
use clara_actors::ports::{Desk, Journal, LanguageModel, XApi};
use clara_actors::{EngineOptions, Ports, record, start};
use clara_adapters::clock::SystemClock;
use clara_adapters::ids::UuidIds;
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_domain::command::{Drafts, SendOutcome, SlotChoice, WriteTime};
use clara_domain::content::Content;
use clara_domain::ids::{ChannelId, ClientId, MessageId, PersonId, PostId, RoleId, TweetId};
use clara_domain::person::{Access, By, Grant, Person, PersonRef};
use clara_domain::reconcile::TimelinePost;
use clara_domain::settings::ClientSettings;
use clara_domain::{Client, Command, Tweet, decide, evolve};
use jiff::{SignedDuration, Timestamp};

/// Records that are appended at once while the history is made.
const AT_ONCE: usize = 200;

/// Nobody asks anything of the outside world here.
struct Nobody;

#[async_trait]
impl LanguageModel for Nobody {
    async fn chat(&self, _: &ChatRequest) -> Result<ChatAnswer, ModelError> {
        std::future::pending().await
    }
}

#[async_trait]
impl XApi for Nobody {
    async fn create(&self, _: &ClientId, _: &NewPost, _: LastLook<'_>) -> Publication {
        std::future::pending().await
    }
    async fn delete(&self, _: &ClientId, _: &PostId) -> Deletion {
        std::future::pending().await
    }
    async fn me(&self, _: &ClientId) -> Result<Account, XError> {
        std::future::pending().await
    }
    async fn timeline(
        &self,
        _: &ClientId,
        _: &Account,
        _: Timestamp,
    ) -> Result<Vec<TimelinePost>, XError> {
        std::future::pending().await
    }
}

#[async_trait]
impl Desk for Nobody {
    async fn show_card(&self, _: CardRequest) -> Result<ShownCard, DeskError> {
        std::future::pending().await
    }
    async fn alert(&self, _: &Alert) -> Result<(), DeskError> {
        std::future::pending().await
    }
}

fn id<T, E: std::fmt::Debug>(made: Result<T, E>) -> T {
    made.expect("the benchmark's own ids are valid")
}

fn ada() -> By {
    By::Person(Person {
        who: PersonRef {
            id: id(PersonId::new("7")),
            name: "Ada".to_owned(),
        },
        roles: [id(RoleId::new("1"))].into(),
    })
}

fn settings(name: &str) -> ClientSettings {
    let team = Grant {
        roles: [id(RoleId::new("1"))].into(),
        people: [].into(),
    };
    ClientSettings {
        name: name.to_owned(),
        handle: id(name.replace('-', "_").parse()),
        time_zone: id("Europe/Berlin".parse()),
        approval_channel: id(ChannelId::new("100")),
        access: Access {
            manage: team.clone(),
            write: team.clone(),
            approve: team.clone(),
            overrule: team,
        },
        approval: Default::default(),
        schedule: Default::default(),
        voice: Default::default(),
        generation: Default::default(),
        rules: Default::default(),
    }
}

/// A client that lives through commands, with the records that this leaves.
struct Life {
    client: Client,
    now: Timestamp,
    records: Vec<NewRecord>,
}

impl Life {
    fn new(name: &str) -> Self {
        let mut life = Self {
            client: Client::new(id(ClientId::new(name))),
            now: Timestamp::from_second(1_700_000_000).expect("a time"),
            records: Vec::new(),
        };
        let settings = Box::new(settings(name));
        life.ask(&By::Engine, &Command::Configure { settings });
        life
    }

    fn ask(&mut self, by: &By, command: &Command) {
        let events = decide(&self.client, by, command, self.now).expect("granted");
        for event in events {
            self.records
                .push(record::encode(&event, self.now, by.who()));
            let client = std::mem::replace(&mut self.client, Client::new(id(ClientId::new("x"))));
            self.client = evolve(client, &event, self.now).expect("legal");
        }
    }

    fn tweet(&self, tweet: TweetId) -> &Tweet {
        self.client.tweet(tweet).expect("it was planned")
    }

    fn shown(&mut self, tweet: TweetId, number: usize) {
        let change = self.tweet(tweet).change;
        let card = Command::RecordCard {
            tweet,
            change,
            channel: id(ChannelId::new("100")),
            message: id(MessageId::new(format!("{}", 1_000_000 + number))),
        };
        self.ask(&By::Engine, &card);
    }

    /// One tweet from its planning to the last change of its card.
    fn post(&mut self, number: usize) {
        let tweet = TweetId(uuid::Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0000 + number as u128,
        ));
        self.now += SignedDuration::from_hours(8);
        let slot = self.now + SignedDuration::from_mins(30);
        self.ask(
            &ada(),
            &Command::Plan {
                tweets: vec![tweet],
                brief: format!("the offer of the week, number {number}, with the opening hours"),
                segments: 1,
                slot: SlotChoice::At(slot),
                write: WriteTime::Now,
            },
        );
        let text = |candidate: usize| {
            Content::texts([format!(
                "Offer {number}.{candidate}: come by this week, the door is open from nine to five and the coffee is hot"
            )])
        };
        self.ask(
            &By::Engine,
            &Command::RecordDrafts {
                tweet,
                round: self.tweet(tweet).round,
                drafts: Drafts::Written {
                    origin: Box::default(),
                    model: "gpt-4.1-mini-2025-04-14".to_owned(),
                    candidates: (0..3).map(text).collect(),
                },
            },
        );
        self.shown(tweet, number);
        let revision = self.tweet(tweet).revision();
        self.ask(&ada(), &Command::Approve { tweet, revision });
        self.now = slot;
        self.ask(&By::Engine, &Command::BeginPublish { tweet });
        let (attempt, segment) = (self.tweet(tweet).attempts, self.tweet(tweet).next_segment());
        self.ask(
            &By::Engine,
            &Command::RecordSend {
                tweet,
                attempt,
                segment,
                outcome: SendOutcome::Accepted {
                    post: id(PostId::new(format!("{}", 10_000_000 + number))),
                },
            },
        );
        self.shown(tweet, number);
    }
}

async fn write_history(dir: &Path, clients: usize, tweets: usize) -> usize {
    let journal = SledJournal::open(dir, SledOptions::default()).expect("a new journal");
    let mut count = 0;
    for client in 0..clients {
        let mut life = Life::new(&format!("client-{client}"));
        for tweet in 0..tweets {
            life.post(client * tweets + tweet);
        }
        let stream = StreamId::Client(life.client.id.clone());
        let mut version = Version::default();
        count += life.records.len();
        for records in life.records.chunks(AT_ONCE) {
            let appended = journal.append(&stream, version, records.to_vec()).await;
            version = appended.expect("appended");
        }
    }
    journal.close().await;
    count
}

/// How one start went.
struct Start {
    /// How long it took until every client was ready to act.
    ready: Duration,
    /// Megabytes of its own that the process held when it had read all that was ever said.
    held: u64,
}

/// Starts an engine and stops it again.
fn start_once(dir: &Path, clients: usize) -> Start {
    let system = actix::System::new();
    system.block_on(async {
        let began = Instant::now();
        let journal = Arc::new(SledJournal::open(dir, SledOptions::default()).expect("it opens"));
        let clock = Arc::new(SystemClock);
        let ports = Ports {
            journal: journal.clone(),
            ids: Arc::new(UuidIds::new(clock.clone())),
            clock,
            model: Arc::new(Nobody),
            embedding: None,
            moderator: None,
            x: Arc::new(Nobody),
            desk: Arc::new(Nobody),
        };
        let options = EngineOptions {
            arbiters: std::thread::available_parallelism().map_or(1, usize::from),
            ..EngineOptions::default()
        };
        let engine = start(ports, options).await.expect("it starts");
        let mut changes = engine.changes();
        loop {
            let statuses = engine.clients();
            let running = statuses
                .iter()
                .filter(|status| status.condition == Condition::Running);
            if running.count() == clients {
                break;
            }
            tokio::select! {
                _ = changes.recv() => {}
                () = tokio::time::sleep(Duration::from_millis(5)) => {}
            }
        }
        let ready = began.elapsed();
        let held = settled().await;
        engine.stop().await;
        journal.close().await;
        Start { ready, held }
    })
}

/// Waits until the process asks for no more memory, its program's pages aside: what was ever said is read after the
/// clients are ready.
async fn settled() -> u64 {
    let mut held = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = held::kilobytes("RssAnon");
        if now == held {
            return now / 1024;
        }
        held = now;
    }
}

/// A start in a process of its own, which holds nothing that an earlier start has left.
fn start_alone(dir: &Path, clients: usize) {
    let program = std::env::current_exe().expect("this program");
    let mut child = std::process::Command::new(program);
    child.env(ALONE, dir).arg(clients.to_string()).arg("0");
    let status = child.status().expect("it starts");
    assert!(status.success(), "{status}");
}

fn read_everything(dir: &Path) -> (Duration, u64) {
    let began = Instant::now();
    let mut bytes = 0;
    let mut pending = vec![dir.to_owned()];
    while let Some(path) = pending.pop() {
        for entry in std::fs::read_dir(&path).expect("a directory").flatten() {
            if entry.path().is_dir() {
                pending.push(entry.path());
            } else {
                bytes += std::fs::read(entry.path()).map_or(0, |content| content.len() as u64);
            }
        }
    }
    (began.elapsed(), bytes)
}

/// Set to a directory for the process that starts on it and does nothing else.
const ALONE: &str = "CLARA_BENCH_START_ON";

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|given| given.parse().ok())
        .collect();
    let (clients, tweets) = match numbers.as_slice() {
        [clients, tweets] => (*clients, *tweets),
        _ => (1000, 100),
    };
    let mut out = std::io::stdout();
    let mut say = |line: String| writeln!(out, "{line}").expect("somewhere to say it");
    if let Some(path) = std::env::var_os(ALONE) {
        let Start { ready, held } = start_once(Path::new(&path), clients);
        return say(format!(
            "a process of its own: ready after {ready:.2?}, {held} MB held"
        ));
    }
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("journal");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let began = Instant::now();
    let records = runtime.block_on(write_history(&path, clients, tweets));
    say(format!(
        "{clients} clients, {} tweets, {records} records, written in {:.1?}",
        clients * tweets,
        began.elapsed()
    ));
    for what in [
        "without snapshots",
        "with snapshots",
        "with snapshots, again",
    ] {
        let start = start_once(&path, clients);
        say(format!("ready to act {what}: {:.2?}", start.ready));
    }
    start_alone(&path, clients);
    let (took, bytes) = read_everything(&path);
    say(format!(
        "reading all {} MB of the directory: {took:.2?}",
        bytes / 1_000_000
    ));
}
