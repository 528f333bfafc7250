//! The commands as Discord's API takes them: `PUT /applications/{a}/guilds/{g}/commands`.

use serde_json::{Value, json};

use super::{ALL, Definition, Kind, Opt};

/// Discord's numbers for option types.
const SUBCOMMAND: u8 = 1;
const GROUP: u8 = 2;

/// All commands; those of several words are grouped under their first.
pub(crate) fn registration() -> Value {
    let mut commands: Vec<Value> = Vec::new();
    for definition in ALL {
        match definition.words {
            [first, sub] => join(&mut commands, first, 1, body(definition, sub, SUBCOMMAND)),
            [first, group, sub] => {
                let entry = body(definition, sub, SUBCOMMAND);
                let inside = subcommands(&mut commands, first, 1);
                join(inside, group, GROUP, entry);
            }
            _ => commands.push(body(definition, definition.words.concat().as_str(), 1)),
        }
    }
    Value::Array(commands)
}

fn join(commands: &mut Vec<Value>, group: &str, kind: u8, entry: Value) {
    subcommands(commands, group, kind).push(entry);
}

/// What stands under a command or a group; it is made where it is not there yet.
fn subcommands<'a>(commands: &'a mut Vec<Value>, group: &str, kind: u8) -> &'a mut Vec<Value> {
    let known = commands.iter().position(|command| command["name"] == group);
    let at = known.unwrap_or_else(|| {
        let about = match kind {
            GROUP => format!("Everything about {group}"),
            _ => format!("Everything about a {group}"),
        };
        commands.push(json!({
            "type": kind,
            "name": group,
            "description": about,
            "options": [],
        }));
        commands.len() - 1
    });
    commands[at]["options"]
        .as_array_mut()
        .expect("whoever has subcommands has a list of them")
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
        Kind::Text | Kind::Whole | Kind::File => {}
    }
    body
}

fn number(kind: Kind) -> u8 {
    match kind {
        Kind::Text | Kind::Client | Kind::Tweet | Kind::Command => 3,
        Kind::Whole => 4,
        Kind::Channel => 7,
        Kind::File => 11,
    }
}
