//! Turns what the TOML reader says into what a person needs: the key that was meant, what was expected, where secrets
//! belong. It only words; what is wrong was found elsewhere.

use super::reference;

/// What the reader complained about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Complaint {
    /// A key that nothing reads, and the keys that would have been.
    Unknown { key: String, known: Vec<String> },
    /// A key that has to be there and is not.
    Missing { key: String },
    /// A value that is not what the key takes.
    Wrong { message: String },
}

/// Takes apart what serde says; the formats are those of serde's own `Error::unknown_field` and its sisters.
pub(super) fn understand(message: &str) -> Complaint {
    let names = quoted(message);
    if message.starts_with("unknown field `") {
        let mut names = names.into_iter();
        return Complaint::Unknown {
            key: names.next().unwrap_or_default(),
            known: names.collect(),
        };
    }
    if message.starts_with("missing field `") {
        let key = names.into_iter().next().unwrap_or_default();
        return Complaint::Missing { key };
    }
    let message = message.lines().next().unwrap_or_default().to_owned();
    Complaint::Wrong { message }
}

/// What stands between backticks.
pub(super) fn quoted(message: &str) -> Vec<String> {
    let parts = message.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// The text for a key that nothing reads.
pub(super) fn unknown(key: &str, known: &[String]) -> String {
    if is_secret(key) {
        return secret(key);
    }
    if let Some(near) = nearest(key, known) {
        return format!("unknown key; did you mean `{near}`?");
    }
    format!("unknown key; the keys here are: {}", known.join(", "))
}

/// The text for a value that is not what the key takes. `key` is the dotted path.
pub(super) fn wrong(key: &str, message: &str) -> String {
    let about_shape = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| message.strip_prefix(start));
    let (found, expected) = match about_shape {
        Some(rest) => rest
            .split_once(", expected ")
            .unwrap_or((rest, "something else")),
        None => match foreign(message) {
            Some(found) => (found, "something else"),
            None => return conceal(message),
        },
    };
    let expected = reference::expected(key).unwrap_or(expected);
    conceal(&format!("found {found}; expected {expected}"))
}

/// What was found, where the message is not one of ours and says nothing useful of what was expected.
fn foreign(message: &str) -> Option<&str> {
    if message == "invalid socket address syntax" {
        return Some("something else");
    }
    let variant = message.strip_prefix("unknown variant ")?;
    variant.split(", ").next()
}

/// The text for a key that has to be there.
pub(super) fn missing(key: &str) -> String {
    match reference::expected(key) {
        Some(expected) => format!("missing; expected {expected}"),
        None => "missing".to_owned(),
    }
}

/// Whether a key's name says that its value is a secret.
pub(super) fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase().replace('-', "_");
    let marks = [
        "token",
        "secret",
        "password",
        "passwd",
        "api_key",
        "apikey",
        "credential",
        "bearer",
    ];
    marks.iter().any(|mark| key.contains(mark))
}

fn secret(key: &str) -> String {
    format!(
        "`{key}` looks like a secret, and secrets are not read from files that are shared: remove it here, and give it \
         in the environment or in a file that the environment names (`clara --help` lists the variables). If this \
         file has been shared, replace the secret where it was issued"
    )
}

/// The known name nearest to a misspelt one, about a third of its letters away at most.
pub fn nearest<'k>(wanted: &str, known: &'k [String]) -> Option<&'k str> {
    let wanted = wanted.to_ascii_lowercase();
    let letters = wanted.chars().count();
    // Two letters changed places are two edits; in a short word they make another one.
    let allowed = if letters < 4 {
        1
    } else {
        (letters / 3).clamp(2, 4)
    };
    let near = known
        .iter()
        .map(|name| (strsim::levenshtein(&wanted, name), name));
    let (distance, name) = near.min()?;
    (distance <= allowed).then_some(name.as_str())
}

/// Shortens words that look like a token, in case one was pasted where it does not belong.
fn conceal(message: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let mut rest = message;
    let mut out = String::new();
    while let Some(start) = rest.find(is_word) {
        let end = rest[start..]
            .find(|c| !is_word(c))
            .map_or(rest.len(), |len| start + len);
        let word = &rest[start..end];
        out.push_str(&rest[..start]);
        if looks_like_token(word) {
            out.push_str(&word[..4]);
            out.push('…');
        } else {
            out.push_str(word);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

fn looks_like_token(word: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| word.as_bytes().iter().any(kind);
    word.len() >= 24 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_says_is_understood() {
        let known = vec!["base_url".to_owned(), "model".to_owned()];
        assert_eq!(
            understand("unknown field `modle`, expected `base_url` or `model`"),
            Complaint::Unknown {
                key: "modle".to_owned(),
                known
            }
        );
        let key = "guild_id".to_owned();
        assert_eq!(
            understand("missing field `guild_id`"),
            Complaint::Missing { key }
        );
    }

    #[test]
    fn the_nearest_key_is_near() {
        let known = ["base_url".to_owned(), "timeout".to_owned()];
        assert_eq!(nearest("timout", &known), Some("timeout"));
        assert_eq!(nearest("baseurl", &known), Some("base_url"));
        assert_eq!(nearest("colour", &known), None);
    }

    #[test]
    fn a_pasted_token_is_shortened_and_an_id_is_not() {
        let token = "MTE4MDAwMDAwMDAwMDAwMDAw.GhJkLm.abcdefghijklmno";
        assert_eq!(
            conceal(&format!("`{token}` is not an id")),
            "`MTE4…` is not an id"
        );
        assert_eq!(
            conceal("`1180000000000000001` is"),
            "`1180000000000000001` is"
        );
    }

    #[test]
    fn a_secret_is_known_by_its_name() {
        for name in [
            "api_key",
            "API-KEY",
            "bot_token",
            "client_secret",
            "password",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["model", "client_id", "key_colour"] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
