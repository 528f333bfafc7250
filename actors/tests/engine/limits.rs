//! Limits outlive the process, one client's trouble is its own, and the end of what all share is the end of the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::gateway::breaker::BreakerState;
use clara_actors::handle::ServiceHealth;
use clara_actors::limiter::{Class, Limiter, Quota, RateLimiter, Service};
use clara_actors::ports::Clock;
use jiff::Timestamp;

use super::kit::{
    Fault, Run, Sending, World, client, generous, handle, live, live_by, minutes, scripted_panic,
    seconds,
};

fn quota(calls: u32, per: Duration) -> Quota {
    Quota { calls, per }
}

/// No window sees more posts than its quota, by X's own clock.
fn no_more_than(times: &mut [Timestamp], quota: Quota) {
    times.sort();
    for (at, first) in times.iter().enumerate() {
        let within = times[at..]
            .iter()
            .filter(|time| **time < *first + quota.per);
        let within = within.count();
        assert!(
            within <= quota.calls as usize,
            "{within} posts from {first} on"
        );
    }
}

fn times(world: &World, names: &[&str]) -> Vec<Timestamp> {
    let posts = names
        .iter()
        .flat_map(|name| world.x.timeline(&handle(name)));
    posts.map(|post| post.created_at).collect()
}

fn busy_world(names: &[&str]) -> World {
    let mut world = World::with_clients(names);
    for (_, settings) in &mut world.declared {
        settings.schedule.min_gap = Duration::ZERO;
        settings.schedule.grace = minutes(3000);
    }
    world
}

#[test]
fn a_quarter_of_an_hour_is_not_begun_anew_by_a_restart() {
    let mut world = busy_world(&["harbour"]);
    let own = quota(4, minutes(15));
    world.limits.x.client = own;
    live(&world, async |run| {
        for at in 0..12 {
            run.approved("harbour", minutes(5) + seconds(at)).await;
        }
        run.advance(minutes(6)).await;
    });
    for _ in 0..20 {
        live(&world, async |run| run.advance(minutes(3)).await);
    }
    let mut times = times(&world, &["harbour"]);
    assert!(times.len() >= 8, "only {} posts in an hour", times.len());
    no_more_than(&mut times, own);
}

#[test]
fn a_day_of_all_clients_together_is_not_begun_anew_by_a_restart() {
    let names = ["harbour", "museum", "theatre"];
    let mut world = busy_world(&names);
    let app = quota(6, minutes(24 * 60));
    world.limits.x.app = app;
    live(&world, async |run| {
        for name in names {
            for at in 0..4 {
                run.approved(name, minutes(5) + seconds(at)).await;
            }
        }
        run.advance(minutes(10)).await;
    });
    for _ in 0..12 {
        live(&world, async |run| run.advance(minutes(180)).await);
    }
    let mut times = times(&world, &names);
    assert!(
        times.len() >= 6,
        "only {} posts in a day and a half",
        times.len()
    );
    no_more_than(&mut times, app);
}

#[test]
fn a_client_that_cannot_be_read_holds_the_others_posts_for_five_seconds_at_most() {
    let mut world = busy_world(&["harbour", "museum"]);
    world.declared[1].1.schedule.grace = minutes(600);
    let museum = live(&world, async |run| run.approved("museum", minutes(5)).await);
    world.clock.set(world.clock.now() + minutes(10));
    let started = world.clock.now();
    // It never gets beyond what its start has to record.
    world.declared[0].1.name = "Another name".to_owned();
    world.journal.script(|append| {
        let own = append.stream.to_string().contains("harbour");
        if own { Fault::Refuse } else { Fault::None }
    });
    live(&world, async |run| {
        assert_eq!(run.state("museum", museum), "approved");
        run.until_state("museum", museum, "posted").await;
        let waited = world.clock.now().duration_since(started);
        assert_eq!(waited.as_secs(), 5);
    });
}

fn ill(run: &Run) -> Vec<ServiceHealth> {
    let services = run.engine.services().into_iter();
    services
        .filter(|health| health.state != BreakerState::Closed)
        .collect()
}

#[test]
fn a_client_whose_posts_fail_is_left_alone_and_nobody_else_is() {
    let world = busy_world(&["harbour", "museum"]);
    live(&world, async |run| {
        world.x.next(&client("harbour"), vec![Sending::NotSent; 5]);
        let mut tweets = Vec::new();
        for at in 0..5 {
            tweets.push(run.approved("harbour", minutes(5) + seconds(at)).await);
        }
        let museum = run.approved("museum", minutes(5) + seconds(6)).await;
        run.until("harbour is left alone", |run| !ill(run).is_empty())
            .await;
        let left_alone = ill(&run);
        assert_eq!(left_alone.len(), 1);
        assert_eq!(left_alone[0].client, Some(client("harbour")));
        assert!(left_alone[0].reason.is_some());
        run.until_state("museum", museum, "posted").await;
        assert!(!ill(&run).is_empty(), "museum did not have to wait");
        for tweet in tweets {
            run.until_state("harbour", tweet, "posted").await;
        }
        assert!(ill(&run).is_empty());
    });
}

