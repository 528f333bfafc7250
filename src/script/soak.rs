//! A soak: a pretended agency of many clients at work for minutes that are hours to it, everything failing around it,
//! and the engine killed over and over. In the end everything that anybody was told is held against what is there.
//!
//! The world, the people and the judge are in this process, the engine in one of its own. The world's time runs
//! `PACE` times as fast as the wall clock, so that looks, graces and windows come to pass.

mod acts;
mod card;
mod decisions;
mod draw;
mod evidence;
mod follow;
mod hands;
mod idea;
mod judge;
mod kills;
mod ledger;
mod memory;
mod mind;
mod notes;
mod pauses;
mod plan;
mod process;
mod report;
mod scene;
mod stats;
mod steward;
mod town;
mod trouble;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clara_sandbox::Pace;
use clara_sandbox::discord::DiscordLimits;
use clara_sandbox::x;
use jiff::Timestamp;
use tokio::task::JoinSet;

pub use super::bills::{Account, Accounts, Money};
pub use evidence::{
    Approval, Bill, Decision, Evidence, LivePost, Shown, TweetFacts, What, Written,
};
pub use judge::{Finding, Verdict, judge};
pub use memory::{Life, Look};
pub use pauses::Pause;
pub use town::{ClientFacts, Clients};

use self::draw::Draw;
use self::process::Process;
use self::scene::{Phase, Scene};
use super::bills;
use crate::books;
use crate::cli::say;
use crate::config::Config;
use crate::sandbox::{SandboxOptions, Services, environment, services_of};

/// World seconds in a second. A request to X is given up after 2 s, which are 40 s of the engine's time: inside the 90 s
/// that it waits for one, and long before its third look (5 minutes, which are 15 s).
const PACE: u32 = 20;
/// How often progress is told.
const TELL: Duration = Duration::from_secs(5);
/// How long the engine may take to be there at first.
const READY: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(100);
/// How long the rest may take, and how long nothing may happen in it.
const LONGEST_REST: Duration = Duration::from_secs(8 * 60);
const QUIET: Duration = Duration::from_secs(90);
/// What of the world's past is remembered: a soak can be long.
const KEPT_INTERACTIONS: usize = 2_000;

/// What to soak, and for how long.
#[derive(Debug, Clone)]
pub struct SoakOptions {
    /// Everything is drawn from it.
    pub seed: u64,
    /// Of load; the rest comes after it.
    pub minutes: f64,
    /// How many clients.
    pub clients: usize,
    /// How often the engine is killed, in the first two thirds of the load.
    pub kills: u32,
    /// The services that are in trouble: `x`, `openai`, `discord`, `all`, `none`.
    pub faults: Vec<String>,
    /// Where the report goes.
    pub report: Option<PathBuf>,
    /// Where the engine keeps its data; forgotten at the end when there is none.
    pub data: Option<PathBuf>,
}

/// Soaks. The text is the verdict; true if everything was kept.
///
/// # Errors
/// It could not be played, or the report could not be written.
pub async fn run(options: &SoakOptions) -> anyhow::Result<(bool, String)> {
    let faults = faults(&options.faults)?;
    ensure!(options.clients > 0, "a soak needs a client at least");
    ensure!(options.minutes > 0.0, "a soak needs some time");
    let (scene, place) = set(options).await?;
    let scene = Arc::new(scene);
    let told = play(&scene, options, &faults).await;
    scene.engine.stop().await;
    told?;
    let accounts = accounts(&scene, &place).await?;
    let report = report::report(&scene, options.minutes, accounts);
    if let Some(path) = &options.report {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text)
            .with_context(|| format!("the report could not be written to {}", path.display()))?;
    }
    drop(place);
    Ok((report.kept, report::verdict(&report)))
}

/// What the ledgers say and what was billed, once the engine has ended.
async fn accounts(scene: &Scene, place: &crate::sandbox::Place) -> anyhow::Result<Accounts> {
    let config = Config::load(&place.config())?;
    let data = books::Place::find(&config.data_dir)?;
    let ledgers = books::costs::ledgers(&data, None).await?;
    Ok(bills::collect(&scene.sandbox, &config, &ledgers))
}

fn faults(asked: &[String]) -> anyhow::Result<Vec<&'static str>> {
    let mut faults = Vec::new();
    for name in asked {
        match name.as_str() {
            "none" => {}
            "all" => faults.extend(trouble::SERVICES),
            name => match trouble::SERVICES.into_iter().find(|known| *known == name) {
                Some(service) => faults.push(service),
                None => {
                    bail!("there is no service `{name}`; there are x, openai, discord, all, none")
                }
            },
        }
    }
    faults.sort_unstable();
    faults.dedup();
    Ok(faults)
}

