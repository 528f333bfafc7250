//! Pausing and resuming, as managers do: what Clara paused is resumed once its cause is mended; now and then a client
//! is paused for no reason of Clara's.

use std::sync::Arc;
use std::time::Duration;

use super::acts::Answer;
use super::draw::Draw;
use super::evidence::What;
use super::scene::{Phase, Scene};
use super::town::MANAGERS;

/// How often somebody tries to resume.
const TRIES: u32 = 20;
/// How often, at the end, somebody goes through all clients and sees whether one is still paused.
const ROUND: Duration = Duration::from_secs(15);

/// What lets everything go on after it was held for all.
const EVERYBODY: &str = "/resume";

/// An alert was read. Where it says that something is paused, a manager sees to it.
pub(super) fn heard(scene: &Arc<Scene>, alert: &str) {
    let named = |id: &&String| alert.contains(&format!("Clara paused `{id}`"));
    let line = if alert.contains("Nothing is posted for any client") {
        EVERYBODY.to_owned()
    } else if let Some(client) = scene.clients.keys().find(named) {
        format!("/client resume client:{client}")
    } else {
        return;
    };
    tokio::spawn(resume(scene.clone(), line));
}

async fn resume(scene: Arc<Scene>, line: String) {
    let mut draw = Draw::of(scene.seed, &line, scene.stats.counts().resumed);
    for _ in 0..TRIES {
        if !scene.pause(draw.millis(1_500, 6_000), Phase::Over).await {
            return;
        }
        match scene.types(draw.pick(&MANAGERS), &line).await {
            Answer::Yes(_) => return scene.stats.count(|counts| counts.resumed += 1),
            Answer::No(text)
                if text.contains("not paused") || text.contains("nothing to resume") =>
            {
                return;
            }
            Answer::No(_) | Answer::Perhaps(_) | Answer::Silence => {}
        }
    }
}

/// Pauses a client now and then, and resumes it.
pub(super) async fn go(scene: Arc<Scene>) {
    let mut draw = Draw::of(scene.seed, "pauses", 0);
    let ids: Vec<&String> = scene.clients.keys().collect();
    while scene.pause(draw.millis(5_000, 25_000), Phase::Rest).await {
        let (line, back) = if draw.percent(15) {
            let line = "/pause reason:\"everything stops for a moment\"";
            (line.to_owned(), EVERYBODY.to_owned())
        } else {
            let client = draw.pick(&ids);
            let line =
                format!("/client pause client:{client} reason:\"the shop is closed for a moment\"");
            (line, format!("/client resume client:{client}"))
        };
        if !scene.types(draw.pick(&MANAGERS), &line).await.is_no() {
            tokio::spawn(resume(scene.clone(), back));
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
async fn go_round(scene: &Arc<Scene>, ids: &[&String]) {
    scene.types(MANAGERS[0], EVERYBODY).await;
    cancel_the_unwritten(scene).await;
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

/// What is planned and not yet written, and so has no card, is not waited for.
async fn cancel_the_unwritten(scene: &Scene) {
    for tweet in scene.ledger.unseen() {
        let line = format!("/tweet cancel id:{tweet}");
        let answer = scene.types(MANAGERS[0], &line).await;
        let stamp = scene.stamp();
        scene.ledger.note(
            &tweet,
            format!("{stamp} {}: {line} -> {}", MANAGERS[0], answer.told()),
        );
        if !answer.is_no() {
            let certain = matches!(answer, Answer::Yes(_));
            scene.ledger.decision(&tweet, What::Cancelled, certain);
        }
    }
}
