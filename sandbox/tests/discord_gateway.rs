//! The gateway over a raw websocket: sessions, heartbeats, RESUME, faults, and what happens to events meanwhile.
#![allow(clippy::unwrap_used)]

#[path = "support/guild.rs"]
mod guild;
#[path = "support/http.rs"]
mod http;

use std::time::Duration;

use clara_sandbox::discord::DiscordLimits;
use clara_sandbox::{FaultKind, FaultRule};
use guild::{GUILDS, Line, Rig, SOON, commands, identify, token};
use serde_json::json;

/// A world with commands and a connected bot that has read its guild.
async fn connected() -> (Rig, Line) {
    let rig = Rig::start().await;
    rig.register(&commands()).await;
    let mut line = Line::identify(&rig, GUILDS).await;
    line.event("GUILD_CREATE").await;
    (rig, line)
}

async fn ask(rig: &Rig) {
    rig.discord().command("maya", "ops", "/ask").await.unwrap();
}

#[tokio::test]
async fn a_session_begins_with_ready_and_the_guild() {
    let rig = Rig::start().await;
    let mut line = Line::connect(&rig).await;
    assert!(!rig.discord().is_connected());
    line.say(&identify(&token(), GUILDS)).await;
    let ready = line.event("READY").await;
    assert_eq!(ready["v"], 10);
    assert!(
        ready["resume_gateway_url"]
            .as_str()
            .unwrap()
            .starts_with("ws://127.0.0.1:")
    );
    let guild = line.event("GUILD_CREATE").await;
    assert_eq!(guild["channels"].as_array().unwrap().len(), 5);
    assert_eq!(guild["roles"][0]["name"], "@everyone");
    assert!(rig.discord().wait_connected(SOON).await);
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_missing_ones_close_the_connection() {
    let quick = DiscordLimits {
        heartbeat_interval: Duration::from_millis(50),
        ..DiscordLimits::default()
    };
    let rig = Rig::with_limits(quick).await;
    let mut line = Line::identify(&rig, 0).await;
    line.say(&json!({"op": 1, "d": line.seq})).await;
    assert_eq!(line.read().await.unwrap()["op"], 11);
    assert_eq!(line.closed().await, 4009);
    let gone = rig
        .discord()
        .wait_for(SOON, |discord| (!discord.is_connected()).then_some(()));
    assert!(gone.await.is_some());
}

#[tokio::test]
async fn what_a_client_must_not_do_closes_with_the_documented_code() {
    let rig = Rig::start().await;
    let first_words = [
        (identify("Bot wrong", GUILDS), 4004),
        (identify(&token(), 1 << 15), 4014),
        (json!({"op": 3, "d": {}}), 4003),
        (json!({"op": 42}), 4001),
        (json!({"op": 2, "d": {}}), 4002),
    ];
    for (words, code) in first_words {
        let mut line = Line::connect(&rig).await;
        line.say(&words).await;
        assert_eq!(line.closed().await, code, "{words}");
    }
    let mut line = Line::identify(&rig, 0).await;
    line.say(&identify(&token(), 0)).await;
    assert_eq!(line.closed().await, 4005);
}

#[tokio::test]
async fn the_identifies_of_a_day_are_limited() {
    let rig = Rig::with_limits(DiscordLimits {
        identifies: 1,
        ..DiscordLimits::default()
    })
    .await;
    let _first = Line::identify(&rig, 0).await;
    let left = rig.call("GET", "/gateway/bot", &json!(null)).await.json();
    assert_eq!(left["session_start_limit"]["remaining"], 0);
    let mut second = Line::connect(&rig).await;
    second.say(&identify(&token(), 0)).await;
    assert_eq!(second.closed().await, 4004);
}

#[tokio::test]
async fn a_resume_brings_what_was_missed_and_only_that() {
    let (rig, mut line) = connected().await;
    ask(&rig).await;
    line.event("INTERACTION_CREATE").await;
    let (session, seq) = (line.session.clone(), line.seq);
    rig.sandbox.faults.add(
        FaultRule::new("discord", FaultKind::GatewayDrop)
            .on("gateway")
            .times(1),
    );
    assert_eq!(line.closed().await, 0, "no close frame");
    let lost = rig
        .discord()
        .wait_for(SOON, |discord| (!discord.is_connected()).then_some(()));
    assert!(lost.await.is_some());
    ask(&rig).await;
    let mut line = Line::resume(&rig, &session, seq).await;
    let missed = line.event("INTERACTION_CREATE").await;
    assert_eq!(missed["data"]["name"], "ask");
    assert_eq!(line.seq, seq + 1);
    line.event("RESUMED").await;
}

#[tokio::test]
async fn a_session_that_is_unknown_or_too_old_is_invalid() {
    let (rig, line) = connected().await;
    let mut stranger = Line::resume(&rig, "no-such-session", 1).await;
    assert_eq!(stranger.read().await.unwrap()["op"], 9);
    rig.discord().set_limits(DiscordLimits {
        resume_events: 1,
        ..DiscordLimits::default()
    });
    for _ in 0..3 {
        ask(&rig).await;
    }
    let mut late = Line::resume(&rig, &line.session, line.seq).await;
    let answer = late.read().await.unwrap();
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
}

#[tokio::test]
async fn a_resume_ahead_of_the_session_is_refused() {
    let (rig, line) = connected().await;
    let mut ahead = Line::resume(&rig, &line.session, line.seq + 5).await;
    assert_eq!(ahead.closed().await, 4007);
}

#[tokio::test]
async fn what_is_raised_while_nobody_is_connected_is_lost() {
    let rig = Rig::start().await;
    rig.register(&commands()).await;
    let id = rig.discord().command("maya", "ops", "/ask").await.unwrap();
    let view = rig.discord().wait_interaction(id, SOON).await.unwrap();
    assert!(!view.delivered && view.done);
    assert_eq!(
        view.failed.as_deref(),
        Some("The application did not respond")
    );
    let mut line = Line::identify(&rig, GUILDS).await;
    line.event("GUILD_CREATE").await;
    ask(&rig).await;
    let next = line.event("INTERACTION_CREATE").await;
    assert_ne!(next["id"], json!(id), "the lost one does not come back");
}

#[tokio::test]
async fn a_reconnect_is_asked_for_and_an_invalid_session_said() {
    let (rig, mut line) = connected().await;
    rig.sandbox.faults.add(
        FaultRule::new("discord", FaultKind::GatewayReconnect)
            .on("gateway")
            .times(1),
    );
    assert_eq!(line.read().await.unwrap()["op"], 7);
    rig.discord().invalidate_sessions();
    assert_eq!(line.read().await.unwrap()["op"], 9);
    line.say(&identify(&token(), 0)).await;
    line.event("READY").await;
}

#[tokio::test]
async fn messages_are_told_only_to_those_who_asked_for_them() {
    let (rig, mut deaf) = connected().await;
    let mut hearing = Line::identify(&rig, 1 << 9).await;
    rig.send("ops", &json!({"content": "hello"})).await;
    let message = hearing.event("MESSAGE_CREATE").await;
    assert_eq!(message["content"], "hello");
    assert!(message["guild_id"].is_string());
    ask(&rig).await;
    deaf.event("INTERACTION_CREATE").await;
}

#[tokio::test]
async fn an_orderly_goodbye_ends_the_session() {
    let (rig, line) = connected().await;
    let (session, seq) = (line.session.clone(), line.seq);
    line.goodbye().await;
    let gone = rig
        .discord()
        .wait_for(SOON, |discord| (!discord.is_connected()).then_some(()));
    assert!(gone.await.is_some());
    let mut again = Line::resume(&rig, &session, seq).await;
    assert_eq!(again.read().await.unwrap()["op"], 9);
}
