//! What people are told without having asked: what happened, how bad it is, and what to do.

mod center;

use clara_domain::client::{Notice, NoticeKind};
use clara_domain::ids::ClientId;
use clara_domain::{Client, Tweet};
use jiff::Timestamp;

pub(crate) use center::{AlertCenter, Deliver};

/// Something people are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// How bad it is.
    pub severity: Severity,
    /// The client that it is about; none where it is about Clara herself.
    pub client: Option<ClientId>,
    /// When it came up.
    pub at: Timestamp,
    /// The same for the same alert however often it is told, at most 25 characters: the desk shows it once.
    pub nonce: String,
    /// What it says.
    pub matter: Matter,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look today.
    Warning,
    /// Somebody has to act now, or a tweet does not go out.
    Critical,
}

/// What an alert says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// A notice of a client, with the tweet that it is about.
    Notice {
        /// The notice.
        notice: Notice,
        /// The tweet as it stood when the alert was made.
        tweet: Option<Box<Tweet>>,
    },
    /// A client failed too often and is left alone until the next start.
    Quarantined {
        /// What happened last.
        reason: String,
    },
    /// The journal failed; Clara stops so that nothing is promised that is not kept.
    JournalFailed {
        /// What happened.
        reason: String,
    },
}

impl Alert {
    /// The alert that a client is left alone.
    pub(crate) fn of_quarantine(client: &ClientId, reason: String, at: Timestamp) -> Self {
        let moment = u64::try_from(at.as_millisecond()).unwrap_or_default();
        Self {
            severity: Severity::Critical,
            client: Some(client.clone()),
            at,
            nonce: nonce(client.as_str(), moment),
            matter: Matter::Quarantined { reason },
        }
    }

    /// The alert for a client's notice.
    pub(crate) fn of_notice(client: &Client, notice: Notice) -> Self {
        let severity = match &notice.kind {
            NoticeKind::Missed | NoticeKind::WritingTrouble { .. } | NoticeKind::NoValidText => {
                Severity::Warning
            }
            NoticeKind::Overdue
            | NoticeKind::Refused { .. }
            | NoticeKind::PersonAsked { .. }
            | NoticeKind::Paused { .. } => Severity::Critical,
        };
        let tweet = notice.tweet.and_then(|id| client.tweet(id));
        Self {
            severity,
            client: Some(client.id.clone()),
            at: notice.at,
            nonce: nonce(client.id.as_str(), notice.no),
            matter: Matter::Notice {
                tweet: tweet.map(|tweet| Box::new(tweet.clone())),
                notice,
            },
        }
    }
}

/// A name of at most 25 characters that is the same each time, and hardly any other alert's.
fn nonce(client: &str, number: u64) -> String {
    // FNV-1a: a fixed function, unlike the standard library's hashers.
    let hash = client
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("a{:08x}-{number:x}", hash >> 32)
}
