//! What the services have billed against what the clients' ledgers say: by client and thing, to the last token.
//!
//! The two sides share nothing but names: the bills are the pretended services' own, and what the tokens on them come
//! to is reckoned here and not by `pricing`. The promise that is checked, of every thing and of the money: certain <=
//! billed <= certain + uncertain. So where nothing is uncertain, they are the same.

mod collect;
mod things;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(super) use collect::collect;
use things::Thing;

/// Millionths of a micro-dollar, in which a single token has a whole price.
const FINE: u64 = 1_000_000;
/// Whose calls are that nobody can be told by: those for vectors and verdicts, which hold nothing but texts.
const EVERYBODY: &str = "all clients together";

/// By the client's id.
pub type Accounts = BTreeMap<String, Account>;

/// One client's two sides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// What the ledger is certain of, by thing.
    pub certain: BTreeMap<String, u64>,
    /// How much more it says that it may be.
    pub uncertain: BTreeMap<String, u64>,
    /// What was billed.
    pub billed: BTreeMap<String, u64>,
    /// Calls whose end nobody saw, and posts whose fate nobody knows.
    pub uncertain_calls: u64,
    /// What it comes to.
    pub money: Money,
}

/// Both sides in money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// What the statement is certain of, in micro-dollars.
    pub certain: u64,
    /// How much more it says that it may be, in micro-dollars.
    pub uncertain: u64,
    /// What was billed, unrounded, in millionths of a micro-dollar.
    pub billed: u64,
    /// Lines of the statement that are certain: each is rounded up to a whole micro-dollar.
    pub lines: u64,
}

impl Money {
    /// Whether what was billed is within what the statement says, but for its rounding up.
    fn holds(&self) -> bool {
        let least = self.certain.saturating_sub(self.lines) * FINE;
        let most = (self.certain + self.uncertain) * FINE;
        // A line that has something on it is rounded up by less than one.
        let is_least_kept = self.billed > least || self.billed == self.certain * FINE;
        is_least_kept && self.billed <= most
    }
}

impl Account {
    /// What is not as it is promised.
    fn wrong(&self) -> Vec<String> {
        let things = self.certain.keys().chain(self.billed.keys());
        let mut things: Vec<&String> = things.collect();
        things.sort();
        things.dedup();
        let of = |side: &BTreeMap<String, u64>, thing| side.get(thing).copied().unwrap_or(0);
        let mut wrong = Vec::new();
        for thing in things {
            let (certain, uncertain) = (of(&self.certain, thing), of(&self.uncertain, thing));
            let billed = of(&self.billed, thing);
            if (certain..=certain + uncertain).contains(&billed) {
                continue;
            }
            let says = said(certain, uncertain, &grouped);
            wrong.push(format!(
                "{thing}: {} billed, and the ledger says {says}",
                grouped(billed)
            ));
        }
        if !self.money.holds() {
            let Money {
                certain, uncertain, ..
            } = self.money;
            let says = said(certain, uncertain, &dollars);
            let billed = fine_dollars(self.money.billed);
            wrong.push(format!(
                "money: {billed} billed, and the statement says {says}"
            ));
        }
        wrong
    }
}

fn said(certain: u64, uncertain: u64, shown: &dyn Fn(u64) -> String) -> String {
    match uncertain {
        0 => shown(certain),
        more => format!("{} to {}", shown(certain), shown(certain + more)),
    }
}

/// Everything in which bills and ledgers disagree: the client, the thing, both numbers.
pub(super) fn disagreements(accounts: &Accounts) -> Vec<String> {
    let each = accounts.iter().flat_map(|(client, account)| {
        let wrong = account.wrong().into_iter();
        wrong.map(move |what| format!("the bills of {client} are not its ledger's: {what}"))
    });
    each.collect()
}

