#![allow(clippy::unwrap_used)]
use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;
use tokio::sync::oneshot;

use super::*;
use crate::limiter::{Permit, Quota};

/// A lane, and those whose place is still kept by somebody.
struct Bench {
    lane: Lane,
    waiting: Vec<oneshot::Receiver<Permit>>,
    /// How long the calls to come take, where a test plays that.
    takes: VecDeque<u64>,
}

/// What all kinds of calls may take, and how many there may be at a time.
#[derive(Debug, Clone, Copy)]
struct Limits {
    app: Quota,
    client: Quota,
    at_once: usize,
}

impl Bench {
    fn new(limits: Limits) -> Self {
        let quotas = Quotas {
            app: limits.app,
            client: limits.client,
        };
        let rules = Rules {
            at_once: limits.at_once,
            mixed: false,
            quotas: Class::ALL.map(|class| (class, quotas)).into(),
        };
        Self {
            lane: Lane::new(rules),
            waiting: Vec::new(),
            takes: VecDeque::new(),
        }
    }

    /// Somebody comes and waits.
    fn come(&mut self, client: &ClientId, class: Class) {
        let (reply, permit) = oneshot::channel();
        self.waiting.push(permit);
        self.lane.enqueue(Waiting {
            client: client.clone(),
            class,
            since: at(0),
            reply,
        });
    }

    /// Who may go at a time, and when to ask again.
    fn pump(&mut self, now: Moment) -> (Vec<(ClientId, Class)>, Option<Moment>) {
        let (granted, next) = self.lane.pump(now);
        let names = granted.into_iter().map(|one| (one.client, one.class));
        (names.collect(), next)
    }

    fn clients(&mut self, now: Moment) -> Vec<String> {
        let (granted, _) = self.pump(now);
        let names = granted.into_iter().map(|(client, _)| client.to_string());
        names.collect()
    }

    fn hold(&mut self, client: Option<&ClientId>, until: Moment) {
        let left = Left { calls: 0, until };
        self.lane.leave(client, Bar::All, left, at(0));
    }

    fn left(&mut self, client: &ClientId, class: Class, calls: u32, until: Moment, now: Moment) {
        let left = Left { calls, until };
        self.lane.leave(Some(client), Bar::Window(class), left, now);
    }

    fn len(&self) -> usize {
        self.lane.waiting().map(|(_, count)| count).sum()
    }
}

fn at(millis: u64) -> Moment {
    Moment::START.after(Duration::from_millis(millis))
}

fn id(name: &str) -> ClientId {
    ClientId::new(name).unwrap()
}

fn quota_of(calls: u32, millis: u64) -> Quota {
    Quota {
        calls,
        per: Duration::from_millis(millis),
    }
}

fn wide(at_once: usize) -> Limits {
    Limits {
        app: quota_of(1000, 1000),
        client: quota_of(1000, 1000),
        at_once,
    }
}

#[test]
fn clients_take_turns_however_many_wishes_one_of_them_has() {
    let mut bench = Bench::new(wide(8));
    (0..100).for_each(|_| bench.come(&id("a"), Class::Write));
    bench.come(&id("b"), Class::Write);
    bench.come(&id("c"), Class::Write);
    assert_eq!(bench.clients(at(0)), ["a", "b", "c", "a", "a", "a"]);
}

#[test]
fn deletions_go_before_posts_posts_before_looks_and_looks_before_texts() {
    let mut bench = Bench::new(wide(8));
    for class in Class::ALL.into_iter().rev() {
        bench.come(&id("a"), class);
    }
    let classes = bench.pump(at(0)).0.into_iter().map(|(_, class)| class);
    let urgent = [Class::Delete, Class::Post, Class::Look, Class::Write];
    assert_eq!(classes.collect::<Vec<_>>(), urgent);
}

#[test]
fn no_more_are_under_way_than_may_be_and_a_place_that_is_given_back_is_given_on() {
    let mut bench = Bench::new(wide(2));
    for name in ["a", "b", "c"] {
        bench.come(&id(name), Class::Write);
    }
    assert_eq!(bench.clients(at(0)), ["a", "b"]);
    assert_eq!(bench.clients(at(1)).len(), 0);
    bench.lane.release(&id("a"), Class::Write);
    assert_eq!(bench.clients(at(2)), ["c"]);
}

#[test]
fn those_who_have_stopped_waiting_cost_no_call() {
    let mut bench = Bench::new(Limits {
        app: quota_of(4, 60_000),
        client: quota_of(4, 60_000),
        at_once: 9,
    });
    (0..50).for_each(|_| bench.come(&id("a"), Class::Write));
    bench.waiting.clear();
    bench.come(&id("a"), Class::Write);
    bench.come(&id("b"), Class::Write);
    assert_eq!(bench.clients(at(0)), ["a", "b"]);
    assert_eq!(bench.len(), 0);
}

#[test]
fn a_client_that_is_held_back_keeps_nobody_else_waiting() {
    let mut bench = Bench::new(wide(9));
    bench.hold(Some(&id("a")), at(5000));
    bench.hold(Some(&id("a")), at(3000));
    bench.come(&id("a"), Class::Post);
    bench.come(&id("b"), Class::Write);
    let (granted, next) = bench.pump(at(0));
    assert_eq!(granted, [(id("b"), Class::Write)]);
    assert_eq!(next, Some(at(5000)));
    assert_eq!(bench.clients(at(4999)).len(), 0);
    assert_eq!(bench.clients(at(5000)), ["a"]);
}

