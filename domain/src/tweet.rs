//! One tweet: its brief, its revisions, who approved which, what was sent, and its state.
//!
//! The types only; which event leads where is decided in [`crate::evolve`].

mod judgement;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::{Content, ContentHash, Segment};
use crate::ids::{AttemptNo, ChannelId, Handle, MessageId, PostId, RevisionNo, SegmentNo, TweetId};
use crate::metering::Usage;
use crate::person::{Author, PersonRef};
use crate::prompt_stamp::Origin;
use crate::validate::{Repair, Rule, ValidationReport};

pub use judgement::{Measured, ReasonCode};

/// A tweet of a client's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tweet {
    /// Its id.
    pub id: TweetId,
    /// What it is to say.
    pub brief: String,
    /// How many segments it has: 1 is a single post.
    pub segments: u8,
    /// When it is to be posted.
    pub slot: Timestamp,
    /// When it is to be written.
    pub write_at: Timestamp,
    /// Who planned it.
    pub planned_by: Option<PersonRef>,
    /// When it was planned.
    pub planned_at: Timestamp,
    /// Where it stands.
    pub state: TweetState,
    /// Every text it has had, oldest first.
    pub revisions: Vec<Revision>,
    /// The approvals of the current revision.
    pub approvals: Vec<Approval>,
    /// The content that was approved, while it is.
    pub approved: Option<ContentHash>,
    /// What the next round of writing must heed.
    pub feedback: Vec<Feedback>,
    /// The number of the round of writing that is due or under way; answers to earlier ones come too late.
    pub round: u32,
    /// Rounds in vain since a person last asked for one.
    pub vain_rounds: u8,
    /// Calls in a row that brought nothing: of a model, of a service that checks, of X to take something down.
    pub troubles: u32,
    /// The segments that went live, in order; what was deleted since is marked so.
    pub posts: Vec<Post>,
    /// The publishing attempts so far.
    pub attempts: AttemptNo,
    /// When a request for a segment was last about to leave.
    pub sent_at: Option<Timestamp>,
    /// Since when the next segment may be live: the first attempt at it that ended without a known outcome.
    pub doubt_since: Option<Timestamp>,
    /// Neither written nor sent before this, after something went wrong.
    pub not_before: Option<Timestamp>,
    /// A person said "now": the gap to the client's other posts is not waited for.
    pub urgent: bool,
    /// What people thought of what a model wrote for it, once they decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// What was used for it so far, but for its posts.
    #[serde(default)]
    pub usage: Usage,
    /// Counts the changes that its card has to show.
    pub change: u64,
    /// The card at the desk, once there is one.
    pub card: Option<Card>,
}

impl Tweet {
    /// The text as it stands now, once one is written.
    pub fn current(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// The number of the current revision; 0 before the first.
    pub fn revision(&self) -> RevisionNo {
        self.current()
            .map(|revision| revision.no)
            .unwrap_or_default()
    }

    /// The segment to send next.
    pub fn next_segment(&self) -> SegmentNo {
        SegmentNo(u32::try_from(self.posts.len()).unwrap_or(u32::MAX))
    }

    /// A segment of the text as it stands now.
    pub fn segment(&self, no: SegmentNo) -> Option<&Segment> {
        let segments = &self.current()?.content.segments;
        segments.get(usize::try_from(no.0).ok()?)
    }

    /// The segments that can be read on X, in order.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &Post> {
        self.posts.iter().filter(|post| post.deleted_at.is_none())
    }

    /// Whether its card is behind what happened. A tweet gets its first card when there is something to decide.
    pub fn card_is_due(&self) -> bool {
        match &self.card {
            Some(card) => card.shown < self.change,
            None => self.state.wants_a_card(),
        }
    }
}

