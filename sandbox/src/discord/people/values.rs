//! Typed texts become values of an option's type, choices of a menu, or fields of a modal; what does not fit is refused by name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::line::OptionSpec;
use crate::discord::directory::Directory;
use crate::discord::ids::{ChannelId, RoleId, UserId};
use crate::discord::person_error::PersonError;

/// Integers and numbers of options lie within 53 bits.
const WIDEST: f64 = 9_007_199_254_740_992.0;
const LONGEST_STRING: usize = 6000;
const LONGEST_FIELD: usize = 4000;

/// Objects behind the ids that options carry.
#[derive(Debug, Default)]
pub(super) struct Resolved(Map<String, Value>);

impl Resolved {
    pub(super) fn add(&mut self, kind: &str, id: u64, object: Value) {
        let group = self.0.entry(kind).or_insert_with(|| json!({}));
        group[id.to_string()] = object;
    }

    /// The payload's `resolved`, if there is anything in it.
    pub(super) fn json(&self) -> Option<Value> {
        (!self.0.is_empty()).then(|| self.0.clone().into())
    }
}

/// The value that goes over the wire.
pub(super) fn convert(
    spec: &OptionSpec,
    text: &str,
    directory: &Directory,
    resolved: &mut Resolved,
) -> Result<Value, PersonError> {
    if text.is_empty() {
        return Err(PersonError::Missing(spec.name.clone()));
    }
    if let Some(choices) = spec
        .choices
        .as_deref()
        .filter(|choices| !choices.is_empty())
    {
        return choose(spec, choices, text);
    }
    match spec.kind {
        3 => string(spec, text),
        4 => integer(spec, text),
        5 => boolean(spec, text),
        6 => {
            user(text, directory, resolved).ok_or_else(|| wrong(spec, "a member, like @maya", text))
        }
        7 => channel(text, directory, resolved)
            .ok_or_else(|| wrong(spec, "a channel, like #ops", text)),
        8 => {
            role(text, directory, resolved).ok_or_else(|| wrong(spec, "a role, like @editor", text))
        }
        9 => user(text, directory, resolved)
            .or_else(|| role(text, directory, resolved))
            .ok_or_else(|| wrong(spec, "a member or a role", text)),
        10 => number(spec, text),
        _ => Err(wrong(spec, "of a type that can be typed", text)),
    }
}

pub(super) fn wrong(spec: &OptionSpec, expected: &str, given: &str) -> PersonError {
    PersonError::WrongValue {
        option: spec.name.clone(),
        expected: expected.into(),
        given: given.into(),
    }
}

fn choose(spec: &OptionSpec, choices: &[Value], text: &str) -> Result<Value, PersonError> {
    let is_meant = |choice: &&Value| {
        let number = choice["value"].to_string();
        choice["name"] == text || choice["value"] == text || number == text
    };
    let chosen = choices.iter().find(is_meant);
    chosen.map(|choice| choice["value"].clone()).ok_or_else(|| {
        let names = choices.iter().filter_map(|choice| choice["name"].as_str());
        wrong(
            spec,
            &format!("one of {}", names.collect::<Vec<_>>().join(", ")),
            text,
        )
    })
}

fn string(spec: &OptionSpec, text: &str) -> Result<Value, PersonError> {
    let (min, max) = (
        spec.min_length.unwrap_or(0),
        spec.max_length.unwrap_or(LONGEST_STRING),
    );
    let count = text.chars().count();
    if count < min || count > max {
        return Err(wrong(
            spec,
            &format!("{min} to {max} characters long"),
            text,
        ));
    }
    Ok(text.into())
}

fn integer(spec: &OptionSpec, text: &str) -> Result<Value, PersonError> {
    let value: i64 = text
        .parse()
        .map_err(|_| wrong(spec, "a whole number", text))?;
    // Exact for every integer that passes: the bounds lie within 53 bits.
    in_bounds(spec, value as f64, text)?;
    Ok(value.into())
}

fn number(spec: &OptionSpec, text: &str) -> Result<Value, PersonError> {
    let value: f64 = text.parse().map_err(|_| wrong(spec, "a number", text))?;
    in_bounds(spec, value, text)?;
    Ok(value.into())
}

fn in_bounds(spec: &OptionSpec, value: f64, text: &str) -> Result<(), PersonError> {
    let (min, max) = (
        spec.min_value.unwrap_or(-WIDEST),
        spec.max_value.unwrap_or(WIDEST),
    );
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(wrong(spec, &format!("from {min} to {max}"), text))
}