/// Builds the world and starts the engine beside it.
async fn set(options: &SoakOptions) -> anyhow::Result<(Scene, crate::sandbox::Place)> {
    let (agency, clients) = town::build(options.seed, options.clients);
    let sandbox_options = SandboxOptions {
        data: options.data.clone(),
        ..SandboxOptions::default()
    };
    if let Some(dir) = &options.data {
        let is_used = dir.join("data").exists();
        ensure!(
            !is_used,
            "{} holds data of an earlier run; a soak begins with none",
            dir.display()
        );
    }
    let Services { sandbox, place } = services_of(&agency, &sandbox_options).await?;
    let pace = Pace::from_now(beginning(options.seed)?, PACE);
    sandbox.clock.run_at(pace);
    sandbox.x.set(x::Settings {
        repeats: true,
        ..x::Settings::default()
    });
    sandbox.discord.set_limits(DiscordLimits {
        older_versions: 0,
        interactions: KEPT_INTERACTIONS,
        ..DiscordLimits::default()
    });
    let engine = Process::new(place.root().to_owned(), environment(&agency), pace);
    engine.start()?;
    let scene = Scene::new(options.seed, sandbox, clients, engine);
    if !is_ready(&scene).await {
        let log = place.root().join("engine.log");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        bail!("the engine did not come up within {READY:?}; it logged:\n{log}");
    }
    Ok((scene, place))
}

/// Waits until the engine hears what people do, or has ended instead.
async fn is_ready(scene: &Scene) -> bool {
    let discord = &scene.sandbox.discord;
    let deadline = tokio::time::Instant::now() + READY;
    while tokio::time::Instant::now() < deadline && !scene.engine.has_ended() {
        if discord.wait_connected(GLANCE).await && !discord.commands().is_empty() {
            return true;
        }
        tokio::time::sleep(GLANCE).await;
    }
    false
}

/// An evening before the clocks change somewhere, or one before a day like any other.
fn beginning(seed: u64) -> anyhow::Result<Timestamp> {
    let evenings = [
        "2026-03-28T22:00:00Z",
        "2026-10-24T22:00:00Z",
        "2026-04-04T12:00:00Z",
        "2026-06-30T20:00:00Z",
    ];
    Ok(Draw::of(seed, "beginning", 0).pick(&evenings).parse()?)
}

async fn play(
    scene: &Arc<Scene>,
    options: &SoakOptions,
    faults: &[&'static str],
) -> anyhow::Result<()> {
    let load = Duration::from_secs_f64(options.minutes * 60.0);
    let mut tasks = JoinSet::new();
    tasks.spawn(follow::read(scene.clone()));
    tasks.spawn(kills::tend(scene.clone()));
    tasks.spawn(plan::go(scene.clone()));
    tasks.spawn(steward::go(scene.clone()));
    tasks.spawn(notes::go(scene.clone()));
    for service in faults {
        tasks.spawn(trouble::go(scene.clone(), service));
    }
    let killer = tokio::spawn(kills::go(scene.clone(), options.kills, load));
    tasks.spawn(tell(scene.clone()));
    say(&format!(
        "A soak of {} minutes with {} clients, {} kills, troubles of {faults:?}; seed {}. The world runs {PACE} times as fast.",
        options.minutes, options.clients, options.kills, options.seed
    ));
    tokio::time::sleep(load).await;
    scene.phase.send_replace(Phase::Rest);
    killer
        .await
        .context("the killing came to an end too early")?;
    scene.sandbox.faults.clear(None);
    say("The load is over: troubles are mended, and what is open comes to its end.");
    rest(scene).await;
    scene.phase.send_replace(Phase::Over);
    tasks.shutdown().await;
    Ok(())
}

/// Waits until every tweet is over, or nothing more happens.
async fn rest(scene: &Scene) {
    let end = tokio::time::Instant::now() + LONGEST_REST;
    let (mut last, mut since) = ((0, 0), tokio::time::Instant::now());
    while tokio::time::Instant::now() < end && since.elapsed() < QUIET {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let size = scene.ledger.size();
        if size.1 == 0 {
            return;
        }
        if size != last {
            (last, since) = (size, tokio::time::Instant::now());
        }
    }
}

async fn tell(scene: Arc<Scene>) {
    // The first look at its memory is one at an engine that has settled.
    while scene.pause(TELL, Phase::Over).await {
        say(&report::progress(&scene));
    }
}
