//! The rules of strict JSON schemas: the root is an object, every property is required, nothing else is allowed.
//! Complaints are worded as the real service words them.

use serde_json::Value;

const NESTING: usize = 10;

/// Checks a schema that was sent with `strict: true`.
pub(crate) fn check_strict(schema: &Value) -> Result<(), String> {
    if schema["type"] != "object" {
        let found = schema["type"].as_str().unwrap_or("None");
        return Err(format!(
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{found}\"'."
        ));
    }
    check(schema, schema, &mut Vec::new())
}

/// Follows a `$ref` inside the schema.
pub(crate) fn resolved<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let path = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix('#'));
    path.and_then(|path| root.pointer(path)).unwrap_or(schema)
}

fn check(root: &Value, schema: &Value, context: &mut Vec<String>) -> Result<(), String> {
    if context.len() > 2 * NESTING {
        return Err(format!(
            "the schema is nested deeper than {NESTING} levels."
        ));
    }
    for keyword in [
        "allOf",
        "not",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "then",
        "else",
        "oneOf",
        "patternProperties",
    ] {
        if schema.get(keyword).is_some() {
            return Err(format!(
                "In context={context:?}, '{keyword}' is not permitted."
            ));
        }
    }
    if schema.get("$ref").is_some() {
        let known = !std::ptr::eq(resolved(root, schema), schema);
        return if known {
            Ok(())
        } else {
            Err(format!(
                "In context={context:?}, reference can only point to definitions."
            ))
        };
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return nested(
            root,
            choices.iter().map(|choice| ("anyOf", choice)),
            context,
        );
    }
    match kind(schema) {
        Some("object") => check_object(root, schema, context),
        Some("array") => match schema.get("items") {
            Some(items) => nested(root, [("items", items)].into_iter(), context),
            None => Err(format!(
                "In context={context:?}, array schema missing items."
            )),
        },
        Some("string" | "number" | "integer" | "boolean" | "null") => Ok(()),
        Some(other) => Err(format!(
            "In context={context:?}, '{other}' is not a valid type."
        )),
        None if schema.get("enum").is_some() || schema.get("const").is_some() => Ok(()),
        None => Err(format!(
            "In context={context:?}, schema must have a 'type' key."
        )),
    }
}

fn check_object(root: &Value, schema: &Value, context: &mut Vec<String>) -> Result<(), String> {
    if schema["additionalProperties"] != Value::Bool(false) {
        return Err(format!(
            "In context={context:?}, 'additionalProperties' is required to be supplied and to be false."
        ));
    }
    let Some(properties) = schema["properties"].as_object() else {
        return Err(format!(
            "In context={context:?}, object schema missing properties."
        ));
    };
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if let Some(missing) = properties
        .keys()
        .find(|name| !required.contains(&name.as_str()))
    {
        return Err(format!(
            "In context={context:?}, 'required' is required to be supplied and to be an array including every key in properties. Missing '{missing}'."
        ));
    }
    if let Some(extra) = required
        .iter()
        .find(|name| !properties.contains_key(**name))
    {
        return Err(format!(
            "In context={context:?}, 'required' names '{extra}', which is not a property."
        ));
    }
    nested(
        root,
        properties
            .iter()
            .map(|(name, schema)| (name.as_str(), schema)),
        context,
    )
}

fn nested<'a>(
    root: &Value,
    parts: impl Iterator<Item = (&'a str, &'a Value)>,
    context: &mut Vec<String>,
) -> Result<(), String> {
    for (name, part) in parts {
        context.push(name.to_string());
        check(root, part, context)?;
        context.pop();
    }
    Ok(())
}

/// The type of a schema; of several (a nullable one) the first that is not null.
pub(crate) fn kind(schema: &Value) -> Option<&str> {
    match &schema["type"] {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn candidates() -> Value {
        json!({
            "type": "object", "additionalProperties": false, "required": ["candidates"],
            "properties": { "candidates": { "type": "array", "minItems": 3, "maxItems": 3, "items": {
                "type": "object", "additionalProperties": false, "required": ["segments"],
                "properties": { "segments": { "type": "array", "items": { "type": "string" } } },
            } } },
        })
    }

    #[test]
    fn a_strict_schema_passes() {
        check_strict(&candidates()).unwrap();
    }

    #[test]
    fn each_broken_rule_is_named() {
        let broken = |path: &str, value: Value| {
            let mut schema = candidates();
            *schema.pointer_mut(path).unwrap() = value;
            check_strict(&schema).unwrap_err()
        };
        assert!(broken("/type", "array".into()).contains("type: \"object\""));
        assert!(broken("/required", json!([])).contains("Missing 'candidates'"));
        assert!(
            broken(
                "/properties/candidates/items/additionalProperties",
                true.into()
            )
            .contains("additionalProperties")
        );
        assert!(
            broken(
                "/properties/candidates/items/properties/segments/items",
                json!({})
            )
            .contains("'type' key")
        );
        assert!(broken("/properties/candidates/items", json!({ "allOf": [] })).contains("allOf"));
    }
}
