//! OAuth 2.0 for a confidential client: consent with PKCE, the token endpoint, revocation.
//! The consent page redirects at once; which account consents is told by the sandbox's own parameter `account`.

use axum::Json;
use axum::extract::{Query, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::X;
use super::state::{Change, State};
use super::tokens::{ACCESS_LIFE, Consent, Grant, Shown};
use crate::faults::FaultKind;
use crate::server::hang_up;

type Form = Vec<(String, String)>;

/// What the token endpoint refuses with.
struct Refusal(StatusCode, &'static str, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        (
            status,
            Json(json!({ "error": error, "error_description": description })),
        )
            .into_response()
    }
}

const INVALID_TOKEN: Refusal = Refusal(
    StatusCode::BAD_REQUEST,
    "invalid_request",
    "Value passed for the token was invalid.",
);
const INVALID_CODE: Refusal = Refusal(
    StatusCode::BAD_REQUEST,
    "invalid_request",
    "Value passed for the authorization code was invalid.",
);
const BAD_FORM: Refusal = Refusal(
    StatusCode::BAD_REQUEST,
    "invalid_request",
    "The body must be form-encoded.",
);
const BAD_GRANT: Refusal = Refusal(
    StatusCode::BAD_REQUEST,
    "unsupported_grant_type",
    "Only authorization_code and refresh_token.",
);
const BAD_CLIENT: Refusal = Refusal(
    StatusCode::UNAUTHORIZED,
    "unauthorized_client",
    "Missing valid authorization header",
);

