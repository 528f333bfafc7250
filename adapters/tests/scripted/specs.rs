//! The vendors' machine-readable specs, where they are there, and as much of JSON Schema as they use for requests.

#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;
use std::path::PathBuf;

use serde_json::Value;

/// A vendor's OpenAPI document.
pub(crate) struct Spec(Value);

/// Reads `<specs>/<file>`, where `<specs>` is `CLARA_SPECS` or `../shared/specs` beside the project. Says so when it is
/// not there.
pub(crate) fn spec(file: &str) -> Option<Spec> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/specs");
    let dir = std::env::var_os("CLARA_SPECS").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = dir.join(file);
    match std::fs::read(&path) {
        Ok(bytes) => Some(Spec(serde_json::from_slice(&bytes).unwrap())),
        Err(error) => {
            // Past the test harness, which would swallow it in a test that passes.
            let notice = format!(
                "SKIPPED: {} is not there ({error}); set CLARA_SPECS to check against it\n",
                path.display()
            );
            std::io::stderr().write_all(notice.as_bytes()).unwrap();
            None
        }
    }
}

impl Spec {
    /// An operation, such as `post` of `/2/tweets`.
    pub(crate) fn operation(&self, path: &str, method: &str) -> &Value {
        let operation = &self.0["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not in the spec");
        operation
    }

    /// What is wrong with a JSON body for an operation.
    pub(crate) fn body_faults(&self, path: &str, method: &str, body: &Value) -> Vec<String> {
        let content = &self.operation(path, method)["requestBody"]["content"];
        self.faults(&content["application/json"]["schema"], body, "$")
    }

