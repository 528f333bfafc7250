//! Everything outside the engine, as one thing that a crash leaves alone: time, chance, the ports' storage, the auditor.
//!
//! A run is one thread's business: the locks are there for the compiler and never waited for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clara_actors::EngineHandle;
use clara_domain::ids::ClientId;
use clara_domain::later;
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

use super::auditor::Auditor;
use super::desk::DeskState;
use super::dice::Dice;
use super::journal::Store;
use super::model::ModelState;
use super::sabotage::Sabotage;
use super::scenario::Scenario;
use super::time::{Time, Whose};
use super::trace::Trace;
use super::weather::Weather;
use super::x::XState;

/// What the panics of the ports begin with.
pub(crate) const SCRIPTED: &str = "scripted panic";

/// A run in which time passes more often than this does not come to rest.
const MOST_WAKES: u64 = 150_000;

/// Whoever looks at the clock so often without time passing goes round in circles.
const MOST_LOOKS: u64 = 2_000_000;

/// More calls of ports than this at the same moment go round in circles.
const MOST_AT_ONCE: u32 = 20_000;

/// See the module.
pub(crate) struct World {
    pub(crate) scenario: Scenario,
    pub(crate) sabotage: Option<Sabotage>,
    pub(crate) trace: Trace,
    time: Mutex<Time>,
    dice: Mutex<Dice>,
    state: Mutex<State>,
    auditor: Mutex<Auditor>,
    pub(crate) journal: Mutex<Store>,
    pub(crate) x: Mutex<XState>,
    pub(crate) model: Mutex<ModelState>,
    pub(crate) desk: Mutex<DeskState>,
    pub(crate) engine: Mutex<Option<EngineHandle>>,
    /// X holds a request of this client.
    pub(crate) tempted: Mutex<Option<ClientId>>,
    pub(crate) temptation: Notify,
}

/// Why a life ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// The process died.
    Died,
    /// The engine said that it cannot go on.
    Failed(String),
    /// The storm is over.
    TimeUp,
    /// Nobody waits for anything any more.
    Silence,
    /// Something is not as it must be.
    Violation,
}

#[derive(Default)]
struct State {
    life: u64,
    dead: bool,
    calm: bool,
    ends: Option<oneshot::Sender<End>>,
    crashes: u32,
    calls: u64,
    faults: u64,
    at_once: (Timestamp, u32),
    violation: Option<String>,
    idles: u64,
    numbers: u64,
    looks: u64,
}

/// What a run amounted to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    pub(crate) lives: u64,
    pub(crate) calls: u64,
    pub(crate) faults: u64,
    pub(crate) records: u64,
    pub(crate) posts: u64,
}

impl Tally {
    /// Counts another run's, too.
    pub(crate) fn add(&mut self, other: &Self) {
        self.lives += other.lives;
        self.calls += other.calls;
        self.faults += other.faults;
        self.records += other.records;
        self.posts += other.posts;
    }
}

impl World {
    pub(crate) fn new(seed: u64, sabotage: Option<Sabotage>, traced: bool) -> Arc<Self> {
        let mut dice = Dice::new(seed);
        let scenario = Scenario::of(&mut dice);
        Arc::new(Self {
            trace: Trace::new(traced),
            time: Mutex::new(Time::new(scenario.start)),
            dice: Mutex::new(dice),
            state: Mutex::new(State {
                crashes: scenario.weather.crashes,
                ..State::default()
            }),
            auditor: Mutex::new(Auditor::new(&scenario)),
            journal: Mutex::default(),
            x: Mutex::new(XState::new(&scenario)),
            model: Mutex::default(),
            desk: Mutex::default(),
            engine: Mutex::default(),
            tempted: Mutex::default(),
            temptation: Notify::new(),
            sabotage,
            scenario,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        let looks = {
            let mut state = lock(&self.state);
            state.looks += 1;
            state.looks
        };
        if looks == MOST_LOOKS {
            self.complain("the engine looks at the clock in circles".to_owned());
        }
        lock(&self.time).shown()
    }

    pub(crate) fn truth(&self) -> Timestamp {
        lock(&self.time).truth()
    }

    pub(crate) fn time(&self) -> MutexGuard<'_, Time> {
        lock(&self.time)
    }

    pub(crate) fn dice(&self) -> MutexGuard<'_, Dice> {
        lock(&self.dice)
    }

    pub(crate) fn weather(&self) -> &Weather {
        &self.scenario.weather
    }

    pub(crate) fn note(&self, who: &str, what: impl FnOnce() -> String) {
        self.trace.note(self.truth(), who, what);
    }

