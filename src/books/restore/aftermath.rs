//! What a restore means to what was under way: the journal has forgotten what happened since the backup, so everything
//! that may have been posted meanwhile becomes a question to a person.
//!
//! It is recorded as events, at the end of each client's stream, so that it is seen, replayed and audited like
//! everything else: what was due is overdue or missed, what was on its way is asked about, and the client is paused
//! until a person has looked. Nothing here is ever sent by itself afterwards that its time had come for before.

#[cfg(test)]
mod tests;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_actors::record::{decode, encode};
use clara_adapters::archive::{Made, Pages};
use clara_domain::ids::ClientId;
use clara_domain::{Client, Event, Tweet, TweetEvent, TweetState, evolve};
use jiff::Timestamp;

use super::super::{count, moment};
use super::Failure;

/// What was recorded after a restore.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Aftermath {
    clients: u64,
    questions: u64,
    /// Clients whose events could not be followed: they do not start, so nothing of them is sent.
    unreadable: Vec<ClientId>,
    /// Clients of which the backup has no record.
    bare: Vec<ClientId>,
}

/// Records it for every client of a restored journal, and for those whose streams came back without a record: they
/// would begin anew, and unpaused, as if they had never posted anything.
pub(super) async fn record(
    journal: &dyn Journal,
    bare: &[StreamId],
    made: &Made,
    now: Timestamp,
) -> Result<Aftermath, Failure> {
    let mut aftermath = Aftermath::default();
    for stream in journal.streams().await?.iter().chain(bare) {
        let StreamId::Client(id) = stream else {
            continue;
        };
        if bare.contains(stream) {
            aftermath.bare.push(id.clone());
        }
        match replay(journal, stream, id).await? {
            None => aftermath.unreadable.push(id.clone()),
            Some((client, version)) => {
                let events = events(&client, made.at, now);
                let asked = events.iter().filter(|event| is_question(event)).count();
                aftermath.questions += asked as u64;
                aftermath.clients += 1;
                let records = events.iter().map(|event| encode(event, now, None));
                journal.append(stream, version, records.collect()).await?;
            }
        }
    }
    Ok(aftermath)
}

async fn replay(
    journal: &dyn Journal,
    stream: &StreamId,
    id: &ClientId,
) -> Result<Option<(Client, Version)>, Failure> {
    let mut client = Client::new(id.clone());
    let mut version = Version(0);
    let mut pages = Pages::of(journal, stream);
    while let Some(page) = pages.next().await? {
        for record in page {
            let Ok(event) = decode::<Event>(&record) else {
                return Ok(None);
            };
            let Ok(after) = evolve(client, &event, record.record.at) else {
                return Ok(None);
            };
            (client, version) = (after, record.version);
        }
    }
    Ok(Some((client, version)))
}

/// What a restore at a time means to a client, as a backup of a time knew it.
fn events(client: &Client, made: Timestamp, now: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    let mut reason = format!(
        "restored from a backup of {}: what was posted since is not known here. Look at the account, settle what is \
         asked, then resume",
        moment(made)
    );
    if let Some(pause) = &client.paused {
        let by = pause.by.as_ref().map_or("Clara", |by| by.name.as_str());
        reason.push_str(&format!(
            ". It was paused before, by {by}: {}",
            pause.reason
        ));
        events.push(Event::Resumed { by: None });
    }
    for tweet in client.tweets.values() {
        let asked = question(tweet, made, now);
        events.extend(asked.into_iter().map(|event| event.of(tweet.id)));
    }
    events.push(Event::Paused { by: None, reason });
    events
}

/// The question that a tweet becomes, if it may have been posted since.
fn question(tweet: &Tweet, made: Timestamp, now: Timestamp) -> Vec<TweetEvent> {
    let reason = || {
        format!(
            "Clara was restored from a backup of {}, when this was on its way. It, and what follows it in a thread, may be \
             live. If all of it is on the account, drop it here",
            moment(made)
        )
    };
    match &tweet.state {
        TweetState::Planned | TweetState::Generated | TweetState::Validated
            if tweet.slot <= now =>
        {
            vec![TweetEvent::Missed]
        }
        TweetState::Approved if tweet.slot <= now => vec![TweetEvent::Overdue],
        TweetState::Posting { sending: false, .. } => vec![TweetEvent::Overdue],
        TweetState::Posting { sending: true, .. } => vec![
            TweetEvent::OutcomeUnknown {
                reason: reason(),
                duplicate: false,
                next_look: now,
            },
            TweetEvent::PersonAsked { reason: reason() },
        ],
        TweetState::Uncertain(uncertain) if uncertain.next_look.is_some() => {
            vec![TweetEvent::PersonAsked { reason: reason() }]
        }
        // What is not due was not posted; what a person has been asked about waits for them; what is taken down twice
        // does no harm.
        TweetState::Planned
        | TweetState::Generated
        | TweetState::Validated
        | TweetState::Approved
        | TweetState::Uncertain(_)
        | TweetState::Overdue { .. }
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => Vec::new(),
    }
}

fn is_question(event: &Event) -> bool {
    let of_tweet = event.of_tweet();
    of_tweet.is_some_and(|(_, event)| !matches!(event, TweetEvent::OutcomeUnknown { .. }))
}

impl Aftermath {
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "What was posted after the backup is not known here. So {} {} paused, and ",
            count(self.clients, "client", "clients"),
            if self.clients == 1 { "is" } else { "are" },
        );
        text.push_str(&match self.questions {
            0 => "people are asked before anything goes on; no tweet was due or on its way."
                .to_owned(),
            1 => "1 tweet that was due or on its way is asked about and not sent.".to_owned(),
            many => {
                format!("{many} tweets that were due or on their way are asked about and not sent.")
            }
        });
        for id in &self.bare {
            text.push_str(&format!(
                "\nNothing of {id} is left but that it is paused: what it has posted and was about to post is on its \
                 account, or nowhere."
            ));
        }
        for id in &self.unreadable {
            text.push_str(&format!(
                "\nThe events of {id} do not follow from one another, so it will not start and nothing of it is sent; \
                 `clara verify` says where."
            ));
        }
        text
    }
}
