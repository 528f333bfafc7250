//! Messages and modals in the shape that Discord's API v10 takes, with only the fields that Clara sends.
//!
//! Written out here rather than through serenity's builders, because an edit must not mention attachments (a card would
//! lose its picture) and every message must say that it mentions nobody. Limits are Discord's documented ones.

use serde::Serialize;

use super::custom_id::CustomId;
use super::escape::cut;

/// The longest content of a message.
pub(crate) const CONTENT: usize = 2000;
/// The longest description of an embed.
pub(crate) const DESCRIPTION: usize = 4096;
/// The longest value of a field.
pub(crate) const FIELD: usize = 1024;
/// All texts of a message's embeds together.
pub(crate) const EMBEDS: usize = 6000;
/// The longest title of a modal.
pub(crate) const MODAL_TITLE: usize = 45;
/// The longest text in a modal's input.
pub(crate) const INPUT: usize = 4000;
/// The most inputs in a modal, and buttons in a row.
pub(crate) const FIVE: usize = 5;

/// Only the person who asked sees the message.
const EPHEMERAL: u32 = 1 << 6;

/// A message, whole: what an edit leaves out would stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Message {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Embed>,
    pub(crate) components: Vec<Row>,
    allowed_mentions: NoMentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    flags: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enforce_nonce: Option<bool>,
    /// A file beside the text; goes as another part of the request.
    #[serde(skip)]
    file: Option<Attached>,
}

/// A file that comes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// `{"parse":[]}`: nobody is called, whatever the text says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct NoMentions {
    parse: [&'static str; 0],
}

impl Message {
    /// A message of text alone.
    pub(crate) fn text(content: impl AsRef<str>) -> Self {
        Self::new(content.as_ref(), Vec::new(), Vec::new())
    }

    /// A message with an embed and buttons.
    pub(crate) fn new(content: &str, embeds: Vec<Embed>, components: Vec<Row>) -> Self {
        Self {
            content: cut(content, CONTENT),
            embeds,
            components,
            allowed_mentions: NoMentions::default(),
            flags: None,
            nonce: None,
            enforce_nonce: None,
            file: None,
        }
    }

    /// A file beside the text, of the answer to a command.
    pub(crate) fn with_file(mut self, name: String, bytes: Vec<u8>) -> Self {
        self.file = Some(Attached { name, bytes });
        self
    }

    /// The file beside the text.
    pub(crate) fn file(&self) -> Option<&Attached> {
        self.file.as_ref()
    }

    /// For the eyes of the person who asked.
    pub(crate) fn private(mut self) -> Self {
        self.flags = Some(EPHEMERAL);
        self
    }

    /// Sent twice with the same nonce (at most 25 characters) within minutes, it appears once.
    pub(crate) fn once(mut self, nonce: &str) -> Self {
        self.nonce = Some(nonce.chars().take(25).collect());
        self.enforce_nonce = Some(true);
        self
    }
}

/// The coloured box of a card or an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Embed {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) color: u32,
    pub(crate) fields: Vec<Field>,
    /// Left out where there is none: Discord takes no empty one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) footer: Option<Footer>,
}

impl Embed {
    /// What Discord counts against [`EMBEDS`].
    pub(crate) fn weight(&self) -> usize {
        use super::escape::length;
        let fields = self.fields.iter();
        let fields: usize = fields.map(|f| length(&f.name) + length(&f.value)).sum();
        let footer = self
            .footer
            .as_ref()
            .map_or(0, |footer| length(&footer.text));
        length(&self.title) + length(&self.description) + footer + fields
    }
}

/// The small print of an embed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Footer {
    pub(crate) text: String,
}

/// A named value in an embed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) inline: bool,
}

/// A row of buttons, or of one text input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Row {
    #[serde(rename = "type")]
    kind: u8,
    pub(crate) components: Vec<Component>,
}

impl Row {
    pub(crate) fn new(components: Vec<Component>) -> Self {
        Self {
            kind: 1,
            components,
        }
    }
}

/// A button or a text input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Component {
    Button(Button),
    Input(Input),
}

