#![allow(clippy::unwrap_used)]

mod alarming;
mod posting;
mod racing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use clara_domain::metering::{Tokens, Used};
use clara_domain::pricing::budget::{Limit, Period, Whose};
use clara_domain::pricing::{Dated, ModelPrice, Month};

use super::*;

/// A treasurer, and what it told people.
struct Scene {
    treasurer: Treasurer,
    told: Arc<Mutex<Vec<Alert>>>,
}

impl Scene {
    fn new(budgets: Budgets) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (prices, sink) = (prices(), told.clone());
        let tell = move |alert| sink.lock().unwrap().push(alert);
        let treasurer = Treasurer::new(prices, budgets, tell);
        Self { treasurer, told }
    }

    fn reserve(&self, who: &str, micro: u64, at: &str) -> Result<Reservation, Exhausted> {
        self.treasurer
            .reserve(&client(who), &[chat(micro)], time(at))
    }

    /// Spends an amount at once.
    fn spend(&self, who: &str, micro: u64, at: &str) {
        self.reserve(who, micro, at).unwrap().settle(&took(micro));
    }

    fn spent_in(&self, whose: Whose, period: Period) -> (u64, u64) {
        let (spent, held) = self.treasurer.spent(&Budget { whose, period });
        (spent.0, held.0)
    }

    fn spent_today(&self) -> (u64, u64) {
        self.spent_in(Whose::All, Period::Day("2026-11-22".parse().unwrap()))
    }

    fn told(&self) -> Vec<String> {
        let told = self.told.lock().unwrap();
        let words = |alert: &Alert| match &alert.matter {
            crate::alerts::Matter::Budget(alarm) => {
                format!("{} {:?} {}", alarm.budget, alarm.reached, alarm.spent.0)
            }
            other => panic!("{other:?}"),
        };
        told.iter().map(words).collect()
    }
}

/// A token costs a micro-dollar.
fn prices() -> PriceList {
    let price = ModelPrice {
        from: None,
        input: MicroUsd(1_000_000),
        cached_input: MicroUsd(1_000_000),
        output: MicroUsd(1_000_000),
    };
    PriceList {
        models: BTreeMap::from([("m".to_owned(), Dated::always(price))]),
        ..PriceList::default()
    }
}

