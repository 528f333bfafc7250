//! What a client's ledger comes to in money, over a UTC day or month.
//!
//! The invariant: certain, uncertain and unpriced are kept apart to the last sum. What was really billed is at least the
//! certain amount and at most both, and what has no price is said beside them, never added as nothing.

use std::fmt;
use std::ops::{Add, AddAssign, RangeInclusive};

use jiff::civil::Date;

use super::{Month, Price, PriceList};
use crate::metering::{Item, Ledger, OpenCall, Usage, utc_day};
use crate::money::MicroUsd;

/// What was used of one thing on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The UTC day.
    pub day: Date,
    /// What, with its quantities.
    pub item: Item,
    /// In how many calls.
    pub calls: u64,
    /// Whether it is known to have been used. What is not is at its most.
    pub certain: bool,
    /// What it costs.
    pub cost: Price,
}

/// What a ledger comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statement {
    /// By day, the certain before the uncertain.
    pub rows: Vec<Row>,
}

/// A sum of costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// What was certainly used.
    pub certain: MicroUsd,
    /// How much more it may be: calls whose end nobody saw, and those that are under way.
    pub uncertain: MicroUsd,
    /// How many calls have no price.
    pub unpriced: u64,
}

/// All that was used of one thing: a kind, and a model where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct What {
    /// The thing, with the sum of its certain quantities; those that are uncertain where nothing is certain.
    pub item: Item,
    /// Calls that are certain.
    pub calls: u64,
    /// Calls that are not.
    pub uncertain_calls: u64,
    /// What it comes to.
    pub total: Total,
}

impl Statement {
    /// Of some days, the first and the last included.
    pub fn of(ledger: &Ledger, prices: &PriceList, days: RangeInclusive<Date>) -> Self {
        let mut rows = Vec::new();
        for (day, used) in ledger.days.range(days.clone()) {
            rows.extend(Self::of_usage(used, prices, *day).rows);
        }
        rows.extend(under_way(ledger, prices, &days));
        rows.sort_by_key(|row| (row.day, !row.certain));
        Self { rows }
    }

    /// Of a month.
    pub fn of_month(ledger: &Ledger, prices: &PriceList, month: Month) -> Self {
        Self::of(ledger, prices, month.first()..=month.last())
    }

    /// Of a day.
    pub fn of_day(ledger: &Ledger, prices: &PriceList, day: Date) -> Self {
        Self::of(ledger, prices, day..=day)
    }

    /// Of what was used for something, by the prices of a day.
    pub fn of_usage(usage: &Usage, prices: &PriceList, day: Date) -> Self {
        let certain = usage.certain.iter().map(|line| Row {
            day,
            item: line.item.clone(),
            calls: line.calls,
            certain: true,
            cost: prices.price(&line.item, day),
        });
        let uncertain = usage.uncertain.iter().map(|line| Row {
            day,
            item: line.item.clone(),
            calls: line.calls,
            certain: false,
            cost: prices.at_most(&line.item, day),
        });
        Self {
            rows: certain.chain(uncertain).collect(),
        }
    }

    /// What it all comes to.
    pub fn total(&self) -> Total {
        self.rows
            .iter()
            .fold(Total::default(), |sum, row| sum + row.total())
    }

    /// What each day comes to, in their order.
    pub fn by_day(&self) -> Vec<(Date, Total)> {
        let mut days: Vec<(Date, Total)> = Vec::new();
        for row in &self.rows {
            match days.last_mut().filter(|(day, _)| *day == row.day) {
                Some((_, total)) => *total += row.total(),
                None => days.push((row.day, row.total())),
            }
        }
        days
    }

    /// What each thing comes to, the dearest first.
    pub fn by_kind(&self) -> Vec<What> {
        let mut kinds: Vec<What> = Vec::new();
        for row in &self.rows {
            let known = kinds
                .iter_mut()
                .find(|kind| kind.item.is_same_thing(&row.item));
            match known {
                Some(kind) => kind.take(row),
                None => kinds.push(What::first(row)),
            }
        }
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.total.most()));
        kinds
    }

    /// Another statement's rows as well.
    pub fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|row| (row.day, !row.certain));
    }
}

/// What is under way may be billed already; nobody knows yet.
fn under_way(ledger: &Ledger, prices: &PriceList, days: &RangeInclusive<Date>) -> Vec<Row> {
    let begun = ledger.open.values().map(|call| (utc_day(call.at), call));
    let within = begun.filter(|(day, _)| days.contains(day));
    within
        .flat_map(|(day, call)| open_rows(call, prices, day))
        .collect()
}

fn open_rows(call: &OpenCall, prices: &PriceList, day: Date) -> Vec<Row> {
    let row = |item: &Item| Row {
        day,
        item: item.clone(),
        calls: 1,
        certain: false,
        cost: prices.at_most(item, day),
    };
    call.at_most.iter().map(row).collect()
}

/// The most that a client may have spent on some days, as far as its items have prices.
pub fn most_spent(ledger: &Ledger, prices: &PriceList, days: RangeInclusive<Date>) -> MicroUsd {
    Statement::of(ledger, prices, days).total().most()
}

impl Row {
    fn total(&self) -> Total {
        let amount = self.cost.known().unwrap_or_default();
        let (certain, uncertain) = match self.certain {
            true => (amount, MicroUsd(0)),
            false => (MicroUsd(0), amount),
        };
        let unpriced = match self.cost {
            Price::Known(_) => 0,
            Price::Unknown => self.calls,
        };
        Total {
            certain,
            uncertain,
            unpriced,
        }
    }
}

impl What {
    fn first(row: &Row) -> Self {
        let (calls, uncertain_calls) = if row.certain {
            (row.calls, 0)
        } else {
            (0, row.calls)
        };
        Self {
            item: row.item.clone(),
            calls,
            uncertain_calls,
            total: row.total(),
        }
    }

    fn take(&mut self, row: &Row) {
        match (row.certain, self.calls) {
            (true, 0) => self.item = row.item.clone(),
            (true, _) => {
                self.item.absorb(&row.item);
            }
            (false, 0) => {
                self.item.absorb(&row.item);
            }
            (false, _) => {}
        }
        let (calls, uncertain) = if row.certain {
            (row.calls, 0)
        } else {
            (0, row.calls)
        };
        self.calls += calls;
        self.uncertain_calls += uncertain;
        self.total += row.total();
    }
}

impl Total {
    /// The most that it can be, as far as there are prices.
    pub fn most(self) -> MicroUsd {
        self.certain + self.uncertain
    }
}

impl Add for Total {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            certain: self.certain + other.certain,
            uncertain: self.uncertain + other.uncertain,
            unpriced: self.unpriced.saturating_add(other.unpriced),
        }
    }
}

impl AddAssign for Total {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Total {
    /// `$1.2000`, `$1.2000 to $1.3000`, and how many calls have no price.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.certain)?;
        if self.uncertain > MicroUsd(0) {
            write!(f, " to {}", self.most())?;
        }
        match self.unpriced {
            0 => Ok(()),
            1 => f.write_str(" and 1 call of unknown price"),
            calls => write!(f, " and {calls} calls of unknown price"),
        }
    }
}
