//! The commands as Discord's API takes them: `PUT /applications/{a}/guilds/{g}/commands`.

use serde_json::{Value, json};

use super::{ALL, Definition, Kind, Opt};

/// Discord's numbers for option types.
const SUBCOMMAND: u8 = 1;

/// All commands; those of two words are grouped under their first.
pub(crate) fn registration() -> Value {
    let mut commands: Vec<Value> = Vec::new();
    for definition in ALL {
        match definition.words {
            [_, sub] => join(&mut commands, definition, sub),
            _ => commands.push(body(definition, definition.words.concat().as_str(), 1)),
        }
    }
    Value::Array(commands)
}

fn join(commands: &mut Vec<Value>, definition: &Definition, sub: &str) {
    let group = definition.words[0];
    let entry = body(definition, sub, SUBCOMMAND);
    let known = commands.iter_mut().find(|command| command["name"] == group);
    match known.and_then(|command| command["options"].as_array_mut()) {
        Some(options) => options.push(entry),
        None => commands.push(json!({
            "type": 1,
            "name": group,
            "description": format!("Everything about a {group}"),
            "options": [entry],
        })),
    }
}

/// A command and a subcommand have the same shape; as a command, type 1 is "slash command".
fn body(definition: &Definition, name: &str, kind: u8) -> Value {
    json!({
        "type": kind,
        "name": name,
        "description": definition.summary,
        "options": definition.options.iter().map(option).collect::<Vec<_>>(),
    })
}

fn option(option: &Opt) -> Value {
    let mut body = json!({
        "type": number(option.kind),
        "name": option.name,
        "description": option.summary,
        "required": option.required,
    });
    match option.kind {
        Kind::Client | Kind::Tweet => body["autocomplete"] = json!(true),
        // Text channels (0) and announcements (5).
        Kind::Channel => body["channel_types"] = json!([0, 5]),
        Kind::Command => {
            let names = ALL.iter().map(|definition| definition.words.join(" "));
            body["choices"] = names
                .map(|name| json!({"name": name, "value": name}))
                .collect();
        }
        Kind::Text | Kind::Whole => {}
    }
    body
}

fn number(kind: Kind) -> u8 {
    match kind {
        Kind::Text | Kind::Client | Kind::Tweet | Kind::Command => 3,
        Kind::Whole => 4,
        Kind::Channel => 7,
    }
}
