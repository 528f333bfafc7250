//! Foreign text made safe to quote in a Discord message: it shows as it was written, formats nothing, names nobody.
//!
//! Whatever was not written by Clara herself (tweets, briefs, reasons, names, errors) goes through here. Shortening is
//! always visible, and never cuts an escape in half.

/// What stands at the end of a text that was shortened.
pub(crate) const SHORTENED: &str = " … (shortened)";

/// How much Discord counts for a text. Its documentation says characters without saying which; UTF-16 units are never
/// fewer than any other way of counting that it may use.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The whole text, escaped.
pub(crate) fn escape(text: &str) -> String {
    fit(text, usize::MAX)
}

/// The text, escaped, at most `most` long, with a visible mark where it was shortened.
pub(crate) fn fit(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    // The longest prefix behind which the mark still has room.
    let mut keep = 0;
    let room = most.saturating_sub(length(SHORTENED));
    for atom in Atoms::new(text) {
        used += length(&atom);
        if used > most {
            out.truncate(keep);
            out.push_str(if most >= length(SHORTENED) {
                SHORTENED
            } else {
                ""
            });
            return out;
        }
        out.push_str(&atom);
        if used <= room {
            keep = out.len();
        }
    }
    out
}

/// One line of it: line breaks become spaces.
pub(crate) fn line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    fit(&words.join(" "), most)
}

/// A text of Clara's own, cut visibly where it is too long.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(length(SHORTENED));
    let mut out = String::new();
    let mut used = 0;
    for letter in text.chars() {
        used += letter.len_utf16();
        if used > room {
            break;
        }
        out.push(letter);
    }
    out + SHORTENED
}

/// Pieces of escaped text that must not be torn apart.
struct Atoms<'a> {
    rest: &'a str,
    line_start: bool,
}

impl<'a> Atoms<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            line_start: true,
        }
    }
}

impl Iterator for Atoms<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let letter = self.rest.chars().next()?;
        if let Some(link) = plain_link(self.rest) {
            self.rest = &self.rest[link.len()..];
            self.line_start = false;
            return Some(link.to_owned());
        }
        self.rest = &self.rest[letter.len_utf8()..];
        let atom = escaped(letter, self.line_start, self.rest);
        self.line_start = letter == '\n' || (self.line_start && letter.is_whitespace());
        Some(atom)
    }
}

/// Discord formats nothing inside a link, and an escape in it would break it.
fn plain_link(text: &str) -> Option<&str> {
    let scheme = ["https://", "http://"];
    let scheme = scheme.iter().find(|scheme| text.starts_with(**scheme))?;
    let end = text
        .find(|c: char| c.is_whitespace() || c.is_control())
        .unwrap_or(text.len());
    let link = &text[..end];
    let odd = |c: char| "<>`|\\*[]()@".contains(c) || hidden(c);
    (link.len() > scheme.len() && link.len() <= 300 && !link.contains(odd)).then_some(link)
}

fn escaped(letter: char, line_start: bool, rest: &str) -> String {
    match letter {
        '\n' => "\n".to_owned(),
        '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '[' | ']' => format!("\\{letter}"),
        '#' | '>' | '-' | '+' if line_start => format!("\\{letter}"),
        // A zero-width space: it reads the same and no longer calls everybody.
        '@' if calls_everybody(rest) => "@\u{200b}".to_owned(),
        _ if hidden(letter) => format!("\\[U+{:04X}\\]", u32::from(letter)),
        _ => letter.to_string(),
    }
}

fn calls_everybody(rest: &str) -> bool {
    let starts = |word: &str| {
        rest.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word))
    };
    starts("everyone") || starts("here")
}

/// Letters that would make a text look other than it is: controls, and those that turn the reading direction.
fn hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formatting_is_shown_and_not_done() {
        assert_eq!(
            escape("**a** _b_ ~~c~~ `d` ||e|| [f](g) <@1> <t:1:F>"),
            "\\*\\*a\\*\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\` \\|\\|e\\|\\| \\[f\\](g) \\<@1> \\<t:1:F>"
        );
        assert_eq!(
            escape("# big\n> said\n- one - two"),
            "\\# big\n\\> said\n\\- one - two"
        );
    }

    #[test]
    fn nobody_is_called() {
        assert_eq!(
            escape("@everyone @Here @harbour"),
            "@\u{200b}everyone @\u{200b}Here @harbour"
        );
    }

    #[test]
    fn a_link_stays_a_link_unless_it_hides_formatting() {
        assert_eq!(
            escape("see https://a.example/b_c_d."),
            "see https://a.example/b_c_d."
        );
        assert_eq!(escape("https://a/||b||"), "https://a/\\|\\|b\\|\\|");
    }

    #[test]
    fn a_text_that_would_read_backwards_shows_why() {
        assert_eq!(escape("a\u{202e}b\u{7}"), "a\\[U+202E\\]b\\[U+0007\\]");
    }

    #[test]
    fn shortening_is_visible_and_cuts_no_escape() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit(&"*".repeat(20), 21), format!("\\*\\*\\*{SHORTENED}"));
        assert_eq!(cut(&"a".repeat(30), 20), format!("aaaaaa{SHORTENED}"));
    }

    proptest! {
        #[test]
        fn a_fitted_text_fits(text in ".*", most in 0_usize..200) {
            prop_assert!(length(&fit(&text, most)) <= most);
        }

        #[test]
        fn no_escaped_text_calls_anybody_or_breaks_out(text in "[@<>`*everyonher&!#0-9\\n\\\\]{0,60}") {
            let shown = escape(&text);
            prop_assert!(!shown.contains("@everyone") && !shown.contains("@here"));
            // Every angle bracket and backtick stands behind an odd number of backslashes.
            for (at, _) in shown.match_indices(['<', '`']) {
                let slashes = shown[..at].chars().rev().take_while(|c| *c == '\\').count();
                prop_assert!(slashes % 2 == 1, "{shown}");
            }
        }
    }
}
