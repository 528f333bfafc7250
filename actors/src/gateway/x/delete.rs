//! Taking a post down: under the right account only, and again until X says that it is gone.

use actix::prelude::*;
use clara_domain::command::DeleteOutcome;
use clara_domain::ids::{ClientId, Handle, PostId};
use clara_domain::metering::Item;

use super::hindrance::Hindrance;
use super::{Core, XGateway};
use crate::gateway::whole;
use crate::limiter::Permit;
use crate::meter::Meter;
use crate::ports::x::Deletion;

/// Takes a post down. The permit is held until the outcome is there.
#[derive(Message)]
#[rtype(result = "DeleteOutcome")]
pub(crate) struct TakeDown {
    pub(crate) client: ClientId,
    pub(crate) handle: Handle,
    pub(crate) post: PostId,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

impl Core {
    async fn take_down(&self, message: &TakeDown) -> DeleteOutcome {
        let TakeDown {
            client,
            handle,
            post,
            meter,
            ..
        } = message;
        let tickets = match self.admit(client) {
            Ok(tickets) => tickets,
            Err(hindrance) => return hindrance.into(),
        };
        let deletion = match self.account(client, handle, meter).await {
            Ok(_) => {
                let deletion = self.contained(self.x.delete(client, post)).await;
                deletion.unwrap_or_else(|reason| Deletion::NotKnown { reason })
            }
            Err(hindrance) => {
                self.note(client, tickets, hindrance.sign());
                return hindrance.into();
            }
        };
        let sign = match &deletion {
            Deletion::NotKnown { reason } => Err(reason.as_str()),
            _ => Ok(()),
        };
        self.note(client, tickets, Some(sign));
        match deletion {
            Deletion::Gone => {
                meter.item(Item::PostsDeleted { count: 1 });
                DeleteOutcome::Gone
            }
            Deletion::WasGone => DeleteOutcome::Gone,
            Deletion::NotKnown { reason } => {
                meter.lost();
                Hindrance::failing(reason).into()
            }
            Deletion::Throttled {
                reason,
                retry_after,
            } => self.throttled(client, reason, retry_after).into(),
            Deletion::Refused { reason } => Hindrance::lasting(reason).into(),
            Deletion::Exhausted(exhausted) => self.exhausted(exhausted).into(),
        }
    }
}

impl Handler<TakeDown> for XGateway {
    type Result = ResponseFuture<DeleteOutcome>;

    fn handle(&mut self, message: TakeDown, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let outcome = whole(core.take_down(&message)).await;
            drop(message.permit);
            outcome.unwrap_or_else(|reason| DeleteOutcome::NotYet {
                reason,
                retry_after: None,
            })
        })
    }
}
