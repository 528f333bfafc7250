//! What people are told without having asked: what happened, how bad it is, and what to do.

use clara_domain::client::Notice;
use clara_domain::ids::ClientId;
use clara_domain::Tweet;
use jiff::Timestamp;

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