fn boolean(spec: &OptionSpec, text: &str) -> Result<Value, PersonError> {
    match text.to_lowercase().as_str() {
        "true" => Ok(true.into()),
        "false" => Ok(false.into()),
        _ => Err(wrong(spec, "true or false", text)),
    }
}

/// The id inside `<@1>`, `<#1>` or `<@&1>`.
fn mention(text: &str, sigil: &str) -> Option<u64> {
    text.strip_prefix(sigil)?.strip_suffix('>')?.parse().ok()
}

fn user(text: &str, directory: &Directory, resolved: &mut Resolved) -> Option<Value> {
    let by_id = mention(text, "<@").and_then(|id| directory.person_by_id(UserId(id)));
    let person = by_id.or_else(|| directory.person(text).ok())?;
    let mut member = directory.acting_member_json(person);
    if let Some(member) = member.as_object_mut() {
        // Resolved members are partial: no user, deaf or mute.
        for part in ["user", "deaf", "mute"] {
            member.remove(part);
        }
    }
    resolved.add("users", person.id, directory.user_json(UserId(person.id)));
    resolved.add("members", person.id, member);
    Some(person.id.to_string().into())
}

fn channel(text: &str, directory: &Directory, resolved: &mut Resolved) -> Option<Value> {
    let by_id = mention(text, "<#").and_then(|id| directory.channel_by_id(ChannelId(id)));
    let channel = by_id.or_else(|| directory.channel(text).ok())?;
    let mut partial = directory.channel_json(channel);
    partial["permissions"] = "0".into();
    resolved.add("channels", channel.id, partial);
    Some(channel.id.to_string().into())
}

fn role(text: &str, directory: &Directory, resolved: &mut Resolved) -> Option<Value> {
    let by_id = mention(text, "<@&").and_then(|id| directory.role_by_id(RoleId(id)));
    let role = by_id.or_else(|| directory.role(text))?;
    resolved.add(
        "roles",
        role.id,
        directory.role_json(role.id, &role.name, 1),
    );
    Some(role.id.to_string().into())
}

/// Whether a string menu offers these choices, and as many may be chosen. Other menus take any ids.
pub(super) fn check_choice(
    menu: &Value,
    custom_id: &str,
    chosen: &[&str],
) -> Result<(), PersonError> {
    let bound = |name: &str| {
        menu[name]
            .as_u64()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(1)
    };
    let offered = |value: &&str| {
        let options = menu["options"].as_array().into_iter().flatten();
        menu["type"] != 3 || options.into_iter().any(|option| option["value"] == *value)
    };
    let fits = (bound("min_values")..=bound("max_values")).contains(&chosen.len());
    if fits && chosen.iter().all(offered) {
        return Ok(());
    }
    Err(PersonError::WrongChoice {
        custom_id: custom_id.into(),
        given: chosen.iter().map(|value| (*value).to_owned()).collect(),
    })
}

/// The `data` of a modal that is sent off: its own fields, with the person's texts.
pub(super) fn modal_data(
    modal: &Value,
    values: &BTreeMap<String, String>,
) -> Result<Value, PersonError> {
    let rows = modal["components"].as_array().into_iter().flatten();
    let inputs: Vec<_> = rows.map(|row| &row["components"][0]).collect();
    let known: Vec<_> = inputs.iter().map(|input| field_name(input)).collect();
    if let Some(stranger) = values.keys().find(|name| !known.contains(name)) {
        return Err(PersonError::UnknownField {
            field: stranger.clone(),
            known,
        });
    }
    let mut rows = Vec::new();
    for (input, name) in inputs.iter().zip(&known) {
        let kept = input["value"].as_str().unwrap_or_default();
        let text = values.get(name).map_or(kept, String::as_str);
        check_field(input, name, text)?;
        rows.push(
            json!({"type": 1, "components": [{"type": 4, "custom_id": name, "value": text}]}),
        );
    }
    Ok(json!({"custom_id": modal["custom_id"], "components": rows}))
}

fn field_name(input: &Value) -> String {
    input["custom_id"].as_str().unwrap_or_default().to_owned()
}

fn check_field(input: &Value, name: &str, text: &str) -> Result<(), PersonError> {
    let bound = |part: &str| input[part].as_u64().and_then(|n| usize::try_from(n).ok());
    let required = input["required"].as_bool().unwrap_or(true);
    let max = bound("max_length").unwrap_or(LONGEST_FIELD);
    let min = bound("min_length").unwrap_or(0).max(usize::from(required));
    let given = text.chars().count();
    let left_empty = given == 0 && !required;
    if left_empty || (min..=max).contains(&given) {
        return Ok(());
    }
    Err(PersonError::FieldLength {
        field: name.into(),
        expected: format!("{min} to {max}"),
        given,
    })
}
