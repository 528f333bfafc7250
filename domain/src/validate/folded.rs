//! A text in the form in which words are looked for: case folded, one space between words, without what cannot be seen;
//! and each of its letters knows its place in the text. The second form has look-alike letters undone as well.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::finding::Span;
use super::fold::{fold, is_unseen};
use super::lookalike::{self, Letter};

/// See the module.
pub(super) struct Folded {
    /// The form in which words are looked for.
    pub(super) text: String,
    /// Where each character of it comes from.
    letters: Vec<Placed>,
}

/// A character of the form.
struct Placed {
    /// What it was before look-alikes were undone.
    plain: char,
    from: Span,
}

impl Folded {
    /// The plain form.
    pub(super) fn of(text: &str) -> Self {
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            letters: Vec::with_capacity(text.len()),
        };
        let mut units = Units::of(text);
        while let Some((unit, from)) = units.next() {
            folded.take(unit, from);
        }
        if folded.text.ends_with(' ') {
            folded.text.pop();
            folded.letters.pop();
        }
        folded
    }

    /// With look-alike letters undone; none where there is nothing to undo.
    pub(super) fn undisguised(&self) -> Option<Self> {
        if !lookalike::may_disguise(&self.text) {
            return None;
        }
        let plain: Vec<char> = self.text.chars().collect();
        let mut undone = Self {
            text: String::with_capacity(self.text.len()),
            letters: Vec::with_capacity(plain.len()),
        };
        for (at, letter) in plain.iter().enumerate() {
            let neighbours = (at.checked_sub(1).map(|at| plain[at]), plain.get(at + 1));
            let from = self.letters[at].from;
            match lookalike::undone(*letter, neighbours.0, neighbours.1.copied()) {
                Letter::Same => undone.push(*letter, *letter, from),
                Letter::Other(letters) => {
                    for one in letters {
                        undone.push(one, *letter, from);
                    }
                }
            }
        }
        Some(undone)
    }

    /// Where a range of bytes of the form is in the text.
    pub(super) fn span(&self, bytes: Range<usize>) -> Span {
        let found = &self.letters[self.indexes(bytes)];
        Span {
            start: found.first().map_or(0, |letter| letter.from.start),
            end: found.last().map_or(0, |letter| letter.from.end),
        }
    }

    /// The characters of a range of bytes as they were before look-alikes were undone.
    pub(super) fn plain(&self, bytes: Range<usize>) -> impl Iterator<Item = char> {
        let found = &self.letters[self.indexes(bytes)];
        found.iter().map(|letter| letter.plain)
    }

    fn indexes(&self, bytes: Range<usize>) -> Range<usize> {
        let start = self.text[..bytes.start].chars().count();
        start..start + self.text[bytes].chars().count()
    }

    fn take(&mut self, unit: &str, from: Span) {
        let first = unit.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.push(' ', ' ', from);
            }
        } else if first.is_ascii() && unit.len() == 1 {
            let folded = first.to_ascii_lowercase();
            self.push(folded, folded, from);
        } else {
            for folded in fold(unit).chars() {
                self.push(folded, folded, from);
            }
        }
    }

    fn push(&mut self, letter: char, plain: char, from: Span) {
        self.text.push(letter);
        self.letters.push(Placed { plain, from });
    }
}

/// A text's characters with the marks that follow each, and without what cannot be seen.
struct Units<'a> {
    text: &'a str,
    letters: std::iter::Peekable<std::iter::Enumerate<std::str::CharIndices<'a>>>,
}

impl<'a> Units<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text,
            letters: text.char_indices().enumerate().peekable(),
        }
    }

    fn next(&mut self) -> Option<(&'a str, Span)> {
        let (index, (start, letter)) = self
            .letters
            .by_ref()
            .find(|(_, (_, letter))| !is_unseen(*letter))?;
        let (mut end, mut last) = (start + letter.len_utf8(), index + 1);
        let is_mark = |next: &(usize, (usize, char))| {
            let letter = next.1.1;
            !letter.is_ascii() && is_combining_mark(letter)
        };
        while let Some((index, (at, mark))) = self.letters.next_if(is_mark) {
            (end, last) = (at + mark.len_utf8(), index + 1);
        }
        let span = Span {
            start: index,
            end: last,
        };
        Some((&self.text[start..end], span))
    }
}
