//! Troubles of every kind that the simulators know, switched on and off: whose, what, where and for how long is drawn.
//!
//! A lag of reads stays under the five minutes after which Clara believes her third look: beyond that the double post is
//! the one that docs/semantics.md says she cannot see.

use std::sync::Arc;
use std::time::Duration;

use clara_sandbox::{FaultKind, FaultRule};

use super::draw::Draw;
use super::scene::{Phase, Scene};

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
        let (rule, longest) = rule(scene, &mut draw, service);
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
fn rule(scene: &Scene, draw: &mut Draw, service: &str) -> (FaultRule, u64) {
    match service {
        "x" => x(scene, draw),
        "openai" => (openai(draw), 3_000),
        _ => discord(scene, draw),
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
fn x(scene: &Scene, draw: &mut Draw) -> (FaultRule, u64) {
    let handles: Vec<&str> = scene
        .clients
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
        32..45 => {
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
    match draw.below(100) {
        0..15 => FaultKind::TooManyRequests {
            retry_after: wait(draw, 1, 20),
        },
        15..20 => FaultKind::InsufficientQuota,
        20..24 => FaultKind::TokenRevoked,
        24..36 => FaultKind::BadJson,
        36..44 => FaultKind::Refusal,
        44..54 => FaultKind::TooLong,
        54..62 => FaultKind::LengthCut,
        _ => common(draw),
    }
}

fn discord(scene: &Scene, draw: &mut Draw) -> (FaultRule, u64) {
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
    let channels: Vec<&String> = scene
        .clients
        .values()
        .map(|client| &client.channel)
        .collect();
    if draw.percent(50) {
        let channel = draw.pick(&channels);
        (rule.of(channel), 5_000)
    } else {
        (rule, 1_500)
    }
}
