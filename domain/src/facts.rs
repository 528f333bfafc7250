//! What a text claims that can be looked up: numbers, times, dates, prices, names and links; and which of that no source
//! says, or says otherwise.
//!
//! Mechanical: it reads forms, not sense. Number words, relative days ("tomorrow") and names in scripts without capitals are
//! not attempted; where nouns are capitalised, as in German, only names of several words are. The invariant: whatever is
//! found is a part of the text, at its span.

mod amounts;
mod calendar;
mod compare;
mod dates;
mod links;
mod names;
mod quantities;
mod source;
mod times;
mod tokens;

use std::fmt;
use std::ops::Range;

use amounts::Amounts;
use calendar::Day;
use tokens::{Token, tokens};

pub use compare::{Otherwise, Unsaid, unsaid};
pub use source::Source;

/// What kind of thing a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// A number, with its unit where it has one; percentages too.
    Number,
    /// A time of day.
    Time,
    /// A date, a month with a day or a year, or a weekday.
    Date,
    /// An amount of money.
    Price,
    /// What somebody or something is called.
    Name,
    /// A web address, also a bare domain.
    Link,
}

impl fmt::Display for FactKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "number",
            Self::Time => "time",
            Self::Date => "date",
            Self::Price => "price",
            Self::Name => "name",
            Self::Link => "link",
        })
    }
}

/// Something that a text claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What kind of thing it is.
    pub kind: FactKind,
    /// In the words of the text.
    pub words: String,
    /// Where it stands in the text: characters, half-open.
    pub span: Range<usize>,
    value: Value,
}

/// What it comes to, whatever way it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    /// The amounts that it may mean, and of what.
    Amount {
        amounts: Amounts,
        unit: Option<&'static str>,
        noun: Option<String>,
    },
    /// The minutes since midnight that it may mean.
    Time(Vec<u16>),
    Date(Vec<Day>),
    Name(Vec<String>),
    Link(String),
}

/// Everything that a text claims, in the order of the text.
pub fn facts(text: &str) -> Vec<Fact> {
    found(text, &tokens(text))
}

fn found(text: &str, tokens: &[Token]) -> Vec<Fact> {
    let mut scan = Scan {
        text,
        tokens,
        taken: vec![false; tokens.len()],
        found: Vec::new(),
    };
    links::find(&mut scan);
    dates::find(&mut scan);
    times::find(&mut scan);
    quantities::find(&mut scan);
    names::find(&mut scan);
    scan.found.sort_by_key(|fact| fact.span.start);
    scan.found
}

/// A text while it is being read: each token belongs to one fact at most.
struct Scan<'a> {
    text: &'a str,
    tokens: &'a [Token],
    taken: Vec<bool>,
    found: Vec<Fact>,
}

impl Scan<'_> {
    /// A token that belongs to nothing yet.
    fn free(&self, at: usize) -> Option<&Token> {
        self.tokens
            .get(at)
            .filter(|_| !self.taken.get(at).copied().unwrap_or(true))
    }

    /// The word at a place in lower case; empty where there is none.
    fn word(&self, at: usize) -> &str {
        self.free(at).map_or("", Token::lower)
    }

    /// The word before a place, if nothing but white space is between.
    fn before(&self, at: usize) -> &str {
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        before.map_or("", Token::lower)
    }

    fn symbol(&self, at: usize) -> Option<char> {
        self.free(at).and_then(Token::symbol)
    }

    /// Whether a token follows the one before without a space.
    fn touches(&self, at: usize) -> bool {
        match (
            at.checked_sub(1).and_then(|at| self.tokens.get(at)),
            self.tokens.get(at),
        ) {
            (Some(before), Some(token)) => before.bytes.end == token.bytes.start,
            _ => false,
        }
    }

    /// Whether nothing stands before a token on its line, but a bracket.
    fn begins_line(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|at| self.tokens.get(at)) else {
            return true;
        };
        let breaks = |token: &Token| self.text[before.bytes.end..token.bytes.start].contains('\n');
        self.tokens.get(at).is_some_and(breaks)
            || before.symbol() == Some('(') && self.begins_line(at - 1)
    }

    fn is_dash(&self, at: usize) -> bool {
        matches!(self.symbol(at), Some('-' | '–' | '—' | '−'))
    }

    fn take(&mut self, range: Range<usize>, kind: FactKind, value: Value) {
        let (Some(first), Some(last)) = (
            self.tokens.get(range.start),
            range.end.checked_sub(1).and_then(|at| self.tokens.get(at)),
        ) else {
            return;
        };
        self.found.push(Fact {
            kind,
            words: self.text[first.bytes.start..last.bytes.end].to_owned(),
            span: first.chars.start..last.chars.end,
            value,
        });
        self.pass(range);
    }

    /// What is nothing that could be looked up, and must not be read as something else.
    fn pass(&mut self, range: Range<usize>) {
        for taken in &mut self.taken[range] {
            *taken = true;
        }
    }
}
