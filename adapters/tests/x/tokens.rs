//! Renewing tokens: once for everybody, on disk before it is used, and never a second time on a guess.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use clara_actors::ports::XApi;
use clara_actors::ports::x::Publication;
use clara_adapters::secrets::{Renewal, SecretStore, Seeded, XCredentials};
use clara_adapters::x::{OAuthApp, XHttp};
use secrecy::ExposeSecret;
use serde_json::{Value, json as value};

use crate::fixture::{Fixture, credentials, fixture_with, harbour, options, post};
use crate::server::{Reply, Scripted, Seen, json, plain};

const TOKEN: &str = "/2/oauth2/token";
const CREATE: &str = "/2/tweets";

fn pair(number: usize) -> Value {
    value!({
        "token_type": "bearer", "expires_in": 7200, "scope": "tweet.write offline.access",
        "access_token": format!("access-{number}"), "refresh_token": format!("refresh-{number}"),
    })
}

fn made() -> Reply {
    json(201, value!({"data":{"id":"17"}}))
}

/// X with its token endpoint: takes `access-<n>` for the newest n only, and gives the next pair for `refresh-<n>`.
fn rotating(seen: &Seen, renewals: &std::sync::Mutex<usize>) -> Reply {
    let mut newest = renewals.lock().unwrap();
    if seen.path == TOKEN {
        assert!(
            seen.form()
                .contains(&("refresh_token".to_owned(), format!("refresh-{newest}"))),
            "replayed: {seen:?}"
        );
        *newest += 1;
        return json(200, pair(*newest));
    }
    match seen.header("authorization") {
        Some(shown) if shown == format!("Bearer access-{newest}") => made(),
        _ => plain(401, r#"{"title":"Unauthorized","detail":"Unauthorized"}"#),
    }
}

async fn rotating_server() -> Scripted {
    let renewals = std::sync::Mutex::new(0);
    Scripted::start(move |seen, _| rotating(seen, &renewals)).await
}

/// X that takes every access token, with a scripted token endpoint.
async fn token_endpoint(script: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Scripted {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    Scripted::start(move |seen, _| match seen.path.as_str() {
        TOKEN => script(asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst)),
        _ => made(),
    })
    .await
}

fn ending(seconds: i64) -> XCredentials {
    credentials("access-0", Some("refresh-0"), Some(seconds))
}

async fn create(fixture: &Fixture) -> Publication {
    fixture.x.create(&harbour(), &post("x"), &|| Ok(())).await
}

fn is_accepted(outcome: &Publication) -> bool {
    matches!(outcome, Publication::Accepted { .. })
}

fn blocked(outcome: Publication) -> String {
    match outcome {
        Publication::Blocked { reason } => reason,
        other => panic!("not blocked: {other:?}"),
    }
}

fn access(store: &SecretStore) -> String {
    store
        .get(&harbour())
        .unwrap()
        .unwrap()
        .credentials
        .access_token
        .expose_secret()
        .to_owned()
}

#[tokio::test]
async fn a_token_far_from_its_end_is_not_renewed() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &ending(121));
    assert!(is_accepted(&create(&fixture).await));
    assert_eq!(server.count(TOKEN), 0);
}

#[tokio::test]
async fn a_token_near_its_end_is_renewed_before_the_call() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &ending(120));
    assert!(is_accepted(&create(&fixture).await));
    let seen = server.seen();
    assert_eq!(
        (seen[0].path.as_str(), seen[1].path.as_str()),
        (TOKEN, CREATE)
    );
    assert_eq!(seen[1].header("authorization"), Some("Bearer access-1"));
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let basic = base64::engine::general_purpose::STANDARD.encode("app-id:app-secret");
    assert_eq!(
        seen[0].header("authorization"),
        Some(format!("Basic {basic}").as_str())
    );
    // And again, two hours later.
    fixture.clock.advance(7200);
    assert!(is_accepted(&create(&fixture).await));
    assert_eq!(
        (server.count(TOKEN), access(&fixture.store).as_str()),
        (2, "access-2")
    );
}

