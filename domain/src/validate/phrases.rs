//! A list of words and phrases that are looked for in texts, made ready once, when it is first needed.

use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::words::Phrase;

/// Words and phrases, as they were written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Phrases {
    written: Vec<String>,
    ready: OnceLock<Vec<Phrase>>,
}

impl Phrases {
    /// The phrases as they are looked for, in their order; what is blank is left out.
    pub(super) fn ready(&self) -> &[Phrase] {
        self.ready.get_or_init(|| {
            self.written
                .iter()
                .filter_map(|one| Phrase::of(one))
                .collect()
        })
    }
}

impl Deref for Phrases {
    type Target = [String];

    fn deref(&self) -> &[String] {
        &self.written
    }
}

impl From<Vec<String>> for Phrases {
    fn from(written: Vec<String>) -> Self {
        Self {
            written,
            ready: OnceLock::new(),
        }
    }
}

impl From<Phrases> for Vec<String> {
    fn from(phrases: Phrases) -> Self {
        phrases.written
    }
}

impl<T: Into<String>> FromIterator<T> for Phrases {
    fn from_iter<I: IntoIterator<Item = T>>(phrases: I) -> Self {
        phrases
            .into_iter()
            .map(Into::into)
            .collect::<Vec<String>>()
            .into()
    }
}

/// By what was written.
impl PartialEq for Phrases {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl Eq for Phrases {}

impl fmt::Debug for Phrases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(f)
    }
}
