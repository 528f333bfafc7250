//! What people are told without having asked: what happened, how bad it is, and what to do.

mod center;

use std::time::Duration;

use clara_domain::client::{Notice, NoticeKind};
use clara_domain::ids::ClientId;
use clara_domain::pricing::budget::Whose;
use clara_domain::{Client, Halt, Tweet};
use jiff::Timestamp;

use crate::treasurer::{BudgetAlarm, Reached};
pub(crate) use center::{AlertCenter, Deliver, tell};

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
    /// Nothing of any client is sent from now on, or since before this start.
    Halted {
        /// Why, and by whom.
        halt: Halt,
    },
    /// Sending goes on.
    Released {
        /// What it was held for.
        halt: Option<Halt>,
    },
    /// The journal failed, or another part that nothing goes on without; Clara stops so that nothing is promised that is
    /// not kept.
    EngineFailed {
        /// What happened.
        reason: String,
    },
    /// A commit of the journal takes too long; what waits for it is not done and not answered.
    JournalSlow {
        /// How long it has taken so far.
        since: Duration,
    },
    /// The journal was found broken when it was opened, and mended.
    JournalRepaired {
        /// What was done.
        what: String,
        /// Where the copy of how it was is kept.
        copy: String,
    },
    /// Part of the journal cannot be read: a client's stream, or the engine's own where there is no client.
    JournalDamaged {
        /// What is wrong with it.
        what: String,
    },
    /// The journal takes nothing for want of space, and will by itself once there is some.
    DiskFull {
        /// How many bytes are free.
        free: u64,
        /// How many have to be.
        needed: u64,
    },
    /// The journal has space again.
    DiskFree,
    /// A budget is spent, or nearly.
    Budget(BudgetAlarm),
}

impl Matter {
    fn severity(&self) -> Severity {
        match self {
            Self::Notice { notice, .. } => match &notice.kind {
                NoticeKind::Missed
                | NoticeKind::WritingTrouble { .. }
                | NoticeKind::CheckTrouble { .. }
                | NoticeKind::GenerationsUsedUp { .. }
                | NoticeKind::ApprovalsVoid { .. }
                | NoticeKind::NoValidText => Severity::Warning,
                NoticeKind::Overdue
                | NoticeKind::Refused { .. }
                | NoticeKind::PersonAsked { .. }
                | NoticeKind::DeletionTrouble { .. }
                | NoticeKind::NotDeleted { .. }
                | NoticeKind::Paused { .. } => Severity::Critical,
            },
            Self::Released { .. } => Severity::Info,
            Self::JournalRepaired { .. } => Severity::Warning,
            Self::DiskFree => Severity::Info,
            Self::Budget(alarm) => match alarm.reached {
                Reached::All if alarm.stop => Severity::Critical,
                Reached::All | Reached::Most => Severity::Warning,
            },
            Self::Quarantined { .. }
            | Self::Halted { .. }
            | Self::EngineFailed { .. }
            | Self::JournalSlow { .. }
            | Self::JournalDamaged { .. }
            | Self::DiskFull { .. } => Severity::Critical,
        }
    }

    /// One word for it, for its alerts' names.
    fn name(&self) -> &'static str {
        match self {
            Self::Notice { .. } => "notice",
            Self::Quarantined { .. } => "quarantined",
            Self::Halted { .. } => "halted",
            Self::Released { .. } => "released",
            Self::EngineFailed { .. } => "failed",
            Self::JournalSlow { .. } => "slow",
            Self::JournalRepaired { .. } => "repaired",
            Self::JournalDamaged { .. } => "damaged",
            Self::DiskFull { .. } => "disk full",
            Self::DiskFree => "disk free",
            Self::Budget(_) => "budget",
        }
    }
}

impl Alert {
    /// The alert for something that came up once, at this time.
    pub fn new(client: Option<ClientId>, matter: Matter, at: Timestamp) -> Self {
        let moment = u64::try_from(at.as_millisecond()).unwrap_or_default();
        let about = client.as_ref().map_or("", ClientId::as_str);
        Self {
            severity: matter.severity(),
            nonce: nonce(&format!("{about} {}", matter.name()), moment),
            client,
            at,
            matter,
        }
    }

    /// The alert for a budget: the same for all of the budget's time, so that it is shown once.
    pub(crate) fn of_budget(alarm: BudgetAlarm, at: Timestamp) -> Self {
        let about = format!("{} {:?}", alarm.budget, alarm.reached);
        let client = match &alarm.budget.whose {
            Whose::All => None,
            Whose::Client(client) => Some(client.clone()),
        };
        let matter = Matter::Budget(alarm);
        Self {
            severity: matter.severity(),
            nonce: nonce(&about, 0),
            client,
            at,
            matter,
        }
    }

    /// The alert for a client's notice.
    pub(crate) fn of_notice(client: &Client, notice: Notice) -> Self {
        let tweet = notice.tweet.and_then(|id| client.tweet(id));
        let (at, no) = (notice.at, notice.no);
        let matter = Matter::Notice {
            tweet: tweet.map(|tweet| Box::new(tweet.clone())),
            notice,
        };
        Self {
            severity: matter.severity(),
            client: Some(client.id.clone()),
            at,
            nonce: nonce(client.id.as_str(), no),
            matter,
        }
    }
}

/// A name of at most 25 characters that is the same each time, and hardly any other alert's.
fn nonce(about: &str, number: u64) -> String {
    // FNV-1a: a fixed function, unlike the standard library's hashers.
    let hash = about.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("a{:08x}-{number:x}", hash >> 32)
}
