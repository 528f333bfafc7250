//! Budgets: how much may be spent in a UTC day and in a UTC month, by everybody together and by each client.
//!
//! Only what is configured, and which of it holds for whom. Whether there is room is the treasurer's to say.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Month;
use super::month::end_of;
use crate::ids::ClientId;
use crate::metering::Item;
use crate::money::MicroUsd;

/// The most that may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// In a UTC day; none where there is no limit.
    pub day: Option<MicroUsd>,
    /// In a UTC month.
    pub month: Option<MicroUsd>,
}

/// All budgets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budgets {
    /// For all clients together.
    pub all: Limit,
    /// For each client that has none of its own.
    pub each_client: Limit,
    /// For clients that have one of their own.
    pub clients: BTreeMap<ClientId, Limit>,
    /// Whether writing stops where a budget has no room; otherwise people are only told.
    pub stop: bool,
    /// Whether posting stops as well. Then approved tweets miss their time.
    pub stop_posting: bool,
}

impl Default for Budgets {
    /// No limit; one that is set stops writing and leaves posting alone.
    fn default() -> Self {
        Self {
            all: Limit::default(),
            each_client: Limit::default(),
            clients: BTreeMap::new(),
            stop: true,
            stop_posting: false,
        }
    }
}

/// Whose budget it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// Of all clients together.
    All,
    /// One client's.
    Client(ClientId),
}

/// The time that a budget is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A UTC day.
    Day(Date),
    /// A UTC month.
    Month(Month),
}

/// One budget, for one stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Budget {
    /// Whose it is.
    pub whose: Whose,
    /// For which time.
    pub period: Period,
}

impl Budgets {
    /// The limit that holds for a client.
    pub fn of(&self, client: &ClientId) -> &Limit {
        self.clients.get(client).unwrap_or(&self.each_client)
    }

    /// The budgets that something done for a client on a day counts against, with their limits.
    pub fn against(&self, client: &ClientId, day: Date) -> Vec<(Budget, MicroUsd)> {
        let mut budgets = Vec::new();
        for (whose, limit) in [
            (Whose::Client(client.clone()), self.of(client)),
            (Whose::All, &self.all),
        ] {
            let periods = [
                (Period::Day(day), limit.day),
                (Period::Month(Month::of(day)), limit.month),
            ];
            budgets.extend(periods.into_iter().filter_map(|(period, limit)| {
                let whose = whose.clone();
                Some((Budget { whose, period }, limit?))
            }));
        }
        budgets
    }

    /// Whether a call for these items is held back where a budget has no room. Looking for a post whose fate is not
    /// known, making sure whose account it is, and taking something down never are: they keep what was promised.
    pub fn stops(&self, items: &[Item]) -> bool {
        items.iter().any(|item| match item {
            Item::Chat { .. } | Item::Embedding { .. } | Item::Moderation { .. } => self.stop,
            Item::Posts { .. } => self.stop_posting,
            Item::PostsRead { .. } | Item::UsersRead { .. } | Item::PostsDeleted { .. } => false,
        })
    }

    /// Whether a limit is set anywhere.
    pub fn limit_anything(&self) -> bool {
        let limits = [&self.all, &self.each_client];
        limits
            .into_iter()
            .chain(self.clients.values())
            .any(|limit| *limit != Limit::default())
    }
}

impl Period {
    /// Whether a day is in it.
    pub fn has(self, day: Date) -> bool {
        match self {
            Self::Day(own) => own == day,
            Self::Month(month) => month.has(day),
        }
    }

    /// The moment at which it ends and the budget is new.
    pub fn end(self) -> Timestamp {
        match self {
            Self::Day(day) => end_of(day),
            Self::Month(month) => month.end(),
        }
    }

    /// Its first day.
    pub fn first(self) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Month(month) => month.first(),
        }
    }
}

impl fmt::Display for Budget {
    /// As in "the budget of harbour for the day 2026-11-22 (UTC)", without the first two words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.whose {
            Whose::All => f.write_str("of all clients together")?,
            Whose::Client(client) => write!(f, "of {client}")?,
        }
        match self.period {
            Period::Day(day) => write!(f, " for the day {day} (UTC)"),
            Period::Month(month) => write!(f, " for the month {month} (UTC)"),
        }
    }
}
