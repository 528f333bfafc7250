//! The troubles that a person or a test switches on: which service and operation, whose account or channel, what goes wrong, how often.
//! The simulators ask here at each operation and act out what they are told; nothing here touches a socket.
//! Faults live in memory only: a restarted sandbox is a healthy one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::store::Changes;

/// Names a rule for switching it off again, e.g. `f3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(pub String);

/// What goes wrong. In JSON a `type` in snake case beside the fields; durations are whole milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// Answered with 429; `retry_after` goes into the service's own headers.
    TooManyRequests {
        /// How long the client is told to wait.
        #[serde(rename = "retry_after_ms", with = "millis", default = "one_second")]
        retry_after: Duration,
    },
    /// X only: 429 of type `usage-capped`, a matter of days rather than minutes.
    UsageCapped,
    /// OpenAI only: 429 `insufficient_quota`, which no waiting heals.
    InsufficientQuota,
    /// Answered with this 5xx status; nothing was done.
    ServerError {
        /// The HTTP status, e.g. 503.
        #[serde(default = "unavailable")]
        status: u16,
    },
    /// Done, and answered with this 5xx status all the same.
    ServerErrorAfter {
        /// The HTTP status, e.g. 502.
        #[serde(default = "unavailable")]
        status: u16,
    },
    /// Done, then the connection is closed without an answer.
    AnswerLost,
    /// Not done, and the connection is closed without an answer.
    RequestLost,
    /// Done at once, and answered only after this time: a client that gives up before was served all the same.
    Slow {
        /// Real time, not the world's.
        #[serde(rename = "by_ms", with = "millis", default = "one_second")]
        by: Duration,
    },
    /// The credentials are refused with 401.
    TokenRevoked,
    /// X only: 402, the whole app is out of credits.
    CreditsDepleted,
    /// OpenAI only: the JSON is cut off in the middle; of a chat completion that of its content.
    BadJson,
    /// OpenAI only: the model declines.
    Refusal,
    /// OpenAI only: the texts come out longer than a post may be.
    TooLong,
    /// OpenAI only: the output ends with `finish_reason` `length`.
    LengthCut,
    /// OpenAI only: the output is withheld, with `finish_reason` `content_filter`.
    ContentFilter,
    /// OpenAI only: 400 `context_length_exceeded`, however short the messages are.
    ContextTooLong,
    /// OpenAI only: 404 `model_not_found`. With a subject, only for that model.
    ModelNotFound,
    /// OpenAI only: 429 for tokens; how long to wait is only in `x-ratelimit-reset-tokens`.
    TokensPerMinute {
        /// How long until there are tokens again.
        #[serde(rename = "retry_after_ms", with = "millis", default = "one_second")]
        retry_after: Duration,
    },
    /// X only: `me` names another of the world's accounts, as with credentials that were mixed up. What else is done with
    /// them works.
    OtherAccount,
    /// X only: reads do not see posts younger than this. It stays until switched off.
    ReadLag {
        /// How far reads lag behind writes.
        #[serde(rename = "by_ms", with = "millis", default = "one_second")]
        by: Duration,
    },
    /// Discord only: the gateway connection is dropped.
    GatewayDrop,
    /// Discord only: the gateway asks for a reconnect (op 7).
    GatewayReconnect,
    /// Discord only: the gateway session is declared invalid (op 9), so events in between are lost.
    InvalidSession,
}

fn one_second() -> Duration {
    Duration::from_secs(1)
}

fn unavailable() -> u16 {
    503
}

/// A fault and where it applies. Fields left out apply to all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// Set by [`Faults::add`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<FaultId>,
    /// `x`, `openai` or `discord`.
    pub service: String,
    /// E.g. `create_tweet`, `timeline`, `chat`, `gateway`, `interaction_callback`, `edit_message`, `get_attachment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// An X handle, a Discord channel's or attachment's name, or the name of a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many more times; `None` until switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

impl FaultRule {
    /// A rule for every operation of `service`, until switched off.
    #[must_use]
    pub fn new(service: &str, kind: FaultKind) -> Self {
        Self {
            id: None,
            service: service.into(),
            operation: None,
            subject: None,
            kind,
            times: None,
        }
    }

    /// Only for this operation.
    #[must_use]
    pub fn on(mut self, operation: &str) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// Only for this account or channel.
    #[must_use]
    pub fn of(mut self, subject: &str) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Only this many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    fn covers(&self, service: &str, operation: &str, subject: &str) -> bool {
        self.service == service
            && self.operation.as_deref().is_none_or(|o| o == operation)
            && self.subject.as_deref().is_none_or(|s| s == subject)
    }
}

/// The switchboard; all clones share the rules.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    rules: Arc<Mutex<Rules>>,
    changes: Changes,
}

#[derive(Debug, Default)]
struct Rules {
    next: u64,
    list: Vec<FaultRule>,
}

impl Faults {
    /// No faults; `changes` hears of every switch.
    #[must_use]
    pub fn new(changes: Changes) -> Self {
        Self {
            rules: Arc::default(),
            changes,
        }
    }

