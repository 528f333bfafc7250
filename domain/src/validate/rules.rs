//! The rules: what is judged, and which function finds what each rule looks for.
//!
//! A rule reads the subject and returns what it found; it knows nothing of the other rules or of severities, and changes
//! nothing.

use super::earlier::Earlier;
use super::finding::{Finding, Span};
use super::reading::Reading;
use super::rule::Rule;
use super::text_rules::TextRules;
use crate::content::Content;
use crate::voice::Language;

mod claims;
mod form;
mod leftovers;
mod said;
mod shape;
mod substance;
mod tags;
mod tongue;
mod words;

/// What is judged, and what it is judged by.
pub(super) struct Subject<'a> {
    pub(super) content: &'a Content,
    /// Each segment as the rules read it.
    pub(super) readings: Vec<Reading<'a>>,
    /// The weighted length of each segment.
    pub(super) weights: Vec<usize>,
    pub(super) segments_asked: usize,
    pub(super) text_rules: &'a TextRules,
    pub(super) languages: &'a [Language],
    pub(super) earlier: &'a dyn Earlier,
}

/// Something that a rule found.
pub(super) struct Found {
    segment: usize,
    message: String,
    span: Option<Span>,
}

/// What a rule found in a whole segment.
fn whole(segment: usize, message: impl Into<String>) -> Found {
    Found {
        segment,
        message: message.into(),
        span: None,
    }
}

/// What a rule found in a part of a segment.
fn part(segment: usize, span: Span, message: impl Into<String>) -> Found {
    Found {
        segment,
        message: message.into(),
        span: Some(span),
    }
}

impl<'a> Subject<'a> {
    /// The findings of one rule, as severe as the client wants them; nothing is looked for where the rule is off.
    pub(super) fn check(&self, rule: Rule) -> Vec<Finding> {
        if self.text_rules.severity.of(rule).severity().is_none() {
            return Vec::new();
        }
        let found = self.look(rule).into_iter();
        let finding = |found: Found| {
            self.text_rules
                .finding(rule, found.segment, found.message, found.span)
        };
        found.filter_map(finding).collect()
    }

    fn look(&self, rule: Rule) -> Vec<Found> {
        match rule {
            Rule::SegmentCount => form::segment_count(self),
            Rule::Empty => form::empty(self),
            Rule::EmojiOnly => form::emoji_only(self),
            Rule::NoWords => substance::no_words(self),
            Rule::TooShort => substance::too_short(self),
            Rule::Length => form::length(self),
            Rule::ControlCharacter => form::control_character(self),
            Rule::BlockedWord => words::blocked(self),
            Rule::Profanity => words::profanity(self),
            Rule::Rival => words::rival(self),
            Rule::Disclosure => claims::disclosure(self),
            Rule::ForbiddenClaim => claims::forbidden(self),
            Rule::PersonalData => claims::personal(self),
            Rule::PaymentData => claims::payment(self),
            Rule::Mentions => tags::mentions(self),
            Rule::Hashtags => tags::hashtags(self),
            Rule::Cashtags => tags::cashtags(self),
            Rule::Links => tags::links(self),
            Rule::Shortener => tags::shortener(self),
            Rule::Language => tongue::language(self),
            Rule::Duplicate => said::duplicate(self),
            Rule::NearDuplicate => said::near_duplicate(self),
            Rule::OtherClient => said::other_client(self),
            Rule::Leftover => leftovers::leftover(self),
            Rule::Placeholder => leftovers::placeholder(self),
            Rule::Markdown => leftovers::markdown(self),
            Rule::SurroundingQuotes => shape::surrounding_quotes(self),
            Rule::Unbalanced => shape::unbalanced(self),
            Rule::Truncated => shape::truncated(self),
            // Found where there is more to look at than a text.
            Rule::Echo | Rule::NotInBrief | Rule::Moderation | Rule::BrandVoice => Vec::new(),
        }
    }

    /// What a function finds in each segment that has something to read.
    fn each(&self, find: impl Fn(usize, &Reading<'a>) -> Vec<Found>) -> Vec<Found> {
        let readable = self.readings.iter().enumerate();
        let readable = readable.filter(|(_, reading)| !reading.blank);
        readable
            .flat_map(|(at, reading)| find(at, reading))
            .collect()
    }
}
