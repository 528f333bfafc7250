//! Pausing and resuming, as managers do: what Clara paused is resumed once its cause is mended; now and then a client
//! is paused for no reason of Clara's.

use std::sync::Arc;
use std::time::Duration;

use super::acts::Answer;
use super::draw::Draw;
use super::evidence::What;
use super::pauses::ON_THE_WIRE;
use super::scene::{Phase, Scene};
use super::town::MANAGERS;

/// How often somebody tries to resume.
const TRIES: u32 = 20;
/// How long a manager leaves something paused, in milliseconds at most: far more than a post can be on its way, so that
/// something would have gone out.
const LONGEST_PAUSE: u64 = 8_000;
/// How often, at the end, somebody goes through all clients and sees whether one is still paused.
const ROUND: Duration = Duration::from_secs(15);

/// An alert was read. Where it says that something is paused, a manager sees to it.
pub(super) fn heard(scene: &Arc<Scene>, alert: &str) {
    let named = |id: &&String| alert.contains(&format!("Clara paused `{id}`"));
    let client = if alert.contains("Nothing is posted for any client") {
        None
    } else if let Some(client) = scene.clients.keys().find(named) {
        Some(client.clone())
    } else {
        return;
    };
    tokio::spawn(resume(scene.clone(), client));
}

/// Lets a client go on, or everything that was held for all.
async fn resume(scene: Arc<Scene>, client: Option<String>) {
    let purpose = client.as_deref().unwrap_or("everybody");
    let mut draw = Draw::of(scene.seed, purpose, scene.stats.counts().resumed);
    for _ in 0..TRIES {
        if !scene.pause(draw.millis(1_500, 6_000), Phase::Over).await {
            return;
        }
        match try_to_resume(&scene, draw.pick(&MANAGERS), client.as_deref()).await {
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

/// Every try is in the book of pauses before it is made: from then on nobody relies on them.
async fn try_to_resume(scene: &Scene, who: &str, client: Option<&str>) -> Answer {
    let line = match client {
        Some(client) => format!("/client resume client:{client}"),
        None => "/resume".to_owned(),
    };
    let number = scene.pauses.resuming(client, scene.second());
    let answer = scene.types(who, &line).await;
    if matches!(answer, Answer::Yes(_) | Answer::No(_)) {
        scene.pauses.answered(number, scene.second());
    }
    answer
}

/// Pauses a client now and then, or all of them.
pub(super) async fn go(scene: Arc<Scene>) {
    let mut draw = Draw::of(scene.seed, "pauses", 0);
    let ids: Vec<&String> = scene.clients.keys().collect();
    while scene.pause(draw.millis(5_000, 25_000), Phase::Rest).await {
        let client = (!draw.percent(15)).then(|| to_be_paused(&scene, &mut draw, &ids));
        let closed = draw.millis(0, LONGEST_PAUSE);
        pause(&scene, draw.pick(&MANAGERS), client, closed).await;
    }
    scene.until(Phase::Rest).await;
    loop {
        go_round(&scene, &ids).await;
        if !scene.pause(ROUND, Phase::Over).await {
            return;
        }
    }
}

/// Mostly a client of which something would go out soon: the others' pauses say little.
fn to_be_paused(scene: &Scene, draw: &mut Draw, ids: &[&String]) -> String {
    let (anybody, is_apt) = (draw.pick(ids), draw.percent(70));
    let now = scene.second();
    let due = scene
        .ledger
        .about_to_post(now + ON_THE_WIRE, now + 3 * ON_THE_WIRE);
    due.filter(|_| is_apt).unwrap_or_else(|| anybody.clone())
}

/// Pauses a client, or everything, and has it resumed after a while.
async fn pause(scene: &Arc<Scene>, who: &str, client: Option<String>, closed: Duration) {
    let line = match &client {
        Some(client) => {
            format!("/client pause client:{client} reason:\"the shop is closed for a moment\"")
        }
        None => "/pause reason:\"everything stops for a moment\"".to_owned(),
    };
    let asked = scene.second();
    let answer = scene.types(who, &line).await;
    if matches!(answer, Answer::Yes(_)) {
        let pauses = &scene.pauses;
        pauses.paused(client.as_deref(), asked, scene.second());
    }
    if answer.is_no() {
        return;
    }
    let scene = scene.clone();
    tokio::spawn(async move {
        scene.pause(closed, Phase::Rest).await;
        resume(scene, client).await;
    });
}

/// Nobody rests before every client posts again: an alert may have been lost to a kill.
async fn go_round(scene: &Arc<Scene>, ids: &[&String]) {
    try_to_resume(scene, MANAGERS[0], None).await;
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
            try_to_resume(scene, MANAGERS[0], Some(client)).await;
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
