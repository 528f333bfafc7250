//! What one kind of call may take of everybody's quota and of its client's.
//!
//! The invariant: no stretch of time as long as a quota's, wherever it begins, sees more calls than the quota, those
//! that are charged afterwards for their earlier times counted in.

use std::num::NonZeroU32;
use std::time::Duration;

use clara_domain::ids::ClientId;
use governor::NotUntil;
use governor::middleware::{NoOpMiddleware, StateInformationMiddleware, StateSnapshot};
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};

use super::moment::{Hand, Moment};
use super::{Quota, Quotas};

type App = governor::RateLimiter<NotKeyed, InMemoryState, Hand, StateInformationMiddleware>;
type Clients =
    governor::RateLimiter<ClientId, HashMapStateStore<ClientId>, Hand, NoOpMiddleware<Nanos>>;

/// The two quotas of one kind of call.
pub(super) struct Meter {
    hand: Hand,
    app: App,
    clients: Clients,
    /// When the app's quota has its next call.
    next: Moment,
}

impl Meter {
    pub(super) fn new(quotas: Quotas) -> Self {
        let hand = Hand::default();
        let store = HashMapStateStore::default();
        Self {
            // Both read the hand now and count from there: it has not moved yet.
            app: App::new(quota(quotas.app), InMemoryState::default(), hand.clone()),
            clients: Clients::new(quota(quotas.client), store, hand.clone()),
            hand,
            next: Moment::default(),
        }
    }

    /// Whether the app's quota has a call; if not, when it will.
    pub(super) fn open(&self, now: Moment) -> Result<(), Moment> {
        if now < self.next {
            return Err(soon_after(self.next));
        }
        Ok(())
    }

    /// Takes a client's call, of its quota and of the app's, which has to be open; if the client has none, says when it
    /// will.
    pub(super) fn take(&mut self, client: &ClientId, now: Moment) -> Result<(), Moment> {
        self.hand.set(now);
        let taken = self.clients.check_key(client);
        taken.map_err(|denied| soon_after(Moment::of(denied.earliest_possible())))?;
        self.charge_app();
        Ok(())
    }

    /// Charges a call that was made at a time, whether the quotas had it or not. In whatever order the calls of the past
    /// are told, never less is charged than in their own.
    pub(super) fn charge(&mut self, client: &ClientId, at: Moment) {
        self.hand.set(at);
        self.force(|| self.clients.check_key(client));
        self.hand.set(at);
        self.charge_app();
    }

    fn charge_app(&mut self) {
        let state: StateSnapshot = self.force(|| self.app.check());
        self.next = self.hand.moment();
        // Asking for what is not there costs nothing and says when it is.
        if state.remaining_burst_capacity() == 0
            && let Err(denied) = self.app.check()
        {
            self.next = Moment::of(denied.earliest_possible());
        }
    }

    /// What a quota does not have at its time it is charged at the next time it does, which comes to the same.
    fn force<T>(&self, check: impl Fn() -> Result<T, NotUntil<Nanos>>) -> T {
        loop {
            match check() {
                Ok(taken) => return taken,
                Err(denied) => self.hand.turn_to(denied.earliest_possible()),
            }
        }
    }
}

/// A millisecond more than it takes: sleepers are woken by clocks that are coarser than the quota's.
fn soon_after(at: Moment) -> Moment {
    at.after(Duration::from_millis(1))
}

/// Half of the calls at once, the other half spread evenly: so no window of that length, wherever it begins, sees more
/// than the quota.
fn quota(quota: Quota) -> governor::Quota {
    let half = NonZeroU32::new(quota.calls / 2).unwrap_or(NonZeroU32::MIN);
    let each = quota.per.as_nanos().div_ceil(u128::from(half.get())).max(1);
    let each = Duration::from_nanos(u64::try_from(each).unwrap_or(u64::MAX));
    governor::Quota::with_period(each)
        .expect("the period is at least a nanosecond")
        .allow_burst(half)
}
