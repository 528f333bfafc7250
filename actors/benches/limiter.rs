//! What a permit costs: taken and given back by many clients, beside a bare check of the quota underneath.
//!
//! `cargo bench -p clara-actors --bench limiter [-- CLIENTS PERMITS]`. The same number of permits is handed out with
//! nobody waiting, and with one client that has 500 calls waiting in front of a quota that is used up.

use std::io::Write;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clara_actors::limiter::{Class, Limiter, Limits, Quota, RateLimiter, Service, ServiceLimits};
use clara_actors::ports::Clock;
use clara_adapters::clock::SystemClock;
use clara_domain::ids::ClientId;

fn limits() -> Limits {
    let quota = Quota {
        calls: 1_000_000_000,
        per: Duration::from_secs(1),
    };
    let service = ServiceLimits {
        app: quota,
        client: quota,
        at_once: 8,
    };
    Limits {
        x: service.clone(),
        model: service,
    }
}

fn bare(clients: &[ClientId], permits: usize) -> Duration {
    let quota = governor::Quota::per_second(NonZeroU32::MAX);
    let (app, keyed) = (
        governor::RateLimiter::direct(quota),
        governor::RateLimiter::hashmap(quota),
    );
    let started = Instant::now();
    for client in clients.iter().cycle().take(permits) {
        assert!(app.check().is_ok() && keyed.check_key(client).is_ok());
    }
    started.elapsed()
}

async fn through(limiter: &Limiter, clients: &[ClientId], permits: usize) -> Duration {
    let started = Instant::now();
    for client in clients.iter().cycle().take(permits) {
        let permit = limiter.acquire(Service::X, client, Class::Post).await;
        assert!(permit.is_some());
    }
    started.elapsed()
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let count = numbers.first().copied().unwrap_or(50);
    let permits = numbers.get(1).copied().unwrap_or(200_000);
    let clients: Vec<ClientId> = (0..count)
        .map(|number| ClientId::new(format!("client-{number}")).expect("a short name"))
        .collect();
    let bare = bare(&clients, permits);
    let (quiet, noisy) = actix::System::new().block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let limiter = RateLimiter::start_with(clock, &limits());
        let quiet = through(&limiter, &clients, permits).await;
        let noisy = ClientId::new("noisy").expect("a short name");
        let until = jiff::Timestamp::now() + Duration::from_secs(3600);
        limiter.block(Service::X, Some(&noisy), until);
        for _ in 0..500 {
            let (limiter, noisy) = (limiter.clone(), noisy.clone());
            actix::spawn(async move { limiter.acquire(Service::X, &noisy, Class::Post).await });
        }
        (quiet, through(&limiter, &clients, permits).await)
    });
    let rate = |time: Duration| permits as f64 / time.as_secs_f64();
    let out = &mut std::io::stdout();
    let report = format!(
        "{permits} permits, {count} clients\n\
         bare checks of two quotas: {:.0}/s\n\
         permits, nobody waits:     {:.0}/s ({:.3} of that)\n\
         permits, 500 calls wait:   {:.0}/s ({:.3} of that)\n",
        rate(bare),
        rate(quiet),
        rate(quiet) / rate(bare),
        rate(noisy),
        rate(noisy) / rate(bare),
    );
    out.write_all(report.as_bytes()).expect("somebody reads it");
}
