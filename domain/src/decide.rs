//! What a request means: the events it leads to, or why it is not granted.
//!
//! One file per kind of decision. A decision reads the client and the time and changes nothing; that a person may ask
//! for it is checked here, first, and nowhere else.

mod approve;
mod check;
mod checks;
mod choose;
mod configure;
mod delete;
mod generate;
mod knowledge;
mod meter;
mod plan;
mod publish;
mod reconcile;
mod record;
mod revise;

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::client::Client;
use crate::command::Command;
use crate::corpus::Corpus;
use crate::event::Event;
use crate::ids::{RevisionNo, TweetId};
use crate::person::{By, Person, PersonRef, Right};
use crate::rejection::Rejection;
use crate::settings::{ClientSettings, WhenDown};
use crate::tweet::{Tweet, TweetState};

/// [`decide_among`] of a client that is alone: no other says anything, and no service is asked about texts.
pub fn decide(
    client: &Client,
    by: &By,
    command: &Command,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    static NOTHING: LazyLock<Around> = LazyLock::new(Around::default);
    decide_among(client, by, command, now, &NOTHING)
}

/// What a decision about one client has to know of everything else.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// What all clients say.
    pub corpus: Corpus,
    /// What holds while the moderation service does not answer; none where there is no such service.
    pub moderation: Option<WhenDown>,
}

/// The events that a request leads to. They are facts once recorded; until then nothing has happened.
pub fn decide_among(
    client: &Client,
    by: &By,
    command: &Command,
    now: Timestamp,
    around: &Around,
) -> Result<Vec<Event>, Rejection> {
    let ask = Ask {
        client,
        by,
        now,
        around,
    };
    match command {
        Command::Configure { settings } => configure::configure(&ask, settings),
        Command::Pause { reason } => configure::pause(&ask, reason),
        Command::Resume => configure::resume(&ask),
        Command::Plan {
            tweets,
            brief,
            segments,
            slot,
            write,
        } => plan::plan(&ask, tweets, brief, *segments, *slot, *write),
        Command::Reschedule { tweet, slot } => plan::reschedule(&ask, *tweet, *slot),
        Command::Cancel { tweet } => plan::cancel(&ask, *tweet),
        Command::RecordDrafts {
            tweet,
            round,
            drafts,
        } => generate::record_drafts(&ask, *tweet, *round, drafts),
        Command::Regenerate {
            tweet,
            revision,
            feedback,
        } => generate::regenerate(&ask, *tweet, *revision, feedback),
        Command::Edit {
            tweet,
            revision,
            content,
        } => revise::edit(&ask, *tweet, *revision, content),
        Command::Choose {
            tweet,
            revision,
            place,
        } => choose::choose(&ask, *tweet, *revision, *place),
        Command::RecordChecks {
            tweet,
            revision,
            moderation,
            brand_voice,
        } => checks::record(
            &ask,
            *tweet,
            *revision,
            moderation.as_ref(),
            brand_voice.as_ref(),
        ),
        Command::Override {
            tweet,
            revision,
            reason,
        } => revise::overrule(&ask, *tweet, *revision, reason),
        Command::Approve { tweet, revision } => approve::approve(&ask, *tweet, *revision),
        Command::Reject {
            tweet,
            revision,
            code,
            reason,
        } => approve::reject(&ask, *tweet, *revision, *code, reason),
        Command::BeginCall { tweet, at_most } => meter::begin(&ask, *tweet, at_most),
        Command::EndCall { call, spent } => meter::end(&ask, *call, spent),
        Command::LoseCalls => meter::lose(&ask),
        Command::Tick => publish::tick(&ask),
        Command::BeginPublish { tweet } => publish::begin(&ask, *tweet),
        Command::RecordSend {
            tweet,
            attempt,
            segment,
            outcome,
        } => publish::record_send(&ask, *tweet, *attempt, *segment, outcome),
        Command::Recover { in_hand } => publish::recover(&ask, in_hand),
        Command::RecordLook {
            tweet,
            attempt,
            look,
        } => reconcile::record_look(&ask, *tweet, *attempt, look),
        Command::Settle {
            tweet,
            attempt,
            answer,
        } => reconcile::settle(&ask, *tweet, *attempt, answer),
        Command::Retry { tweet, revision } => reconcile::retry(&ask, *tweet, *revision),
        Command::Delete { tweet, reason } => delete::delete(&ask, *tweet, reason),
        Command::RecordDeletion {
            tweet,
            post,
            outcome,
        } => delete::record(&ask, *tweet, post, outcome),
        Command::RecordCard {
            tweet,
            change,
            channel,
            message,
        } => record::card(&ask, *tweet, *change, channel, message),
        Command::AddNote { title, text } => knowledge::add(&ask, title, text),
        Command::RemoveNote { note } => knowledge::remove(&ask, *note),
        Command::ForgetLesson { lesson } => knowledge::forget(&ask, *lesson),
        Command::RecordNotices { upto } => record::notices(&ask, *upto),
    }
}

