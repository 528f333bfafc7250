//! Taking a post down: under the right account only, and again until X says that it is gone.

use actix::prelude::*;
use clara_domain::command::DeleteOutcome;
use clara_domain::ids::{ClientId, Handle, PostId};

use super::hindrance::Hindrance;
use super::{Core, XGateway};
use crate::limiter::Permit;
use crate::ports::x::Deletion;

/// Takes a post down. The permit is held until the outcome is there.
#[derive(Message)]
#[rtype(result = "DeleteOutcome")]
pub(crate) struct TakeDown {
    pub(crate) client: ClientId,
    pub(crate) handle: Handle,
    pub(crate) post: PostId,
    pub(crate) permit: Permit,
}

impl Core {
    async fn take_down(&self, client: &ClientId, handle: &Handle, post: &PostId) -> DeleteOutcome {
        if let Err(hindrance) = self.way_is_clear(client, handle).await {
            return hindrance.into();
        }
        let deletion = self.contained(self.x.delete(client, post)).await;
        let deletion = deletion.unwrap_or_else(|reason| Deletion::NotKnown { reason });
        let works = !matches!(deletion, Deletion::NotKnown { .. });
        self.breaker().note(works, self.clock.now());
        match deletion {
            Deletion::Gone => DeleteOutcome::Gone,
            Deletion::NotKnown { reason } => Hindrance::passing(reason).into(),
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
        let core = self.0.clone();
        Box::pin(async move {
            let outcome = core
                .take_down(&message.client, &message.handle, &message.post)
                .await;
            drop(message.permit);
            outcome
        })
    }
}
