//! Secrets from the environment: `NAME` holds one, or `NAME_FILE` names the file that does.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{SecretError, token_problem};

/// Reads the secret `name` from the environment, or from the file that `<name>_FILE` names; one line break at the
/// file's end does not count. A variable that is set to nothing is as good as not set. `None` if neither is set.
pub fn read_secret(
    env: &dyn Fn(&str) -> Option<String>,
    name: &str,
) -> Result<Option<SecretString>, SecretError> {
    let set = |variable: &str| env(variable).filter(|value| !value.is_empty());
    let (value, origin) = match (set(name), set(&format!("{name}_FILE"))) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(SecretError::Both {
                name: name.to_owned(),
            });
        }
        (Some(value), None) => (value, name.to_owned()),
        (None, Some(path)) => (
            read_file(name, PathBuf::from(&path))?,
            format!("{name}_FILE ({path})"),
        ),
    };
    match token_problem(&value) {
        Some(problem) => Err(SecretError::Unusable { origin, problem }),
        None => Ok(Some(value.into())),
    }
}

fn read_file(name: &str, path: PathBuf) -> Result<String, SecretError> {
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let line = text.strip_suffix('\n').unwrap_or(&text);
            Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
        }
        // The error of a file that is not UTF-8 does not quote it either.
        Err(error) => Err(SecretError::Unreadable {
            name: name.to_owned(),
            path,
            reason: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let env = |name: &str| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        };
        read_secret(&env, "KEY")
            .map(|secret| secret.map(|s| s.expose_secret().to_owned()))
            .map_err(|error| error.to_string())
    }

    fn file(text: &[u8]) -> (tempfile::TempDir, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, text).unwrap();
        (dir, path.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_secret_comes_from_its_variable_or_from_the_file_it_names() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[("KEY", ""), ("KEY_FILE", "")]), Ok(None));
        assert_eq!(read(&[("KEY", "abc")]), Ok(Some("abc".into())));
        for text in ["abc", "abc\n", "abc\r\n"] {
            let (_dir, path) = file(text.as_bytes());
            assert_eq!(read(&[("KEY_FILE", &path)]), Ok(Some("abc".into())));
        }
    }

    #[test]
    fn two_sources_are_one_too_many() {
        let error = read(&[("KEY", "abc"), ("KEY_FILE", "/x")]).unwrap_err();
        assert_eq!(error, "both KEY and KEY_FILE are set: set only one of them");
    }

    #[test]
    fn an_unusable_file_is_named_and_never_quoted() {
        for (text, problem) in [
            (&b"\n"[..], "is empty"),
            (b"hunter2 x\n", "holds a blank"),
            (b"hunter2\nhunter2\n", "holds more than one line"),
            (b"hunter2\xff", "cannot be read"),
        ] {
            let (_dir, path) = file(text);
            let error = read(&[("KEY_FILE", &path)]).unwrap_err();
            assert!(
                error.contains("KEY_FILE") && error.contains(&path),
                "{error}"
            );
            assert!(
                error.contains(problem) && !error.contains("hunter2"),
                "{error}"
            );
        }
        let error = read(&[("KEY_FILE", "/nowhere/key")]).unwrap_err();
        assert!(
            error.starts_with("KEY_FILE points to /nowhere/key, which cannot be read:"),
            "{error}"
        );
    }

    #[test]
    fn a_variable_with_a_line_break_inside_is_refused_without_being_shown() {
        let error = read(&[("KEY", "hunter2\nmore")]).unwrap_err();
        assert_eq!(error, "KEY holds more than one line");
    }
}
