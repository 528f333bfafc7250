//! What the rules found: for the person who approves, the writer, and the model.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::severity::Severity;

/// A part of a segment's text: characters (Unicode scalar values) from 0, the end not included. Written as `[start, end]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "(usize, usize)", into = "(usize, usize)")]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// The first character after it.
    pub end: usize,
}

impl Span {
    /// The span of a range of bytes of a text.
    pub fn of(text: &str, bytes: Range<usize>) -> Self {
        let before = |end: usize| text.get(..end).map_or(0, |part| part.chars().count());
        Self {
            start: before(bytes.start),
            end: before(bytes.end),
        }
    }
}

impl From<(usize, usize)> for Span {
    fn from((start, end): (usize, usize)) -> Self {
        Self { start, end }
    }
}

impl From<Span> for (usize, usize) {
    fn from(span: Span) -> Self {
        (span.start, span.end)
    }
}

/// One thing that a rule found in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Whether it keeps the text from being approved.
    pub severity: Severity,
    /// The segment it is about, from 0.
    pub segment: usize,
    /// What to change, said to a writer.
    pub message: String,
    /// The part of the segment's text that it is about; none where it is about the whole, or about what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// What the rules found in a content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationReport {
    /// The findings, rule by rule.
    pub findings: Vec<Finding>,
    /// The weighted length of each segment.
    pub weights: Vec<usize>,
}

impl ValidationReport {
    /// Whether nothing keeps the content from being approved.
    pub fn passed(&self) -> bool {
        self.errors().next().is_none()
    }

    /// The findings that keep the content from being approved.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Error)
    }

    /// The findings that a person should know of, and that keep nothing back.
    pub fn warnings(&self) -> impl Iterator<Item = &Finding> {
        self.of(Severity::Warning)
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    }
}
