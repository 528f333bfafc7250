//! The world around an engine under test: scripted ports that outlive it, and a hand on its clock.
//!
//! A [`World`] is what a crash leaves alone: the journal's records, X, the desk, the time. [`live`] runs one life of an
//! engine in it.

mod clock;
mod desk;
mod diary;
mod embedder;
mod journal;
mod model;
mod moderator;
mod run;
mod x;

use std::sync::Arc;
use std::time::Duration;

use clara_actors::limiter::{Limits, Quota, ServiceLimits};
use clara_actors::model_chain::ChainOptions;
use clara_actors::ports::moderation::WhenDown;
use clara_actors::ports::{Clock, Moderator};
use clara_actors::{EngineOptions, Ports, start};
use clara_adapters::ids::UuidIds;
use clara_adapters::journal::MemoryJournal;
use clara_domain::ids::{ChannelId, ClientId, Handle, PersonId, RoleId};
use clara_domain::money::MicroUsd;
use clara_domain::person::{Access, By, Grant, Person, PersonRef};
use clara_domain::pricing::budget::Budgets;
use clara_domain::pricing::{Dated, ModelPrice, PriceList};
use clara_domain::settings::ClientSettings;
use clara_domain::validate::TextRules;

pub(crate) use clock::TestClock;
pub(crate) use desk::FakeDesk;
pub(crate) use diary::{Diary, Gate, Seen, scripted_panic};
pub(crate) use embedder::{ScriptedEmbedder, TOKENS};
pub(crate) use journal::{Fault, FaultyJournal};
pub(crate) use model::{Reply, ScriptedModel, USAGE};
pub(crate) use moderator::ScriptedModerator;
pub(crate) use run::Run;
pub(crate) use x::{FakeX, Sending};

/// Everything outside the engine.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) diary: Diary,
    pub(crate) clock: TestClock,
    pub(crate) journal: FaultyJournal,
    pub(crate) model: ScriptedModel,
    pub(crate) moderator: ScriptedModerator,
    /// Who makes vectors of notes; without it they are searched by words alone.
    pub(crate) embedder: Option<ScriptedEmbedder>,
    /// Whether texts are looked at by the moderator, and what holds while it is away.
    pub(crate) moderation: Option<WhenDown>,
    pub(crate) x: FakeX,
    pub(crate) desk: FakeDesk,
    pub(crate) limits: Limits,
    pub(crate) budgets: Budgets,
    pub(crate) declared: Vec<(ClientId, ClientSettings)>,
}

impl World {
    /// A world in which these clients are declared, each with an account of its own name.
    pub(crate) fn with_clients(names: &[&str]) -> Self {
        diary::silence_scripted_panics();
        let diary = Diary::default();
        let clock = TestClock::new(&diary);
        let x = FakeX::new(&diary, &clock);
        for name in names {
            x.set_account(&client(name), &handle(name));
        }
        let declared = names.iter().map(|name| (client(name), settings(name)));
        Self {
            journal: FaultyJournal::new(MemoryJournal::new(), &diary),
            model: ScriptedModel::new(&diary),
            moderator: ScriptedModerator::new(&diary),
            embedder: None,
            moderation: None,
            desk: FakeDesk::new(&diary),
            limits: generous(),
            budgets: Budgets::default(),
            declared: declared.collect(),
            x,
            clock,
            diary,
        }
    }

    fn ports(&self, life: u64) -> Ports {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        Ports {
            journal: Arc::new(self.journal.reopened()),
            ids: Arc::new(UuidIds::seeded(clock.clone(), life)),
            clock,
            model: Arc::new(self.model.clone()),
            embedding: self.embedder.as_ref().map(ScriptedEmbedder::port),
            moderator: self
                .moderation
                .map(|_| -> Arc<dyn Moderator> { Arc::new(self.moderator.clone()) }),
            x: Arc::new(self.x.clone()),
            desk: Arc::new(self.desk.clone()),
        }
    }
}

/// One life of an engine, from its start until the play is over. Then everything in it is dropped as it is.
pub(crate) fn live<T>(world: &World, play: impl AsyncFnOnce(Run) -> T) -> T {
    live_by(world, Arc::new(world.clock.clone()), play)
}

/// One life of an engine that goes by a clock of its own.
pub(crate) fn live_by<T>(
    world: &World,
    clock: Arc<dyn Clock>,
    play: impl AsyncFnOnce(Run) -> T,
) -> T {
    let life = world.diary.begin_life();
    let system = actix::System::new();
    system.block_on(async {
        let options = EngineOptions {
            declared: world.declared.clone(),
            limits: world.limits.clone(),
            models: ChainOptions {
                models: vec!["scripted".to_owned()],
                ..ChainOptions::default()
            },
            prices: prices(),
            budgets: world.budgets.clone(),
            moderation: world.moderation.unwrap_or_default(),
            managers: team(),
            ..EngineOptions::default()
        };
        let ports = Ports {
            clock,
            ..world.ports(life)
        };
        let engine = start(ports, options).await.unwrap();
        let run = Run::new(world.clone(), engine);
        run.settle().await;
        play(run).await
    })
}

/// A dollar for a million tokens, whichever.
fn prices() -> PriceList {
    let dollar = MicroUsd(1_000_000);
    let price = ModelPrice {
        from: None,
        input: dollar,
        cached_input: dollar,
        output: dollar,
    };
    PriceList {
        models: [("scripted".to_owned(), Dated::always(price))].into(),
        ..PriceList::default()
    }
}

/// Limits that do not matter unless a test is about them.
pub(crate) fn generous() -> Limits {
    let quota = Quota {
        calls: 1_000_000,
        per: Duration::from_secs(60),
    };
    let service = ServiceLimits {
        app: quota,
        client: quota,
        at_once: 8,
    };
    Limits {
        x: service.clone(),
        model: service,
    }
}

pub(crate) fn client(name: &str) -> ClientId {
    ClientId::new(name).unwrap()
}

pub(crate) fn handle(name: &str) -> Handle {
    Handle::new(name).unwrap()
}

fn team() -> Grant {
    Grant {
        roles: [RoleId::new("1").unwrap()].into(),
        people: [].into(),
    }
}

/// A client that everybody of the team may do everything with, and whose texts may be as short as a test's are.
pub(crate) fn settings(name: &str) -> ClientSettings {
    let team = team();
    let mut settings = ClientSettings {
        name: name.to_owned(),
        handle: handle(name),
        time_zone: "Europe/Berlin".parse().unwrap(),
        approval_channel: ChannelId::new("100").unwrap(),
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
        rules: TextRules {
            min_words: 0,
            ..TextRules::default()
        },
    };
    settings.schedule.min_gap = Duration::from_secs(60);
    settings
}

/// Somebody of the team.
pub(crate) fn ada() -> By {
    By::Person(Person {
        who: PersonRef {
            id: PersonId::new("7").unwrap(),
            name: "Ada".to_owned(),
        },
        roles: [RoleId::new("1").unwrap()].into(),
    })
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}
