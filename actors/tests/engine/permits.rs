//! Permits are leases: whoever holds one and goes away, however it goes, gives it back.

use std::sync::Arc;

use clara_actors::limiter::{Class, Limiter, Permit, RateLimiter, Service};
use clara_actors::ports::Clock;

use super::kit::{Run, World, client, generous, live, seconds};

fn limiter_for_one(run: &Run) -> Limiter {
    let mut limits = generous();
    limits.model.at_once = 1;
    let clock: Arc<dyn Clock> = Arc::new(run.world.clock.clone());
    RateLimiter::start_with(clock, &limits)
}

fn acquire(limiter: &Limiter, name: &str) -> tokio::task::JoinHandle<Option<Permit>> {
    let (limiter, id) = (limiter.clone(), client(name));
    tokio::task::spawn_local(
        async move { limiter.acquire(Service::Model, &id, Class::Write).await },
    )
}

#[test]
fn a_permit_comes_back_when_its_holder_is_dropped() {
    live(&World::with_clients(&[]), async |run| {
        let limiter = limiter_for_one(&run);
        let (first, second) = (acquire(&limiter, "a"), acquire(&limiter, "b"));
        run.settle().await;
        assert!(first.is_finished() && !second.is_finished());
        drop(first.await.unwrap());
        run.settle().await;
        assert!(second.is_finished());
    });
}

#[test]
fn a_permit_comes_back_from_a_holder_that_panics() {
    live(&World::with_clients(&[]), async |run| {
        let limiter = limiter_for_one(&run);
        let permit = acquire(&limiter, "a").await.unwrap();
        let panicked = tokio::task::spawn_local(async move {
            let _permit = permit;
            panic!("scripted panic: a holder");
        });
        assert!(panicked.await.is_err());
        let next = acquire(&limiter, "b");
        run.settle().await;
        assert!(next.is_finished());
    });
}

#[test]
fn whoever_stops_waiting_is_passed_over() {
    live(&World::with_clients(&[]), async |run| {
        let limiter = limiter_for_one(&run);
        let first = acquire(&limiter, "a").await.unwrap();
        let (gone, last) = (acquire(&limiter, "a"), acquire(&limiter, "a"));
        run.settle().await;
        gone.abort();
        drop(first);
        run.settle().await;
        assert!(last.is_finished());
    });
}

#[test]
fn a_limiter_that_is_closed_sends_everybody_away() {
    live(&World::with_clients(&[]), async |run| {
        let limiter = limiter_for_one(&run);
        let first = acquire(&limiter, "a").await.unwrap();
        let waiting = acquire(&limiter, "a");
        run.settle().await;
        limiter.close();
        run.settle().await;
        assert!(waiting.await.unwrap().is_none());
        drop(first);
        assert!(acquire(&limiter, "a").await.unwrap().is_none());
    });
}

#[test]
fn who_is_held_back_is_let_go_at_the_time_that_was_said() {
    live(&World::with_clients(&[]), async |run| {
        let limiter = limiter_for_one(&run);
        let until = run.engine.now() + seconds(60);
        limiter.block(Service::Model, Some(&client("a")), until);
        let waiting = acquire(&limiter, "a");
        run.advance(seconds(59)).await;
        assert!(!waiting.is_finished());
        run.advance(seconds(1)).await;
        assert!(waiting.is_finished());
    });
}