/// Where a tweet stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TweetState {
    /// In the calendar; not written yet, or to be written again.
    Planned,
    /// Written; did not pass validation and waits for a person, or is being checked.
    Generated,
    /// Passed validation (or was let through by name); waits for approval.
    Validated,
    /// Approved as it stands; waits for its time.
    Approved,
    /// Being sent: segment by segment.
    Posting {
        /// Which attempt.
        attempt: AttemptNo,
        /// Whether the next segment is on its way right now; otherwise it is about to be.
        sending: bool,
    },
    /// A segment may or may not have been sent.
    Uncertain(Uncertain),
    /// Approved, but its time passed by more than the client's grace: a person must say what now.
    Overdue {
        /// When this was noticed.
        since: Timestamp,
    },
    /// All of it is live.
    Posted {
        /// Since when.
        at: Timestamp,
    },
    /// A person turned it down.
    Rejected {
        /// Who.
        by: PersonRef,
        /// What kind of reason it was, where they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<ReasonCode>,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// A person took it out of the calendar.
    Cancelled {
        /// Who.
        by: PersonRef,
        /// When.
        at: Timestamp,
    },
    /// Its time passed and nobody had approved it.
    Missed {
        /// When this was noticed.
        at: Timestamp,
        /// Whether it had no text yet, or waited for another one: an older text of it does not go out.
        #[serde(default)]
        unwritten: bool,
    },
    /// It cannot go on without a person.
    Failed {
        /// What stopped it.
        failure: Failure,
        /// When.
        at: Timestamp,
    },
    /// A person had what is live of it taken down; that is under way.
    Deleting {
        /// Who.
        by: PersonRef,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Nothing of it is live any more, because a person had it taken down.
    Deleted {
        /// Who.
        by: PersonRef,
        /// Why.
        reason: String,
        /// When the last of it was gone.
        at: Timestamp,
    },
}

impl TweetState {
    /// The one word that people see everywhere.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Generated => "generated",
            Self::Validated => "validated",
            Self::Approved => "approved",
            Self::Posting { .. } => "posting",
            Self::Uncertain(_) => "uncertain",
            Self::Overdue { .. } => "overdue",
            Self::Posted { .. } => "posted",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::Missed { .. } => "missed",
            Self::Failed { .. } => "failed",
            Self::Deleting { .. } => "deleting",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// What is known of the segment whose fate is not, where there is one.
    pub fn uncertain(&self) -> Option<&Uncertain> {
        match self {
            Self::Uncertain(uncertain) => Some(uncertain),
            Self::Planned
            | Self::Generated
            | Self::Validated
            | Self::Approved
            | Self::Posting { .. }
            | Self::Overdue { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. }
            | Self::Missed { .. }
            | Self::Failed { .. }
            | Self::Deleting { .. }
            | Self::Deleted { .. } => None,
        }
    }

    /// Whether it goes no further: nothing can happen to it any more, but its card being shown and what is live of it
    /// being deleted.
    pub fn is_terminal(&self) -> bool {
        match self {
            Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. }
            | Self::Deleted { .. } => true,
            Self::Planned
            | Self::Generated
            | Self::Validated
            | Self::Approved
            | Self::Posting { .. }
            | Self::Uncertain(_)
            | Self::Overdue { .. }
            | Self::Missed { .. }
            | Self::Failed { .. }
            | Self::Deleting { .. } => false,
        }
    }

    /// Whether a request for its next segment is on its way, or may have arrived.
    pub fn is_in_doubt(&self) -> bool {
        match self {
            Self::Posting { sending, .. } => *sending,
            Self::Uncertain(_) => true,
            Self::Planned
            | Self::Generated
            | Self::Validated
            | Self::Approved
            | Self::Overdue { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. }
            | Self::Missed { .. }
            | Self::Failed { .. }
            | Self::Deleting { .. }
            | Self::Deleted { .. } => false,
        }
    }

    fn wants_a_card(&self) -> bool {
        match self {
            Self::Planned | Self::Cancelled { .. } => false,
            Self::Generated
            | Self::Validated
            | Self::Approved
            | Self::Posting { .. }
            | Self::Uncertain(_)
            | Self::Overdue { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Missed { .. }
            | Self::Failed { .. }
            | Self::Deleting { .. }
            | Self::Deleted { .. } => true,
        }
    }

    /// Whether its slot is taken in the client's calendar.
    pub fn holds_slot(&self) -> bool {
        match self {
            Self::Planned
            | Self::Generated
            | Self::Validated
            | Self::Approved
            | Self::Posting { .. }
            | Self::Uncertain(_) => true,
            Self::Overdue { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Cancelled { .. }
            | Self::Missed { .. }
            | Self::Failed { .. }
            | Self::Deleting { .. }
            | Self::Deleted { .. } => false,
        }
    }
}

/// What is known of a segment whose fate is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncertain {
    /// The attempt that left it so.
    pub attempt: AttemptNo,
    /// Since when nobody waits for its answer any more: what has not arrived by then may still do so, and the looks at
    /// the timeline are counted from here.
    pub since: Timestamp,
    /// Why it is not known.
    pub reason: String,
    /// Looks at the timeline that did not find it.
    pub absent: u32,
    /// Looks at the timeline that failed, in a row.
    pub unreadable: u32,
    /// X called the text a repetition after an attempt that may have worked.
    pub duplicate: bool,
    /// When to look next; none when a person has been asked instead.
    pub next_look: Option<Timestamp>,
    /// The account that its request left for, where the client's is another one since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Handle>,
}

/// What stopped a tweet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Failure {
    /// The model did not write a text that passes, in as many rounds as allowed.
    NoValidText {
        /// What was wrong with the last round.
        reasons: Vec<String>,
    },
    /// X refused the post for good.
    Refused {
        /// In X's words, shortened.
        reason: String,
    },
    /// X refused to take down what is live of it.
    NotDeleted {
        /// In X's words, shortened.
        reason: String,
    },
}

