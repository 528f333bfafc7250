//! The commands as text: `/help` in Discord, and docs/commands.md.

use clara_domain::person::Right;

use super::{ALL, Definition, Kind, Opt};

/// docs/commands.md, whole.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Commands\n\nMade from the command definitions in `src/discord/commands`; a test keeps this page in step with \
         them (`UPDATE_DOCS=1 cargo test --test desk_docs` writes it).\n\nEvery answer is seen by the person who asked \
         alone. Times are meant in the client's time zone: `in 2h`, `tomorrow 09:00`, `mon 9am` or RFC 3339.\n",
    );
    for definition in ALL {
        page.push_str(&section(definition));
    }
    page
}

fn section(definition: &Definition) -> String {
    let mut text = format!(
        "\n## `{}`\n\n{}. {}\n\nWho: {}.\n",
        definition.name(),
        definition.summary,
        definition.details,
        who(definition.right)
    );
    if !definition.options.is_empty() {
        text.push_str("\n| option | | what |\n|---|---|---|\n");
        for option in definition.options {
            let must = if option.required {
                "required"
            } else {
                "optional"
            };
            text.push_str(&format!(
                "| `{}` | {must} {} | {} |\n",
                option.name,
                kind(option.kind),
                option.summary
            ));
        }
    }
    text.push_str(&format!("\n```\n{}\n```\n", definition.example));
    text
}

/// The list of all commands.
pub(crate) fn overview() -> String {
    let lines = ALL
        .iter()
        .map(|definition| format!("`{}` {}", definition.name(), definition.summary));
    format!(
        "**What Clara can do**\n{}\n\nA tweet goes planned → generated → validated → approved → posted. Nothing is \
         posted without approval on its card. `/help command:plan` tells more about one command.",
        lines.collect::<Vec<_>>().join("\n")
    )
}

/// Everything about one command.
pub(crate) fn about(definition: &Definition) -> String {
    let options = definition.options.iter().map(line);
    let mut text = format!(
        "**{}**: {}\n{}\nWho: {}.\n",
        definition.name(),
        definition.summary,
        definition.details,
        who(definition.right)
    );
    text.extend(options);
    text.push_str(&format!("Example: `{}`", definition.example));
    text
}

fn line(option: &Opt) -> String {
    let must = if option.required {
        ""
    } else {
        " (may be left out)"
    };
    format!("• `{}`{must}: {}\n", option.name, option.summary)
}

fn who(right: Option<Right>) -> &'static str {
    match right {
        None => "everybody who sees the channel",
        Some(Right::Manage) => "people with the right to manage",
        Some(Right::Write) => "people with the right to write",
        Some(Right::Approve) => "people with the right to approve",
        Some(Right::Override) => "people with the right to override",
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Whole => "whole number",
        Kind::Channel => "channel",
        Kind::Client => "client id",
        Kind::Tweet => "tweet id",
        Kind::Command => "command",
        Kind::File => "file",
    }
}
