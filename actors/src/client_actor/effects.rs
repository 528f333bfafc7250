//! Doing what is owed: each effect from its beginning to the command that records what became of it.
//!
//! The one order that matters is in [`publish`]: permit, intent on disk, request, outcome on disk.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::client::Notice;
use clara_domain::command::{DeleteOutcome, Look};
use clara_domain::effect::{Effect, look};
use clara_domain::ids::{PostId, TweetId};
use clara_domain::metering::{Item, post_of};
use clara_domain::person::By;
use clara_domain::{Client, Command, Rejection};
use tokio::sync::{oneshot, watch};
use tracing::{debug, error, warn};

use super::metered::Hurdle;
use super::outgoing::Outgoing;
use super::{Ask, BUSY_PAUSE, ClientActor};
use crate::alerts::Alert;
use crate::alerts::{AlertCenter, Deliver};
use crate::around::Surroundings;
use crate::brake::{BrakeView, report};
use crate::gateway::model::OpenAiGateway;
use crate::gateway::within;
use crate::gateway::x::{Intent, Knows, LookFor, Publish, TakeDown, XGateway};
use crate::handle::Refusal;
use crate::knowledge::Library;
use crate::limiter::{Class, Limiter, Permit, Service};
use crate::meter::Meter;
use crate::model_chain::ModelChain;
use crate::ports::desk::{CardRequest, DeskError};
use crate::ports::{Clock, Desk, Journal, Moderator};
use crate::prompt::Prompts;
use crate::rules::Rules;
use crate::treasurer::{Exhausted, Reservation, Treasurer};

/// How long the desk may take for a card.
const DESK_PATIENCE: Duration = Duration::from_secs(120);

/// The posts of one page of a timeline. A look reads what an account has posted since a few minutes; only of one that has
/// posted more than this, a look whose answer was lost may have cost more.
const MOST_POSTS_READ: u64 = 100;

/// What a client needs of the rest of the engine.
#[derive(Clone)]
pub(crate) struct Tools {
    pub(crate) rules: Arc<dyn Rules>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) desk: Arc<dyn Desk>,
    pub(crate) limiter: Limiter,
    pub(crate) prompts: Prompts,
    pub(crate) chain: ModelChain,
    pub(crate) library: Library,
    /// Who judges texts, behind a breaker; none where nobody was asked to.
    pub(crate) moderator: Option<Arc<dyn Moderator>>,
    pub(crate) around: Surroundings,
    pub(crate) model: Addr<OpenAiGateway>,
    pub(crate) treasurer: Treasurer,
    pub(crate) x: Addr<XGateway>,
    pub(crate) alerts: Addr<AlertCenter>,
    pub(crate) brake: BrakeView,
    pub(crate) fatal: Arc<watch::Sender<Option<String>>>,
}

impl Tools {
    /// Reports that the process cannot go on; the first report counts.
    pub(crate) fn report_fatal(&self, reason: &str) {
        report(&self.fatal, reason);
    }
}

/// How an effect ended, as far as it matters for trying it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Whatever became of it is in the journal, or it was not needed any more.
    Done,
    /// It came to nothing, and the journal does not know: not again before a pause.
    Failed {
        /// How long at least.
        retry_after: Option<Duration>,
    },
}

impl From<Result<Arc<Client>, Refusal>> for End {
    fn from(result: Result<Arc<Client>, Refusal>) -> Self {
        match result {
            // This one stays owed, and stays refused.
            Err(refusal @ Refusal::Rejected(Rejection::HashMismatch)) => {
                error!(%refusal, "a text is not sent");
                Self::Failed { retry_after: None }
            }
            // What was not granted is not owed any more, or the state will say when it is.
            Ok(_) | Err(Refusal::Rejected(_)) => Self::Done,
            Err(refusal) => {
                warn!(%refusal, "an outcome could not be recorded");
                Self::Failed { retry_after: None }
            }
        }
    }
}

pub(super) struct Run {
    pub(super) client: Arc<Client>,
    pub(super) actor: Addr<ClientActor>,
    pub(super) tools: Tools,
}

