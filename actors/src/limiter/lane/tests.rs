#![allow(clippy::unwrap_used)]
use std::sync::Mutex;

use async_trait::async_trait;
use proptest::prelude::*;

use super::*;

/// A clock that stands where it is put.
struct SetClock(Mutex<Timestamp>);

#[async_trait]
impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {
        unreachable!("a lane does not wait by itself")
    }
}

/// A lane with its clock, and those whose place is still kept by somebody.
struct Bench {
    clock: Arc<SetClock>,
    lane: Lane,
    waiting: Vec<oneshot::Receiver<Permit>>,
}

impl Bench {
    fn new(limits: &ServiceLimits) -> Self {
        let clock = Arc::new(SetClock(Mutex::new(at(0))));
        let port: Arc<dyn Clock> = clock.clone();
        Self {
            lane: Lane::new(limits, &port),
            clock,
            waiting: Vec::new(),
        }
    }

    /// Somebody comes and waits.
    fn come(&mut self, client: &ClientId, class: Class) {
        let (reply, permit) = oneshot::channel();
        self.waiting.push(permit);
        self.lane.enqueue(Waiting {
            client: client.clone(),
            class,
            reply,
        });
    }

    /// Who may go at a time, and when to ask again.
    fn pump(&mut self, now: Timestamp) -> (Vec<(ClientId, Class)>, Option<Timestamp>) {
        *self.clock.0.lock().unwrap() = now;
        let (granted, next) = self.lane.pump(now);
        let names = granted.into_iter().map(|one| (one.client, one.class));
        (names.collect(), next)
    }

    fn clients(&mut self, now: Timestamp) -> Vec<String> {
        let (granted, _) = self.pump(now);
        let names = granted.into_iter().map(|(client, _)| client.to_string());
        names.collect()
    }
}

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millisecond(1_800_000_000_000 + i64::try_from(millis).unwrap()).unwrap()
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

fn wide(at_once: usize) -> ServiceLimits {
    ServiceLimits {
        app: quota_of(1000, 1000),
        client: quota_of(1000, 1000),
        at_once,
    }
}

#[test]
fn clients_take_turns_however_many_wishes_one_of_them_has() {
    let mut bench = Bench::new(&wide(6));
    (0..100).for_each(|_| bench.come(&id("a"), Class::Write));
    bench.come(&id("b"), Class::Write);
    bench.come(&id("c"), Class::Write);
    assert_eq!(bench.clients(at(0)), ["a", "b", "c", "a", "a", "a"]);
}

#[test]
fn posts_go_before_looks_and_looks_before_texts() {
    let mut bench = Bench::new(&wide(3));
    for class in [Class::Write, Class::Look, Class::Post] {
        bench.come(&id("a"), class);
    }
    let classes = bench.pump(at(0)).0.into_iter().map(|(_, class)| class);
    assert_eq!(
        classes.collect::<Vec<_>>(),
        [Class::Post, Class::Look, Class::Write]
    );
}

#[test]
fn no_more_are_under_way_than_may_be_and_a_place_that_is_given_back_is_given_on() {
    let mut bench = Bench::new(&wide(2));
    (0..4).for_each(|_| bench.come(&id("a"), Class::Write));
    assert_eq!(bench.clients(at(0)).len(), 2);
    assert_eq!(bench.clients(at(1)).len(), 0);
    bench.lane.release();
    assert_eq!(bench.clients(at(2)).len(), 1);
}

#[test]
fn those_who_have_stopped_waiting_cost_no_call() {
    let mut bench = Bench::new(&ServiceLimits {
        app: quota_of(4, 60_000),
        client: quota_of(4, 60_000),
        at_once: 9,
    });
    (0..50).for_each(|_| bench.come(&id("a"), Class::Write));
    bench.waiting.clear();
    bench.come(&id("a"), Class::Write);
    bench.come(&id("b"), Class::Write);
    assert_eq!(bench.clients(at(0)), ["a", "b"]);
    assert_eq!(bench.lane.len(), 0);
}

#[test]
fn a_client_that_is_held_back_keeps_nobody_else_waiting() {
    let mut bench = Bench::new(&wide(9));
    bench.lane.block(Some(&id("a")), at(5000));
    bench.lane.block(Some(&id("a")), at(3000));
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
    let mut bench = Bench::new(&wide(9));
    bench.lane.block(None, at(5000));
    bench.come(&id("a"), Class::Post);
    assert_eq!(bench.pump(at(0)), (vec![], Some(at(5000))));
    assert_eq!(bench.clients(at(5000)), ["a"]);
}

