//! What the person at the terminal reads when everything has started: what runs, where its data is, what is missing.

use std::fmt::Write;
use std::net::SocketAddr;

use super::tokens;
use crate::config::{Config, Secrets, secrets};

/// The text, without a line break at its end.
pub(super) fn text(config: &Config, secrets: &Secrets, ops: SocketAddr) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut lines = vec![
        format!("Clara {version} is running. Ctrl-C or SIGTERM ends it cleanly."),
        format!("  data     {}", config.data_dir.display()),
        format!(
            "  desk     Discord server {}, alerts in {}",
            config.discord.guild_id.get(),
            config.discord.alert_channel
        ),
        format!(
            "  writes   {} at {}",
            config.openai.models, config.openai.base_url
        ),
        notes(config),
        format!("  posts    {}", config.x.api_base),
        format!("  health   http://{ops}/healthz, /readyz, /metrics"),
        clients(config),
    ];
    lines.extend(
        missing(config, secrets)
            .into_iter()
            .map(|what| format!("  missing  {what}")),
    );
    let doubts = config.doubts.iter();
    lines.extend(doubts.map(|doubt| format!("  warning  {doubt}")));
    lines.join("\n")
}

fn notes(config: &Config) -> String {
    match &config.knowledge.embedding_model {
        Some(model) => format!(
            "  notes    searched by words, and by meaning with {model} at {}",
            config.embedding_url()
        ),
        None => "  notes    searched by words; knowledge.embedding_model adds meaning".to_owned(),
    }
}

fn clients(config: &Config) -> String {
    if config.clients.is_empty() {
        return "  clients  none in files; add one with /client add".to_owned();
    }
    let mut text = String::from("  clients ");
    for (id, settings) in &config.clients {
        write!(text, " {id} (@{}, {})", settings.handle, settings.time_zone)
            .expect("writing to a String cannot fail");
    }
    text
}

/// The keys of the services that only make vectors or only judge texts.
fn missing_keys(config: &Config, secrets: &Secrets) -> Vec<String> {
    let services = [
        (
            config.embeds_elsewhere() && secrets.embedding_key(config).is_none(),
            config.embedding_url(),
            secrets::EMBEDDING_API_KEY,
            "will refuse to make vectors, and notes are searched by words alone",
        ),
        (
            config.judges_elsewhere() && secrets.moderation_key(config).is_none(),
            config.moderation_url(),
            secrets::MODERATION_API_KEY,
            "will refuse to judge texts",
        ),
    ];
    let lacking = services
        .into_iter()
        .filter(|(lacks, url, _, _)| *lacks && !url.is_loopback());
    lacking
        .map(|(_, url, name, what)| format!("{name}: {url} {what}"))
        .collect()
}

/// What is not there and will be needed, in words that name the variable.
pub fn missing(config: &Config, secrets: &Secrets) -> Vec<String> {
    let mut missing = Vec::new();
    if secrets.openai_api_key.is_none() && !config.openai.base_url.is_loopback() {
        let name = secrets::OPENAI_API_KEY;
        missing.push(format!(
            "{name}: {} will refuse to write",
            config.openai.base_url
        ));
    }
    missing.extend(missing_keys(config, secrets));
    let mut renewable = false;
    for client in config.clients.keys() {
        let standing = tokens::standing(config, secrets, client);
        renewable |= standing.is_renewable;
        missing.extend(standing.missing);
    }
    if renewable && config.x.client_id.is_none() {
        missing.push(
            "x.client_id: access tokens cannot be refreshed, and they live two hours".to_owned(),
        );
    }
    missing
}