/// Does one effect.
pub(super) async fn run(
    effect: Effect,
    client: Arc<Client>,
    actor: Addr<ClientActor>,
    tools: Tools,
) -> End {
    let run = Run {
        client,
        actor,
        tools,
    };
    match effect {
        Effect::Generate { tweet } => run.generate(tweet).await,
        Effect::Check { tweet } => run.check(tweet).await,
        Effect::Publish { tweet } => run.publish(tweet).await,
        Effect::Reconcile { tweet } => run.reconcile(tweet).await,
        Effect::Delete { tweet, post } => run.delete(tweet, post).await,
        Effect::ShowCard { tweet, change } => run.show_card(tweet, change).await,
        Effect::Notify { notices } => run.notify(notices).await,
    }
}

impl Run {
    /// Has the client decide something, as the engine.
    pub(super) async fn ask(&self, command: Command) -> Result<Arc<Client>, Refusal> {
        let (reply, answer) = oneshot::channel();
        let gone = || Refusal::Unavailable {
            client: self.client.id.clone(),
            reason: "it is being restarted".to_owned(),
        };
        let ask = Ask::new(By::Engine, command, reply);
        self.actor.send(ask).await.map_err(|_| gone())?;
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Has the client record what became of an effect. Nobody else knows it: while the journal is too busy to take it,
    /// it is kept and offered again.
    pub(super) async fn record(&self, outcome: Command) -> End {
        loop {
            match self.ask(outcome.clone()).await {
                Err(Refusal::NotStored {
                    perhaps: false,
                    reason,
                }) => {
                    warn!(reason, "an outcome waits to be recorded");
                    self.tools.clock.sleep(BUSY_PAUSE).await;
                }
                recorded => return recorded.into(),
            }
        }
    }

    /// A place among the calls of a service; none when Clara is shutting down.
    pub(super) async fn permit(&self, service: Service, class: Class) -> Option<Permit> {
        let limiter = &self.tools.limiter;
        limiter.acquire(service, &self.client.id, class).await
    }

    async fn publish(&self, tweet: TweetId) -> End {
        let Some(permit) = self.permit(Service::X, Class::Post).await else {
            return End::Failed { retry_after: None };
        };
        let money = match self.money_for_post(tweet) {
            Ok(money) => money,
            Err(exhausted) => return self.held_up(Hurdle::Budget(exhausted)),
        };
        let meter = Meter::default();
        let sending = self.send(tweet, permit, money, &meter);
        let knows = self.tools.x.send(Knows(self.client.id.clone())).await;
        if knows.unwrap_or(true) {
            return sending.await;
        }
        // The first post of a process asks whose account it is, which is billed; the post itself counts once it is live.
        let at_most = vec![Item::UsersRead { count: 1 }];
        let sent = self.metered(Some(tweet), at_most, &meter, sending).await;
        sent.unwrap_or_else(|hurdle| self.held_up(hurdle))
    }

    /// Sets aside what the next post of a tweet costs, until the intent to send it is recorded: from then on it counts
    /// as a post that may be live.
    fn money_for_post(&self, tweet: TweetId) -> Result<Option<Reservation>, Exhausted> {
        let tweet = self.client.tweet(tweet);
        let post = tweet.map(|tweet| post_of(tweet, tweet.next_segment()));
        let now = self.tools.clock.now();
        let reserve = |post| self.tools.treasurer.reserve(&self.client.id, &[post], now);
        post.map(reserve).transpose()
    }

    async fn send(
        &self,
        tweet: TweetId,
        permit: Permit,
        money: Option<Reservation>,
        meter: &Meter,
    ) -> End {
        // From here on the intent is on disk: what follows happens once, or is found out about.
        let begun = self.ask(Command::BeginPublish { tweet }).await;
        if let Some(money) = money {
            money.release();
        }
        let begun = match begun {
            Ok(begun) => begun,
            refused @ Err(_) => return refused.into(),
        };
        let Some(outgoing) = Outgoing::of(&begun, tweet) else {
            debug!(%tweet, "nothing to send after all");
            return End::Done;
        };
        let request = Publish {
            client: begun.id.clone(),
            handle: outgoing.handle,
            intent: Intent {
                tweet,
                attempt: outgoing.attempt,
            },
            post: outgoing.post,
            permit,
            meter: meter.clone(),
        };
        // A gateway that is gone may have sent it; the next start will find out.
        let Ok(outcome) = self.tools.x.send(request).await else {
            return End::Failed { retry_after: None };
        };
        let command = Command::RecordSend {
            tweet,
            attempt: outgoing.attempt,
            segment: outgoing.segment,
            outcome,
        };
        self.record(command).await
    }

    async fn reconcile(&self, tweet: TweetId) -> End {
        let request = look(&self.client, tweet).map(Box::new);
        let (Some(settings), Some(request)) = (&self.client.settings, request) else {
            return End::Done;
        };
        let attempt = request.attempt;
        let Some(permit) = self.permit(Service::X, Class::Look).await else {
            return End::Failed { retry_after: None };
        };
        let meter = Meter::default();
        let look_for = LookFor {
            client: self.client.id.clone(),
            handle: settings.handle.clone(),
            request,
            permit,
            meter: meter.clone(),
        };
        let at_most = vec![
            Item::PostsRead {
                count: MOST_POSTS_READ,
            },
            Item::UsersRead { count: 1 },
        ];
        let look = self.metered(Some(tweet), at_most, &meter, self.tools.x.send(look_for));
        let look = match look.await {
            Ok(look) => look,
            Err(hurdle) => return self.held_up(hurdle),
        };
        let look = look.unwrap_or_else(|_| Look::Unreadable {
            reason: "Clara is shutting down".to_owned(),
        });
        let command = Command::RecordLook {
            tweet,
            attempt,
            look,
        };
        self.record(command).await
    }

    async fn delete(&self, tweet: TweetId, post: PostId) -> End {
        let Some(settings) = &self.client.settings else {
            return End::Done;
        };
        let Some(permit) = self.permit(Service::X, Class::Delete).await else {
            return End::Failed { retry_after: None };
        };
        let meter = Meter::default();
        let take_down = TakeDown {
            client: self.client.id.clone(),
            handle: settings.handle.clone(),
            post: post.clone(),
            permit,
            meter: meter.clone(),
        };
        let at_most = vec![
            Item::PostsDeleted { count: 1 },
            Item::UsersRead { count: 1 },
        ];
        let outcome = self.metered(Some(tweet), at_most, &meter, self.tools.x.send(take_down));
        let outcome = match outcome.await {
            Ok(outcome) => outcome,
            Err(hurdle) => return self.held_up(hurdle),
        };
        let outcome = outcome.unwrap_or_else(|_| DeleteOutcome::NotYet {
            reason: "Clara is shutting down".to_owned(),
            retry_after: None,
        });
        let command = Command::RecordDeletion {
            tweet,
            post,
            outcome,
        };
        self.record(command).await
    }

    async fn show_card(&self, tweet: TweetId, change: u64) -> End {
        let card = CardRequest {
            client: self.client.clone(),
            tweet,
        };
        let shown = within(
            self.tools.clock.as_ref(),
            DESK_PATIENCE,
            self.tools.desk.show_card(card),
        );
        let shown = shown.await.unwrap_or_else(|reason| {
            Err(DeskError {
                reason,
                retry_after: None,
            })
        });
        match shown {
            Ok(shown) => {
                let command = Command::RecordCard {
                    tweet,
                    change,
                    channel: shown.channel,
                    message: shown.message,
                };
                self.record(command).await
            }
            Err(error) => {
                warn!(%tweet, %error, "a card could not be shown");
                End::Failed {
                    retry_after: error.retry_after,
                }
            }
        }
    }

    async fn notify(&self, notices: Vec<Notice>) -> End {
        let mut delivered = None;
        let mut failed = None;
        for notice in notices {
            let no = notice.no;
            let alert = Alert::of_notice(&self.client, notice);
            match self.tools.alerts.send(Deliver(alert)).await {
                Ok(Ok(())) => delivered = Some(no),
                Ok(Err(error)) => failed = Some(error.retry_after),
                Err(_) => failed = Some(None),
            }
            if failed.is_some() {
                break;
            }
        }
        let mut end = End::Done;
        if let Some(upto) = delivered {
            end = self.record(Command::RecordNotices { upto }).await;
        }
        failed.map_or(end, |retry_after| End::Failed { retry_after })
    }
}
