//! A pattern with word boundaries. Beside letters that are not ASCII only the slow engine of `regex` knows a word
//! boundary, so the pattern is first looked for without them: most texts do not have it in any case.

use regex::{Error, Match, Regex};

/// See the module.
pub(super) struct Bounded {
    exact: Regex,
    /// Matches wherever the exact one does.
    loose: Regex,
}

impl Bounded {
    /// The pattern.
    ///
    /// # Errors
    /// It is none.
    pub(super) fn new(pattern: &str) -> Result<Self, Error> {
        Ok(Self {
            exact: Regex::new(pattern)?,
            loose: Regex::new(&pattern.replace(r"\b", ""))?,
        })
    }

    /// Whether it is in a text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Where it is first in a text.
    pub(super) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        self.find_iter(text).next()
    }

    /// Where it is in a text.
    pub(super) fn find_iter<'t>(&self, text: &'t str) -> impl Iterator<Item = Match<'t>> {
        let is_there = text.is_ascii() || self.loose.is_match(text);
        is_there
            .then(|| self.exact.find_iter(text))
            .into_iter()
            .flatten()
    }
}
