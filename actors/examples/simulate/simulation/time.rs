//! Virtual time: two clocks, and everybody who waits for either of them.
//!
//! The true time is the world's: X, the people and the network live by it. The engine's clock shows it with an error
//! that can change. Time passes only when nobody has anything left to do, and then to the next one who waits.

use std::collections::BTreeMap;
use std::time::Duration;

use clara_domain::later;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

type Place = (Timestamp, u64);
type Sleepers = BTreeMap<Place, oneshot::Sender<()>>;

/// Whose clock somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    World,
    Engine,
}

/// See the module.
pub(crate) struct Time {
    truth: Timestamp,
    error: SignedDuration,
    world: Sleepers,
    engine: Sleepers,
    came: u64,
}

impl Time {
    pub(crate) fn new(start: Timestamp) -> Self {
        Self {
            truth: start,
            error: SignedDuration::ZERO,
            world: Sleepers::new(),
            engine: Sleepers::new(),
            came: 0,
        }
    }

    pub(crate) fn truth(&self) -> Timestamp {
        self.truth
    }

    pub(crate) fn shown(&self) -> Timestamp {
        self.truth.checked_add(self.error).unwrap_or(self.truth)
    }

    pub(crate) fn now(&self, whose: Whose) -> Timestamp {
        match whose {
            Whose::World => self.truth(),
            Whose::Engine => self.shown(),
        }
    }

    /// Sets the engine's clock wrong by so much; no true time passes.
    pub(crate) fn set_error(&mut self, error: SignedDuration) {
        self.error = error;
    }

    /// Lets true time pass while nobody runs.
    pub(crate) fn pass(&mut self, by: Duration) {
        self.truth = later(self.truth, by);
    }

    /// Puts somebody to bed until a time; none where it has come.
    pub(crate) fn sleep(
        &mut self,
        whose: Whose,
        until: Timestamp,
    ) -> Option<(Place, oneshot::Receiver<()>)> {
        if until <= self.now(whose) {
            return None;
        }
        self.came += 1;
        let place = (until, self.came);
        let (wake, woken) = oneshot::channel();
        self.sleepers(whose).insert(place, wake);
        Some((place, woken))
    }

    pub(crate) fn get_up(&mut self, whose: Whose, place: Place) {
        self.sleepers(whose).remove(&place);
    }

    fn sleepers(&mut self, whose: Whose) -> &mut Sleepers {
        match whose {
            Whose::World => &mut self.world,
            Whose::Engine => &mut self.engine,
        }
    }

    /// Nobody is left who waits for anything.
    pub(crate) fn clear(&mut self) {
        self.world.clear();
        self.engine.clear();
    }

    /// Lets time pass to the next one who waits, and wakes that one; whether there was one.
    pub(crate) fn wake_next(&mut self) -> bool {
        let world = self.world.keys().next().map(|place| place.0);
        let engine = self.engine.keys().next().map(|place| place.0);
        let engine = engine.map(|at| at.checked_sub(self.error).unwrap_or(at));
        let whose = match (world, engine) {
            (None, None) => return false,
            (Some(world), Some(engine)) if engine < world => Whose::Engine,
            (Some(_), None | Some(_)) => Whose::World,
            (None, Some(_)) => Whose::Engine,
        };
        let at = if whose == Whose::World { world } else { engine };
        self.truth = self.truth.max(at.unwrap_or(self.truth));
        if let Some((_, wake)) = self.sleepers(whose).pop_first() {
            let _ = wake.send(());
        }
        true
    }
}
