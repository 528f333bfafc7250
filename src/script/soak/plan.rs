//! Ordering: ideas come one after the other, and somebody types each into the calendar.

use std::sync::Arc;
use std::time::Duration;

use super::acts::Answer;
use super::draw::Draw;
use super::idea::Idea;
use super::scene::{Phase, Scene};
use super::town::GUESTS;

/// Ideas for each client in a minute of the wall clock.
const EACH_MINUTE: f64 = 1.5;
/// How often somebody orders again what was not answered.
const TRIES: u32 = 4;

/// Has ideas until the load is over.
pub(super) async fn go(scene: Arc<Scene>) {
    let mut draw = Draw::of(scene.seed, "pace of ideas", 0);
    let mean = 60_000.0 / (EACH_MINUTE * scene.clients.len().max(1) as f64);
    for number in 0.. {
        let wait = draw.between(0, (2.0 * mean) as u64);
        if !scene.pause(Duration::from_millis(wait), Phase::Rest).await {
            return;
        }
        let idea = Idea::draw(scene.seed, number, &scene.clients);
        tokio::spawn(order(scene.clone(), idea));
    }
}

/// Types the order. Where no answer came, somebody looks whether it was taken, as far as one can, and types it again:
/// two tweets of one idea are better than none.
async fn order(scene: Arc<Scene>, idea: Idea) {
    let mut draw = Draw::of(scene.seed, "ordering", idea.number);
    if draw.percent(2) {
        without_the_right(&scene, &idea, draw.pick(&GUESTS)).await;
    }
    for _ in 0..TRIES {
        if draw.percent(85) {
            scene
                .sandbox
                .discord
                .wait_connected(Duration::from_secs(5))
                .await;
        }
        match scene.types(idea.by, &idea.line).await {
            Answer::Yes(text) => return promised(&scene, &idea, &text),
            Answer::Perhaps(_) => return,
            Answer::No(text) if is_for_now(&text) => {}
            Answer::No(_) => return,
            Answer::Silence => {}
        }
        if !scene.pause(draw.millis(500, 3000), Phase::Rest).await {
            return;
        }
    }
}

/// A refusal that is worth another try: the client starts, or is busy.
fn is_for_now(text: &str) -> bool {
    text.contains("Ask again")
}

fn promised(scene: &Scene, idea: &Idea, text: &str) {
    let ids = short_ids(text);
    scene
        .stats
        .count(|counts| counts.promised += ids.len() as u64);
    for id in ids {
        let line = format!("{} {}: {} -> promised", scene.stamp(), idea.by, idea.line);
        scene.ledger.promise(&id, &idea.client, line);
    }
}

/// The ids in an answer, between backticks: eight hexadecimal digits.
fn short_ids(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_short =
        |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    quoted.filter(is_short).map(str::to_owned).collect()
}

/// A guest tries; an answer other than a refusal shows in the books as a tweet that nobody may have ordered.
async fn without_the_right(scene: &Scene, idea: &Idea, guest: &str) {
    if let Answer::Yes(text) = scene.types(guest, &idea.line).await {
        for id in short_ids(&text) {
            scene.ledger.obeyed(&id, format!("{guest}: {}", idea.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_are_read_from_the_answer() {
        let text = "Planned 2 tweets for Client 1.\n• `0a1b2c3d` for <t:1:F>\n• `ffff0000` for <t:2:F>\n`/queue`";
        assert_eq!(short_ids(text), ["0a1b2c3d", "ffff0000"]);
    }
}
