//! What came with a command, by the names of its options, read once each.
//!
//! Discord checks types and what is required; a bot of another version may still have registered other options, so
//! nothing here trusts that.

use std::collections::BTreeMap;
use std::fmt;

use clara_domain::ids::{ChannelId, ClientId};

/// A value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Words.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A channel's id.
    Channel(u64),
    /// An attached file.
    File(GivenFile),
}

/// A file that was attached to a command, as Discord tells of it; nobody has looked into it yet.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct GivenFile {
    pub(crate) name: String,
    /// Its media type, where Discord knows one.
    pub(crate) media: Option<String>,
    /// In bytes.
    pub(crate) size: usize,
    /// Where it is; whoever has this can read the file.
    pub(crate) url: String,
}

impl fmt::Debug for GivenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GivenFile")
            .field("name", &self.name)
            .field("media", &self.media)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// Why a command could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misuse {
    /// A required option is missing, or not of its type.
    Missing(&'static str),
    /// A client's id that cannot be one.
    NotAClient(String),
    /// No such command in this version.
    Unknown(String),
}

/// The options that were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Given(BTreeMap<String, Value>);

impl Given {
    pub(crate) fn new(values: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self(values.into_iter().collect())
    }

    /// Words, without the space around them; an option of blanks counts as left out.
    pub(crate) fn text(&mut self, name: &'static str) -> Option<String> {
        match self.0.remove(name) {
            Some(Value::Text(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Some(Value::Whole(_) | Value::Channel(_) | Value::File(_)) | None => None,
        }
    }

    pub(crate) fn words(&mut self, name: &'static str) -> Result<String, Misuse> {
        self.text(name).ok_or(Misuse::Missing(name))
    }

    pub(crate) fn whole(&mut self, name: &'static str) -> Option<i64> {
        match self.0.remove(name) {
            Some(Value::Whole(number)) => Some(number),
            Some(Value::Text(_) | Value::Channel(_) | Value::File(_)) | None => None,
        }
    }

    pub(crate) fn file(&mut self, name: &'static str) -> Option<GivenFile> {
        match self.0.remove(name) {
            Some(Value::File(file)) => Some(file),
            Some(Value::Text(_) | Value::Whole(_) | Value::Channel(_)) | None => None,
        }
    }

    pub(crate) fn channel(&mut self, name: &'static str) -> Result<ChannelId, Misuse> {
        let number = match self.0.remove(name) {
            Some(Value::Channel(number)) => Some(number),
            Some(Value::Text(_) | Value::Whole(_) | Value::File(_)) | None => None,
        };
        let id = number.and_then(|number| ChannelId::new(number.to_string()).ok());
        id.ok_or(Misuse::Missing(name))
    }

    pub(crate) fn client(&mut self, name: &'static str) -> Result<ClientId, Misuse> {
        client_id(self.words(name)?)
    }

    pub(crate) fn any_client(&mut self, name: &'static str) -> Result<Option<ClientId>, Misuse> {
        self.text(name).map(client_id).transpose()
    }

    /// Options that nobody asked for.
    pub(crate) fn left(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

fn client_id(text: String) -> Result<ClientId, Misuse> {
    ClientId::new(text.to_lowercase()).map_err(|_| Misuse::NotAClient(text))
}
