//! Rules on the form: how many segments, how long, and whether there is anything to see.

use super::{Found, Subject, part, whole};
use crate::content::Segment;
use crate::validate::finding::Span;
use crate::validate::letters::{forbidden, is_blank, is_emoji_only};
use crate::weight::MAX_WEIGHT;

pub(super) fn segment_count(subject: &Subject) -> Vec<Found> {
    let (has, asked) = (subject.content.segments.len(), subject.segments_asked);
    if has == asked {
        return Vec::new();
    }
    let advice = if has > asked {
        "join or drop some"
    } else {
        "add the missing ones"
    };
    let message = format!(
        "this has {}, but {asked} asked for: {advice}",
        parts(has),
        asked = was(asked)
    );
    vec![whole(0, message)]
}

pub(super) fn empty(subject: &Subject) -> Vec<Found> {
    let is_empty = |segment: &Segment| segment.media.is_empty() && is_blank(&segment.text);
    let found = segments(subject).filter(|(_, segment)| is_empty(segment));
    found
        .map(|(at, _)| whole(at, "there is nothing to read: write a text"))
        .collect()
}

pub(super) fn emoji_only(subject: &Subject) -> Vec<Found> {
    let message = "this is emoji only: add a few words, for those who cannot see them";
    let found = segments(subject).filter(|(_, segment)| is_emoji_only(&segment.text));
    found.map(|(at, _)| whole(at, message)).collect()
}

pub(super) fn length(subject: &Subject) -> Vec<Found> {
    let weights = subject.weights.iter().enumerate();
    let long = weights.filter(|(_, weight)| **weight > MAX_WEIGHT);
    long.map(|(at, weight)| {
        let over = weight - MAX_WEIGHT;
        let message = format!(
            "this is {over} too long: cut it from {weight} to at most {MAX_WEIGHT} (a link counts 23, an emoji 2)"
        );
        whole(at, message)
    })
    .collect()
}

pub(super) fn control_character(subject: &Subject) -> Vec<Found> {
    let of = |(at, segment): (usize, &Segment)| {
        let mut letters = segment.text.chars().enumerate();
        let (place, letter, what) =
            letters.find_map(|(place, letter)| Some((place, letter, forbidden(letter)?)))?;
        let span = Span {
            start: place,
            end: place + 1,
        };
        let code = u32::from(letter);
        let message = format!("remove the invisible character U+{code:04X} ({what})");
        Some(part(at, span, message))
    };
    segments(subject).filter_map(of).collect()
}

fn segments<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (usize, &'a Segment)> {
    subject.content.segments.iter().enumerate()
}

fn parts(count: usize) -> String {
    match count {
        1 => "1 part".to_owned(),
        _ => format!("{count} parts"),
    }
}

fn was(count: usize) -> String {
    match count {
        1 => "1 was".to_owned(),
        _ => format!("{count} were"),
    }
}
