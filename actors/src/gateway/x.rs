//! The way to X: posts go out under the right account, timelines come in.
//!
//! Nothing is posted before the account behind the credentials has been asked for and is the client's own. A post is
//! sent once; whatever is not certain about it is reported as [`SendOutcome::Unknown`].

mod delete;
mod gate;
mod hindrance;
mod rates;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use clara_domain::command::{Look, SendOutcome};
use clara_domain::effect::LookRequest;
use clara_domain::ids::{ClientId, Handle};
use clara_domain::later;
use clara_domain::reconcile::{CLOCK_SKEW, find};

use super::breaker::{Breaker, BreakerPolicy, BreakerState};
use super::contained;
use crate::limiter::{Limiter, Permit, Service};
use crate::ports::Clock;
use crate::ports::x::{Account, Exhausted, NewPost, Publication, XApi, XError};
pub(crate) use delete::TakeDown;
pub(crate) use gate::Gate;
use hindrance::Hindrance;

/// How long a call may take. Asking for the account and posting together stay well below the time after which a post
/// that was not found is sent again.
const PATIENCE: Duration = Duration::from_secs(90);

/// Posts one segment. The permit is held until the outcome is there.
#[derive(Message)]
#[rtype(result = "SendOutcome")]
pub(crate) struct Publish {
    pub(crate) client: ClientId,
    pub(crate) handle: Handle,
    pub(crate) post: NewPost,
    pub(crate) permit: Permit,
}

/// Looks for a segment on the timeline.
#[derive(Message)]
#[rtype(result = "Look")]
pub(crate) struct LookFor {
    pub(crate) client: ClientId,
    pub(crate) handle: Handle,
    pub(crate) request: Box<LookRequest>,
    pub(crate) permit: Permit,
}

/// Asks whether calls go through.
#[derive(Message)]
#[rtype(result = "BreakerState")]
pub(crate) struct Health;

struct Core {
    x: Arc<dyn XApi>,
    clock: Arc<dyn Clock>,
    limiter: Limiter,
    gate: Gate,
    breaker: Mutex<Breaker>,
    /// The accounts that were asked for in this process.
    accounts: Mutex<BTreeMap<ClientId, Account>>,
}

/// The gateway actor: a shell around calls that run side by side.
pub(crate) struct XGateway(Arc<Core>);

impl XGateway {
    pub(crate) fn start_with(
        x: Arc<dyn XApi>,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
        gate: Gate,
    ) -> Addr<Self> {
        x.observe_rates(rates::observer(limiter.clone(), clock.clone()));
        let core = Core {
            x,
            clock,
            limiter,
            gate,
            breaker: Mutex::new(Breaker::new(BreakerPolicy::default())),
            accounts: Mutex::default(),
        };
        Self(Arc::new(core)).start()
    }
}

impl Core {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn contained<T>(&self, call: impl Future<Output = T>) -> Result<T, String> {
        contained(self.clock.as_ref(), PATIENCE, call).await
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<ClientId, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account behind the credentials, if it is the one that the client's settings name.
    async fn account(&self, client: &ClientId, handle: &Handle) -> Result<Account, Hindrance> {
        let known = self.accounts().get(client).cloned();
        let account = match known {
            Some(account) => account,
            None => {
                let asked = self.contained(self.x.me(client)).await;
                let account = asked
                    .map_err(Hindrance::passing)?
                    .map_err(|error| self.refused(client, error))?;
                self.accounts().insert(client.clone(), account.clone());
                account
            }
        };
        if account
            .handle
            .as_str()
            .eq_ignore_ascii_case(handle.as_str())
        {
            return Ok(account);
        }
        self.accounts().remove(client);
        Err(Hindrance::lasting(format!(
            "the X credentials belong to @{}, not to @{handle}",
            account.handle
        )))
    }

    fn refused(&self, client: &ClientId, error: XError) -> Hindrance {
        let reason = error.to_string();
        match error {
            XError::Throttled { retry_after, .. } => self.throttled(client, reason, retry_after),
            XError::Unavailable { .. } | XError::Malformed { .. } => Hindrance::passing(reason),
            XError::Exhausted(exhausted) => self.exhausted(exhausted),
            XError::Blocked { .. } => Hindrance::lasting(reason),
        }
    }

