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
use clara_domain::reconcile::{LOOK_BACK, Sighting, find};

use super::breaker::BreakerPolicy;
use super::breakers::{Breakers, Opened, Tickets};
use super::health::Board;
use super::{contained, whole};
use crate::limiter::{Class, Limiter, Permit, Service};
use crate::meter::Meter;
use crate::ports::Clock;
use crate::ports::x::{Account, Exhausted, NewPost, Publication, XApi, XError};
use crate::vital::Vital;
pub(crate) use delete::TakeDown;
pub(crate) use gate::{Gate, Intent};
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
    pub(crate) intent: Intent,
    pub(crate) post: NewPost,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

/// Whether a client's account has been asked for in this process, so that posting asks for nothing that is billed.
#[derive(Message)]
#[rtype(result = "bool")]
pub(crate) struct Knows(pub(crate) ClientId);

/// Looks for a segment on the timeline.
#[derive(Message)]
#[rtype(result = "Look")]
pub(crate) struct LookFor {
    pub(crate) client: ClientId,
    pub(crate) handle: Handle,
    pub(crate) request: Box<LookRequest>,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

struct Core {
    x: Arc<dyn XApi>,
    clock: Arc<dyn Clock>,
    limiter: Limiter,
    gate: Gate,
    breakers: Mutex<Breakers>,
    /// The accounts that were asked for in this process.
    accounts: Mutex<BTreeMap<ClientId, Account>>,
}

/// The gateway actor: a shell around calls that run side by side.
pub(crate) struct XGateway {
    core: Arc<Core>,
    _vital: Vital,
}

impl XGateway {
    pub(crate) fn start_with(
        x: Arc<dyn XApi>,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
        gate: Gate,
        (board, vital): (Board, Vital),
    ) -> Addr<Self> {
        x.observe_rates(rates::observer(limiter.clone(), clock.clone()));
        let core = Core {
            x,
            clock,
            limiter,
            gate,
            breakers: Mutex::new(Breakers::new(Service::X, BreakerPolicy::default(), board)),
            accounts: Mutex::default(),
        };
        let gateway = Self {
            core: Arc::new(core),
            _vital: vital,
        };
        gateway.start()
    }
}

impl Core {
    fn breakers(&self) -> MutexGuard<'_, Breakers> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn contained<T>(&self, call: impl Future<Output = T>) -> Result<T, String> {
        contained(self.clock.as_ref(), PATIENCE, call).await
    }

    fn accounts(&self) -> MutexGuard<'_, BTreeMap<ClientId, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The account behind the credentials, if it is the one that the client's settings name.
    async fn account(
        &self,
        client: &ClientId,
        handle: &Handle,
        meter: &Meter,
    ) -> Result<Account, Hindrance> {
        let is_own = |account: &Account| {
            let told = account.handle.as_str();
            told.eq_ignore_ascii_case(handle.as_str())
        };
        let known = self.accounts().get(client).cloned();
        let account = match known {
            Some(account) => account,
            None => {
                let asked = self.contained(self.x.me(client)).await;
                let account = billed(meter, asked)
                    .map_err(Hindrance::failing)?
                    .map_err(|error| self.refused(client, error))?;
                if is_own(&account) {
                    meter.user(&account.user_id);
                } else {
                    // X bills an account once a day, and whose this is may have been asked for already.
                    meter.lost();
                }
                self.accounts().insert(client.clone(), account.clone());
                account
            }
        };
        if is_own(&account) {
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
            XError::Unavailable { .. } | XError::Malformed { .. } => Hindrance::failing(reason),
            XError::Exhausted(exhausted) => self.exhausted(exhausted),
            XError::Blocked { .. } => Hindrance::lasting(reason),
        }
    }

    /// What one client meets here all would meet: everything is held, and this one goes on with the others.
    fn exhausted(&self, exhausted: Exhausted) -> Hindrance {
        let reason = exhausted.to_string();
        self.gate.hold_everything(reason.clone(), exhausted.until);
        Hindrance::answered(reason)
    }

    fn throttled(&self, client: &ClientId, reason: String, time: Duration) -> Hindrance {
        let until = later(self.clock.now(), time);
        self.limiter.block(Service::X, Some(client), until);
        Hindrance::waiting(reason, time)
    }

    fn admit(&self, client: &ClientId) -> Result<Tickets, Hindrance> {
        let admitted = self.breakers().admit(client, self.clock.now());
        let reason = "X failed several times and is left alone for a moment";
        admitted.map_err(|wait| Hindrance::waiting(reason.to_owned(), wait))
    }

