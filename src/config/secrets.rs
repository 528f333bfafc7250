//! The secrets that the environment holds, or that lie in files which it names.
//!
//! Their values go to what needs them and nowhere else: nothing here prints one, and `Debug` hides them.

use std::collections::{BTreeMap, BTreeSet};

use clara_adapters::secrets::{SecretError, XCredentials, read_secret};
use clara_domain::ids::ClientId;
use secrecy::SecretString;

/// The variable with the bot's token.
pub const DISCORD_TOKEN: &str = "CLARA_DISCORD_TOKEN";
/// The variable with the model service's key.
pub const OPENAI_API_KEY: &str = "CLARA_OPENAI_API_KEY";
/// The variable with the key of a service that only makes vectors.
pub const EMBEDDING_API_KEY: &str = "CLARA_EMBEDDING_API_KEY";
/// The variable with the key of a service that only judges texts.
pub const MODERATION_API_KEY: &str = "CLARA_MODERATION_API_KEY";
/// The variable with the X app's secret.
pub const X_CLIENT_SECRET: &str = "CLARA_X_CLIENT_SECRET";

/// The variable with a client's X access token.
pub fn x_access_token(client: &ClientId) -> String {
    format!("CLARA_X_{}_ACCESS_TOKEN", in_capitals(client))
}

/// The variable with a client's first X refresh token.
pub fn x_refresh_token(client: &ClientId) -> String {
    format!("CLARA_X_{}_REFRESH_TOKEN", in_capitals(client))
}

fn in_capitals(client: &ClientId) -> String {
    client.as_str().to_ascii_uppercase().replace('-', "_")
}

/// What was found. All of it may be missing; what that means is for who needs it.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// See [`DISCORD_TOKEN`].
    pub discord_token: Option<SecretString>,
    /// See [`OPENAI_API_KEY`].
    pub openai_api_key: Option<SecretString>,
    /// See [`EMBEDDING_API_KEY`].
    pub embedding_api_key: Option<SecretString>,
    /// See [`MODERATION_API_KEY`].
    pub moderation_api_key: Option<SecretString>,
    /// See [`X_CLIENT_SECRET`].
    pub x_client_secret: Option<SecretString>,
    /// The X tokens by client: also of clients that no file declares, because they may be added at the desk.
    pub x: BTreeMap<ClientId, XCredentials>,
}

impl Secrets {
    /// Reads the secrets of a set of variables, such as the process's environment.
    ///
    /// # Errors
    /// Everything that is given and cannot be used.
    pub fn read(variables: &BTreeMap<String, String>) -> Result<Self, Vec<SecretError>> {
        let env = |name: &str| variables.get(name).cloned();
        let mut errors = Vec::new();
        let mut read = |name: &str| {
            read_secret(&env, name).unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        };
        let mut secrets = Self {
            discord_token: read(DISCORD_TOKEN),
            openai_api_key: read(OPENAI_API_KEY),
            embedding_api_key: read(EMBEDDING_API_KEY),
            moderation_api_key: read(MODERATION_API_KEY),
            x_client_secret: read(X_CLIENT_SECRET),
            x: BTreeMap::new(),
        };
        for client in clients(variables) {
            let refresh_token = read(&x_refresh_token(&client));
            if let Some(access_token) = read(&x_access_token(&client)) {
                let tokens = XCredentials {
                    access_token,
                    refresh_token,
                    expires_at: None,
                };
                secrets.x.insert(client, tokens);
            }
        }
        if errors.is_empty() {
            Ok(secrets)
        } else {
            Err(errors)
        }
    }

    /// The process's own environment. A variable that is not text is none of ours.
    pub fn environment() -> BTreeMap<String, String> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        std::env::vars_os().filter_map(text).collect()
    }
}

/// The clients that a variable is named after. Capitals and `_` lead back to the id, because ids have neither.
fn clients(variables: &BTreeMap<String, String>) -> BTreeSet<ClientId> {
    let client = |name: &String| {
        let name = name
            .strip_suffix("_FILE")
            .unwrap_or(name)
            .strip_prefix("CLARA_X_")?;
        let name = name
            .strip_suffix("_ACCESS_TOKEN")
            .or_else(|| name.strip_suffix("_REFRESH_TOKEN"))?;
        let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let id = name
            .chars()
            .all(is_capital)
            .then(|| name.to_ascii_lowercase().replace('_', "-"))?;
        ClientId::new(id).ok()
    };
    variables.keys().filter_map(client).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use secrecy::ExposeSecret;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Secrets, Vec<String>> {
        let owned = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let errors = |errors: Vec<SecretError>| errors.iter().map(ToString::to_string).collect();
        Secrets::read(&owned.collect()).map_err(errors)
    }

    #[test]
    fn a_clients_tokens_are_found_by_its_name_in_capitals() {
        let secrets = read(&[
            ("CLARA_X_NORTH_SHORE_2_ACCESS_TOKEN", "access-1"),
            ("CLARA_X_NORTH_SHORE_2_REFRESH_TOKEN", "refresh-1"),
            ("CLARA_X_CLIENT_SECRET", "app"),
        ])
        .unwrap();
        let client = ClientId::new("north-shore-2").unwrap();
        assert_eq!(secrets.x.len(), 1);
        assert_eq!(secrets.x[&client].access_token.expose_secret(), "access-1");
        assert_eq!(
            x_access_token(&client),
            "CLARA_X_NORTH_SHORE_2_ACCESS_TOKEN"
        );
        assert!(secrets.x_client_secret.is_some() && secrets.discord_token.is_none());
    }

    #[test]
    fn every_unusable_secret_is_named_and_none_is_shown() {
        let errors = read(&[
            ("CLARA_DISCORD_TOKEN", "hunter2 hunter2"),
            ("CLARA_X_HARBOUR_ACCESS_TOKEN_FILE", "/nowhere/token"),
        ])
        .unwrap_err();
        assert_eq!(errors.len(), 2);
        assert!(errors[0].contains("CLARA_DISCORD_TOKEN"), "{errors:?}");
        assert!(
            errors[1].contains("CLARA_X_HARBOUR_ACCESS_TOKEN_FILE"),
            "{errors:?}"
        );
        assert!(!errors.concat().contains("hunter2"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let secrets = read(&[
            ("CLARA_OPENAI_API_KEY", "hunter2"),
            ("CLARA_EMBEDDING_API_KEY", "hunter2"),
            ("CLARA_MODERATION_API_KEY", "hunter2"),
            ("CLARA_X_A_ACCESS_TOKEN", "hunter2"),
        ]);
        assert!(!format!("{:?}", secrets.unwrap()).contains("hunter2"));
    }
}
