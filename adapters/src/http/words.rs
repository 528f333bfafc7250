//! A service's words, made fit for people: short, on one line, and without anything that opens a door.

/// The most characters that are quoted.
const LONGEST: usize = 200;
/// A run of letters and digits from this length on is taken for a token; a UUID (36) is not.
const TOKEN_LENGTH: usize = 40;
const HIDDEN: &str = "[hidden]";

/// The text on one line of at most 200 characters. The secrets, and whatever else looks like a token, are hidden.
pub(crate) fn shortened<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    let mut clean = text.to_owned();
    for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
        clean = clean.replace(secret, HIDDEN);
    }
    let printable: String = clean
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let mut words = Vec::new();
    let mut after_bearer = false;
    for word in printable.split_whitespace() {
        words.push(if after_bearer || is_token(word) {
            HIDDEN
        } else {
            word
        });
        after_bearer = word.eq_ignore_ascii_case("bearer") || word.eq_ignore_ascii_case("basic");
    }
    let line = words.join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Whether some part of a word looks like a key or a token rather than like language or a URL's parts.
fn is_token(word: &str) -> bool {
    let of_token =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '=' | '*' | '~');
    word.split(|c| !of_token(c)).any(|run| {
        let mixed =
            run.bytes().any(|b| b.is_ascii_digit()) && run.bytes().any(|b| b.is_ascii_alphabetic());
        (run.starts_with("sk-") && run.len() > 6) || (mixed && run.len() >= TOKEN_LENGTH)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_lines_become_one_short_one() {
        assert_eq!(shortened(" a\n\tb \u{7}c\r\n", []), "a b c");
        let long = shortened(&"word ".repeat(100), []);
        assert_eq!(long.chars().count(), 200);
        assert!(long.ends_with('…'), "{long}");
    }

    #[test]
    fn a_known_secret_is_hidden_wherever_it_stands() {
        let line = shortened("token=s3cret, again:s3cret", ["s3cret", ""]);
        assert_eq!(line, "token=[hidden], again:[hidden]");
    }

    #[test]
    fn what_looks_like_a_token_is_hidden() {
        for text in [
            "Incorrect API key provided: sk-proj-abc123****wxyz.",
            "Bearer abc",
            "token VnB6cXVrZTJ0dzNyNGY1ZzZoN2o4azlsMHExdzJlM3I0dDV5Nng",
        ] {
            let line = shortened(text, []);
            assert!(line.contains(HIDDEN) && !line.contains("abc"), "{line}");
        }
    }

    #[test]
    fn language_links_and_request_ids_are_left_alone() {
        for text in [
            "You are not allowed to create a Tweet with duplicate content.",
            "see https://developer.x.com/en/docs/x-api/getting-started/about-x-api for more",
            "request 0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000 failed",
            "post 1848123456789012345",
        ] {
            assert_eq!(shortened(text, []), text);
        }
    }
}
