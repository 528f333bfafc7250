//! What happened, as it is recorded: facts in the past tense, never re-decided.
//!
//! These shapes live in journals for years. A change of meaning is a new variant; a new field has a default.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::{Content, ContentHash};
use crate::ids::{
    AttemptNo, ChannelId, LessonNo, MessageId, NoteId, PostId, RevisionNo, SegmentNo, TweetId,
};
use crate::knowledge::NoteHash;
use crate::metering::{CallNo, Item, Spent};
use crate::person::{Author, PersonRef};
use crate::prompt_stamp::Origin;
use crate::settings::ClientSettings;
use crate::tweet::{Checking, Feedback, KnownBy, Override, ReasonCode, is_first};
use crate::validate::{Repair, ValidationReport};

/// Something that happened to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The client was added, or its settings changed.
    Configured {
        /// All of its settings, as they are from now on.
        settings: Box<ClientSettings>,
    },
    /// Nothing of this client is sent until it is resumed.
    Paused {
        /// Who; none when Clara did.
        by: Option<PersonRef>,
        /// Why.
        reason: String,
    },
    /// Sending goes on.
    Resumed {
        /// Who.
        by: Option<PersonRef>,
    },
    /// A note entered what is known of the client.
    KnowledgeAdded {
        /// Its number.
        note: NoteId,
        /// What it is called.
        title: String,
        /// What it says.
        text: Arc<str>,
        /// The hash of what it says.
        hash: NoteHash,
        /// Who added it; none when it came by the command line.
        by: Option<PersonRef>,
    },
    /// A note is no longer taken for true.
    KnowledgeRemoved {
        /// Which.
        note: NoteId,
        /// Who took it out; none when it was the command line.
        by: Option<PersonRef>,
    },
    /// Something to be heeded in later texts: what a person turned one down for.
    LessonLearned {
        /// Its number.
        lesson: LessonNo,
        /// The tweet that was turned down.
        tweet: TweetId,
        /// What kind of reason it was, where they said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<ReasonCode>,
        /// What they said.
        said: String,
        /// The beginning of the text that it was about.
        about: String,
    },
    /// A lesson is not heeded any more.
    LessonForgotten {
        /// Which.
        lesson: LessonNo,
        /// Who said so.
        by: Option<PersonRef>,
    },
    /// Notices up to this number have reached people.
    NoticesDelivered {
        /// The last one that did.
        upto: u64,
    },
    /// A call that is billed is about to leave. On disk before it does.
    CallBegun {
        /// Its number.
        call: CallNo,
        /// The tweet that it is for.
        tweet: Option<TweetId>,
        /// The most that it can take.
        at_most: Vec<Item>,
    },
    /// A call that is billed has ended, or nobody will see its end.
    CallEnded {
        /// Its number.
        call: CallNo,
        /// What it took.
        spent: Spent,
    },
    /// A tweet's card shows it as of a change. Not part of the tweet's life: it follows even its end.
    CardShown {
        /// Which tweet's.
        tweet: TweetId,
        /// The change that is shown.
        change: u64,
        /// Where.
        channel: ChannelId,
        /// Which message.
        message: MessageId,
    },
    /// Something happened to one of its tweets.
    Tweet {
        /// Which.
        tweet: TweetId,
        /// What.
        event: TweetEvent,
    },
}

