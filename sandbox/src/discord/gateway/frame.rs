//! Gateway payloads as text: what we send, what we read, and the close codes.
//! Opcodes and codes are those of the public documentation ("Gateway opcodes", "Gateway close event codes").

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

/// Why the gateway closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    UnknownOpcode,
    DecodeError,
    NotAuthenticated,
    AuthenticationFailed,
    AlreadyAuthenticated,
    InvalidSeq,
    RateLimited,
    SessionTimedOut,
    DisallowedIntents,
}

impl Close {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::UnknownOpcode => 4001,
            Self::DecodeError => 4002,
            Self::NotAuthenticated => 4003,
            Self::AuthenticationFailed => 4004,
            Self::AlreadyAuthenticated => 4005,
            Self::InvalidSeq => 4007,
            Self::RateLimited => 4008,
            Self::SessionTimedOut => 4009,
            Self::DisallowedIntents => 4014,
        }
    }

    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::UnknownOpcode => "Unknown opcode.",
            Self::DecodeError => "Error while decoding payload.",
            Self::NotAuthenticated => "Not authenticated.",
            Self::AuthenticationFailed => "Authentication failed.",
            Self::AlreadyAuthenticated => "Already authenticated.",
            Self::InvalidSeq => "Invalid seq.",
            Self::RateLimited => "Rate limited.",
            Self::SessionTimedOut => "Session timed out.",
            Self::DisallowedIntents => "Disallowed intent(s).",
        }
    }

    /// Whether the session outlives this close. Codes after which clients must not resume end it.
    pub(super) fn is_resumable(self) -> bool {
        match self {
            Self::UnknownOpcode
            | Self::DecodeError
            | Self::AlreadyAuthenticated
            | Self::RateLimited => true,
            Self::NotAuthenticated
            | Self::AuthenticationFailed
            | Self::InvalidSeq
            | Self::SessionTimedOut
            | Self::DisallowedIntents => false,
        }
    }
}

/// What a client sends.
#[derive(Debug, PartialEq)]
pub(super) enum Request {
    Heartbeat,
    Identify {
        token: String,
        intents: u64,
    },
    Resume {
        token: String,
        session: String,
        seq: u64,
    },
    /// Presence, voice and member requests, which change nothing here.
    Ignored,
}

#[derive(Deserialize)]
struct Raw {
    op: u8,
    #[serde(default)]
    d: Value,
}

#[derive(Deserialize)]
struct RawIdentify {
    token: String,
    intents: u64,
    properties: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct RawResume {
    token: String,
    session_id: String,
    seq: u64,
}

/// Reads a client's payload.
pub(super) fn read(text: &str) -> Result<Request, Close> {
    let raw: Raw = decode(serde_json::from_str(text))?;
    match raw.op {
        1 => Ok(Request::Heartbeat),
        2 => {
            let RawIdentify {
                token,
                intents,
                properties,
            } = decode(serde_json::from_value(raw.d))?;
            if properties.is_empty() {
                return Err(Close::DecodeError);
            }
            Ok(Request::Identify { token, intents })
        }
        6 => {
            let RawResume {
                token,
                session_id,
                seq,
            } = decode(serde_json::from_value(raw.d))?;
            Ok(Request::Resume {
                token,
                session: session_id,
                seq,
            })
        }
        3 | 4 | 8 | 31 => Ok(Request::Ignored),
        _ => Err(Close::UnknownOpcode),
    }
}

fn decode<T>(read: Result<T, serde_json::Error>) -> Result<T, Close> {
    read.map_err(|_| Close::DecodeError)
}

pub(super) fn hello(interval: Duration) -> String {
    json!({"op": 10, "d": {"heartbeat_interval": interval.as_millis(), "_trace": []}, "s": null, "t": null}).to_string()
}

pub(super) fn heartbeat_ack() -> String {
    json!({"op": 11, "d": null, "s": null, "t": null}).to_string()
}

pub(super) fn reconnect() -> String {
    json!({"op": 7, "d": null, "s": null, "t": null}).to_string()
}

pub(super) fn invalid_session() -> String {
    json!({"op": 9, "d": false, "s": null, "t": null}).to_string()
}

pub(super) fn dispatch(seq: u64, name: &str, data: &Value) -> String {
    json!({"op": 0, "s": seq, "t": name, "d": data}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_closes_with_its_own_code() {
        assert_eq!(read("{"), Err(Close::DecodeError));
        assert_eq!(read(r#"{"op":99}"#), Err(Close::UnknownOpcode));
        assert_eq!(
            read(r#"{"op":2,"d":{"token":"t"}}"#),
            Err(Close::DecodeError)
        );
        assert_eq!(read(r#"{"op":1,"d":null}"#), Ok(Request::Heartbeat));
    }
}