#[test]
fn a_service_that_asked_to_be_left_alone_is_asked_nothing() {
    let mut bench = Bench::new(wide(9));
    bench.hold(None, at(5000));
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.pump(at(0)), (vec![], Some(at(5000))));
    assert_eq!(bench.clients(at(5000)), ["a"]);
}

#[test]
fn whoever_waits_for_the_quota_is_told_when_to_ask_again_and_is_let_go_then() {
    let mut bench = Bench::new(Limits {
        app: quota_of(1000, 1000),
        client: quota_of(2, 1000),
        at_once: 9,
    });
    (0..3).for_each(|_| bench.come(&id("a"), Class::Write));
    let (granted, next) = bench.pump(at(0));
    assert_eq!(granted.len(), 1);
    let next = next.unwrap();
    assert_eq!(next, at(1001));
    assert_eq!(bench.clients(next).len(), 1);
}

#[test]
fn no_client_holds_more_than_half_of_the_places() {
    let mut bench = Bench::new(wide(5));
    (0..9).for_each(|_| bench.come(&id("a"), Class::Post));
    assert_eq!(bench.clients(at(0)), ["a", "a", "a"]);
    bench.come(&id("b"), Class::Post);
    assert_eq!(bench.clients(at(1)), ["b"]);
    bench.lane.release(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(2)), ["a"]);
}

#[test]
fn calls_that_can_wait_leave_a_quarter_of_the_places_to_those_that_cannot() {
    let mut bench = Bench::new(wide(8));
    bench.lane.places = Places::new(8, true);
    for name in ["a", "b", "c", "d"] {
        (0..4).for_each(|_| bench.come(&id(name), Class::Look));
    }
    assert_eq!(bench.clients(at(0)).len(), 6);
    bench.come(&id("e"), Class::Post);
    bench.come(&id("f"), Class::Delete);
    assert_eq!(bench.clients(at(1)), ["f", "e"]);
}

#[test]
fn what_is_left_of_a_window_is_given_out_and_no_more_until_it_ends() {
    let mut bench = Bench::new(wide(100));
    bench.left(&id("a"), Class::Post, 2, at(900_000), at(0));
    (0..5).for_each(|_| bench.come(&id("a"), Class::Post));
    bench.come(&id("a"), Class::Look);
    let (granted, next) = bench.pump(at(0));
    let posts = granted.iter().filter(|(_, class)| *class == Class::Post);
    assert_eq!((posts.count(), granted.len()), (2, 3));
    assert_eq!(next, Some(at(900_000)));
    assert_eq!(bench.clients(at(900_000)).len(), 3);
}

#[test]
fn a_later_word_on_the_same_window_never_gives_back_what_has_left_since() {
    let mut bench = Bench::new(wide(100));
    let end = at(900_000);
    bench.left(&id("a"), Class::Post, 1, end, at(0));
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(0)).len(), 1);
    bench.left(&id("a"), Class::Post, 1, end, at(1));
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(1)).len(), 0);
}

#[test]
fn the_next_window_begins_with_what_is_said_of_it_although_the_clocks_differ() {
    let mut bench = Bench::new(wide(100));
    bench.left(&id("a"), Class::Post, 1, at(900_000), at(0));
    bench.left(&id("a"), Class::Post, 99, at(1_800_000), at(899_000));
    (0..9).for_each(|_| bench.come(&id("a"), Class::Post));
    assert_eq!(bench.clients(at(899_000)).len(), 9);
}

#[test]
fn no_post_leaves_before_histories_are_told_or_their_time_is_over() {
    let mut bench = Bench::new(wide(100));
    bench
        .lane
        .await_histories([id("a"), id("b")].into(), at(5000));
    for class in [Class::Post, Class::Look] {
        bench.come(&id("a"), class);
    }
    assert_eq!(
        bench.pump(at(0)),
        (vec![(id("a"), Class::Look)], Some(at(5000)))
    );
    bench.lane.relive(&id("a"), []);
    assert_eq!(bench.clients(at(1)).len(), 0);
    bench.lane.relive(&id("b"), []);
    assert_eq!(bench.clients(at(2)), ["a"]);
    bench.lane.await_histories([id("c")].into(), at(5000));
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(4999)).len(), 0);
    assert_eq!(bench.clients(at(5000)), ["a"]);
}

#[test]
fn a_client_that_tells_its_history_again_is_not_charged_again() {
    let limits = Limits {
        client: quota_of(4, 10_000),
        ..wide(100)
    };
    let mut bench = Bench::new(limits);
    bench.lane.relive(&id("a"), [at(0)]);
    bench.lane.relive(&id("a"), [at(0), at(0), at(0), at(0)]);
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(0)), ["a"]);
}

/// What eight clients sent evenly over a window leaves room at its end, in whatever order they tell of it.
#[test]
fn histories_are_charged_in_the_order_in_which_they_happened() {
    let limits = Limits {
        app: quota_of(20, 20_000),
        ..wide(100)
    };
    let mut bench = Bench::new(limits);
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    bench.lane.await_histories(names.map(id).into(), at(60_000));
    // Whoever sent last tells first.
    for n in (0..8).rev() {
        let sent = [at(n * 1_250), at((n + 8) * 1_250)];
        bench.lane.relive(&id(names[n as usize]), sent);
    }
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.clients(at(20_000)), ["a"]);
}

mod fairness;
mod windows;
