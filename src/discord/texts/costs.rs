//! What people read about money: budgets that run out, and the table of `/costs`.
//!
//! Days and months are UTC everywhere, and every text says so. What is uncertain or has no price stands beside what is
//! certain, never in it.

use std::fmt::Write;

use clara_actors::treasurer::{BudgetAlarm, Reached};
use clara_domain::ids::ClientId;
use clara_domain::money::MicroUsd;
use clara_domain::pricing::budget::{Period, Whose};
use clara_domain::pricing::{Month, Statement, Total, What};

use super::alerts::Said;
use super::cell;
use crate::discord::escape::{length, line};
use crate::discord::message::CONTENT;

/// The longest name of a thing in the table.
const NAME: usize = 26;

/// What is said beneath the table takes no more.
const FOOT: usize = 420;

/// What `/costs` shows.
pub(crate) struct Sheet<'a> {
    /// The client; none for all of them.
    pub(crate) client: Option<&'a ClientId>,
    /// The month.
    pub(crate) month: Month,
    /// What was used in it.
    pub(crate) statement: &'a Statement,
    /// What each client comes to, where it is about all of them.
    pub(crate) clients: Vec<(ClientId, Total)>,
    /// The limit of each budget that is for this, and what is spent of it at most.
    pub(crate) budgets: Vec<(Period, MicroUsd, MicroUsd)>,
}

/// An alert about a budget.
pub(crate) fn budget_said(alarm: &BudgetAlarm) -> Said {
    let (spent, limit, budget) = (alarm.spent, alarm.limit, &alarm.budget);
    let whose = match &budget.whose {
        Whose::All => "of all clients together".to_owned(),
        Whose::Client(client) => format!("of `{client}`"),
    };
    let time = match budget.period {
        Period::Day(day) => format!("for the day {day}"),
        Period::Month(month) => format!("for the month {month}"),
    };
    let key = match (&budget.whose, budget.period) {
        (Whose::All, Period::Day(_)) => "`budgets.day`".to_owned(),
        (Whose::All, Period::Month(_)) => "`budgets.month`".to_owned(),
        (Whose::Client(client), Period::Day(_)) => format!("`budgets.clients.{client}.day`"),
        (Whose::Client(client), Period::Month(_)) => format!("`budgets.clients.{client}.month`"),
    };
    let end = budget.period.end().strftime("%Y-%m-%d %H:%M");
    let what = match alarm.reached {
        Reached::Most => {
            format!("Four fifths of the budget {whose} {time} (UTC) are spent: {spent} of {limit}.")
        }
        Reached::All => format!(
            "The budget {whose} {time} (UTC) has no room any more: {spent} of {limit} are spent, counted at the most \
             that they can be."
        ),
    };
    Said {
        what,
        safe: safe(alarm).to_owned(),
        next: format!(
            "`/costs` shows what it went for. The budget is new at {end} UTC; the team that runs Clara can raise {key} \
             and restart her."
        ),
    }
}

fn safe(alarm: &BudgetAlarm) -> &'static str {
    match (alarm.stop, alarm.stop_posting, alarm.reached) {
        (false, false, _) => {
            "Nothing stops: writing and posting go on, and what they cost is counted."
        }
        (false, true, _) => {
            "Writing goes on. Where there is no room approved tweets wait; those whose time passes ask on their cards."
        }
        (true, false, Reached::Most) => {
            "Writing goes on until the budget is spent, and stops then. Approved tweets are posted all the same."
        }
        (true, true, Reached::Most) => {
            "Writing and posting go on until the budget is spent, and stop then."
        }
        (true, false, Reached::All) => {
            "No new text is written for it. Approved tweets are posted all the same, and nothing is lost."
        }
        (true, true, Reached::All) => {
            "No new text is written for it and none of its tweets is posted; those whose time passes ask on their cards. \
             Nothing is lost."
        }
    }
}

/// `/costs`: a table that fits a message, with what it leaves out named.
pub(crate) fn sheet(sheet: &Sheet<'_>) -> String {
    let whose = match sheet.client {
        Some(client) => format!("`{client}`"),
        None => "all clients".to_owned(),
    };
    let total = sheet.statement.total();
    let head = format!("**Costs of {whose} in {} (UTC): {total}**", sheet.month);
    if sheet.statement.rows.is_empty() {
        return format!("{head}\nNothing that costs was used in it.");
    }
    let foot = foot(sheet, total);
    let room = CONTENT - length(&head) - length(&foot) - 20;
    format!("{head}\n```\n{}```{foot}", table(sheet, room))
}

fn table(sheet: &Sheet<'_>, room: usize) -> String {
    let mut rows: Vec<String> = sheet.statement.by_kind().iter().map(kind_row).collect();
    if sheet.clients.len() > 1 {
        rows.push(String::new());
        let clients = sheet.clients.iter();
        rows.extend(clients.map(|(client, total)| row(client.as_str(), "", total)));
    }
    let mut text = format!(
        "{:NAME$} {:>8} {:>12} {:>12}\n",
        "", "calls", "certain", "at most"
    );
    for (index, line) in rows.iter().enumerate() {
        let left = format!("… and {} lines more\n", rows.len() - index);
        if length(&text) + length(line) + length(&left) > room {
            return text + &left;
        }
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn kind_row(what: &What) -> String {
    let name = match what.item.model() {
        Some(model) => format!("{} {}", what.item.kind(), model),
        None => what.item.kind().to_owned(),
    };
    let calls = what.calls + what.uncertain_calls;
    row(&name, &calls.to_string(), &what.total)
}

fn row(name: &str, calls: &str, total: &Total) -> String {
    let name = cell(name, NAME);
    let (certain, most) = match (total.unpriced, total.most()) {
        (1.., MicroUsd(0)) => ("unknown".to_owned(), "unknown".to_owned()),
        (1.., most) => (format!("{}+?", total.certain), format!("{most}+?")),
        (0, most) => (total.certain.to_string(), most.to_string()),
    };
    format!("{name:NAME$} {calls:>8} {certain:>12} {most:>12}")
}

/// What the table does not say by itself.
fn foot(sheet: &Sheet<'_>, total: Total) -> String {
    let mut foot = String::new();
    for (period, limit, spent) in &sheet.budgets {
        let time = match period {
            Period::Day(day) => format!("day {day}"),
            Period::Month(month) => format!("month {month}"),
        };
        write!(foot, "\nBudget for the {time}: {spent} of {limit} at most.")
            .expect("writing to a String cannot fail");
    }
    if total.uncertain > MicroUsd(0) {
        foot.push_str("\n“At most” counts calls whose answer was lost or is not there yet; they may have cost nothing.");
    }
    if total.unpriced > 0 {
        foot.push_str(
            "\n“Unknown” and “?” are calls of models without a price; they are in no sum.",
        );
    }
    line_by_line(&foot, FOOT)
}

fn line_by_line(text: &str, most: usize) -> String {
    let mut kept = String::new();
    for next in text.lines().filter(|line| !line.is_empty()) {
        if length(&kept) + length(next) + 1 > most {
            break;
        }
        kept.push('\n');
        kept.push_str(next);
    }
    kept
}

/// A line of `/status`.
pub(crate) fn today_and_month(today: Total, month: Total) -> String {
    format!("💵 Spent today (UTC): {today}; this month: {month}")
}

/// A month that is none.
pub(crate) fn no_month(given: &str) -> String {
    super::three(
        &format!("“{}” is not a month.", line(given, 40)),
        super::NOTHING_CHANGED,
        "Write a year and a month, such as `2026-11`, or leave it out for this month.",
    )
}

#[cfg(test)]
mod tests;
