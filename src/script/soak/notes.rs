//! Telling Clara of the clients: notes come and go, so that texts are made into vectors again and again.

use std::sync::Arc;

use super::draw::Draw;
use super::idea::subject;
use super::scene::{Phase, Scene};
use super::town::MANAGERS;

/// Tells of each client at the beginning, and of some more now and then, until the load is over.
pub(super) async fn go(scene: Arc<Scene>) {
    let mut draw = Draw::of(scene.seed, "notes", 0);
    let ids: Vec<&String> = scene.clients.keys().collect();
    for client in &ids {
        scene
            .types(draw.pick(&MANAGERS), &added(&mut draw, client))
            .await;
    }
    while scene.pause(draw.millis(1_000, 6_000), Phase::Rest).await {
        let client = draw.pick(&ids);
        let line = match draw.percent(80) {
            true => added(&mut draw, client),
            false => {
                let note = draw.between(1, 3);
                format!("/client knowledge remove client:{client} note:{note}")
            }
        };
        scene.types(draw.pick(&MANAGERS), &line).await;
    }
}

/// A note that speaks of what some ideas are about.
fn added(draw: &mut Draw, client: &str) -> String {
    let number = draw.below(1_000_000);
    let about = subject(draw.below(200));
    format!(
        "/client knowledge add client:{client} title:\"Note {number}\" text:\"We know {about}, and have known them for {number} days.\""
    )
}
