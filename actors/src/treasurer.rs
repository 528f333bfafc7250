//! Who says whether there is money for a call: what it can cost at most is set aside before, and settled after.
//!
//! One for the whole engine; cheap to clone, usable from any thread, never waits. What it knows comes from the clients'
//! ledgers and posts in doubt ([`Treasurer::relive`]) and from what was settled since. The invariant: what is spent and
//! set aside never exceeds a budget that stops, whatever happens at once; where that cannot be told, more is counted and
//! not less.

mod alarms;
mod posts;
mod purse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clara_domain::Client;
use clara_domain::ids::ClientId;
use clara_domain::metering::{Item, Spent, utc_day};
use clara_domain::money::MicroUsd;
use clara_domain::pricing::PriceList;
use clara_domain::pricing::budget::{Budget, Budgets};
use jiff::{Timestamp, ToSpan};

use crate::alerts::Alert;
pub use alarms::{BudgetAlarm, Reached};
pub use posts::{InDoubt, PostNews};
use purse::{Held, Purse, Room};

/// How long to wait for calls under way, which may take less than was set aside for them.
const PATIENCE_SECONDS: i64 = 30;

/// See the module.
#[derive(Clone)]
pub struct Treasurer(Arc<Inner>);

struct Inner {
    prices: PriceList,
    budgets: Budgets,
    purse: Mutex<Purse>,
    tell: Box<dyn Fn(Alert) + Send + Sync>,
}

/// Money set aside for one call. Dropped unsettled, as by a panic, all of it counts as spent.
#[must_use = "a reservation that is dropped counts as spent"]
pub struct Reservation {
    treasurer: Treasurer,
    number: u64,
    began: Timestamp,
    is_done: bool,
}

/// There is no room in a budget for a call; nothing was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhausted {
    /// Which budget.
    pub budget: Budget,
    /// When it is worth asking again: when the budget is new, or sooner where calls under way may leave room.
    pub until: Timestamp,
    /// What is spent of it; what is set aside for calls under way is not in it.
    pub spent: MicroUsd,
    /// What is set aside.
    pub held: MicroUsd,
    /// All that may be spent.
    pub limit: MicroUsd,
    /// The most that the call can cost; none where it has no price.
    pub asked: Option<MicroUsd>,
}

impl Treasurer {
    /// One that nobody has told anything yet. `tell` takes alerts to people; it must not wait.
    pub fn new(
        prices: PriceList,
        budgets: Budgets,
        tell: impl Fn(Alert) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            prices,
            budgets,
            purse: Mutex::default(),
            tell: Box::new(tell),
        }))
    }

    /// Takes over what a client's ledger says and which of its posts are in doubt, in place of all that was known of it
    /// before. What is set aside at this moment stays so: a call that is both in the ledger and set aside counts twice
    /// until the next time.
    pub fn relive(&self, client: &Client, now: Timestamp) {
        let doubts = posts::doubts(client);
        let mut purse = self.purse();
        purse.relive(&client.id, &client.ledger, &self.0.prices);
        for news in doubts {
            purse.learn(&client.id, news, &self.0.prices);
        }
        let alarms = purse.passed(&self.0.budgets, &client.id, utc_day(now));
        drop(purse);
        self.raise(alarms, now);
    }

    /// Sets aside the most that a call can cost, for the UTC day on which it begins.
    ///
    /// # Errors
    /// [`Exhausted`] where a budget has no room and [`Budgets::stops`] such calls. A call that costs nothing is never
    /// refused.
    pub fn reserve(
        &self,
        client: &ClientId,
        at_most: &[Item],
        now: Timestamp,
    ) -> Result<Reservation, Exhausted> {
        let inner = &self.0;
        let asked = inner.prices.at_most_of(at_most, utc_day(now)).known();
        let held = Held {
            client: client.clone(),
            day: utc_day(now),
            amount: asked.unwrap_or_default(),
        };
        let stops = inner.budgets.stops(at_most);
        let mut purse = self.purse();
        if let Some((budget, room)) = purse.narrowest(&inner.budgets, &held, asked.is_none(), stops)
        {
            let refused = exhausted(budget, room, asked, now);
            let is_spent = asked.is_some() && !room.may_widen(asked);
            let alarm = is_spent
                .then(|| purse.exhausted(&inner.budgets, &refused))
                .flatten();
            drop(purse);
            self.raise(alarm, now);
            return Err(refused);
        }
        let number = purse.hold(held);
        drop(purse);
        Ok(Reservation {
            treasurer: self.clone(),
            number,
            began: now,
            is_done: false,
        })
    }

    /// What is spent of a budget, and what is set aside for calls and posts under way.
    pub fn spent(&self, budget: &Budget) -> (MicroUsd, MicroUsd) {
        let purse = self.purse();
        (purse.spent(budget), purse.held(budget))
    }

    fn purse(&self) -> MutexGuard<'_, Purse> {
        self.0.purse.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn raise(&self, alarms: impl IntoIterator<Item = BudgetAlarm>, now: Timestamp) {
        for alarm in alarms {
            (self.0.tell)(Alert::of_budget(alarm, now));
        }
    }
}

impl Reservation {
    /// The call has ended: what it took counts in place of what was set aside. Where nobody knows what it took, or where
    /// that has no price, all that was set aside counts.
    pub fn settle(mut self, spent: &Spent) {
        self.end(Some(spent));
    }

    /// The call was certainly not made: nothing of it counts.
    pub fn release(self) {
        self.settle(&Spent::nothing());
    }

    /// The most that the call can cost.
    pub fn amount(&self) -> MicroUsd {
        self.treasurer.purse().amount(self.number)
    }

    fn end(&mut self, spent: Option<&Spent>) {
        if std::mem::replace(&mut self.is_done, true) {
            return;
        }
        let treasurer = self.treasurer.clone();
        let mut purse = treasurer.purse();
        let Some(held) = purse.free(self.number) else {
            return;
        };
        let cost = match spent {
            Some(Spent::Known(used)) => purse.cost(&treasurer.0.prices, &held, used),
            Some(Spent::Unknown) | None => held.amount,
        };
        purse.spend(&held.client, held.day, cost);
        let alarms = purse.passed(&treasurer.0.budgets, &held.client, held.day);
        drop(purse);
        treasurer.raise(alarms, self.began);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.end(None);
    }
}

fn exhausted(budget: Budget, room: Room, asked: Option<MicroUsd>, now: Timestamp) -> Exhausted {
    let end = budget.period.end();
    let soon = now
        .checked_add(PATIENCE_SECONDS.seconds())
        .unwrap_or(Timestamp::MAX);
    Exhausted {
        until: if room.may_widen(asked) {
            soon.min(end)
        } else {
            end
        },
        budget,
        spent: room.spent,
        held: room.held,
        limit: room.limit,
        asked,
    }
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            budget,
            spent,
            held,
            limit,
            ..
        } = self;
        write!(
            f,
            "the budget {budget} has no room: {spent} of {limit} are spent"
        )?;
        if *held > MicroUsd(0) {
            write!(f, ", up to {held} are set aside for what is under way")?;
        }
        match self.asked {
            Some(asked) => write!(f, ", and this may cost up to {asked}"),
            None => f.write_str(", and this has no price"),
        }
    }
}

impl std::error::Error for Exhausted {}

impl fmt::Debug for Treasurer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Treasurer").finish_non_exhaustive()
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
