//! One run: lives in a storm until its time is up, then lives in the calm until everything has come to rest.

use std::cell::RefCell;
use std::sync::{Arc, Once};
use std::time::Duration;

use clara_actors::ports::journal::{Snapshot, StreamId, Version};
use clara_actors::record::SNAPSHOT_SCHEMA;
use clara_domain::later;

use super::life::live;
use super::sabotage::Sabotage;
use super::world::{End, SCRIPTED, Tally, World, lock};
use super::x::SimX;

/// More lives than this in one run mean that it does not get on.
const MOST_LIVES: u64 = 80;

/// What became of a run.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    /// The protection that was broken on purpose, if one was.
    pub(crate) broken: Option<Sabotage>,
    /// The promise that was broken, if one was.
    pub(crate) violation: Option<String>,
    /// What happened, if it was traced.
    pub(crate) trace: Vec<String>,
    pub(crate) tally: Tally,
}

thread_local! {
    static UNEXPECTED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Plays one seed to its end.
pub(crate) fn play(seed: u64, sabotage: Option<Sabotage>, traced: bool) -> Outcome {
    watch_panics();
    UNEXPECTED.take();
    let world = World::new(seed, sabotage, traced);
    let verdict = storm(&world).and_then(|()| calm(&world));
    let panicked = UNEXPECTED.take().map(|words| format!("a panic: {words}"));
    let violation = world.violation().or(verdict.err()).or(panicked);
    Outcome {
        seed,
        broken: sabotage,
        violation,
        trace: world.trace.lines(),
        tally: world.tally(),
    }
}

fn storm(world: &Arc<World>) -> Result<(), String> {
    let ends = later(world.scenario.start, world.scenario.storm);
    for _ in 0..MOST_LIVES {
        let end = live(world);
        world.note("process", || format!("is gone: {end:?}"));
        match end {
            End::Violation => return Err("see above".to_owned()),
            End::Silence => return Err("nobody waits for anything".to_owned()),
            End::Died | End::Failed(_) | End::TimeUp => {}
        }
        between_lives(world);
        if world.truth() >= ends {
            return Ok(());
        }
    }
    Err("it does not get on: too many lives".to_owned())
}

fn between_lives(world: &Arc<World>) {
    lock(&world.x).nobody_waits(world.truth());
    let kind = world.dice().roll(10);
    let pause = match kind {
        0..=3 => 0,
        4..=7 => world.dice().between(1, 90),
        8 => world.dice().between(60, 1_800),
        _ => world.dice().between(600, 3 * 3_600),
    };
    world.time().pass(Duration::from_secs(pause));
    let truth = world.truth();
    world.audit(|auditor| {
        auditor.new_life(truth);
        Ok(())
    });
    lock(&world.x).mend();
    for client in &world.scenario.clients {
        SimX::new(world).mix_up(&client.id, world.weather().accounts);
        keep_snapshot(world, &client.id);
    }
}

/// The engine makes a snapshot every few hundred records; so that short runs see them, one is put where it would be.
fn keep_snapshot(world: &World, client: &clara_domain::ids::ClientId) {
    if !world.dice().chance(4_000) {
        return;
    }
    let Some((state, version)) = world.books(|books| books.earlier(client)) else {
        return;
    };
    let shift = u64::from(world.sabotage == Some(Sabotage::SnapshotOffByOne));
    let snapshot = Snapshot {
        version: Version(version + shift),
        schema: SNAPSHOT_SCHEMA,
        body: serde_json::to_string(state.as_ref()).expect("a client is made of text and numbers"),
    };
    world.note("journal", || {
        format!("has a snapshot of {client} at {version}")
    });
    lock(&world.journal).keep_snapshot(StreamId::Client(client.clone()), snapshot);
}

/// Nothing goes wrong any more: everything comes to rest, stays at rest, and is found so by one more start.
fn calm(world: &Arc<World>) -> Result<(), String> {
    world.calm_down();
    for _ in 0..2 {
        match live(world) {
            End::Silence => {}
            End::Violation => return Err("see above".to_owned()),
            end => return Err(format!("in the calm it ended: {end:?}")),
        }
        world.books(|books| books.ending(&lock(&world.desk)))?;
    }
    // What X still had in its hands when everybody had gone home comes to light the next morning.
    world.time().pass(Duration::from_secs(12 * 3_600));
    SimX::new(world).settle();
    world.books(|books| books.ending(&lock(&world.desk)))
}

/// Panics that are part of the play stay out of the output; any other one is a finding.
fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let words = panic.payload_as_str().unwrap_or("without words");
            if words.starts_with(SCRIPTED) {
                return;
            }
            UNEXPECTED.set(Some(panic.to_string()));
            usual(panic);
        }));
    });
}
