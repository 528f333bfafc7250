//! X API v2, pretended: many accounts told apart by their tokens, posts, timelines, OAuth 2.0, rate limits, prices, faults.
//! Shapes follow the vendor's spec (2.166 and 2.167); error bodies and their traps follow what its users report.
//! What a client must cope with is real here: no idempotency key, single-use refresh tokens, answers that get lost.

mod billing;
mod create;
mod fields;
mod limits;
mod oauth;
mod posts;
mod problem;
mod read;
mod serve;
mod state;
pub(crate) mod text;
mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use billing::Bill;

use crate::{Entry, Shared};
use limits::Operation;
use state::{Change, State};

/// The X simulator; clones share one world.
#[derive(Clone, Debug)]
pub struct X(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    shared: Shared,
    state: Mutex<State>,
    settings: Mutex<Settings>,
}

/// What a person may set about the service itself. Not logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Speak the vocabulary of 2.167 where the request does not say which.
    pub newer: bool,
    /// Accept texts over 280 (paying accounts); their whole text is in the note field.
    pub long_posts: bool,
    /// Take a text that the account has up already. The real service refuses it most of the time, and so would hide that
    /// a client posted twice.
    pub repeats: bool,
}

/// A post as its author wrote it, links in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostView {
    /// Snowflake, as a string.
    pub id: String,
    /// What the author sent.
    pub text: String,
    /// The world's time when it was created.
    pub created_at: Timestamp,
    /// The post that it answers.
    pub reply_to: Option<String>,
    /// Set if it was taken down.
    pub deleted_at: Option<Timestamp>,
}

/// A new pair of tokens after somebody consented.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenPair {
    /// Lives two hours of the world's time.
    pub access_token: String,
    /// Works once.
    pub refresh_token: String,
}

impl X {
    /// The world's accounts, with what the log remembers of them.
    #[must_use]
    pub fn new(shared: Shared, replay: &[Entry]) -> Self {
        let state = State::new(
            shared.world.x.accounts.clone(),
            shared.store.clone(),
            replay,
        );
        Self(Arc::new(Inner {
            shared,
            state: Mutex::new(state),
            settings: Mutex::default(),
        }))
    }

    /// Its routes, under `/x`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/x/2/tweets", post(create_tweet))
            .route("/x/2/tweets/{id}", get(get_tweet).delete(delete_tweet))
            .route("/x/2/users/me", get(me))
            .route("/x/2/users/{id}/tweets", get(timeline))
            .route("/x/2/oauth2/token", post(oauth::token))
            .route("/x/2/oauth2/revoke", post(oauth::revoke))
            .route("/x/i/oauth2/authorize", get(oauth::authorize))
            .with_state(self.clone())
    }

    /// What of an account is up, oldest first.
    #[must_use]
    pub fn posts(&self, handle: &str) -> Vec<PostView> {
        let mut posts = self.everything(handle);
        posts.retain(|post| post.deleted_at.is_none());
        posts
    }

    /// All that an account ever posted, oldest first, what was taken down included.
    #[must_use]
    pub fn everything(&self, handle: &str) -> Vec<PostView> {
        let mut posts: Vec<_> = self.lock().posts.all_of(handle).map(view).collect();
        posts.reverse();
        posts
    }

    /// How many posts were ever made, by all accounts together.
    #[must_use]
    pub fn created(&self) -> usize {
        self.lock().posts.len()
    }

    /// What an account owes.
    #[must_use]
    pub fn bill(&self, handle: &str) -> Bill {
        self.lock().bills.of(handle)
    }

    /// How often an account asked for an operation (`create_tweet`, `timeline`, ...), refused requests included.
    #[must_use]
    pub fn requests(&self, handle: &str, operation: &str) -> u64 {
        let state = self.lock();
        let counts = state
            .requests
            .iter()
            .filter(|((who, what), _)| who == handle && *what == operation);
        counts.map(|(_, count)| count).sum()
    }

    /// Revokes every token of an account. `false` if there is no such account.
    pub fn revoke(&self, handle: &str) -> bool {
        let mut state = self.lock();
        let known = state.account(handle).is_some();
        for family in state.tokens.families_of(handle) {
            state.record(Change::KillFamily { family });
        }
        known
    }

    /// Consents again, as the account's owner would in a browser.
    pub fn consent(&self, handle: &str) -> Option<TokenPair> {
        let now = self.0.shared.clock.now();
        let mut state = self.lock();
        let handle = state.account(handle)?.handle.clone();
        let grant = state.tokens.mint(&handle, None, None, now);
        state.record(Change::Grant(grant.clone()));
        Some(TokenPair {
            access_token: grant.access,
            refresh_token: grant.refresh,
        })
    }

    /// The service's own settings.
    #[must_use]
    pub fn settings(&self) -> Settings {
        *self
            .0
            .settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes them.
    pub fn set(&self, settings: Settings) {
        *self
            .0
            .settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = settings;
        self.0.shared.touch();
    }

    /// All accounts with their posts (newest first), bills and request counts, for the page.
    #[must_use]
    pub fn state(&self) -> Value {
        let accounts: Vec<Value> = self
            .0
            .shared
            .world
            .x
            .accounts
            .iter()
            .map(|a| self.account_state(a))
            .collect();
        json!({ "accounts": accounts, "settings": self.settings() })
    }

    fn account_state(&self, account: &crate::world::XAccount) -> Value {
        let mut posts = self.everything(&account.handle);
        posts.reverse();
        let bill = self.bill(&account.handle);
        let state = self.lock();
        let mine = state
            .requests
            .iter()
            .filter(|((who, _), _)| *who == account.handle);
        let requests: Value = mine
            .map(|((_, what), count)| ((*what).to_string(), json!(count)))
            .collect();
        json!({
            "handle": account.handle, "name": account.name, "user_id": account.user_id.to_string(),
            "posts": posts, "bill": bill, "requests": requests,
            "consented": !state.tokens.families_of(&account.handle).is_empty(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn view(post: &posts::Post) -> PostView {
    PostView {
        id: post.id.to_string(),
        text: post.text.clone(),
        created_at: post.created_at,
        reply_to: post.reply_to.map(|id| id.to_string()),
        deleted_at: post.deleted_at,
    }
}

async fn create_tweet(Extract(x): Extract<X>, headers: HeaderMap, body: Bytes) -> Response {
    let settings = x.settings();
    x.serve(Operation::CreateTweet, &headers, |state, caller| {
        create::create(state, &caller.handle, &body, settings, caller.now)
    })
    .await
}

async fn delete_tweet(
    Extract(x): Extract<X>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    x.serve(Operation::DeleteTweet, &headers, |state, caller| {
        create::delete(state, &caller.handle, &id, caller.now)
    })
    .await
}

async fn get_tweet(
    Extract(x): Extract<X>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<read::Query>,
) -> Response {
    let settings = x.settings();
    x.serve(Operation::GetTweet, &headers, |state, caller| {
        read::post(state, &caller.handle, &id, &query, caller.view(settings))
    })
    .await
}

async fn me(
    Extract(x): Extract<X>,
    headers: HeaderMap,
    Query(query): Query<read::Query>,
) -> Response {
    x.serve(Operation::Me, &headers, |state, caller| {
        let told = caller.told(state).to_owned();
        read::me(state, &caller.handle, &told, &query, caller.now)
    })
    .await
}

async fn timeline(
    Extract(x): Extract<X>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Query<read::Query>,
) -> Response {
    let settings = x.settings();
    x.serve(Operation::Timeline, &headers, |state, caller| {
        read::timeline(state, &caller.handle, &id, &query, caller.view(settings))
    })
    .await
}
