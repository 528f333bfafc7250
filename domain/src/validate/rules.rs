//! The rules, one function each. A rule reads the subject and returns findings; it knows nothing of
//! the other rules, and changes nothing.

use super::letters::{forbidden, is_blank, is_emoji_only};
use super::words::{Folded, contains};
use super::{Finding, Rule, Severity, TextKey, TextRules, text_key};
use crate::content::{Content, Segment};
use crate::weight::MAX_WEIGHT;

/// What is judged, and what it is judged by.
pub(super) struct Subject<'a> {
    pub(super) content: &'a Content,
    /// The weighted length of each segment.
    pub(super) weights: Vec<usize>,
    pub(super) segments_asked: usize,
    pub(super) text_rules: &'a TextRules,
    pub(super) earlier: &'a dyn Fn(&TextKey) -> Option<String>,
}

/// What a rule found: the segment, and what to say.
type Found = Vec<(usize, String)>;

impl Subject<'_> {
    /// The findings of one rule.
    pub(super) fn check(&self, rule: Rule) -> Vec<Finding> {
        let (severity, found): (_, fn(&Self) -> Found) = match rule {
            Rule::SegmentCount => (Severity::Error, Self::segment_count),
            Rule::Empty => (Severity::Error, Self::empty),
            Rule::EmojiOnly => (Severity::Warning, Self::emoji_only),
            Rule::Length => (Severity::Error, Self::length),
            Rule::ControlCharacter => (Severity::Error, Self::control_character),
            Rule::BlockedWord => (Severity::Error, Self::blocked_word),
            Rule::Duplicate => (Severity::Error, Self::duplicate),
        };
        let finding = |(segment, message)| Finding {
            rule,
            severity,
            segment,
            message,
        };
        found(self).into_iter().map(finding).collect()
    }

    fn segments(&self) -> impl Iterator<Item = (usize, &Segment)> {
        self.content.segments.iter().enumerate()
    }

    fn segment_count(&self) -> Found {
        let (has, asked) = (self.content.segments.len(), self.segments_asked);
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
        vec![(0, message)]
    }

    fn empty(&self) -> Found {
        let empty = |segment: &Segment| segment.media.is_empty() && is_blank(&segment.text);
        self.segments()
            .filter(|(_, segment)| empty(segment))
            .map(|(at, _)| (at, "there is nothing to read: write a text".to_owned()))
            .collect()
    }

    fn emoji_only(&self) -> Found {
        let message = "this is emoji only: add a few words, for those who cannot see them";
        self.segments()
            .filter(|(_, segment)| is_emoji_only(&segment.text))
            .map(|(at, _)| (at, message.to_owned()))
            .collect()
    }

    fn length(&self) -> Found {
        let too_long = |weight: &usize| *weight > MAX_WEIGHT;
        let long = self
            .weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| too_long(weight));
        long.map(|(at, weight)| {
            let over = weight - MAX_WEIGHT;
            let message = format!(
                "this is {over} too long: cut it from {weight} to at most {MAX_WEIGHT} (a link counts 23, an emoji 2)"
            );
            (at, message)
        })
        .collect()
    }

    fn control_character(&self) -> Found {
        let of = |(at, segment): (usize, &Segment)| {
            let found = segment
                .text
                .chars()
                .find_map(|letter| Some((letter, forbidden(letter)?)));
            found.map(|(letter, what)| {
                let code = u32::from(letter);
                (
                    at,
                    format!("remove the invisible character U+{code:04X} ({what})"),
                )
            })
        };
        self.segments().filter_map(of).collect()
    }

    fn blocked_word(&self) -> Found {
        let of = |(at, segment): (usize, &Segment)| {
            let text = Folded::of(&segment.text);
            let blocked = self.text_rules.blocked_words.iter();
            let found = blocked.filter(|word| contains(&text, word));
            found
                .map(|word| {
                    (
                        at,
                        format!("do not say \"{}\": this client blocks it", word.trim()),
                    )
                })
                .collect::<Found>()
        };
        self.segments().flat_map(of).collect()
    }

    fn duplicate(&self) -> Found {
        let readable = self
            .segments()
            .filter(|(_, segment)| !is_blank(&segment.text));
        let keys: Vec<(usize, TextKey)> = readable
            .map(|(at, segment)| (at, text_key(&segment.text)))
            .collect();
        let of = |(at, key): &(usize, TextKey)| {
            let above = keys.iter().find(|(other, same)| other < at && same == key);
            let said = match above {
                Some((other, _)) => format!("part {} of this thread", other + 1),
                None => (self.earlier)(key)?,
            };
            Some((
                *at,
                format!("this says the same as {said}: say something new"),
            ))
        };
        keys.iter().filter_map(of).collect()
    }
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
