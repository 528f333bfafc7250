//! Pausing and resuming, as managers do: what Clara paused is resumed once its cause is mended; now and then a client
//! is paused for no reason of Clara's.

use std::sync::Arc;
use std::time::Duration;

use super::acts::Answer;
use super::draw::Draw;
use super::scene::{Phase, Scene};
use super::town::MANAGERS;

/// How often somebody tries to resume.
const TRIES: u32 = 20;
/// How often, at the end, somebody goes through all clients and sees whether one is still paused.
const ROUND: Duration = Duration::from_secs(15);

/// An alert was read. Where it says that something is paused, a manager sees to it.
pub(super) fn heard(scene: &Arc<Scene>, alert: &str) {
    if !alert.contains("paused") {
        return;
    }
    let named = scene
        .clients
        .keys()
        .find(|id| alert.contains(&format!("`{id}`")));
    let line = match named {
        Some(client) => format!("/client resume client:{client}"),
        None => everything(scene),
    };
    tokio::spawn(resume(scene.clone(), line));
}

/// What lets everything go on after Clara has held it all.
fn everything(scene: &Scene) -> String {
    if scene.knows("resume") {
        "/resume"
    } else {
        "/status"
    }
    .to_owned()
}

async fn resume(scene: Arc<Scene>, line: String) {
    let mut draw = Draw::of(scene.seed, &line, scene.stats.counts().resumed);
    for _ in 0..TRIES {
        if !scene.pause(draw.millis(1_500, 6_000), Phase::Over).await {
            return;
        }
        match scene.types(*draw.pick(&MANAGERS), &line).await {
            Answer::Yes(_) => return scene.stats.count(|counts| counts.resumed += 1),
            Answer::No(text) if text.contains("not paused") => return,
            Answer::No(_) | Answer::Perhaps(_) | Answer::Silence => {}
        }
    }
}

/// Pauses a client now and then, and resumes it.
pub(super) async fn go(scene: Arc<Scene>) {
    let mut draw = Draw::of(scene.seed, "pauses", 0);
    let ids: Vec<String> = scene.clients.keys().cloned().collect();
    while scene.pause(draw.millis(5_000, 25_000), Phase::Rest).await {
        let client = draw.pick(&ids).clone();
        let line =
            format!("/client pause client:{client} reason:\"the shop is closed for a moment\"");
        let answer = scene.types(*draw.pick(&MANAGERS), &line).await;
        if !answer.is_no() {
            let line = format!("/client resume client:{client}");
            tokio::spawn(resume(scene.clone(), line));
        }
    }
    scene.until(Phase::Rest).await;
    loop {
        go_round(&scene, &ids).await;
        if !scene.pause(ROUND, Phase::Over).await {
            return;
        }
    }
}

/// Nobody rests before every client posts again: an alert may have been lost to a kill.
async fn go_round(scene: &Arc<Scene>, ids: &[String]) {
    if scene.knows("resume") {
        scene.types(MANAGERS[0], "/resume").await;
    }
    for client in ids {
        if scene.phase() == Phase::Over {
            return;
        }
        let discord = &scene.sandbox.discord;
        let line = format!("/client show client:{client}");
        let Ok(id) = discord.command(MANAGERS[0], "ops", &line).await else {
            continue;
        };
        let view = scene.answered(id).await;
        let text = view
            .and_then(|view| view.response)
            .map(|message| message.text());
        if text.is_some_and(|text| text.contains("Paused")) {
            scene
                .types(MANAGERS[0], &format!("/client resume client:{client}"))
                .await;
        }
    }
}
