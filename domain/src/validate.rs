//! Whether a text may be published: the rules that every revision passes before a person is asked.
//! Every finding says to a writer, or to the model, what to change. The rules look at text alone;
//! what was said before comes in as a question that the caller answers ([`Earlier`]).

use crate::content::Content;
use crate::voice::Language;
use crate::weight::weighted_length;

mod bounded;
mod earlier;
mod echo;
mod finding;
mod fold;
mod folded;
mod inflect;
mod key;
mod languages;
mod letters;
mod links;
mod lookalike;
mod pattern;
mod personal;
mod phrases;
mod profanity;
mod quotes;
mod reading;
mod repair;
mod rule;
mod rules;
mod severity;
mod text_rules;
mod traces;
pub(crate) mod words;

pub use earlier::{Earlier, Said, Whose};
pub use echo::echoes;
pub use finding::{Finding, Span, ValidationReport};
pub use key::{TextKey, text_key};
pub use pattern::Pattern;
pub use phrases::Phrases;
pub use repair::{Repair, repair};
pub use rule::Rule;
pub use severity::{Level, Severities, Severity};
pub use text_rules::{Disclosure, TextRules};

/// Runs every rule over a content that was to have `segments_asked` segments, of a client that writes in these languages
/// (none: in any).
///
/// `earlier` answers what was said before, or is about to be, and leaves out the content itself.
pub fn validate(
    content: &Content,
    segments_asked: usize,
    text_rules: &TextRules,
    languages: &[Language],
    earlier: &dyn Earlier,
) -> ValidationReport {
    let texts = || content.segments.iter().map(|segment| segment.text.as_str());
    let subject = rules::Subject {
        content,
        readings: texts().map(reading::Reading::of).collect(),
        weights: texts().map(weighted_length).collect(),
        segments_asked,
        text_rules,
        languages,
        earlier,
    };
    let findings = Rule::ALL.iter().flat_map(|rule| subject.check(*rule));
    ValidationReport {
        findings: findings.collect(),
        weights: subject.weights,
    }
}

/// What other clients say of the same, judged as severely as this client wants it; the other rules are left alone.
pub fn repeats_others(
    content: &Content,
    text_rules: &TextRules,
    earlier: &dyn Earlier,
) -> Vec<Finding> {
    let texts = content.segments.iter().map(|segment| &*segment.text);
    let subject = rules::Subject {
        content,
        readings: texts.map(reading::Reading::of).collect(),
        weights: Vec::new(),
        segments_asked: content.segments.len(),
        text_rules,
        languages: &[],
        earlier,
    };
    subject.check(Rule::OtherClient)
}

#[cfg(test)]
mod tests;
