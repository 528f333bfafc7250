//! Registering slash commands for the guild, which applies at once, and reading them back.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Call, Kind, Reply};
use crate::discord::Discord;
use crate::discord::draft::Payload;
use crate::discord::error::{ApiError, FormErrors};
use crate::discord::state::State as Changing;
use crate::discord::validate::check_commands;

const MOST: usize = 100;

/// `GET /applications/{a}/guilds/{g}/commands`
pub(super) async fn list(
    State(discord): State<Discord>,
    Path((application, guild)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let call = Call::new("get_commands", Kind::Other);
    let work = |discord: &Discord| {
        discord.own_application(&application, &guild)?;
        Ok(Reply::Json(discord.lock().commands.clone().into()))
    };
    discord.answer(&headers, call, work).await
}

/// `PUT /applications/{a}/guilds/{g}/commands`: what is not in the body is gone.
pub(super) async fn overwrite(
    State(discord): State<Discord>,
    Path((application, guild)): Path<(String, String)>,
    headers: HeaderMap,
    payload: Payload,
) -> Response {
    let call = Call::new("register_commands", Kind::Other);
    let work = |discord: &Discord| {
        discord.own_application(&application, &guild)?;
        let wanted = payload.json.as_array().cloned().unwrap_or_default();
        if wanted.len() > MOST {
            return Err(ApiError::too_many_commands());
        }
        let mut errors = FormErrors::default();
        check_commands(&wanted, &mut errors);
        errors.finish()?;
        Ok(Reply::Json(discord.register(&wanted).into()))
    };
    discord.answer(&headers, call, work).await
}

impl Discord {
    fn own_application(&self, application: &str, guild: &str) -> Result<(), ApiError> {
        let own = self.directory().guild();
        if own.application_id.to_string() != application {
            return Err(ApiError::unknown_application());
        }
        if own.guild_id.to_string() != guild {
            return Err(ApiError::missing_access());
        }
        Ok(())
    }

    fn register(&self, wanted: &[Value]) -> Vec<Value> {
        let now = self.now();
        let mut state = self.lock();
        let registered: Vec<_> = wanted
            .iter()
            .map(|command| self.settled(&mut state, command, now))
            .collect();
        state.register(&self.shared().store, registered.clone());
        registered
    }

    /// A command keeps its id by its name; a changed one gets a new version.
    fn settled(&self, state: &mut Changing, command: &Value, now: Timestamp) -> Value {
        let mut known = state.commands.iter();
        let known = known.find(|known| known["name"] == command["name"]);
        if let Some(known) = known.cloned() {
            let mut renewed = self.registered(command, &known["id"], &known["version"]);
            if renewed != known {
                renewed["version"] = state.ids.next(now).to_string().into();
            }
            return renewed;
        }
        let id = Value::from(state.ids.next(now).to_string());
        self.registered(command, &id, &state.ids.next(now).to_string().into())
    }

    fn registered(&self, command: &Value, id: &Value, version: &Value) -> Value {
        let guild = self.directory().guild();
        json!({
            "id": id, "application_id": guild.application_id.to_string(), "guild_id": guild.guild_id.to_string(),
            "version": version, "type": command["type"].as_u64().unwrap_or(1), "name": command["name"],
            "name_localizations": command["name_localizations"], "description": command["description"],
            "description_localizations": command["description_localizations"],
            "options": command["options"].as_array().cloned().unwrap_or_default(),
            "default_member_permissions": bits(&command["default_member_permissions"]),
            "nsfw": command["nsfw"].as_bool().unwrap_or(false), "integration_types": [0], "contexts": null,
        })
    }
}

/// Permission bits come as a string or a number and go out as a string.
fn bits(given: &Value) -> Value {
    match given {
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}