#[tokio::test]
async fn a_public_app_names_itself_in_the_form() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &ending(0));
    let mut options = options(&server.url, &fixture.store, &fixture.clock);
    options.oauth = Some(OAuthApp {
        client_id: "public".to_owned(),
        client_secret: None,
    });
    assert!(is_accepted(
        &XHttp::new(options)
            .unwrap()
            .create(&harbour(), &post("x"), &|| Ok(()))
            .await
    ));
    let asked = &server.seen()[0];
    assert_eq!(asked.header("authorization"), None);
    let expected = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "refresh-0"),
        ("client_id", "public"),
    ];
    assert_eq!(
        asked.form(),
        expected.map(|(name, text)| (name.to_owned(), text.to_owned()))
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_create_sent_once_more() {
    let server = rotating_server().await;
    let fixture = fixture_with(
        &server.url,
        &credentials("revoked", Some("refresh-0"), None),
    );
    assert!(is_accepted(&create(&fixture).await));
    assert_eq!((server.count(TOKEN), server.count(CREATE)), (1, 2));
}

/// Whoever pauses a client while its token is renewed has paused what waits for that token.
#[tokio::test]
async fn a_create_that_is_held_while_its_token_is_renewed_does_not_leave() {
    for (seed, creates) in [
        (ending(0), 0),
        (credentials("revoked", Some("refresh-0"), None), 1),
    ] {
        let server = Arc::new(rotating_server().await);
        let fixture = fixture_with(&server.url, &seed);
        let renewed = Arc::clone(&server);
        let last_look = move || match renewed.count(TOKEN) {
            0 => Ok(()),
            _ => Err("the client was paused".to_owned()),
        };
        let outcome = fixture.x.create(&harbour(), &post("x"), &last_look).await;
        let reason = "the client was paused".to_owned();
        assert_eq!(outcome, Publication::Held { reason });
        assert_eq!((server.count(TOKEN), server.count(CREATE)), (1, creates));
    }
}

#[tokio::test]
async fn a_renewed_token_that_is_refused_too_ends_there() {
    let server = Scripted::start(|seen, before| match seen.path.as_str() {
        TOKEN => json(200, pair(before)),
        _ => plain(401, ""),
    })
    .await;
    let fixture = fixture_with(&server.url, &ending(9999));
    assert!(blocked(create(&fixture).await).contains("sign the account in again"));
    assert_eq!((server.count(TOKEN), server.count(CREATE)), (1, 2));
}

#[tokio::test]
async fn ten_creates_at_once_renew_once() {
    for seed in [ending(0), credentials("revoked", Some("refresh-0"), None)] {
        let server = rotating_server().await;
        let fixture = Arc::new(fixture_with(&server.url, &seed));
        let creates = (0..10).map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move { create(&fixture).await })
        });
        for outcome in futures::future::join_all(creates).await {
            assert!(is_accepted(&outcome.unwrap()));
        }
        assert_eq!(server.count(TOKEN), 1);
    }
}

#[tokio::test]
async fn a_new_pair_is_on_disk_before_it_is_used() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x-harbour.json");
    let watched = path.clone();
    let server = Scripted::start(move |seen, _| {
        let on_disk: Value = serde_json::from_slice(&std::fs::read(&watched).unwrap()).unwrap();
        if seen.path == TOKEN {
            assert_eq!(
                on_disk["renewal"], "in_flight",
                "the renewal was not recorded before it left"
            );
            json(200, pair(1))
        } else {
            assert_eq!(
                on_disk["access_token"], "access-1",
                "the new pair was used before it was kept"
            );
            assert_eq!(on_disk["renewal"], "idle");
            made()
        }
    })
    .await;
    let store = Arc::new(SecretStore::open(dir.path()).unwrap());
    store.seed(&harbour(), &ending(0)).unwrap();
    let clock = crate::fixture::StillClock::at(crate::fixture::NOON);
    let x = XHttp::new(options(&server.url, &store, &clock)).unwrap();
    assert!(is_accepted(
        &x.create(&harbour(), &post("x"), &|| Ok(())).await
    ));
}