#[test]
fn whoever_waits_for_the_quota_is_told_when_to_ask_again_and_is_let_go_then() {
    let mut bench = Bench::new(&ServiceLimits {
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

/// Somebody who comes after a pause, and how long the call takes.
#[derive(Debug, Clone)]
struct Arrival {
    pause: u64,
    client: usize,
    class: Class,
    takes: u64,
}

fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let class = prop_oneof![Just(Class::Post), Just(Class::Look), Just(Class::Write)];
    let pause = prop_oneof![Just(0_u64), 0..50_u64, 0..3000_u64];
    let arrival = (pause, 0..3_usize, class, 0..2000_u64);
    let arrival = arrival.prop_map(|(pause, client, class, takes)| Arrival {
        pause,
        client,
        class,
        takes,
    });
    prop::collection::vec(arrival, 1..60)
}

const CLIENTS: [&str; 3] = ["a", "b", "c"];

/// Plays the arrivals in virtual time until everybody has been let go; who was, and when.
fn play(limits: &ServiceLimits, arrivals: &[Arrival]) -> Vec<(ClientId, Timestamp)> {
    let mut bench = Bench::new(limits);
    let mut to_come = VecDeque::new();
    let mut time = 0;
    for arrival in arrivals {
        time += arrival.pause;
        to_come.push_back((at(time), arrival));
    }
    let mut takes: VecDeque<u64> = arrivals.iter().map(|arrival| arrival.takes).collect();
    let mut under_way: Vec<Timestamp> = Vec::new();
    let mut grants = Vec::new();
    let mut now = at(0);
    for _ in 0..10_000 {
        while let Some((_, arrival)) = to_come.pop_front_if(|(when, _)| *when <= now) {
            bench.come(&id(CLIENTS[arrival.client]), arrival.class);
        }
        let running = under_way.len();
        under_way.retain(|end| *end > now);
        (under_way.len()..running).for_each(|_| bench.lane.release());
        let (granted, next) = bench.pump(now);
        for (client, _) in granted {
            grants.push((client, now));
            under_way.push(now + Duration::from_millis(takes.pop_front().unwrap()));
        }
        assert!(under_way.len() <= limits.at_once);
        if grants.len() == arrivals.len() {
            return grants;
        }
        let times = under_way.iter().copied().chain(next);
        let times = times.chain(to_come.front().map(|(when, _)| *when));
        now = times
            .min()
            .expect("somebody waits and nothing is to come")
            .max(now);
    }
    panic!("only {} of {} were let go", grants.len(), arrivals.len());
}

/// The most grants in any window, from a grant on and open at its end.
fn most_in_a_window<'a>(grants: impl Iterator<Item = &'a Timestamp>, per: Duration) -> usize {
    let times: Vec<_> = grants.collect();
    let windows = times.iter().enumerate().map(|(first, start)| {
        let end = **start + per;
        times[first..].iter().filter(|time| ***time < end).count()
    });
    windows.max().unwrap_or(0)
}

proptest! {
    #[test]
    fn no_window_sees_more_calls_than_the_quotas_and_everybody_gets_through(
        arrivals in arrivals(),
        app in (2..20_u32, 500..5000_u64),
        client in (2..10_u32, 500..5000_u64),
        at_once in 1..5_usize,
    ) {
        let limits = ServiceLimits {
            app: quota_of(app.0, app.1),
            client: quota_of(client.0, client.1),
            at_once,
        };
        let grants = play(&limits, &arrivals);
        let all = most_in_a_window(grants.iter().map(|(_, time)| time), limits.app.per);
        prop_assert!(all <= app.0 as usize, "{all} calls in one window of the app");
        for name in CLIENTS {
            let own = grants.iter().filter(|(client, _)| *client == id(name));
            let own = most_in_a_window(own.map(|(_, time)| time), limits.client.per);
            prop_assert!(own <= client.0 as usize, "{own} calls in one window of {name}");
        }
    }

    #[test]
    fn within_a_class_nobody_is_overtaken_more_often_than_there_are_others(
        wishes in prop::collection::vec(0..3_usize, 2..40),
    ) {
        let mut bench = Bench::new(&wide(100));
        wishes.iter().for_each(|client| bench.come(&id(CLIENTS[*client]), Class::Write));
        let granted = bench.clients(at(0));
        for name in CLIENTS {
            let own: Vec<_> = granted.iter().enumerate().filter(|(_, client)| *client == name).map(|(place, _)| place).collect();
            for pair in own.windows(2) {
                prop_assert!(pair[1] - pair[0] <= CLIENTS.len());
            }
        }
    }
}
