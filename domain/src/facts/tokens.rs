//! A text as words, numbers and signs, with their places.
//!
//! Handles, hashtags, addresses of e-mail and what follows a slash or a dot of a link are one token each, so that nothing
//! is read out of their middle.

use std::ops::Range;

/// A piece of a text.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) bytes: Range<usize>,
    pub(super) chars: Range<usize>,
    pub(super) text: String,
    lower: String,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Digits, with separators between them.
    Number,
    /// A single other character.
    Sign,
    /// A handle, a hashtag, an address of e-mail, or a telephone number.
    Tag,
    Link,
}

impl Token {
    pub(super) fn lower(&self) -> &str {
        &self.lower
    }

    pub(super) fn symbol(&self) -> Option<char> {
        (self.kind == Kind::Sign)
            .then(|| self.text.chars().next())
            .flatten()
    }

    pub(super) fn is_number(&self) -> bool {
        self.kind == Kind::Number
    }

    pub(super) fn is_capitalised(&self) -> bool {
        self.kind == Kind::Word && self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// A whole number as it stands, without separators.
    pub(super) fn whole(&self) -> Option<u32> {
        let digits = self.text.bytes().all(|byte| byte.is_ascii_digit());
        (self.is_number() && digits && self.text.len() <= 6)
            .then(|| self.text.parse().ok())
            .flatten()
    }
}

/// The pieces of a text, in order; white space is between them.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut at, mut chars) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        let (kind, length) = match c {
            c if c.is_whitespace() => (None, c.len_utf8()),
            _ => {
                let (kind, length) = next(&text[at..], c);
                (Some(kind), length)
            }
        };
        let piece = &text[at..at + length];
        let count = piece.chars().count();
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                bytes: at..at + length,
                chars: chars..chars + count,
                text: piece.to_owned(),
                lower: piece.to_lowercase(),
            });
        }
        at += length;
        chars += count;
    }
    tokens
}

fn next(text: &str, first: char) -> (Kind, usize) {
    if let Some(length) = super::links::length(text) {
        return (Kind::Link, length);
    }
    if let Some(length) = tag(text, first) {
        return (Kind::Tag, length);
    }
    if first.is_ascii_digit() {
        return (Kind::Number, number(text));
    }
    if first.is_alphabetic() {
        return (Kind::Word, word(text));
    }
    (Kind::Sign, first.len_utf8())
}

fn is_of_a_tag(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn tag(text: &str, first: char) -> Option<usize> {
    if let '@' | '#' | '$' | '＃' | '＠' = first {
        let rest = &text[first.len_utf8()..];
        let length = rest.find(|c| !is_of_a_tag(c)).unwrap_or(rest.len());
        let is_amount = first == '$' && rest.starts_with(|c: char| c.is_ascii_digit());
        return (length > 0 && !is_amount).then_some(first.len_utf8() + length);
    }
    if first == '+' {
        let phone = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '/');
        let length = text[1..].find(|c| !phone(c)).unwrap_or(text.len() - 1);
        let digits = text[1..=length].bytes().filter(u8::is_ascii_digit).count();
        return (digits >= 8).then(|| text[..=length].trim_end().len());
    }
    let local = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+');
    let at = text.find(|c| !local(c)).filter(|at| *at > 0)?;
    let host = text[at..].strip_prefix('@')?;
    let length = host.find(|c: char| !local(c)).unwrap_or(host.len());
    let host = host[..length].trim_end_matches(['.', '-']);
    host.contains('.').then_some(at + 1 + host.len())
}

/// Letters with apostrophes inside; scripts without spaces give one character a word.
fn word(text: &str) -> usize {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, c)| *c);
        let joins = matches!(c, '\'' | '’') && after.is_some_and(char::is_alphabetic);
        if is_ideograph(c) {
            return if at == 0 { c.len_utf8() } else { at };
        }
        if !(c.is_alphanumeric() || joins || is_mark(c)) {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// Combining accents.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F)
}

/// Han characters and kana.
pub(super) fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF)
}

/// Digits, and separators that have digits on both sides; after a space only a whole group of three.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut end = digits(text);
    let mut group = end;
    loop {
        let mut rest = text[end..].chars();
        let Some(separator) = rest.next() else {
            return end;
        };
        let following = digits(rest.as_str());
        let joins = match separator {
            '.' | ',' => following > 0,
            '\'' | '’' => following == 3,
            ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => following == 3 && group <= 3,
            _ => false,
        };
        if !joins {
            return end;
        }
        end += separator.len_utf8() + following;
        group = following;
    }
}
