//! What people do: type commands, click, choose, fill in modals. Checked as Discord's own interface would, before the bot hears of it.
//! Each act answers with the interaction's id at once; what the bot makes of it is seen in `watch`.

mod files;
mod line;
mod values;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

pub use self::files::PersonFile;
use self::line::Typed;
use self::values::Resolved;
use super::Discord;
use super::ids::{ChannelId, InteractionId, MessageId, UserId};
use super::message::Message;
use super::person_error::PersonError;
use super::raising::Raised;
use super::state::State;
use super::view::InteractionKind;
use crate::world::Person;

/// How long the interface waits for suggestions.
const SUGGESTIONS_WITHIN: Duration = Duration::from_secs(3);

impl Discord {
    /// Types a slash command line, e.g. `/plan client:harbour brief:"two words" count:3 when:tomorrow 09:00`, and sends it.
    /// A value without quotation marks goes on to the next option's name; subcommands come first: `/client add id:fjord`.
    ///
    /// # Errors
    /// What Discord's interface would refuse: an unknown command or option, a value of the wrong type, a missing option.
    pub async fn command(
        &self,
        user: &str,
        channel: &str,
        line: &str,
    ) -> Result<InteractionId, PersonError> {
        self.command_with(user, channel, line, &[]).await
    }

    /// The same with files for its attachment options, which the line names: `/import file:menu.md`.
    ///
    /// # Errors
    /// As for [`command`](Self::command), and a file that is too large or that no option names.
    pub async fn command_with(
        &self,
        user: &str,
        channel: &str,
        line: &str,
        files: &[PersonFile],
    ) -> Result<InteractionId, PersonError> {
        let (person, channel) = self.place(user, channel)?;
        let mut state = self.lock();
        let commands = line::specs(&state.commands);
        let typed = line::parse(&commands, line)?;
        self.must_be_shown(&typed, person)?;
        let mut chosen = files::Chosen::new(files);
        let mut resolved = Resolved::default();
        let mut options = Vec::new();
        for (spec, text) in &typed.values {
            let value = match spec.kind {
                files::ATTACHMENT => {
                    let upload = chosen.take(spec, text, state.ids.next(self.now()))?;
                    resolved.add("attachments", upload.file.id.0, self.upload_json(upload));
                    upload.file.id.to_string().into()
                }
                _ => values::convert(spec, text, self.directory(), &mut resolved)?,
            };
            options.push(json!({"name": spec.name, "type": spec.kind, "value": value}));
        }
        typed.nothing_is_missing()?;
        state.uploads.keep(chosen.finish()?);
        let raised = Raised {
            kind: InteractionKind::Command,
            person,
            channel,
            what: line.to_owned(),
            data: self.command_data(&typed, options, &resolved),
            source: None,
            opened_by: None,
        };
        Ok(self.raise(&mut state, raised))
    }

    /// What the bot suggests for `focused` while the line is being typed: `name` and `value` each.
    ///
    /// # Errors
    /// The line or the option is wrong, or the bot suggests nothing in time.
    pub async fn autocomplete(
        &self,
        user: &str,
        channel: &str,
        line: &str,
        focused: &str,
    ) -> Result<Vec<Value>, PersonError> {
        let id = self.begin_completion(user, channel, line, focused)?;
        let view = self.wait_interaction(id, SUGGESTIONS_WITHIN).await;
        let choices = view.and_then(|view| view.choices);
        choices.ok_or(PersonError::NoSuggestions)
    }

    fn begin_completion(
        &self,
        user: &str,
        channel: &str,
        line: &str,
        focused: &str,
    ) -> Result<InteractionId, PersonError> {
        let (person, channel) = self.place(user, channel)?;
        let mut state = self.lock();
        let commands = line::specs(&state.commands);
        let typed = line::parse(&commands, line)?;
        let wanted = typed.option(focused)?;
        if !wanted.autocomplete.unwrap_or(false) {
            return Err(PersonError::NoAutocomplete(focused.into()));
        }
        let mut resolved = Resolved::default();
        let mut options = Vec::new();
        for (spec, text) in typed.values.iter().filter(|(spec, _)| spec.name != focused) {
            // A half-typed value of another option is left out, not refused.
            if let Ok(value) = values::convert(spec, text, self.directory(), &mut resolved) {
                options.push(json!({"name": spec.name, "type": spec.kind, "value": value}));
            }
        }
        let so_far = typed.values.iter().find(|(spec, _)| spec.name == focused);
        let so_far = so_far.map_or("", |(_, text)| text.as_str());
        options.push(
            json!({"name": wanted.name, "type": wanted.kind, "value": so_far, "focused": true}),
        );
        let raised = Raised {
            kind: InteractionKind::Autocomplete,
            person,
            channel,
            what: line.to_owned(),
            data: self.command_data(&typed, options, &resolved),
            source: None,
            opened_by: None,
        };
        Ok(self.raise(&mut state, raised))
    }

    /// Clicks a button of a message that the person sees.
    ///
    /// # Errors
    /// No such person, message or button, or it is greyed out.
    pub async fn click(
        &self,
        user: &str,
        message: MessageId,
        custom_id: &str,
    ) -> Result<InteractionId, PersonError> {
        self.use_component(user, message, custom_id, None)
    }

