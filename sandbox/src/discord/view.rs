//! What a person sees: messages and interactions as they look on the screen, for the page, the control API and tests.
//! A view is a copy; nothing here changes the world. The wire forms that the bot gets are elsewhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ids::{AttachmentId, InteractionId, MessageId};

/// A message as people see it. Names, not ids, for channel and persons.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// The channel's name.
    pub channel: String,
    /// The author's name.
    pub author: String,
    /// The text, in Discord's markdown.
    pub content: String,
    /// Embeds as the author sent them.
    pub embeds: Vec<Value>,
    /// Action rows as the author sent them.
    pub components: Vec<Value>,
    /// Message flags: 64 ephemeral, 128 "is thinking…", 4 embeds suppressed.
    pub flags: u64,
    /// When it was last edited.
    pub edited: Option<Timestamp>,
    /// The one person who sees it; `None` when the whole channel does.
    pub ephemeral_for: Option<String>,
    /// When it was sent.
    pub at: Timestamp,
    /// Its files.
    pub attachments: Vec<AttachmentView>,
    /// What it said before, oldest first.
    pub history: Vec<OlderVersion>,
    /// Whom it pinged: `@everyone`, `@here`, `<@id>`, `<@&id>`. Empty when the bot suppressed mentions.
    pub mentioned: Vec<String>,
}

/// What a message said before an edit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OlderVersion {
    /// The text.
    pub content: String,
    /// The embeds.
    pub embeds: Vec<Value>,
    /// The action rows.
    pub components: Vec<Value>,
    /// Since when it said this.
    pub at: Timestamp,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttachmentView {
    /// Its id.
    pub id: AttachmentId,
    /// As the bot named it.
    pub filename: String,
    /// The alt text.
    pub description: Option<String>,
    /// The media type.
    pub content_type: String,
    /// Bytes.
    pub size: usize,
    /// Where the bytes can be had.
    pub url: String,
}

/// A button that can be clicked (links are not listed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ButtonView {
    /// The words on it, or the emoji where there are none.
    pub label: String,
    /// What a click sends.
    pub custom_id: String,
    /// Greyed out.
    pub disabled: bool,
}

impl MessageView {
    /// The buttons, in reading order.
    #[must_use]
    pub fn buttons(&self) -> Vec<ButtonView> {
        let rows = self.components.iter();
        let parts = rows.filter_map(|row| row["components"].as_array());
        parts.flatten().filter_map(button).collect()
    }

    /// The button with these words on it.
    #[must_use]
    pub fn button(&self, label: &str) -> Option<ButtonView> {
        self.buttons().into_iter().find(|b| b.label == label)
    }

    /// Everything that can be read on it, line by line: content, then each embed's author, title, description, fields and footer.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = vec![self.content.clone()];
        lines.extend(self.embeds.iter().flat_map(embed_lines));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }
}

fn button(part: &Value) -> Option<ButtonView> {
    if part["type"] != 2 {
        return None;
    }
    let label = part["label"].as_str().or(part["emoji"]["name"].as_str());
    Some(ButtonView {
        label: label.unwrap_or_default().to_owned(),
        custom_id: part["custom_id"].as_str()?.to_owned(),
        disabled: part["disabled"].as_bool().unwrap_or(false),
    })
}

fn embed_lines(embed: &Value) -> Vec<String> {
    let fields = embed["fields"].as_array().into_iter().flatten();
    let fields = fields.flat_map(|field| [&field["name"], &field["value"]]);
    [
        &embed["author"]["name"],
        &embed["title"],
        &embed["description"],
    ]
    .into_iter()
    .chain(fields)
    .chain([&embed["footer"]["text"]])
    .filter_map(|text| text.as_str().map(str::to_owned))
    .collect()
}

/// What kind of thing the person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// A slash command.
    Command,
    /// A click on a button, or a choice in a select menu.
    Component,
    /// Typing an option that completes itself.
    Autocomplete,
    /// Sending off a modal.
    Modal,
}

/// How the bot answered at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledgement {
    /// Type 4: a new message.
    Message,
    /// Type 5: "is thinking…", a message follows.
    Defer,
    /// Type 6: nothing visible, an edit may follow.
    DeferUpdate,
    /// Type 7: the clicked message was changed.
    Update,
    /// Type 8: suggestions for the option.
    Choices,
    /// Type 9: a modal opened.
    Modal,
}

/// An interaction as the person who did it sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InteractionView {
    /// Its id.
    pub id: InteractionId,
    /// Who did it.
    pub user: String,
    /// The channel's name.
    pub channel: String,
    /// What kind of thing it is.
    pub kind: InteractionKind,
    /// What the person did: the command line, or the `custom_id`.
    pub what: String,
    /// Whether a gateway session was there to take it.
    pub delivered: bool,
    /// How long the bot took to acknowledge, by a monotonic clock.
    pub acknowledged_after_ms: Option<u64>,
    /// How the bot acknowledged.
    pub acknowledgement: Option<Acknowledgement>,
    /// The modal that opened: `title`, `custom_id`, `components`.
    pub modal: Option<Value>,
    /// The suggestions: `name` and `value` each.
    pub choices: Option<Vec<Value>>,
    /// What "the original response" is: the message of a type 4 or 5, the clicked message of a type 6 or 7.
    pub response: Option<MessageView>,
    /// Further messages sent with the interaction's token.
    pub followups: Vec<MessageView>,
    /// What Discord shows when nothing came: "The application did not respond".
    pub failed: Option<String>,
    /// Whether nothing more is owed: a message, an update or a modal came, or what a deferral promised, or it failed.
    pub done: bool,
}
