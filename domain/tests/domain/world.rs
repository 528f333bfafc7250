//! A small world to tell scenarios in: one client, its people, a clock that is moved by hand.
//!
//! Every event goes through its JSON before it is applied, as it would through a journal, so no test lives in a state
//! that could not be read back.

use std::collections::BTreeSet;
use std::time::Duration;

use clara_domain::command::{
    Drafts, Flag, Look, SendOutcome, Settlement, SlotChoice, Verdict, WriteTime,
};
use clara_domain::content::Content;
use clara_domain::ids::{ClientId, PersonId, PostId, RoleId, TweetId};
use clara_domain::person::{By, Person, PersonRef};
use clara_domain::settings::ClientSettings;
use clara_domain::{
    Around, Client, Command, Effect, Event, Rejection, Tweet, decide_among, effects, evolve,
    next_wake,
};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

/// Monday morning in Berlin, an hour before the first slot.
pub(crate) const MORNING: &str = "2026-03-02T08:00:00+01:00";

/// May approve, through a role.
pub(crate) fn ana() -> By {
    person(1, "Ana", &[10])
}

/// May approve, through a role.
pub(crate) fn ben() -> By {
    person(2, "Ben", &[10])
}

/// May write and approve.
pub(crate) fn cho() -> By {
    person(3, "Cho", &[10, 11])
}

/// May write and let a text through.
pub(crate) fn dee() -> By {
    person(4, "Dee", &[11, 12])
}

/// May manage, named as a person.
pub(crate) fn mia() -> By {
    person(5, "Mia", &[])
}

/// May nothing.
pub(crate) fn eve() -> By {
    person(6, "Eve", &[99])
}

pub(crate) fn everybody() -> [By; 7] {
    [ana(), ben(), cho(), dee(), mia(), eve(), By::Engine]
}

fn person(id: u32, name: &str, roles: &[u32]) -> By {
    let role = |role: &u32| RoleId::new(role.to_string()).unwrap();
    By::Person(Person {
        who: PersonRef {
            id: PersonId::new(id.to_string()).unwrap(),
            name: name.to_owned(),
        },
        roles: roles.iter().map(role).collect(),
    })
}

/// The settings of `harbour`: three slots a day in Berlin, one approval, two rounds of writing; its texts may be short and
/// say what the brief does, as those of the scenarios are and do.
pub(crate) fn settings() -> ClientSettings {
    serde_json::from_value(json!({
        "name": "Harbour Coffee",
        "handle": "harbour",
        "time_zone": "Europe/Berlin",
        "approval_channel": "900",
        "access": {
            "manage": { "people": ["5"] },
            "write": { "roles": ["11"] },
            "approve": { "roles": ["10"] },
            "override": { "roles": ["12"] },
        },
        "approval": { "needed": 1, "author_counts": true },
        "schedule": {
            "slots": ["daily 09:00", "daily 12:00", "daily 17:30"],
            "quiet": ["22:00-07:00"],
            "min_gap": "30m",
            "grace": "15m",
            "lead": "24h",
        },
        "generation": { "candidates": 3, "rounds": 2 },
        "rules": { "blocked_words": ["cheap"], "min_words": 0, "severity": { "echo": "off" } },
    }))
    .unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

pub(crate) fn tweet_id(no: u128) -> TweetId {
    TweetId(Uuid::from_u128(
        0x0199_0000_0000_7000_8000_0000_0000_0000 + no,
    ))
}

pub(crate) fn post_id(no: u64) -> PostId {
    PostId::new(no.to_string()).unwrap()
}

/// The tweet that most scenarios are about.
pub(crate) fn first() -> TweetId {
    tweet_id(1)
}

/// One client, lived through from its first event.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) now: Timestamp,
    pub(crate) around: Around,
    /// What happened, as a journal holds it: when, and the event's JSON.
    pub(crate) journal: Vec<(Timestamp, String)>,
}

impl World {
    /// A client that nobody has set up.
    pub(crate) fn empty() -> Self {
        Self {
            client: Client::new(ClientId::new("harbour").unwrap()),
            now: at(MORNING),
            around: Around::default(),
            journal: Vec::new(),
        }
    }

    pub(crate) fn with(settings: ClientSettings) -> Self {
        let mut world = Self::empty();
        let settings = Box::new(settings);
        world.done(&By::Engine, Command::Configure { settings });
        world
    }

    pub(crate) fn new() -> Self {
        Self::with(settings())
    }

