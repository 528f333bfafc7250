//! X's token endpoint: one request that trades a refresh token or a consent's code for a new pair, and what its answer
//! proves.
//!
//! Who may ask and when is decided in [`super::tokens`] and [`super::consent`]. Facts: RFC 6749 sections 4.1.3 and 6, and
//! X's own rule that a refresh token works once and that showing it twice ends the whole sign-in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::OAuthApp;
use crate::http::{Answer, Lost, Service, retry_after};
use crate::secrets::XCredentials;

/// What became of a trade. What is traded in is a refresh token, or a code.
pub(super) enum Exchange {
    /// The new pair; what was traded in is spent.
    Renewed(XCredentials),
    /// It was not looked at, or X failed and said so: it can be shown again later.
    NotTaken {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// X does not know it, or not any more.
    Refused { reason: String },
    /// X does not know the app, or its secret; what was to be traded in was not looked at.
    AppRefused { reason: String },
    /// It may be spent, and the new pair is lost.
    Unknown { reason: String },
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    expires_in: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RefusedBody {
    error: Option<String>,
    error_description: Option<String>,
}

/// What a consent gave, as it is traded in.
pub(super) struct Code<'a> {
    /// Valid once, for 30 seconds.
    pub(super) code: &'a SecretString,
    /// What the challenge of the consent's URL was made of (RFC 7636).
    pub(super) verifier: &'a SecretString,
    /// As it was in the consent's URL.
    pub(super) redirect_url: &'a str,
}

/// Trades a refresh token in.
pub(super) async fn renew(
    service: &Service,
    app: &OAuthApp,
    refresh: &SecretString,
    now: Timestamp,
) -> Exchange {
    let form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.expose_secret()),
    ];
    match ask(service, app, form, vec![refresh.clone()]).await {
        Ok(answer) => read(&answer, Some(refresh), now),
        Err(lost) => lost.into(),
    }
}

/// Trades a consent's code in.
pub(super) async fn redeem(
    service: &Service,
    app: &OAuthApp,
    consent: &Code<'_>,
    now: Timestamp,
) -> Exchange {
    let form = vec![
        ("grant_type", "authorization_code"),
        ("code", consent.code.expose_secret()),
        ("code_verifier", consent.verifier.expose_secret()),
        ("redirect_uri", consent.redirect_url),
    ];
    let secrets = vec![consent.code.clone(), consent.verifier.clone()];
    match ask(service, app, form, secrets).await {
        Ok(answer) => read(&answer, None, now),
        Err(lost) => lost.into(),
    }
}

/// `POST /2/oauth2/token`. A confidential client shows its secret by Basic authentication.
async fn ask<'a>(
    service: &Service,
    app: &'a OAuthApp,
    mut form: Vec<(&'static str, &'a str)>,
    mut secrets: Vec<SecretString>,
) -> Result<Answer, Lost> {
    let mut request = service.request(Method::POST, "/2/oauth2/token");
    match &app.client_secret {
        Some(secret) => {
            request = request.basic_auth(&app.client_id, Some(secret.expose_secret()));
            secrets.push(secret.clone());
        }
        None => form.push(("client_id", &app.client_id)),
    }
    service.send(request.form(&form), secrets).await
}

impl From<Lost> for Exchange {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::NotSent(reason) => Self::NotTaken {
                reason,
                retry_after: None,
            },
            Lost::MaybeSent(reason) => Self::Unknown { reason },
        }
    }
}

fn read(answer: &Answer, refresh: Option<&SecretString>, now: Timestamp) -> Exchange {
    let refusal = answer.json::<RefusedBody>().unwrap_or_default();
    let reason = said(answer, &refusal);
    match answer.status.as_u16() {
        200..=299 => granted(answer, refresh, now),
        429 => Exchange::NotTaken {
            reason,
            retry_after: retry_after(answer),
        },
        // X failed and said so. Should it have spent the token all the same, then showing it again ends a sign-in
        // that is lost anyway; should it not, which is the rule, it works.
        500..=599 => Exchange::NotTaken {
            reason,
            retry_after: None,
        },
        400 if !is_about_the_app(&refusal) => Exchange::Refused { reason },
        _ => Exchange::AppRefused { reason },
    }
}

fn granted(answer: &Answer, refresh: Option<&SecretString>, now: Timestamp) -> Exchange {
    let granted = match answer.json::<Granted>() {
        Ok(granted) if !granted.access_token.is_empty() => granted,
        Ok(_) => {
            return Exchange::Unknown {
                reason: "the answer holds an empty token".to_owned(),
            };
        }
        Err(reason) => return Exchange::Unknown { reason },
    };
    let life = granted
        .expires_in
        .and_then(|seconds| i64::try_from(seconds).ok());
    Exchange::Renewed(XCredentials {
        access_token: granted.access_token.into(),
        // An answer without one leaves the old one in force (RFC 6749 section 6).
        refresh_token: granted
            .refresh_token
            .map_or_else(|| refresh.cloned(), |token| Some(token.into())),
        expires_at: life
            .and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok()),
    })
}

fn is_about_the_app(refusal: &RefusedBody) -> bool {
    let codes = [
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    refusal
        .error
        .as_deref()
        .is_some_and(|error| codes.contains(&error))
}

fn said(answer: &Answer, refusal: &RefusedBody) -> String {
    let words = refusal
        .error_description
        .as_deref()
        .or(refusal.error.as_deref());
    match words {
        Some(words) => answer.quoted(&format!("{}: {words}", answer.status_line())),
        None => answer.status_line(),
    }
}