    /// Notes what a call says about X. Who is left alone for a while is not let out of the line before.
    fn note(&self, client: &ClientId, tickets: Tickets, sign: Option<Result<(), &str>>) {
        let now = self.clock.now();
        let Some(outcome) = sign else {
            return self.breakers().abandon(client, tickets, now);
        };
        let opened = self.breakers().note(client, tickets, outcome, now);
        let (whose, until) = match opened {
            None => return,
            Some(Opened::Client(until)) => (Some(client), until),
            Some(Opened::All(until)) => (None, until),
        };
        tracing::warn!(whose = whose.map(ClientId::as_str), %until, "X is left alone");
        for class in [Class::Post, Class::Delete] {
            self.limiter.hold(Service::X, whose, Some(class), until);
        }
    }

    async fn publish(&self, request: &Publish) -> SendOutcome {
        let client = &request.client;
        let tickets = match self.admit(client) {
            Ok(tickets) => tickets,
            Err(hindrance) => return hindrance.into(),
        };
        let sent = self.send(request).await;
        let sign = match &sent {
            Ok(Publication::Unknown { reason } | Publication::NotSent { reason }) => {
                Some(Err(reason.as_str()))
            }
            Ok(Publication::Held { .. }) => None,
            Ok(_) => Some(Ok(())),
            Err(hindrance) => hindrance.sign(),
        };
        self.note(client, tickets, sign);
        match sent {
            Ok(publication) => self.outcome(client, publication),
            Err(hindrance) => hindrance.into(),
        }
    }

    async fn send(&self, request: &Publish) -> Result<Publication, Hindrance> {
        let client = &request.client;
        self.account(client, &request.handle, &request.meter)
            .await?;
        let last_look = || match self.gate.shut(client, &request.intent) {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(()),
        };
        let created = self.x.create(client, &request.post, &last_look);
        let publication = self.contained(created).await;
        Ok(publication.unwrap_or_else(|reason| Publication::Unknown { reason }))
    }

    fn outcome(&self, client: &ClientId, publication: Publication) -> SendOutcome {
        match publication {
            Publication::Accepted { post } => SendOutcome::Accepted { post },
            Publication::Refused { reason, duplicate } => {
                SendOutcome::Refused { reason, duplicate }
            }
            Publication::Held { reason } => Hindrance::passing(reason).into(),
            Publication::NotSent { reason } => Hindrance::failing(reason).into(),
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

    async fn look(&self, message: &LookFor) -> Look {
        match self.find(message).await {
            Ok(look) => look,
            Err(reason) => Look::Unreadable { reason },
        }
    }

    async fn find(&self, message: &LookFor) -> Result<Look, String> {
        let LookFor {
            client,
            handle,
            request,
            meter,
            ..
        } = message;
        let account = self.account(client, handle, meter).await;
        let account = account.map_err(|hindrance| hindrance.reason)?;
        let since = request.since.checked_sub(LOOK_BACK);
        let since = since.unwrap_or(jiff::Timestamp::MIN);
        let posts = self
            .contained(self.x.timeline(client, &account, since))
            .await;
        let posts = billed(meter, posts)?.map_err(|error| {
            let reason = error.to_string();
            self.refused(client, error);
            reason
        })?;
        meter.posts(posts.iter().map(|post| &post.id));
        match find(&request.text, request.since, &request.known, &posts) {
            Sighting::Made(post) => Ok(Look::Found {
                post: post.id.clone(),
            }),
            Sighting::Older(post) => Err(format!(
                "@{handle} shows the same text in the post {}, which X says is of {:.0}, before it was sent: either it was \
                 posted by other means, or this machine's clock was wrong",
                post.id.as_str(),
                post.created_at
            )),
            Sighting::Nothing => Ok(Look::Absent),
        }
    }
}

/// A read that failed is free; of one whose answer was lost or made no sense nobody knows.
fn billed<T>(
    meter: &Meter,
    read: Result<Result<T, XError>, String>,
) -> Result<Result<T, XError>, String> {
    if let Err(_) | Ok(Err(XError::Unavailable { .. } | XError::Malformed { .. })) = &read {
        meter.lost();
    }
    read
}

impl Handler<Knows> for XGateway {
    type Result = bool;
    fn handle(&mut self, Knows(client): Knows, _: &mut Self::Context) -> bool {
        self.core.accounts().contains_key(&client)
    }
}

impl Actor for XGateway {
    type Context = Context<Self>;
}

impl Handler<Publish> for XGateway {
    type Result = ResponseFuture<SendOutcome>;
    fn handle(&mut self, message: Publish, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let outcome = whole(core.publish(&message)).await;
            drop(message.permit);
            outcome.unwrap_or_else(|reason| SendOutcome::Unknown { reason })
        })
    }
}

impl Handler<LookFor> for XGateway {
    type Result = ResponseFuture<Look>;
    fn handle(&mut self, message: LookFor, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let look = whole(core.look(&message)).await;
            drop(message.permit);
            look.unwrap_or_else(|reason| Look::Unreadable { reason })
        })
    }
}
