//! One random life: turns steps into commands that fit what has happened, under the eyes of the watcher.

use std::collections::BTreeSet;

use clara_domain::command::{Look, SendOutcome, Settlement, WriteTime};
use clara_domain::content::Content;
use clara_domain::effect::{check, generation, look};
use clara_domain::ids::{AttemptNo, LessonNo, NoteId, PostId, RevisionNo, SegmentNo, TweetId};
use clara_domain::person::By;
use clara_domain::tweet::Failure;
use clara_domain::{Command, Effect, Tweet, TweetState, decide_among, effects};

use super::answers::{card, changed, deletion, drafts, pick, settings_of, verdict};
use super::step::{AnswerKind, Outcome, Setup, SlotWish, Start, Step, What, WhatOfClient};
use crate::watch::Watch;
use crate::world::{
    World, ana, approve, ben, cho, dee, everybody, look_of, mia, minutes, name, outcome_of,
    post_id, recover, refusal, tweet_id, unknown,
};

/// A life and what is known of it.
pub(crate) struct Life {
    pub(crate) world: World,
    /// The names of all events so far.
    pub(crate) seen: BTreeSet<&'static str>,
    watch: Watch,
    tweets: u128,
    posts: u64,
}

impl Life {
    /// A client with two planned tweets.
    pub(crate) fn new(setup: &Setup) -> Self {
        let mut life = Self {
            world: World::empty(),
            seen: BTreeSet::new(),
            watch: Watch::default(),
            tweets: 0,
            posts: 100,
        };
        life.world.around.moderation = setup.moderation;
        let settings = Box::new(settings_of(setup));
        life.ask(&By::Engine, &Command::Configure { settings });
        life.plan(
            &By::Engine,
            2,
            setup.segments,
            "say good morning",
            SlotWish::NextFree,
            false,
        );
        life.start(setup.start);
        life
    }

    fn start(&mut self, start: Start) {
        let looks = match start {
            Start::Planned => return,
            Start::Approved | Start::Sending => 0,
            Start::SendingAgain => 3,
            Start::Asked => 8,
        };
        self.moment(AnswerKind::Good, &Outcome::Accepted);
        if matches!(start, Start::Approved) {
            return;
        }
        let id = tweet_id(1);
        self.world.now = self.world.client.tweet(id).unwrap().slot;
        self.begin(id);
        if looks > 0 {
            self.answer_sending(0, &Outcome::Unknown);
        }
        let kind = if looks == 3 {
            AnswerKind::Vain
        } else {
            AnswerKind::Trouble
        };
        for _ in 0..looks {
            self.look_again(id, kind);
        }
        if looks == 3 {
            self.begin(id);
        }
    }

    fn begin(&mut self, tweet: TweetId) {
        self.ask(&By::Engine, &Command::BeginPublish { tweet });
    }

    /// Looks, when it is time to.
    fn look_again(&mut self, tweet: TweetId, kind: AnswerKind) {
        let tweet = self.world.client.tweet(tweet).unwrap().clone();
        if let TweetState::Uncertain(uncertain) = &tweet.state {
            self.world.now = uncertain.next_look.unwrap_or(self.world.now);
            let look = self.look(kind);
            self.ask(&By::Engine, &look_of(&tweet, look));
        }
    }

    pub(crate) fn take(&mut self, step: &Step) {
        match step {
            Step::Wake => {
                self.world.now = self.world.wake().unwrap_or(self.world.now);
                self.ask(&By::Engine, &Command::Tick);
            }
            Step::Wait {
                minutes: wait,
                tick,
            } => {
                self.world.pass(minutes(*wait));
                if *tick {
                    self.ask(&By::Engine, &Command::Tick);
                }
            }
            Step::Owed { nth, answer } => {
                let owed = effects(&self.world.client, self.world.now);
                if let Some(effect) = pick(&owed, *nth) {
                    self.work_on(effect, answer.kind, &answer.candidates);
                }
            }
            Step::Sent { nth, outcome } => self.answer_sending(*nth, outcome),
            Step::Moment {
                wake,
                kind,
                outcome,
            } => {
                if *wake {
                    self.take(&Step::Wake);
                }
                self.moment(*kind, outcome);
            }
            Step::Attend { choice } => self.attend(*choice),
            Step::Restart { change } => {
                self.ask(&By::Engine, &recover([]));
                if let Some(change) = change {
                    let settings = self.world.client.settings.as_deref().unwrap();
                    let settings = Box::new(changed(settings, change));
                    self.ask(&By::Engine, &Command::Configure { settings });
                }
            }
            Step::Ask {
                who,
                tweet,
                stale,
                what,
            } => {
                let tweets: Vec<_> = self.world.client.tweets.values().cloned().collect();
                if let Some(tweet) = pick(&tweets, *tweet) {
                    let command = self.about(tweet, *stale, what);
                    self.ask(&everybody()[*who], &command);
                }
            }
            Step::AskClient { who, what } => self.ask_client(&everybody()[*who], what),
        }
    }

