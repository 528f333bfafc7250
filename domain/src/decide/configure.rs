//! Adding a client, changing its settings, pausing and resuming it.

use super::publish::unknown;
use super::{Ask, Decision, said};
use crate::command::MAX_REASON;
use crate::event::{Event, TweetEvent};
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
    let mut events = doubts_about_account(ask, settings);
    events.push(Event::Configured {
        settings: Box::new(settings.clone()),
    });
    Ok(events)
}

/// What may have arrived on one account cannot be looked for on another one's timeline: people are asked.
fn doubts_about_account(ask: &Ask, settings: &ClientSettings) -> Vec<Event> {
    let before = ask.client.settings.as_ref().map(|before| &before.handle);
    let Some(before) = before.filter(|before| **before != settings.handle) else {
        return Vec::new();
    };
    let mut events = Vec::new();
    for tweet in ask.client.tweets.values() {
        if !tweet.state.is_in_doubt() {
            continue;
        }
        let uncertain = tweet.state.uncertain();
        let account = uncertain.and_then(|uncertain| uncertain.account.as_ref());
        let account = account.unwrap_or(before);
        if uncertain.is_none() {
            let reason = "the client's account was changed while it was on its way";
            events.push(unknown(ask.now, reason, false).of(tweet.id));
        }
        let reason = format!(
            "it was sent to @{account}, and the client's account is @{} since",
            settings.handle
        );
        events.push(TweetEvent::PersonAsked { reason }.of(tweet.id));
    }
    events
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
