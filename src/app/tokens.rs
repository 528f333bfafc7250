//! Whether a client's X tokens are there: in the environment, or in the data directory from an earlier start or a sign-in.
//!
//! Only reads, so that it can be asked beside a running Clara. The invariant: it judges as the start does.

use clara_adapters::secrets::{Kept, Renewal, SecretError, Source, kept};
use clara_domain::ids::ClientId;

use crate::config::{Config, Secrets, secrets};

/// How it stands with a client's X tokens.
pub(super) struct Standing {
    /// What a person has to do before anything of it can be posted.
    pub(super) missing: Option<String>,
    /// Whether there is a refresh token.
    pub(super) is_renewable: bool,
}

pub(super) fn standing(config: &Config, secrets: &Secrets, client: &ClientId) -> Standing {
    let given = secrets.x.get(client);
    let kept = kept(&config.secrets_dir(), client);
    let seeded = given.is_some_and(|tokens| tokens.refresh_token.is_some());
    Standing {
        is_renewable: match &kept {
            Ok(Some(kept)) if goes_first(kept) => kept.has_refresh_token,
            Ok(Some(kept)) => kept.has_refresh_token || seeded,
            Ok(None) | Err(_) => seeded,
        },
        missing: missing(client, given.is_some(), kept),
    }
}

/// What the variables hold may be newer than what they left here, but not than a sign-in.
fn goes_first(kept: &Kept) -> bool {
    kept.source == Source::SignIn
}

fn missing(
    client: &ClientId,
    is_given: bool,
    kept: Result<Option<Kept>, SecretError>,
) -> Option<String> {
    let name = secrets::x_access_token(client);
    let sign_in = format!("run `clara sign-in {client}`");
    match kept {
        Err(error) => Some(format!("tokens of {client}: {error}")),
        Ok(Some(kept)) if kept.renewal == Renewal::Idle => None,
        Ok(Some(kept)) if is_given && !goes_first(&kept) => None,
        Ok(Some(_)) => Some(format!(
            "tokens of {client}: X does not renew the stored ones any more, so nothing of it can be posted; {sign_in}"
        )),
        Ok(None) if is_given => None,
        Ok(None) => Some(format!(
            "tokens of {client}: nothing of it can be posted; {sign_in}, or set {name}"
        )),
    }
}
