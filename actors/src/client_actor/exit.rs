//! How the engine learns that a client actor is gone, whatever ended it.

use actix::prelude::*;
use clara_domain::ids::ClientId;

use crate::supervision::ExitReason;

/// A client actor is gone.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct ChildExited {
    pub(crate) client: ClientId,
    pub(crate) incarnation: u64,
    pub(crate) reason: ExitReason,
}

/// Lives in the actor and tells the engine when it is dropped. A panic drops the actor without another word, so that
/// is what an exit without a reason is.
pub(crate) struct ExitGuard {
    client: ClientId,
    incarnation: u64,
    reason: ExitReason,
    engine: Recipient<ChildExited>,
}

impl ExitGuard {
    pub(crate) fn new(client: ClientId, incarnation: u64, engine: Recipient<ChildExited>) -> Self {
        Self {
            client,
            incarnation,
            reason: ExitReason::Panicked,
            engine,
        }
    }

    pub(crate) fn because(&mut self, reason: ExitReason) {
        self.reason = reason;
    }
}

impl Drop for ExitGuard {
    fn drop(&mut self) {
        self.engine.do_send(ChildExited {
            client: self.client.clone(),
            incarnation: self.incarnation,
            reason: self.reason.clone(),
        });
    }
}