#[test]
fn what_waits_for_a_service_that_is_left_alone_leaves_no_trace_in_the_journal() {
    let world = busy_world(&["harbour"]);
    live(&world, async |run| {
        world.x.next(&client("harbour"), vec![Sending::NotSent; 5]);
        for at in 0..5 {
            run.approved("harbour", minutes(5) + seconds(at)).await;
        }
        run.until("harbour is left alone", |run| !ill(run).is_empty())
            .await;
        let attempts = || async {
            let events = run.events("harbour").await;
            events
                .iter()
                .filter(|event| *event == "publish_started")
                .count()
        };
        let before = attempts().await;
        run.advance(seconds(25)).await;
        assert_eq!(attempts().await, before);
    });
}

#[test]
fn posts_go_out_on_time_while_texts_are_written_and_calls_of_the_model_hang() {
    let world = busy_world(&["harbour", "museum"]);
    live(&world, async |run| {
        let museum = run.approved("museum", minutes(5)).await;
        let slot = run.tweet("museum", museum).slot;
        world.model.gate.shut();
        for at in 0..60 {
            run.plan("harbour", minutes(600 + at)).await;
        }
        run.until_state("museum", museum, "posted").await;
        assert_eq!(world.x.timeline(&handle("museum"))[0].created_at, slot);
    });
}

/// The world's clock, which panics when limits are counted by it, once it is told to.
struct Trap {
    clock: Arc<dyn Clock>,
    sprung: Arc<AtomicBool>,
}

#[async_trait]
impl Clock for Trap {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn steady(&self) -> Duration {
        if self.sprung.load(Ordering::SeqCst) {
            scripted_panic("counting a limit");
        }
        let since = self.clock.now().duration_since(Timestamp::UNIX_EPOCH);
        since.unsigned_abs()
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }
}

#[test]
fn a_limiter_that_is_gone_is_the_end_of_the_process_and_nothing_is_sent() {
    let world = World::with_clients(&["harbour"]);
    let sprung = Arc::new(AtomicBool::new(false));
    let clock = Trap {
        clock: Arc::new(world.clock.clone()),
        sprung: sprung.clone(),
    };
    let tweet = live_by(&world, Arc::new(clock), async |run| {
        let tweet = run.approved("harbour", minutes(5)).await;
        sprung.store(true, Ordering::SeqCst);
        run.advance(minutes(6)).await;
        let engine = run.engine.clone();
        let reason = run.answer(async move { engine.failed().await }).await;
        let reason = reason.expect("the engine has failed");
        assert!(reason.contains("limiter"), "{reason}");
        tweet
    });
    assert!(world.x.live(&handle("harbour")).is_empty());
    live(&world, async |run| {
        run.until_state("harbour", tweet, "posted").await;
    });
}

#[test]
fn an_engine_that_is_told_to_stop_has_not_failed() {
    let world = World::with_clients(&["harbour"]);
    live(&world, async |run| {
        let engine = run.engine.clone();
        run.answer(async move { engine.stop().await })
            .await
            .unwrap();
        run.settle().await;
        let engine = run.engine.clone();
        assert_eq!(run.answer(async move { engine.failed().await }).await, None);
    });
}

/// A clock whose wall time can be set while its steady time goes on.
struct Skewed {
    clock: Arc<dyn Clock>,
    ahead: Duration,
    set_back: Arc<AtomicBool>,
}

#[async_trait]
impl Clock for Skewed {
    fn now(&self) -> Timestamp {
        let now = self.clock.now();
        if self.set_back.load(Ordering::SeqCst) {
            now
        } else {
            now + self.ahead
        }
    }

    fn steady(&self) -> Duration {
        let since = self.clock.now().duration_since(Timestamp::UNIX_EPOCH);
        since.unsigned_abs()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let now = self.now();
        let left = at.duration_since(now).max(jiff::SignedDuration::ZERO);
        self.clock.sleep(left.unsigned_abs()).await;
    }

    async fn sleep(&self, time: Duration) {
        self.clock.sleep(time).await;
    }
}

async fn granted(limiter: &Limiter, run: &Run, name: &str) -> usize {
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let (limiter, id) = (limiter.clone(), client(name));
        waiting.push(tokio::task::spawn_local(async move {
            limiter.acquire(Service::X, &id, Class::Post).await
        }));
    }
    run.settle().await;
    let done = waiting.iter().filter(|wait| wait.is_finished()).count();
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    run.settle().await;
    done
}

#[test]
fn a_wall_clock_that_is_set_back_neither_stalls_quotas_nor_hands_out_more() {
    live(&World::with_clients(&[]), async |run| {
        let set_back = Arc::new(AtomicBool::new(false));
        let clock = Skewed {
            clock: Arc::new(run.world.clock.clone()),
            ahead: minutes(60),
            set_back: set_back.clone(),
        };
        let mut limits = generous();
        limits.x.client = quota(10, minutes(10));
        limits.x.at_once = 100;
        let limiter = RateLimiter::start_with(Arc::new(clock), &limits);
        assert_eq!(granted(&limiter, &run, "a").await, 5);
        set_back.store(true, Ordering::SeqCst);
        assert_eq!(granted(&limiter, &run, "a").await, 0);
        run.advance(minutes(4) + seconds(1)).await;
        assert_eq!(granted(&limiter, &run, "a").await, 2);
        set_back.store(false, Ordering::SeqCst);
        assert_eq!(granted(&limiter, &run, "a").await, 0);
    });
}
