//! X: accounts, timelines, limits of its own, and everything that can become of a request.
//!
//! A request that has left lands whether or not anybody still waits for its answer. The auditor hears of every request
//! as it leaves, and of every post as it goes live.

mod courses;
mod state;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::XApi;
use clara_actors::ports::x::{
    Account, Deletion, Exhausted, LastLook, NewPost, Publication, RateHints, RateObserver,
    RateWindow, XEndpoint, XError,
};
use clara_domain::ids::{ClientId, PostId};
use clara_domain::later;
use clara_domain::reconcile::{LOOK_BACK, TimelinePost};
use clara_domain::{Tweet, TweetState};
use jiff::Timestamp;

use super::sabotage::Sabotage;
use super::world::{World, lock, scripted_panic};
use courses::{Course, Saying};
pub(crate) use state::{LivePost, XState};
use state::{Request, shown_form};

/// See the module.
pub(crate) struct SimX {
    world: Arc<World>,
    /// The engine's, of this life; X itself knows nothing of it.
    observer: Mutex<Option<RateObserver>>,
}

impl SimX {
    pub(crate) fn new(world: &Arc<World>) -> Self {
        Self {
            world: world.clone(),
            observer: Mutex::default(),
        }
    }

    /// Whatever has landed by now is live.
    pub(crate) fn settle(&self) {
        let truth = self.world.truth();
        loop {
            let landed = lock(&self.world.x).land_one(truth, || self.world.dice().roll(10_000));
            let Some(post) = landed else {
                return;
            };
            self.world.note("x", || {
                format!("@{}: {} is live: {:?}", post.account, post.id, post.text)
            });
            self.world.audit(|auditor| auditor.went_live(&post));
        }
    }

    async fn one_request(&self, client: &ClientId, post: &NewPost) -> Publication {
        let world = &self.world;
        let account = lock(&world.x).account(client);
        let truth = world.truth();
        world.note("x", || {
            format!("is asked by {client} to post {:?}", post.text)
        });
        world.audit(|auditor| auditor.request(client, &account, post, truth));
        let (says_used_up, over) = lock(&world.x).count(&account, truth);
        if let Some(limit) = over {
            world.complain(format!(
                "{client} made more requests than X allows: {limit}"
            ));
        }
        let course = if says_used_up {
            Course::throttled(&mut world.dice())
        } else {
            self.course(client)
        };
        if course != Course::plain(&course) {
            world.note("x", || format!("{course:?}"));
        }
        let ticket = lock(&world.x).take(Request::of(account, post, &course, truth));
        self.hint(client, XEndpoint::Create);
        self.tempt(client, world.weather().people);
        world.sleep(course.takes).await;
        self.settle();
        world.enter("before the answer of X is heard").await;
        let said = |words: &str| words.to_owned();
        match course.saying {
            Saying::Truth => lock(&world.x).answer(ticket),
            Saying::Nothing => std::future::pending().await,
            Saying::Nonsense => Publication::Unknown {
                reason: said("the answer was lost"),
            },
            Saying::NotSent => Publication::NotSent {
                reason: said("the connection was refused"),
            },
            Saying::Throttled(retry_after) => Publication::Throttled {
                reason: said("too many requests"),
                retry_after,
            },
            Saying::Blocked => {
                // Nobody touches credentials before Clara has said that they are refused.
                self.mix_up(client, 1_500);
                Publication::Blocked {
                    reason: said("the credentials are not valid any more"),
                }
            }
            Saying::Refused => Publication::Refused {
                reason: said("you are not permitted to do this"),
                duplicate: false,
            },
            Saying::Exhausted => Publication::Exhausted(self.exhausted()),
            Saying::Panic => scripted_panic("posting"),
        }
    }

    /// Somebody may want something else while this waits.
    fn tempt(&self, client: &ClientId, rate: u64) {
        let world = &self.world;
        if world.strikes(rate, None) {
            lock(&world.tempted).replace(client.clone());
            world.temptation.notify_one();
        }
    }

