//! What is known about a request that got no answer.

use std::error::Error;
use std::time::Duration;

/// A request without an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lost {
    /// No byte of it left: the name did not resolve, the connection or its TLS did not come up, or it was never a
    /// request that can be sent.
    NotSent(String),
    /// It may have arrived: no answer in time, or the connection broke.
    MaybeSent(String),
}

impl Lost {
    /// Reads it from the client's error. `is_connect` covers names, connections, TLS handshakes and running out of
    /// time while connecting (reqwest 0.13: all of them happen inside the connector, before the request is written).
    pub(crate) fn of(error: &reqwest::Error, host: &str, timeout: Duration) -> Self {
        if error.is_builder() {
            return Self::NotSent(format!("the request to {host} could not be put together"));
        }
        if error.is_connect() {
            let cause = if error.is_timeout() {
                "it took too long".to_owned()
            } else {
                root_cause(error)
            };
            return Self::NotSent(format!("no connection to {host}: {cause}"));
        }
        if error.is_timeout() {
            return Self::MaybeSent(format!("no answer from {host} within {timeout:?}"));
        }
        Self::MaybeSent(format!(
            "the connection to {host} broke before the answer: {}",
            root_cause(error)
        ))
    }

    /// What happened, for people.
    pub(crate) fn into_reason(self) -> String {
        match self {
            Self::NotSent(reason) | Self::MaybeSent(reason) => reason,
        }
    }
}

/// The innermost error's words: the outer ones only say that a request failed, and name its URL.
pub(super) fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    super::shortened(&cause.to_string(), [])
}
