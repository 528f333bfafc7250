#![allow(clippy::unwrap_used)]

mod statements;

use proptest::prelude::*;

use super::budget::{Budgets, Limit, Period};
use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn model(input: u64, cached: u64, output: u64) -> ModelPrice {
    ModelPrice {
        from: None,
        input: MicroUsd(input),
        cached_input: MicroUsd(cached),
        output: MicroUsd(output),
    }
}

fn list(models: &[(&str, ModelPrice)]) -> PriceList {
    let models = models
        .iter()
        .map(|(name, price)| ((*name).to_owned(), Dated::always(*price)));
    PriceList {
        models: models.collect(),
        ..PriceList::default()
    }
}

fn chat_of(model: &str, prompt: u64, cached: u64, completion: u64) -> Item {
    Item::Chat {
        model: model.to_owned(),
        tokens: Tokens {
            prompt,
            cached,
            completion,
            reasoning: completion / 2,
        },
    }
}

#[test]
fn cached_tokens_cost_less_and_parts_of_a_micro_dollar_count_whole() {
    let prices = list(&[("gpt-x", model(250_000, 25_000, 2_000_000))]);
    let today = day("2026-11-22");
    let cost = |item| prices.price(&item, today);
    assert_eq!(
        cost(chat_of("gpt-x", 1000, 400, 100)),
        Price::Known(MicroUsd(150 + 10 + 200))
    );
    assert_eq!(cost(chat_of("gpt-x", 1, 0, 0)), Price::Known(MicroUsd(1)));
    assert_eq!(cost(chat_of("gpt-x", 0, 0, 0)), Price::Known(MicroUsd(0)));
}

#[test]
fn a_name_covers_its_dated_versions_and_no_other_model() {
    let prices = list(&[
        ("gpt-x", model(1_000_000, 0, 0)),
        ("gpt-x-mini", model(2_000_000, 0, 0)),
    ]);
    let cost = |name| prices.price(&chat_of(name, 10, 0, 0), day("2026-11-22"));
    for (name, expected) in [
        ("gpt-x", Some(10)),
        ("gpt-x-2026-01-01", Some(10)),
        ("gpt-x-0613", Some(10)),
        ("gpt-x-latest", Some(10)),
        ("gpt-x-mini", Some(20)),
        ("gpt-x-mini-2026-01-01", Some(20)),
        ("gpt-x-nano", None),
        ("gpt-xl", None),
        ("gpt-x-", None),
        ("gpt", None),
    ] {
        assert_eq!(cost(name).known(), expected.map(MicroUsd), "{name}");
    }
}

#[test]
fn what_x_bills_is_what_x_says() {
    let (prices, today) = (PriceList::default(), day("2026-11-22"));
    for (item, micro) in [
        (
            Item::Posts {
                count: 2,
                with_link: false,
            },
            30_000,
        ),
        (
            Item::Posts {
                count: 1,
                with_link: true,
            },
            200_000,
        ),
        (Item::PostsDeleted { count: 1 }, 10_000),
        (Item::PostsRead { count: 3 }, 15_000),
        (Item::UsersRead { count: 1 }, 10_000),
    ] {
        assert_eq!(prices.price(&item, today), Price::Known(MicroUsd(micro)));
    }
}

#[test]
fn the_price_that_holds_on_the_day_counts_and_before_the_first_the_first() {
    let entry = |from: Option<&str>, input| ModelPrice {
        from: from.map(day),
        ..model(input, 0, 0)
    };
    let dated = Dated::new(vec![
        entry(Some("2026-06-01"), 3_000_000),
        entry(Some("2026-04-20"), 2_000_000),
    ]);
    let mut prices = PriceList::default();
    prices.models.insert("m".to_owned(), dated.unwrap());
    for (on, micro) in [
        ("2025-01-01", 2),
        ("2026-04-20", 2),
        ("2026-05-31", 2),
        ("2026-06-01", 3),
        ("2030-01-01", 3),
    ] {
        let cost = prices.price(&chat_of("m", 1, 0, 0), day(on));
        assert_eq!(cost, Price::Known(MicroUsd(micro)), "{on}");
    }
}

#[test]
fn prices_that_contradict_each_other_are_refused() {
    let from = |from: Option<&str>| ModelPrice {
        from: from.map(day),
        ..ModelPrice::default()
    };
    for entries in [
        vec![],
        vec![from(None), from(None)],
        vec![from(Some("2026-01-01")), from(Some("2026-01-01"))],
    ] {
        assert!(Dated::new(entries).is_err());
    }
}