#[tokio::test]
async fn a_pair_that_was_kept_but_not_used_is_used_after_a_crash() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &ending(0));
    assert!(is_accepted(&create(&fixture).await));
    // A new process, given the same seed.
    let store = Arc::new(SecretStore::open(fixture.dir.path()).unwrap());
    assert_eq!(
        store.seed(&harbour(), &ending(0)).unwrap(),
        Seeded::Superseded
    );
    let x = XHttp::new(options(&server.url, &store, &fixture.clock)).unwrap();
    assert!(is_accepted(
        &x.create(&harbour(), &post("x"), &|| Ok(())).await
    ));
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn a_renewal_that_a_crash_cut_off_asks_for_a_new_sign_in() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &ending(0));
    fixture
        .store
        .set_renewal(&harbour(), Renewal::InFlight)
        .unwrap();
    let store = Arc::new(SecretStore::open(fixture.dir.path()).unwrap());
    store.seed(&harbour(), &ending(0)).unwrap();
    let x = XHttp::new(options(&server.url, &store, &fixture.clock)).unwrap();
    let reason = blocked(x.create(&harbour(), &post("x"), &|| Ok(())).await);
    assert!(
        reason.contains("was cut off") && reason.contains("clara sign-in"),
        "{reason}"
    );
    assert!(server.seen().is_empty(), "something was sent");
    // What the person gives then is taken, and works.
    store
        .seed(&harbour(), &credentials("access-0", None, None))
        .unwrap();
    assert!(is_accepted(
        &x.create(&harbour(), &post("x"), &|| Ok(())).await
    ));
}

#[tokio::test]
async fn a_lost_answer_to_a_renewal_is_never_guessed_at() {
    for lost in [
        Reply::HangUp,
        plain(200, "nonsense"),
        json(200, value!({"access_token": ""})),
        Reply::CutOff {
            status: 200,
            body: "{".to_owned(),
        },
    ] {
        let reply = lost.clone();
        let server = token_endpoint(move |_| reply.clone()).await;
        let fixture = fixture_with(&server.url, &ending(60));
        for _ in 0..3 {
            assert!(blocked(create(&fixture).await).contains("clara sign-in"));
        }
        assert_eq!(
            (server.count(TOKEN), server.count(CREATE)),
            (1, 0),
            "{lost:?}"
        );
    }
}

#[tokio::test]
async fn a_refresh_token_that_x_refuses_is_not_shown_again() {
    let server = token_endpoint(|_| {
        json(400, value!({"error":"invalid_request","error_description":"Value passed for the token was invalid."}))
    })
    .await;
    let fixture = fixture_with(&server.url, &ending(0));
    let reason = blocked(create(&fixture).await);
    assert!(
        reason.contains("Value passed for the token was invalid.")
            && reason.contains("clara sign-in"),
        "{reason}"
    );
    blocked(create(&fixture).await);
    assert_eq!(server.count(TOKEN), 1);
    assert_eq!(
        fixture.store.get(&harbour()).unwrap().unwrap().renewal,
        Renewal::Refused
    );
}

#[tokio::test]
async fn a_wrong_app_secret_spends_nothing() {
    let server = token_endpoint(|asked| match asked {
        0 => json(401, value!({"error":"unauthorized_client","error_description":"Missing valid authorization header"})),
        _ => json(200, pair(1)),
    })
    .await;
    let fixture = fixture_with(&server.url, &ending(0));
    assert!(blocked(create(&fixture).await).contains("client id and secret"));
    assert!(is_accepted(&create(&fixture).await));
}

#[tokio::test]
async fn a_token_endpoint_that_is_busy_or_down_is_asked_again_later() {
    let server = token_endpoint(|asked| match asked {
        0 => plain(429, "").with("retry-after", 7),
        1 => plain(503, ""),
        _ => json(200, pair(1)),
    })
    .await;
    let fixture = fixture_with(&server.url, &ending(0));
    let first = create(&fixture).await;
    assert!(
        matches!(first, Publication::Throttled { retry_after, .. } if retry_after == Duration::from_secs(7)),
        "{first:?}"
    );
    let second = create(&fixture).await;
    assert!(matches!(second, Publication::NotSent { .. }), "{second:?}");
    assert!(is_accepted(&create(&fixture).await));
}

