//! X as far as it matters here: accounts, timelines, and everything that can become of a request to post.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::Clock;
use clara_actors::ports::x::{
    Account, Deletion, Exhausted, LastLook, NewPost, Publication, RateHints, RateObserver,
    RateWindow, XApi, XEndpoint, XError,
};
use clara_domain::ids::{ClientId, Handle, PostId};
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;

use super::clock::TestClock;
use super::diary::{Diary, Gate, Seen, lock, scripted_panic};

/// What becomes of a request to post.
#[derive(Debug, Clone)]
pub(crate) enum Sending {
    Accept,
    /// It is live, and nobody hears of it.
    LoseAnswer,
    /// It never arrives, and nobody hears of that.
    LoseRequest,
    NotSent,
    Throttle(Duration),
    Refuse,
    Block,
    Exhaust(Option<Timestamp>),
    Panic,
    /// It is live, and whoever waits for the answer dies.
    AcceptAndDie,
    Hang,
}

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct FakeX {
    state: Arc<Mutex<State>>,
    pub(crate) gate: Gate,
    /// Where those who ask for the account wait.
    pub(crate) me_gate: Gate,
    /// Where those wait whose token is renewed before their request leaves.
    pub(crate) token_gate: Gate,
    diary: Diary,
    clock: TestClock,
}

#[derive(Default)]
struct State {
    accounts: BTreeMap<ClientId, Handle>,
    scripts: BTreeMap<ClientId, VecDeque<Sending>>,
    timelines: BTreeMap<Handle, Vec<TimelinePost>>,
    deletions: VecDeque<Deletion>,
    me_panics: u32,
    unreadable: u32,
    looks: usize,
    lag: Duration,
    posts: u64,
    observer: Option<RateObserver>,
    windows: BTreeMap<XEndpoint, Timestamp>,
}

impl FakeX {
    pub(crate) fn new(diary: &Diary, clock: &TestClock) -> Self {
        Self {
            state: Arc::default(),
            gate: Gate::default(),
            me_gate: Gate::default(),
            token_gate: Gate::default(),
            diary: diary.clone(),
            clock: clock.clone(),
        }
    }

    /// The account behind a client's credentials.
    pub(crate) fn set_account(&self, client: &ClientId, handle: &Handle) {
        let mut state = lock(&self.state);
        state.accounts.insert(client.clone(), handle.clone());
    }

    /// What becomes of a client's next requests, before everything is accepted again.
    pub(crate) fn next(&self, client: &ClientId, sendings: impl IntoIterator<Item = Sending>) {
        let mut state = lock(&self.state);
        let script = state.scripts.entry(client.clone()).or_default();
        script.extend(sendings);
    }

    /// What becomes of the next requests to take something down, before they are granted again.
    pub(crate) fn next_deletions(&self, deletions: impl IntoIterator<Item = Deletion>) {
        lock(&self.state).deletions.extend(deletions);
    }

    /// How long a post is live before the timeline shows it.
    pub(crate) fn set_lag(&self, lag: Duration) {
        lock(&self.state).lag = lag;
    }

    /// The next reads of timelines fail.
    pub(crate) fn make_unreadable(&self, times: u32) {
        lock(&self.state).unreadable = times;
    }

    /// Asking whose account it is panics so many times.
    pub(crate) fn panic_on_me(&self, times: u32) {
        lock(&self.state).me_panics = times;
    }

    /// What is live on an account, oldest first.
    pub(crate) fn live(&self, handle: &Handle) -> Vec<String> {
        let posts = self.timeline(handle).into_iter();
        posts.map(|post| post.text).collect()
    }

    /// The posts of an account, oldest first.
    pub(crate) fn timeline(&self, handle: &Handle) -> Vec<TimelinePost> {
        let state = lock(&self.state);
        state.timelines.get(handle).cloned().unwrap_or_default()
    }

    /// Every answer about an endpoint says that its window is used up until a time, without any call being refused.
    pub(crate) fn use_up(&self, endpoint: XEndpoint, until: Timestamp) {
        lock(&self.state).windows.insert(endpoint, until);
    }