/// One text of a tweet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Its number, from 1.
    pub no: RevisionNo,
    /// What it says.
    pub content: Content,
    /// The hash of the content.
    pub hash: ContentHash,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// What else was written for the same brief at the same time, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Content>,
    /// Which of all candidates this one is, from 0 for the best.
    #[serde(default, skip_serializing_if = "is_first")]
    pub place: u8,
    /// What was mended in it before anybody saw it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// What validation found; none until it has run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ValidationReport>,
    /// Set while services are asked about it that the rules have let through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checking: Option<Checking>,
    /// Who let it through in spite of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<Override>,
}

impl Revision {
    /// Whether it may be approved.
    pub fn is_approvable(&self) -> bool {
        self.overridden.is_some() || self.report.as_ref().is_some_and(ValidationReport::passed)
    }

    /// Whether it waits for a person's word to be let through: it did not pass, or has not been checked to the end.
    pub fn is_overridable(&self) -> bool {
        !self.is_approvable() && (self.report.is_some() || self.checking.is_some())
    }

    /// Everything that was written for the brief at the same time, itself at its [`Revision::place`]; the best first.
    pub fn candidates(&self) -> Vec<&Content> {
        let mut all: Vec<&Content> = self.alternatives.iter().collect();
        all.insert(usize::from(self.place).min(all.len()), &self.content);
        all
    }
}

/// What services are asked about a text for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checking {
    /// What the rules found.
    pub report: ValidationReport,
    /// The rules whose services are asked: moderation, the brand's voice.
    pub rules: Vec<Rule>,
    /// Whether the model is asked again when it does not pass; otherwise that is for a person.
    pub send_back: bool,
}

pub(crate) fn is_first(place: &u8) -> bool {
    *place == 0
}

/// A person's word that a text may go out although it did not pass validation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Who.
    pub by: PersonRef,
    /// Why.
    pub reason: String,
}

/// One person's approval of one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: PersonRef,
    /// When.
    pub at: Timestamp,
}

/// What the next round of writing must heed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Who said it; none when it is what validation found.
    pub by: Option<PersonRef>,
    /// What.
    pub text: String,
}

/// A segment that is live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// X's id for it.
    pub id: PostId,
    /// Since when: when Clara heard of it, or when its request left where only the timeline told her.
    pub at: Timestamp,
    /// How.
    pub known_by: KnownBy,
    /// When it was taken down, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// How it is known that a segment is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// X answered the request.
    Answer,
    /// It was found on the timeline afterwards.
    Timeline,
    /// A person said so.
    Person,
}

/// The message at the desk that shows a tweet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Where.
    pub channel: ChannelId,
    /// Which message.
    pub message: MessageId,
    /// The change that it shows; behind [`Tweet::change`] when it is to be brought up to date.
    pub shown: u64,
}
