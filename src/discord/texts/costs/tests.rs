#![allow(clippy::unwrap_used)]

use clara_domain::metering::{Item, Tokens};
use clara_domain::pricing::budget::Budget;
use clara_domain::pricing::{Price, Row};

use super::*;

fn chat(model: &str) -> Item {
    let tokens = Tokens {
        prompt: 900,
        ..Tokens::default()
    };
    Item::Chat {
        model: model.to_owned(),
        tokens,
    }
}

fn row(item: Item, certain: bool, cost: Option<u64>) -> Row {
    Row {
        day: "2026-11-22".parse().unwrap(),
        item,
        calls: 3,
        certain,
        cost: cost.map_or(Price::Unknown, |micro| Price::Known(MicroUsd(micro))),
    }
}

fn november() -> Month {
    "2026-11".parse().unwrap()
}

fn shown(statement: &Statement, clients: Vec<(ClientId, Total)>) -> String {
    let day = Period::Day("2026-11-22".parse().unwrap());
    sheet(&Sheet {
        client: None,
        month: november(),
        statement,
        clients,
        budgets: vec![
            (day, MicroUsd(5_000_000), MicroUsd(250_000)),
            (
                Period::Month(november()),
                MicroUsd(100_000_000),
                MicroUsd(250_000),
            ),
        ],
    })
}

#[test]
fn a_sheet_of_everything() {
    let post = |with_link| Item::Posts {
        count: 3,
        with_link,
    };
    let rows = vec![
        row(
            chat("gpt-4.1-mini-2025-04-14-with-a-long-name"),
            true,
            Some(12_345),
        ),
        row(
            chat("gpt-4.1-mini-2025-04-14-with-a-long-name"),
            false,
            Some(4_000),
        ),
        row(chat("local"), true, None),
        row(post(false), true, Some(45_000)),
        row(post(true), true, Some(600_000)),
    ];
    let statement = Statement { rows };
    let total = statement.total();
    let clients = vec![
        ("harbour".parse().unwrap(), total),
        ("fjord".parse().unwrap(), Total::default()),
    ];
    insta::assert_snapshot!(shown(&statement, clients));
}

#[test]
fn a_month_without_anything() {
    insta::assert_snapshot!(shown(&Statement::default(), Vec::new()));
}

#[test]
fn a_sheet_fits_a_message_and_says_what_it_leaves_out() {
    let rows = (0..200).map(|number| {
        row(
            chat(&format!("model-{number}`")),
            number % 2 == 0,
            Some(number),
        )
    });
    let statement = Statement {
        rows: rows.collect(),
    };
    let text = shown(&statement, Vec::new());
    assert!(length(&text) <= CONTENT, "{}", length(&text));
    assert!(text.contains("lines more\n```"));
    assert_eq!(
        text.matches('`').count(),
        6,
        "a name must not end the table"
    );
}

#[test]
fn what_an_alert_says_of_a_budget() {
    let mut said = String::new();
    for (stop, stop_posting) in [(true, false), (true, true), (false, false)] {
        for reached in [Reached::Most, Reached::All] {
            let budget = match reached {
                Reached::Most => Budget {
                    whose: Whose::All,
                    period: Period::Month(november()),
                },
                Reached::All => Budget {
                    whose: Whose::Client("harbour".parse().unwrap()),
                    period: Period::Day("2026-11-22".parse().unwrap()),
                },
            };
            let words = budget_said(&BudgetAlarm {
                budget,
                reached,
                spent: MicroUsd(4_000_000),
                limit: MicroUsd(5_000_000),
                stop,
                stop_posting,
            });
            said += &format!("{}\n{}\n{}\n\n", words.what, words.safe, words.next);
        }
    }
    insta::assert_snapshot!(said);
}
