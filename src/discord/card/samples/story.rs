//! A client that lives through commands, each of which has to be granted.

use std::time::Duration;

use clara_domain::command::{Command, Drafts, SendOutcome, SlotChoice, Verdict, WriteTime};
use clara_domain::content::Content;
use clara_domain::person::By;
use clara_domain::settings::{ClientSettings, WhenDown};
use clara_domain::{Around, Client, Tweet, decide_among, evolve};
use jiff::{SignedDuration, Timestamp};

use super::{NOW, TWEET, maya};

/// A client that lives through commands, each of which has to be granted.
pub(crate) struct Story {
    pub(crate) client: Client,
    pub(crate) now: Timestamp,
    around: Around,
}

impl Story {
    pub(crate) fn new(settings: ClientSettings) -> Self {
        let client = Client::new("harbour".parse().unwrap());
        let story = Self {
            client,
            now: NOW,
            around: Around::default(),
        };
        story.then(
            By::Engine,
            Command::Configure {
                settings: Box::new(settings),
            },
        )
    }

    pub(crate) fn then(mut self, by: By, command: Command) -> Self {
        let decided = decide_among(&self.client, &by, &command, self.now, &self.around);
        for event in decided.unwrap() {
            self.client = evolve(self.client, &event, self.now).unwrap();
        }
        self
    }

    pub(crate) fn after(mut self, wait: Duration) -> Self {
        self.now += SignedDuration::try_from(wait).unwrap();
        self
    }

    pub(crate) fn planned(self, segments: u8) -> Self {
        let plan = Command::Plan {
            tweets: vec![TWEET],
            brief: "Our *winter* roast is back".into(),
            segments,
            slot: SlotChoice::NextFree,
            write: WriteTime::Now,
        };
        self.then(maya(), plan)
    }

    pub(crate) fn drafted(self, candidates: Vec<Content>) -> Self {
        let round = self.client.tweets[&TWEET].round;
        let drafts = Drafts::Written {
            origin: Box::default(),
            model: "small-model".into(),
            candidates,
        };
        self.then(
            By::Engine,
            Command::RecordDrafts {
                tweet: TWEET,
                round,
                drafts,
            },
        )
    }

    /// Texts wait for a moderation service from here on.
    pub(super) fn moderated(mut self) -> Self {
        self.around.moderation = Some(WhenDown::Hold);
        self
    }

    pub(super) fn unanswered(self) -> Self {
        let revision = self.client.tweets[&TWEET].revision();
        let away = Verdict::Away {
            reason: "503".into(),
            retry_after: None,
        };
        let checks = Command::RecordChecks {
            tweet: TWEET,
            revision,
            moderation: Some(away),
            brand_voice: None,
        };
        self.then(By::Engine, checks)
    }

    pub(crate) fn chosen(self, place: u8) -> Self {
        let revision = self.client.tweets[&TWEET].revision();
        let choose = Command::Choose {
            tweet: TWEET,
            revision,
            place,
        };
        self.then(maya(), choose)
    }

    pub(crate) fn approved(self) -> Self {
        let revision = self.client.tweets[&TWEET].revision();
        self.then(
            maya(),
            Command::Approve {
                tweet: TWEET,
                revision,
            },
        )
    }

    pub(super) fn sending(self) -> Self {
        self.after(Duration::from_secs(3600))
            .then(By::Engine, Command::BeginPublish { tweet: TWEET })
    }

    pub(super) fn sent(self, outcome: SendOutcome) -> Self {
        let tweet = &self.client.tweets[&TWEET];
        let (attempt, segment) = (tweet.attempts, tweet.next_segment());
        self.then(
            By::Engine,
            Command::RecordSend {
                tweet: TWEET,
                attempt,
                segment,
                outcome,
            },
        )
    }

    pub(super) fn edited(self, text: &str) -> Self {
        let revision = self.client.tweets[&TWEET].revision();
        self.then(
            maya(),
            Command::Edit {
                tweet: TWEET,
                revision,
                content: Content::texts([text]),
            },
        )
    }

    pub(super) fn lapsed(self) -> Self {
        self.after(Duration::from_secs(2 * 3600))
            .then(By::Engine, Command::Tick)
    }

    pub(crate) fn end(self) -> (Client, Tweet) {
        let tweet = Tweet::clone(&self.client.tweets[&TWEET]);
        (self.client, tweet)
    }
}
