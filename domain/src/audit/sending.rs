//! What must hold when a request leaves, and which requests may be live.

use std::time::Duration;

use jiff::Timestamp;

use super::tweet::{Flight, Seen};
use super::{Asker, Found, Judge, Told};
use crate::content::ContentHash;
use crate::event::TweetEvent as E;
use crate::ids::{AttemptNo, SegmentNo, TweetId};
use crate::later;

/// A request that is about to leave.
pub(super) struct Start {
    pub(super) attempt: AttemptNo,
    pub(super) segment: SegmentNo,
    pub(super) hash: ContentHash,
}

impl Judge {
    pub(super) fn grace(&self) -> Duration {
        let settings = self.settings.as_ref();
        settings.map_or(Duration::MAX, |settings| settings.schedule.grace)
    }

    pub(super) fn check_start(
        &self,
        told: Told<'_>,
        seen: &Seen,
        start: &Start,
        found: &mut Found,
    ) {
        found.unless(told.by == Asker::Engine, "a person sent something");
        found.unless(!self.paused, "sent while paused");
        found.unless(seen.approved, "sent without approval");
        let is_approved_text = start.hash == seen.content.hash();
        found.unless(
            is_approved_text,
            "sent something else than what was approved",
        );
        found.unless(
            seen.flight == Flight::Settled,
            "sent while an outcome was open",
        );
        found.unless(start.segment == SegmentNo(seen.live), "sent out of order");
        let is_one_of_them = (seen.live as usize) < seen.content.segments.len();
        found.unless(is_one_of_them, "sent a segment too many");
        found.unless(
            start.attempt > seen.attempt,
            "an attempt's number was used twice",
        );
        found.unless(!seen.deleting, "sent while it was taken down");
        self.check_time(told.at, seen, found);
    }

    fn check_time(&self, at: Timestamp, seen: &Seen, found: &mut Found) {
        found.unless(at >= seen.slot, "sent before its time");
        let due = seen.slot.max(seen.live_at.unwrap_or(seen.slot));
        found.unless(at <= later(due, self.grace()), "sent late without asking");
        let Some(settings) = &self.settings else {
            return;
        };
        if seen.live == 0 && !seen.urgent {
            let since = |sent: &Timestamp| at.duration_since(*sent).unsigned_abs();
            let nearest = self.sends.values().map(since).min();
            let is_apart = nearest.is_none_or(|gap| gap >= settings.schedule.min_gap);
            found.unless(is_apart, "sent within the gap to another tweet");
        }
    }

    /// Keeps the requests that are live or may be.
    pub(super) fn note_send(&mut self, id: TweetId, before: AttemptNo, event: &E, at: Timestamp) {
        match event {
            E::PublishStarted { attempt, .. } => {
                self.sends.insert((id, *attempt), at);
            }
            E::NotSent { .. } | E::Refused { .. } | E::ProvedAbsent | E::SaidAbsent { .. } => {
                self.sends.remove(&(id, before));
            }
            _ => {}
        }
    }
}
