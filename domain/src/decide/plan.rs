//! The calendar: planning tweets, giving them another time, taking them out.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use super::{Ask, Decision, said, wrong_state};
use crate::command::{MAX_AT_ONCE, MAX_BRIEF, SlotChoice, WriteTime};
use crate::content::MAX_SEGMENTS;
use crate::event::TweetEvent;
use crate::evolve::transition::{is_cancellable, rescheduled};
use crate::ids::TweetId;
use crate::person::Right;
use crate::rejection::Rejection;
use crate::settings::ClientSettings;
use crate::slots::SlotConflict;
use crate::tweet::TweetState;

pub(super) fn plan(
    ask: &Ask,
    tweets: &[TweetId],
    brief: &str,
    segments: u8,
    slot: SlotChoice,
    write: WriteTime,
) -> Decision {
    ask.require(Right::Write)?;
    let settings = ask.settings()?;
    let brief = said("brief", brief, MAX_BRIEF)?;
    in_range("count", tweets.len(), MAX_AT_ONCE)?;
    in_range("thread", usize::from(segments), MAX_SEGMENTS)?;
    let mut taken = ask.client.taken_slots(None);
    let mut choice = slot;
    let mut events = Vec::with_capacity(tweets.len());
    for (nth, id) in tweets.iter().enumerate() {
        if ask.client.tweet(*id).is_some() || tweets[..nth].contains(id) {
            return Err(Rejection::TweetExists(*id));
        }
        let slot = choose(ask, settings, choice, &taken)?;
        taken.insert(slot);
        // Only the first tweet's time was asked for; the others follow in the slots after it.
        choice = SlotChoice::NextFree;
        let event = TweetEvent::Planned {
            brief: brief.clone(),
            segments,
            slot,
            write_at: write_at(ask, settings, slot, write),
            by: ask.by.who(),
        };
        events.push(event.of(*id));
    }
    Ok(events)
}

pub(super) fn reschedule(ask: &Ask, id: TweetId, choice: SlotChoice) -> Decision {
    let tweet = ask.tweet(id)?;
    // What is approved goes out at the new time without another look: that takes the right to approve.
    let right = match tweet.state {
        TweetState::Approved | TweetState::Overdue { .. } => Right::Approve,
        TweetState::Planned
        | TweetState::Generated
        | TweetState::Validated
        | TweetState::Posting { .. }
        | TweetState::Uncertain(_)
        | TweetState::Posted { .. }
        | TweetState::Rejected { .. }
        | TweetState::Cancelled { .. }
        | TweetState::Missed { .. }
        | TweetState::Failed { .. }
        | TweetState::Deleting { .. }
        | TweetState::Deleted { .. } => Right::Write,
    };
    // A tweet that is late waits for a person's word, and so does one that is not: the engine moves none by itself.
    let by = ask.person(right)?.who.clone();
    let settings = ask.settings()?;
    if rescheduled(tweet).is_none() {
        return Err(wrong_state("reschedule", tweet));
    }
    let slot = choose(ask, settings, choice, &ask.client.taken_slots(Some(id)))?;
    let event = TweetEvent::Rescheduled {
        slot,
        write_at: write_at(ask, settings, slot, WriteTime::Ahead),
        urgent: choice == SlotChoice::Now,
        by: Some(by),
    };
    Ok(vec![event.of(id)])
}

pub(super) fn cancel(ask: &Ask, id: TweetId) -> Decision {
    let by = ask.person(Right::Write)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !is_cancellable(&tweet.state) {
        return Err(wrong_state("cancel", tweet));
    }
    if tweet.state.uncertain().is_some() {
        // Here it is one of the answers to "is it live?".
        ask.require(Right::Approve)?;
    }
    Ok(vec![TweetEvent::Cancelled { by }.of(id)])
}

fn in_range(field: &'static str, number: usize, most: usize) -> Result<(), Rejection> {
    if (1..=most).contains(&number) {
        return Ok(());
    }
    Err(Rejection::Invalid {
        field,
        expected: format!("1 to {most}, not {number}"),
    })
}

fn choose(
    ask: &Ask,
    settings: &ClientSettings,
    choice: SlotChoice,
    taken: &BTreeSet<Timestamp>,
) -> Result<Timestamp, Rejection> {
    let zone = settings.time_zone.zone();
    let schedule = &settings.schedule;
    match choice {
        SlotChoice::Now => Ok(ask.now),
        SlotChoice::NextFree => {
            let has_slots = !schedule.slots.is_empty();
            schedule
                .next_free(&zone, ask.now, taken)
                .ok_or(Rejection::NoFreeSlot { has_slots })
        }
        SlotChoice::At(slot) if slot < ask.now => Err(Rejection::InThePast { slot }),
        SlotChoice::At(slot) => match schedule.conflict(&zone, slot, taken) {
            None => Ok(slot),
            Some(SlotConflict::TooClose { other, min_gap }) => Err(Rejection::TooClose {
                slot,
                other,
                min_gap,
            }),
            Some(SlotConflict::Quiet { hours }) => Err(Rejection::Quiet { slot, hours }),
        },
    }
}

fn write_at(ask: &Ask, settings: &ClientSettings, slot: Timestamp, write: WriteTime) -> Timestamp {
    let lead = match write {
        WriteTime::Ahead => settings.schedule.lead,
        WriteTime::Now => Duration::MAX,
    };
    slot.checked_sub(lead).unwrap_or(ask.now).max(ask.now)
}
