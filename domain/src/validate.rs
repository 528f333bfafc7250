//! Whether a text may be published: the rules that every revision passes before a person is asked.
//! Every finding says to a writer, or to the model, what to change. The rules look at text alone;
//! what the client said before comes in as a question that the caller answers.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::content::Content;
use crate::weight::weighted_length;

mod fold;
mod key;
mod letters;
mod rules;
mod words;

pub use key::{TextKey, text_key};

/// Whether a finding keeps a text from being approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The text cannot be approved as it is, unless a person with the right to it overrides.
    Error,
    /// The text can be approved; the person who does should know.
    Warning,
}

/// The rules, by the name under which people see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The weighted length is at most 280.
    Length,
    /// There is something to read, or a picture to see.
    Empty,
    /// There is more than emoji (a warning).
    EmojiOnly,
    /// None of the client's blocked words appears.
    BlockedWord,
    /// The client has not said the same before, nor twice in one thread.
    Duplicate,
    /// There are as many segments as were asked for.
    SegmentCount,
    /// There are no characters that cannot be seen and change what is seen.
    ControlCharacter,
}

impl Rule {
    /// Every rule, in the order in which findings are listed.
    pub const ALL: [Rule; 7] = [
        Rule::SegmentCount,
        Rule::Empty,
        Rule::EmojiOnly,
        Rule::Length,
        Rule::ControlCharacter,
        Rule::BlockedWord,
        Rule::Duplicate,
    ];

    /// The name that people see, such as `blocked-word`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Length => "length",
            Rule::Empty => "empty",
            Rule::EmojiOnly => "emoji-only",
            Rule::BlockedWord => "blocked-word",
            Rule::Duplicate => "duplicate",
            Rule::SegmentCount => "segment-count",
            Rule::ControlCharacter => "control-character",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
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

/// What a client does not want said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextRules {
    /// Words and phrases that must not appear, in any case, as whole words. Default: none.
    pub blocked_words: Vec<String>,
}

/// Runs every rule over a content that was to have `segments_asked` segments.
///
/// `earlier` answers what the client has said, or is about to say, under a key, as a writer would
/// want to hear it: "the tweet posted on 2026-05-01".
pub fn validate(
    content: &Content,
    segments_asked: usize,
    text_rules: &TextRules,
    earlier: &dyn Fn(&TextKey) -> Option<String>,
) -> ValidationReport {
    let weights = content
        .segments
        .iter()
        .map(|segment| weighted_length(&segment.text));
    let subject = rules::Subject {
        content,
        weights: weights.collect(),
        segments_asked,
        text_rules,
        earlier,
    };
    let findings = Rule::ALL.iter().flat_map(|rule| subject.check(*rule));
    ValidationReport {
        findings: findings.collect(),
        weights: subject.weights,
    }
}

#[cfg(test)]
mod tests;
