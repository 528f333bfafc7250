//! Posts: counted at their most from when they leave, and for what they were once that is known.

use clara_domain::Client;
use clara_domain::ids::TweetId;

use super::*;

const WITHOUT_LINK: u64 = 15_000;
const WITH_LINK: u64 = 200_000;

fn post(with_link: bool) -> Item {
    Item::Posts {
        count: 1,
        with_link,
    }
}

fn left(with_link: bool, at: &str, is_under_way: bool) -> Option<InDoubt> {
    Some(InDoubt {
        since: time(at),
        item: post(with_link),
        is_under_way,
    })
}

fn live(with_link: bool, at: &str) -> Option<(Timestamp, Item)> {
    Some((time(at), post(with_link)))
}

impl Scene {
    fn post(&self, tweet: u128, live: Option<(Timestamp, Item)>, in_doubt: Option<InDoubt>) {
        let tweet = TweetId(uuid::Uuid::from_u128(tweet));
        let news = PostNews {
            tweet,
            live,
            in_doubt,
        };
        self.treasurer.posts(&client("a"), vec![news], time(NOON));
    }
}

#[test]
fn a_post_counts_once_from_its_leaving_to_its_being_live() {
    let scene = Scene::new(Budgets::default());
    scene.post(1, None, left(true, NOON, true));
    assert_eq!(scene.spent_today(), (0, WITH_LINK));
    scene.post(1, live(true, NOON), None);
    assert_eq!(scene.spent_today(), (WITH_LINK, 0));
    scene.post(1, live(false, NOON), left(false, NOON, true));
    assert_eq!(
        scene.spent_today(),
        (WITH_LINK + WITHOUT_LINK, WITHOUT_LINK)
    );
}

#[test]
fn a_post_whose_fate_is_not_known_counts_as_spent_until_it_is_proved_absent() {
    let scene = Scene::new(all_in_a_day(WITH_LINK + 10));
    scene.post(1, None, left(true, NOON, false));
    assert_eq!(scene.spent_today(), (WITH_LINK, 0));
    let refused = scene.reserve("b", 11, NOON).unwrap_err();
    assert_eq!(refused.until, time("2026-11-23T00:00:00Z"));
    scene.post(1, None, None);
    assert_eq!(scene.spent_today(), (0, 0));
    scene.reserve("b", 11, NOON).unwrap().release();
}

#[test]
fn a_post_counts_for_the_day_on_which_it_left() {
    let scene = Scene::new(Budgets::default());
    let evening = "2026-11-21T23:59:59Z";
    scene.post(1, None, left(false, evening, false));
    scene.post(2, live(false, evening), None);
    assert_eq!(scene.spent_today(), (0, 0));
    let day = Period::Day("2026-11-21".parse().unwrap());
    assert_eq!(scene.spent_in(Whose::All, day), (2 * WITHOUT_LINK, 0));
    let other = Whose::Client(client("b"));
    assert_eq!(scene.spent_in(other, day), (0, 0));
}

#[test]
fn people_are_told_of_a_budget_that_posts_in_doubt_have_used_up() {
    let scene = Scene::new(all_in_a_day(WITH_LINK));
    scene.post(1, None, left(true, NOON, true));
    assert_eq!(scene.told(), Vec::<String>::new(), "it is on its way");
    scene.post(1, None, left(true, NOON, false));
    let all = "of all clients together for the day 2026-11-22 (UTC) All 200000";
    assert_eq!(scene.told(), [all]);
}

#[test]
fn a_start_forgets_the_doubts_of_before() {
    let scene = Scene::new(Budgets::default());
    scene.post(1, None, left(true, NOON, false));
    scene
        .treasurer
        .relive(&Client::new(client("a")), time(NOON));
    assert_eq!(scene.spent_today(), (0, 0));
}
