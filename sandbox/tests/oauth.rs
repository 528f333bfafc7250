//! OAuth 2.0 against the X simulator: refresh, replay, consent, expiry.
#![allow(clippy::unwrap_used)]

#[path = "support/http.rs"]
mod http;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use clara_sandbox::{FaultKind, FaultRule, Options, Sandbox};
use http::{Reply, get, post};
use sha2::{Digest, Sha256};

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

fn client() -> String {
    format!(
        "Basic {}",
        STANDARD.encode("sandbox-x-client:sandbox-x-client-secret")
    )
}

async fn try_token(sandbox: &Sandbox, form: &str) -> Option<Reply> {
    let request = post(sandbox.addr(), "/x/2/oauth2/token").header("authorization", &client());
    request
        .raw("application/x-www-form-urlencoded", form)
        .try_send()
        .await
}

async fn token(sandbox: &Sandbox, form: &str) -> Reply {
    try_token(sandbox, form).await.unwrap()
}

async fn me(sandbox: &Sandbox, access: &str) -> u16 {
    get(sandbox.addr(), "/x/2/users/me")
        .bearer(access)
        .send()
        .await
        .status
}

const FIRST: &str = "grant_type=refresh_token&refresh_token=sandbox-x-refresh-koyotea";

#[tokio::test]
async fn a_refresh_gives_a_new_pair_that_ends_after_two_hours() {
    let sandbox = sandbox().await;
    let pair = token(&sandbox, FIRST).await;
    assert_eq!(pair.status, 200);
    let pair = pair.json();
    assert_eq!(
        (pair["token_type"].as_str(), pair["expires_in"].as_u64()),
        (Some("bearer"), Some(7200))
    );
    let access = pair["access_token"].as_str().unwrap();
    assert_eq!(me(&sandbox, access).await, 200);
    sandbox.clock.advance(Duration::from_secs(7201));
    assert_eq!(me(&sandbox, access).await, 401);
    let next = format!(
        "grant_type=refresh_token&refresh_token={}",
        pair["refresh_token"].as_str().unwrap()
    );
    assert_eq!(token(&sandbox, &next).await.status, 200);
}

#[tokio::test]
async fn replaying_a_refresh_token_kills_the_whole_family() {
    let sandbox = sandbox().await;
    let pair = token(&sandbox, FIRST).await.json();
    let replayed = token(&sandbox, FIRST).await;
    assert_eq!(
        (replayed.status, replayed.json()["error"].as_str()),
        (400, Some("invalid_request"))
    );
    assert_eq!(
        me(&sandbox, pair["access_token"].as_str().unwrap()).await,
        401
    );
    assert_eq!(me(&sandbox, "sandbox-x-access-koyotea").await, 401);
    let next = format!(
        "grant_type=refresh_token&refresh_token={}",
        pair["refresh_token"].as_str().unwrap()
    );
    assert_eq!(token(&sandbox, &next).await.status, 400);
    assert_eq!(me(&sandbox, "sandbox-x-access-fjordbikes").await, 200);
}

#[tokio::test]
async fn a_lost_answer_spends_the_refresh_token_and_a_lost_request_does_not() {
    let sandbox = sandbox().await;
    sandbox.faults.add(
        FaultRule::new("x", FaultKind::RequestLost)
            .on("token")
            .of("koyotea")
            .times(1),
    );
    assert!(try_token(&sandbox, FIRST).await.is_none());
    sandbox.faults.add(
        FaultRule::new("x", FaultKind::AnswerLost)
            .on("token")
            .of("koyotea")
            .times(1),
    );
    assert!(try_token(&sandbox, FIRST).await.is_none());
    assert_eq!(token(&sandbox, FIRST).await.status, 400);
}

#[tokio::test]
async fn a_stranger_and_a_nonsense_grant_are_refused() {
    let sandbox = sandbox().await;
    let form = "application/x-www-form-urlencoded";
    let stranger = post(sandbox.addr(), "/x/2/oauth2/token")
        .raw(form, FIRST)
        .send()
        .await;
    assert_eq!(
        (stranger.status, stranger.json()["error"].as_str()),
        (401, Some("unauthorized_client"))
    );
    assert_eq!(
        token(&sandbox, "grant_type=password").await.json()["error"],
        "unsupported_grant_type"
    );
}

async fn code(sandbox: &Sandbox, verifier: &str) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let path = format!(
        "/x/i/oauth2/authorize?response_type=code&client_id=sandbox-x-client&redirect_uri=http://127.0.0.1:9/back&scope=tweet.read&state=a%20b&code_challenge={challenge}&code_challenge_method=S256&account=fjordbikes"
    );
    let sent = get(sandbox.addr(), &path).send().await;
    assert_eq!(sent.status, 303);
    let (start, code) = sent
        .header("location")
        .unwrap()
        .split_once("&code=")
        .unwrap();
    assert_eq!(start, "http://127.0.0.1:9/back?state=a%20b");
    code.to_string()
}

fn redemption(code: &str, verifier: &str) -> String {
    format!(
        "grant_type=authorization_code&code={code}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fback&code_verifier={verifier}"
    )
}

#[tokio::test]
async fn a_consent_is_traded_in_once_with_its_verifier_within_half_a_minute() {
    let sandbox = sandbox().await;
    let good = code(&sandbox, "secret-verifier").await;
    let pair = token(&sandbox, &redemption(&good, "secret-verifier")).await;
    assert_eq!(pair.status, 200);
    assert_eq!(
        me(&sandbox, pair.json()["access_token"].as_str().unwrap()).await,
        200
    );
    assert_eq!(
        token(&sandbox, &redemption(&good, "secret-verifier"))
            .await
            .status,
        400
    );
    let other = code(&sandbox, "secret-verifier").await;
    assert_eq!(
        token(&sandbox, &redemption(&other, "guessed")).await.status,
        400
    );
    let late = code(&sandbox, "secret-verifier").await;
    sandbox.clock.advance(Duration::from_secs(31));
    assert_eq!(
        token(&sandbox, &redemption(&late, "secret-verifier"))
            .await
            .status,
        400
    );
}