    fn work_on(&mut self, effect: &Effect, kind: AnswerKind, candidates: &[Content]) {
        let command = self.answer(effect, kind, candidates);
        let granted = self.ask(&By::Engine, &command);
        assert!(granted, "what was owed was refused: {command:?}");
    }

    fn moment(&mut self, kind: AnswerKind, outcome: &Outcome) {
        for effect in effects(&self.world.client, self.world.now) {
            let stays_owed = effects(&self.world.client, self.world.now).contains(&effect);
            if stays_owed {
                let texts = [1, 2].map(|parts| self.new_text(parts));
                self.work_on(&effect, kind, &texts);
            }
        }
        self.answer_sending(0, outcome);
        let tweets: Vec<_> = self.world.client.tweets.values().cloned().collect();
        for tweet in tweets {
            for who in [ana(), ben(), cho()] {
                self.ask(&who, &approve(&tweet));
            }
        }
    }

    fn new_text(&self, parts: u8) -> Content {
        let no = self.world.journal.len();
        Content::texts((0..parts).map(|part| format!("text {no} {part}")))
    }

    fn attend(&mut self, choice: usize) {
        self.ask(&mia(), &Command::Resume);
        let tweets: Vec<_> = self.world.client.tweets.values().cloned().collect();
        for tweet in tweets {
            let (who, what) = self.fitting(&tweet, choice);
            let command = self.about(&tweet, false, &what);
            self.ask(&who, &command);
        }
    }

    fn fitting(&self, tweet: &Tweet, choice: usize) -> (By, What) {
        let because = "because".to_owned();
        match (&tweet.state, choice) {
            (TweetState::Uncertain(_), 3) => (mia(), What::PostAgain),
            (TweetState::Overdue { .. }, 3) => (dee(), What::Reschedule(SlotWish::Now)),
            (TweetState::Generated | TweetState::Failed { .. }, 3) => {
                (cho(), What::Override(because))
            }
            (_, 3) => (dee(), What::Approve),
            (TweetState::Uncertain(_), 0) => (ben(), What::PostAgain),
            (TweetState::Uncertain(_), 1) => (ben(), What::Live(40)),
            (TweetState::Uncertain(_), _) => (ben(), What::Drop),
            (_, 1) if tweet.live().next().is_some() => (ben(), What::Delete(because)),
            (
                TweetState::Failed {
                    failure: Failure::Refused { .. },
                    ..
                },
                _,
            ) => (ben(), What::Retry),
            (TweetState::Generated | TweetState::Failed { .. }, 0) => {
                (dee(), What::Override(because))
            }
            (TweetState::Generated | TweetState::Failed { .. }, 1) => {
                (cho(), What::Regenerate(because))
            }
            (TweetState::Overdue { .. } | TweetState::Missed { .. }, 0 | 1) => {
                (cho(), What::Reschedule(SlotWish::Now))
            }
            (TweetState::Overdue { .. } | TweetState::Missed { .. }, _) => {
                (cho(), What::Reschedule(SlotWish::NextFree))
            }
            _ => (cho(), What::Edit(self.new_text(tweet.segments))),
        }
    }

    /// Whether it was granted.
    fn ask(&mut self, by: &By, command: &Command) -> bool {
        let Ok(events) = decide_among(
            &self.world.client,
            by,
            command,
            self.world.now,
            &self.world.around,
        ) else {
            return false;
        };
        for event in &events {
            self.watch.see(by, event, self.world.now);
            self.seen.insert(name(event));
            self.world.live(event);
        }
        true
    }

    fn plan(
        &mut self,
        by: &By,
        count: usize,
        segments: u8,
        brief: &str,
        slot: SlotWish,
        again: bool,
    ) {
        let mut tweets: Vec<TweetId> = (1..=count as u128)
            .map(|no| tweet_id(self.tweets + no))
            .collect();
        self.tweets += count as u128;
        if again {
            tweets.extend(tweets.first().copied());
        }
        let command = Command::Plan {
            tweets,
            brief: brief.to_owned(),
            segments,
            slot: slot.at(self.world.now),
            write: WriteTime::Now,
        };
        self.ask(by, &command);
    }

    fn ask_client(&mut self, by: &By, what: &WhatOfClient) {
        let command = match what {
            WhatOfClient::Plan {
                count,
                segments,
                brief,
                slot,
                again,
            } => {
                return self.plan(by, *count, *segments, brief, *slot, *again);
            }
            WhatOfClient::Pause(reason) => Command::Pause {
                reason: reason.clone(),
            },
            WhatOfClient::Resume => Command::Resume,
            WhatOfClient::Tick => Command::Tick,
            WhatOfClient::AddNote(text) => Command::AddNote {
                title: "note".into(),
                text: text.clone(),
            },
            WhatOfClient::RemoveNote(no) => Command::RemoveNote { note: NoteId(*no) },
            WhatOfClient::ForgetLesson(no) => Command::ForgetLesson {
                lesson: LessonNo(*no),
            },
            WhatOfClient::Notices(upto) => Command::RecordNotices { upto: *upto },
        };
        self.ask(by, &command);
    }