fn client(id: &str) -> ClientId {
    id.parse().unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn chat(tokens: u64) -> Item {
    chat_of("m", tokens)
}

fn chat_of(model: &str, prompt: u64) -> Item {
    Item::Chat {
        model: model.to_owned(),
        tokens: Tokens {
            prompt,
            ..Tokens::default()
        },
    }
}

fn took(tokens: u64) -> Spent {
    Spent::Known(Used {
        items: vec![chat(tokens)],
        ..Used::default()
    })
}

fn a_day(micro: u64) -> Limit {
    Limit {
        day: Some(MicroUsd(micro)),
        month: None,
    }
}

fn all_in_a_day(micro: u64) -> Budgets {
    Budgets {
        all: a_day(micro),
        ..Budgets::default()
    }
}

const NOON: &str = "2026-11-22T12:00:00Z";

#[test]
fn what_is_set_aside_is_not_there_for_anybody_else() {
    let scene = Scene::new(all_in_a_day(100));
    let held = scene.reserve("a", 60, NOON).unwrap();
    assert_eq!(held.amount(), MicroUsd(60));
    let refused = scene.reserve("b", 41, NOON).unwrap_err();
    assert_eq!((refused.spent, refused.held), (MicroUsd(0), MicroUsd(60)));
    assert_eq!(refused.until, time("2026-11-22T12:00:30Z"));
    held.settle(&took(10));
    assert_eq!(scene.spent_today(), (10, 0));
    scene.reserve("b", 90, NOON).unwrap().release();
    assert_eq!(scene.spent_today(), (10, 0));
}

#[test]
fn a_reservation_that_nobody_settles_counts_as_spent() {
    let scene = Scene::new(all_in_a_day(100));
    drop(scene.reserve("a", 60, NOON).unwrap());
    scene
        .reserve("a", 20, NOON)
        .unwrap()
        .settle(&Spent::Unknown);
    assert_eq!(scene.spent_today(), (80, 0));
}

#[test]
fn a_spent_budget_is_new_when_its_utc_day_ends() {
    let scene = Scene::new(all_in_a_day(100));
    scene.spend("a", 100, "2026-11-22T00:00:00Z");
    let refused = scene
        .reserve("a", 1, "2026-11-22T23:59:59.999Z")
        .unwrap_err();
    assert_eq!(refused.until, time("2026-11-23T00:00:00Z"));
    assert_eq!(
        refused.to_string(),
        "the budget of all clients together for the day 2026-11-22 (UTC) has no room: $0.0001 of $0.0001 are spent, \
         and this may cost up to $0.0001"
    );
    scene.spend("a", 100, "2026-11-23T00:00:00Z");
}

#[test]
fn a_month_is_the_sum_of_its_days() {
    let scene = Scene::new(Budgets {
        all: Limit {
            day: Some(MicroUsd(60)),
            month: Some(MicroUsd(100)),
        },
        ..Budgets::default()
    });
    scene.spend("a", 60, "2026-11-01T10:00:00Z");
    scene.spend("b", 40, "2026-11-30T10:00:00Z");
    let refused = scene.reserve("a", 1, "2026-11-30T23:00:00Z").unwrap_err();
    assert_eq!(
        refused.budget.period,
        Period::Month("2026-11".parse::<Month>().unwrap())
    );
    assert_eq!(refused.until, time("2026-12-01T00:00:00Z"));
    scene.spend("a", 60, "2026-12-01T00:00:00Z");
}

#[test]
fn one_clients_budget_is_no_other_ones() {
    let scene = Scene::new(Budgets {
        each_client: a_day(50),
        clients: BTreeMap::from([(client("rich"), a_day(500))]),
        ..Budgets::default()
    });
    scene.spend("a", 50, NOON);
    assert!(scene.reserve("a", 1, NOON).is_err());
    scene.spend("b", 50, NOON);
    scene.spend("rich", 500, NOON);
}

#[test]
fn where_nothing_stops_all_is_counted_and_nothing_refused() {
    let scene = Scene::new(Budgets {
        stop: false,
        ..all_in_a_day(100)
    });
    scene.spend("a", 500, NOON);
    assert_eq!(scene.spent_today(), (500, 0));
}

#[test]
fn approved_tweets_go_out_whatever_the_budget_unless_that_was_said() {
    let post = [Item::Posts {
        count: 1,
        with_link: false,
    }];
    let looks = [Item::PostsRead { count: 5 }, Item::UsersRead { count: 1 }];
    for stop_posting in [false, true] {
        let scene = Scene::new(Budgets {
            stop_posting,
            ..all_in_a_day(10)
        });
        scene.spend("a", 10, NOON);
        let reserve = |items: &[Item]| scene.treasurer.reserve(&client("a"), items, time(NOON));
        assert_eq!(reserve(&post).is_err(), stop_posting);
        assert!(reserve(&looks).is_ok());
        assert!(reserve(&[Item::PostsDeleted { count: 1 }]).is_ok());
    }
}

#[test]
fn what_costs_nothing_is_never_refused_and_what_has_no_price_always() {
    let scene = Scene::new(all_in_a_day(10));
    let reserve = |item| scene.treasurer.reserve(&client("a"), &[item], time(NOON));
    scene.spend("a", 10, NOON);
    let moderation = Item::Moderation {
        model: "any".to_owned(),
        texts: 3,
    };
    reserve(moderation).unwrap().release();
    let refused = reserve(chat_of("local", 1)).unwrap_err();
    assert_eq!(refused.asked, None);
    assert!(refused.to_string().ends_with("and this has no price"));
    let free = Scene::new(Budgets::default());
    free.treasurer
        .reserve(&client("a"), &[chat_of("local", 1)], time(NOON))
        .unwrap()
        .release();
}

#[test]
fn an_answer_of_a_model_without_a_price_costs_what_was_set_aside() {
    let scene = Scene::new(all_in_a_day(100));
    let used = Used {
        items: vec![chat_of("another", 5)],
        ..Used::default()
    };
    scene
        .reserve("a", 30, NOON)
        .unwrap()
        .settle(&Spent::Known(used));
    assert_eq!(scene.spent_today(), (30, 0));
}

#[test]
fn the_same_post_read_again_on_a_day_is_counted_once() {
    let scene = Scene::new(Budgets::default());
    let read = |who: &str, at: &str| {
        let looks = [Item::PostsRead { count: 5 }];
        let held = scene
            .treasurer
            .reserve(&client(who), &looks, time(at))
            .unwrap();
        held.settle(&Spent::Known(Used {
            posts: vec!["1".to_owned(), "2".to_owned()],
            users: vec!["9".to_owned()],
            ..Used::default()
        }));
    };
    read("a", NOON);
    read("a", NOON);
    assert_eq!(scene.spent_today(), (20_000, 0));
    read("b", NOON);
    assert_eq!(scene.spent_today(), (40_000, 0));
    read("a", "2026-11-23T00:00:00Z");
    let next = Period::Day("2026-11-23".parse().unwrap());
    assert_eq!(scene.spent_in(Whose::All, next), (20_000, 0));
}
