//! How the bot answers interactions: the callback, the original response, followups.
//! Which answer is allowed when follows the documentation ("Receiving and responding to interactions").

use std::time::Instant;

use serde_json::{Value, json};

use super::Discord;
use super::draft::{Draft, Payload};
use super::error::{ApiError, FormErrors};
use super::ids::{InteractionId, MessageId};
use super::interaction::{Interaction, TokenTrouble};
use super::message::{EPHEMERAL, LOADING, Message};
use super::posting::Birth;
use super::state::State;
use super::validate;
use super::view::{Acknowledgement, InteractionKind};

impl Discord {
    /// Takes the first answer to an interaction. The result is the body of `with_response=true`.
    pub(super) fn acknowledge(
        &self,
        id: InteractionId,
        token: &str,
        payload: Payload,
    ) -> Result<Value, ApiError> {
        let now = Instant::now();
        let mut state = self.lock();
        let known = state
            .interactions
            .get(&id)
            .filter(|known| known.token == token);
        let mut interaction = known.cloned().ok_or_else(ApiError::unknown_interaction)?;
        if interaction.acknowledged.is_some() {
            return Err(ApiError::already_acknowledged());
        }
        if interaction.is_lost(now) {
            return Err(ApiError::unknown_interaction());
        }
        let number = payload.json["type"].as_u64();
        let how = allowed(&interaction, number)?;
        let shown = self.carry_out(&mut state, &mut interaction, how, payload)?;
        interaction.acknowledge(how, now);
        let result = self.callback_result(&interaction, number, shown.as_ref());
        state.interactions.insert(id, interaction);
        drop(state);
        self.touch();
        Ok(result)
    }

    fn carry_out(
        &self,
        state: &mut State,
        interaction: &mut Interaction,
        how: Acknowledgement,
        payload: Payload,
    ) -> Result<Option<Message>, ApiError> {
        let data = payload.json["data"].clone();
        let draft = |files| Draft::parse(&data, files, "data");
        let shown = match how {
            Acknowledgement::Message => {
                let draft = draft(payload.files)?;
                Some(self.post_for(state, birth(interaction), &draft)?)
            }
            Acknowledgement::Defer => Some(self.promise(state, interaction, &data)),
            Acknowledgement::DeferUpdate => {
                interaction.original = interaction.source;
                return Ok(None);
            }
            Acknowledgement::Update => {
                let source = interaction.source.ok_or_else(ApiError::unknown_message)?;
                let draft = draft(payload.files)?;
                Some(self.edit(state, source, &draft)?)
            }
            Acknowledgement::Choices => {
                check(|errors| validate::check_choices(&data, errors))?;
                interaction.choices = data["choices"].as_array().cloned();
                return Ok(None);
            }
            Acknowledgement::Modal => {
                check(|errors| validate::check_modal(&data, errors))?;
                interaction.modal = Some(data);
                return Ok(None);
            }
        };
        interaction.original = shown.as_ref().map(|message| message.id);
        Ok(shown)
    }

    /// "is thinking…": the message that a deferral promises.
    fn promise(&self, state: &mut State, interaction: &Interaction, data: &Value) -> Message {
        let mut message = self.blank(state, interaction.channel);
        let ephemeral = data["flags"].as_u64().unwrap_or(0) & EPHEMERAL;
        message.flags = LOADING | ephemeral;
        message.ephemeral_for = (ephemeral != 0).then_some(interaction.user);
        message.born_of = Some(interaction.metadata.clone());
        self.keep(state, message.clone(), "MESSAGE_CREATE");
        message
    }

    fn callback_result(
        &self,
        interaction: &Interaction,
        number: Option<u64>,
        shown: Option<&Message>,
    ) -> Value {
        let kind = interaction.kind.number();
        let mut result = json!({"interaction": {"id": interaction.id, "type": kind}});
        if let Some(message) = shown {
            let own = &mut result["interaction"];
            own["response_message_id"] = json!(message.id);
            own["response_message_loading"] = (message.flags & LOADING != 0).into();
            own["response_message_ephemeral"] = message.ephemeral_for.is_some().into();
            result["resource"] = json!({"type": number, "message": self.render().wire(message)});
        }
        result
    }

