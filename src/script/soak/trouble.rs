//! Troubles of every kind that the simulators know, switched on and off: whose, what, where and for how long is drawn.
//!
//! One is left out, a bot token that Discord refuses: an engine ends by it, as it should, and only a person who has another
//! token can start it again. A lag of reads stays under the five minutes after which Clara believes her third look: beyond
//! that the double post is the one that docs/semantics.md says she cannot see.

use std::sync::Arc;
use std::time::Duration;

use clara_sandbox::{FaultKind, FaultRule};

use super::draw::Draw;
use super::scene::{Phase, Scene};
use super::town::Clients;

/// The services that can be in trouble.
pub(super) const SERVICES: [&str; 3] = ["x", "openai", "discord"];
/// Troubles that one service has in turn, in streams that overlap.
const STREAMS: u64 = 2;

/// Switches troubles of a service on and off until the load is over.
pub(super) async fn go(scene: Arc<Scene>, service: &'static str) {
    let streams = (0..STREAMS).map(|stream| one_after_the_other(&scene, service, stream));
    futures::future::join_all(streams).await;
}

async fn one_after_the_other(scene: &Scene, service: &'static str, stream: u64) {
    let mut draw = Draw::of(scene.seed, service, stream);
    while scene.pause(draw.millis(500, 5_000), Phase::Rest).await {
        scene.stats.count(|counts| counts.faults += 1);
        if service == "discord" && draw.percent(15) {
            gateway(scene, &mut draw);
            continue;
        }
        let (rule, longest) = rule(&scene.clients, &mut draw, service);
        let id = scene.sandbox.faults.add(rule);
        scene.pause(draw.millis(300, longest), Phase::Rest).await;
        scene.sandbox.faults.clear(Some(id));
    }
}

fn gateway(scene: &Scene, draw: &mut Draw) {
    let discord = &scene.sandbox.discord;
    match draw.below(3) {
        0 => discord.drop_gateway(),
        1 => discord.ask_to_reconnect(),
        _ => discord.invalidate_sessions(),
    }
}

/// A trouble, and for how many milliseconds at most.
fn rule(clients: &Clients, draw: &mut Draw, service: &str) -> (FaultRule, u64) {
    match service {
        "x" => x(clients, draw),
        "openai" => (openai(draw), 3_000),
        _ => discord(clients, draw),
    }
}

fn wait(draw: &mut Draw, low: u64, high: u64) -> Duration {
    Duration::from_secs(draw.between(low, high))
}

/// What any service can do to a request.
fn common(draw: &mut Draw) -> FaultKind {
    let status = draw.pick(&[500, 502, 503, 504]);
    match draw.below(5) {
        0 => FaultKind::ServerError { status },
        1 => FaultKind::ServerErrorAfter { status },
        2 => FaultKind::AnswerLost,
        3 => FaultKind::RequestLost,
        _ => FaultKind::Slow {
            by: draw.millis(200, 3_000),
        },
    }
}

/// Of one account mostly, of all now and then.
fn x(clients: &Clients, draw: &mut Draw) -> (FaultRule, u64) {
    let handles: Vec<&str> = clients
        .values()
        .map(|client| client.handle.as_str())
        .collect();
    let of_one = |rule: FaultRule, draw: &mut Draw| rule.of(draw.pick(&handles));
    let some = |rule: FaultRule, draw: &mut Draw| {
        if draw.percent(50) {
            of_one(rule, draw)
        } else {
            rule
        }
    };
    let operation = draw.pick(&["create_tweet", "create_tweet", "timeline", "me"]);
    match draw.below(100) {
        0..15 => {
            let kind = FaultKind::TooManyRequests {
                retry_after: wait(draw, 10, 300),
            };
            (some(FaultRule::new("x", kind).on(operation), draw), 3_000)
        }
        15..19 => (
            of_one(
                FaultRule::new("x", FaultKind::UsageCapped).on("create_tweet"),
                draw,
            ),
            4_000,
        ),
        19..29 => (
            of_one(FaultRule::new("x", FaultKind::TokenRevoked), draw),
            8_000,
        ),
        29..32 => (FaultRule::new("x", FaultKind::CreditsDepleted), 1_500),
        // Asked by an engine that does not know the account yet: only behind a kill, so one account would hardly ever be hit.
        32..37 => (
            some(FaultRule::new("x", FaultKind::OtherAccount).on("me"), draw),
            8_000,
        ),
        37..50 => {
            let kind = FaultKind::ReadLag {
                by: wait(draw, 20, 240),
            };
            (some(FaultRule::new("x", kind).on("timeline"), draw), 20_000)
        }
        _ => {
            let rule = FaultRule::new("x", common(draw)).on(operation);
            (some(rule, draw), 4_000)
        }
    }
}