/// `GET /i/oauth2/authorize`.
pub(super) async fn authorize(Extract(x): Extract<X>, Query(query): Query<Form>) -> Response {
    match consent(&x, &query) {
        Ok((redirect, code)) => {
            let state = value(&query, "state").unwrap_or_default();
            let glue = if redirect.contains('?') { '&' } else { '?' };
            Redirect::to(&format!(
                "{redirect}{glue}state={}&code={code}",
                percent_encoded(state)
            ))
            .into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn consent(x: &X, query: &Form) -> Result<(String, String), Refusal> {
    let bad = |text| Refusal(StatusCode::BAD_REQUEST, "invalid_request", text);
    let world = &x.0.shared.world.x;
    if value(query, "client_id") != Some(&world.client_id) {
        return Err(bad("client_id is not known"));
    }
    if value(query, "response_type") != Some("code")
        || value(query, "code_challenge_method") != Some("S256")
    {
        return Err(bad(
            "response_type must be code and code_challenge_method must be S256",
        ));
    }
    let redirect_uri = value(query, "redirect_uri")
        .ok_or(bad("redirect_uri is missing"))?
        .to_string();
    let challenge = value(query, "code_challenge")
        .ok_or(bad("code_challenge is missing"))?
        .to_string();
    let mut state = x.lock();
    let account = match value(query, "account") {
        Some(handle) => state.account(handle),
        None => state.accounts.first(),
    };
    let handle = account.ok_or(bad("account is not known"))?.handle.clone();
    let consent = Consent {
        handle,
        redirect_uri: redirect_uri.clone(),
        challenge,
    };
    Ok((
        redirect_uri,
        state.tokens.code(consent, x.0.shared.clock.now()),
    ))
}

/// `POST /2/oauth2/token`.
pub(super) async fn token(Extract(x): Extract<X>, headers: HeaderMap, body: String) -> Response {
    let fault = x.0.shared.faults.take("x", "token", &subject(&x, &body));
    match fault {
        Some(FaultKind::TooManyRequests { .. }) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(FaultKind::ServerError { status }) => StatusCode::from_u16(status)
            .unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
            .into_response(),
        Some(FaultKind::RequestLost) => hang_up(),
        Some(FaultKind::TokenRevoked) => INVALID_TOKEN.into_response(),
        Some(FaultKind::AnswerLost) => {
            answer(&x, &headers, &body);
            hang_up()
        }
        Some(FaultKind::Slow { by }) => {
            let answer = answer(&x, &headers, &body);
            tokio::time::sleep(by).await;
            answer
        }
        _ => answer(&x, &headers, &body),
    }
}

fn answer(x: &X, headers: &HeaderMap, body: &str) -> Response {
    match granted(x, headers, body) {
        Ok(grant) => Json(json!({
            "token_type": "bearer",
            "expires_in": ACCESS_LIFE.as_secs(),
            "access_token": grant.access,
            "scope": "tweet.read tweet.write users.read media.write offline.access",
            "refresh_token": grant.refresh,
        }))
        .into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn granted(x: &X, headers: &HeaderMap, body: &str) -> Result<Grant, Refusal> {
    client_is_known(x, headers)?;
    let form = parse_form(body).ok_or(BAD_FORM)?;
    let now = x.0.shared.clock.now();
    let mut state = x.lock();
    match value(&form, "grant_type") {
        Some("refresh_token") => refreshed(
            &mut state,
            value(&form, "refresh_token").unwrap_or_default(),
            now,
        ),
        Some("authorization_code") => redeemed(&mut state, &form, now),
        _ => Err(BAD_GRANT),
    }
}

fn refreshed(state: &mut State, token: &str, now: jiff::Timestamp) -> Result<Grant, Refusal> {
    match state.tokens.show_refresh(token) {
        Shown::Good(handle, family) => {
            let grant = state.tokens.mint(&handle, Some(family), Some(token), now);
            state.record(Change::Grant(grant.clone()));
            Ok(grant)
        }
        Shown::Replayed(family) => {
            state.record(Change::KillFamily { family });
            Err(INVALID_TOKEN)
        }
        Shown::Unknown => Err(INVALID_TOKEN),
    }
}

fn redeemed(state: &mut State, form: &Form, now: jiff::Timestamp) -> Result<Grant, Refusal> {
    let field = |name| value(form, name).unwrap_or_default();
    let consent = state.tokens.redeem(
        field("code"),
        field("redirect_uri"),
        field("code_verifier"),
        now,
    );
    let consent = consent.ok_or(INVALID_CODE)?;
    let grant = state.tokens.mint(&consent.handle, None, None, now);
    state.record(Change::Grant(grant.clone()));
    Ok(grant)
}

/// `POST /2/oauth2/revoke`.
pub(super) async fn revoke(Extract(x): Extract<X>, headers: HeaderMap, body: String) -> Response {
    let revoked = client_is_known(&x, &headers)
        .and_then(|()| parse_form(&body).ok_or(BAD_FORM))
        .map(|form| {
            let mut state = x.lock();
            if let Some(family) = state
                .tokens
                .family_of(value(&form, "token").unwrap_or_default())
            {
                state.record(Change::KillFamily { family });
            }
        });
    match revoked {
        Ok(()) => Json(json!({ "revoked": true })).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn client_is_known(x: &X, headers: &HeaderMap) -> Result<(), Refusal> {
    let world = &x.0.shared.world.x;
    let expected = format!("{}:{}", world.client_id, world.client_secret);
    let sent = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Basic "));
    let shown = sent.and_then(|value| STANDARD.decode(value).ok());
    if shown.as_deref() == Some(expected.as_bytes()) {
        Ok(())
    } else {
        Err(BAD_CLIENT)
    }
}

/// Whose token is about to be refreshed, for fault rules; empty if nobody's.
fn subject(x: &X, body: &str) -> String {
    let form = parse_form(body).unwrap_or_default();
    match x
        .lock()
        .tokens
        .show_refresh(value(&form, "refresh_token").unwrap_or_default())
    {
        Shown::Good(handle, _) => handle,
        Shown::Replayed(_) | Shown::Unknown => String::new(),
    }
}

/// Forms and queries are written alike, so the query parser reads both.
fn parse_form(body: &str) -> Option<Form> {
    let uri = format!("/?{body}").parse().ok()?;
    Query::<Form>::try_from_uri(&uri)
        .ok()
        .map(|Query(form)| form)
}

fn value<'a>(form: &'a Form, name: &str) -> Option<&'a str> {
    form.iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

fn percent_encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
