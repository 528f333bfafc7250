//! A person at Discord, by remote control: types a command, clicks a button, sends a modal off, looks what came of it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;

use super::{Answer, Control, Refusal, read};
use crate::discord::{InteractionId, MessageId, PersonError, PersonFile};

/// The longest that a caller may wait for an interaction.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The longest body of a command: room for a file as large as Discord takes, and somewhat more, in base64.
pub(super) const LONGEST_COMMAND: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Command {
    user: String,
    channel: String,
    line: String,
    #[serde(default)]
    files: Vec<File>,
}

/// A file for an option of the line that names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    content_type: Option<String>,
    base64: String,
}

impl File {
    fn decoded(self) -> Result<PersonFile, Refusal> {
        let bytes = BASE64_STANDARD.decode(&self.base64).map_err(|error| {
            Refusal::bad(format!("the file `{}` is not base64: {error}", self.name))
        })?;
        Ok(PersonFile {
            name: self.name,
            content_type: self.content_type,
            bytes,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Click {
    user: String,
    message: MessageId,
    custom_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Modal {
    user: String,
    interaction: InteractionId,
    #[serde(default)]
    values: BTreeMap<String, String>,
}

#[derive(Deserialize)]
pub(super) struct Wait {
    #[serde(default)]
    wait: u64,
}

pub(super) async fn command(State(control): State<Control>, body: Bytes) -> Answer {
    let command: Command = read(&body)?;
    let files = command.files.into_iter().map(File::decoded);
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let (user, channel, line) = (&command.user, &command.channel, &command.line);
    begun(
        control
            .discord
            .command_with(user, channel, line, &files)
            .await,
    )
}

pub(super) async fn click(State(control): State<Control>, body: Bytes) -> Answer {
    let click: Click = read(&body)?;
    begun(
        control
            .discord
            .click(&click.user, click.message, &click.custom_id)
            .await,
    )
}

pub(super) async fn modal(State(control): State<Control>, body: Bytes) -> Answer {
    let modal: Modal = read(&body)?;
    begun(
        control
            .discord
            .submit_modal(&modal.user, modal.interaction, &modal.values)
            .await,
    )
}

pub(super) async fn interaction(
    State(control): State<Control>,
    Path(id): Path<String>,
    Query(Wait { wait }): Query<Wait>,
) -> Answer {
    let number: InteractionId = id
        .parse()
        .map_err(|_| Refusal::missing("interaction", &id))?;
    let limit = Duration::from_millis(wait).min(LONGEST_WAIT);
    let found = control.discord.wait_interaction(number, limit).await;
    found
        .map(|view| Json(json!(view)))
        .ok_or_else(|| Refusal::missing("interaction", id))
}

fn begun(result: Result<InteractionId, PersonError>) -> Answer {
    result
        .map(|id| Json(json!({ "interaction": id })))
        .map_err(Refusal::bad)
}
