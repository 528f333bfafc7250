//! What a client lays down about its texts: the `[rules]` of its file.
//!
//! Reading it never fails because of a pattern or a domain that cannot be used, so that old records stay readable;
//! [`TextRules::problems`] tells what is wrong, where a file is read.

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Span};
use super::links::is_host;
use super::pattern::Pattern;
use super::phrases::Phrases;
use super::rule::Rule;
use super::severity::Severities;

/// The most entries that a list may have.
const LONGEST_LIST: usize = 500;

/// What a client wants of its texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextRules {
    /// Words and phrases that must not appear, as whole words in any case, inflected, or in look-alike letters.
    pub blocked_words: Phrases,
    /// What has to be said, always or where a pattern matches.
    pub disclosures: Vec<Disclosure>,
    /// Patterns of what must not be claimed.
    pub forbidden_claims: Vec<Pattern>,
    /// Names and handles that must not be mentioned.
    pub rivals: Phrases,
    /// The fewest words of a text; of a thread, the fewest for each part on average.
    pub min_words: u8,
    /// The most accounts that a post may mention.
    pub max_mentions: u8,
    /// The most hashtags that a post may have.
    pub max_hashtags: u8,
    /// Accounts that must not be mentioned.
    pub banned_mentions: Vec<String>,
    /// Hashtags that must not be used.
    pub banned_hashtags: Vec<String>,
    /// Domains that links may lead to, with their subdomains; empty for any.
    pub link_domains: Vec<String>,
    /// Shorteners of links that may be used.
    pub shorteners: Vec<String>,
    /// Words that are no profanity for this client.
    pub allowed_words: Phrases,
    /// E-mail addresses and telephone numbers that may be given.
    pub contacts: Vec<String>,
    /// What rules are worth, where not as usual.
    pub severity: Severities,
}

impl Default for TextRules {
    fn default() -> Self {
        Self {
            blocked_words: Phrases::default(),
            disclosures: Vec::new(),
            forbidden_claims: Vec::new(),
            rivals: Phrases::default(),
            min_words: 4,
            max_mentions: 5,
            max_hashtags: 5,
            banned_mentions: Vec::new(),
            banned_hashtags: Vec::new(),
            link_domains: Vec::new(),
            shorteners: Vec::new(),
            allowed_words: Phrases::default(),
            contacts: Vec::new(),
            severity: Severities::default(),
        }
    }
}

/// Something that a text has to say, such as `#ad`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// Any of these is enough, as whole words in any case. The first one is asked for.
    pub any_of: Phrases,
    /// Only where this matches anywhere in the text; always without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Pattern>,
}

impl TextRules {
    /// A finding of a rule with the severity that this client wants; none where it wants the rule off. For what is found
    /// outside [`super::validate`] too: by the moderation service, against the brief, by a judge.
    pub fn finding(
        &self,
        rule: Rule,
        segment: usize,
        message: String,
        span: Option<Span>,
    ) -> Option<Finding> {
        let severity = self.severity.of(rule).severity()?;
        Some(Finding {
            rule,
            severity,
            segment,
            message,
            span,
        })
    }

    /// What is wrong with the values, by the dotted key within `[rules]`: patterns that cannot be compiled, domains that
    /// are none, empty disclosures.
    pub fn problems(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut wrong = |key: &str, at: usize, what: String| {
            problems.push((format!("{key}[{at}]"), what));
        };
        for (at, pattern) in self.forbidden_claims.iter().enumerate() {
            if let Err(what) = pattern.compiled() {
                wrong("forbidden_claims", at, what.to_owned());
            }
        }
        for (at, disclosure) in self.disclosures.iter().enumerate() {
            if disclosure.any_of.ready().is_empty() {
                let what = "`any_of` is empty; expected a list such as [\"#ad\"]";
                wrong("disclosures", at, what.to_owned());
            }
            if let Some(Err(what)) = disclosure.when.as_ref().map(Pattern::compiled) {
                wrong("disclosures", at, what.to_owned());
            }
        }
        for (key, hosts) in [
            ("link_domains", &self.link_domains),
            ("shorteners", &self.shorteners),
        ] {
            for (at, host) in hosts.iter().enumerate().filter(|(_, host)| !is_host(host)) {
                let what = format!("`{host}` is not a domain; expected one such as `example.com`");
                wrong(key, at, what);
            }
        }
        problems.extend(self.too_long());
        problems
    }

    fn too_long(&self) -> impl Iterator<Item = (String, String)> {
        let lists = [
            ("blocked_words", self.blocked_words.len()),
            ("disclosures", self.disclosures.len()),
            ("forbidden_claims", self.forbidden_claims.len()),
            ("rivals", self.rivals.len()),
        ];
        let long = lists
            .into_iter()
            .filter(|(_, length)| *length > LONGEST_LIST);
        long.map(|(key, length)| {
            let what = format!("{length} entries; expected at most {LONGEST_LIST}");
            (key.to_owned(), what)
        })
    }
}