/// Something that happened to a tweet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TweetEvent {
    /// It entered the calendar.
    Planned {
        /// What it is to say.
        brief: String,
        /// How many segments it has.
        segments: u8,
        /// When it is to be posted.
        slot: Timestamp,
        /// When it is to be written.
        write_at: Timestamp,
        /// Who planned it.
        by: Option<PersonRef>,
    },
    /// The model brought nothing usable, for a reason that may pass; it is asked again at a stated time.
    GenerationDelayed {
        /// What went wrong.
        reason: String,
        /// When to try again.
        until: Timestamp,
    },
    /// What the model wrote (or that it refused to) goes back to it with the reasons.
    SentBack {
        /// The reasons.
        feedback: Vec<Feedback>,
    },
    /// The model had its rounds and no text passed; a person has to go on.
    GaveUp {
        /// What was wrong with the last round.
        reasons: Vec<String>,
    },
    /// A person asked for another text.
    RegenerationAsked {
        /// What should be different.
        feedback: Feedback,
    },
    /// A new revision; all approvals are void.
    RevisionWritten {
        /// Its number.
        revision: RevisionNo,
        /// What it says.
        content: Content,
        /// Its hash.
        hash: ContentHash,
        /// Who wrote it.
        author: Author,
        /// What else was written at the same time, the best first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        alternatives: Vec<Content>,
        /// Which of all candidates it is, from 0 for the best.
        #[serde(default, skip_serializing_if = "is_first")]
        place: u8,
        /// What was mended in it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        repairs: Vec<Repair>,
        /// Where it comes from.
        #[serde(default)]
        origin: Box<Origin>,
    },
    /// The rules let the current revision through, and services are asked about it now.
    ChecksDue {
        /// What they are asked, and what follows.
        checking: Checking,
    },
    /// A service that has to be asked about the current revision did not answer; it is asked again at a stated time.
    ChecksDelayed {
        /// What went wrong.
        reason: String,
        /// When to ask again.
        until: Timestamp,
    },
    /// The current revision passed validation.
    ValidationPassed {
        /// Warnings and lengths.
        report: ValidationReport,
    },
    /// The current revision did not pass validation.
    ValidationFailed {
        /// What is wrong.
        report: ValidationReport,
    },
    /// A person let the current revision through.
    ValidationOverridden {
        /// Who and why.
        word: Override,
    },
    /// One person approved the current revision.
    ApprovalGiven {
        /// The revision.
        revision: RevisionNo,
        /// Its hash.
        hash: ContentHash,
        /// Who.
        by: PersonRef,
    },
    /// Enough people approved: exactly this content may be sent.
    Approved {
        /// The content's hash.
        hash: ContentHash,
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
    },
    /// A person took it out of the calendar.
    Cancelled {
        /// Who.
        by: PersonRef,
    },
    /// Its time passed without approval.
    Missed,
    /// Its time passed by more than the grace although it was approved.
    Overdue,
    /// A person gave it another time.
    Rescheduled {
        /// The new time.
        slot: Timestamp,
        /// When it is to be written, if it is not yet.
        write_at: Timestamp,
        /// Whether it goes out at once, whatever the gap to other posts.
        urgent: bool,
        /// Who.
        by: Option<PersonRef>,
    },
    /// A segment's request is about to leave. On disk before it does.
    PublishStarted {
        /// Which attempt.
        attempt: AttemptNo,
        /// Which segment.
        segment: SegmentNo,
        /// The hash of the whole content, as it was approved.
        hash: ContentHash,
    },
    /// A segment is live.
    SegmentPosted {
        /// Which segment.
        segment: SegmentNo,
        /// X's id for it.
        post: PostId,
        /// How this is known.
        known_by: KnownBy,
        /// Who said so, when a person did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<PersonRef>,
    },
    /// All segments are live.
    Posted,
    /// The request certainly had no effect; it is sent again later.
    NotSent {
        /// Why.
        reason: String,
        /// Not before this.
        until: Timestamp,
    },
    /// X refused the segment for good.
    Refused {
        /// In X's words, shortened.
        reason: String,
    },
    /// The request may have had effect; the timeline will tell.
    OutcomeUnknown {
        /// Why it is not known.
        reason: String,
        /// Whether it is that X called the text a repetition after an attempt that may have worked.
        #[serde(default)]
        duplicate: bool,
        /// When to look first.
        next_look: Timestamp,
    },
    /// The timeline was read and the segment was not on it.
    NotFoundYet {
        /// When to look again.
        next_look: Timestamp,
    },
    /// The timeline could not be read.
    LookFailed {
        /// Why.
        reason: String,
        /// When to look again.
        next_look: Timestamp,
    },
    /// Enough looks, over enough time, did not find it: it was not sent.
    ProvedAbsent,
    /// The timeline does not settle it: a person is asked.
    PersonAsked {
        /// Why.
        reason: String,
    },
    /// A person said that the segment is not live and may be sent.
    SaidAbsent {
        /// Who.
        by: PersonRef,
    },
    /// A person asked to go on after a refusal.
    RetryAsked {
        /// Who.
        by: PersonRef,
    },
    /// A person wants what is live of it taken down.
    DeletionAsked {
        /// Who.
        by: PersonRef,
        /// Why.
        reason: String,
    },
    /// A segment is not live any more.
    SegmentDeleted {
        /// X's id for it.
        post: PostId,
    },
    /// A segment could not be taken down for a reason that may pass; it is tried again at a stated time.
    DeletionDelayed {
        /// Why.
        reason: String,
        /// Not before this.
        until: Timestamp,
    },
    /// X refused for good to take a segment down.
    DeletionRefused {
        /// In X's words, shortened.
        reason: String,
    },
    /// Nothing of it is live any more.
    Deleted,
}