    /// Switches a rule on and names it.
    pub fn add(&self, mut rule: FaultRule) -> FaultId {
        let mut rules = self.rules();
        rules.next += 1;
        let id = FaultId(format!("f{}", rules.next));
        rule.id = Some(id.clone());
        if rule.times != Some(0) {
            rules.list.push(rule);
        }
        drop(rules);
        self.changes.bump();
        id
    }

    /// Switches one rule off, or all of them. Says whether there was anything to switch off.
    pub fn clear(&self, id: Option<FaultId>) -> bool {
        let mut rules = self.rules();
        let before = rules.list.len();
        rules.list.retain(|rule| id.is_some() && rule.id != id);
        let found = rules.list.len() < before;
        drop(rules);
        self.changes.bump();
        found
    }

    /// What goes wrong with this operation now, using up one of the rule's times. The oldest rule that covers it wins.
    #[must_use]
    pub fn take(&self, service: &str, operation: &str, subject: &str) -> Option<FaultKind> {
        self.take_where(|rule| {
            rule.covers(service, operation, subject)
                && !matches!(rule.kind, FaultKind::ReadLag { .. })
        })
    }

    /// Like [`take`](Self::take), for one kind only: for faults that no request triggers, like a gateway drop.
    #[must_use]
    pub fn take_kind(
        &self,
        service: &str,
        operation: &str,
        subject: &str,
        kind: &FaultKind,
    ) -> bool {
        self.take_where(|rule| rule.covers(service, operation, subject) && rule.kind == *kind)
            .is_some()
    }

    /// How far reads of this subject lag behind writes.
    #[must_use]
    pub fn read_lag(&self, service: &str, operation: &str, subject: &str) -> Duration {
        let lags = self
            .rules()
            .list
            .clone()
            .into_iter()
            .filter(|r| r.covers(service, operation, subject));
        lags.filter_map(|r| {
            if let FaultKind::ReadLag { by } = r.kind {
                Some(by)
            } else {
                None
            }
        })
        .max()
        .unwrap_or_default()
    }

    /// The rules that are on, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<FaultRule> {
        self.rules().list.clone()
    }

    fn take_where(&self, wanted: impl Fn(&FaultRule) -> bool) -> Option<FaultKind> {
        let mut rules = self.rules();
        let at = rules.list.iter().position(wanted)?;
        let kind = rules.list[at].kind.clone();
        if let Some(times) = rules.list[at].times.as_mut() {
            *times -= 1;
            if *times == 0 {
                rules.list.remove(at);
            }
            drop(rules);
            self.changes.bump();
        }
        Some(kind)
    }

    fn rules(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Durations as whole milliseconds in JSON.
mod millis {
    use super::Duration;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_rule_applies_as_often_as_it_says_and_only_where_it_says() {
        let faults = Faults::default();
        faults.add(
            FaultRule::new("x", FaultKind::AnswerLost)
                .on("create_tweet")
                .of("koyotea")
                .times(2),
        );
        assert_eq!(faults.take("x", "create_tweet", "fjordbikes"), None);
        assert_eq!(faults.take("x", "timeline", "koyotea"), None);
        assert_eq!(
            faults.take("x", "create_tweet", "koyotea"),
            Some(FaultKind::AnswerLost)
        );
        assert_eq!(
            faults.take("x", "create_tweet", "koyotea"),
            Some(FaultKind::AnswerLost)
        );
        assert_eq!(faults.take("x", "create_tweet", "koyotea"), None);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn a_rule_without_a_count_stays_until_it_is_cleared() {
        let faults = Faults::default();
        let id = faults.add(FaultRule::new("openai", FaultKind::BadJson));
        for _ in 0..3 {
            assert_eq!(faults.take("openai", "chat", ""), Some(FaultKind::BadJson));
        }
        assert!(faults.clear(Some(id.clone())));
        assert!(!faults.clear(Some(id)));
        assert_eq!(faults.take("openai", "chat", ""), None);
    }

    #[test]
    fn a_read_lag_hides_no_other_fault() {
        let faults = Faults::default();
        faults.add(FaultRule::new(
            "x",
            FaultKind::ReadLag {
                by: Duration::from_secs(9),
            },
        ));
        faults.add(FaultRule::new("x", FaultKind::ServerError { status: 500 }));
        assert_eq!(
            faults.take("x", "timeline", "a"),
            Some(FaultKind::ServerError { status: 500 })
        );
        assert_eq!(
            faults.read_lag("x", "timeline", "a"),
            Duration::from_secs(9)
        );
    }

    #[test]
    fn rules_travel_as_json() {
        let json = r#"{"service":"x","operation":"create_tweet","kind":{"type":"too_many_requests","retry_after_ms":1500},"times":1}"#;
        let rule: FaultRule = serde_json::from_str(json).unwrap();
        assert_eq!(
            rule.kind,
            FaultKind::TooManyRequests {
                retry_after: Duration::from_millis(1500)
            }
        );
        assert_eq!(serde_json::to_string(&rule).unwrap(), json);
        assert!(
            serde_json::from_str::<FaultRule>(r#"{"service":"x","kind":{"type":"gremlins"}}"#)
                .is_err()
        );
    }
}
