//! A message as the guild keeps it, what an edit does to it, and how it looks on the wire and to people.
//! Older versions stay with it, so that a test can see what somebody may have read.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::directory::{BOT_NAME, Directory};
use super::draft::{Draft, Upload};
use super::ids::{AttachmentId, ChannelId, MessageId, UserId};
use super::mentions;
use super::view::{AttachmentView, MessageView, OlderVersion};

/// Only one person sees it.
pub(super) const EPHEMERAL: u64 = 1 << 6;
/// "is thinking…": the promise of a type 5 answer.
pub(super) const LOADING: u64 = 1 << 7;
/// Flags that an edit may change.
const EDITABLE: u64 = 1 << 2;

/// Also its form in the world's log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Message {
    pub(super) id: MessageId,
    pub(super) channel: ChannelId,
    pub(super) content: String,
    pub(super) embeds: Vec<Value>,
    pub(super) components: Vec<Value>,
    pub(super) flags: u64,
    pub(super) at: Timestamp,
    pub(super) edited: Option<Timestamp>,
    pub(super) ephemeral_for: Option<UserId>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) nonce: Option<Value>,
    pub(super) mentioned: Vec<String>,
    /// The message it replies to.
    pub(super) replies_to: Option<MessageId>,
    /// Where it came from, for an interaction's answer: the wire's `interaction_metadata`.
    pub(super) born_of: Option<Value>,
    pub(super) history: Vec<OlderVersion>,
}

/// A file and its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Attachment {
    pub(super) id: AttachmentId,
    pub(super) filename: String,
    pub(super) description: Option<String>,
    pub(super) content_type: String,
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub(super) bytes: Vec<u8>,
}

fn to_base64<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    BASE64_STANDARD
        .decode(text)
        .map_err(serde::de::Error::custom)
}

impl Attachment {
    /// An uploaded file, which gets the alt text that the form gives it.
    pub(super) fn new(id: AttachmentId, upload: &Upload, description: Option<String>) -> Self {
        Self {
            id,
            filename: upload.filename.clone(),
            description,
            content_type: upload.content_type.clone(),
            bytes: upload.bytes.clone(),
        }
    }
}

impl Message {
    pub(super) fn new(id: MessageId, channel: ChannelId, at: Timestamp) -> Self {
        Self {
            id,
            channel,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            flags: 0,
            at,
            edited: None,
            ephemeral_for: None,
            attachments: Vec::new(),
            nonce: None,
            mentioned: Vec::new(),
            replies_to: None,
            born_of: None,
            history: Vec::new(),
        }
    }

    /// Lays the form's fields over the message; fields that the form leaves out stay.
    pub(super) fn fill(
        &mut self,
        draft: &Draft,
        new_files: Vec<Attachment>,
        directory: &Directory,
    ) {
        if let Some(content) = &draft.content {
            self.content.clone_from(content);
            self.mentioned = mentions::pinged(content, &draft.allowed_mentions, directory);
        }
        if let Some(embeds) = &draft.embeds {
            self.embeds.clone_from(embeds);
        }
        if let Some(components) = &draft.components {
            self.components.clone_from(components);
        }
        if let Some(kept) = &draft.kept_files {
            self.attachments.retain(|file| kept.contains(&file.id));
        }
        self.attachments.extend(new_files);
    }

    /// Like [`fill`](Self::fill), remembering what it said before. A promise ("is thinking…") leaves no history.
    pub(super) fn edit(
        &mut self,
        draft: &Draft,
        new_files: Vec<Attachment>,
        directory: &Directory,
        now: Timestamp,
    ) {
        if self.flags & LOADING != 0 {
            self.flags &= !LOADING;
        } else {
            self.history.push(OlderVersion {
                content: self.content.clone(),
                embeds: self.embeds.clone(),
                components: self.components.clone(),
                at: self.edited.unwrap_or(self.at),
            });
            self.edited = Some(now);
        }
        if let Some(flags) = draft.flags {
            self.flags = self.flags & !EDITABLE | flags & EDITABLE;
        }
        self.fill(draft, new_files, directory);
    }

    /// Whether there is nothing to see on it.
    pub(super) fn is_empty(&self) -> bool {
        self.content.is_empty()
            && self.embeds.is_empty()
            && self.components.is_empty()
            && self.attachments.is_empty()
    }

    pub(super) fn is_visible_to(&self, user: UserId) -> bool {
        self.ephemeral_for.is_none_or(|only| only == user)
    }

    /// The component with this `custom_id`.
    pub(super) fn component(&self, custom_id: &str) -> Option<&Value> {
        self.parts().find(|part| part["custom_id"] == custom_id)
    }

    /// All `custom_id`s, in reading order.
    pub(super) fn custom_ids(&self) -> Vec<String> {
        let ids = self.parts().filter_map(|part| part["custom_id"].as_str());
        ids.map(str::to_owned).collect()
    }

