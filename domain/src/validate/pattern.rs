//! A pattern that a client's file gives: compiled once, when it is first needed, and bounded in size. Matching takes a
//! time that grows with the text only, whatever the pattern (`regex` has no backtracking).
//!
//! One that cannot be compiled is refused where files are read, not here, so that a record of it can always be read.

use std::fmt;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The most characters that a pattern may have.
const LONGEST: usize = 500;

/// The most bytes that a compiled pattern may take.
const LARGEST: usize = 512 * 1024;

/// A regular expression in any case of letters, or plain words.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Pattern {
    source: String,
    compiled: OnceLock<Result<Regex, String>>,
}

impl Pattern {
    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// The pattern, ready to match.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote it.
    pub fn compiled(&self) -> Result<&Regex, &str> {
        let compiled = self.compiled.get_or_init(|| compile(&self.source));
        compiled.as_ref().map_err(String::as_str)
    }
}

fn compile(source: &str) -> Result<Regex, String> {
    if source.trim().is_empty() {
        return Err("the pattern is empty, and would match everywhere".to_owned());
    }
    let length = source.chars().count();
    if length > LONGEST {
        return Err(format!(
            "the pattern has {length} characters; at most {LONGEST}"
        ));
    }
    let mut builder = RegexBuilder::new(source);
    builder.case_insensitive(true).size_limit(LARGEST);
    builder.dfa_size_limit(LARGEST).nest_limit(50);
    let compiled = builder.build().map_err(|error| {
        let error = error.to_string();
        let last = error.lines().next_back().unwrap_or_default();
        let what = last.trim().trim_start_matches("error: ");
        format!("`{source}` is not a pattern: {what}")
    })?;
    if compiled.is_match("") {
        return Err(format!(
            "`{source}` matches where there is nothing, and would match everywhere"
        ));
    }
    Ok(compiled)
}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self {
            source,
            compiled: OnceLock::new(),
        }
    }
}

impl From<&str> for Pattern {
    fn from(source: &str) -> Self {
        source.to_owned().into()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.source
    }
}

/// By what was written.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.source)
    }
}