/// How a button looks; the numbers are Discord's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The thing to do.
    Primary = 1,
    /// One of several.
    Secondary = 2,
    /// Yes.
    Success = 3,
    /// No, or for good.
    Danger = 4,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Button {
    #[serde(rename = "type")]
    kind: u8,
    style: u8,
    pub(crate) label: String,
    pub(crate) custom_id: String,
}

impl Button {
    pub(crate) fn new(style: Style, label: &str, id: CustomId) -> Self {
        Self {
            kind: 2,
            style: style as u8,
            label: label.to_owned(),
            custom_id: id.to_string(),
        }
    }
}

/// A field of a modal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Input {
    #[serde(rename = "type")]
    kind: u8,
    style: u8,
    pub(crate) custom_id: String,
    pub(crate) label: String,
    required: bool,
    max_length: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    placeholder: Option<String>,
}

impl Input {
    /// A box of several lines that must be filled.
    pub(crate) fn paragraph(custom_id: &str, label: &str) -> Self {
        Self {
            kind: 4,
            style: 2,
            custom_id: custom_id.to_owned(),
            label: label.to_owned(),
            required: true,
            max_length: INPUT as u16,
            value: None,
            placeholder: None,
        }
    }

    /// One line.
    pub(crate) fn short(custom_id: &str, label: &str) -> Self {
        Self {
            style: 1,
            ..Self::paragraph(custom_id, label)
        }
    }

    /// It may stay empty.
    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// What is in it at first.
    pub(crate) fn filled(mut self, value: String) -> Self {
        self.value = Some(value);
        self
    }

    /// What stands in it while it is empty, at most 100 characters.
    pub(crate) fn hint(mut self, placeholder: &str) -> Self {
        self.placeholder = Some(placeholder.to_owned());
        self
    }
}

/// A form that opens over the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Modal {
    pub(crate) custom_id: String,
    pub(crate) title: String,
    pub(crate) components: Vec<Row>,
}

impl Modal {
    pub(crate) fn new(id: CustomId, title: &str, inputs: Vec<Input>) -> Self {
        let row = |input| Row::new(vec![Component::Input(input)]);
        Self {
            custom_id: id.to_string(),
            title: cut(title, MODAL_TITLE),
            components: inputs.into_iter().take(FIVE).map(row).collect(),
        }
    }
}

/// A suggestion for an option; name and value at most 100 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The first answer to an interaction (callback types 4, 5, 6, 8 and 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Callback {
    /// A message at once.
    Message(Message),
    /// "Is thinking", for the asker alone; the message follows.
    Defer,
    /// Nothing visible: the card follows by itself.
    DeferUpdate,
    /// Suggestions.
    Choices(Vec<Choice>),
    /// A form.
    Modal(Modal),
}

impl Callback {
    /// As the API takes it.
    pub(crate) fn body(&self) -> serde_json::Value {
        use serde_json::json;
        match self {
            Self::Message(message) => json!({"type": 4, "data": message.clone().private()}),
            Self::Defer => json!({"type": 5, "data": {"flags": EPHEMERAL}}),
            Self::DeferUpdate => json!({"type": 6}),
            Self::Choices(choices) => json!({"type": 8, "data": {"choices": choices}}),
            Self::Modal(modal) => json!({"type": 9, "data": modal}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_message_mentions_nobody_and_leaves_attachments_alone() {
        let body = serde_json::to_value(Message::text("@everyone").once(&"n".repeat(40)));
        assert_eq!(
            body.ok(),
            Some(json!({
                "content": "@everyone", "embeds": [], "components": [],
                "allowed_mentions": {"parse": []},
                "nonce": "n".repeat(25), "enforce_nonce": true
            }))
        );
    }

    #[test]
    fn a_deferred_answer_is_for_the_asker_alone() {
        assert_eq!(
            Callback::Defer.body(),
            json!({"type": 5, "data": {"flags": 64}})
        );
        let said = Callback::Message(Message::text("a")).body();
        assert_eq!(said["data"]["flags"], 64);
    }

    #[test]
    fn an_overlong_content_is_cut_visibly() {
        let message = Message::text("a".repeat(3000));
        assert_eq!(message.content.chars().count(), CONTENT);
        assert!(message.content.ends_with(super::super::escape::SHORTENED));
    }
}
