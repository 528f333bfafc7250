//! The rules by name, and what each is worth when nobody says otherwise. What a rule looks for is in [`super::rules`].
//!
//! A rule that keeps X itself from taking a text is fixed: it is always an error.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::severity::Level;

/// The rules, by the name under which people see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// There are as many segments as were asked for.
    SegmentCount,
    /// There is something to read, or a picture to see.
    Empty,
    /// There is more than emoji.
    EmojiOnly,
    /// There are words, not only numbers, accounts, tags and links.
    NoWords,
    /// There are enough words to stand on their own.
    TooShort,
    /// The weighted length is at most 280.
    Length,
    /// There are no characters that cannot be seen and change what is seen.
    ControlCharacter,
    /// None of the client's blocked words appears, inflected or in look-alike letters.
    BlockedWord,
    /// What has to be disclosed is.
    Disclosure,
    /// Nothing is claimed that the client must not claim.
    ForbiddenClaim,
    /// There are not too many mentions, and none that is banned.
    Mentions,
    /// There are not too many hashtags, and none that is banned.
    Hashtags,
    /// There is at most one cashtag: X refuses more.
    Cashtags,
    /// Links lead to the client's domains.
    Links,
    /// No link hides where it leads.
    Shortener,
    /// There is no profanity.
    Profanity,
    /// There is nobody's e-mail address or telephone number.
    PersonalData,
    /// There is no bank account or card number whose check digits are right.
    PaymentData,
    /// The text is in one of the client's languages.
    Language,
    /// The client has not said the same before, nor twice in one thread.
    Duplicate,
    /// The client has not said nearly the same before.
    NearDuplicate,
    /// No other client says the same or nearly the same.
    OtherClient,
    /// No rival is named.
    Rival,
    /// The model left nothing of its own talk in the text.
    Leftover,
    /// Nothing is left to be filled in.
    Placeholder,
    /// There is no markup, which X would show as it is.
    Markdown,
    /// The text is not in quotation marks as a whole.
    SurroundingQuotes,
    /// Brackets and quotation marks are closed.
    Unbalanced,
    /// The text has an end.
    Truncated,
    /// It says more than its brief does, or says it otherwise. Found outside [`super::validate`].
    Echo,
    /// Numbers, dates, prices, names and links come from the brief or from the knowledge. Found outside [`super::validate`].
    NotInBrief,
    /// The moderation service finds nothing. Found outside [`super::validate`].
    Moderation,
    /// The text sounds like the client. Found outside [`super::validate`].
    BrandVoice,
}

impl Rule {
    /// Every rule, in the order in which findings are listed.
    pub const ALL: [Rule; 33] = [
        Rule::SegmentCount,
        Rule::Empty,
        Rule::EmojiOnly,
        Rule::NoWords,
        Rule::TooShort,
        Rule::Length,
        Rule::ControlCharacter,
        Rule::BlockedWord,
        Rule::Disclosure,
        Rule::ForbiddenClaim,
        Rule::Mentions,
        Rule::Hashtags,
        Rule::Cashtags,
        Rule::Links,
        Rule::Shortener,
        Rule::Profanity,
        Rule::PersonalData,
        Rule::PaymentData,
        Rule::Language,
        Rule::Duplicate,
        Rule::NearDuplicate,
        Rule::OtherClient,
        Rule::Rival,
        Rule::Leftover,
        Rule::Placeholder,
        Rule::Markdown,
        Rule::SurroundingQuotes,
        Rule::Unbalanced,
        Rule::Truncated,
        Rule::Echo,
        Rule::NotInBrief,
        Rule::Moderation,
        Rule::BrandVoice,
    ];

    /// The name that people see and write, such as `blocked-word`.
    pub fn name(self) -> &'static str {
        match self {
            Rule::SegmentCount => "segment-count",
            Rule::Empty => "empty",
            Rule::EmojiOnly => "emoji-only",
            Rule::NoWords => "no-words",
            Rule::TooShort => "too-short",
            Rule::Length => "length",
            Rule::ControlCharacter => "control-character",
            Rule::BlockedWord => "blocked-word",
            Rule::Disclosure => "disclosure",
            Rule::ForbiddenClaim => "forbidden-claim",
            Rule::Mentions => "mentions",
            Rule::Hashtags => "hashtags",
            Rule::Cashtags => "cashtags",
            Rule::Links => "links",
            Rule::Shortener => "shortener",
            Rule::Profanity => "profanity",
            Rule::PersonalData => "personal-data",
            Rule::PaymentData => "payment-data",
            Rule::Language => "language",
            Rule::Duplicate => "duplicate",
            Rule::NearDuplicate => "near-duplicate",
            Rule::OtherClient => "other-client",
            Rule::Rival => "rival",
            Rule::Leftover => "leftover",
            Rule::Placeholder => "placeholder",
            Rule::Markdown => "markdown",
            Rule::SurroundingQuotes => "surrounding-quotes",
            Rule::Unbalanced => "unbalanced",
            Rule::Truncated => "truncated",
            Rule::Echo => "echo",
            Rule::NotInBrief => "not-in-brief",
            Rule::Moderation => "moderation",
            Rule::BrandVoice => "brand-voice",
        }
    }

    /// What it is worth when a client's file does not say: a warning where a false alarm is likely, an error otherwise.
    pub fn usual_level(self) -> Level {
        match self {
            Rule::EmojiOnly
            | Rule::PersonalData
            | Rule::Language
            | Rule::NearDuplicate
            | Rule::Markdown
            | Rule::SurroundingQuotes
            | Rule::Unbalanced
            | Rule::Echo
            | Rule::NotInBrief
            | Rule::BrandVoice => Level::Warning,
            Rule::SegmentCount
            | Rule::Empty
            | Rule::NoWords
            | Rule::TooShort
            | Rule::Length
            | Rule::ControlCharacter
            | Rule::BlockedWord
            | Rule::Disclosure
            | Rule::ForbiddenClaim
            | Rule::Mentions
            | Rule::Hashtags
            | Rule::Cashtags
            | Rule::Links
            | Rule::Shortener
            | Rule::Profanity
            | Rule::PaymentData
            | Rule::Duplicate
            | Rule::OtherClient
            | Rule::Rival
            | Rule::Leftover
            | Rule::Placeholder
            | Rule::Truncated
            | Rule::Moderation => Level::Error,
        }
    }

    /// Whether it asks of a model what a person need not be asked: what a person typed is meant as it stands.
    pub fn is_for_models(self) -> bool {
        matches!(self, Rule::TooShort | Rule::Echo)
    }

    /// Whether a text that breaks it holds nothing to work with: it has to be written from the start, while another one
    /// lacks a word or has one too many.
    pub fn leaves_nothing(self) -> bool {
        matches!(
            self,
            Rule::Empty | Rule::EmojiOnly | Rule::NoWords | Rule::TooShort | Rule::Echo
        )
    }

    /// Whether it is always an error, whatever a client's file says: such a text could not be posted at all, or would not
    /// be the one that was approved.
    pub fn is_fixed(self) -> bool {
        matches!(
            self,
            Rule::SegmentCount | Rule::Empty | Rule::Length | Rule::ControlCharacter
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Rule::ALL.into_iter().find(|rule| rule.name() == name);
        found.ok_or_else(|| {
            let near = |rule: &Rule| strsim::levenshtein(rule.name(), name);
            let nearest = Rule::ALL.into_iter().min_by_key(near);
            let hint = nearest.map_or("", Rule::name);
            format!(
                "`{name}` is not a rule; did you mean `{hint}`? The page on rules lists all of them"
            )
        })
    }
}