#[tokio::test]
async fn a_token_that_still_lives_serves_while_it_cannot_be_renewed() {
    let server = token_endpoint(|_| plain(503, "")).await;
    let fixture = fixture_with(&server.url, &ending(60));
    assert!(is_accepted(&create(&fixture).await));
    assert_eq!(
        server.seen()[1].header("authorization"),
        Some("Bearer access-0")
    );
    fixture.clock.advance(60);
    assert!(matches!(
        create(&fixture).await,
        Publication::NotSent { .. }
    ));
}

#[tokio::test]
async fn a_pair_that_cannot_be_written_is_kept_until_it_can() {
    let dir = tempfile::tempdir().unwrap();
    let obstacle = dir.path().join("x-harbour.json.new");
    let in_the_way = obstacle.clone();
    // A directory where the new file belongs: no write succeeds, whoever runs the test.
    let server = token_endpoint(move |_| {
        std::fs::create_dir(&in_the_way).unwrap();
        json(200, pair(1))
    })
    .await;
    let store = Arc::new(SecretStore::open(dir.path()).unwrap());
    store.seed(&harbour(), &ending(0)).unwrap();
    let clock = crate::fixture::StillClock::at(crate::fixture::NOON);
    let x = XHttp::new(options(&server.url, &store, &clock)).unwrap();
    let first = x.create(&harbour(), &post("x"), &|| Ok(())).await;
    assert!(matches!(first, Publication::NotSent { .. }), "{first:?}");
    assert_eq!(
        server.count(CREATE),
        0,
        "a pair that is not on disk was used"
    );
    std::fs::remove_dir(&obstacle).unwrap();
    assert!(is_accepted(
        &x.create(&harbour(), &post("x"), &|| Ok(())).await
    ));
    assert_eq!(
        (server.count(TOKEN), access(&store).as_str()),
        (1, "access-1")
    );
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_cut_a_renewal_off() {
    let gate = Arc::new((std::sync::Mutex::new(false), std::sync::Condvar::new()));
    let held = Arc::clone(&gate);
    let server = Scripted::start(move |seen, _| {
        if seen.path == TOKEN {
            let open = held.0.lock().unwrap();
            drop(held.1.wait_while(open, |open| !*open).unwrap());
            return json(200, pair(1));
        }
        made()
    });
    // The script blocks a thread of the server's own runtime, not of the client's.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let server = Arc::new(runtime.spawn(server).await.unwrap());
    let fixture = Arc::new(fixture_with(&server.url, &ending(0)));
    let caller = tokio::spawn({
        let fixture = Arc::clone(&fixture);
        async move { create(&fixture).await }
    });
    while server.count(TOKEN) == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    fixture.x.close().await;
    assert_eq!(access(&fixture.store), "access-1");
    runtime.shutdown_background();
}

#[tokio::test]
async fn a_client_without_what_it_takes_is_told_what_is_missing() {
    let server = rotating_server().await;
    let fixture = fixture_with(&server.url, &credentials("revoked", None, None));
    assert!(blocked(create(&fixture).await).contains("no refresh token"));
    let stranger = clara_domain::ids::ClientId::new("koyo").unwrap();
    let reason = blocked(fixture.x.create(&stranger, &post("x"), &|| Ok(())).await);
    assert!(
        reason.contains("no X credentials for the client `koyo`"),
        "{reason}"
    );
    let fixture = fixture_with(&server.url, &ending(0));
    let mut options = options(&server.url, &fixture.store, &fixture.clock);
    options.oauth = None;
    let reason = blocked(
        XHttp::new(options)
            .unwrap()
            .create(&harbour(), &post("x"), &|| Ok(()))
            .await,
    );
    assert!(reason.contains("x.client_id"), "{reason}");
}

#[tokio::test]
async fn no_reason_holds_a_token() {
    let words = "token refresh-0 with app-secret";
    let server = token_endpoint(move |_| {
        json(
            400,
            value!({"error":"invalid_grant","error_description":words}),
        )
    })
    .await;
    let fixture = fixture_with(&server.url, &ending(0));
    let reasons = BTreeSet::from([blocked(create(&fixture).await)]);
    assert!(
        reasons
            .iter()
            .all(|r| !r.contains("refresh-0") && !r.contains("app-secret")),
        "{reasons:?}"
    );
}
