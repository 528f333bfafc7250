//! An X client against a scripted server, with a clock that stands still.

#![allow(dead_code, clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Clock;
use clara_actors::ports::x::{Account, NewPost};
use clara_adapters::secrets::{SecretStore, XCredentials};
use clara_adapters::x::{OAuthApp, Vocabulary, XHttp, XOptions};
use clara_domain::content::ReplySettings;
use clara_domain::ids::{ClientId, Handle};
use jiff::{SignedDuration, Timestamp};

/// A clock that stands still until it is set.
pub(crate) struct StillClock(Mutex<Timestamp>);

impl StillClock {
    pub(crate) fn at(second: i64) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Timestamp::from_second(second).unwrap())))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }
}

#[async_trait]
impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, _at: Timestamp) {
        std::future::pending().await
    }
}

/// Noon of some day, in UTC.
pub(crate) const NOON: i64 = 1_800_014_400;

/// What a test has in hand.
pub(crate) struct Fixture {
    pub(crate) x: Arc<XHttp>,
    pub(crate) store: Arc<SecretStore>,
    pub(crate) clock: Arc<StillClock>,
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn harbour() -> ClientId {
    ClientId::new("harbour").unwrap()
}

pub(crate) fn account() -> Account {
    Account {
        user_id: "42".to_owned(),
        handle: Handle::new("harbourcoffee").unwrap(),
    }
}

pub(crate) fn post(text: &str) -> NewPost {
    NewPost {
        text: text.to_owned(),
        media: Vec::new(),
        in_reply_to: None,
        reply_settings: ReplySettings::Everyone,
    }
}

/// Tokens whose access token ends in so many seconds, where that is known.
pub(crate) fn credentials(
    access: &str,
    refresh: Option<&str>,
    seconds: Option<i64>,
) -> XCredentials {
    XCredentials {
        access_token: access.to_owned().into(),
        refresh_token: refresh.map(|token| token.to_owned().into()),
        expires_at: seconds.map(|seconds| Timestamp::from_second(NOON + seconds).unwrap()),
    }
}

/// A client whose tokens never end.
pub(crate) fn fixture(url: &str) -> Fixture {
    fixture_with(url, &credentials("access-0", None, None))
}

pub(crate) fn fixture_with(url: &str, seed: &XCredentials) -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(SecretStore::open(dir.path()).unwrap());
    store.seed(&harbour(), seed).unwrap();
    let clock = StillClock::at(NOON);
    let x = Arc::new(XHttp::new(options(url, &store, &clock)).unwrap());
    Fixture {
        x,
        store,
        clock,
        dir,
    }
}

pub(crate) fn options(url: &str, store: &Arc<SecretStore>, clock: &Arc<StillClock>) -> XOptions {
    XOptions {
        api_base: url.to_owned(),
        vocabulary: Vocabulary::Tweet,
        timeout: Duration::from_secs(10),
        oauth: Some(OAuthApp {
            client_id: "app-id".to_owned(),
            client_secret: Some("app-secret".to_owned().into()),
        }),
        secrets: Arc::clone(store),
        clock: Arc::clone(clock) as Arc<dyn Clock>,
    }
}
