//! Rules on the shape of a text: quotation marks around it, brackets and quotation marks that are not closed, no end.

use super::{Found, Subject, part, whole};
use crate::validate::finding::Span;
use crate::validate::quotes::surrounding;
use crate::validate::reading::Reading;

pub(super) fn surrounding_quotes(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let found = surrounding(reading.text).map(|_| {
            let message =
                "the whole text is in quotation marks: take them off, unless it is a quotation";
            whole(at, message)
        });
        found.into_iter().collect()
    })
}

/// Brackets by pairs.
const BRACKETS: [(char, char); 9] = [
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('（', '）'),
    ('［', '］'),
    ('「', '」'),
    ('『', '』'),
    ('【', '】'),
    ('《', '》'),
];

/// Quotation marks that come in twos; which opens and which closes is a matter of language.
const QUOTES: [&[char]; 3] = [&['"'], &['“', '”', '„'], &['«', '»']];

pub(super) fn unbalanced(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let letters: Vec<char> = reading.text.chars().collect();
        let bracket = open_bracket(&letters).map(|place| {
            let message = format!(
                "\"{}\" has no counterpart: close it, or take it out",
                letters[place]
            );
            part(at, one(place), message)
        });
        let quote = || {
            let place = QUOTES.iter().find_map(|marks| odd(&letters, marks))?;
            let message = format!(
                "the quotation mark {} has no counterpart: add the other, or take it out",
                letters[place]
            );
            Some(part(at, one(place), message))
        };
        bracket.or_else(quote).into_iter().collect()
    })
}

fn one(place: usize) -> Span {
    Span {
        start: place,
        end: place + 1,
    }
}

/// The first bracket that is not closed, or closes nothing. One that is half a smiley, or ends a list's number, is none.
fn open_bracket(letters: &[char]) -> Option<usize> {
    let mut open: Vec<(usize, char)> = Vec::new();
    for (place, letter) in letters.iter().enumerate() {
        if is_smiley(letters, place) {
            continue;
        }
        if let Some((_, close)) = BRACKETS.iter().find(|(bracket, _)| bracket == letter) {
            open.push((place, *close));
        } else if BRACKETS.iter().any(|(_, close)| close == letter) {
            match open.pop() {
                Some((_, close)) if close == *letter => {}
                Some((place, _)) => return Some(place),
                None if is_numbering(letters, place) => {}
                None => return Some(place),
            }
        }
    }
    open.first().map(|(place, _)| *place)
}

/// `:)`, `;-)`, `=(`, `:-]`, `^_^)` and the like.
fn is_smiley(letters: &[char], place: usize) -> bool {
    if !matches!(letters[place], '(' | ')' | '[' | ']' | '{' | '}') {
        return false;
    }
    let before = |back: usize| place.checked_sub(back).map(|at| letters[at]);
    let eyes = |letter: Option<char>| matches!(letter, Some(':' | ';' | '=' | '8' | 'x' | 'X'));
    let after = letters.get(place + 1);
    let reversed = matches!(after, Some(':' | ';' | '='));
    (matches!(before(1), Some(':' | ';' | '=')) && before(2) != Some('('))
        || (matches!(before(1), Some('-' | '\'' | 'o')) && eyes(before(2)))
        || (letters[place] == ')' && matches!(before(1), Some(')' | '^')) && before(2) != Some('('))
            && !letters[..place].contains(&'(')
        || reversed
}

/// `1)` or `b)` at the start of a line or of a word.
fn is_numbering(letters: &[char], place: usize) -> bool {
    let start = letters[..place]
        .iter()
        .rposition(|letter| letter.is_whitespace())
        .map_or(0, |space| space + 1);
    let number = &letters[start..place];
    (1..=2).contains(&number.len()) && number.iter().all(|letter| letter.is_ascii_alphanumeric())
}

/// The last mark of a kind that there is an odd number of; inches (`5"`) do not count.
fn odd(letters: &[char], marks: &[char]) -> Option<usize> {
    let is_inch = |place: usize| {
        letters[place] == '"'
            && place
                .checked_sub(1)
                .is_some_and(|before| letters[before].is_ascii_digit())
    };
    let places = (0..letters.len()).filter(|place| marks.contains(&letters[*place]));
    let all: Vec<usize> = places.collect();
    let counted: Vec<usize> = all
        .iter()
        .copied()
        .filter(|place| !is_inch(*place))
        .collect();
    let is_odd = all.len() % 2 == 1 && counted.len() % 2 == 1;
    is_odd.then(|| counted.last().copied()).flatten()
}

/// Words after which something follows, by language; a word that can end a sentence in another language is looked for in
/// its own only.
const JOINING: [(&str, &[&str]); 5] = [
    (
        "en",
        &[
            "and", "or", "but", "the", "a", "an", "because", "your", "our", "their", "my", "than",
            "whose", "is", "are", "will",
        ],
    ),
    (
        "de",
        &[
            "und", "oder", "weil", "dass", "aber", "ein", "eine", "einen", "einem", "einer", "der",
            "unser", "unsere", "dein", "deine", "für", "sowie",
        ],
    ),
    (
        "fr",
        &[
            "et", "ou", "mais", "le", "la", "les", "un", "une", "des", "du", "de", "que", "notre",
            "votre", "nos", "vos", "pour", "avec",
        ],
    ),
    (
        "es",
        &[
            "y", "o", "pero", "el", "la", "los", "las", "un", "una", "de", "del", "porque", "con",
            "para", "nuestro", "nuestra", "tu",
        ],
    ),
    (
        "no",
        &[
            "og", "eller", "men", "fordi", "som", "en", "et", "vår", "våre", "din",
        ],
    ),
];

pub(super) fn truncated(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let found = cut(subject, reading).map(|(place, how)| {
            let message = format!("the text breaks off {how}: finish the sentence");
            part(at, place, message)
        });
        found.into_iter().collect()
    })
}

/// Where a text breaks off, and after what.
fn cut(subject: &Subject, reading: &Reading) -> Option<(Span, String)> {
    let is_decoration = |letter: char| {
        letter.is_whitespace() || u32::from(letter) >= 0x1F000 || letter == '\u{FE0F}'
    };
    let text = reading.text.trim_end_matches(is_decoration);
    if reading
        .links
        .last()
        .is_some_and(|link| link.at.end >= text.len())
    {
        return None;
    }
    let last = text.chars().next_back()?;
    let word = text.split_whitespace().next_back()?;
    let start = text.len() - word.len();
    let is_tag = word.starts_with(['#', '@', '$']);
    if matches!(last, ',' | ';' | '、' | '，' | '&' | '–' | '—' | '(' | '„')
        || (last == '-' && !is_tag)
    {
        let from = text.len() - last.len_utf8();
        let span = Span::of(reading.text, from..text.len());
        return Some((span, format!("after \"{last}\"")));
    }
    let words = reading.words.len();
    if words >= 3 && is_joining(subject, word) {
        let span = Span::of(reading.text, start..text.len());
        return Some((span, format!("after \"{word}\"")));
    }
    None
}

fn is_joining(subject: &Subject, word: &str) -> bool {
    let writes = |code: &str| {
        let codes = subject.languages.iter().map(|language| language.code());
        let mut codes = codes.map(|code| {
            if matches!(code, "nb" | "nn") {
                "no"
            } else {
                code
            }
        });
        codes.any(|one| one == code) || (subject.languages.is_empty() && code == "en")
    };
    let mut lists = JOINING.iter().filter(|(code, _)| writes(code));
    lists.any(|(_, words)| words.contains(&word))
}