/// Of all its parts mostly, of one now and then: each is left alone by itself.
fn openai(draw: &mut Draw) -> FaultRule {
    let rule = FaultRule::new("openai", openai_kind(draw));
    match draw.below(100) {
        0..20 => rule.on("embeddings"),
        20..40 => rule.on("moderations"),
        _ => rule,
    }
}

fn openai_kind(draw: &mut Draw) -> FaultKind {
    let retry_after = wait(draw, 1, 20);
    match draw.below(100) {
        0..12 => FaultKind::TooManyRequests { retry_after },
        12..18 => FaultKind::TokensPerMinute { retry_after },
        18..23 => FaultKind::InsufficientQuota,
        23..27 => FaultKind::TokenRevoked,
        27..37 => FaultKind::BadJson,
        37..43 => FaultKind::Refusal,
        43..51 => FaultKind::TooLong,
        51..57 => FaultKind::LengthCut,
        57..61 => FaultKind::ContentFilter,
        61..65 => FaultKind::ContextTooLong,
        65..69 => FaultKind::ModelNotFound,
        _ => common(draw),
    }
}

fn discord(clients: &Clients, draw: &mut Draw) -> (FaultRule, u64) {
    let operation = draw.pick(&[
        "create_message",
        "edit_message",
        "edit_message",
        "interaction_callback",
        "edit_response",
        "followup",
    ]);
    let kind = match draw.below(100) {
        0..20 => FaultKind::TooManyRequests {
            retry_after: draw.millis(100, 1_500),
        },
        20..28 => FaultKind::BadJson,
        _ => common(draw),
    };
    let rule = FaultRule::new("discord", kind).on(operation);
    let channels: Vec<&String> = clients.values().map(|client| &client.channel).collect();
    if draw.percent(50) {
        let channel = draw.pick(&channels);
        (rule.of(channel), 5_000)
    } else {
        (rule, 1_500)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::super::town;
    use super::*;

    /// The kinds that a service has in a long soak, by their names in the sandbox.
    fn drawn(service: &str) -> BTreeSet<String> {
        let (_, clients) = town::build(7, 3);
        let mut draw = Draw::of(7, service, 0);
        let rules = (0..5_000).map(|_| rule(&clients, &mut draw, service).0);
        let kinds = rules.map(|rule| serde_json::to_value(rule.kind).unwrap());
        kinds
            .map(|kind| kind["type"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn every_trouble_of_a_service_comes_to_be_drawn() {
        let any = [
            "answer_lost",
            "request_lost",
            "server_error",
            "server_error_after",
            "slow",
            "too_many_requests",
        ];
        let with = |own: &[&str]| {
            any.iter()
                .chain(own)
                .map(|kind| (*kind).to_owned())
                .collect()
        };
        let of_x: BTreeSet<String> = with(&[
            "credits_depleted",
            "other_account",
            "read_lag",
            "token_revoked",
            "usage_capped",
        ]);
        assert_eq!(drawn("x"), of_x);
        let of_openai: BTreeSet<String> = with(&[
            "bad_json",
            "content_filter",
            "context_too_long",
            "insufficient_quota",
            "length_cut",
            "model_not_found",
            "refusal",
            "token_revoked",
            "tokens_per_minute",
            "too_long",
        ]);
        assert_eq!(drawn("openai"), of_openai);
        let of_discord: BTreeSet<String> = with(&["bad_json"]);
        assert_eq!(drawn("discord"), of_discord);
    }
}
