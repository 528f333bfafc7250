//! Rules on words: those that the client blocks, profanity, rivals.

use std::ops::Range;

use super::{Found, Subject, part};
use crate::validate::finding::Span;
use crate::validate::inflect::Endings;
use crate::validate::profanity;
use crate::validate::reading::Reading;
use crate::validate::words::Phrase;

pub(super) fn blocked(subject: &Subject) -> Vec<Found> {
    let endings = Endings::of(subject.languages);
    let phrases = subject.text_rules.blocked_words.ready();
    subject.each(|at, reading| {
        let found = phrases.iter().filter_map(|phrase| {
            let (span, how) = find(phrase, reading, &endings)?;
            let written = &phrase.written;
            let message = match how {
                How::Plain => format!("do not say \"{written}\": this client blocks it"),
                How::Inflected | How::Disguised => format!(
                    "do not say \"{}\": this client blocks \"{written}\", {}",
                    said(reading, span),
                    how.reason()
                ),
            };
            Some(part(at, span, message))
        });
        found.collect()
    })
}

pub(super) fn rival(subject: &Subject) -> Vec<Found> {
    let none = Endings::none();
    let rivals = subject.text_rules.rivals.ready();
    subject.each(|at, reading| {
        let found = rivals.iter().filter_map(|rival| {
            let (span, _) = find(rival, reading, &none)?;
            let message = format!(
                "do not mention \"{}\": it is a rival of this client",
                rival.written
            );
            Some(part(at, span, message))
        });
        found.collect()
    })
}

pub(super) fn profanity(subject: &Subject) -> Vec<Found> {
    let allowed = subject.text_rules.allowed_words.ready();
    let none = Endings::none();
    subject.each(|at, reading| {
        if !profanity::may_be_in(reading) {
            return Vec::new();
        }
        let words = profanity::words();
        let found = words.filter_map(|word| {
            let (span, _) = find(word, reading, &none)?;
            let covers = |one: &Phrase| {
                find(one, reading, &none)
                    .is_some_and(|(other, _)| other.start <= span.start && span.end <= other.end)
            };
            if allowed.iter().any(covers) {
                return None;
            }
            let message = format!("do not say \"{}\": it is profanity", said(reading, span));
            Some(part(at, span, message))
        });
        found.collect()
    })
}

/// How a phrase was found.
enum How {
    Plain,
    Inflected,
    Disguised,
}

impl How {
    fn reason(&self) -> &'static str {
        match self {
            How::Plain => "and this is it",
            How::Inflected => "and this is a form of it",
            How::Disguised => "and this looks the same",
        }
    }
}

/// Where a phrase is in a text: as it is, in another form, or in look-alike letters.
fn find(phrase: &Phrase, reading: &Reading, endings: &Endings) -> Option<(Span, How)> {
    let plain = |range: Range<usize>| reading.folded.span(range);
    if let Some(range) = phrase.find(&reading.folded) {
        return Some((plain(range), How::Plain));
    }
    if let Some(range) = phrase.find_inflected(&reading.words, &reading.folded, endings) {
        return Some((plain(range), How::Inflected));
    }
    let undone = reading.undisguised()?;
    let range = phrase.find_disguised(undone, reading.script)?;
    Some((undone.span(range), How::Disguised))
}

/// The part of a text.
fn said(reading: &Reading, span: Span) -> String {
    let letters = reading.text.chars();
    letters
        .skip(span.start)
        .take(span.end - span.start)
        .collect()
}
