//! `/client list`, `/client show`, `/queue` and `/status`: answered from memory.

use std::sync::Arc;

use clara_actors::handle::Condition;
use clara_domain::Client;
use clara_domain::ids::ClientId;

use super::Interactions;
use super::run::{Answer, say};
use crate::discord::texts::lists;

impl Interactions {
    pub(super) fn list_clients(&self) -> Answer {
        say(lists::clients(&self.engine.clients()))
    }

    pub(super) fn show_client(&self, id: &ClientId) -> Answer {
        let client = self.client(id)?;
        let statuses = self.engine.clients();
        let status = statuses.into_iter().find(|status| status.id == *id);
        let condition = status.map_or(Condition::Stopped, |status| status.condition);
        say(lists::client(&client, &condition))
    }

    pub(super) fn queue(&self, id: Option<&ClientId>) -> Answer {
        let clients: Vec<Arc<Client>> = match id {
            Some(id) => vec![self.client(id)?],
            None => self
                .engine
                .clients()
                .into_iter()
                .filter_map(|status| status.client)
                .collect(),
        };
        let halt = self.engine.halted();
        say(lists::queue(&clients, halt.as_ref(), self.engine.now()))
    }

    pub(super) fn status(&self) -> Answer {
        let halt = self.engine.halted();
        let services = self.engine.services();
        say(lists::status(
            &self.engine.clients(),
            halt.as_ref(),
            &services,
            &self.spent_so_far(),
        ))
    }
}
