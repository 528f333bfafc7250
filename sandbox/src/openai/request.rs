//! A chat request, read as strictly as the real service reads it: what it would refuse with 400 is refused here.

use serde_json::{Map, Value};

use super::failure::Failure;
use super::schema;

const FIELDS: &[&str] = &[
    "audio",
    "frequency_penalty",
    "function_call",
    "functions",
    "logit_bias",
    "logprobs",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "metadata",
    "modalities",
    "model",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning_effort",
    "response_format",
    "safety_identifier",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user",
    "verbosity",
    "web_search_options",
];
const ROLES: &[&str] = &[
    "developer",
    "system",
    "user",
    "assistant",
    "tool",
    "function",
];

/// What the simulator uses of a request.
#[derive(Clone, Debug)]
pub(crate) struct ChatRequest {
    /// As asked for.
    pub(crate) model: String,
    /// Role and text, in order.
    pub(crate) messages: Vec<(String, String)>,
    /// How many choices.
    pub(crate) n: u64,
    /// The most tokens that a choice may have.
    pub(crate) max_tokens: Option<u64>,
    /// How the content must look.
    pub(crate) format: Format,
}

/// How the content must look.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Format {
    /// Plain words.
    Text,
    /// Any JSON object.
    JsonObject,
    /// JSON of this schema, strictly.
    Schema(Value),
}

impl ChatRequest {
    /// Reads and checks a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Failure> {
        let unreadable = "We could not parse the JSON body of your request.";
        let fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| Failure::invalid("body", unreadable))?;
        if let Some(strange) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            return Err(Failure::invalid(
                strange,
                format!("Unrecognized request argument supplied: {strange}"),
            ));
        }
        if fields.get("stream") == Some(&Value::Bool(true)) {
            return Err(Failure::invalid(
                "stream",
                "The sandbox does not stream; leave `stream` out.",
            ));
        }
        number(&fields, "temperature", 0.0, 2.0)?;
        number(&fields, "top_p", 0.0, 1.0)?;
        Ok(Self {
            model: model(&fields)?,
            messages: messages(&fields)?,
            n: count(&fields, "n", 128)?.unwrap_or(1),
            max_tokens: count(&fields, "max_completion_tokens", u64::MAX)?.or(count(
                &fields,
                "max_tokens",
                u64::MAX,
            )?),
            format: format(&fields)?,
        })
    }
}

fn model(fields: &Map<String, Value>) -> Result<String, Failure> {
    match fields.get("model").and_then(Value::as_str) {
        Some(model) if !model.is_empty() => Ok(model.into()),
        _ => Err(Failure::invalid(
            "model",
            "you must provide a model parameter",
        )),
    }
}

fn number(fields: &Map<String, Value>, name: &str, min: f64, max: f64) -> Result<(), Failure> {
    let fits =
        |value: &Value| value.is_null() || value.as_f64().is_some_and(|n| (min..=max).contains(&n));
    let message = || format!("Invalid '{name}': expected a number between {min} and {max}.");
    if fields.get(name).is_none_or(fits) {
        Ok(())
    } else {
        Err(Failure::invalid(name, message()))
    }
}

fn count(fields: &Map<String, Value>, name: &str, max: u64) -> Result<Option<u64>, Failure> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64() {
            Some(n) if (1..=max).contains(&n) => Ok(Some(n)),
            _ => Err(Failure::invalid(
                name,
                format!("Invalid '{name}': expected an integer of 1 or more."),
            )),
        },
    }
}

fn messages(fields: &Map<String, Value>) -> Result<Vec<(String, String)>, Failure> {
    let Some(list) = fields.get("messages").and_then(Value::as_array) else {
        return Err(Failure::invalid(
            "messages",
            "Missing required parameter: 'messages'.",
        ));
    };
    if list.is_empty() {
        return Err(Failure::invalid(
            "messages",
            "Invalid 'messages': empty array. Expected an array with minimum length 1.",
        ));
    }
    list.iter()
        .enumerate()
        .map(|(index, value)| message(index, value))
        .collect()
}