#[test]
fn a_price_is_read_from_a_table_or_from_a_list_of_them() {
    let one: Dated<EmbeddingPrice> = serde_json::from_str(r#"{"input":5}"#).unwrap();
    let more: Dated<EmbeddingPrice> =
        serde_json::from_str(r#"[{"input":5},{"from":"2026-04-20","input":7}]"#).unwrap();
    assert_eq!((one.entries().len(), more.entries().len()), (1, 2));
    assert_eq!(more.on(day("2026-04-20")).input, MicroUsd(7));
    assert!(serde_json::from_str::<Dated<EmbeddingPrice>>(r#"{"input":5,"output":1}"#).is_err());
    assert!(serde_json::from_str::<Dated<EmbeddingPrice>>("[]").is_err());
}

#[test]
fn a_model_without_a_price_is_unknown_and_never_free() {
    let (prices, today) = (list(&[]), day("2026-11-22"));
    let item = chat_of("local", 10, 0, 10);
    assert_eq!(prices.price(&item, today), Price::Unknown);
    let with_post = [Item::PostsRead { count: 1 }, item];
    assert_eq!(prices.at_most_of(&with_post, today), Price::Unknown);
    assert!(!prices.knows_model("local"));
}

#[test]
fn a_month_is_read_and_ends_where_the_next_begins() {
    let month: Month = "2026-02".parse().unwrap();
    assert_eq!(
        (month.first(), month.last()),
        (day("2026-02-01"), day("2026-02-28"))
    );
    assert_eq!(month.end().to_string(), "2026-03-01T00:00:00Z");
    assert_eq!(month.days().count(), 28);
    assert_eq!(month.to_string(), "2026-02");
    for bad in [
        "2026",
        "2026-13",
        "2026-2",
        "26-02",
        "2026-02-01",
        "november",
        "",
    ] {
        assert!(bad.parse::<Month>().is_err(), "{bad} was taken");
    }
}

#[test]
fn a_client_has_its_own_budget_or_each_ones_and_all_share_one() {
    let limit = |dollars: &str| Limit {
        day: Some(dollars.parse().unwrap()),
        month: None,
    };
    let (own, other) = ("harbour".parse().unwrap(), "fjord".parse().unwrap());
    let budgets = Budgets {
        all: Limit {
            month: Some(MicroUsd(9)),
            ..Limit::default()
        },
        each_client: limit("1"),
        clients: BTreeMap::from([(own, limit("2"))]),
        ..Budgets::default()
    };
    let limits = |client: &str| {
        let against = budgets.against(&client.parse().unwrap(), day("2026-11-22"));
        against.iter().map(|(_, limit)| limit.0).collect::<Vec<_>>()
    };
    assert_eq!(limits("harbour"), [2_000_000, 9]);
    assert_eq!(limits("fjord"), [1_000_000, 9]);
    let names: Vec<String> = budgets
        .against(&other, day("2026-11-22"))
        .iter()
        .map(|(budget, _)| budget.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "of fjord for the day 2026-11-22 (UTC)",
            "of all clients together for the month 2026-11 (UTC)"
        ]
    );
    let ends = Period::Day(day("2026-12-31")).end();
    assert_eq!(ends.to_string(), "2027-01-01T00:00:00Z");
}

#[test]
fn looking_and_taking_down_are_never_stopped_and_posting_has_its_own_switch() {
    let budgets = Budgets::default();
    let post = [Item::Posts {
        count: 1,
        with_link: true,
    }];
    assert!(budgets.stops(&[chat_of("m", 1, 0, 1)]));
    assert!(!budgets.stops(&post));
    assert!(!budgets.stops(&[Item::PostsRead { count: 5 }, Item::UsersRead { count: 1 }]));
    assert!(!budgets.stops(&[Item::PostsDeleted { count: 1 }]));
    let strict = Budgets {
        stop_posting: true,
        ..budgets
    };
    assert!(strict.stops(&post));
}

fn tokens() -> impl Strategy<Value = Tokens> {
    let most = 0..=u64::MAX;
    (most.clone(), most.clone(), most).prop_map(|(prompt, cached, completion)| Tokens {
        prompt,
        cached,
        completion,
        reasoning: 0,
    })
}

fn small() -> impl Strategy<Value = Tokens> {
    (0..5_000_u64, 0..5_000_u64, 0..5_000_u64).prop_map(|(cached, fresh, completion)| Tokens {
        prompt: cached + fresh,
        cached,
        completion,
        reasoning: 0,
    })
}

fn any_price() -> impl Strategy<Value = ModelPrice> {
    (0..10_000_000_u64, 0..10_000_000_u64, 0..90_000_000_u64)
        .prop_map(|(input, cached, output)| model(input, cached, output))
}

fn cost(price: ModelPrice, tokens: Tokens) -> u64 {
    let item = Item::Chat {
        model: "m".to_owned(),
        tokens,
    };
    list(&[("m", price)])
        .price(&item, day("2026-11-22"))
        .known()
        .unwrap()
        .0
}

proptest! {
    #[test]
    fn a_sum_is_rounded_once_and_so_at_most_a_micro_dollar_less_than_its_parts(
        price in any_price(), one in small(), other in small()
    ) {
        let both = Tokens {
            prompt: one.prompt + other.prompt,
            cached: one.cached + other.cached,
            completion: one.completion + other.completion,
            reasoning: 0,
        };
        let (parts, sum) = (cost(price, one) + cost(price, other), cost(price, both));
        prop_assert!(sum <= parts && parts <= sum + 1);
    }

    #[test]
    fn more_tokens_never_cost_less(price in any_price(), few in small(), more in small()) {
        let sum = Tokens {
            prompt: few.prompt + more.prompt,
            completion: few.completion + more.completion,
            ..few
        };
        prop_assert!(cost(price, few) <= cost(price, sum));
    }

    #[test]
    fn nothing_overflows_and_nothing_is_free_that_has_a_price(
        tokens in tokens(), price in 1..=u64::MAX
    ) {
        let known = cost(model(price, price, price), tokens);
        prop_assert!(known > 0 || (tokens.prompt == 0 && tokens.completion == 0));
    }

    #[test]
    fn what_a_call_takes_costs_at_most_what_was_said_before(
        price in any_price(), most in small(), cached in 0..5_000_u64
    ) {
        let prices = list(&[("m", price)]);
        let said = Item::Chat { model: "m".to_owned(), tokens: Tokens { cached: 0, ..most } };
        let used = Tokens { cached: cached.min(most.prompt), ..most };
        let said = prices.at_most(&said, day("2026-11-22")).known().unwrap().0;
        prop_assert!(cost(price, used) <= said);
    }
}
