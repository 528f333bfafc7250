//! Makes the parts out of the configuration and the secrets. Nothing is started here but the journal's own thread.

use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::Context;
use clara_actors::knowledge::Embedding;
use clara_actors::limiter;
use clara_actors::ports::{Clock, Desk, Embedder, Ids, Journal, LanguageModel, Moderator, XApi};
use clara_actors::prompt::Prompts;
use clara_actors::{EngineOptions, Ports};
use clara_adapters::clock::SystemClock;
use clara_adapters::ids::UuidIds;
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_adapters::knowledge::VectorStore;
use clara_adapters::openai::embeddings::{EmbedderOptions, OpenAiEmbedder};
use clara_adapters::openai::moderation::{ModeratorOptions, OpenAiModerator};
use clara_adapters::openai::{self, OpenAiOptions};
use clara_adapters::secrets::{SecretStore, Seeded};
use clara_adapters::x::{self, OAuthApp, XHttp, XOptions};

use super::Replacements;
use super::trouble::Listener;
use crate::books;
use crate::config::{self, Config, Secrets, TokenLimitField, Vocabulary, secrets};
use crate::discord::{ClientDefaults, DiscordOptions};

/// The most threads over which clients are spread; what they do is small.
const MOST_ARBITERS: usize = 4;

pub(super) fn desk_options(config: &Config, secrets: &Secrets) -> anyhow::Result<DiscordOptions> {
    let token = secrets.discord_token.clone().with_context(|| {
        format!(
            "there is no bot token; set {name} or {name}_FILE",
            name = secrets::DISCORD_TOKEN
        )
    })?;
    Ok(DiscordOptions {
        token,
        application_id: config.discord.application_id.get(),
        guild_id: config.discord.guild_id.get(),
        alert_channel: config.discord.alert_channel.clone(),
        team: config.team.clone(),
        api_base: config
            .discord
            .api_base
            .as_ref()
            .map(|base| base.as_str().to_owned()),
        client_defaults: ClientDefaults::default(),
        prices: Arc::new(config.prices.list()),
        budgets: Arc::new(config.budgets.budgets()),
    })
}

/// The ports, and the part behind one of them that has to be closed at the end.
pub(super) struct Parts {
    pub(super) ports: Ports,
    /// X over HTTP, unless something takes its place.
    pub(super) x: Option<Arc<XHttp>>,
    /// Who hands out backups, unless the journal is another one than the data directory's.
    pub(super) books: Option<books::Listener>,
}

pub(super) fn parts(
    config: &Config,
    secrets: &Secrets,
    replaced: Replacements,
    desk: Arc<dyn Desk>,
    troubles: Listener,
) -> anyhow::Result<Parts> {
    let clock: Arc<dyn Clock> = replaced.clock.unwrap_or_else(|| Arc::new(SystemClock));
    let ids: Arc<dyn Ids> = match replaced.ids {
        Some(ids) => ids,
        None => Arc::new(UuidIds::new(clock.clone())),
    };
    let model: Arc<dyn LanguageModel> = match replaced.model {
        Some(model) => model,
        None => model(config, secrets)?,
    };
    let moderator = moderator(config, secrets)?;
    // Before all else that is in the directory: it locks it, and who is refused must have changed nothing there.
    let (journal, books): (Arc<dyn Journal>, _) = match replaced.journal {
        Some(journal) => (journal, None),
        None => {
            let journal = sled(config, troubles)?;
            let books = listener(config, journal.clone(), clock.clone());
            (journal, books)
        }
    };
    let embedding = embedding(config, secrets)?;
    let (x, over_http): (Arc<dyn XApi>, _) = match replaced.x {
        Some(x) => (x, None),
        None => {
            let x = x_http(config, secrets, clock.clone())?;
            (x.clone(), Some(x))
        }
    };
    let ports = Ports {
        journal,
        clock,
        ids,
        model,
        embedding,
        moderator,
        x,
        desk,
    };
    Ok(Parts {
        ports,
        x: over_http,
        books,
    })
}

/// Without it she runs all the same, and a backup needs her to be stopped.
fn listener(
    config: &Config,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
) -> Option<books::Listener> {
    books::Listener::start(&config.data_dir, journal, clock)
        .inspect_err(|error| {
            let dir = config.data_dir.display();
            tracing::warn!(%error, %dir, "no socket can be made in the data directory; `clara backup` works only while Clara is stopped");
        })
        .ok()
}

fn sled(config: &Config, troubles: Listener) -> anyhow::Result<Arc<dyn Journal>> {
    let options = SledOptions {
        on_trouble: troubles,
        ..SledOptions::default()
    };
    std::fs::create_dir_all(&config.data_dir).with_context(|| {
        format!(
            "the data directory {} cannot be made",
            config.data_dir.display()
        )
    })?;
    Ok(Arc::new(SledJournal::open(&config.journal_dir(), options)?))
}

