//! Everything that X knows, behind one lock. A change is logged first and then applied by the same function that a restart uses.
//! The rate-limit windows and authorisation codes are not logged: a restart opens new ones.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::billing::{BillLine, Bills, Charge};
use super::limits::Windows;
use super::posts::{Post, Posts};
use super::tokens::{Grant, Tokens};
use crate::store::{Entry, Store};
use crate::world::XAccount;

/// One thing that changed; its line in the log is `{"kind": ..., "data": ...}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub(crate) enum Change {
    Post(Post),
    Delete { id: u64, at: Timestamp },
    Grant(Grant),
    KillFamily { family: u64 },
    Bill(BillLine),
}

/// What X knows.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) accounts: Vec<XAccount>,
    pub(crate) posts: Posts,
    pub(crate) tokens: Tokens,
    pub(crate) bills: Bills,
    pub(crate) windows: Windows,
    /// How often each account asked for each operation, refused requests included.
    pub(crate) requests: BTreeMap<(String, &'static str), u64>,
    store: Store,
}

impl State {
    /// The world's beginning and what happened since.
    pub(crate) fn new(accounts: Vec<XAccount>, store: Store, replay: &[Entry]) -> Self {
        let mut state = Self {
            tokens: Tokens::of(&accounts),
            accounts,
            posts: Posts::default(),
            bills: Bills::default(),
            windows: Windows::default(),
            requests: BTreeMap::new(),
            store,
        };
        for entry in replay.iter().filter(|entry| entry.service == "x") {
            let tagged = serde_json::json!({ "kind": entry.kind, "data": entry.data });
            match serde_json::from_value(tagged) {
                Ok(change) => state.apply(change),
                Err(error) => {
                    tracing::warn!(kind = entry.kind, %error, "a line of the world's log means nothing to x")
                }
            }
        }
        state
    }

    /// Logs a change, then lives with it.
    pub(crate) fn record(&mut self, change: Change) {
        if let Ok(Value::Object(mut tagged)) = serde_json::to_value(&change) {
            let kind = tagged
                .remove("kind")
                .and_then(|v| v.as_str().map(String::from))
                .unwrap_or_default();
            self.store.append(&Entry::new(
                "x",
                &kind,
                tagged.remove("data").unwrap_or_default(),
            ));
        }
        self.apply(change);
    }

    /// Bills `handle` for a request that succeeded.
    pub(crate) fn bill(&mut self, handle: &str, charge: Charge, resource: u64, at: Timestamp) {
        let line = BillLine {
            handle: handle.into(),
            charge,
            resource,
            at,
        };
        if !self.bills.covers(&line) {
            self.record(Change::Bill(line));
        }
    }

    /// The account by its handle.
    pub(crate) fn account(&self, handle: &str) -> Option<&XAccount> {
        self.accounts
            .iter()
            .find(|account| account.handle.eq_ignore_ascii_case(handle))
    }

    /// Some account that is not this one; none where there is no other.
    pub(crate) fn other_than(&self, handle: &str) -> Option<&XAccount> {
        let is_other = |account: &&XAccount| !account.handle.eq_ignore_ascii_case(handle);
        self.accounts.iter().find(is_other)
    }

    /// The account by its id.
    pub(crate) fn account_by_id(&self, id: &str) -> Option<&XAccount> {
        self.accounts
            .iter()
            .find(|account| account.user_id.to_string() == id)
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Post(post) => self.posts.insert(post),
            Change::Delete { id, at } => self.posts.delete(id, at),
            Change::Grant(grant) => self.tokens.apply(grant),
            Change::KillFamily { family } => self.tokens.kill(family),
            Change::Bill(line) => self.bills.add(&line),
        }
    }
}
