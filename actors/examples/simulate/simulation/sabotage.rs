//! Protections, each broken on purpose: a simulation that finds none of these would prove nothing.
//!
//! What is broken in a port is broken there; what is broken in the rules is broken here, around the domain's.

use clara_actors::rules::Rules;
use clara_domain::command::{Look, SendOutcome};
use clara_domain::person::{By, Person};
use clara_domain::tweet::TweetState;
use clara_domain::{Around, Client, Command, Effect, Event, Illegal, Rejection, TweetEvent};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// The journal acknowledges an intent to send that it has not stored.
    IntentNotStored,
    /// The journal acknowledges some of what it has not stored.
    StoredInWordsOnly,
    /// A snapshot claims one record more than it holds.
    SnapshotOffByOne,
    /// A request whose outcome is unknown counts as not sent.
    UnknownIsNotSent,
    /// The sender asks X again by itself when the answer was lost.
    SenderRepeats,
    /// The first look that does not find a post proves that it is not there.
    OneLookIsEnough,
    /// A timeline that cannot be read counts as one without the post.
    UnreadableIsAbsent,
    /// What was being sent when the process died is not asked about.
    NothingToRecover,
    /// A thread that was interrupted goes on one segment too early.
    ThreadStepsBack,
    /// A segment of a thread replies to nothing.
    RepliesToNothing,
    /// What leaves is not quite what was approved.
    TextChangedOnTheWay,
    /// Approvals of the old text count for the new one.
    EditKeepsApprovals,
    /// A new text is as approved as the old one was: no hash is compared.
    EditStaysApproved,
    /// One person's second approval counts.
    SamePersonTwice,
    /// Whoever asks may approve.
    AnybodyApproves,
    /// The author of a text counts where the policy says otherwise.
    AuthorCounts,
    /// A text that did not pass validation can be approved.
    InvalidIsApproved,
    /// The moderation service is not asked where it should be.
    NotModerated,
    /// The pause is not looked at when a request is about to leave.
    PauseNotLookedAt,
    /// What has been held since its intent was recorded leaves all the same.
    NoLastLook,
    /// However late, it leaves.
    NeverTooLate,
    /// Nothing keeps a distance from the post before.
    NoGap,
    /// It leaves before its time.
    TooEarly,
    /// Whose account it is, is not asked.
    AccountNotAsked,
    /// The limiter lets through several times what X allows.
    LimitsTooHigh,
    /// What X says of its limits is not heard.
    HintsIgnored,
    /// What X says of one account's limits is taken as said of all.
    HintsForAll,
    /// Whoever asks may have taken down what is live.
    AnybodyDeletes,
    /// Nothing is looked for from before this machine says that it was sent.
    ClockTrusted,
    /// What people are to be told is taken as told.
    AlertsGoNowhere,
}

impl Sabotage {
    /// Every one of them.
    pub(crate) const ALL: [Self; 30] = [
        Self::IntentNotStored,
        Self::StoredInWordsOnly,
        Self::SnapshotOffByOne,
        Self::UnknownIsNotSent,
        Self::SenderRepeats,
        Self::OneLookIsEnough,
        Self::UnreadableIsAbsent,
        Self::NothingToRecover,
        Self::ThreadStepsBack,
        Self::RepliesToNothing,
        Self::TextChangedOnTheWay,
        Self::EditKeepsApprovals,
        Self::EditStaysApproved,
        Self::SamePersonTwice,
        Self::AnybodyApproves,
        Self::AuthorCounts,
        Self::InvalidIsApproved,
        Self::NotModerated,
        Self::PauseNotLookedAt,
        Self::NoLastLook,
        Self::NeverTooLate,
        Self::NoGap,
        Self::TooEarly,
        Self::AccountNotAsked,
        Self::LimitsTooHigh,
        Self::HintsIgnored,
        Self::HintsForAll,
        Self::AnybodyDeletes,
        Self::ClockTrusted,
        Self::AlertsGoNowhere,
    ];

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sabotage| format!("{sabotage:?}") == name)
    }
}

/// The domain's rules, one of them broken where there is one to break.
pub(crate) struct BrokenRules(pub(crate) Option<Sabotage>);

impl Rules for BrokenRules {
    fn decide(
        &self,
        client: &Client,
        by: &By,
        command: &Command,
        now: Timestamp,
        around: &Around,
    ) -> Result<Vec<Event>, Rejection> {
        let Some(sabotage) = self.0 else {
            return clara_domain::decide_among(client, by, command, now, around);
        };
        let (mut client, mut by, mut command) = (client.clone(), by.clone(), command.clone());
        match sabotage {
            Sabotage::NothingToRecover if matches!(command, Command::Recover { .. }) => {
                return Ok(Vec::new());
            }
            Sabotage::NeverTooLate if command == Command::Tick => return Ok(Vec::new()),
            Sabotage::TooEarly => return decide_early(&client, &by, &command, now, around),
            _ => {}
        }
        break_client(sabotage, &mut client, &command);
        break_asker(sabotage, &mut by, &command);
        break_command(sabotage, &mut command);
        let events = clara_domain::decide_among(&client, &by, &command, now, around)?;
        Ok(break_events(sabotage, events))
    }

    fn evolve(&self, client: Client, event: &Event, at: Timestamp) -> Result<Client, Illegal> {
        let before = client.clone();
        let after = clara_domain::evolve(client, event, at)?;
        Ok(match self.0 {
            Some(sabotage) => break_state(sabotage, &before, after, event),
            None => after,
        })
    }

