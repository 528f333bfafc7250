//! A message form as the bot sent it, JSON or multipart, checked and taken apart.
//! A field that the form leaves out is `None`; `null` empties it.

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::{ApiError, FormErrors};
use super::ids::{AttachmentId, MessageId};
use super::validate;

/// The most a file may weigh (10 MiB for an unboosted guild); also told to the bot in every interaction.
pub(super) const FILE_LIMIT: usize = 10 * 1024 * 1024;

/// A request's body: the JSON, and the files that came with it.
#[derive(Debug, Default)]
pub(super) struct Payload {
    pub(super) json: Value,
    pub(super) files: Vec<Upload>,
}

/// One `files[n]`.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    /// The `n`, which the form's `attachments` refer to.
    pub(super) number: u64,
    pub(super) filename: String,
    pub(super) content_type: String,
    pub(super) bytes: Vec<u8>,
}

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let kind = request.headers().get(CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let payload = if kind.starts_with("multipart/form-data") {
            let form = Multipart::from_request(request, state).await;
            multipart(form.map_err(IntoResponse::into_response)?).await
        } else {
            plain(request, state).await
        };
        payload.map_err(IntoResponse::into_response)
    }
}

async fn plain<S: Send + Sync>(request: Request, state: &S) -> Result<Payload, ApiError> {
    let bytes = axum::body::Bytes::from_request(request, state)
        .await
        .map_err(|_| ApiError::entity_too_large())?;
    if bytes.is_empty() {
        return Ok(Payload::default());
    }
    let json = serde_json::from_slice(&bytes).map_err(|_| ApiError::invalid_json())?;
    Ok(Payload {
        json,
        files: Vec::new(),
    })
}

async fn multipart(mut form: Multipart) -> Result<Payload, ApiError> {
    let mut payload = Payload::default();
    while let Some(field) = form
        .next_field()
        .await
        .map_err(|_| ApiError::invalid_json())?
    {
        let name = field.name().unwrap_or_default().to_owned();
        let filename = field.file_name().unwrap_or("file").to_owned();
        let content_type = field
            .content_type()
            .unwrap_or("application/octet-stream")
            .to_owned();
        let bytes = field
            .bytes()
            .await
            .map_err(|_| ApiError::entity_too_large())?;
        if name == "payload_json" {
            payload.json = serde_json::from_slice(&bytes).map_err(|_| ApiError::invalid_json())?;
        } else if let Some(number) = file_number(&name) {
            if bytes.len() > FILE_LIMIT {
                return Err(ApiError::entity_too_large());
            }
            let bytes = bytes.to_vec();
            payload.files.push(Upload {
                number,
                filename,
                content_type,
                bytes,
            });
        }
    }
    Ok(payload)
}

fn file_number(name: &str) -> Option<u64> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

/// A checked message form.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) content: Option<String>,
    pub(super) embeds: Option<Vec<Value>>,
    pub(super) components: Option<Vec<Value>>,
    pub(super) flags: Option<u64>,
    pub(super) allowed_mentions: Value,
    pub(super) nonce: Option<Value>,
    pub(super) enforce_nonce: bool,
    pub(super) replies_to: Option<MessageId>,
    /// Files of the message that an edit keeps; `None` keeps all.
    pub(super) kept_files: Option<Vec<AttachmentId>>,
    /// Files that came with the form, with their alt texts.
    pub(super) uploads: Vec<(Upload, Option<String>)>,
}

impl Draft {
    /// Takes the form apart; `at` is where it sits in the body, for error paths.
    ///
    /// # Errors
    /// 400 / 50035 with every field that breaks a rule.
    pub(super) fn parse(form: &Value, files: Vec<Upload>, at: &str) -> Result<Self, ApiError> {
        let mut errors = FormErrors::default();
        validate::check_message(form, at, &mut errors);
        errors.finish()?;
        let listed = form["attachments"].as_array();
        let described = |number: u64| {
            let entries = listed.into_iter().flatten();
            let mut own = entries.filter(|entry| snowflake(&entry["id"]) == Some(number));
            own.find_map(|entry| entry["description"].as_str().map(str::to_owned))
        };
        let uploads = files.into_iter().map(|file| (described(file.number), file));
        Ok(Self {
            content: text_or_empty(form, "content"),
            embeds: list_or_empty(form, "embeds"),
            components: list_or_empty(form, "components"),
            flags: form["flags"].as_u64(),
            allowed_mentions: form["allowed_mentions"].clone(),
            nonce: Some(form["nonce"].clone()).filter(|nonce| !nonce.is_null()),
            enforce_nonce: form["enforce_nonce"].as_bool().unwrap_or(false),
            replies_to: snowflake(&form["message_reference"]["message_id"]).map(MessageId),
            kept_files: listed.map(|entries| {
                let ids = entries.iter().filter_map(|entry| snowflake(&entry["id"]));
                ids.map(AttachmentId).collect()
            }),
            uploads: uploads
                .map(|(description, file)| (file, description))
                .collect(),
        })
    }
}

fn snowflake(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn text_or_empty(form: &Value, name: &str) -> Option<String> {
    let given = form.get(name)?;
    Some(given.as_str().unwrap_or_default().to_owned())
}

fn list_or_empty(form: &Value, name: &str) -> Option<Vec<Value>> {
    let given = form.get(name)?;
    Some(given.as_array().cloned().unwrap_or_default())
}
