//! Rules about a message's components: rows, buttons and select menus, and that no `custom_id` appears twice.
//! Components V2 are not offered here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::error::FormErrors;
use super::{CHOICES, not_a, optional_text, text};

const ROW: u64 = 1;
const BUTTON: u64 = 2;
const STRING_SELECT: u64 = 3;
const LINK: u64 = 5;

/// Checks a message's rows; `at` is the path of the list.
pub(in crate::discord) fn check_components(rows: &[Value], at: &str, errors: &mut FormErrors) {
    errors.items(at, rows.len(), 0, 5);
    let mut seen = BTreeSet::new();
    for (i, row) in rows.iter().enumerate() {
        let at = format!("{at}.{i}");
        if row["type"].as_u64() == Some(ROW) {
            check_row(row, &at, &mut seen, errors);
        } else {
            unknown_type(&at, "1", errors);
        }
    }
}

fn check_row<'a>(row: &'a Value, at: &str, seen: &mut BTreeSet<&'a str>, errors: &mut FormErrors) {
    let Some(parts) = row["components"].as_array() else {
        errors.required(&format!("{at}.components"));
        return;
    };
    let has_menu = parts
        .iter()
        .any(|part| part["type"].as_u64() != Some(BUTTON));
    errors.items(
        &format!("{at}.components"),
        parts.len(),
        1,
        if has_menu { 1 } else { 5 },
    );
    for (i, part) in parts.iter().enumerate() {
        let at = format!("{at}.components.{i}");
        match part["type"].as_u64() {
            Some(BUTTON) => check_button(part, &at, errors),
            Some(kind @ (STRING_SELECT | 5..=8)) => check_menu(part, kind, &at, errors),
            _ => unknown_type(&at, "2, 3, 5, 6, 7, 8", errors),
        }
        if let Some(id) = part["custom_id"].as_str()
            && !seen.insert(id)
        {
            let message = "Component custom id cannot be duplicated";
            errors.add(
                &format!("{at}.custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                message,
            );
        }
    }
}

fn check_button(button: &Value, at: &str, errors: &mut FormErrors) {
    optional_text(button, at, "label", 80, errors);
    let has_words = button["label"]
        .as_str()
        .is_some_and(|label| !label.is_empty());
    if !has_words && button["emoji"].is_null() {
        let message = "A button must have a label or an emoji";
        errors.add(
            &format!("{at}.label"),
            "BUTTON_COMPONENT_INVALID_EMOJI",
            message,
        );
    }
    match button["style"].as_u64() {
        Some(1..=4) => text(button, at, "custom_id", 1, 100, errors),
        Some(LINK) if button["custom_id"].is_null() => text(button, at, "url", 1, 512, errors),
        Some(LINK) => {
            let message = "A custom id and url cannot both be specified";
            errors.add(
                &format!("{at}.custom_id"),
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                message,
            );
        }
        Some(_) => not_a(errors, &format!("{at}.style"), "button style"),
        None => errors.required(&format!("{at}.style")),
    }
}

fn check_menu(menu: &Value, kind: u64, at: &str, errors: &mut FormErrors) {
    text(menu, at, "custom_id", 1, 100, errors);
    optional_text(menu, at, "placeholder", 150, errors);
    if kind != STRING_SELECT {
        return;
    }
    let options = menu["options"].as_array().map_or(&[][..], Vec::as_slice);
    errors.items(&format!("{at}.options"), options.len(), 1, CHOICES);
    let mut values = BTreeSet::new();
    for (i, option) in options.iter().enumerate() {
        let at = format!("{at}.options.{i}");
        text(option, &at, "label", 1, 100, errors);
        text(option, &at, "value", 1, 100, errors);
        optional_text(option, &at, "description", 100, errors);
        if !values.insert(option["value"].as_str()) {
            let message = "The specified option value is already used";
            errors.add(
                &format!("{at}.value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                message,
            );
        }
    }
}

fn unknown_type(at: &str, allowed: &str, errors: &mut FormErrors) {
    let message = format!("Value of field \"type\" must be one of ({allowed}).");
    errors.add(&format!("{at}.type"), "UNION_TYPE_CHOICES", &message);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ok(rows: &Value) -> bool {
        let mut errors = FormErrors::default();
        check_components(
            rows.as_array().map_or(&[], Vec::as_slice),
            "components",
            &mut errors,
        );
        errors.finish().is_ok()
    }

    fn row(parts: &[Value]) -> Value {
        json!({"type": 1, "components": parts})
    }

    fn button(id: &str) -> Value {
        json!({"type": 2, "style": 1, "label": "Go", "custom_id": id})
    }

    #[test]
    fn five_rows_of_five_buttons_are_the_most() {
        let numbered = |rows: usize, each: usize| {
            let rows = (0..rows).map(|r| {
                row(&(0..each)
                    .map(|b| button(&format!("{r}:{b}")))
                    .collect::<Vec<_>>())
            });
            Value::Array(rows.collect())
        };
        assert!(ok(&numbered(5, 5)));
        assert!(!ok(&numbered(6, 1)));
        assert!(!ok(&numbered(1, 6)));
        assert!(!ok(&numbered(1, 0)));
    }

    #[test]
    fn a_custom_id_is_1_to_100_long_and_unique_in_the_message() {
        assert!(ok(&json!([row(&[button(&"i".repeat(100))])])));
        assert!(!ok(&json!([row(&[button(&"i".repeat(101))])])));
        assert!(!ok(&json!([row(&[button("")])])));
        assert!(!ok(&json!([row(&[button("a")]), row(&[button("a")])])));
    }

    #[test]
    fn a_link_button_has_a_url_and_no_custom_id() {
        let link = json!({"type": 2, "style": 5, "label": "Open", "url": "https://example.com"});
        assert!(ok(&json!([row(&[link])])));
        assert!(!ok(&json!([row(&[
            json!({"type": 2, "style": 5, "label": "Open"})
        ])])));
    }

    #[test]
    fn a_menu_stands_alone_in_its_row_and_offers_1_to_25() {
        let menu = |n: usize| {
            let options: Vec<_> = (0..n)
                .map(|i| json!({"label": "l", "value": i.to_string()}))
                .collect();
            json!({"type": 3, "custom_id": "m", "options": options})
        };
        assert!(ok(&json!([row(&[menu(25)])])));
        assert!(!ok(&json!([row(&[menu(26)])])));
        assert!(!ok(&json!([row(&[menu(1), button("b")])])));
    }
}
