//! One life of the engine, played by a test: what people ask, and how time passes.

use std::sync::Arc;
use std::time::Duration;

use clara_actors::EngineHandle;
use clara_actors::handle::Refusal;
use clara_actors::ports::Clock;
use clara_actors::ports::journal::StreamId;
use clara_domain::command::{SlotChoice, WriteTime};
use clara_domain::ids::TweetId;
use clara_domain::{Client, Command, Tweet};
use tokio::task::{spawn_local, yield_now};

use super::{World, ada, client};

/// Turns of the thread without a call of any port after which nothing is going on.
const QUIET_TURNS: u32 = 60;
/// Turns after which it is said to spin. Far beyond what the longest scenario takes.
const MOST_TURNS: u32 = 2_000_000;
/// Wakes after which a condition is said not to come.
const MOST_WAKES: u32 = 5_000;

/// See the module.
pub(crate) struct Run {
    pub(crate) world: World,
    pub(crate) engine: EngineHandle,
}

impl Run {
    pub(crate) fn new(world: World, engine: EngineHandle) -> Self {
        Self { world, engine }
    }

    /// Lets everything happen that happens without time passing.
    pub(crate) async fn settle(&self) {
        let diary = &self.world.diary;
        let mut quiet = 0;
        for _ in 0..MOST_TURNS {
            let before = diary.activity();
            yield_now().await;
            quiet = if diary.activity() == before {
                quiet + 1
            } else {
                0
            };
            if quiet == QUIET_TURNS {
                return;
            }
        }
        panic!("the engine is never idle: something goes round in circles");
    }

    /// Lets time pass, one sleeper after the other.
    pub(crate) async fn advance(&self, by: Duration) {
        let clock = &self.world.clock;
        let until = clock.now() + by;
        self.settle().await;
        while let Some(wake) = clock.next_wake().filter(|wake| *wake <= until) {
            clock.set(wake);
            self.settle().await;
        }
        clock.set(until);
        self.settle().await;
    }

    /// Wakes the next sleeper; whether there was one.
    pub(crate) async fn wake_next(&self) -> bool {
        self.settle().await;
        let Some(wake) = self.world.clock.next_wake() else {
            return false;
        };
        self.world.clock.set(wake);
        self.settle().await;
        true
    }

    /// Lets time pass until something is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&Self) -> bool) {
        self.settle().await;
        for _ in 0..MOST_WAKES {
            if is_so(self) {
                return;
            }
            assert!(self.wake_next().await, "{what}: nobody waits for anything");
        }
        panic!(
            "{what}: it has not come about by {}",
            self.world.clock.now()
        );
    }

    /// The answer to a request once everything has settled; none where there is none.
    pub(crate) async fn answer<T: 'static>(
        &self,
        request: impl Future<Output = T> + 'static,
    ) -> Option<T> {
        let asked = spawn_local(request);
        self.settle().await;
        if asked.is_finished() {
            return Some(asked.await.unwrap());
        }
        None
    }

    /// What Ada asks of a client.
    pub(crate) async fn try_ask(
        &self,
        name: &str,
        command: Command,
    ) -> Option<Result<Arc<Client>, Refusal>> {
        let (engine, id) = (self.engine.clone(), client(name));
        self.answer(async move { engine.execute(&id, ada(), command).await })
            .await
    }

    /// What Ada asks of a client, and is granted.
    pub(crate) async fn ask(&self, name: &str, command: Command) -> Arc<Client> {
        self.try_ask(name, command)
            .await
            .expect("an answer")
            .expect("granted")
    }

    /// Plans a tweet and has it written at once.
    pub(crate) async fn plan(&self, name: &str, ahead: Duration) -> TweetId {
        let id = self.engine.new_tweets(1)[0];
        self.ask(name, self.planning(id, ahead)).await;
        id
    }

    pub(crate) fn planning(&self, id: TweetId, ahead: Duration) -> Command {
        Command::Plan {
            tweets: vec![id],
            brief: "Say something new".to_owned(),
            segments: 1,
            slot: SlotChoice::At(self.world.clock.now() + ahead),
            write: WriteTime::Now,
        }
    }

    pub(crate) async fn approve(&self, name: &str, tweet: TweetId) {
        let revision = self.tweet(name, tweet).revision();
        self.ask(name, Command::Approve { tweet, revision }).await;
    }

    /// Plans a tweet and approves what was written.
    pub(crate) async fn approved(&self, name: &str, ahead: Duration) -> TweetId {
        let tweet = self.plan(name, ahead).await;
        self.until_state(name, tweet, "validated").await;
        self.approve(name, tweet).await;
        tweet
    }

    pub(crate) fn view(&self, name: &str) -> Arc<Client> {
        self.engine.view(&client(name)).expect("a client to see")
    }

    pub(crate) fn tweet(&self, name: &str, tweet: TweetId) -> Tweet {
        self.view(name).tweet(tweet).expect("a tweet").clone()
    }

    pub(crate) fn state(&self, name: &str, tweet: TweetId) -> &'static str {
        let view = self.engine.view(&client(name));
        view.ok()
            .and_then(|client| client.tweet(tweet).map(|tweet| tweet.state.name()))
            .unwrap_or("unknown")
    }

    pub(crate) async fn until_state(&self, name: &str, tweet: TweetId, state: &str) {
        let what = format!("{name}'s tweet is {state}");
        self.until(&what, |run| run.state(name, tweet) == state)
            .await;
    }

    /// The names of a client's events on disk.
    pub(crate) async fn events(&self, name: &str) -> Vec<String> {
        let stream = StreamId::Client(client(name));
        self.world.journal.events(&stream).await
    }
}
