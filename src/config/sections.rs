//! The sections of the main file, with their defaults.
//!
//! Only shapes: what a value must satisfy beyond its type is in `check`, and what each key means to the person who
//! writes it is in [`super::reference`].

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use clara_actors::model_chain::{self, ChainOptions};
use clara_domain::ids::ChannelId;
use clara_domain::prompt_stamp::Temperature;
use serde::{Deserialize, Deserializer, Serialize};

use super::models::Models;
use super::values::{BaseUrl, Snowflake};

/// `[discord]`: where people see and decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// The application whose bot Clara is.
    pub application_id: Snowflake,
    /// The one guild that she works in.
    pub guild_id: Snowflake,
    /// Where alerts are shown.
    pub alert_channel: ChannelId,
    /// Another place than Discord's own, without `/api/v10`: for the sandbox and for tests.
    #[serde(default)]
    pub api_base: Option<BaseUrl>,
}

/// `[openai]`: who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenAi {
    /// The service, up to and with `/v1`.
    pub base_url: BaseUrl,
    /// The models: each is asked where those before it fail. A single one may be written as `model`.
    #[serde(alias = "model")]
    pub models: Models,
    /// Whether another model is asked where nobody knows if the one before has answered.
    pub after_silence: AfterSilence,
    /// How far the models may stray; none for what they do by themselves.
    pub temperature: Option<Temperature>,
    /// How long any answer may take.
    #[serde(with = "clara_domain::duration")]
    pub timeout: Duration,
    /// How many tokens a second a model writes at least: an answer of many tokens is waited for longer.
    pub tokens_per_second: NonZeroU32,
    /// Tokens that one answer may have beyond what its texts need.
    pub thinking_tokens: u32,
    /// The field of the request that limits an answer's tokens.
    pub token_limit_field: TokenLimitField,
    /// Whether the service holds the model to the schema of the answer.
    pub strict_schema: bool,
}

impl Default for OpenAi {
    fn default() -> Self {
        Self {
            base_url: url("https://api.openai.com/v1"),
            models: Models::one("gpt-4.1-mini"),
            after_silence: AfterSilence::NextModel,
            temperature: None,
            timeout: Duration::from_secs(60),
            tokens_per_second: NonZeroU32::new(20).expect("20 is not 0"),
            thinking_tokens: 0,
            token_limit_field: TokenLimitField::MaxCompletionTokens,
            strict_schema: true,
        }
    }
}

impl OpenAi {
    /// How the models are asked.
    pub fn chain_options(&self) -> ChainOptions {
        ChainOptions {
            models: self.models.names().to_vec(),
            temperature: self.temperature,
            thinking_tokens: self.thinking_tokens,
            after_silence: match self.after_silence {
                AfterSilence::NextModel => model_chain::AfterSilence::NextModel,
                AfterSilence::Later => model_chain::AfterSilence::Later,
            },
        }
    }
}

/// What is done after a model of which nobody knows whether it has answered: it may be paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterSilence {
    /// The next model is asked at once.
    NextModel,
    /// Nobody is asked; it is tried again later.
    Later,
}

/// The name of the request's field for the most tokens of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLimitField {
    /// What OpenAI takes for all its models.
    MaxCompletionTokens,
    /// What older compatible servers take.
    MaxTokens,
}

/// `[x]`: where it is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct X {
    /// The API, without `/2`.
    pub api_base: BaseUrl,
    /// The OAuth 2.0 client id of the X app; without it access tokens cannot be refreshed.
    pub client_id: Option<String>,
    /// The page where an account's owner consents to the app.
    pub authorize_url: BaseUrl,
    /// Where that page sends the browser afterwards; one of the app's callback URLs.
    pub redirect_url: BaseUrl,
    /// Which names of fields the API takes.
    pub vocabulary: Vocabulary,
    /// How long one call may take.
    #[serde(with = "clara_domain::duration")]
    pub timeout: Duration,
}

impl Default for X {
    fn default() -> Self {
        Self {
            api_base: url("https://api.x.com"),
            client_id: None,
            authorize_url: url("https://x.com/i/oauth2/authorize"),
            redirect_url: url("http://127.0.0.1:8793/callback"),
            vocabulary: Vocabulary::Tweet,
            timeout: Duration::from_secs(30),
        }
    }
}

/// Which names of parameters and fields X's API takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vocabulary {
    /// `tweet.fields`, as before August 2026.
    Tweet,
    /// `post.fields`, as in version 2.167 of its specification.
    Post,
}

/// `[limits]`: how often the services are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// X.
    #[serde(deserialize_with = "of_x")]
    pub x: ServiceLimits,
    /// The language model.
    #[serde(deserialize_with = "of_the_model")]
    pub model: ServiceLimits,
}

/// How often one service is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ServiceLimits {
    /// For everything together.
    pub app: Quota,
    /// For each client.
    pub client: Quota,
    /// Calls at the same time.
    pub at_once: usize,
}

/// What a file says of one service: each service has defaults of its own for what is left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimits {
    app: Option<Quota>,
    client: Option<Quota>,
    at_once: Option<usize>,
}

impl WrittenLimits {
    fn or(self, usual: ServiceLimits) -> ServiceLimits {
        ServiceLimits {
            app: self.app.unwrap_or(usual.app),
            client: self.client.unwrap_or(usual.client),
            at_once: self.at_once.unwrap_or(usual.at_once),
        }
    }
}

fn of_x<'de, D: Deserializer<'de>>(from: D) -> Result<ServiceLimits, D::Error> {
    WrittenLimits::deserialize(from).map(|written| written.or(Limits::default().x))
}

fn of_the_model<'de, D: Deserializer<'de>>(from: D) -> Result<ServiceLimits, D::Error> {
    WrittenLimits::deserialize(from).map(|written| written.or(Limits::default().model))
}

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// How many.
    pub calls: u32,
    /// In how much time.
    #[serde(with = "clara_domain::duration")]
    pub per: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        clara_actors::limiter::Limits::default().into()
    }
}

impl From<clara_actors::limiter::Limits> for Limits {
    fn from(limits: clara_actors::limiter::Limits) -> Self {
        let quota = |quota: clara_actors::limiter::Quota| Quota {
            calls: quota.calls,
            per: quota.per,
        };
        let service = |limits: clara_actors::limiter::ServiceLimits| ServiceLimits {
            app: quota(limits.app),
            client: quota(limits.client),
            at_once: limits.at_once,
        };
        Self {
            x: service(limits.x),
            model: service(limits.model),
        }
    }
}

/// `[ops]`: health and metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ops {
    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    pub listen: SocketAddr,
}

impl Default for Ops {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 9090).into(),
        }
    }
}

/// `[log]`: what is logged, and how. Always to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For eyes or for machines.
    pub format: LogFormat,
    /// What is logged, unless `RUST_LOG` says otherwise.
    pub filter: String,
}

/// For whom the log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// A line that people read.
    Human,
    /// A JSON object on every line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Human,
            filter: "info,serenity=error".to_owned(),
        }
    }
}

fn url(text: &str) -> BaseUrl {
    text.parse()
        .expect("the default URLs are valid; a test parses them")
}
