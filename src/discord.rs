//! The Discord desk: where people plan, see and decide. Cards and alerts go out through the port [`Desk`]; commands,
//! clicks and forms come in over the gateway and become commands of the engine.
//!
//! Nothing is decided here: who may do what is for the domain. The desk keeps three promises of its own: every
//! interaction is acknowledged before any work, no message mentions anybody, and no message shows an error's inside.
//!
//! [`Desk`]: clara_actors::ports::Desk

mod api;
mod card;
mod commands;
mod custom_id;
mod desk;
mod escape;
mod gateway;
mod interactions;
mod message;
mod picture;
mod texts;
mod times;

use std::sync::Arc;

use clara_adapters::attachments::Attachments;
use clara_domain::ids::ChannelId;
use clara_domain::person::Access;
use clara_domain::pricing::PriceList;
use clara_domain::pricing::budget::Budgets;
use clara_domain::settings::{ClientSettings, GenerationPolicy};
use clara_domain::slots::Schedule;
use clara_domain::validate::TextRules;
use secrecy::{ExposeSecret, SecretString};
use serenity::http::{Http, HttpBuilder};
use serenity::model::id::ApplicationId;
use tokio::sync::watch;

pub use commands::reference;
pub use desk::DiscordDesk;

use api::Api;

/// How to reach Discord, and what the desk has to know of the team.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    /// The bot's token, without a prefix.
    pub token: SecretString,
    /// The application behind the bot.
    pub application_id: u64,
    /// The one guild that Clara works in.
    pub guild_id: u64,
    /// Where alerts go.
    pub alert_channel: ChannelId,
    /// Who may do what for clients that are added with `/client add`.
    pub team: Access,
    /// Another server than Discord's, such as `http://127.0.0.1:8080`; serenity's rate limiter is off then.
    pub api_base: Option<String>,
    /// What `/client add` does not ask for.
    pub client_defaults: ClientDefaults,
    /// What the services cost, for `/costs` and on cards.
    pub prices: Arc<PriceList>,
    /// How much may be spent, for `/costs`.
    pub budgets: Arc<Budgets>,
}

/// The settings of a client that `/client add` does not ask for.
#[derive(Debug, Clone, Default)]
pub struct ClientDefaults {
    /// Gap, grace, lead and quiet hours; the slots too where none are given.
    pub schedule: Schedule,
    /// Candidates and rounds.
    pub generation: GenerationPolicy,
    /// What no text may say.
    pub rules: TextRules,
}

/// Whether the desk hears its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Not yet, or not at the moment.
    Away,
    /// Commands and clicks arrive.
    Connected,
}

/// Why the desk cannot work. The texts are for the person who runs Clara, and name what to do.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// An id that cannot be one.
    #[error("{what} is 0: write the id that Discord shows with developer mode switched on")]
    NoId {
        /// Which setting.
        what: &'static str,
    },
    /// The API did not answer as it should at the start.
    #[error(
        "Discord at {base} does not answer: {reason}; check the network, and `discord.api_base` if it is set"
    )]
    Unreachable {
        /// Where.
        base: String,
        /// What happened.
        reason: String,
    },
    /// serenity would talk to another gateway than the one that was checked.
    #[error("the gateway's address changed while connecting; start again")]
    GatewayMoved,
    /// The gateway does not take the token (close 4004).
    #[error(
        "Discord does not take the bot's token; make a new one in the developer portal and set it"
    )]
    TokenRefused,
    /// The gateway ended the connection for good.
    #[error("the connection to Discord ended for good: {reason}")]
    Ended {
        /// What happened.
        reason: String,
    },
}

/// The desk before and while it is open.
pub struct Discord {
    options: Arc<DiscordOptions>,
    gateway: String,
    desk: Arc<DiscordDesk>,
    state: watch::Sender<Connection>,
    ears: Arc<gateway::Ears>,
    files: Attachments,
    client: serenity::Client,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord")
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}

impl Discord {
    /// Checks that Discord is there, and makes the desk ready to send. Nothing is received before [`Discord::run`].
    pub async fn connect(options: DiscordOptions) -> Result<Self, DiscordError> {
        for (what, id) in [
            ("`discord.application_id`", options.application_id),
            ("`discord.guild_id`", options.guild_id),
        ] {
            if id == 0 {
                return Err(DiscordError::NoId { what });
            }
        }
        let api = Api::new(Arc::new(http(&options)));
        let base = options
            .api_base
            .clone()
            .unwrap_or_else(|| "https://discord.com".to_owned());
        let unreachable = |reason: String| DiscordError::Unreachable {
            base: base.clone(),
            reason,
        };
        let files = Attachments::new(options.api_base.as_deref());
        let files = files.map_err(|error| unreachable(error.to_string()))?;
        let gateway = api.gateway().await;
        let gateway = gateway.map_err(|error| unreachable(error.to_string()))?;
        let state = watch::Sender::new(Connection::Away);
        let ears = gateway::Ears::new(state.clone(), options.guild_id);
        let client = gateway::client(http(&options), ears.clone(), &gateway).await?;
        let api = Api::new(client.http.clone());
        let (alerts, prices) = (options.alert_channel.clone(), options.prices.clone());
        let desk = DiscordDesk::new(api, options.guild_id, alerts, prices);
        Ok(Self {
            gateway,
            desk: Arc::new(desk),
            state,
            ears,
            files,
            client,
            options: Arc::new(options),
        })
    }

    /// The port that the engine shows cards and alerts through.
    pub fn desk(&self) -> Arc<DiscordDesk> {
        self.desk.clone()
    }

    /// Whether the desk hears its people, as it changes.
    pub fn connection(&self) -> watch::Receiver<Connection> {
        self.state.subscribe()
    }
}

fn http(options: &DiscordOptions) -> Http {
    let builder = HttpBuilder::new(options.token.expose_secret())
        .application_id(ApplicationId::new(options.application_id));
    match &options.api_base {
        // serenity ignores a proxy while its limiter is on.
        Some(base) => builder
            .proxy(base.trim_end_matches('/'))
            .ratelimiter_disabled(true)
            .build(),
        None => builder.build(),
    }
}

impl ClientDefaults {
    /// The defaults that a set of settings holds.
    pub fn of(settings: &ClientSettings) -> Self {
        Self {
            schedule: settings.schedule.clone(),
            generation: settings.generation.clone(),
            rules: settings.rules.clone(),
        }
    }
}