    fn hint(&self, client: &ClientId, endpoint: XEndpoint) {
        let state = lock(&self.state);
        let (observer, reset) = (
            state.observer.clone(),
            state.windows.get(&endpoint).copied(),
        );
        drop(state);
        let (Some(observer), Some(reset)) = (observer, reset) else {
            return;
        };
        let window = RateWindow {
            limit: Some(100),
            remaining: Some(0),
            reset: Some(reset),
        };
        let hints = RateHints {
            window,
            ..RateHints::default()
        };
        observer(client, endpoint, hints);
    }

    /// How often timelines were read.
    pub(crate) fn looks(&self) -> usize {
        lock(&self.state).looks
    }

    fn accept(&self, client: &ClientId, post: &NewPost) -> PostId {
        let created_at = self.clock.now();
        let mut state = lock(&self.state);
        state.posts += 1;
        let id = PostId::new(format!("{}", 1000 + state.posts)).unwrap();
        let account = state.accounts[client].clone();
        let timeline = state.timelines.entry(account).or_default();
        timeline.push(TimelinePost {
            id: id.clone(),
            text: post.text.clone(),
            created_at,
        });
        id
    }

    fn script(&self, client: &ClientId) -> Sending {
        let mut state = lock(&self.state);
        let script = state.scripts.get_mut(client);
        script
            .and_then(VecDeque::pop_front)
            .unwrap_or(Sending::Accept)
    }
}

#[async_trait]
impl XApi for FakeX {
    fn observe_rates(&self, observer: RateObserver) {
        lock(&self.state).observer = Some(observer);
    }

    async fn create(
        &self,
        client: &ClientId,
        post: &NewPost,
        last_look: LastLook<'_>,
    ) -> Publication {
        self.token_gate.pass().await;
        self.diary.enter().await;
        if let Err(reason) = last_look() {
            return Publication::Held { reason };
        }
        self.diary
            .write(Seen::Sent(client.clone(), post.text.clone()));
        let sending = self.script(client);
        self.gate.pass().await;
        self.diary.enter().await;
        self.hint(client, XEndpoint::Create);
        let said = |words: &str| words.to_owned();
        match sending {
            Sending::Accept => Publication::Accepted {
                post: self.accept(client, post),
            },
            Sending::LoseAnswer => {
                self.accept(client, post);
                Publication::Unknown {
                    reason: said("the answer was lost"),
                }
            }
            Sending::LoseRequest => Publication::Unknown {
                reason: said("the connection was reset"),
            },
            Sending::NotSent => Publication::NotSent {
                reason: said("the connection was refused"),
            },
            Sending::Throttle(retry_after) => Publication::Throttled {
                reason: said("too many requests"),
                retry_after,
            },
            Sending::Refuse => Publication::Refused {
                reason: said("not allowed"),
                duplicate: false,
            },
            Sending::Block => Publication::Blocked {
                reason: said("the tokens were revoked"),
            },
            Sending::Exhaust(until) => Publication::Exhausted(Exhausted {
                reason: said("no credits are left"),
                until,
            }),
            Sending::Panic => scripted_panic("creating a post"),
            Sending::AcceptAndDie => {
                self.accept(client, post);
                self.diary.die().await
            }
            Sending::Hang => std::future::pending().await,
        }
    }

    async fn delete(&self, client: &ClientId, post: &PostId) -> Deletion {
        self.diary.enter().await;
        self.hint(client, XEndpoint::Delete);
        let mut state = lock(&self.state);
        if let Some(deletion) = state.deletions.pop_front() {
            return deletion;
        }
        let account = state.accounts[client].clone();
        let timeline = state.timelines.entry(account).or_default();
        timeline.retain(|live| live.id != *post);
        Deletion::Gone
    }

    async fn me(&self, client: &ClientId) -> Result<Account, XError> {
        self.diary.enter().await;
        self.me_gate.pass().await;
        self.diary.enter().await;
        let mut state = lock(&self.state);
        if state.me_panics > 0 {
            state.me_panics -= 1;
            drop(state);
            scripted_panic("asking for the account");
        }
        let handle = state.accounts[client].clone();
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
        self.diary.enter().await;
        self.hint(client, XEndpoint::Timeline);
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.looks += 1;
        if state.unreadable > 0 {
            state.unreadable -= 1;
            return Err(XError::Unavailable {
                reason: "over capacity".to_owned(),
            });
        }
        let lag = state.lag;
        let posts = state.timelines.get(&account.handle).into_iter().flatten();
        let visible = posts.filter(|post| post.created_at >= since && post.created_at + lag <= now);
        Ok(visible.rev().cloned().collect())
    }
}