    /// Whose token this is, if it can be used.
    pub(super) fn token_holder(
        &self,
        state: &State,
        application: &str,
        token: &str,
    ) -> Result<InteractionId, ApiError> {
        let own = self.directory().guild().application_id.to_string();
        let mut known = state.interactions.values();
        let interaction = known.find(|known| known.token == token && own == application);
        let interaction = interaction.ok_or_else(ApiError::unknown_webhook)?;
        match interaction.token_works(Instant::now()) {
            Ok(()) => Ok(interaction.id),
            Err(TokenTrouble::Unanswered) => Err(ApiError::unknown_webhook()),
            Err(TokenTrouble::Expired) => Err(ApiError::invalid_webhook_token()),
        }
    }

    /// The message that a token's route names: `@original`, or the id of one of its messages.
    pub(super) fn own_message(
        &self,
        state: &State,
        id: InteractionId,
        which: &str,
    ) -> Result<MessageId, ApiError> {
        let interaction = state.interactions.get(&id);
        let interaction = interaction.ok_or_else(ApiError::unknown_webhook)?;
        let message = match which {
            "@original" => interaction.original,
            named => named.parse().ok().filter(|named| {
                interaction.original == Some(*named) || interaction.followups.contains(named)
            }),
        };
        message
            .filter(|message| state.messages.contains_key(message))
            .ok_or_else(ApiError::unknown_message)
    }

    /// A further message with an interaction's token. While a deferral is open, it fills that one instead.
    pub(super) fn follow_up(
        &self,
        state: &mut State,
        id: InteractionId,
        draft: &Draft,
    ) -> Result<Message, ApiError> {
        let interaction = state.interactions.get(&id).cloned();
        let mut interaction = interaction.ok_or_else(ApiError::unknown_webhook)?;
        let promised = interaction.original.filter(|original| {
            let message = state.messages.get(original);
            message.is_some_and(|message| message.flags & LOADING != 0)
        });
        if let Some(promised) = promised {
            return self.edit(state, promised, draft);
        }
        let mut birth = birth(&interaction);
        birth.metadata["original_response_message_id"] = json!(interaction.original);
        let message = self.post_for(state, birth, draft)?;
        interaction.followups.push(message.id);
        interaction.settled = true;
        state.interactions.insert(id, interaction);
        Ok(message)
    }

    /// The name of the channel of the interaction that matches, for fault rules.
    pub(super) fn interaction_channel(&self, wanted: impl Fn(&Interaction) -> bool) -> String {
        let state = self.lock();
        let known = state.interactions.values().find(|known| wanted(known));
        known.map_or_else(String::new, |known| {
            self.directory().channel_name(known.channel)
        })
    }

    /// A number for the bucket of an interaction's token.
    pub(super) fn interaction_number(&self, token: &str) -> u64 {
        let state = self.lock();
        let mut known = state.interactions.values();
        known
            .find(|known| known.token == token)
            .map_or(0, |known| known.id.0)
    }
}

fn birth(interaction: &Interaction) -> Birth {
    Birth {
        channel: interaction.channel,
        user: interaction.user,
        metadata: interaction.metadata.clone(),
    }
}

fn check(rules: impl FnOnce(&mut FormErrors)) -> Result<(), ApiError> {
    let mut errors = FormErrors::default();
    rules(&mut errors);
    errors.finish()
}

/// Which acknowledgement the number means, if this interaction takes it.
fn allowed(interaction: &Interaction, number: Option<u64>) -> Result<Acknowledgement, ApiError> {
    let completing = interaction.kind == InteractionKind::Autocomplete;
    let how = match number {
        Some(4) if !completing => Acknowledgement::Message,
        Some(5) if !completing => Acknowledgement::Defer,
        Some(6) if interaction.can_update() => Acknowledgement::DeferUpdate,
        Some(7) if interaction.can_update() => Acknowledgement::Update,
        Some(8) if completing => Acknowledgement::Choices,
        Some(9) if interaction.can_open_modal() => Acknowledgement::Modal,
        Some(_) | None => {
            let message = "This type of response is not valid for this type of interaction.";
            check(|errors| {
                errors.add(
                    "type",
                    "INTERACTION_APPLICATION_COMMAND_INVALID_TYPE",
                    message,
                );
            })?;
            return Err(ApiError::unknown_interaction());
        }
    };
    Ok(how)
}
