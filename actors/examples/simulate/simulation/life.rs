//! One life of the engine: a process from its start to whatever ends it.
//!
//! It runs in an actor system of its own, whose runtime lets time pass when it would go to sleep. When it ends
//! everything in it is dropped as it is.

use std::sync::Arc;
use std::time::Duration;

use clara_actors::limiter::{Limits, Quota, ServiceLimits};
use clara_actors::ports::{Clock, Moderator};
use clara_actors::prompt::Prompts;
use clara_actors::{EngineHandle, EngineOptions, Ports, start};
use clara_domain::later;
use jiff::SignedDuration;
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

use super::clock::SimClock;
use super::desk::SimDesk;
use super::ids::SimIds;
use super::journal::SimJournal;
use super::model::SimModel;
use super::moderator::SimModerator;
use super::people::{Worker, tidy_up};
use super::sabotage::{BrokenRules, Sabotage};
use super::time::Whose;
use super::world::{End, World, lock};
use super::x::SimX;

thread_local! {
    /// The templates are the same in every life.
    static PROMPTS: Prompts = Prompts::default();
}

/// Lives until something ends it. Nothing of the engine may outlast it.
pub(crate) fn live(world: &Arc<World>) -> End {
    let end = live_once(world);
    let held = Arc::strong_count(world) - 1;
    if held > 0 {
        world.complain(format!(
            "a life that is over still holds {held} of its ports"
        ));
        return End::Violation;
    }
    end
}

fn live_once(world: &Arc<World>) -> End {
    let (life, ended) = world.begin_life();
    world.note("process", || format!("starts for the {life}. time"));
    let waker = world.clone();
    let system = actix::System::with_tokio_rt(move || {
        Builder::new_current_thread()
            .on_thread_park(move || waker.idle())
            .build()
            .expect("a runtime without drivers needs nothing of the system")
    });
    let end = system.block_on(begin(world.clone(), ended));
    if matches!(end, End::TimeUp | End::Silence) {
        world.compare_views();
    }
    // What is dropped now must not act any more.
    world.end(end.clone());
    lock(&world.engine).take();
    end
}

async fn begin(world: Arc<World>, mut ended: oneshot::Receiver<End>) -> End {
    let starting = start(ports(&world), options(&world));
    let engine = tokio::select! {
        biased;
        end = &mut ended => return end.unwrap_or(End::Silence),
        started = starting => match started {
            Ok(engine) => engine,
            Err(error) => return End::Failed(error.to_string()),
        },
    };
    *lock(&world.engine) = Some(engine.clone());
    let storm_ends = later(world.scenario.start, world.scenario.storm);
    let is_calm = world.is_calm();
    populate(&world, &engine);
    let time_up = async {
        if is_calm {
            return std::future::pending().await;
        }
        world.sleep_until(Whose::World, storm_ends).await;
    };
    tokio::select! {
        biased;
        end = &mut ended => end.unwrap_or(End::Silence),
        reason = engine.failed() => End::Failed(reason),
        () = time_up => End::TimeUp,
    }
}

fn populate(world: &Arc<World>, engine: &EngineHandle) {
    let worker = |plan| Worker {
        world: world.clone(),
        engine: engine.clone(),
        plan,
    };
    let people = &world.scenario.people;
    if world.is_calm() {
        spawn_local(tidy_up(worker(people[0].clone())));
        return;
    }
    for plan in people {
        spawn_local(worker(plan.clone()).work());
    }
    let crowd = people.iter().cloned().map(worker).collect();
    spawn_local(meddlers(world.clone(), crowd));
    spawn_local(outlook(world.clone(), engine.clone()));
}

/// What happens to the host: it sleeps, its clock is set, the process is told to stop.
async fn outlook(world: Arc<World>, engine: EngineHandle) {
    loop {
        world.sleep(Duration::from_secs(600)).await;
        let weather = world.weather();
        if world.strikes(weather.sleeps / 6, None) {
            let minutes = world.dice().pick(&[3, 20, 120, 60 * 30]);
            world.note("host", || format!("sleeps for {minutes} minutes"));
            world.time().pass(Duration::from_secs(60 * minutes));
        }
        if world.strikes(weather.sets / 6, None) {
            let most = i64::try_from(weather.clock_error.as_secs()).unwrap_or(0);
            let error = i64::try_from(world.dice().roll(2 * weather.clock_error.as_secs() + 1));
            let error = SignedDuration::from_secs(error.unwrap_or(most) - most);
            world.note("host", || {
                format!("has its clock {error:#} wrong from now on")
            });
            world.time().set_error(error);
        }
        if world.strikes(weather.crash, None) {
            world.note("process", || "is told to stop".to_owned());
            engine.stop().await;
            world.end(End::Died);
        }
    }
}

/// While X holds a request, somebody may want something else.
async fn meddlers(world: Arc<World>, crowd: Vec<Worker>) {
    loop {
        world.temptation.notified().await;
        let at = world.dice().place(crowd.len());
        let Some(client) = lock(&world.tempted).take() else {
            continue;
        };
        let pause = world.dice().roll(2_000);
        world.sleep(Duration::from_millis(pause)).await;
        crowd[at].interfere(&client).await;
    }
}

fn ports(world: &Arc<World>) -> Ports {
    let clock: Arc<dyn Clock> = Arc::new(SimClock(world.clone()));
    Ports {
        journal: Arc::new(SimJournal::new(world)),
        ids: Arc::new(SimIds(world.clone())),
        clock,
        model: Arc::new(SimModel(world.clone())),
        embedding: None,
        moderator: world
            .scenario
            .moderation
            .map(|_| -> Arc<dyn Moderator> { Arc::new(SimModerator(world.clone())) }),
        x: Arc::new(SimX::new(world)),
        desk: Arc::new(SimDesk(world.clone())),
    }
}

fn options(world: &World) -> EngineOptions {
    let clients = world.scenario.clients.iter();
    EngineOptions {
        declared: clients
            .map(|client| (client.id.clone(), client.settings.clone()))
            .collect(),
        prompts: PROMPTS.with(Clone::clone),
        prices: Default::default(),
        budgets: Default::default(),
        models: Default::default(),
        meaning: Default::default(),
        moderation: world.scenario.moderation.unwrap_or_default(),
        limits: limits(world),
        restart: Default::default(),
        arbiters: 0,
        managers: clara_domain::person::Grant {
            people: [world.scenario.people[0].person.who.id.clone()].into(),
            ..Default::default()
        },
        rules: Arc::new(BrokenRules(world.sabotage)),
    }
}

/// A tenth below what X allows, as in production.
fn limits(world: &World) -> Limits {
    let x = &world.scenario.x;
    let times = if world.sabotage == Some(Sabotage::LimitsTooHigh) {
        4
    } else {
        1
    };
    let below = |calls: u32| calls * 9 / 10 * times;
    let per = |calls: u32, minutes: u64| Quota {
        calls,
        per: Duration::from_secs(60 * minutes),
    };
    Limits {
        x: ServiceLimits {
            app: per(below(x.per_app), 24 * 60),
            client: per(below(x.per_account), 15),
            at_once: x.at_once,
        },
        model: ServiceLimits {
            app: per(500, 1),
            client: per(60, 1),
            at_once: 4,
        },
    }
}