    /// Decides and lives through what was decided; the events' names.
    pub(crate) fn ask(
        &mut self,
        by: &By,
        command: Command,
    ) -> Result<Vec<&'static str>, Rejection> {
        let events = decide_among(&self.client, by, &command, self.now, &self.around)?;
        Ok(events.into_iter().map(|event| self.live(&event)).collect())
    }

    /// Asks for what must be granted.
    #[track_caller]
    pub(crate) fn done(&mut self, by: &By, command: Command) -> Vec<&'static str> {
        match self.ask(by, command.clone()) {
            Ok(names) => names,
            Err(rejection) => panic!("{command:?} was refused: {rejection}"),
        }
    }

    /// Asks for what must be refused.
    #[track_caller]
    pub(crate) fn refused(&mut self, by: &By, command: Command) -> Rejection {
        match self.ask(by, command.clone()) {
            Ok(names) => panic!("{command:?} was granted: {names:?}"),
            Err(rejection) => rejection,
        }
    }

    /// Lives through one event, as read back from its record.
    #[track_caller]
    pub(crate) fn live(&mut self, event: &Event) -> &'static str {
        let record = serde_json::to_string(event).unwrap();
        let read: Event = serde_json::from_str(&record).unwrap();
        assert_eq!(read, *event, "the record reads back differently");
        self.client = evolve(self.client.clone(), &read, self.now).unwrap();
        self.journal.push((self.now, record));
        name(event)
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now = self.now.checked_add(time).unwrap();
    }

    pub(crate) fn tick(&mut self) -> Vec<&'static str> {
        self.done(&By::Engine, Command::Tick)
    }

    #[track_caller]
    pub(crate) fn tweet(&self) -> &Tweet {
        self.client.tweet(first()).unwrap()
    }

    pub(crate) fn state(&self) -> &'static str {
        self.tweet().state.name()
    }

    /// What is owed now, without cards and notices.
    pub(crate) fn owed(&self) -> Vec<Effect> {
        let is_work =
            |effect: &Effect| !matches!(effect, Effect::ShowCard { .. } | Effect::Notify { .. });
        let mut owed = effects(&self.client, self.now);
        owed.retain(is_work);
        owed
    }

    pub(crate) fn wake(&self) -> Option<Timestamp> {
        next_wake(&self.client, self.now)
    }
}

/// The steps that scenarios are made of, all about the first tweet.
impl World {
    pub(crate) fn plan(&mut self, slot: SlotChoice) -> Vec<&'static str> {
        self.done(&cho(), plan(vec![first()], 1, slot))
    }

    pub(crate) fn plan_thread(&mut self, segments: u8) -> Vec<&'static str> {
        self.done(&cho(), plan(vec![first()], segments, SlotChoice::NextFree))
    }

    pub(crate) fn drafted(&mut self, candidates: Vec<Content>) -> Vec<&'static str> {
        let command = written(self.tweet(), candidates);
        self.done(&By::Engine, command)
    }

    /// A thread whose texts are `part 1`, `part 2`... or, with one segment, `good morning`.
    pub(crate) fn written(&mut self) -> Vec<&'static str> {
        let content = good(self.tweet().segments);
        self.drafted(vec![content])
    }

    pub(crate) fn approved(&mut self) -> Vec<&'static str> {
        let command = approve(self.tweet());
        self.done(&ana(), command)
    }

    /// Planned for 09:00, written and approved.
    pub(crate) fn ready(segments: u8) -> Self {
        let mut world = Self::new();
        world.plan_thread(segments);
        world.written();
        world.approved();
        world
    }

    /// At 09:00 with a request for the first segment on its way.
    pub(crate) fn sending(segments: u8) -> Self {
        let mut world = Self::ready(segments);
        world.now = world.tweet().slot;
        world.begin();
        world
    }

    #[track_caller]
    pub(crate) fn begin(&mut self) -> Vec<&'static str> {
        let tweet = first();
        self.done(&By::Engine, Command::BeginPublish { tweet })
    }

    #[track_caller]
    pub(crate) fn sent(&mut self, outcome: SendOutcome) -> Vec<&'static str> {
        let command = outcome_of(self.tweet(), outcome);
        self.done(&By::Engine, command)
    }

    #[track_caller]
    pub(crate) fn accepted(&mut self, post: u64) -> Vec<&'static str> {
        let post = post_id(post);
        self.sent(SendOutcome::Accepted { post })
    }

    #[track_caller]
    pub(crate) fn looked(&mut self, look: Look) -> Vec<&'static str> {
        let command = look_of(self.tweet(), look);
        self.done(&By::Engine, command)
    }

    /// Waits for the next look, and looks.
    #[track_caller]
    pub(crate) fn looks_in_vain(&mut self) -> Vec<&'static str> {
        self.now = self.wake().unwrap();
        self.looked(Look::Absent)
    }

    #[track_caller]
    pub(crate) fn settled(&mut self, answer: Settlement) -> Vec<&'static str> {
        let tweet = first();
        let attempt = self.tweet().attempts;
        let settle = Command::Settle {
            tweet,
            attempt,
            answer,
        };
        self.done(&ana(), settle)
    }

    #[track_caller]
    pub(crate) fn rescheduled(&mut self, slot: SlotChoice) -> Vec<&'static str> {
        let tweet = first();
        self.done(&cho(), Command::Reschedule { tweet, slot })
    }
}

