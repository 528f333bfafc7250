//! What can be asked of a client: by people, by the clock, and by the outside world answering.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::content::Content;
use crate::ids::{
    AttemptNo, ChannelId, LessonNo, MessageId, NoteId, PostId, RevisionNo, SegmentNo, TweetId,
};
use crate::metering::{CallNo, Item, Spent};
use crate::prompt_stamp::Origin;
use crate::settings::ClientSettings;
use crate::tweet::ReasonCode;

/// The most tweets that one request plans.
pub const MAX_AT_ONCE: usize = 25;
/// The longest brief, in characters.
pub const MAX_BRIEF: usize = 1000;
/// The longest feedback on a text, in characters.
pub const MAX_FEEDBACK: usize = 1000;
/// The longest reason, in characters.
pub const MAX_REASON: usize = 500;

/// A request for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Add the client, or change its settings.
    Configure {
        /// All of its settings.
        settings: Box<ClientSettings>,
    },
    /// Hold everything of this client back.
    Pause {
        /// Why.
        reason: String,
    },
    /// Go on after a pause.
    Resume,
    /// Put tweets into the calendar: one for each id, in consecutive slots.
    Plan {
        /// The new tweets' ids; at most 25.
        tweets: Vec<TweetId>,
        /// What they are to say.
        brief: String,
        /// Segments of each: 1 is a single post.
        segments: u8,
        /// When the first is to be posted.
        slot: SlotChoice,
        /// When they are to be written.
        write: WriteTime,
    },
    /// Give a tweet another time. Answers an overdue or missed tweet's question, too.
    Reschedule {
        /// Which.
        tweet: TweetId,
        /// To when.
        slot: SlotChoice,
    },
    /// Take a tweet out of the calendar.
    Cancel {
        /// Which.
        tweet: TweetId,
    },
    /// What the model brought for a round of writing.
    RecordDrafts {
        /// For which tweet.
        tweet: TweetId,
        /// For which round, as its request said.
        round: u32,
        /// What it brought.
        drafts: Drafts,
    },
    /// Write again.
    Regenerate {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
        /// What should be different.
        feedback: String,
    },
    /// Replace the text by a person's.
    Edit {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
        /// The new content.
        content: Content,
    },
    /// Take another of the candidates that were written together.
    Choose {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
        /// Which candidate, from 0 for the best.
        place: u8,
    },
    /// What services said of the current revision.
    RecordChecks {
        /// Of which tweet.
        tweet: TweetId,
        /// Of which revision.
        revision: RevisionNo,
        /// What the moderation service said; none where it was not asked.
        moderation: Option<Verdict>,
        /// What the judge of the voice said; none where it was not asked.
        brand_voice: Option<Verdict>,
    },
    /// Let a text through that did not pass validation.
    Override {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
        /// Why.
        reason: String,
    },
    /// Approve a text.
    Approve {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
    },
    /// Turn a tweet down.
    Reject {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
        /// What kind of reason it is, where they said.
        code: Option<ReasonCode>,
        /// Why.
        reason: String,
    },
    /// A call that is billed is about to be made.
    BeginCall {
        /// For which tweet.
        tweet: Option<TweetId>,
        /// The most that it can take.
        at_most: Vec<Item>,
    },
    /// A call that is billed has ended.
    EndCall {
        /// Its number: the client's last one when it was begun.
        call: CallNo,
        /// What it took.
        spent: Spent,
    },
    /// A process has begun: nobody sees the end of the calls of the one before.
    LoseCalls,
    /// Time has passed: notice what was missed or is overdue.
    Tick,
    /// A permit is there: record the intent to send the next segment.
    BeginPublish {
        /// Which.
        tweet: TweetId,
    },
    /// What became of a segment's request.
    RecordSend {
        /// Which tweet.
        tweet: TweetId,
        /// Which attempt.
        attempt: AttemptNo,
        /// Which segment.
        segment: SegmentNo,
        /// What became of it.
        outcome: SendOutcome,
    },
    /// Of what should be on its way only these are in somebody's hands: the outcome of the rest is unknown.
    Recover {
        /// The tweets whose request is being waited for.
        in_hand: BTreeSet<TweetId>,
    },
    /// What a look at the timeline showed.
    RecordLook {
        /// For which tweet.
        tweet: TweetId,
        /// For which attempt.
        attempt: AttemptNo,
        /// What it showed.
        look: Look,
    },
    /// A person's answer where the timeline did not settle it.
    Settle {
        /// Which.
        tweet: TweetId,
        /// The attempt that the person was asked about.
        attempt: AttemptNo,
        /// The answer.
        answer: Settlement,
    },
    /// Go on after X refused.
    Retry {
        /// Which.
        tweet: TweetId,
        /// The revision that the person saw.
        revision: RevisionNo,
    },
    /// Take down what is live of a tweet.
    Delete {
        /// Which.
        tweet: TweetId,
        /// Why.
        reason: String,
    },
    /// What became of a request to take a segment down.
    RecordDeletion {
        /// Which tweet's.
        tweet: TweetId,
        /// X's id for the segment.
        post: PostId,
        /// What became of it.
        outcome: DeleteOutcome,
    },
    /// The card was brought up to date.
    RecordCard {
        /// Which tweet's.
        tweet: TweetId,
        /// The change that it shows now.
        change: u64,
        /// Where it is.
        channel: ChannelId,
        /// Which message it is.
        message: MessageId,
    },
    /// Take a note into what is known of the client.
    AddNote {
        /// What it is called; named after its text where it is empty.
        title: String,
        /// What it says: plain text or Markdown.
        text: String,
    },
    /// Take a note out of it again.
    RemoveNote {
        /// Which.
        note: NoteId,
    },
    /// Heed a lesson no more.
    ForgetLesson {
        /// Which.
        lesson: LessonNo,
    },
    /// Notices have reached people.
    RecordNotices {
        /// The last one that did.
        upto: u64,
    },
}

