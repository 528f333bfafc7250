//! The way to X: posts go out under the right account, timelines come in.
//!
//! Nothing is posted before the account behind the credentials has been asked for and is the client's own. A post is
//! sent once; whatever is not certain about it is reported as [`SendOutcome::Unknown`].

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
use crate::ports::x::{Account, NewPost, Publication, XApi, XError};

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
    ) -> Addr<Self> {
        x.observe_rates(rates::observer(limiter.clone(), clock.clone()));
        let core = Core {
            x,
            clock,
            limiter,
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
    async fn account(&self, client: &ClientId, handle: &Handle) -> Result<Account, SendOutcome> {
        let known = self.accounts().get(client).cloned();
        let account = match known {
            Some(account) => account,
            None => {
                let asked = self.contained(self.x.me(client)).await;
                let account = asked
                    .map_err(not_sent)?
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
        Err(SendOutcome::NotSent {
            reason: format!(
                "the X credentials belong to @{}, not to @{handle}",
                account.handle
            ),
            retry_after: None,
            needs_person: true,
        })
    }

    fn refused(&self, client: &ClientId, error: XError) -> SendOutcome {
        let reason = error.to_string();
        match error {
            XError::Throttled { retry_after, .. } => {
                self.hold(client, retry_after);
                SendOutcome::NotSent {
                    reason,
                    retry_after: Some(retry_after),
                    needs_person: false,
                }
            }
            XError::Unavailable { .. } | XError::Malformed { .. } => not_sent(reason),
            XError::Blocked { .. } => SendOutcome::NotSent {
                reason,
                retry_after: None,
                needs_person: true,
            },
        }
    }

    fn hold(&self, client: &ClientId, time: Duration) {
        let until = later(self.clock.now(), time);
        self.limiter.block(Service::X, Some(client), until);
    }

    fn admit(&self) -> Result<(), SendOutcome> {
        let admitted = self.breaker().admit(self.clock.now());
        admitted.map_err(|wait| SendOutcome::NotSent {
            reason: "X failed several times and is left alone for a moment".to_owned(),
            retry_after: Some(wait),
            needs_person: false,
        })
    }

    async fn publish(&self, client: &ClientId, handle: &Handle, post: &NewPost) -> SendOutcome {
        if let Err(outcome) = self.admit() {
            return outcome;
        }
        if let Err(outcome) = self.account(client, handle).await {
            return outcome;
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

    fn outcome(&self, client: &ClientId, publication: Publication) -> SendOutcome {
        match publication {
            Publication::Accepted { post } => SendOutcome::Accepted { post },
            Publication::Refused { reason, duplicate } => {
                SendOutcome::Refused { reason, duplicate }
            }
            Publication::NotSent { reason } => not_sent(reason),
            Publication::Throttled {
                reason,
                retry_after,
            } => {
                self.hold(client, retry_after);
                SendOutcome::NotSent {
                    reason,
                    retry_after: Some(retry_after),
                    needs_person: false,
                }
            }
            Publication::Blocked { reason } => {
                // Whoever mends this may have changed the account as well.
                self.accounts().remove(client);
                SendOutcome::NotSent {
                    reason,
                    retry_after: None,
                    needs_person: true,
                }
            }
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
        let account = match self.account(client, handle).await {
            Ok(account) => account,
            Err(SendOutcome::NotSent { reason, .. }) => return Err(reason),
            Err(other) => return Err(format!("the account is not known: {other:?}")),
        };
        let since = request.since.checked_sub(CLOCK_SKEW);
        let since = since.unwrap_or(jiff::Timestamp::MIN);
        let posts = self
            .contained(self.x.timeline(client, &account, since))
            .await?;
        let posts = posts.map_err(|error| {
            if let XError::Throttled { retry_after, .. } = &error {
                self.hold(client, *retry_after);
            }
            error.to_string()
        })?;
        let found = find(&request.text, request.since, &request.known, &posts);
        Ok(found.map_or(Look::Absent, |post| Look::Found {
            post: post.id.clone(),
        }))
    }
}

fn not_sent(reason: String) -> SendOutcome {
    SendOutcome::NotSent {
        reason,
        retry_after: None,
        needs_person: false,
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
