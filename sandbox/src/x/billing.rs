//! What each account's requests cost, as X prices them since 2026-04-20. Failed requests are free, those whose answer was
//! lost are not. A read of the same resource is billed once per UTC day, whoever of the app's accounts asks.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Something that costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Charge {
    Create,
    CreateWithUrl,
    Delete,
    PostRead,
    UserRead,
}

impl Charge {
    /// Its name on a bill.
    fn name(self) -> String {
        let name = serde_json::to_value(self).ok();
        name.and_then(|name| name.as_str().map(String::from))
            .unwrap_or_default()
    }

    /// The price in millionths of a US dollar.
    fn micro_dollars(self) -> u64 {
        match self {
            Self::Create => 15_000,
            Self::CreateWithUrl => 200_000,
            Self::Delete | Self::UserRead => 10_000,
            Self::PostRead => 5_000,
        }
    }
}

/// One line of a bill, as it is logged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BillLine {
    /// Whose request it was.
    pub(crate) handle: String,
    /// What was done.
    pub(crate) charge: Charge,
    /// The post or user that it was done to.
    pub(crate) resource: u64,
    /// When.
    pub(crate) at: Timestamp,
}

/// What all accounts owe.
#[derive(Debug, Default)]
pub(crate) struct Bills {
    lines: BTreeMap<String, BTreeMap<Date, BTreeMap<Charge, u64>>>,
    /// What was read on a day. The day before stays known: requests do not come in the order of their times.
    read: BTreeMap<Date, HashSet<(Charge, u64)>>,
}

/// One account's totals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bill {
    /// In millionths of a US dollar.
    pub total_micro_dollars: u64,
    /// How many of each kind.
    pub counts: BTreeMap<String, u64>,
    /// The same by UTC day.
    pub days: BTreeMap<Date, BTreeMap<String, u64>>,
}

impl Bills {
    /// Whether this read was billed today already.
    pub(crate) fn covers(&self, line: &BillLine) -> bool {
        let read = self.read.get(&day(line));
        read.is_some_and(|read| read.contains(&(line.charge, line.resource)))
    }

    /// Adds a line.
    pub(crate) fn add(&mut self, line: &BillLine) {
        if matches!(line.charge, Charge::PostRead | Charge::UserRead) {
            let today = self.read.entry(day(line)).or_default();
            today.insert((line.charge, line.resource));
            while self.read.len() > 2 {
                self.read.pop_first();
            }
        }
        *self
            .lines
            .entry(line.handle.clone())
            .or_default()
            .entry(day(line))
            .or_default()
            .entry(line.charge)
            .or_default() += 1;
    }

    /// What `handle` owes.
    pub(crate) fn of(&self, handle: &str) -> Bill {
        let mut bill = Bill::default();
        for (day, charges) in self.lines.get(handle).into_iter().flatten() {
            for (charge, count) in charges {
                bill.total_micro_dollars += charge.micro_dollars() * count;
                *bill.counts.entry(charge.name()).or_default() += count;
                bill.days
                    .entry(*day)
                    .or_default()
                    .insert(charge.name(), *count);
            }
        }
        bill
    }
}

fn day(line: &BillLine) -> Date {
    line.at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_read_is_billed_once_a_day_and_a_link_makes_a_post_dearer() {
        let mut bills = Bills::default();
        let line = |charge, at: &str| BillLine {
            handle: "a".into(),
            charge,
            resource: 7,
            at: at.parse().unwrap(),
        };
        for at in [
            "2026-08-01T23:59:59Z",
            "2026-08-01T23:59:59Z",
            "2026-08-02T00:00:00Z",
            "2026-08-01T23:59:59Z",
            "2026-08-02T00:00:01Z",
        ] {
            let read = line(Charge::PostRead, at);
            if !bills.covers(&read) {
                bills.add(&read);
            }
        }
        bills.add(&line(Charge::Create, "2026-08-02T10:00:00Z"));
        bills.add(&line(Charge::CreateWithUrl, "2026-08-02T10:00:00Z"));
        assert_eq!(
            bills.of("a").total_micro_dollars,
            15_000 + 200_000 + 2 * 5_000
        );
        let days = bills.of("a").days;
        let count = |day: &str, kind: &str| days[&day.parse().unwrap()].get(kind).copied();
        assert_eq!(count("2026-08-01", "post_read"), Some(1));
        assert_eq!(count("2026-08-02", "post_read"), Some(1));
        assert_eq!(count("2026-08-02", "create_with_url"), Some(1));
        assert_eq!(count("2026-08-01", "create"), None);
        assert_eq!(bills.of("b"), Bill::default());
    }
}