    /// What leaves is what people see as leaving: nothing that they see held, given up or paused.
    fn shown_as_leaving(&self, client: &ClientId, post: &NewPost) {
        let world = &self.world;
        let Some(engine) = lock(&world.engine).clone() else {
            return;
        };
        if engine.halted().is_some() {
            world.complain(format!("{client}: it leaves while everything is held"));
        }
        let Ok(view) = engine.view(client) else {
            return;
        };
        if view.paused.is_some() {
            world.complain(format!("{client}: it leaves while the client is paused"));
        }
        let is_leaving = |tweet: &Arc<Tweet>| {
            let next = tweet.next_segment().0 as usize;
            let text = tweet
                .current()
                .and_then(|text| text.content.segments.get(next));
            matches!(tweet.state, TweetState::Posting { sending: true, .. })
                && text.is_some_and(|segment| segment.text == post.text)
        };
        if !view.tweets.values().any(is_leaving) {
            world.complain(format!(
                "{client}: it leaves although nobody waits for it any more: {:?}",
                post.text
            ));
        }
    }

    /// What X does with a request; trouble with an account lasts a while.
    fn course(&self, client: &ClientId) -> Course {
        let world = &self.world;
        let truth = world.truth();
        if !world.is_calm() && lock(&world.x).is_blocked(client, truth) {
            return Course::blocked(&mut world.dice());
        }
        let strikes = world.strikes(world.weather().sending, Some(client));
        let course = Course::of(&mut world.dice(), strikes, world.scenario.x.hidden);
        if course.saying == Saying::Blocked {
            let minutes = world.dice().between(1, 50);
            lock(&world.x).block(client, truth, Duration::from_secs(60 * minutes));
        }
        course
    }

    /// Whoever touches credentials may take the wrong ones.
    pub(crate) fn mix_up(&self, client: &ClientId, rate: u64) {
        let world = &self.world;
        if world.weather().accounts > 0 && world.strikes(rate, Some(client)) {
            world.note("x", || {
                format!("{client} has the credentials of another account")
            });
            lock(&world.x).mix_up(client);
        }
    }

    fn hint(&self, client: &ClientId, endpoint: XEndpoint) {
        let world = &self.world;
        let (left, reset) = lock(&world.x).window(client, world.truth());
        let observer = lock(&self.observer).clone();
        let claims_empty = world.strikes(world.weather().sending / 20, Some(client));
        let remaining = if claims_empty { 0 } else { left };
        if remaining == 0 && endpoint == XEndpoint::Create {
            world.note("x", || {
                format!("says that {client} has used its window up until {reset}")
            });
            let now = world.now();
            world.audit(|auditor| auditor.used_up(client, now, reset));
            lock(&world.x).claim_used_up(client, reset);
        }
        if let Some(observer) = observer
            && world.sabotage != Some(Sabotage::HintsIgnored)
        {
            let hints = RateHints {
                window: RateWindow {
                    limit: Some(world.scenario.x.per_account),
                    remaining: Some(remaining),
                    reset: Some(reset),
                },
                ..RateHints::default()
            };
            let clients = world.scenario.clients.iter().map(|client| &client.id);
            let are_for_all = world.sabotage == Some(Sabotage::HintsForAll);
            for whose in clients.filter(|id| are_for_all || *id == client) {
                observer(whose, endpoint, hints);
            }
        }
    }

    /// The app has no credits left; half of the time X says for how long.
    fn exhausted(&self) -> Exhausted {
        let minutes = self.world.dice().between(1, 40);
        let until = later(self.world.now(), Duration::from_secs(60 * minutes));
        Exhausted {
            reason: "credits are depleted".to_owned(),
            until: self.world.dice().chance(5_000).then_some(until),
        }
    }

    fn delete_trouble(&self, client: &ClientId) -> Option<Deletion> {
        let world = &self.world;
        if !world.strikes(world.weather().sending, Some(client)) {
            return None;
        }
        let reason = "so the dice said".to_owned();
        let kind = world.dice().roll(6);
        Some(match kind {
            0 => scripted_panic("deleting"),
            1 => Deletion::Throttled {
                reason,
                retry_after: Duration::from_secs(world.dice().roll(300)),
            },
            2 => Deletion::Refused { reason },
            3 if world.dice().chance(2_000) => Deletion::Exhausted(self.exhausted()),
            _ => Deletion::NotKnown { reason },
        })
    }