    /// What is wrong with a query for an operation.
    pub(crate) fn query_faults(
        &self,
        path: &str,
        method: &str,
        query: &[(String, String)],
    ) -> Vec<String> {
        let none = Vec::new();
        let parameters = self.operation(path, method)["parameters"]
            .as_array()
            .unwrap_or(&none);
        let parameters: Vec<&Value> = parameters
            .iter()
            .map(|parameter| self.resolved(parameter))
            .collect();
        let mut faults = Vec::new();
        for (name, text) in query {
            match parameters
                .iter()
                .find(|p| p["in"] == "query" && p["name"] == name.as_str())
            {
                None => faults.push(format!("{name}: is no parameter of {method} {path}")),
                Some(parameter) => {
                    let schema = self.resolved(&parameter["schema"]);
                    faults.extend(self.faults(schema, &typed(schema, text), name));
                }
            }
        }
        faults
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            None => schema,
            Some(reference) => {
                let target = self.0.pointer(reference.trim_start_matches('#'));
                self.resolved(target.unwrap_or_else(|| panic!("{reference} leads nowhere")))
            }
        }
    }

    /// What is wrong with a value by a schema; `at` is where it stands.
    fn faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let mut faults = self.unknown_names(schema, value, at);
        faults.extend(self.faults_of_part(schema, value, at));
        faults
    }

    /// The same without names that are not known, for a schema that is only a part of one.
    fn faults_of_part(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let schema = self.resolved(schema);
        let mut faults = Vec::new();
        if !has_type(schema, value) {
            return vec![format!("{at}: {value} is not of type {}", schema["type"])];
        }
        if let Some(allowed) = schema["enum"]
            .as_array()
            .filter(|allowed| !allowed.contains(value))
        {
            faults.push(format!("{at}: {value} is not one of {allowed:?}"));
        }
        for kind in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[kind].as_array() {
                let outcomes: Vec<_> = choices
                    .iter()
                    .map(|choice| self.faults(choice, value, at))
                    .collect();
                if outcomes.iter().all(|outcome| !outcome.is_empty()) {
                    faults.push(format!("{at}: fits none of {kind}: {outcomes:?}"));
                }
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            faults.extend(self.faults_of_part(part, value, at));
        }
        faults.extend(self.object_faults(schema, value, at));
        faults.extend(self.array_faults(schema, value, at));
        faults.extend(scalar_faults(schema, value, at));
        faults
    }

    fn object_faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let Some(fields) = value.as_object() else {
            return Vec::new();
        };
        let required = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let mut faults: Vec<String> = required
            .filter(|name| !fields.contains_key(*name))
            .map(|name| format!("{at}.{name}: is missing"))
            .collect();
        for (name, field) in fields {
            if let Some(property) = schema["properties"].get(name) {
                faults.extend(self.faults(property, field, &format!("{at}.{name}")));
            }
        }
        faults
    }

    /// Names that no part of a schema knows. Even where a schema lets others in, such a name is one misspelt.
    fn unknown_names(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let mut known = Vec::new();
        self.properties(schema, &mut known);
        let names = value
            .as_object()
            .into_iter()
            .flat_map(|fields| fields.keys());
        names
            .filter(|name| !known.is_empty() && !known.contains(&name.as_str()))
            .map(|name| format!("{at}.{name}: is not known"))
            .collect()
    }

    /// Every property that a schema or one of its parts names.
    fn properties<'a>(&'a self, schema: &'a Value, known: &mut Vec<&'a str>) {
        let schema = self.resolved(schema);
        known.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flat_map(|fields| fields.keys())
                .map(String::as_str),
        );
        for kind in ["allOf", "anyOf", "oneOf"] {
            for part in schema[kind].as_array().into_iter().flatten() {
                self.properties(part, known);
            }
        }
    }

    fn array_faults(&self, schema: &Value, value: &Value, at: &str) -> Vec<String> {
        let Some(items) = value.as_array() else {
            return Vec::new();
        };
        let each = items.iter().enumerate();
        let mut faults: Vec<String> = each
            .flat_map(|(index, item)| {
                self.faults(&schema["items"], item, &format!("{at}[{index}]"))
            })
            .collect();
        let count = items.len() as u64;
        if schema["minItems"].as_u64().is_some_and(|min| count < min) {
            faults.push(format!("{at}: too few items"));
        }
        if schema["maxItems"].as_u64().is_some_and(|max| count > max) {
            faults.push(format!("{at}: too many items"));
        }
        faults
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("type {other} is not known"),
    };
    let nullable = schema["nullable"] == true && value.is_null();
    match &schema["type"] {
        Value::String(name) => is(name) || nullable,
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(is),
        _ => true,
    }
}

fn scalar_faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(number) = value.as_f64() {
        let below = schema["minimum"].as_f64().is_some_and(|min| number < min);
        let above = schema["maximum"].as_f64().is_some_and(|max| number > max);
        if below || above {
            faults.push(format!("{at}: {number} is out of range"));
        }
    }
    if let Some(text) = value.as_str() {
        let digits = (1..=19).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if schema["pattern"] == "^[0-9]{1,19}$" && !digits {
            faults.push(format!("{at}: {text} is not an id"));
        }
        if schema["format"] == "date-time" && text.parse::<jiff::Timestamp>().is_err() {
            faults.push(format!("{at}: {text} is not a time"));
        }
        if schema["minLength"]
            .as_u64()
            .is_some_and(|min| (text.chars().count() as u64) < min)
        {
            faults.push(format!("{at}: {text:?} is too short"));
        }
        if schema["maxLength"]
            .as_u64()
            .is_some_and(|max| text.chars().count() as u64 > max)
        {
            faults.push(format!("{at}: {text:?} is too long"));
        }
    }
    faults
}

/// A query parameter's text as the value that it stands for.
fn typed(schema: &Value, text: &str) -> Value {
    match schema["type"].as_str() {
        Some("integer") => text
            .parse::<i64>()
            .map_or_else(|_| text.into(), Value::from),
        Some("array") => text.split(',').map(Value::from).collect(),
        _ => text.into(),
    }
}