    fn answer(&mut self, effect: &Effect, kind: AnswerKind, candidates: &[Content]) -> Command {
        match effect {
            Effect::Generate { tweet } => Command::RecordDrafts {
                tweet: *tweet,
                round: generation(&self.world.client, *tweet).unwrap().round,
                drafts: drafts(kind, candidates),
            },
            Effect::Check { tweet } => Command::RecordChecks {
                tweet: *tweet,
                revision: check(&self.world.client, *tweet).unwrap().revision,
                moderation: Some(verdict(kind)),
                brand_voice: None,
            },
            Effect::Publish { tweet } => Command::BeginPublish { tweet: *tweet },
            Effect::Reconcile { tweet } => Command::RecordLook {
                tweet: *tweet,
                attempt: look(&self.world.client, *tweet).unwrap().attempt,
                look: self.look(kind),
            },
            Effect::Delete { tweet, post } => deletion(*tweet, post.clone(), kind),
            Effect::ShowCard { tweet, change } => card(*tweet, *change),
            Effect::Notify { notices } => Command::RecordNotices {
                upto: notices.last().unwrap().no,
            },
        }
    }

    fn answer_sending(&mut self, nth: usize, outcome: &Outcome) {
        let is_sending = |tweet: &&std::sync::Arc<Tweet>| {
            matches!(tweet.state, TweetState::Posting { sending: true, .. })
        };
        let sending: Vec<_> = self
            .world
            .client
            .tweets
            .values()
            .filter(is_sending)
            .cloned()
            .collect();
        if let Some(tweet) = pick(&sending, nth) {
            let outcome = self.outcome(outcome);
            let command = outcome_of(tweet, outcome);
            self.ask(&By::Engine, &command);
        }
    }

    fn new_post(&mut self) -> PostId {
        self.posts += 1;
        post_id(self.posts)
    }

    fn look(&mut self, kind: AnswerKind) -> Look {
        match kind {
            AnswerKind::Good => Look::Found {
                post: self.new_post(),
            },
            AnswerKind::Known => Look::Found {
                post: post_id(self.posts),
            },
            AnswerKind::Vain => Look::Absent,
            AnswerKind::Trouble => Look::Unreadable {
                reason: "timed out".into(),
            },
        }
    }

    fn outcome(&mut self, outcome: &Outcome) -> SendOutcome {
        match outcome {
            Outcome::Accepted => SendOutcome::Accepted {
                post: self.new_post(),
            },
            Outcome::AcceptedAgain => SendOutcome::Accepted {
                post: post_id(self.posts),
            },
            Outcome::Refused { duplicate } => refusal(*duplicate),
            Outcome::NotSent { wait, needs_person } => SendOutcome::NotSent {
                reason: "not now".into(),
                retry_after: *wait,
                needs_person: *needs_person,
            },
            Outcome::Unknown => unknown(),
        }
    }

    fn about(&mut self, tweet: &Tweet, stale: bool, what: &What) -> Command {
        let id = tweet.id;
        let revision = if stale {
            RevisionNo(tweet.revision().0 + 1)
        } else {
            tweet.revision()
        };
        let attempt = AttemptNo(tweet.attempts.0 + u32::from(stale));
        let settle = |answer| Command::Settle {
            tweet: id,
            attempt,
            answer,
        };
        match what {
            What::Approve => Command::Approve {
                tweet: id,
                revision,
            },
            What::Reject(reason) => Command::Reject {
                tweet: id,
                revision,
                code: None,
                reason: reason.clone(),
            },
            What::Edit(content) => Command::Edit {
                tweet: id,
                revision,
                content: content.clone(),
            },
            What::Choose(place) => Command::Choose {
                tweet: id,
                revision,
                place: *place,
            },
            What::Regenerate(feedback) => Command::Regenerate {
                tweet: id,
                revision,
                feedback: feedback.clone(),
            },
            What::Override(reason) => Command::Override {
                tweet: id,
                revision,
                reason: reason.clone(),
            },
            What::Reschedule(slot) => Command::Reschedule {
                tweet: id,
                slot: slot.at(self.world.now),
            },
            What::Cancel => Command::Cancel { tweet: id },
            What::Delete(reason) => Command::Delete {
                tweet: id,
                reason: reason.clone(),
            },
            What::Live(post) => settle(Settlement::Live {
                post: post_id(90 + post),
            }),
            What::PostAgain => settle(Settlement::PostAgain),
            What::Drop => settle(Settlement::Drop),
            What::Retry => Command::Retry {
                tweet: id,
                revision,
            },
            What::Begin => Command::BeginPublish { tweet: id },
            What::Send {
                attempt,
                segment,
                outcome,
            } => Command::RecordSend {
                tweet: id,
                attempt: AttemptNo(*attempt),
                segment: SegmentNo(*segment),
                outcome: self.outcome(outcome),
            },
            What::Look { attempt, answer } => Command::RecordLook {
                tweet: id,
                attempt: AttemptNo(*attempt),
                look: self.look(*answer),
            },
            What::Drafts { round, candidates } => Command::RecordDrafts {
                tweet: id,
                round: *round,
                drafts: drafts(AnswerKind::Good, candidates),
            },
            What::Card(change) => card(id, *change),
        }
    }
}