impl Event {
    /// What happened to which of its tweets, where it is that.
    pub fn of_tweet(&self) -> Option<(TweetId, &TweetEvent)> {
        match self {
            Self::Tweet { tweet, event } => Some((*tweet, event)),
            Self::Configured { .. }
            | Self::Paused { .. }
            | Self::Resumed { .. }
            | Self::KnowledgeAdded { .. }
            | Self::KnowledgeRemoved { .. }
            | Self::LessonLearned { .. }
            | Self::LessonForgotten { .. }
            | Self::NoticesDelivered { .. }
            | Self::CallBegun { .. }
            | Self::CallEnded { .. }
            | Self::CardShown { .. } => None,
        }
    }
}

impl TweetEvent {
    /// Makes it an event of the client.
    pub fn of(self, tweet: TweetId) -> Event {
        Event::Tweet { tweet, event: self }
    }

    /// A stable name for logs and errors; the same word as in the record.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::GenerationDelayed { .. } => "generation_delayed",
            Self::SentBack { .. } => "sent_back",
            Self::GaveUp { .. } => "gave_up",
            Self::RegenerationAsked { .. } => "regeneration_asked",
            Self::RevisionWritten { .. } => "revision_written",
            Self::ChecksDue { .. } => "checks_due",
            Self::ChecksDelayed { .. } => "checks_delayed",
            Self::ValidationPassed { .. } => "validation_passed",
            Self::ValidationFailed { .. } => "validation_failed",
            Self::ValidationOverridden { .. } => "validation_overridden",
            Self::ApprovalGiven { .. } => "approval_given",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Cancelled { .. } => "cancelled",
            Self::Missed => "missed",
            Self::Overdue => "overdue",
            Self::Rescheduled { .. } => "rescheduled",
            Self::PublishStarted { .. } => "publish_started",
            Self::SegmentPosted { .. } => "segment_posted",
            Self::Posted => "posted",
            Self::NotSent { .. } => "not_sent",
            Self::Refused { .. } => "refused",
            Self::OutcomeUnknown { .. } => "outcome_unknown",
            Self::NotFoundYet { .. } => "not_found_yet",
            Self::LookFailed { .. } => "look_failed",
            Self::ProvedAbsent => "proved_absent",
            Self::PersonAsked { .. } => "person_asked",
            Self::SaidAbsent { .. } => "said_absent",
            Self::RetryAsked { .. } => "retry_asked",
            Self::DeletionAsked { .. } => "deletion_asked",
            Self::SegmentDeleted { .. } => "segment_deleted",
            Self::DeletionDelayed { .. } => "deletion_delayed",
            Self::DeletionRefused { .. } => "deletion_refused",
            Self::Deleted => "deleted",
        }
    }
}