    /// What one client meets here all would meet: everything is held, and this one goes on with the others.
    fn exhausted(&self, exhausted: Exhausted) -> Hindrance {
        let reason = exhausted.to_string();
        self.gate.hold_everything(reason.clone(), exhausted.until);
        Hindrance::passing(reason)
    }

    fn throttled(&self, client: &ClientId, reason: String, time: Duration) -> Hindrance {
        let until = later(self.clock.now(), time);
        self.limiter.block(Service::X, Some(client), until);
        Hindrance::waiting(reason, time)
    }

    fn admit(&self) -> Result<(), Hindrance> {
        let admitted = self.breaker().admit(self.clock.now());
        let reason = "X failed several times and is left alone for a moment";
        admitted.map_err(|wait| Hindrance::waiting(reason.to_owned(), wait))
    }

    async fn publish(&self, client: &ClientId, handle: &Handle, post: &NewPost) -> SendOutcome {
        if let Err(hindrance) = self.way_is_clear(client, handle).await {
            return hindrance.into();
        }
        if let Some(reason) = self.gate.shut(client) {
            return Hindrance::passing(reason).into();
        }
        let publication = self.contained(self.x.create(client, post)).await;
        let publication = publication.unwrap_or_else(|reason| Publication::Unknown { reason });
        let works = !matches!(
            publication,
            Publication::Unknown { .. } | Publication::NotSent { .. }
        );
        self.breaker().note(works, self.clock.now());
        self.outcome(client, publication)
    }

    async fn way_is_clear(&self, client: &ClientId, handle: &Handle) -> Result<(), Hindrance> {
        self.admit()?;
        self.account(client, handle).await.map(|_| ())
    }

    fn outcome(&self, client: &ClientId, publication: Publication) -> SendOutcome {
        match publication {
            Publication::Accepted { post } => SendOutcome::Accepted { post },
            Publication::Refused { reason, duplicate } => {
                SendOutcome::Refused { reason, duplicate }
            }
            Publication::NotSent { reason } => Hindrance::passing(reason).into(),
            Publication::Throttled {
                reason,
                retry_after,
            } => self.throttled(client, reason, retry_after).into(),
            Publication::Blocked { reason } => {
                // Whoever mends this may have changed the account as well.
                self.accounts().remove(client);
                Hindrance::lasting(reason).into()
            }
            Publication::Exhausted(exhausted) => self.exhausted(exhausted).into(),
            Publication::Unknown { reason } => SendOutcome::Unknown { reason },
        }
    }

    async fn look(&self, client: &ClientId, handle: &Handle, request: &LookRequest) -> Look {
        match self.find(client, handle, request).await {
            Ok(look) => look,
            Err(reason) => Look::Unreadable { reason },
        }
    }

    async fn find(
        &self,
        client: &ClientId,
        handle: &Handle,
        request: &LookRequest,
    ) -> Result<Look, String> {
        let account = self.account(client, handle).await;
        let account = account.map_err(|hindrance| hindrance.reason)?;
        let since = request.since.checked_sub(CLOCK_SKEW);
        let since = since.unwrap_or(jiff::Timestamp::MIN);
        let posts = self
            .contained(self.x.timeline(client, &account, since))
            .await?;
        let posts = posts.map_err(|error| {
            let reason = error.to_string();
            self.refused(client, error);
            reason
        })?;
        let found = find(&request.text, request.since, &request.known, &posts);
        Ok(found.map_or(Look::Absent, |post| Look::Found {
            post: post.id.clone(),
        }))
    }
}

impl Actor for XGateway {
    type Context = Context<Self>;
}

impl Handler<Publish> for XGateway {
    type Result = ResponseFuture<SendOutcome>;
    fn handle(&mut self, message: Publish, _: &mut Self::Context) -> Self::Result {
        let core = self.0.clone();
        Box::pin(async move {
            let outcome = core
                .publish(&message.client, &message.handle, &message.post)
                .await;
            drop(message.permit);
            outcome
        })
    }
}

impl Handler<LookFor> for XGateway {
    type Result = ResponseFuture<Look>;
    fn handle(&mut self, message: LookFor, _: &mut Self::Context) -> Self::Result {
        let core = self.0.clone();
        Box::pin(async move {
            let look = core
                .look(&message.client, &message.handle, &message.request)
                .await;
            drop(message.permit);
            look
        })
    }
}

impl Handler<Health> for XGateway {
    type Result = MessageResult<Health>;
    fn handle(&mut self, _: Health, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.0.breaker().state())
    }
}