fn model(config: &Config, secrets: &Secrets) -> anyhow::Result<Arc<dyn LanguageModel>> {
    let settings = &config.openai;
    let model = openai::OpenAi::new(OpenAiOptions {
        base_url: settings.base_url.as_str().to_owned(),
        model: settings.models.first().to_owned(),
        api_key: secrets.openai_api_key.clone(),
        timeout: settings.timeout,
        tokens_per_second: settings.tokens_per_second,
        token_limit: match settings.token_limit_field {
            TokenLimitField::MaxTokens => openai::TokenLimitField::MaxTokens,
            TokenLimitField::MaxCompletionTokens => openai::TokenLimitField::MaxCompletionTokens,
        },
        strict_schema: settings.strict_schema,
    })?;
    Ok(Arc::new(model))
}

/// None where no model for it is configured.
fn embedding(config: &Config, secrets: &Secrets) -> anyhow::Result<Option<Embedding>> {
    let Some(model) = &config.knowledge.embedding_model else {
        return Ok(None);
    };
    let embedder = OpenAiEmbedder::new(EmbedderOptions {
        base_url: config.embedding_url().as_str().to_owned(),
        model: model.as_str().to_owned(),
        api_key: secrets.embedding_key(config),
        timeout: config.openai.timeout,
        dimensions: config.knowledge.dimensions.map(NonZeroU32::get),
    })?;
    let dir = config.vectors_dir();
    let vectors = VectorStore::open(&dir)
        .with_context(|| format!("the vectors' directory {} cannot be made", dir.display()))?;
    // Now, so that no client waits for the disk later.
    vectors.read(embedder.kind());
    Ok(Some(Embedding {
        embedder: Arc::new(embedder),
        vectors: Arc::new(vectors),
    }))
}

/// None where no model for it is configured.
fn moderator(config: &Config, secrets: &Secrets) -> anyhow::Result<Option<Arc<dyn Moderator>>> {
    let Some(model) = &config.moderation.model else {
        return Ok(None);
    };
    let moderator = OpenAiModerator::new(ModeratorOptions {
        base_url: config.moderation_url().as_str().to_owned(),
        model: model.as_str().to_owned(),
        api_key: secrets.moderation_key(config),
        timeout: config.openai.timeout,
    })?;
    Ok(Some(Arc::new(moderator)))
}

fn x_http(config: &Config, secrets: &Secrets, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<XHttp>> {
    let store = SecretStore::open(config.secrets_dir())?;
    for (client, tokens) in &secrets.x {
        if store.seed(client, tokens)? == Seeded::SignedIn {
            let variable = secrets::x_access_token(client);
            tracing::warn!(%client, variable, "the account was signed in with `clara sign-in`, so its variables are not used; remove them");
        }
    }
    let app = |client_id: &String| OAuthApp {
        client_id: client_id.clone(),
        client_secret: secrets.x_client_secret.clone(),
    };
    let x = XHttp::new(XOptions {
        api_base: config.x.api_base.as_str().to_owned(),
        vocabulary: match config.x.vocabulary {
            Vocabulary::Tweet => x::Vocabulary::Tweet,
            Vocabulary::Post => x::Vocabulary::Post,
        },
        timeout: config.x.timeout,
        oauth: config.x.client_id.as_ref().map(app),
        secrets: Arc::new(store),
        clock,
    })?;
    Ok(Arc::new(x))
}

pub(super) fn engine_options(config: &Config) -> EngineOptions {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    EngineOptions {
        declared: config.clients.clone().into_iter().collect(),
        managers: config.team.manage.clone(),
        prompts: templates(config),
        models: config.openai.chain_options(),
        meaning: config.knowledge.meaning(),
        moderation: config.moderation.when_down,
        prices: config.prices.list(),
        budgets: config.budgets.budgets(),
        limits: limits(&config.limits),
        arbiters: threads.min(MOST_ARBITERS),
        ..EngineOptions::default()
    }
}

fn templates(config: &Config) -> Prompts {
    let templates = config.prompts.templates();
    templates.expect("the templates of a configuration were checked when it was read")
}

fn limits(limits: &config::Limits) -> limiter::Limits {
    let quota = |quota: config::Quota| limiter::Quota {
        calls: quota.calls,
        per: quota.per,
    };
    let service = |limits: config::ServiceLimits| limiter::ServiceLimits {
        app: quota(limits.app),
        client: quota(limits.client),
        at_once: limits.at_once,
    };
    limiter::Limits {
        x: service(limits.x),
        model: service(limits.model),
    }
}