fn message(index: usize, value: &Value) -> Result<(String, String), Failure> {
    let at = |field| format!("messages[{index}].{field}");
    let role = value["role"].as_str().unwrap_or_default();
    if !ROLES.contains(&role) {
        let message = format!("Invalid value: '{role}'. Supported values are: {ROLES:?}.");
        return Err(Failure::invalid(&at("role"), message));
    }
    let text = match &value["content"] {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts
            .iter()
            .map(|part| part["text"].as_str())
            .collect::<Option<Vec<_>>>()
            .map(|p| p.join("\n")),
        Value::Null if role == "assistant" => Some(String::new()),
        _ => None,
    };
    let message = || "Invalid type for 'content': expected a string or an array of text parts.";
    text.map(|text| (role.to_string(), text))
        .ok_or_else(|| Failure::invalid(&at("content"), message()))
}

fn format(fields: &Map<String, Value>) -> Result<Format, Failure> {
    let Some(format) = fields
        .get("response_format")
        .filter(|value| !value.is_null())
    else {
        return Ok(Format::Text);
    };
    match format["type"].as_str() {
        Some("text") => Ok(Format::Text),
        Some("json_object") => Ok(Format::JsonObject),
        Some("json_schema") => json_schema(&format["json_schema"]),
        _ => Err(Failure::invalid(
            "response_format.type",
            "Supported values are: 'json_object', 'json_schema', and 'text'.",
        )),
    }
}

fn json_schema(outer: &Value) -> Result<Format, Failure> {
    let name = outer["name"].as_str().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        let message = "Missing or invalid 'response_format.json_schema.name': expected ^[a-zA-Z0-9_-]{1,64}$.";
        return Err(Failure::invalid(
            "response_format.json_schema.name",
            message,
        ));
    }
    let inner = &outer["schema"];
    if outer["strict"] == true {
        schema::check_strict(inner).map_err(|complaint| {
            Failure::invalid(
                "response_format",
                format!("Invalid schema for response_format '{name}': {complaint}"),
            )
        })?;
    }
    Ok(Format::Schema(inner.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn parse(change: impl FnOnce(&mut Value)) -> Result<ChatRequest, Failure> {
        let schema = json!({
            "type": "object", "properties": { "text": { "type": "string" } }, "required": ["text"], "additionalProperties": false,
        });
        let mut body = json!({
            "model": "gpt", "messages": [{ "role": "user", "content": "hello" }],
            "response_format": { "type": "json_schema", "json_schema": { "name": "tweet", "strict": true, "schema": schema } },
        });
        change(&mut body);
        ChatRequest::parse(body.to_string().as_bytes())
    }

    #[test]
    fn a_good_request_is_read() {
        let request = parse(|_| {}).unwrap();
        assert_eq!(request.messages, [("user".into(), "hello".into())]);
        assert_eq!((request.n, request.max_tokens), (1, None));
    }

    #[test]
    fn what_the_service_would_refuse_is_refused() {
        assert!(parse(|body| body["model"] = Value::Null).is_err());
        assert!(parse(|body| body["messages"] = json!([])).is_err());
        assert!(parse(|body| body["messages"][0]["role"] = "poet".into()).is_err());
        assert!(parse(|body| body["temperature"] = 3.into()).is_err());
        assert!(parse(|body| body["n"] = 0.into()).is_err());
        assert!(parse(|body| body["tempreature"] = 1.into()).is_err());
        assert!(
            parse(|body| body["response_format"]["json_schema"]["name"] = "a tweet".into())
                .is_err()
        );
        let schema = |body: &mut Value| {
            body["response_format"]["json_schema"]["schema"]["required"] = json!([])
        };
        assert!(parse(schema).is_err());
    }
}
