//! What is spent and what is set aside, by client and day; one lock is around all of it.
//!
//! Amounts are the most that was spent: what is certain and what is not are the same here, but for posts, of which it may
//! be found out yet. Each call is rounded up by
//! itself, so this can be some micro-dollars above what a statement of the same day says, and never below.

use std::collections::{BTreeMap, BTreeSet};

use clara_domain::ids::ClientId;
use clara_domain::metering::{Item, Ledger, Used};
use clara_domain::money::MicroUsd;
use clara_domain::pricing::budget::{Budget, Budgets, Period, Whose};
use clara_domain::pricing::{Month, PriceList, Statement};
use jiff::ToSpan;
use jiff::civil::Date;

use super::alarms::Told;
use super::posts::Doubts;

/// See the module.
#[derive(Default)]
pub(super) struct Purse {
    settled: BTreeMap<ClientId, BTreeMap<Date, MicroUsd>>,
    held: BTreeMap<u64, Held>,
    /// Posts whose fate is not known, which no ledger's day has.
    pub(super) doubts: Doubts,
    last: u64,
    read: ReadToday,
    pub(super) told: Told,
}

/// An amount that is set aside.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) client: ClientId,
    pub(super) day: Date,
    pub(super) amount: MicroUsd,
}

/// How a budget stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) spent: MicroUsd,
    pub(super) held: MicroUsd,
    pub(super) limit: MicroUsd,
}

/// What was read on a day: the same once more is not billed.
#[derive(Default)]
struct ReadToday {
    day: Option<Date>,
    posts: BTreeSet<(ClientId, String)>,
    users: BTreeSet<(ClientId, String)>,
}

impl Purse {
    pub(super) fn relive(&mut self, client: &ClientId, ledger: &Ledger, prices: &PriceList) {
        self.doubts.remove(client);
        let begun = ledger.open.values();
        let begun = begun.map(|call| clara_domain::metering::utc_day(call.at));
        let Some(last) = ledger.days.keys().copied().chain(begun).max() else {
            self.settled.remove(client);
            return;
        };
        // No budget looks back further than its month.
        let month = Month::of(last).first();
        let first = month.checked_sub(1.month()).unwrap_or(month);
        let days = Statement::of(ledger, prices, first..=last).by_day();
        let days = days.into_iter().map(|(day, total)| (day, total.most()));
        self.settled.insert(client.clone(), days.collect());
    }

    pub(super) fn spend(&mut self, client: &ClientId, day: Date, amount: MicroUsd) {
        let days = self.settled.entry(client.clone()).or_default();
        *days.entry(day).or_default() += amount;
    }

    pub(super) fn hold(&mut self, held: Held) -> u64 {
        self.last += 1;
        self.held.insert(self.last, held);
        self.last
    }

    pub(super) fn free(&mut self, number: u64) -> Option<Held> {
        self.held.remove(&number)
    }

    pub(super) fn amount(&self, number: u64) -> MicroUsd {
        self.held
            .get(&number)
            .map_or(MicroUsd(0), |held| held.amount)
    }

    /// The first budget that stops a call and has no room for it.
    pub(super) fn narrowest(
        &self,
        budgets: &Budgets,
        asked: &Held,
        unpriced: bool,
        stops: bool,
    ) -> Option<(Budget, Room)> {
        let is_free = asked.amount == MicroUsd(0) && !unpriced;
        if !stops || is_free {
            return None;
        }
        let against = budgets.against(&asked.client, asked.day).into_iter();
        let mut rooms = against.map(|(budget, limit)| {
            let room = self.room(&budget, limit);
            (budget, room)
        });
        rooms.find(|(_, room)| unpriced || room.spent + room.held + asked.amount > room.limit)
    }

    fn room(&self, budget: &Budget, limit: MicroUsd) -> Room {
        Room {
            spent: self.spent(budget),
            held: self.held(budget),
            limit,
        }
    }

    pub(super) fn spent(&self, budget: &Budget) -> MicroUsd {
        let of = |days: &BTreeMap<Date, MicroUsd>| match budget.period {
            Period::Day(day) => days.get(&day).copied().unwrap_or_default(),
            Period::Month(month) => {
                let days = days.range(month.first()..=month.last());
                days.map(|(_, amount)| *amount).sum()
            }
        };
        let settled = match &budget.whose {
            Whose::All => self.settled.values().map(of).sum(),
            Whose::Client(client) => self.settled.get(client).map(of).unwrap_or_default(),
        };
        settled + self.doubted(whose(budget), budget.period, false)
    }

    pub(super) fn held(&self, budget: &Budget) -> MicroUsd {
        let is_whose = whose(budget);
        let held = self.held.values();
        let calls: MicroUsd = held
            .filter(|held| is_whose(&held.client) && budget.period.has(held.day))
            .map(|held| held.amount)
            .sum();
        calls + self.doubted(is_whose, budget.period, true)
    }

    /// What a call cost. What has no price costs all that was set aside.
    pub(super) fn cost(&mut self, prices: &PriceList, held: &Held, used: &Used) -> MicroUsd {
        let (posts, users) = self.read.news(held, used);
        let reads = [
            Item::PostsRead { count: posts },
            Item::UsersRead { count: users },
        ];
        let mut costs = used
            .items
            .iter()
            .chain(&reads)
            .map(|item| prices.price(item, held.day).known());
        costs
            .try_fold(MicroUsd(0), |sum, cost| cost.map(|cost| sum + cost))
            .unwrap_or(held.amount)
    }
}

fn whose(budget: &Budget) -> impl Fn(&ClientId) -> bool {
    |client| match &budget.whose {
        Whose::All => true,
        Whose::Client(own) => own == client,
    }
}

impl Room {
    /// Whether what is under way may leave room for what was asked.
    pub(super) fn may_widen(&self, asked: Option<MicroUsd>) -> bool {
        asked.is_some_and(|asked| self.spent + asked <= self.limit)
    }
}

impl ReadToday {
    fn news(&mut self, held: &Held, used: &Used) -> (u64, u64) {
        if self.day.is_none_or(|day| day < held.day) {
            *self = Self {
                day: Some(held.day),
                ..Self::default()
            };
        }
        let new = |known: &mut BTreeSet<(ClientId, String)>, ids: &[String]| {
            let new = ids
                .iter()
                .filter(|id| known.insert((held.client.clone(), (*id).clone())));
            new.count() as u64
        };
        (
            new(&mut self.posts, &used.posts),
            new(&mut self.users, &used.users),
        )
    }
}
