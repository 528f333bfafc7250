//! The gateway: hears what people do, registers the commands, and says whether the desk is connected.
//!
//! serenity resumes after a drop by itself. The intent is `GUILDS` alone: interactions need none, and nothing is read
//! that people write to each other. Only a refusal for good, such as a wrong token, ends it before it is told to stop.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use clara_actors::handle::EngineHandle;
use serenity::all::{ConnectionStage, ShardStageUpdateEvent};
use serenity::client::{Client, ClientBuilder, Context, EventHandler};
use serenity::gateway::GatewayError;
use serenity::http::Http;
use serenity::model::application::Interaction;
use serenity::model::event::ResumedEvent;
use serenity::model::gateway::{GatewayIntents, Ready};
use serenity::model::id::GuildId;
use tokio::sync::{mpsc, watch};

use super::api::Api;
use super::interactions::Interactions;
use super::{Connection, Discord, DiscordError, commands};

/// How long answers that are on their way are waited for at the end.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// The first pause after commands could not be registered; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What the gateway's events are answered with, once the engine is there.
pub(super) struct Ears {
    state: watch::Sender<Connection>,
    guild: GuildId,
    open: OnceLock<Open>,
}

struct Open {
    interactions: Arc<Interactions>,
    alive: mpsc::WeakSender<()>,
    api: Api,
    registered: tokio::sync::Mutex<bool>,
}

impl Ears {
    pub(super) fn new(state: watch::Sender<Connection>, guild: u64) -> Arc<Self> {
        Arc::new(Self {
            state,
            guild: GuildId::new(guild),
            open: OnceLock::new(),
        })
    }

    fn is(&self, connection: Connection) {
        let changed = self
            .state
            .send_if_modified(|state| std::mem::replace(state, connection) != connection);
        if changed {
            tracing::info!(?connection, "the desk's connection changed");
        }
    }

    /// Tells Discord which commands there are, until it has taken them once.
    async fn register(&self) {
        let Some(open) = self.open.get() else { return };
        let mut registered = open.registered.lock().await;
        let mut pause = FIRST_PAUSE;
        while !*registered && open.alive.upgrade().is_some() {
            match open
                .api
                .register(self.guild, &commands::registration())
                .await
            {
                Ok(count) => {
                    tracing::info!(count, guild = %self.guild, "commands are registered");
                    *registered = true;
                }
                Err(error) => {
                    tracing::error!(
                        %error,
                        guild = %self.guild,
                        "commands cannot be registered: check that the bot is in the guild and was invited with \
                         `applications.commands`; trying again"
                    );
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

#[serenity::async_trait]
impl EventHandler for Ears {
    async fn ready(&self, _: Context, ready: Ready) {
        tracing::info!(bot = %ready.user.name, "the desk is open");
        self.is(Connection::Connected);
        self.register().await;
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        self.is(Connection::Connected);
    }

    async fn shard_stage_update(&self, _: Context, update: ShardStageUpdateEvent) {
        // Events of one stage change may arrive after the next one's `ready`: only an end is taken from here.
        if update.old == ConnectionStage::Connected {
            self.is(Connection::Away);
        } else if update.new == ConnectionStage::Connected {
            self.is(Connection::Connected);
        }
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        let Some(open) = self.open.get() else { return };
        match open.alive.upgrade() {
            Some(alive) => open.interactions.clone().take(interaction, alive),
            // The person sees that nothing answered, and nothing is done.
            None => tracing::info!("an interaction came after the desk was closed"),
        }
    }
}

/// serenity's client, made before the engine so that both use one HTTP client with one rate limiter.
pub(super) async fn client(
    http: Http,
    ears: Arc<Ears>,
    gateway: &str,
) -> Result<Client, DiscordError> {
    let builder =
        ClientBuilder::new_with_http(http, GatewayIntents::GUILDS).event_handler_arc(ears);
    let client = builder.await.map_err(|error| ended(&error))?;
    // After an error of its own serenity would go to the real gateway, whatever the base is.
    if client.ws_url.lock().await.as_str() != gateway {
        return Err(DiscordError::GatewayMoved);
    }
    Ok(client)
}

impl Discord {
    /// Hears and answers people until `stop` resolves; then waits for the answers that are on their way.
    ///
    /// # Errors
    /// The gateway refused the bot for good; the process has to end.
    pub async fn run(
        mut self,
        engine: EngineHandle,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), DiscordError> {
        let (alive, mut answered) = mpsc::channel::<()>(1);
        let api = self.desk.api().clone();
        let (options, files) = (self.options.clone(), self.files.clone());
        let interactions = Interactions::new(api.clone(), engine, options, files);
        // It cannot be set already: `run` takes the desk by value.
        let _ = self.ears.open.set(Open {
            interactions: Arc::new(interactions),
            alive: alive.downgrade(),
            api,
            registered: tokio::sync::Mutex::new(false),
        });
        let shards = self.client.shard_manager.clone();
        let result = tokio::select! {
            result = self.client.start() => result.map_err(|error| ended(&error)),
            () = stop => Ok(()),
        };
        drop(alive);
        if tokio::time::timeout(LAST_WORDS, answered.recv())
            .await
            .is_err()
        {
            tracing::warn!("some answers were still on their way when the desk closed");
        }
        self.ears.is(Connection::Away);
        shards.shutdown_all().await;
        result
    }
}

fn ended(error: &serenity::Error) -> DiscordError {
    match error {
        serenity::Error::Gateway(
            GatewayError::InvalidAuthentication | GatewayError::NoAuthentication,
        ) => DiscordError::TokenRefused,
        serenity::Error::Gateway(error) => DiscordError::Ended {
            reason: error.to_string(),
        },
        error => DiscordError::Ended {
            reason: error.to_string(),
        },
    }
}
