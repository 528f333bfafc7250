//! What ledgers come to, and the files made of it.

use super::*;
use crate::ids::ClientId;
use crate::metering::{Ledger, OpenCall, Spent, Used};

/// A ledger to which calls are added as they come.
struct Books(Ledger);

impl Books {
    fn new() -> Self {
        Self(Ledger::default())
    }

    fn begin(&mut self, at: &str, at_most: Item) -> crate::metering::CallNo {
        let call = self.0.next();
        let open = OpenCall {
            at: at.parse().unwrap(),
            tweet: None,
            at_most: vec![at_most],
        };
        self.0.begin(call, open);
        call
    }

    fn used(&mut self, at: &str, item: Item) {
        let call = self.begin(at, item.clone());
        let used = Used {
            items: vec![item],
            ..Used::default()
        };
        self.0.end(call, &Spent::Known(used));
    }

    fn lost(&mut self, at: &str, at_most: Item) {
        let call = self.begin(at, at_most);
        self.0.end(call, &Spent::Unknown);
    }
}

fn prices() -> PriceList {
    list(&[("m", model(1_000_000, 1_000_000, 1_000_000))])
}

fn november() -> Month {
    "2026-11".parse().unwrap()
}

/// Three days of November, one of October.
fn books() -> Books {
    let mut books = Books::new();
    books.used("2026-10-31T23:59:59Z", chat_of("m", 999, 0, 0));
    books.used("2026-11-01T00:00:00Z", chat_of("m", 100, 40, 20));
    books.used("2026-11-01T12:00:00Z", chat_of("m", 10, 0, 0));
    books.lost("2026-11-01T13:00:00Z", chat_of("m", 50, 0, 50));
    books.used("2026-11-02T09:00:00Z", chat_of("local", 7, 0, 7));
    books
        .0
        .posted(false, "2026-11-02T10:00:00Z".parse().unwrap());
    books
        .0
        .posted(true, "2026-11-30T23:59:59Z".parse().unwrap());
    books
}

#[test]
fn certain_uncertain_and_unpriced_are_kept_apart() {
    let statement = Statement::of_month(&books().0, &prices(), november());
    let total = statement.total();
    assert_eq!(
        total,
        Total {
            certain: MicroUsd(130 + 15_000 + 200_000),
            uncertain: MicroUsd(100),
            unpriced: 1,
        }
    );
    assert_eq!(
        total.to_string(),
        "$0.2152 to $0.2153 and 1 call of unknown price"
    );
    let days: Vec<u64> = statement
        .by_day()
        .iter()
        .map(|(_, total)| total.most().0)
        .collect();
    assert_eq!(days, [230, 15_000, 200_000]);
}

#[test]
fn a_call_that_is_under_way_counts_as_uncertain() {
    let mut books = Books::new();
    books.begin("2026-11-01T00:00:00Z", chat_of("m", 30, 0, 0));
    let total = Statement::of_month(&books.0, &prices(), november()).total();
    assert_eq!(
        (total.certain, total.uncertain),
        (MicroUsd(0), MicroUsd(30))
    );
    let december = "2026-12".parse().unwrap();
    let other = Statement::of_month(&books.0, &prices(), december);
    assert_eq!(other.total(), Total::default());
}

#[test]
fn each_thing_is_one_line_and_the_dearest_comes_first() {
    let statement = Statement::of_month(&books().0, &prices(), november());
    let kinds = statement.by_kind();
    let lines: Vec<(&str, Option<&str>, u64, u64)> = kinds
        .iter()
        .map(|what| {
            (
                what.item.kind(),
                what.item.model(),
                what.calls,
                what.uncertain_calls,
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("post with link", None, 1, 0),
            ("post", None, 1, 0),
            ("chat", Some("m"), 2, 1),
            ("chat", Some("local"), 1, 0),
        ]
    );
    let whole: Total = kinds
        .iter()
        .fold(Total::default(), |sum, what| sum + what.total);
    assert_eq!(whole, statement.total());
}

#[test]
fn a_wrong_price_is_put_right_afterwards() {
    let ledger = books().0;
    let before = Statement::of_month(&ledger, &prices(), november()).total();
    let mut dearer = prices();
    dearer.models.insert(
        "m".to_owned(),
        Dated::always(model(2_000_000, 2_000_000, 2_000_000)),
    );
    let after = Statement::of_month(&ledger, &dearer, november()).total();
    assert_eq!(after.certain.0 - before.certain.0, 130);
}

#[test]
fn a_month_as_a_file() {
    let client: ClientId = "harbour".parse().unwrap();
    let statement = Statement::of_month(&books().0, &prices(), november());
    let text = csv([(&client, &statement)]);
    assert!(text.lines().count() > 1 && text.ends_with("\r\n"));
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    insta::assert_snapshot!(text.replace("\r\n", "\n"));
}

#[test]
fn a_model_with_a_comma_a_quote_or_a_formula_in_its_name_stays_one_field() {
    let client: ClientId = "harbour".parse().unwrap();
    for (name, field) in [
        ("a,b", "\"a,b\""),
        ("a\"b", "\"a\"\"b\""),
        ("=1+1", "'=1+1"),
        ("a\nb", "\"a\nb\""),
    ] {
        let mut books = Books::new();
        books.used("2026-11-01T00:00:00Z", chat_of(name, 1, 0, 0));
        let statement = Statement::of_month(&books.0, &prices(), november());
        let text = csv([(&client, &statement)]);
        let expected = format!("harbour,2026-11-01,chat,{field},certain,1,1,0,0,0,,,unknown\r\n");
        assert!(text.ends_with(&expected), "{text}");
    }
}

proptest! {
    #[test]
    fn however_calls_end_the_sums_of_days_and_of_kinds_are_the_sum_of_all(
        calls in prop::collection::vec((1..29_u32, 0..3_u8, small(), 0..3_usize), 0..40)
    ) {
        let mut books = Books::new();
        for (day, end, tokens, name) in calls {
            let model = ["m", "local", "n"][name].to_owned();
            let (at, item) = (format!("2026-11-{day:02}T10:00:00Z"), Item::Chat { model, tokens });
            match end {
                0 => books.used(&at, item),
                1 => books.lost(&at, item),
                _ => { books.begin(&at, item); }
            }
        }
        let statement = Statement::of_month(&books.0, &prices(), november());
        let days = statement.by_day().into_iter().fold(Total::default(), |sum, (_, day)| sum + day);
        let kinds = statement.by_kind().into_iter().fold(Total::default(), |sum, kind| sum + kind.total);
        prop_assert_eq!(days, statement.total());
        prop_assert_eq!(kinds, statement.total());
    }
}
