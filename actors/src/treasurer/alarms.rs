//! When people are told of a budget: at four fifths of it and when it is spent, once each for its time.
//!
//! What was told is forgotten with the process, so a budget that is past a mark at a start is told of once more.

use std::collections::BTreeSet;

use clara_domain::ids::ClientId;
use clara_domain::money::MicroUsd;
use clara_domain::pricing::budget::{Budget, Budgets};
use jiff::civil::Date;

use super::Exhausted;
use super::purse::Purse;

/// How far a budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reached {
    /// Four fifths of it.
    Most,
    /// All of it, or so much that the next call does not fit.
    All,
}

/// What people are told of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetAlarm {
    /// Which budget.
    pub budget: Budget,
    /// How far it is spent.
    pub reached: Reached,
    /// What is spent at most; what is set aside for calls under way is not in it.
    pub spent: MicroUsd,
    /// All that may be spent.
    pub limit: MicroUsd,
    /// Whether writing stops where there is no room.
    pub stop: bool,
    /// Whether posting does.
    pub stop_posting: bool,
}

/// What people were told.
pub(super) type Told = BTreeSet<(Budget, Reached)>;

impl Purse {
    /// What there is to tell now of the budgets that a client counts against.
    pub(super) fn passed(
        &mut self,
        budgets: &Budgets,
        client: &ClientId,
        day: Date,
    ) -> Vec<BudgetAlarm> {
        let against = budgets.against(client, day).into_iter();
        let alarms = against.filter_map(|(budget, limit)| {
            let spent = self.spent(&budget);
            let reached = mark(spent, limit)?;
            self.tell(budgets, budget, reached, (spent, limit))
        });
        alarms.collect()
    }

    /// What there is to tell of a budget that has no room for a call.
    pub(super) fn exhausted(
        &mut self,
        budgets: &Budgets,
        refused: &Exhausted,
    ) -> Option<BudgetAlarm> {
        let amounts = (refused.spent, refused.limit);
        self.tell(budgets, refused.budget.clone(), Reached::All, amounts)
    }

    fn tell(
        &mut self,
        budgets: &Budgets,
        budget: Budget,
        reached: Reached,
        (spent, limit): (MicroUsd, MicroUsd),
    ) -> Option<BudgetAlarm> {
        // Whoever knows that all is spent need not hear that most of it is.
        let known = self.told.contains(&(budget.clone(), Reached::All));
        if known || !self.told.insert((budget.clone(), reached)) {
            return None;
        }
        Some(BudgetAlarm {
            budget,
            reached,
            spent,
            limit,
            stop: budgets.stop,
            stop_posting: budgets.stop_posting,
        })
    }
}

fn mark(spent: MicroUsd, limit: MicroUsd) -> Option<Reached> {
    let (spent, limit) = (u128::from(spent.0), u128::from(limit.0));
    match () {
        () if spent >= limit => Some(Reached::All),
        () if spent * 5 >= limit * 4 => Some(Reached::Most),
        () => None,
    }
}
