//! X's token endpoint: one request that trades a refresh token for a new pair, and what its answer proves.
//!
//! Who may ask and when is decided in [`super::tokens`]. Facts: RFC 6749 section 6, and X's own rule that a refresh
//! token works once and that showing it twice ends the whole sign-in.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::OAuthApp;
use crate::http::{Answer, Lost, Service, retry_after};
use crate::secrets::XCredentials;

/// What became of a renewal.
pub(super) enum Exchange {
    /// The new pair; the old refresh token is spent.
    Renewed(XCredentials),
    /// The refresh token was not looked at, or X failed and said so: it can be shown again later.
    NotTaken {
        reason: String,
        retry_after: Option<Duration>,
    },
    /// X does not know the refresh token, or not any more.
    Refused { reason: String },
    /// X does not know the app, or its secret; the refresh token was not looked at.
    AppRefused { reason: String },
    /// The refresh token may be spent, and the new pair is lost.
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

/// Trades a refresh token in: `POST /2/oauth2/token`. A confidential client shows its secret by Basic authentication.
pub(super) async fn renew(
    service: &Service,
    app: &OAuthApp,
    refresh: &SecretString,
    now: Timestamp,
) -> Exchange {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.expose_secret()),
    ];
    let mut request = service.request(Method::POST, "/2/oauth2/token");
    let mut secrets = vec![refresh.clone()];
    match &app.client_secret {
        Some(secret) => {
            request = request.basic_auth(&app.client_id, Some(secret.expose_secret()));
            secrets.push(secret.clone());
        }
        None => form.push(("client_id", &app.client_id)),
    }
    match service.send(request.form(&form), secrets).await {
        Ok(answer) => read(&answer, refresh, now),
        Err(Lost::NotSent(reason)) => Exchange::NotTaken {
            reason,
            retry_after: None,
        },
        Err(Lost::MaybeSent(reason)) => Exchange::Unknown { reason },
    }
}

fn read(answer: &Answer, refresh: &SecretString, now: Timestamp) -> Exchange {
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

fn granted(answer: &Answer, refresh: &SecretString, now: Timestamp) -> Exchange {
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
            .map_or_else(|| Some(refresh.clone()), |token| Some(token.into())),
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