    /// Chooses in a select menu of a message that the person sees.
    ///
    /// # Errors
    /// As for [`click`](Self::click), and choices that the menu does not offer.
    pub async fn select(
        &self,
        user: &str,
        message: MessageId,
        custom_id: &str,
        chosen: &[&str],
    ) -> Result<InteractionId, PersonError> {
        self.use_component(user, message, custom_id, Some(chosen))
    }

    fn use_component(
        &self,
        user: &str,
        id: MessageId,
        custom_id: &str,
        chosen: Option<&[&str]>,
    ) -> Result<InteractionId, PersonError> {
        let person = self.directory().person(user)?;
        let mut state = self.lock();
        let message = visible(&state, id, person)?;
        let channel = self.channel_of(message)?;
        let kind = component_type(message, custom_id, chosen)?;
        let mut data = json!({"custom_id": custom_id, "component_type": kind});
        if let Some(chosen) = chosen {
            data["values"] = json!(chosen);
        }
        let raised = Raised {
            kind: InteractionKind::Component,
            person,
            channel,
            what: custom_id.to_owned(),
            data,
            source: Some(id),
            opened_by: None,
        };
        Ok(self.raise(&mut state, raised))
    }

    /// Sends off the modal that the bot opened as the answer to `interaction`. Fields left out keep the text they came with.
    ///
    /// # Errors
    /// No such open modal of this person, an unknown field, or a text of the wrong length.
    pub async fn submit_modal(
        &self,
        user: &str,
        interaction: InteractionId,
        values: &BTreeMap<String, String>,
    ) -> Result<InteractionId, PersonError> {
        let person = self.directory().person(user)?;
        let mut state = self.lock();
        let opener = state.interactions.get(&interaction);
        let opener = opener
            .filter(|known| known.user == UserId(person.id))
            .ok_or(PersonError::UnknownInteraction(interaction))?
            .clone();
        let modal = opener
            .modal
            .as_ref()
            .filter(|_| is_open(&state, opener.submission));
        let modal = modal.ok_or(PersonError::NoModal(interaction))?;
        let raised = Raised {
            kind: InteractionKind::Modal,
            person,
            channel: self.channel_by_id(opener.channel)?,
            what: modal["custom_id"].as_str().unwrap_or_default().to_owned(),
            data: values::modal_data(modal, values)?,
            source: opener.source,
            opened_by: Some(opener.metadata.clone()),
        };
        let id = self.raise(&mut state, raised);
        if let Some(opener) = state.interactions.get_mut(&interaction) {
            opener.submission = Some(id);
        }
        Ok(id)
    }

    fn command_data(&self, typed: &Typed<'_>, options: Vec<Value>, resolved: &Resolved) -> Value {
        let mut data = json!({
            "id": typed.command.id, "name": typed.command.name, "type": 1,
            "guild_id": self.directory().guild().guild_id.to_string(), "options": typed.nested(options),
        });
        if let Some(resolved) = resolved.json() {
            data["resolved"] = resolved;
        }
        data
    }

    /// `default_member_permissions` hides a command from those who lack them; `0` from all but administrators.
    fn must_be_shown(&self, typed: &Typed<'_>, person: &Person) -> Result<(), PersonError> {
        let required = typed.command.default_member_permissions.as_deref();
        let required = required.and_then(|bits| bits.parse().ok());
        match required {
            Some(bits) if !self.directory().may(person, bits) => {
                Err(PersonError::Hidden(typed.command.name.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn visible<'s>(
    state: &'s State,
    id: MessageId,
    person: &Person,
) -> Result<&'s Message, PersonError> {
    let message = state.messages.get(&id);
    message
        .filter(|message| message.is_visible_to(UserId(person.id)))
        .ok_or(PersonError::UnknownMessage(id))
}

/// A modal can be sent off once, and again only if the bot never answered.
fn is_open(state: &State, submission: Option<InteractionId>) -> bool {
    let sent = submission.and_then(|id| state.interactions.get(&id));
    sent.is_none_or(|sent| sent.is_lost(std::time::Instant::now()))
}

/// The type of the component, if it can be used like this.
fn component_type(
    message: &Message,
    custom_id: &str,
    chosen: Option<&[&str]>,
) -> Result<u64, PersonError> {
    let kinds = if chosen.is_some() { 3..=8 } else { 2..=2 };
    let part = message.component(custom_id);
    let part = part.filter(|part| {
        part["type"]
            .as_u64()
            .is_some_and(|kind| kinds.contains(&kind))
    });
    let part = part.ok_or_else(|| PersonError::UnknownComponent {
        message: message.id,
        custom_id: custom_id.into(),
        known: message.custom_ids(),
    })?;
    if part["disabled"].as_bool().unwrap_or(false) {
        return Err(PersonError::Disabled(custom_id.into()));
    }
    if let Some(chosen) = chosen {
        values::check_choice(part, custom_id, chosen)?;
    }
    Ok(part["type"].as_u64().unwrap_or_default())
}

impl Discord {
    fn place(
        &self,
        user: &str,
        channel: &str,
    ) -> Result<(&Person, &crate::world::Channel), PersonError> {
        let directory = self.directory();
        Ok((directory.person(user)?, directory.channel(channel)?))
    }

    fn channel_of(&self, message: &Message) -> Result<&crate::world::Channel, PersonError> {
        self.channel_by_id(message.channel)
    }

    fn channel_by_id(&self, id: ChannelId) -> Result<&crate::world::Channel, PersonError> {
        let channel = self.directory().channel_by_id(id);
        channel.ok_or_else(|| PersonError::UnknownChannel(id.to_string()))
    }
}
