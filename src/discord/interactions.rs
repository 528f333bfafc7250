//! What people do: commands, clicks, forms, completions. Each is acknowledged first, then done, then answered.
//!
//! An interaction whose acknowledgement did not arrive is not done: the person was told that it failed and will ask
//! again. Each runs in a task of its own, so the gateway never waits, and a panic ends one answer and nothing else.

mod asked;
mod click;
mod clients;
mod complete;
mod costs;
mod find;
mod form;
mod knowledge;
mod lessons;
mod near;
mod overview;
mod plan;
mod run;
mod stats;
mod trouble;
mod turns;
mod tweets;

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use clara_actors::handle::EngineHandle;
use clara_adapters::attachments::Attachments;
use serenity::model::application::Interaction;
use tokio::sync::mpsc;
use tracing::{Instrument, Span, field, info_span};

use super::DiscordOptions;
use super::api::{Api, ApiError, Token};
use super::message::{Callback, Message};
use super::texts::refusals;
use asked::Asker;
use turns::Turns;

/// What the answers to interactions need.
pub(crate) struct Interactions {
    pub(crate) api: Api,
    pub(crate) engine: EngineHandle,
    pub(crate) options: Arc<DiscordOptions>,
    files: Attachments,
    turns: Turns,
}

/// What was told of an interaction so far.
const NOTHING: u8 = 0;
const PROMISED: u8 = 1;
const TOLD: u8 = 2;

/// One interaction on its way to its answer.
#[derive(Clone)]
pub(crate) struct Turn {
    token: Token,
    told: Arc<AtomicU8>,
}

impl Interactions {
    pub(crate) fn new(
        api: Api,
        engine: EngineHandle,
        options: Arc<DiscordOptions>,
        files: Attachments,
    ) -> Self {
        Self {
            api,
            engine,
            options,
            files,
            turns: Turns::default(),
        }
    }

    /// Takes an interaction and returns at once. `alive` is dropped when it has been answered.
    pub(crate) fn take(self: Arc<Self>, interaction: Interaction, alive: mpsc::Sender<()>) {
        let span = info_span!(
            "interaction",
            id = interaction.id().get(),
            what = field::Empty,
            person = field::Empty,
            client = field::Empty,
            tweet = field::Empty
        );
        let turn = Turn::new(&interaction);
        let work = {
            let (desk, turn) = (self.clone(), turn.clone());
            async move { desk.serve(interaction, &turn).await }.instrument(span.clone())
        };
        let guarded = async move {
            // A task of its own, so that a panic comes back as a value.
            if let Err(died) = tokio::spawn(work).await {
                tracing::error!(
                    panicked = died.is_panic(),
                    "an interaction ended without its answer"
                );
                self.apologise(&turn).await;
            }
            drop(alive);
        };
        tokio::spawn(guarded.instrument(span));
    }

    async fn serve(&self, interaction: Interaction, turn: &Turn) {
        let guild = self.options.guild_id;
        let result = match &interaction {
            Interaction::Command(command) => match Asker::of(command.member.as_deref(), guild) {
                Some(asker) => self.command(turn, &asker, &command.data).await,
                None => self.refuse(turn, &refusals::not_here()).await,
            },
            Interaction::Autocomplete(typed) => self.complete(turn, &typed.data).await,
            Interaction::Component(click) => match Asker::of(click.member.as_ref(), guild) {
                Some(asker) => self.click(turn, &asker, click).await,
                None => self.refuse(turn, &refusals::not_here()).await,
            },
            Interaction::Modal(form) => match Asker::of(form.member.as_ref(), guild) {
                Some(asker) => self.form(turn, &asker, &form.data).await,
                None => self.refuse(turn, &refusals::not_here()).await,
            },
            _ => Ok(()),
        };
        if let Err(error) = result {
            tracing::warn!(%error, "an interaction could not be answered");
        }
    }

    /// A message as the first and only answer.
    async fn refuse(&self, turn: &Turn, text: &str) -> Result<(), ApiError> {
        self.answer(turn, &Callback::Message(Message::text(text)))
            .await
    }

    /// The first answer. Nothing may be done when this fails.
    async fn answer(&self, turn: &Turn, callback: &Callback) -> Result<(), ApiError> {
        self.api.answer(&turn.token, callback).await?;
        let told = match callback {
            Callback::Defer => PROMISED,
            Callback::Message(_)
            | Callback::DeferUpdate
            | Callback::Choices(_)
            | Callback::Modal(_) => TOLD,
        };
        turn.told.store(told, Ordering::SeqCst);
        Ok(())
    }

    /// What was promised, and what more there is to say.
    async fn fulfil(&self, turn: &Turn, messages: &[Message]) -> Result<(), ApiError> {
        let Some((first, more)) = messages.split_first() else {
            return Ok(());
        };
        self.api.complete(&turn.token, first).await?;
        turn.told.store(TOLD, Ordering::SeqCst);
        for message in more {
            self.api.follow_up(&turn.token, message).await?;
        }
        Ok(())
    }

    async fn apologise(&self, turn: &Turn) {
        let sorry = Message::text(refusals::broken());
        let sent = match turn.told.load(Ordering::SeqCst) {
            NOTHING => {
                self.api
                    .answer(&turn.token, &Callback::Message(sorry))
                    .await
            }
            PROMISED => self.api.complete(&turn.token, &sorry).await,
            _ => self.api.follow_up(&turn.token, &sorry).await,
        };
        if let Err(error) = sent {
            tracing::warn!(%error, "the apology could not be sent");
        }
    }
}

impl Turn {
    fn new(interaction: &Interaction) -> Self {
        Self {
            token: Token {
                id: interaction.id().get(),
                token: interaction.token().to_owned(),
            },
            told: Arc::new(AtomicU8::new(NOTHING)),
        }
    }
}

/// Notes on the span of the interaction what it turned out to be about.
fn note(name: &'static str, value: impl std::fmt::Display) {
    Span::current().record(name, field::display(value));
}