    fn read_trouble(&self, client: &ClientId) -> Option<XError> {
        let world = &self.world;
        if !world.strikes(world.weather().looking, Some(client)) {
            return None;
        }
        let reason = "so the dice said".to_owned();
        let kind = world.dice().roll(8);
        world.note("x", || format!("does not let {client} read ({kind})"));
        Some(match kind {
            0 => scripted_panic("reading X"),
            1 => XError::Throttled {
                reason,
                retry_after: Duration::from_secs(world.dice().roll(300)),
            },
            2 => XError::Blocked { reason },
            3 => XError::Malformed { reason },
            4 if world.dice().chance(2_000) => XError::Exhausted(self.exhausted()),
            _ => XError::Unavailable { reason },
        })
    }
}

#[async_trait]
impl XApi for SimX {
    fn observe_rates(&self, observer: RateObserver) {
        *lock(&self.observer) = Some(observer);
    }

    async fn create(
        &self,
        client: &ClientId,
        post: &NewPost,
        last_look: LastLook<'_>,
    ) -> Publication {
        let world = &self.world;
        world.enter("before it renews a token").await;
        if world.dice().chance(1_500) {
            self.tempt(client, 5_000);
            let seconds = world.dice().between(1, 30);
            world.sleep(Duration::from_secs(seconds)).await;
        }
        world.enter("before it sends a post").await;
        self.settle();
        if let Err(reason) = last_look()
            && world.sabotage != Some(Sabotage::NoLastLook)
        {
            world.note("x", || format!("is not asked: {reason}"));
            return Publication::Held { reason };
        }
        self.shown_as_leaving(client, post);
        let mut post = post.clone();
        match world.sabotage {
            Some(Sabotage::RepliesToNothing) => post.in_reply_to = None,
            Some(Sabotage::TextChangedOnTheWay) => post.text.push('!'),
            _ => {}
        }
        let publication = self.one_request(client, &post).await;
        match (&publication, world.sabotage) {
            (Publication::Unknown { .. }, Some(Sabotage::SenderRepeats)) => {
                self.one_request(client, &post).await
            }
            _ => publication,
        }
    }

    async fn delete(&self, client: &ClientId, post: &PostId) -> Deletion {
        let world = &self.world;
        world.enter("before it deletes a post").await;
        world.dawdle(Duration::from_secs(100), Some(client)).await;
        self.settle();
        world.note("x", || format!("is asked by {client} to delete {post}"));
        world.audit(|auditor| auditor.deletion(client, post));
        let trouble = self.delete_trouble(client);
        let is_gone = trouble.is_none() || world.dice().chance(3_000);
        if is_gone {
            lock(&world.x).delete(post);
        }
        world.enter("after it has deleted a post").await;
        trouble.unwrap_or(Deletion::Gone)
    }

    async fn me(&self, client: &ClientId) -> Result<Account, XError> {
        let world = &self.world;
        world.enter("before it asks whose account it is").await;
        world.dawdle(Duration::from_secs(100), Some(client)).await;
        if let Some(trouble) = self.read_trouble(client) {
            return Err(trouble);
        }
        world.enter("after it has asked whose account it is").await;
        let own = world.books(|books| books.handle(client));
        let handle = match world.sabotage {
            Some(Sabotage::AccountNotAsked) => own,
            _ => lock(&world.x).account(client),
        };
        Ok(Account {
            user_id: "1".to_owned(),
            handle,
        })
    }

    async fn timeline(
        &self,
        client: &ClientId,
        account: &Account,
        since: Timestamp,
    ) -> Result<Vec<TimelinePost>, XError> {
        let world = &self.world;
        world.enter("before it reads a timeline").await;
        world.dawdle(Duration::from_secs(100), Some(client)).await;
        self.settle();
        if let Some(trouble) = self.read_trouble(client) {
            return Err(trouble);
        }
        self.hint(client, XEndpoint::Timeline);
        let truth = world.truth();
        let since = match world.sabotage {
            Some(Sabotage::ClockTrusted) => later(since, LOOK_BACK),
            _ => since,
        };
        let mut posts = lock(&world.x).timeline(&account.handle, since, truth);
        for post in &mut posts {
            let form = world.dice().roll(4);
            post.text = shown_form(&post.text, form);
        }
        world.note("x", || format!("shows {client} {} posts", posts.len()));
        world.enter("after it has read a timeline").await;
        Ok(posts)
    }
}
