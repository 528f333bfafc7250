//! `clara check-config`: reads everything that a start would read, says what is wrong or missing, and starts nothing.

use std::fmt::Write;

use super::{CheckConfigArgs, Exit, complain, say};
use crate::app;
use crate::config::{Config, Secrets, secrets};

pub(super) fn run(args: &CheckConfigArgs) -> Exit {
    let config = super::load(&args.config, args.data_dir.as_deref())
        .map_err(|problems| complain(&problems.to_string()));
    let found = super::secrets().map_err(|problems| complain(&problems));
    let (Ok(config), Ok(found)) = (config, found) else {
        return Exit::Usage;
    };
    say(&summary(&config, &found));
    if found.discord_token.is_none() {
        let name = secrets::DISCORD_TOKEN;
        complain(&format!(
            "Clara cannot start without {name}. Set it, or set {name}_FILE to a file that holds it."
        ));
        return Exit::Failed;
    }
    Exit::Fine
}

fn summary(config: &Config, found: &Secrets) -> String {
    let mut text = format!(
        "The configuration is valid; {} declared.\n",
        clients(config.clients.len())
    );
    let mut line = |name: &str, is_there: bool| {
        let state = if is_there { "is set" } else { "is not set" };
        writeln!(text, "  {name:<40} {state}").expect("writing to a String cannot fail");
    };
    line(secrets::DISCORD_TOKEN, found.discord_token.is_some());
    line(secrets::OPENAI_API_KEY, found.openai_api_key.is_some());
    if config.embeds_elsewhere() {
        line(
            secrets::EMBEDDING_API_KEY,
            found.embedding_api_key.is_some(),
        );
    }
    if config.judges_elsewhere() {
        line(
            secrets::MODERATION_API_KEY,
            found.moderation_api_key.is_some(),
        );
    }
    line(secrets::X_CLIENT_SECRET, found.x_client_secret.is_some());
    for client in config.clients.keys() {
        let tokens = found.x.get(client);
        line(&secrets::x_access_token(client), tokens.is_some());
        line(
            &secrets::x_refresh_token(client),
            tokens.is_some_and(|tokens| tokens.refresh_token.is_some()),
        );
    }
    for what in app::missing(config, found) {
        writeln!(text, "missing  {what}").expect("writing to a String cannot fail");
    }
    for doubt in &config.doubts {
        writeln!(text, "warning  {doubt}").expect("writing to a String cannot fail");
    }
    text.trim_end().to_owned()
}

fn clients(count: usize) -> String {
    match count {
        0 => "no client is".to_owned(),
        1 => "1 client is".to_owned(),
        many => format!("{many} clients are"),
    }
}