    fn parts(&self) -> impl Iterator<Item = &Value> {
        let rows = self.components.iter();
        rows.filter_map(|row| row["components"].as_array())
            .flatten()
    }
}

/// How a message looks from outside; holds what is needed to render.
#[derive(Clone, Copy, Debug)]
pub(super) struct Render<'a> {
    pub(super) directory: &'a Directory,
    pub(super) base_url: &'a str,
}

impl Render<'_> {
    /// The message object of the API.
    pub(super) fn wire(&self, message: &Message) -> Value {
        let users = mentions::ids(&message.mentioned, "<@");
        let mentions: Vec<_> = users
            .map(|id| self.directory.user_json(UserId(id)))
            .collect();
        let roles: Vec<_> = mentions::ids(&message.mentioned, "<@&")
            .map(|id| id.to_string())
            .collect();
        let mut wire = json!({
            "id": message.id, "channel_id": message.channel, "type": 0, "content": message.content,
            "author": self.directory.user_json(self.directory.bot_id()),
            "timestamp": stamp(message.at), "edited_timestamp": message.edited.map(stamp),
            "tts": false, "pinned": false, "flags": message.flags,
            "mention_everyone": message.mentioned.iter().any(|m| m == "@everyone" || m == "@here"),
            "mentions": mentions, "mention_roles": roles,
            "attachments": message.attachments.iter().map(|file| self.file(message, file)).collect::<Vec<_>>(),
            "embeds": message.embeds.iter().map(|embed| self.embed(message, embed)).collect::<Vec<_>>(),
            "components": numbered(&message.components),
        });
        if let Some(nonce) = &message.nonce {
            wire["nonce"] = nonce.clone();
        }
        if let Some(id) = message.replies_to {
            wire["type"] = 19.into();
            wire["message_reference"] =
                json!({"type": 0, "channel_id": message.channel, "message_id": id});
        }
        if let Some(metadata) = &message.born_of {
            let application = self.directory.guild().application_id.to_string();
            wire["type"] = if metadata["type"] == 2 { 20 } else { 0 }.into();
            wire["interaction_metadata"] = metadata.clone();
            wire["application_id"] = application.clone().into();
            wire["webhook_id"] = application.into();
        }
        wire
    }

    /// As people see it.
    pub(super) fn view(&self, message: &Message) -> MessageView {
        let files = message.attachments.iter().map(|file| AttachmentView {
            id: file.id,
            filename: file.filename.clone(),
            description: file.description.clone(),
            content_type: file.content_type.clone(),
            size: file.bytes.len(),
            url: self.file_url(message, file),
        });
        MessageView {
            id: message.id,
            channel: self.directory.channel_name(message.channel),
            author: BOT_NAME.into(),
            content: message.content.clone(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            flags: message.flags,
            edited: message.edited,
            ephemeral_for: message.ephemeral_for.map(|id| self.directory.user_name(id)),
            at: message.at,
            attachments: files.collect(),
            history: message.history.clone(),
            mentioned: message.mentioned.clone(),
        }
    }

    fn file(&self, message: &Message, file: &Attachment) -> Value {
        let url = self.file_url(message, file);
        let mut wire = json!({
            "id": file.id, "filename": file.filename, "size": file.bytes.len(), "content_type": file.content_type,
            "url": url, "proxy_url": url, "ephemeral": message.ephemeral_for.is_some(),
        });
        if let Some(description) = &file.description {
            wire["description"] = description.as_str().into();
        }
        wire
    }

    fn file_url(&self, message: &Message, file: &Attachment) -> String {
        let (base, channel, id) = (self.base_url, message.channel, file.id);
        format!(
            "{base}/discord/attachments/{channel}/{id}/{}",
            file.filename
        )
    }

    /// An embed as Discord gives it back: of type `rich`, with `attachment://` resolved.
    fn embed(&self, message: &Message, embed: &Value) -> Value {
        let mut wire = embed.clone();
        wire["type"] = "rich".into();
        for place in [
            "/image/url",
            "/thumbnail/url",
            "/footer/icon_url",
            "/author/icon_url",
        ] {
            let Some(url) = wire.pointer_mut(place) else {
                continue;
            };
            let name = url
                .as_str()
                .and_then(|url| url.strip_prefix("attachment://"));
            let file =
                name.and_then(|name| message.attachments.iter().find(|f| f.filename == name));
            if let Some(file) = file {
                *url = self.file_url(message, file).into();
            }
        }
        wire
    }
}

/// Discord numbers every component of a message.
fn numbered(rows: &[Value]) -> Vec<Value> {
    let mut next = 0;
    let mut number = |part: &mut Value| {
        next += 1;
        part["id"] = next.into();
    };
    let mut rows = rows.to_vec();
    for row in &mut rows {
        number(row);
        let parts = row["components"].as_array_mut();
        parts.into_iter().flatten().for_each(&mut number);
    }
    rows
}

/// ISO 8601 with microseconds and an offset, as the API writes times.
pub(super) fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f+00:00").to_string()
}
