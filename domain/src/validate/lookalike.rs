//! Letters that stand in for others: of another script (Unicode TR39), of another width or style (NFKC), and digits and
//! signs as in `ch34p`. Undone on both sides of a comparison; what was meant is not known, only what looks alike.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// What a letter looks like.
pub(super) enum Letter {
    /// Itself.
    Same,
    /// These.
    Other(Vec<char>),
}

/// Whether there is anything in a folded text that may stand in for a letter.
pub(super) fn may_disguise(folded: &str) -> bool {
    let stands_in = |byte: u8| !byte.is_ascii() || leet(char::from(byte)).is_some();
    folded.bytes().any(stands_in)
}

/// What a folded letter looks like between its neighbours. A sign is a letter only within a word; so is a digit, but a
/// number is a number.
pub(super) fn undone(letter: char, before: Option<char>, after: Option<char>) -> Letter {
    let is_letter = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
    if let Some(meant) = leet(letter) {
        let within = match letter {
            '$' => is_letter(after),
            '@' | '!' | '|' => is_letter(before) && is_letter(after),
            _ => true,
        };
        return if within {
            Letter::Other(vec![meant])
        } else {
            Letter::Same
        };
    }
    if letter == 'l' {
        return Letter::Other(vec!['i']);
    }
    if letter.is_ascii() || !is_of_interest(letter) {
        return Letter::Same;
    }
    let plain = letter.nfkc().collect::<String>();
    // The confusables take an `m` for `rn`, so what is plain already is left alone.
    let alike: String = match plain.is_ascii() {
        true => plain.to_ascii_lowercase(),
        false => skeleton(&plain).flat_map(char::to_lowercase).collect(),
    };
    let alike: Vec<char> = alike
        .nfc()
        .map(|one| if one == 'l' { 'i' } else { one })
        .collect();
    if alike == [letter] {
        Letter::Same
    } else {
        Letter::Other(alike)
    }
}

/// The letter that a digit or a sign stands for. `1` and `l` and `i` are all one.
fn leet(letter: char) -> Option<char> {
    Some(match letter {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        '8' => 'b',
        _ => return None,
    })
}

/// Not of the scripts that have no look-alikes of Latin letters worth undoing, and that fill whole texts.
fn is_of_interest(letter: char) -> bool {
    !matches!(letter, '\u{0590}'..='\u{10FF}' | '\u{1100}'..='\u{13FF}' | '\u{2E80}'..='\u{A63F}' | '\u{AC00}'..='\u{D7FF}')
        || matches!(letter, '\u{13A0}'..='\u{13FF}')
}

/// The script that most letters of a text are of, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// Latin, in any width or style, and everything that is not below.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
}

/// The script that most letters of a text are of; on a tie the earlier of [`Script`].
pub(super) fn script(text: &str) -> Script {
    let (mut latin, mut cyrillic, mut greek) = (0_usize, 0_usize, 0_usize);
    for letter in text.chars().filter(|letter| letter.is_alphabetic()) {
        match letter {
            '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => greek += 1,
            '\u{0400}'..='\u{052F}' => cyrillic += 1,
            _ => latin += 1,
        }
    }
    if latin >= cyrillic && latin >= greek {
        Script::Latin
    } else if cyrillic >= greek {
        Script::Cyrillic
    } else {
        Script::Greek
    }
}
