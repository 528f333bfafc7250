//! Adding a client, changing its settings, pausing and resuming it.

use super::{Ask, Decision, said};
use crate::command::MAX_REASON;
use crate::event::Event;
use crate::person::{By, Right};
use crate::rejection::Rejection;
use crate::settings::ClientSettings;

pub(super) fn configure(ask: &Ask, settings: &ClientSettings) -> Decision {
    if let By::Person(person) = ask.by {
        // A client that exists is changed by those who manage it; a new one is judged by the settings it brings,
        // which the desk fills from the team's own list of managers.
        if ask.client.settings.is_some() {
            ask.require(Right::Manage)?;
            return Err(Rejection::ClientExists);
        }
        if !settings.access.allows(person, Right::Manage) {
            return Err(Rejection::NotAllowed {
                right: Right::Manage,
            });
        }
    }
    if ask.client.settings.as_deref() == Some(settings) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Configured {
        settings: Box::new(settings.clone()),
    }])
}

pub(super) fn pause(ask: &Ask, reason: &str) -> Decision {
    ask.settings()?;
    ask.require(Right::Manage)?;
    let reason = said("reason", reason, MAX_REASON)?;
    if ask.client.paused.is_some() {
        return Err(Rejection::Paused);
    }
    let by = ask.by.who();
    Ok(vec![Event::Paused { by, reason }])
}

pub(super) fn resume(ask: &Ask) -> Decision {
    ask.settings()?;
    ask.require(Right::Manage)?;
    if ask.client.paused.is_none() {
        return Err(Rejection::NotPaused);
    }
    Ok(vec![Event::Resumed { by: ask.by.who() }])
}