    /// Whether something that can go wrong does, for whom it can go wrong.
    pub(crate) fn strikes(&self, rate: u64, whom: Option<&ClientId>) -> bool {
        let spared = match (&self.scenario.troubled, whom) {
            (Some(troubled), Some(client)) => troubled != client,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if spared || rate == 0 || lock(&self.state).calm {
            return false;
        }
        let strikes = self.dice().chance(rate);
        if strikes {
            lock(&self.state).faults += 1;
        }
        strikes
    }

    /// A port is called. A dead process gets no further, and one may die here.
    pub(crate) async fn enter(&self, port: &'static str) {
        if self.is_dead() {
            return std::future::pending().await;
        }
        if let Some(complaint) = self.count_call() {
            self.complain(complaint);
        }
        let rate = self.weather().crash;
        let may_die = lock(&self.state).crashes > 0;
        if may_die && self.strikes(rate, None) {
            lock(&self.state).crashes -= 1;
            self.note("process", || format!("dies {port}"));
            self.end(End::Died);
        }
        if self.is_dead() {
            std::future::pending().await
        }
    }

    fn count_call(&self) -> Option<String> {
        let now = self.truth();
        let mut state = lock(&self.state);
        state.calls += 1;
        let (at, calls) = state.at_once;
        state.at_once = (now, if at == now { calls + 1 } else { 0 });
        (state.at_once.1 > MOST_AT_ONCE).then(|| "the engine goes round in circles".to_owned())
    }

    /// Something takes a while, where the weather is so.
    pub(crate) async fn dawdle(&self, most: Duration, whom: Option<&ClientId>) {
        if self.strikes(self.weather().slow, whom) {
            let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
            let pause = self.dice().between(1, most);
            self.sleep(Duration::from_millis(pause)).await;
        }
    }

    /// Waits by the world's clock.
    pub(crate) async fn sleep(&self, time: Duration) {
        let until = later(self.truth(), time);
        self.sleep_until(Whose::World, until).await;
    }

    pub(crate) async fn sleep_until(&self, whose: Whose, until: Timestamp) {
        let Some((place, woken)) = lock(&self.time).sleep(whose, until) else {
            return;
        };
        let _bed = Bed(self, whose, place);
        let _ = woken.await;
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }

    /// Nobody has anything to do at this moment. Called where the thread would go to sleep.
    pub(crate) fn idle(&self) {
        let is_over = lock(&self.state).ends.is_none();
        if is_over {
            return;
        }
        let idles = {
            let mut state = lock(&self.state);
            state.idles += 1;
            state.looks = 0;
            state.idles
        };
        if idles == MOST_WAKES {
            return self.complain("it does not come to rest".to_owned());
        }
        if idles % 64 == 1 {
            self.compare_views();
        }
        let woke = lock(&self.time).wake_next();
        if !woke {
            self.end(End::Silence);
        }
    }

    /// What the engine shows must be what the records say.
    pub(crate) fn compare_views(&self) {
        let engine = lock(&self.engine).clone();
        if let Some(engine) = engine {
            self.audit(|auditor| auditor.compare(&engine));
        }
    }

    /// Tells the auditor something; what is found wrong ends the run.
    pub(crate) fn audit<T>(
        &self,
        tell: impl FnOnce(&mut Auditor) -> Result<T, String>,
    ) -> Option<T> {
        let told = tell(&mut lock(&self.auditor));
        told.map_err(|complaint| self.complain(complaint)).ok()
    }

    /// Asks the auditor something.
    pub(crate) fn books<T>(&self, ask: impl FnOnce(&Auditor) -> T) -> T {
        ask(&lock(&self.auditor))
    }

    pub(crate) fn complain(&self, complaint: String) {
        self.note("VIOLATION", || complaint.clone());
        lock(&self.state).violation.get_or_insert(complaint);
        self.end(End::Violation);
    }

    pub(crate) fn violation(&self) -> Option<String> {
        lock(&self.state).violation.clone()
    }

    /// The present life is over.
    pub(crate) fn end(&self, end: End) {
        let mut state = lock(&self.state);
        state.dead = true;
        if let Some(ends) = state.ends.take() {
            let _ = ends.send(end);
        }
    }

    pub(crate) fn is_dead(&self) -> bool {
        lock(&self.state).dead
    }

    pub(crate) fn is_calm(&self) -> bool {
        lock(&self.state).calm
    }

    /// From now on nothing goes wrong any more.
    pub(crate) fn calm_down(&self) {
        lock(&self.state).calm = true;
        self.note("world", || "the storm is over".to_owned());
    }

    /// A new process; hears when its life ends.
    pub(crate) fn begin_life(&self) -> (u64, oneshot::Receiver<End>) {
        let (ends, ended) = oneshot::channel();
        lock(&self.time).clear();
        lock(&self.engine).take();
        let mut state = lock(&self.state);
        state.life += 1;
        state.dead = false;
        state.ends = Some(ends);
        (state.life, ended)
    }

    /// A number that was never given before in this run.
    pub(crate) fn next_number(&self) -> u64 {
        let mut state = lock(&self.state);
        state.numbers += 1;
        state.numbers
    }

    pub(crate) fn tally(&self) -> Tally {
        let state = lock(&self.state);
        Tally {
            lives: state.life,
            calls: state.calls,
            faults: state.faults,
            records: lock(&self.journal).records(),
            posts: lock(&self.x).posts(),
        }
    }
}

/// Takes a sleeper that is woken no more off the list.
struct Bed<'a>(&'a World, Whose, (Timestamp, u64));

impl Drop for Bed<'_> {
    fn drop(&mut self) {
        lock(&self.0.time).get_up(self.1, self.2);
    }
}

/// Panics as a port that is meant to.
pub(crate) fn scripted_panic(what: &str) -> ! {
    panic!("{SCRIPTED}: {what}")
}

/// A port that panicked while it held the lock left nothing half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
