//! Rules about slash commands at registration: names, descriptions, options, choices, nesting, and the size of the whole.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::error::FormErrors;
use super::{CHOICES, text, under};

const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;
const WHOLE: usize = 8000;

/// Checks the body of a bulk overwrite; paths are indices into it.
pub(in crate::discord) fn check_commands(commands: &[Value], errors: &mut FormErrors) {
    let mut names = BTreeSet::new();
    for (i, command) in commands.iter().enumerate() {
        let at = i.to_string();
        check_names(command, &at, errors);
        check_options(command, &at, 0, errors);
        if !names.insert(command["name"].as_str()) {
            let message = "Application command names must be unique";
            errors.add(
                &under(&at, "name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                message,
            );
        }
        if weight(command) > WHOLE {
            let message = format!("Command exceeds maximum size ({WHOLE})");
            errors.add(&at, "APPLICATION_COMMAND_TOO_LARGE", &message);
        }
    }
}

fn check_names(holder: &Value, at: &str, errors: &mut FormErrors) {
    text(holder, at, "name", 1, 32, errors);
    text(holder, at, "description", 1, 100, errors);
    if let Some(name) = holder["name"].as_str()
        && !is_name(name)
    {
        let message = "Command name is invalid";
        errors.add(
            &under(at, "name"),
            "APPLICATION_COMMAND_INVALID_NAME",
            message,
        );
    }
}

/// Letters, digits, `-`, `_` and `'`, without capitals (documentation, "Application command naming").
fn is_name(name: &str) -> bool {
    name.chars()
        .all(|c| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_' | '\''))
}

fn check_options(holder: &Value, at: &str, depth: usize, errors: &mut FormErrors) {
    let options = holder["options"].as_array().map_or(&[][..], Vec::as_slice);
    let at = under(at, "options");
    errors.items(&at, options.len(), 0, 25);
    let (mut names, mut optional_seen) = (BTreeSet::new(), false);
    let nests = |option: &Value| matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP));
    let nested = options.iter().filter(|option| nests(option)).count();
    if nested > 0 && nested < options.len() {
        let message = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        errors.add(&at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    for (i, option) in options.iter().enumerate() {
        let at = format!("{at}.{i}");
        check_names(option, &at, errors);
        if !names.insert(option["name"].as_str()) {
            let message = "Option name already exists";
            errors.add(
                &under(&at, "name"),
                "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
                message,
            );
        }
        let required = option["required"].as_bool().unwrap_or(false);
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            errors.add(&at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_seen |= !required;
        check_option(option, &at, depth, errors);
    }
}

fn check_option(option: &Value, at: &str, depth: usize, errors: &mut FormErrors) {
    match option["type"].as_u64() {
        Some(SUBCOMMAND) if depth <= 1 => check_options(option, at, 2, errors),
        Some(GROUP) if depth == 0 => check_options(option, at, 1, errors),
        Some(kind @ 3..=11) => check_choices(option, kind, at, errors),
        Some(_) => {
            let message = "Value of field \"type\" is not allowed here.";
            errors.add(
                &under(at, "type"),
                "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                message,
            );
        }
        None => errors.required(&under(at, "type")),
    }
}

fn check_choices(option: &Value, kind: u64, at: &str, errors: &mut FormErrors) {
    let choices = option["choices"].as_array().map_or(&[][..], Vec::as_slice);
    let path = under(at, "choices");
    errors.items(&path, choices.len(), 0, CHOICES);
    let completes = option["autocomplete"].as_bool().unwrap_or(false);
    if (completes || !choices.is_empty()) && !matches!(kind, 3 | 4 | 10) {
        let message = "Only string, integer and number options take choices or autocomplete";
        errors.add(&path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
    }
    if completes && !choices.is_empty() {
        let message = "Autocomplete may not be set to true if options are present";
        errors.add(at, "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message);
    }
    for (i, choice) in choices.iter().enumerate() {
        let at = format!("{path}.{i}");
        text(choice, &at, "name", 1, 100, errors);
        match (kind, &choice["value"]) {
            (3, Value::String(value)) => errors.length(&under(&at, "value"), value, 0, 100),
            (4, value) if value.is_i64() || value.is_u64() => {}
            (10, Value::Number(_)) => {}
            _ => super::not_a(errors, &under(&at, "value"), "the option's type"),
        }
    }
}

/// Characters of all names, descriptions and values of a command, which may be 8000 together.
fn weight(holder: &Value) -> usize {
    let own = ["name", "description", "value"].iter();
    let own: usize = own
        .filter_map(|part| holder[*part].as_str())
        .map(|text| text.chars().count())
        .sum();
    let parts = ["options", "choices"].iter();
    let parts = parts.filter_map(|part| holder[*part].as_array()).flatten();
    own + parts.map(weight).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ok(command: Value) -> bool {
        let mut errors = FormErrors::default();
        check_commands(&[command], &mut errors);
        errors.finish().is_ok()
    }

    fn with_options(options: Value) -> Value {
        json!({"name": "plan", "description": "Plans.", "options": options})
    }

    #[test]
    fn names_are_lower_case_and_up_to_32_long() {
        let named = |name: &str| json!({"name": name, "description": "d"});
        assert!(ok(named("check-config_2")));
        assert!(!ok(named("Plan")) && !ok(named("")) && !ok(named("two words")));
        assert!(ok(named(&"n".repeat(32))) && !ok(named(&"n".repeat(33))));
        assert!(!ok(json!({"name": "a", "description": "d".repeat(101)})));
        assert!(!ok(json!({"name": "a"})));
    }

    #[test]
    fn required_options_come_first() {
        let option = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
        assert!(ok(with_options(json!([
            option("a", true),
            option("b", false)
        ]))));
        assert!(!ok(with_options(json!([
            option("a", false),
            option("b", true)
        ]))));
        assert!(!ok(with_options(json!([
            option("a", true),
            option("a", true)
        ]))));
    }

    #[test]
    fn choices_are_25_at_most_of_the_right_type_and_exclude_autocomplete() {
        let choices = |n: usize| -> Vec<_> {
            (0..n)
                .map(|i| json!({"name": i.to_string(), "value": i.to_string()}))
                .collect()
        };
        let option = |kind: u64, n: usize, auto: bool| {
            with_options(
                json!([{"type": kind, "name": "a", "description": "d", "choices": choices(n), "autocomplete": auto}]),
            )
        };
        assert!(ok(option(3, 25, false)));
        assert!(!ok(option(3, 26, false)) && !ok(option(3, 1, true)) && !ok(option(4, 1, false)));
    }

    #[test]
    fn an_option_for_a_file_offers_nothing_to_choose_from() {
        let file = |more: (&str, Value)| {
            let mut option = json!({"type": 11, "name": "file", "description": "d"});
            option[more.0] = more.1;
            with_options(json!([option]))
        };
        assert!(ok(file(("required", json!(true)))));
        assert!(!ok(file(("autocomplete", json!(true)))));
        assert!(!ok(file(("choices", json!([{"name": "a", "value": "a"}])))));
        assert!(!ok(with_options(
            json!([{"type": 12, "name": "file", "description": "d"}])
        )));
    }

    #[test]
    fn subcommands_stand_among_themselves() {
        let sub = json!({"type": 1, "name": "add", "description": "d"});
        let plain = json!({"type": 3, "name": "x", "description": "d"});
        assert!(ok(with_options(json!([sub]))));
        assert!(!ok(with_options(json!([sub, plain]))));
        let nested = json!({"type": 1, "name": "deep", "description": "d", "options": [sub]});
        assert!(!ok(with_options(json!([nested]))));
    }
}
