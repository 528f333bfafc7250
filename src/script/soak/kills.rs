//! Killing the engine: with no warning, at moments that are drawn, many of them right behind something that matters.

use std::sync::Arc;
use std::time::Duration;

use super::draw::Draw;
use super::scene::{Phase, Scene};

/// A moment that is waited for comes in this time, or is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long the engine may take to be there again before it may be killed again all the same.
const COMING_UP: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(100);

/// Kills it so often, spread over a time.
pub(super) async fn go(scene: Arc<Scene>, kills: u32, over: Duration) {
    let mut draw = Draw::of(scene.seed, "kills", 0);
    let end = scene.began + over;
    for done in 0..kills {
        let left = end.saturating_duration_since(std::time::Instant::now()) / (kills - done);
        let wait = left.mul_f64(draw.between(30, 150) as f64 / 100.0);
        if !scene.pause(wait, Phase::Rest).await {
            return;
        }
        moment(&scene, &mut draw).await;
        if scene.engine.kill() {
            scene.stats.count(|counts| counts.kills += 1);
        }
        // A machine takes a moment to start it again; a short one mostly, so that little is missed.
        let down = if draw.percent(85) {
            draw.millis(0, 300)
        } else {
            draw.millis(300, 4_000)
        };
        scene.pause(down, Phase::Over).await;
        if let Err(error) = scene.engine.start() {
            tracing::error!(%error, "the engine could not be started again");
        }
        if draw.percent(80) {
            scene.sandbox.discord.wait_connected(COMING_UP).await;
        }
    }
}

/// Right behind a post that X has taken, right behind something that a person did, or at any time.
async fn moment(scene: &Scene, draw: &mut Draw) {
    match draw.below(3) {
        0 => {
            let made = scene.sandbox.x.created();
            let is_taken = || scene.sandbox.x.created() > made;
            scene.sandbox.until(PATIENCE, is_taken).await;
        }
        1 => {
            let mut raised = scene.raised.subscribe();
            let _ = tokio::time::timeout(PATIENCE, raised.changed()).await;
        }
        _ => {}
    }
    let behind = Duration::from_micros(draw.below(40_000));
    if behind > Duration::from_millis(4) {
        tokio::time::sleep(behind).await;
    }
}

/// Starts the engine again where it has ended without being told to, for as long as the play goes.
pub(super) async fn tend(scene: Arc<Scene>) {
    while scene.pause(GLANCE, Phase::Over).await {
        if let Err(error) = scene.engine.tend() {
            tracing::error!(%error, "the engine cannot be looked after");
        }
    }
}
