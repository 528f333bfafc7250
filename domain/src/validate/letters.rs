//! What single characters are: white space, emoji, or such as must not be in a tweet. Judged by
//! code point; emoji by the blocks that hold them, because only a warning hangs on it.

use super::fold::is_unseen;

/// Whether a text has anything to see.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| {
        letter.is_whitespace()
            || letter.is_control()
            || is_unseen(letter)
            || is_joint(letter)
            || forbidden(letter).is_some()
            || matches!(
                letter,
                '\u{2800}' | '\u{3164}' | '\u{115F}' | '\u{1160}' | '\u{FFA0}'
            )
    })
}

/// Whether a text is emoji and white space alone, with at least one emoji.
pub(super) fn is_emoji_only(text: &str) -> bool {
    let plain = without_keycaps(text);
    let keycaps = plain.chars().count() < text.chars().count();
    let mut rest = plain
        .chars()
        .filter(|letter| !letter.is_whitespace() && !is_unseen(*letter) && !is_joint(*letter))
        .peekable();
    (keycaps || rest.peek().is_some()) && rest.all(is_emoji)
}

/// The text without emoji such as 1️⃣, which begin with a letter of another kind.
fn without_keycaps(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '\u{20E3}' {
            let base = plain.trim_end_matches('\u{FE0F}').len();
            plain.truncate(base);
            plain.pop();
        } else {
            plain.push(letter);
        }
    }
    plain
}

/// What holds emoji together: joiners, variation selectors, tags.
fn is_joint(letter: char) -> bool {
    matches!(letter, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0020}'..='\u{E007F}')
}

fn is_emoji(letter: char) -> bool {
    matches!(letter,
        '\u{1F000}'..='\u{1FAFF}'
        | '\u{2190}'..='\u{21FF}'
        | '\u{2300}'..='\u{23FF}'
        | '\u{25A0}'..='\u{27BF}'
        | '\u{2900}'..='\u{297F}'
        | '\u{2B00}'..='\u{2BFF}'
        | '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
        | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}')
}

/// What a character is that must not be in a tweet: one that cannot be seen and that changes how
/// the rest is shown, or that X refuses (`invalidChars` of twitter-text).
pub(super) fn forbidden(letter: char) -> Option<&'static str> {
    match letter {
        '\n' | '\r' | '\t' => None,
        '\u{202D}' | '\u{202E}' => Some("a direction override"),
        '\u{202A}'..='\u{202C}' | '\u{2066}'..='\u{2069}' => Some("a direction embedding"),
        '\u{FEFF}' => Some("a byte order mark"),
        '\u{FFFE}' | '\u{FFFF}' => Some("not a character"),
        letter if letter.is_control() => Some("a control character"),
        _ => None,
    }
}
