//! The world as a whole: how it stands, its clock, its faults, and what is set about X and OpenAI.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, Control, Refusal, read};
use crate::faults::{FaultId, FaultRule};
use crate::x::Settings;

/// Changes closer together than this reach the page as one.
const BREATH: Duration = Duration::from_millis(60);

pub(super) async fn state(State(control): State<Control>) -> Json<Value> {
    Json(control.state())
}

pub(super) async fn report(State(control): State<Control>) -> Json<Value> {
    Json(control.report())
}

impl Control {
    /// Everything that the page shows.
    pub(crate) fn state(&self) -> Value {
        let world = &self.shared.world.discord;
        let role = |id: &u64| {
            world
                .roles
                .iter()
                .find(|role| role.id == *id)
                .map(|role| role.name.clone())
        };
        let people = world.people.iter().map(|person| {
            let roles: Vec<String> = person.roles.iter().filter_map(role).collect();
            json!({ "id": person.id.to_string(), "name": person.name, "roles": roles })
        });
        let roles = world
            .roles
            .iter()
            .map(|role| json!({ "id": role.id.to_string(), "name": role.name }));
        json!({
            "version": self.shared.store.changes().version(),
            "now": self.shared.clock.now(),
            "offset_seconds": self.shared.clock.offset().as_secs(),
            "guild": world.guild_name,
            "people": people.collect::<Vec<_>>(),
            "roles": roles.collect::<Vec<_>>(),
            "discord": self.discord.state(),
            "x": self.x.state(),
            "openai": self.openai.state(),
            "faults": self.shared.faults.list(),
        })
    }

    /// What stands in the end: timelines as their authors wrote them, and every message that a channel shows.
    pub(crate) fn report(&self) -> Value {
        let channels = self.shared.world.discord.channels.iter();
        let mut messages: Vec<_> = channels
            .flat_map(|channel| self.discord.messages(&channel.name))
            .collect();
        messages.sort_by_key(|message| message.id);
        let discord: Vec<Value> = messages
        .into_iter()
        .map(|m| {
            json!({
                "channel": m.channel, "author": m.author, "content": m.content, "embeds": m.embeds,
                "components": m.components, "at": m.at,
            })
        })
        .collect();
        let timelines: Map<String, Value> = self
            .shared
            .world
            .x
            .accounts
            .iter()
            .map(|account| {
                let posts = self.x.posts(&account.handle).into_iter();
                let posts: Vec<Value> = posts
                    .map(|p| json!({ "id": p.id, "text": p.text, "created_at": p.created_at }))
                    .collect();
                (account.handle.clone(), posts.into())
            })
            .collect();
        json!({ "timelines": timelines, "discord": discord })
    }
}

/// A version number at once and after each change, as server-sent events.
pub(super) async fn events(
    State(control): State<Control>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = control.shared.store.changes().subscribe();
    changes.mark_changed();
    let versions = futures::stream::unfold(changes, |mut changes| async {
        changes.changed().await.ok()?;
        tokio::time::sleep(BREATH).await;
        let version = *changes.borrow_and_update();
        Some((Ok(Event::default().data(version.to_string())), changes))
    });
    Sse::new(versions).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

pub(super) async fn advance(State(control): State<Control>, body: Bytes) -> Answer {
    let Advance { seconds } = read(&body)?;
    control.shared.clock.advance(Duration::from_secs(seconds));
    Ok(Json(json!({ "now": control.shared.clock.now() })))
}

pub(super) async fn faults(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "faults": control.shared.faults.list() }))
}

pub(super) async fn add_fault(State(control): State<Control>, body: Bytes) -> Answer {
    let rule: FaultRule = read(&body)?;
    if !["x", "discord", "openai"].contains(&rule.service.as_str()) {
        return Err(Refusal::missing("service", rule.service));
    }
    Ok(Json(json!({ "id": control.shared.faults.add(rule) })))
}

pub(super) async fn clear_faults(State(control): State<Control>) -> Json<Value> {
    control.shared.faults.clear(None);
    Json(json!({ "faults": [] }))
}

pub(super) async fn clear_fault(State(control): State<Control>, Path(id): Path<String>) -> Answer {
    if control.shared.faults.clear(Some(FaultId(id.clone()))) {
        Ok(Json(json!({ "faults": control.shared.faults.list() })))
    } else {
        Err(Refusal::missing("fault", id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    handle: String,
}

pub(super) async fn revoke(State(control): State<Control>, body: Bytes) -> Answer {
    let Account { handle } = read(&body)?;
    if control.x.revoke(&handle) {
        Ok(Json(json!({ "revoked": handle })))
    } else {
        Err(Refusal::missing("account", handle))
    }
}

pub(super) async fn consent(State(control): State<Control>, body: Bytes) -> Answer {
    let Account { handle } = read(&body)?;
    control
        .x
        .consent(&handle)
        .map(|pair| Json(json!(pair)))
        .ok_or_else(|| Refusal::missing("account", handle))
}

pub(super) async fn x_settings(State(control): State<Control>, body: Bytes) -> Answer {
    let settings: Settings = read(&body)?;
    control.x.set(settings);
    Ok(Json(json!(settings)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenAiSettings {
    latency_ms: u64,
}

pub(super) async fn openai_settings(State(control): State<Control>, body: Bytes) -> Answer {
    let OpenAiSettings { latency_ms } = read(&body)?;
    control
        .openai
        .set_latency(Duration::from_millis(latency_ms));
    Ok(Json(json!({ "latency_ms": latency_ms })))
}

/// Every billed call, and their sums.
pub(super) async fn openai_billing(State(control): State<Control>) -> Json<Value> {
    Json(json!({ "calls": control.openai.billed(), "sums": control.openai.bill() }))
}
