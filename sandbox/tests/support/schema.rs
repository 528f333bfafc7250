//! A small JSON-schema checker for what the vendors' specs use, stricter than the standard in one point:
//! a property that the schema does not name is a complaint, because a simulator that invents fields teaches wrong habits.
#![allow(dead_code, unreachable_pub)]

use serde_json::Value;

/// A vendor's OpenAPI document.
pub struct Spec(pub Value);

impl Spec {
    /// The schema of an operation's answer.
    pub fn response(&self, method: &str, path: &str, status: &str) -> &Value {
        let content = &self.0["paths"][path][method]["responses"][status]["content"];
        let schema = &content["application/json"]["schema"];
        assert!(
            schema.is_object(),
            "the spec has no {method} {path} {status}"
        );
        schema
    }

    /// A named schema.
    pub fn named(&self, name: &str) -> &Value {
        let schema = &self.0["components"]["schemas"][name];
        assert!(schema.is_object(), "the spec has no schema {name}");
        schema
    }

    /// Everything in `value` that `schema` does not allow, each with its place.
    pub fn complaints(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(schema, value, "$", true, &mut found);
        found
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"]
            .as_str()
            .and_then(|path| path.strip_prefix('#'))
        {
            Some(path) => self.resolve(
                self.0
                    .pointer(path)
                    .unwrap_or_else(|| panic!("no {path} in the spec")),
            ),
            None => schema,
        }
    }

    fn check(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        closed: bool,
        found: &mut Vec<String>,
    ) {
        let mut schema = self.resolve(schema);
        if closed && let Some(special) = self.special(schema, value) {
            schema = special;
        }
        if value.is_null() && schema["nullable"] == true {
            return;
        }
        self.check_type(schema, value, at, found);
        check_bounds(schema, value, at, found);
        self.check_combined(schema, value, at, found);
        match value {
            Value::Object(_) => self.check_object(schema, value, at, closed, found),
            Value::Array(items) if schema["items"].is_object() => {
                for (n, item) in items.iter().enumerate() {
                    self.check(&schema["items"], item, &format!("{at}[{n}]"), true, found);
                }
            }
            _ => {}
        }
    }

    /// The special case that a base schema's discriminator names for this value.
    fn special<'a>(&'a self, schema: &'a Value, value: &Value) -> Option<&'a Value> {
        let property = schema["discriminator"]["propertyName"].as_str()?;
        let path = schema["discriminator"]["mapping"][value[property].as_str()?].as_str()?;
        self.0.pointer(path.strip_prefix('#')?)
    }

    fn check_type(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let Some(kind) = schema["type"].as_str() else {
            return;
        };
        let fits = match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "null" => value.is_null(),
            other => panic!("the checker does not know type {other}"),
        };
        if !fits {
            found.push(format!("{at} should be {kind}: {value}"));
        }
    }

    fn check_object(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        closed: bool,
        found: &mut Vec<String>,
    ) {
        for name in schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if value.get(name).is_none() {
                found.push(format!("{at}.{name} is missing"));
            }
        }
        let mut known = Vec::new();
        self.names(schema, &mut known);
        for (name, inner) in value.as_object().into_iter().flatten() {
            let here = format!("{at}.{name}");
            match schema["properties"].get(name) {
                Some(property) => self.check(property, inner, &here, true, found),
                None if schema["additionalProperties"].is_object() => {
                    self.check(&schema["additionalProperties"], inner, &here, true, found);
                }
                None if closed && !known.is_empty() && !known.contains(&name.as_str()) => {
                    found.push(format!("{here} is not in the spec"));
                }
                None => {}
            }
        }
    }

    /// The property names that a schema allows, those of its parts included.
    fn names<'a>(&'a self, schema: &'a Value, known: &mut Vec<&'a str>) {
        let schema = self.resolve(schema);
        known.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, _)| name.as_str()),
        );
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for part in schema[keyword].as_array().into_iter().flatten() {
                self.names(part, known);
            }
        }
    }

    fn check_combined(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check(part, value, at, false, found);
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(parts) = schema[keyword].as_array() else {
                continue;
            };
            let complaints = parts.iter().map(|part| {
                let mut inner = Vec::new();
                self.check(part, value, at, true, &mut inner);
                inner
            });
            // The fewest complaints name the part that was meant.
            if let Some(best) = complaints.min_by_key(Vec::len) {
                found.extend(best);
            }
        }
    }
}

fn check_bounds(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(allowed) = schema["enum"]
        .as_array()
        .filter(|allowed| !allowed.contains(value))
    {
        found.push(format!("{at} is {value}, not one of {allowed:?}"));
    }
    let length = value
        .as_array()
        .map(Vec::len)
        .or(value.as_str().map(|text| text.chars().count()));
    let named = if value.is_array() {
        ["minItems", "maxItems"]
    } else {
        ["minLength", "maxLength"]
    };
    let bound = |name: &str| schema[name].as_u64().and_then(|n| usize::try_from(n).ok());
    if length.is_some_and(|n| {
        bound(named[0]).is_some_and(|min| n < min) || bound(named[1]).is_some_and(|max| n > max)
    }) {
        found.push(format!("{at} has {length:?} of {named:?}"));
    }
    let digits =
        |text: &str| (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if schema["pattern"] == "^[0-9]{1,19}$" && !value.as_str().is_some_and(digits) {
        found.push(format!("{at} is not an id: {value}"));
    }
}