type Decision = Result<Vec<Event>, Rejection>;

/// Who asks what of whom, and when.
struct Ask<'a> {
    client: &'a Client,
    by: &'a By,
    now: Timestamp,
    around: &'a Around,
}

impl<'a> Ask<'a> {
    fn settings(&self) -> Result<&'a ClientSettings, Rejection> {
        self.client
            .settings
            .as_deref()
            .ok_or(Rejection::NoSuchClient)
    }

    fn tweet(&self, id: TweetId) -> Result<&'a Tweet, Rejection> {
        self.settings()?;
        self.client.tweet(id).ok_or(Rejection::NoSuchTweet(id))
    }

    /// The engine may do everything; a person what the client's settings grant.
    fn require(&self, right: Right) -> Result<(), Rejection> {
        match self.by {
            By::Engine => Ok(()),
            By::Person(person) if self.settings()?.access.allows(person, right) => Ok(()),
            By::Person(_) => Err(Rejection::NotAllowed { right }),
        }
    }

    /// Some things only people decide.
    fn person(&self, right: Right) -> Result<&'a Person, Rejection> {
        self.require(right)?;
        self.by.person().ok_or(Rejection::NotAllowed { right })
    }

    /// Some things only the engine knows.
    fn engine_only(&self) -> Result<(), Rejection> {
        match self.by {
            By::Engine => Ok(()),
            By::Person(_) => Err(Rejection::NotForPeople),
        }
    }
}

/// Whoever decides about a text must have seen the current one.
fn seen(tweet: &Tweet, revision: RevisionNo) -> Result<(), Rejection> {
    if tweet.revision() == revision {
        Ok(())
    } else {
        Err(Rejection::Stale {
            seen: revision,
            current: tweet.revision(),
        })
    }
}

/// The refusal that names where a tweet stands, and who brought it there.
fn wrong_state(action: &'static str, tweet: &Tweet) -> Rejection {
    let (by, at): (Option<PersonRef>, Option<Timestamp>) = match &tweet.state {
        TweetState::Approved | TweetState::Posting { .. } => {
            let last = tweet.approvals.last();
            (last.map(|a| a.by.clone()), last.map(|a| a.at))
        }
        TweetState::Rejected { by, at, .. }
        | TweetState::Cancelled { by, at }
        | TweetState::Deleting { by, at, .. }
        | TweetState::Deleted { by, at, .. } => (Some(by.clone()), Some(*at)),
        TweetState::Posted { at }
        | TweetState::Missed { at, .. }
        | TweetState::Failed { at, .. }
        | TweetState::Overdue { since: at } => (None, Some(*at)),
        TweetState::Uncertain(uncertain) => (None, Some(uncertain.since)),
        TweetState::Planned | TweetState::Generated | TweetState::Validated => (None, None),
    };
    Rejection::WrongState {
        action,
        state: tweet.state.name(),
        by,
        at,
    }
}

/// A text that a person typed as a reason or a wish: something, and not a novel.
pub(crate) fn said(field: &'static str, text: &str, most: usize) -> Result<String, Rejection> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=most).contains(&length) {
        Ok(text.to_owned())
    } else {
        Err(Rejection::Invalid {
            field,
            expected: format!("1 to {most} characters, not {length}"),
        })
    }
}
