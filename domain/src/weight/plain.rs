//! The weight of a word that needs no parser, which is nearly every word: the parser takes a thousand times longer.
//!
//! What is said here is what [`super::parsed`] says, for the words that it speaks of; of others it says nothing. A test
//! compares both.

use twitter_text::ParserBackend;
use twitter_text::tlds::is_valid_tld;

use super::{SHORT_WORD, URL_WEIGHT, letters, parsed};

/// The joiner of emoji.
const JOINER: char = '\u{200D}';

/// What there is to know of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plain {
    pub(super) weight: usize,
    pub(super) has_link: bool,
}

/// Reads a word; none where only the parser knows.
pub(super) fn read(word: &str) -> Option<Plain> {
    let is_composed = word
        .chars()
        .any(|letter| is_joint(letter) || is_mark(letter));
    match (may_link(word), is_composed) {
        (true, true) => None,
        (true, false) => address(word),
        (false, true) => composed(word).map(text),
        // An emoji of one character weighs what it weighs as a letter.
        (false, false) => Some(text(letters(word))),
    }
}

fn text(weight: usize) -> Plain {
    Plain {
        weight,
        has_link: false,
    }
}

/// Whether a dot stands where the name of a top-level domain may follow it. No link is without one.
fn may_link(word: &str) -> bool {
    let begins_name = |letter: char| {
        letter.is_ascii_alphabetic()
            || matches!(letter, '\u{C0}'..='\u{1FFF}' | '\u{3000}'..='\u{D7FF}')
    };
    let mut after = word.split('.').skip(1);
    after.any(|rest| rest.starts_with(begins_name))
}

/// What makes one emoji of several characters: variation selectors, joiner, keycap, skin tones, regional indicators, tags.
fn is_joint(letter: char) -> bool {
    matches!(
        letter,
        JOINER | '\u{20E3}' | '\u{FE0E}' | '\u{FE0F}'
            | '\u{1F1E0}'..='\u{1F1FF}'
            | '\u{1F3FB}'..='\u{1F3FF}'
            | '\u{E0000}'..='\u{E007F}'
    )
}

/// The characters that weigh 1 as letters and 2 as emoji.
fn is_mark(letter: char) -> bool {
    matches!(letter, '©' | '®')
}

/// What may begin an emoji in the parser's grammar.
fn begins_emoji(letter: char) -> bool {
    matches!(
        letter,
        '#' | '*' | '0'..='9' | '\u{A9}'..='\u{AE}' | '\u{203C}'..='\u{3299}' | '\u{1F000}'..='\u{1FAFF}'
    )
}

/// The weight of a word with emoji of several characters and nothing that X makes clickable, which might take a part of
/// one: the parser is asked for each by itself.
fn composed(word: &str) -> Option<usize> {
    let may_tag = word.contains(['#', '＃', '@', '＠', '$']) || word.contains("://");
    if may_tag {
        return None;
    }
    let (mut weight, mut rest) = (0, word);
    while let Some(first) = rest.chars().next() {
        let length = emoji_length(rest);
        let (one, after) = rest.split_at(length.unwrap_or(first.len_utf8()));
        weight += match one.chars().nth(1) {
            None if !is_mark(first) => letters(one),
            _ => parsed::weight(one, ParserBackend::External),
        };
        rest = after;
    }
    Some(weight)
}

/// How many bytes the parser takes for an emoji at the start of a text, whether it is one or not.
fn emoji_length(text: &str) -> Option<usize> {
    let first = text.chars().next().filter(|first| begins_emoji(*first))?;
    let mut length = first.len_utf8();
    loop {
        let mut next = text[length..].chars();
        length += match (next.next(), next.next()) {
            (Some(JOINER), Some(joined)) if begins_emoji(joined) => {
                JOINER.len_utf8() + joined.len_utf8()
            }
            (Some(joint), _) if joint != JOINER && is_joint(joint) => joint.len_utf8(),
            _ => return Some(length),
        };
    }
}

/// A web address of the usual form, or what looks like one and has no top-level domain.
fn address(word: &str) -> Option<Plain> {
    let opened = word.trim_start_matches(['(', '"', '“', '‘', '\'']);
    let closing = ['.', ',', ';', ':', '!', '?', ')', '"', '\'', '…', '”', '’'];
    let link = opened.trim_end_matches(closing);
    let without_scheme = |scheme| link.strip_prefix(scheme);
    let rest = without_scheme("https://").or_else(|| without_scheme("http://"));
    let rest = rest.unwrap_or(link);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if !is_usual_host(host) || !is_usual_path(path) || word.len() > SHORT_WORD {
        return None;
    }
    let mut names = host.rsplit('.');
    let has_top = is_valid_tld(names.next()?);
    if has_top {
        return Some(Plain {
            weight: letters(word) - letters(link) + URL_WEIGHT,
            has_link: true,
        });
    }
    // The parser makes do with an earlier name, or a part of one.
    let may_end_early = host.contains('-') || names.any(is_valid_tld);
    (!may_end_early).then(|| text(letters(word)))
}

/// Two names or more in small letters and digits. `t.co` has rules of its own.
fn is_usual_host(host: &str) -> bool {
    let is_usual = |name: &str| {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let dashed = name.starts_with('-') || name.ends_with('-') || name.contains("--");
        (1..=63).contains(&name.len()) && !dashed && name.bytes().all(fits)
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    host.contains('.')
        && host.len() <= 253
        && !host.starts_with("t.co")
        && top.bytes().all(|byte| byte.is_ascii_lowercase())
        && host.split('.').all(is_usual)
}

/// Nothing, or a path and a query in letters, digits and the usual signs.
fn is_usual_path(path: &str) -> bool {
    let (path, query) = path.split_once('?').unwrap_or((path, "x"));
    let in_path = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    let in_query = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'&' | b'_');
    !path.contains("//")
        && path.bytes().all(in_path)
        && !query.is_empty()
        && query.bytes().all(in_query)
}
