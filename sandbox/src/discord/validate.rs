//! Discord's rules about what may be sent, each reported as the field of the form it belongs to (error 50035).
//! Numbers are from the public documentation and OpenAPI document; texts are counted in code points.
//! Nothing here changes the world: a form that passes is taken as it is.

mod commands;
mod components;
mod embeds;
mod modal;

use serde_json::Value;

pub(super) use self::commands::check_commands;
pub(super) use self::components::check_components;
pub(super) use self::embeds::check_embeds;
pub(super) use self::modal::check_modal;
use super::error::FormErrors;

const CONTENT: usize = 2000;
const FILES: usize = 10;
const CHOICES: usize = 25;

/// Checks a message's form under `at` (`""`, or `data` for an interaction's answer).
pub(super) fn check_message(body: &Value, at: &str, errors: &mut FormErrors) {
    match &body["content"] {
        Value::Null => {}
        Value::String(text) => errors.length(&under(at, "content"), text, 0, CONTENT),
        _ => not_a(errors, &under(at, "content"), "string"),
    }
    list(body, at, "embeds", errors, check_embeds);
    list(body, at, "components", errors, check_components);
    list(body, at, "attachments", errors, |files, at, errors| {
        errors.items(at, files.len(), 0, FILES);
    });
    check_nonce(&body["nonce"], at, errors);
    check_mentions(&body["allowed_mentions"], at, errors);
}

/// Checks the suggestions of an autocomplete.
pub(super) fn check_choices(data: &Value, errors: &mut FormErrors) {
    let Some(choices) = data["choices"].as_array() else {
        errors.required("data.choices");
        return;
    };
    errors.items("data.choices", choices.len(), 0, CHOICES);
    for (i, choice) in choices.iter().enumerate() {
        text(choice, &format!("data.choices.{i}"), "name", 1, 100, errors);
    }
}

fn list(
    body: &Value,
    at: &str,
    name: &str,
    errors: &mut FormErrors,
    check: impl Fn(&[Value], &str, &mut FormErrors),
) {
    match &body[name] {
        Value::Null => {}
        Value::Array(items) => check(items, &under(at, name), errors),
        _ => not_a(errors, &under(at, name), "array"),
    }
}

fn check_nonce(nonce: &Value, at: &str, errors: &mut FormErrors) {
    match nonce {
        Value::Null | Value::Number(_) => {}
        Value::String(text) => errors.length(&under(at, "nonce"), text, 0, 25),
        _ => not_a(errors, &under(at, "nonce"), "string"),
    }
}

fn check_mentions(allowed: &Value, at: &str, errors: &mut FormErrors) {
    let parse = allowed["parse"].as_array().cloned().unwrap_or_default();
    for kind in ["users", "roles"] {
        let ids = allowed[kind].as_array().map_or(0, Vec::len);
        let path = under(at, &format!("allowed_mentions.{kind}"));
        errors.items(&path, ids, 0, 100);
        if ids > 0 && parse.iter().any(|p| p == kind) {
            let message =
                format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
            errors.add(&path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", &message);
        }
    }
}

fn under(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.into()
    } else {
        format!("{at}.{name}")
    }
}

fn not_a(errors: &mut FormErrors, path: &str, kind: &str) {
    errors.add(
        path,
        "BASE_TYPE_CONVERT",
        &format!("Could not interpret as {kind}."),
    );
}

/// A text field: required when `min` is more than 0.
fn text(holder: &Value, at: &str, name: &str, min: usize, max: usize, errors: &mut FormErrors) {
    let path = under(at, name);
    match &holder[name] {
        Value::Null if min > 0 => errors.required(&path),
        Value::Null => {}
        Value::String(text) => errors.length(&path, text, min, max),
        _ => not_a(errors, &path, "string"),
    }
}

/// A text field that may be left out, but not be empty.
fn optional_text(holder: &Value, at: &str, name: &str, max: usize, errors: &mut FormErrors) {
    if !holder[name].is_null() {
        text(holder, at, name, 0, max, errors);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use axum::response::IntoResponse;
    use serde_json::json;

    use super::*;

    fn complaint(body: &Value) -> Option<u16> {
        let mut errors = FormErrors::default();
        check_message(body, "", &mut errors);
        errors
            .finish()
            .err()
            .map(|e| e.into_response().status().as_u16())
    }

    #[test]
    fn content_is_counted_in_code_points() {
        assert_eq!(complaint(&json!({"content": "é".repeat(2000)})), None);
        assert_eq!(complaint(&json!({"content": "é".repeat(2001)})), Some(400));
    }

    #[test]
    fn a_mention_is_allowed_by_kind_or_by_id_but_not_both() {
        let both = json!({"allowed_mentions": {"parse": ["users"], "users": ["1"]}});
        assert_eq!(complaint(&both), Some(400));
        let ids = json!({"allowed_mentions": {"parse": ["roles"], "users": ["1"]}});
        assert_eq!(complaint(&ids), None);
    }

    #[test]
    fn a_nonce_has_at_most_25_characters() {
        assert_eq!(complaint(&json!({"nonce": "n".repeat(25)})), None);
        assert_eq!(complaint(&json!({"nonce": "n".repeat(26)})), Some(400));
    }
}
