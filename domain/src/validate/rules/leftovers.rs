//! Rules on what a model leaves behind: its own talk, gaps to be filled in, markup.

use std::sync::LazyLock;

use super::{Found, Subject, part};
use crate::validate::bounded::Bounded;
use crate::validate::finding::Span;
use crate::validate::traces;

pub(super) fn leftover(subject: &Subject) -> Vec<Found> {
    let advice = "take it out: this is the model's own talk";
    find(
        subject,
        &[&traces::TALK, &traces::PREFACE, &traces::TOKENS],
        advice,
    )
}

pub(super) fn placeholder(subject: &Subject) -> Vec<Found> {
    let advice = "fill it in, or take it out: this is a gap";
    let found = find(subject, &[&traces::GAP], advice);
    // `<think>` is a leftover, and no gap.
    let is_gap = |found: &Found| !traces::TOKENS.is_match(&found.message);
    found.into_iter().filter(is_gap).collect()
}

pub(super) fn markdown(subject: &Subject) -> Vec<Found> {
    let advice = "take the markup out: X shows it as it is";
    find(subject, &[&traces::MARKUP], advice)
}

/// The first thing that each of the patterns finds in a segment.
fn find(subject: &Subject, patterns: &[&LazyLock<Bounded>], advice: &str) -> Vec<Found> {
    subject.each(|at, reading| {
        let found = patterns
            .iter()
            .filter_map(|pattern| pattern.find(reading.text));
        let finding = |found: regex::Match| {
            let said: String = found.as_str().trim().chars().take(40).collect();
            part(
                at,
                Span::of(reading.text, found.range()),
                format!("\"{said}\": {advice}"),
            )
        };
        found.take(1).map(finding).collect()
    })
}