pub(crate) fn name(event: &Event) -> &'static str {
    match event {
        Event::Configured { .. } => "configured",
        Event::Paused { .. } => "paused",
        Event::Resumed { .. } => "resumed",
        Event::CallBegun { .. } => "call_begun",
        Event::CallEnded { .. } => "call_ended",
        Event::KnowledgeAdded { .. } => "knowledge_added",
        Event::KnowledgeRemoved { .. } => "knowledge_removed",
        Event::LessonLearned { .. } => "lesson_learned",
        Event::LessonForgotten { .. } => "lesson_forgotten",
        Event::NoticesDelivered { .. } => "notices_delivered",
        Event::CardShown { .. } => "card_shown",
        Event::Tweet { event, .. } => event.name(),
    }
}

pub(crate) fn plan(tweets: Vec<TweetId>, segments: u8, slot: SlotChoice) -> Command {
    Command::Plan {
        tweets,
        brief: "say good morning".into(),
        segments,
        slot,
        write: WriteTime::Now,
    }
}

/// A text that passes, of so many segments.
pub(crate) fn good(segments: u8) -> Content {
    match segments {
        1 => Content::texts(["good morning"]),
        _ => Content::texts((1..=segments).map(|no| format!("part {no}"))),
    }
}

/// A text that does not pass.
pub(crate) fn bad() -> Content {
    Content::texts(["cheap coffee"])
}

pub(crate) fn written(tweet: &Tweet, candidates: Vec<Content>) -> Command {
    Command::RecordDrafts {
        tweet: tweet.id,
        round: tweet.round,
        drafts: Drafts::Written {
            origin: Box::default(),
            model: "small-1".into(),
            candidates,
        },
    }
}

pub(crate) fn approve(tweet: &Tweet) -> Command {
    Command::Approve {
        tweet: tweet.id,
        revision: tweet.revision(),
    }
}

pub(crate) fn edit(tweet: &Tweet, content: Content) -> Command {
    Command::Edit {
        tweet: tweet.id,
        revision: tweet.revision(),
        content,
    }
}

pub(crate) fn regenerate(tweet: &Tweet) -> Command {
    Command::Regenerate {
        tweet: tweet.id,
        revision: tweet.revision(),
        feedback: "shorter".into(),
    }
}

pub(crate) fn choose(tweet: &Tweet, place: u8) -> Command {
    Command::Choose {
        tweet: tweet.id,
        revision: tweet.revision(),
        place,
    }
}

/// What the moderation service said.
pub(crate) fn checked(tweet: &Tweet, moderation: Verdict) -> Command {
    Command::RecordChecks {
        tweet: tweet.id,
        revision: tweet.revision(),
        moderation: Some(moderation),
        brand_voice: None,
    }
}

pub(crate) fn flagged() -> Verdict {
    Verdict::Found(vec![Flag {
        segment: 0,
        message: "take out the threat".into(),
    }])
}

pub(crate) fn away() -> Verdict {
    Verdict::Away {
        reason: "503".into(),
        retry_after: None,
    }
}

pub(crate) fn overrule(tweet: &Tweet, reason: &str) -> Command {
    Command::Override {
        tweet: tweet.id,
        revision: tweet.revision(),
        reason: reason.into(),
    }
}

pub(crate) fn reject(tweet: &Tweet, reason: &str) -> Command {
    Command::Reject {
        tweet: tweet.id,
        revision: tweet.revision(),
        code: None,
        reason: reason.into(),
    }
}

pub(crate) fn retry(tweet: &Tweet) -> Command {
    Command::Retry {
        tweet: tweet.id,
        revision: tweet.revision(),
    }
}

pub(crate) fn outcome_of(tweet: &Tweet, outcome: SendOutcome) -> Command {
    Command::RecordSend {
        tweet: tweet.id,
        attempt: tweet.attempts,
        segment: tweet.next_segment(),
        outcome,
    }
}

pub(crate) fn look_of(tweet: &Tweet, look: Look) -> Command {
    Command::RecordLook {
        tweet: tweet.id,
        attempt: tweet.attempts,
        look,
    }
}

pub(crate) fn recover(in_hand: impl IntoIterator<Item = TweetId>) -> Command {
    Command::Recover {
        in_hand: BTreeSet::from_iter(in_hand),
    }
}

pub(crate) fn unknown() -> SendOutcome {
    SendOutcome::Unknown {
        reason: "timed out".into(),
    }
}

pub(crate) fn not_sent() -> SendOutcome {
    SendOutcome::NotSent {
        reason: "connection refused".into(),
        retry_after: None,
        needs_person: false,
    }
}

pub(crate) fn refusal(duplicate: bool) -> SendOutcome {
    SendOutcome::Refused {
        reason: "not allowed".into(),
        duplicate,
    }
}