impl Command {
    /// Whether deciding it takes what the other clients say. It may be asked of an engine that has not read all of that
    /// yet.
    pub fn looks_around(&self) -> bool {
        match self {
            Self::RecordDrafts { .. }
            | Self::Edit { .. }
            | Self::Choose { .. }
            | Self::Approve { .. }
            | Self::Retry { .. } => true,
            Self::Configure { .. }
            | Self::Pause { .. }
            | Self::Resume
            | Self::Plan { .. }
            | Self::Reschedule { .. }
            | Self::Cancel { .. }
            | Self::Regenerate { .. }
            | Self::RecordChecks { .. }
            | Self::Override { .. }
            | Self::Reject { .. }
            | Self::BeginCall { .. }
            | Self::EndCall { .. }
            | Self::LoseCalls { .. }
            | Self::Tick
            | Self::BeginPublish { .. }
            | Self::RecordSend { .. }
            | Self::Recover { .. }
            | Self::RecordLook { .. }
            | Self::Settle { .. }
            | Self::Delete { .. }
            | Self::RecordDeletion { .. }
            | Self::RecordCard { .. }
            | Self::AddNote { .. }
            | Self::RemoveNote { .. }
            | Self::ForgetLesson { .. }
            | Self::RecordNotices { .. } => false,
        }
    }
}

/// A wish for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotChoice {
    /// Exactly then.
    At(Timestamp),
    /// The client's next free slot.
    NextFree,
    /// As soon as it is approved. A plan still keeps the gap to other posts; rescheduling to now does not.
    Now,
}

/// When a planned tweet is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteTime {
    /// The client's lead ahead of its slot.
    Ahead,
    /// At once.
    Now,
}

/// What the model brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drafts {
    /// Texts, in the model's order of preference.
    Written {
        /// The model as the service named it.
        model: String,
        /// The texts; may be empty.
        candidates: Vec<Content>,
        /// Where they come from.
        origin: Box<Origin>,
    },
    /// An answer without a usable text: it counts as a round.
    Unusable {
        /// What was wrong with it.
        reason: String,
    },
    /// No answer: the service is away, busy, or refuses Clara. It does not count as a round.
    Trouble {
        /// What went wrong.
        reason: String,
        /// How long the service asked to be left alone.
        retry_after: Option<Duration>,
    },
}

/// What a service said of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// What is wrong with it; nothing where it is good.
    Found(Vec<Flag>),
    /// It did not answer.
    Away {
        /// Why.
        reason: String,
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
}

/// One thing that a service found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// In which segment, from 0.
    pub segment: usize,
    /// What to change, said to a writer.
    pub message: String,
}

/// What became of a request to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// It is live.
    Accepted {
        /// X's id for it.
        post: PostId,
    },
    /// It is not live, and the same request will never be accepted.
    Refused {
        /// In X's words, shortened.
        reason: String,
        /// X says that the account has posted the same text before.
        duplicate: bool,
    },
    /// It is certainly not live and may be sent again.
    NotSent {
        /// Why.
        reason: String,
        /// How long to wait at least.
        retry_after: Option<Duration>,
        /// Whether waiting will not help until a person does something: the client is paused.
        needs_person: bool,
    },
    /// It may be live.
    Unknown {
        /// Why this is not known.
        reason: String,
    },
}

/// What became of a request to take a post down. Asking twice does no harm, so an answer that was lost is no outcome of
/// its own: it was not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// It is not there any more.
    Gone,
    /// It may still be there; try again.
    NotYet {
        /// Why.
        reason: String,
        /// How long to wait at least.
        retry_after: Option<Duration>,
    },
    /// It is there, and the same request will never be granted.
    Refused {
        /// In X's words, shortened.
        reason: String,
    },
}

/// What a look at the timeline showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// The segment is there.
    Found {
        /// X's id for it.
        post: PostId,
    },
    /// The whole window was read and the segment is not there.
    Absent,
    /// The timeline could not be read.
    Unreadable {
        /// Why.
        reason: String,
    },
}

/// A person's answer to "is it live?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is live.
    Live {
        /// Its id on X.
        post: PostId,
    },
    /// It is not; post it.
    PostAgain,
    /// Whatever it is, leave it.
    Drop,
}