    fn effects(&self, client: &Client, now: Timestamp) -> Vec<Effect> {
        match self.0 {
            Some(Sabotage::TooEarly) => clara_domain::effects(client, earlier_than_due(now)),
            Some(Sabotage::PauseNotLookedAt) => {
                let paused = None;
                let client = Client {
                    paused,
                    ..client.clone()
                };
                clara_domain::effects(&client, now)
            }
            _ => clara_domain::effects(client, now),
        }
    }
}

fn earlier_than_due(now: Timestamp) -> Timestamp {
    clara_domain::later(now, Duration::from_secs(120))
}

fn decide_early(
    client: &Client,
    by: &By,
    command: &Command,
    now: Timestamp,
    around: &Around,
) -> Result<Vec<Event>, Rejection> {
    let is_start = matches!(command, Command::BeginPublish { .. });
    let now = if is_start { earlier_than_due(now) } else { now };
    clara_domain::decide_among(client, by, command, now, around)
}

fn break_client(sabotage: Sabotage, client: &mut Client, command: &Command) {
    let is_start = matches!(command, Command::BeginPublish { .. });
    let settings = client.settings.as_mut().map(Arc::make_mut);
    match (sabotage, command, settings) {
        (Sabotage::PauseNotLookedAt, _, _) if is_start => client.paused = None,
        (Sabotage::NeverTooLate, _, Some(settings)) if is_start => {
            settings.schedule.grace = Duration::from_secs(3_600 * 24 * 30);
        }
        (Sabotage::NoGap, _, Some(settings)) => settings.schedule.min_gap = Duration::ZERO,
        (Sabotage::AuthorCounts, _, Some(settings)) => settings.approval.author_counts = true,
        (Sabotage::SamePersonTwice, Command::Approve { tweet, .. }, _) => {
            let tweet = client.tweets.get_mut(tweet).map(Arc::make_mut);
            for approval in tweet.into_iter().flat_map(|tweet| &mut tweet.approvals) {
                approval.by.id = "999".to_owned().try_into().expect("digits");
            }
        }
        _ => {}
    }
}

fn break_asker(sabotage: Sabotage, by: &mut By, command: &Command) {
    let is_let_in = matches!(
        (sabotage, command),
        (Sabotage::AnybodyApproves, Command::Approve { .. })
            | (Sabotage::AnybodyDeletes, Command::Delete { .. })
    );
    if let (true, By::Person(person)) = (is_let_in, by) {
        let all = (1..=4).map(|role: u8| role.to_string().try_into().expect("digits"));
        let roles = all.collect();
        *person = Person {
            roles,
            ..person.clone()
        };
    }
}

fn break_command(sabotage: Sabotage, command: &mut Command) {
    match (sabotage, command) {
        (Sabotage::UnknownIsNotSent, Command::RecordSend { outcome, .. }) => {
            if let SendOutcome::Unknown { reason } = outcome {
                *outcome = SendOutcome::NotSent {
                    reason: reason.clone(),
                    retry_after: None,
                    needs_person: false,
                };
            }
        }
        (Sabotage::UnreadableIsAbsent, Command::RecordLook { look, .. }) => {
            if let Look::Unreadable { .. } = look {
                *look = Look::Absent;
            }
        }
        _ => {}
    }
}

fn break_events(sabotage: Sabotage, mut events: Vec<Event>) -> Vec<Event> {
    let fails = events.iter().any(|event| is(event, "validation_failed"));
    if sabotage == Sabotage::InvalidIsApproved && fails {
        events.retain(|event| !is(event, "sent_back") && !is(event, "gave_up"));
    }
    let broken = events.into_iter().map(|event| match (sabotage, event) {
        (
            Sabotage::OneLookIsEnough,
            Event::Tweet {
                tweet,
                event: TweetEvent::NotFoundYet { .. },
            },
        ) => TweetEvent::ProvedAbsent.of(tweet),
        (
            Sabotage::InvalidIsApproved,
            Event::Tweet {
                tweet,
                event: TweetEvent::ValidationFailed { .. },
            },
        ) => {
            let report = Default::default();
            TweetEvent::ValidationPassed { report }.of(tweet)
        }
        (
            Sabotage::NotModerated,
            Event::Tweet {
                tweet,
                event: TweetEvent::ChecksDue { checking },
            },
        ) => {
            let report = checking.report;
            TweetEvent::ValidationPassed { report }.of(tweet)
        }
        (_, event) => event,
    });
    broken.collect()
}

fn is(event: &Event, name: &str) -> bool {
    matches!(event, Event::Tweet { event, .. } if event.name() == name)
}

fn break_state(sabotage: Sabotage, before: &Client, mut after: Client, event: &Event) -> Client {
    let Event::Tweet { tweet: id, event } = event else {
        return after;
    };
    let (Some(was), Some(tweet)) = (before.tweet(*id), after.tweets.get_mut(id)) else {
        return after;
    };
    let tweet = Arc::make_mut(tweet);
    match (sabotage, event) {
        (Sabotage::EditKeepsApprovals, TweetEvent::RevisionWritten { .. }) => {
            tweet.approvals.clone_from(&was.approvals);
        }
        (Sabotage::EditStaysApproved, TweetEvent::ValidationPassed { .. }) => {
            if let (Some(revision), true) = (tweet.current(), !tweet.approvals.is_empty()) {
                tweet.approved = Some(revision.hash);
                tweet.state = TweetState::Approved;
            }
        }
        (Sabotage::EditStaysApproved, TweetEvent::RevisionWritten { .. })
            if was.state == TweetState::Approved =>
        {
            tweet.approvals.clone_from(&was.approvals);
        }
        (Sabotage::ThreadStepsBack, TweetEvent::OutcomeUnknown { .. }) => {
            tweet.posts.pop();
        }
        _ => {}
    }
    after
}
