//! How the services fare, as `/status` tells it: whether calls to them go through, and what waits where they do not.

use clara_actors::gateway::breaker::BreakerState;
use clara_actors::handle::ServiceHealth;
use clara_actors::limiter::Service;

use crate::discord::escape::line;
use crate::discord::times::readers;

/// One line for each service, or client of a service, whose calls do not go through. Nothing is said of those that work.
pub(crate) fn services(healths: &[ServiceHealth]) -> Vec<String> {
    healths.iter().filter_map(trouble).collect()
}

fn trouble(health: &ServiceHealth) -> Option<String> {
    let next = match health.state {
        BreakerState::Closed => return None,
        BreakerState::Open { until } => format!("it is tried again {}", readers(until)),
        BreakerState::HalfOpen { .. } => "it is being tried again right now".to_owned(),
    };
    let client = health.client.as_ref();
    let whose = client.map_or_else(String::new, |client| format!(" for `{client}`"));
    let (name, waits) = match (health.service, client) {
        (Service::X, None) => (
            "X",
            "what is to be posted or deleted waits, for all clients",
        ),
        (Service::X, Some(_)) => (
            "X",
            "what that client is to post or delete waits, nobody else's",
        ),
        (Service::Model, _) => ("The language model", "what is to be written waits"),
    };
    let since = health
        .since
        .map_or_else(String::new, |at| format!(" since {}", readers(at)));
    let reason = health.reason.as_deref().unwrap_or("no answer");
    Some(format!(
        "🔌 **{name} does not work{whose}**{since} ({}): {waits}, nothing is lost; {next}.",
        line(reason, 120)
    ))
}
