//! Consents: what the account's owner is asked, which answers are of this consent, and whose tokens are given out.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clara_actors::ports::Clock;
use clara_adapters::secrets::XCredentials;
use clara_adapters::x::{Consent, ConsentError, ConsentOptions, NoCode, OAuthApp};
use clara_domain::ids::Handle;
use secrecy::ExposeSecret;
use serde_json::{Value, json as value};
use sha2::{Digest, Sha256};

use crate::fixture::{NOON, StillClock};
use crate::server::{Reply, Scripted, json, plain};

const BACK: &str = "http://127.0.0.1:8793/callback";

fn consent(api_base: &str) -> Consent {
    Consent::new(ConsentOptions {
        authorize_url: "https://x.com/i/oauth2/authorize".to_owned(),
        redirect_url: BACK.to_owned(),
        api_base: api_base.to_owned(),
        timeout: Duration::from_secs(10),
        app: OAuthApp {
            client_id: "app-id".to_owned(),
            client_secret: Some("app-secret".to_owned().into()),
        },
        clock: StillClock::at(NOON) as Arc<dyn Clock>,
    })
    .unwrap()
}

fn asked(consent: &Consent, name: &str) -> String {
    let (_, query) = consent.url().split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).unwrap().1.to_owned()
}

fn came_back(consent: &Consent, rest: &str) -> String {
    format!("{BACK}?state={}&{rest}", asked(consent, "state"))
}

fn pair() -> Value {
    value!({"token_type": "bearer", "expires_in": 7200, "access_token": "access-1", "refresh_token": "refresh-1"})
}

async fn x(token: impl Fn() -> Reply + Send + Sync + 'static, handle: &'static str) -> Scripted {
    Scripted::start(move |seen, _| match seen.path.as_str() {
        "/2/oauth2/token" => token(),
        _ => json(200, value!({"data":{"id":"42","username":handle}})),
    })
    .await
}

async fn tokens(consent: &Consent) -> Result<XCredentials, ConsentError> {
    let code = consent.code(&came_back(consent, "code=the-code")).unwrap();
    consent
        .tokens(&code, &Handle::new("harbourcoffee").unwrap())
        .await
}

#[test]
fn the_url_asks_for_what_clara_needs_and_never_twice_the_same() {
    let (one, two) = (consent("https://api.x.com"), consent("https://api.x.com"));
    assert!(
        one.url()
            .starts_with("https://x.com/i/oauth2/authorize?response_type=code&client_id=app-id&")
    );
    assert_eq!(
        asked(&one, "scope"),
        "tweet.read%20tweet.write%20users.read%20media.write%20offline.access"
    );
    assert_eq!(
        asked(&one, "redirect_uri"),
        "http%3A%2F%2F127.0.0.1%3A8793%2Fcallback"
    );
    assert_eq!(asked(&one, "code_challenge_method"), "S256");
    for name in ["state", "code_challenge"] {
        assert_eq!(asked(&one, name).len(), 43);
        assert_ne!(asked(&one, name), asked(&two, name));
    }
}

#[test]
fn a_code_is_found_in_what_came_back_and_only_with_the_right_state() {
    let consent = consent("https://api.x.com");
    let read = |text: &str| {
        consent
            .code(text)
            .map(|code| code.expose_secret().to_owned())
    };
    let good = Ok("a/b".to_owned());
    let whole = came_back(&consent, "code=a%2Fb");
    assert_eq!(read(&whole), good);
    assert_eq!(read(&format!("  {whole}#x\n")), good);
    assert_eq!(read(whole.strip_prefix(BACK).unwrap()), good);
    assert_eq!(read("a/b"), good);
    assert_eq!(read("?state=guessed&code=c"), Err(NoCode::OfAnother));
    assert_eq!(read("?code=c"), Err(NoCode::OfAnother));
    assert_eq!(
        read(&came_back(&consent, "error=access_denied")),
        Err(NoCode::Denied)
    );
    assert_eq!(read("?state=x&error=access_denied"), Err(NoCode::OfAnother));
    for nothing in ["", "http://127.0.0.1:8793/callback", "two words", "?a=1"] {
        assert_eq!(read(nothing), Err(NoCode::Absent), "{nothing}");
    }
    assert_eq!(read(&came_back(&consent, "code=")), Err(NoCode::Absent));
}

#[tokio::test]
async fn a_code_is_traded_in_with_what_its_challenge_was_made_of() {
    let server = x(|| json(200, pair()), "HarbourCoffee").await;
    let consent = consent(&server.url);
    let tokens = tokens(&consent).await.unwrap();
    assert_eq!(tokens.access_token.expose_secret(), "access-1");
    assert_eq!(tokens.refresh_token.unwrap().expose_secret(), "refresh-1");
    assert_eq!(tokens.expires_at.unwrap().as_second(), NOON + 7200);
    let seen = server.seen();
    let form: std::collections::BTreeMap<_, _> = seen[0].form().into_iter().collect();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "the-code");
    assert_eq!(form["redirect_uri"], BACK);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
    assert_eq!(challenge, asked(&consent, "code_challenge"));
    assert!(
        seen[0]
            .header("authorization")
            .unwrap()
            .starts_with("Basic ")
    );
    assert_eq!(seen[1].header("authorization"), Some("Bearer access-1"));
}

#[tokio::test]
async fn tokens_of_another_account_are_not_given_out() {
    let server = x(|| json(200, pair()), "fjordbikes").await;
    let error = tokens(&consent(&server.url)).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, ConsentError::OtherAccount { .. }), "{text}");
    assert!(text.contains("@fjordbikes") && text.contains("@harbourcoffee"));
}

#[tokio::test]
async fn a_code_that_is_too_old_is_said_to_be_and_not_shown() {
    let refusal =
        value!({"error": "invalid_request", "error_description": "the-code was invalid."});
    let server = x(move || json(400, refusal.clone()), "harbourcoffee").await;
    let error = tokens(&consent(&server.url)).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, ConsentError::CodeRefused { .. }), "{text}");
    assert!(
        text.contains("30 seconds") && !text.contains("the-code"),
        "{text}"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_else_can_go_wrong_gives_no_tokens() {
    let unknown_app = || json(401, value!({"error": "unauthorized_client"}));
    let error = tokens(&consent(&x(unknown_app, "harbourcoffee").await.url)).await;
    assert!(matches!(error, Err(ConsentError::AppRefused { .. })));
    let down = || plain(503, "");
    let error = tokens(&consent(&x(down, "harbourcoffee").await.url)).await;
    assert!(matches!(error, Err(ConsentError::NoAnswer { .. })));
    let lost = || Reply::HangUp;
    let error = tokens(&consent(&x(lost, "harbourcoffee").await.url)).await;
    assert!(matches!(error, Err(ConsentError::NoAnswer { .. })));
    let short = || {
        json(
            200,
            value!({"access_token": "access-1", "expires_in": 7200}),
        )
    };
    let error = tokens(&consent(&x(short, "harbourcoffee").await.url)).await;
    assert_eq!(error.unwrap_err(), ConsentError::EndsSoon);
    let nobody = x(|| json(200, pair()), "not a handle").await;
    let error = tokens(&consent(&nobody.url)).await;
    assert!(matches!(error, Err(ConsentError::UnknownAccount { .. })));
}
