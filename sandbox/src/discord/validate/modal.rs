//! Rules about modals: title, one to five text inputs, each in its own row.
//! Modal labels and select menus (newer than most client libraries) are not offered here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::error::FormErrors;
use super::{optional_text, text};

const LONGEST: u64 = 4000;

/// Checks the `data` of a type 9 answer.
pub(in crate::discord) fn check_modal(data: &Value, errors: &mut FormErrors) {
    text(data, "data", "custom_id", 1, 100, errors);
    text(data, "data", "title", 1, 45, errors);
    let rows = data["components"].as_array().map_or(&[][..], Vec::as_slice);
    errors.items("data.components", rows.len(), 1, 5);
    let mut seen = BTreeSet::new();
    for (i, row) in rows.iter().enumerate() {
        let at = format!("data.components.{i}.components");
        let inputs = row["components"].as_array().map_or(&[][..], Vec::as_slice);
        errors.items(&at, inputs.len(), 1, 1);
        for input in inputs {
            check_input(input, &format!("{at}.0"), errors);
            if !seen.insert(input["custom_id"].as_str()) {
                let message = "Component custom id cannot be duplicated";
                errors.add(
                    &format!("{at}.0.custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    message,
                );
            }
        }
    }
}

fn check_input(input: &Value, at: &str, errors: &mut FormErrors) {
    if input["type"] != 4 {
        let message = "Value of field \"type\" must be one of (4).";
        errors.add(&format!("{at}.type"), "UNION_TYPE_CHOICES", message);
    }
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        errors.required(&format!("{at}.style"));
    }
    text(input, at, "custom_id", 1, 100, errors);
    text(input, at, "label", 1, 45, errors);
    optional_text(input, at, "value", 4000, errors);
    optional_text(input, at, "placeholder", 100, errors);
    for (name, least) in [("min_length", 0), ("max_length", 1)] {
        let given = input[name].as_u64();
        if given.is_some_and(|n| !(least..=LONGEST).contains(&n)) {
            let message = format!("int value should be between {least} and {LONGEST}.");
            errors.add(&format!("{at}.{name}"), "NUMBER_TYPE_MAX", &message);
        }
    }
    check_prefill(input, at, errors);
}

/// Discord refuses a prefilled text that the input itself would not take.
fn check_prefill(input: &Value, at: &str, errors: &mut FormErrors) {
    let Some(value) = input["value"].as_str().filter(|value| !value.is_empty()) else {
        return;
    };
    let bound = |name: &str, otherwise: u64| {
        usize::try_from(input[name].as_u64().unwrap_or(otherwise)).unwrap_or(usize::MAX)
    };
    let (min, max) = (bound("min_length", 0), bound("max_length", LONGEST));
    errors.length(&format!("{at}.value"), value, min, max);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ok(data: &Value) -> bool {
        let mut errors = FormErrors::default();
        check_modal(data, &mut errors);
        errors.finish().is_ok()
    }

    fn modal(inputs: usize) -> Value {
        let row = |i| json!({"type": 1, "components": [{"type": 4, "style": 2, "label": "Text", "custom_id": format!("f{i}")}]});
        json!({"custom_id": "edit", "title": "Edit", "components": (0..inputs).map(row).collect::<Vec<_>>()})
    }

    #[test]
    fn a_modal_has_one_to_five_inputs_and_a_short_title() {
        assert!(ok(&modal(1)) && ok(&modal(5)));
        assert!(!ok(&modal(0)) && !ok(&modal(6)));
        let mut long = modal(1);
        long["title"] = "t".repeat(46).into();
        assert!(!ok(&long));
    }

    #[test]
    fn a_prefilled_text_must_fit_its_own_input() {
        let mut narrow = modal(1);
        narrow["components"][0]["components"][0]["max_length"] = 10.into();
        narrow["components"][0]["components"][0]["value"] = "x".repeat(10).into();
        assert!(ok(&narrow));
        narrow["components"][0]["components"][0]["value"] = "x".repeat(11).into();
        assert!(!ok(&narrow));
    }
}
