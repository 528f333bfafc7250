//! Plays stories to their ends: lets people act, waits for Clara, and moves the clock when nothing else is left to do.

use std::time::Duration;

use anyhow::{Context as _, bail};
use clara_domain::Client;
use clara_domain::ids::ClientId;
use jiff::Timestamp;

use super::demo::Note;
use super::people;
use super::story::{Act, Next, Order, Story, shown};
use crate::sandbox::RunningSandbox;

/// How long Clara may be at work without anything changing.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait for a sign of change before looking again anyway.
const GLANCE: Duration = Duration::from_millis(200);

/// Has the notes told that are not told yet.
pub(super) async fn tell(running: &RunningSandbox, notes: &[Note]) -> anyhow::Result<()> {
    for note in notes {
        let client = ClientId::new(note.client)?;
        if note.is_known(running.engine.view(&client)?.as_ref()) {
            continue;
        }
        people::types(&running.sandbox.discord, "maya", "ops", &note.line()).await?;
        if !note.is_known(running.engine.view(&client)?.as_ref()) {
            bail!("`{}` told nothing", note.line());
        }
    }
    Ok(())
}

/// Plays all stories to their ends.
pub(super) async fn play(running: &RunningSandbox, stories: &[Story]) -> anyhow::Result<()> {
    let mut changes = running.engine.changes();
    let mut last_progress = tokio::time::Instant::now();
    loop {
        match round(running, stories).await? {
            Round::Over => return Ok(()),
            Round::Progress => last_progress = tokio::time::Instant::now(),
            Round::Waiting(what) => {
                if last_progress.elapsed() > PATIENCE {
                    bail!("nothing has happened for {PATIENCE:?}: {what}");
                }
                if let Ok(Some(_)) = tokio::time::timeout(GLANCE, changes.recv()).await {
                    last_progress = tokio::time::Instant::now();
                }
            }
        }
    }
}

enum Round {
    /// Every story has ended as it should.
    Over,
    /// Somebody did something, or time has passed.
    Progress,
    /// Clara is at work, on this.
    Waiting(String),
}

async fn round(running: &RunningSandbox, stories: &[Story]) -> anyhow::Result<Round> {
    let now = running.engine.now();
    let mut waiting = None;
    let mut until: Option<Timestamp> = None;
    for story in stories {
        let client = running.engine.view(&story.client)?;
        match story.next(&client, now) {
            Next::Plan => {
                plan(running, story).await?;
                return Ok(Round::Progress);
            }
            Next::Act(act) => {
                perform(running, story, &client, act).await?;
                return Ok(Round::Progress);
            }
            Next::Clara => waiting = Some(format!("“{}”", story.brief)),
            Next::Time(at) => until = Some(until.map_or(at, |until| until.min(at))),
            Next::Done => {}
            Next::Astray => bail!(
                "“{}” of {} ended {} and should not have",
                story.brief,
                story.client,
                story
                    .tweet(&client)
                    .map_or("nowhere", |tweet| tweet.state.name()),
            ),
        }
    }
    Ok(match (waiting, until) {
        (Some(what), _) => Round::Waiting(what),
        (None, Some(at)) => {
            pass_time(running, at);
            Round::Progress
        }
        (None, None) => Round::Over,
    })
}

fn pass_time(running: &RunningSandbox, until: Timestamp) {
    let missing = until.duration_since(running.engine.now());
    let step = Duration::try_from(missing).unwrap_or_default() + Duration::from_secs(1);
    running.sandbox.clock.advance(step);
}

async fn plan(running: &RunningSandbox, story: &Story) -> anyhow::Result<()> {
    let (client, brief) = (&story.client, story.brief);
    let line = match story.order {
        Order::Plan(when) => format!("/plan client:{client} brief:\"{brief}\" when:{when}"),
        Order::NextFree => format!("/plan client:{client} brief:\"{brief}\""),
        Order::Thread(posts, when) => {
            format!("/generate client:{client} brief:\"{brief}\" thread:{posts} when:{when}")
        }
    };
    let answer = people::types(&running.sandbox.discord, "tom", "ops", &line).await?;
    let view = running.engine.view(client)?;
    if story.tweet(&view).is_none() {
        let said = answer
            .response
            .map(|message| message.text())
            .unwrap_or_default();
        bail!("`{line}` planned nothing; the answer was: {said}");
    }
    Ok(())
}

async fn perform(
    running: &RunningSandbox,
    story: &Story,
    client: &Client,
    act: Act,
) -> anyhow::Result<()> {
    let discord = &running.sandbox.discord;
    let tweet = story
        .tweet(client)
        .context("a tweet that is acted on is there")?;
    let card = shown(tweet)
        .context("a card that is acted on is shown")?
        .as_str();
    let before = tweet.change;
    match &act {
        Act::Approve => people::clicks(discord, "ines", card, "approve").await?,
        Act::Reject(reason) => people::fills_in(discord, "leo", card, "reject", reason).await?,
        Act::Edit(text) => people::fills_in(discord, "tom", card, "edit", text).await?,
        Act::Regenerate(wish) => people::fills_in(discord, "tom", card, "regenerate", wish).await?,
        Act::Cancel => {
            let line = format!("/tweet cancel id:{}", tweet.id.short());
            people::types(discord, "tom", "ops", &line).await?
        }
    };
    let view = running.engine.view(&story.client)?;
    let after = story.tweet(&view).map_or(0, |tweet| tweet.change);
    if after == before {
        bail!(
            "“{}” did not move although somebody did this: {act:?}",
            story.brief
        );
    }
    Ok(())
}
