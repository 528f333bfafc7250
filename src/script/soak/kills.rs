//! Killing the engine: with no warning, at moments that are drawn, many of them right behind something that matters.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::draw::Draw;
use super::scene::{Phase, Scene};

/// A moment that is waited for comes in this time, or is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long the engine may take to be there again before it may be killed again all the same.
const COMING_UP: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(100);

/// Kills it so often, spread over the first two thirds of the load. What counts is that there was something to kill, so
/// one that finds nothing is made up for; where the waits take too long, they are cut so that none is missed before the
/// load is over.
pub(super) async fn go(scene: Arc<Scene>, kills: u32, load: Duration) {
    let mut draw = Draw::of(scene.seed, "kills", 0);
    let (calm, rest) = (scene.began + load * 2 / 3, scene.began + load);
    let mut killed = 0;
    while killed < kills {
        let wait = share(calm, kills - killed).mul_f64(draw.between(30, 130) as f64 / 100.0);
        if !scene.pause(wait, Phase::Rest).await {
            return;
        }
        // Two waits: for the moment, and for the engine to be there again.
        let most = share(rest, kills - killed) / 2;
        moment(&scene, &mut draw, PATIENCE.min(most)).await;
        if scene.engine.kill() {
            killed += 1;
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
            let discord = &scene.sandbox.discord;
            discord.wait_connected(COMING_UP.min(most)).await;
        }
    }
}

/// Of the time until then, what each of so many may take.
fn share(end: Instant, among: u32) -> Duration {
    end.saturating_duration_since(Instant::now()) / among
}

/// Right behind a post that X has taken, right behind something that a person did, or at any time.
async fn moment(scene: &Scene, draw: &mut Draw, patience: Duration) {
    match draw.below(3) {
        0 => {
            let made = scene.sandbox.x.created();
            let is_taken = || scene.sandbox.x.created() > made;
            scene.sandbox.until(patience, is_taken).await;
        }
        1 => {
            let mut raised = scene.raised.subscribe();
            let _ = tokio::time::timeout(patience, raised.changed()).await;
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