/// All of them as one.
fn total(accounts: &Accounts) -> Account {
    let mut all = Account::default();
    for account in accounts.values() {
        let sides = [
            (&mut all.certain, &account.certain),
            (&mut all.uncertain, &account.uncertain),
            (&mut all.billed, &account.billed),
        ];
        for (sum, side) in sides {
            for (thing, count) in side {
                *sum.entry(thing.clone()).or_default() += count;
            }
        }
        all.uncertain_calls += account.uncertain_calls;
        all.money.certain += account.money.certain;
        all.money.uncertain += account.money.uncertain;
        all.money.billed += account.money.billed;
        all.money.lines += account.money.lines;
    }
    all
}

/// What was billed and what the ledgers say, in a line or two: whether they agree is for [`disagreements`].
pub(super) fn summary(accounts: &Accounts) -> String {
    let all = total(accounts);
    let exact = accounts
        .values()
        .filter(|account| account.uncertain_calls == 0 && account.uncertain.is_empty());
    let things = Thing::told(&all.billed);
    let Money {
        certain, uncertain, ..
    } = all.money;
    if all.uncertain_calls == 0 && uncertain == 0 {
        return format!("{things}: {}", dollars(certain));
    }
    format!(
        "{things}: billed {}, certain {}, {} at most {} more; to the last token for {} of {}",
        fine_dollars(all.money.billed),
        dollars(certain),
        match all.uncertain_calls {
            1 => "1 uncertain call".to_owned(),
            calls => format!("{} uncertain calls", grouped(calls)),
        },
        dollars(uncertain),
        exact.count(),
        accounts.len(),
    )
}

/// `$0.123456`.
fn dollars(micro: u64) -> String {
    format!("${}", clara_domain::money::MicroUsd(micro).dollars())
}

/// `$0.123456` with as many more decimals as there are.
fn fine_dollars(fine: u64) -> String {
    let more = format!("{:06}", fine % FINE);
    format!("{}{}", dollars(fine / FINE), more.trim_end_matches('0'))
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn side(things: &[(&str, u64)]) -> BTreeMap<String, u64> {
        let owned = things
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        owned.collect()
    }

    /// Two posts that cost 15,000 each, of which the ledger is certain of one.
    fn account(billed: u64) -> Account {
        Account {
            certain: side(&[("posts", 1)]),
            uncertain: side(&[("posts", 1)]),
            billed: side(&[("posts", billed)]),
            uncertain_calls: 1,
            money: Money {
                certain: 15_000,
                uncertain: 15_000,
                billed: billed * 15_000 * FINE,
                lines: 1,
            },
        }
    }

    #[test]
    fn what_is_billed_lies_between_certain_and_both() {
        let wrong = |billed| account(billed).wrong().len();
        assert_eq!([wrong(0), wrong(1), wrong(2), wrong(3)], [2, 0, 0, 2]);
    }

    #[test]
    fn a_disagreement_names_the_client_the_thing_and_both_numbers() {
        let accounts = Accounts::from([("harbour".to_owned(), account(3))]);
        assert_eq!(
            disagreements(&accounts),
            [
                "the bills of harbour are not its ledger's: posts: 3 billed, and the ledger says 1 to 2",
                "the bills of harbour are not its ledger's: money: $0.045000 billed, and the statement says $0.015000 to \
                 $0.030000",
            ]
        );
    }

    #[test]
    fn a_line_may_be_rounded_up_and_by_less_than_a_micro_dollar() {
        let money = |certain, billed| Money {
            certain,
            billed,
            lines: 1,
            ..Money::default()
        };
        assert!(money(3, 3 * FINE).holds());
        assert!(money(3, 2 * FINE + 1).holds());
        assert!(!money(3, 2 * FINE).holds());
        assert!(!money(3, 3 * FINE + 1).holds());
        assert!(Money::default().holds());
    }

    #[test]
    fn what_nobody_can_have_asked_for_is_a_disagreement() {
        let account = Account {
            billed: side(&[("posts", 1)]),
            money: Money {
                billed: 1,
                ..Money::default()
            },
            ..Account::default()
        };
        assert_eq!(account.wrong().len(), 2);
    }

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(fine_dollars(1_500_000 * FINE + 25), "$1.500000000025");
    }
}
