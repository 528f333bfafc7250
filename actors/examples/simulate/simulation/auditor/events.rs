//! What each stored record adds to the books, and which records must not be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use clara_actors::ports::journal::Record;
use clara_actors::record::decode;
use clara_domain::content::ContentHash;
use clara_domain::ids::{PersonId, PostId, SegmentNo, TweetId};
use clara_domain::person::Author;
use clara_domain::settings::WhenDown;
use clara_domain::tweet::KnownBy;
use clara_domain::validate::Rule;
use clara_domain::{Client, Event, TweetEvent, evolve, later};
use jiff::Timestamp;

use super::tale::{Intent, Tale, Text};
use super::{Book, may_overrule};
use crate::simulation::scenario::{FORBIDDEN, HARMFUL};
use crate::simulation::x::LivePost;

/// How long a post of a client that is not in trouble may wait for its turn.
pub(crate) const MOST_DELAY: Duration = Duration::from_secs(300);

/// How long a permit that was given before X's hint may take to be used.
const PERMIT_AGE: Duration = Duration::from_secs(150);

impl Book {
    pub(super) fn stored(
        &mut self,
        record: &Record,
        live: &BTreeMap<PostId, LivePost>,
        truth: Timestamp,
        clock_error: Duration,
        is_measured: bool,
    ) -> Result<(), String> {
        let at = record.record.at;
        let event: Event = decode(record).map_err(|error| error.to_string())?;
        let before = Client::clone(&self.fold);
        let folded = evolve(before, &event, at).map_err(|illegal| illegal.to_string())?;
        self.fold = Arc::new(folded);
        if record.version.0 % 7 == 3 {
            self.earlier = Some((self.fold.clone(), record.version.0));
        }
        let by = record.record.by.as_ref().map(|by| by.id.clone());
        match &event {
            Event::Paused { .. } => {
                self.is_paused = true;
                self.count("paused", None, by);
            }
            Event::Resumed { .. } => {
                self.is_paused = false;
                self.free_since = Some(truth);
                self.count("resumed", None, by);
            }
            Event::Tweet { tweet, event } => {
                self.count(event.name(), Some(*tweet), by);
                self.happened(*tweet, event, at, live)
                    .map_err(|complaint| format!("{}: {complaint}", tweet.short()))?;
                if let TweetEvent::PublishStarted { .. } = event {
                    self.judge_start(*tweet, at, truth, clock_error, is_measured)
                        .map_err(|complaint| format!("{}: {complaint}", tweet.short()))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, name: &'static str, tweet: Option<TweetId>, by: Option<PersonId>) {
        *self.events.entry((name, tweet, by)).or_default() += 1;
    }

    fn happened(
        &mut self,
        id: TweetId,
        event: &TweetEvent,
        at: Timestamp,
        live: &BTreeMap<PostId, LivePost>,
    ) -> Result<(), String> {
        if let TweetEvent::Planned { slot, .. } = event {
            self.tales.insert(id, Tale::planned(*slot));
            return Ok(());
        }
        let tale = self.tales.get_mut(&id).ok_or("it was never planned")?;
        match event {
            TweetEvent::RevisionWritten { .. } => {
                write(tale, event)?;
                let segments = tale.text.iter().flat_map(|text| &text.content.segments);
                self.texts
                    .extend(segments.map(|segment| segment.text.clone()));
            }
            TweetEvent::RegenerationAsked { .. } => tale.void_approvals(),
            TweetEvent::ValidationPassed { report } => {
                if says(tale, FORBIDDEN) {
                    return Err("a text with a forbidden word passed".to_owned());
                }
                let warned = report
                    .warnings()
                    .any(|found| found.rule == Rule::Moderation);
                let may_warn = self.moderation == Some(WhenDown::Warn) && warned;
                if self.moderation.is_some() && says(tale, HARMFUL) && !may_warn {
                    return Err("a text passed that the moderation service flags".to_owned());
                }
                allow(tale);
            }
            TweetEvent::ValidationOverridden { word } => {
                if !may_overrule(&word.by.id) {
                    return Err(format!("{} may not overrule", word.by.name));
                }
                allow(tale);
            }
            TweetEvent::ApprovalGiven { by, .. } => {
                tale.approvals.insert(by.id.clone());
            }
            TweetEvent::Approved { .. } => {
                tale.is_approved = true;
                tale.approved_at = at;
            }
            TweetEvent::Rescheduled { slot, urgent, .. } => {
                (tale.slot, tale.urgent) = (*slot, *urgent);
                tale.approved_at = tale.approved_at.max(at);
            }
            TweetEvent::PublishStarted { segment, hash, .. } => {
                begin(tale, *segment, *hash, at)?;
            }
            TweetEvent::SegmentPosted { post, known_by, .. } => {
                is_live(tale, post, live)?;
                // Found late, it was there all the time.
                let sent = tale.sent.filter(|_| *known_by == KnownBy::Timeline);
                tale.live_at = Some(sent.map_or(at, |sent| sent.min(at)));
                tale.posts.push(post.clone());
                tale.intent = None;
            }
            // The gateway may still be asking whose account it is: that one request may leave yet.
            TweetEvent::OutcomeUnknown { .. } => tale.leftover = tale.intent.take(),
            TweetEvent::NotSent { .. } | TweetEvent::Refused { .. } | TweetEvent::ProvedAbsent => {
                tale.intent = None;
                tale.sent = None;
                let posted = tale.next_text().and_then(|text| self.posted.get(text));
                if posted.is_some_and(|times| *times > 0) {
                    return Err(format!("{} is recorded of what is live", event.name()));
                }
            }
            // A person has just said that it is to go out.
            TweetEvent::SaidAbsent { .. } => {
                tale.sent = None;
                tale.slot = tale.slot.max(at);
            }
            TweetEvent::RetryAsked { .. } => tale.slot = tale.slot.max(at),
            TweetEvent::DeletionAsked { by, .. } => tale.deletion = Some(by.id.clone()),
            _ => {}
        }
        Ok(())
    }

    /// Whether a request may be about to leave now.
    fn judge_start(
        &self,
        id: TweetId,
        at: Timestamp,
        truth: Timestamp,
        clock_error: Duration,
        is_measured: bool,
    ) -> Result<(), String> {
        let tale = &self.tales[&id];
        let schedule = &self.settings.schedule;
        if self.is_paused {
            return Err("a request is about to leave during a pause".to_owned());
        }
        if let Some((said, reset)) = self.used_up {
            let reset = reset.checked_sub(clock_error * 2).unwrap_or(reset);
            if at > later(said, PERMIT_AGE)
                && at < reset.min(later(said, Duration::from_secs(1_200)))
            {
                return Err(format!(
                    "X had said that nothing more would do until {reset}"
                ));
            }
        }
        if at < tale.slot {
            return Err(format!("it leaves before its time, {}", tale.slot));
        }
        if !tale.posts.is_empty() {
            let due = tale.live_at.map_or(tale.slot, |live| live.max(tale.slot));
            if at > later(due, schedule.grace) {
                return Err(format!(
                    "the rest leaves long after {due}, and nobody was asked"
                ));
            }
            return Ok(());
        }
        if at > later(tale.slot, schedule.grace) {
            return Err(format!(
                "it leaves too late for {}, and nobody was asked",
                tale.slot
            ));
        }
        let others = self.tales.iter().filter(|(other, _)| **other != id);
        let last = others.filter_map(|(_, tale)| tale.sent).max();
        if last.is_some_and(|last| at < later(last, schedule.min_gap)) && !tale.urgent {
            return Err(format!(
                "it leaves too soon after the last one, of {last:?}"
            ));
        }
        let due = tale.slot.max(tale.approved_at);
        let due = self.free_since.map_or(due, |free| due.max(free));
        let due = last.map_or(due, |last| due.max(later(last, schedule.min_gap)));
        if is_measured && tale.attempts == 1 && truth > later(due, MOST_DELAY) {
            return Err(format!(
                "it was held up by another client's trouble since {due}"
            ));
        }
        Ok(())
    }
}

/// Whether the text as it stands has a word.
fn says(tale: &Tale, word: &str) -> bool {
    let mut texts = tale.text.iter().flat_map(|text| &text.content.segments);
    texts.any(|segment| segment.text.contains(word))
}

fn write(tale: &mut Tale, event: &TweetEvent) -> Result<(), String> {
    let TweetEvent::RevisionWritten {
        content,
        hash,
        author,
        ..
    } = event
    else {
        return Ok(());
    };
    if content.hash() != *hash {
        return Err("the hash of a text is another's".to_owned());
    }
    tale.void_approvals();
    tale.text = Some(Text {
        content: content.clone(),
        author: match author {
            Author::Model { .. } => None,
            Author::Person { who } => Some(who.id.clone()),
        },
        may_go_out: false,
    });
    Ok(())
}

fn allow(tale: &mut Tale) {
    if let Some(text) = &mut tale.text {
        text.may_go_out = true;
    }
}

fn begin(
    tale: &mut Tale,
    segment: SegmentNo,
    hash: ContentHash,
    at: Timestamp,
) -> Result<(), String> {
    if tale.intent.is_some() {
        return Err("a request is about to leave while another one is not settled".to_owned());
    }
    tale.attempts += 1;
    tale.sent = Some(at);
    tale.intent = Some(Intent {
        segment,
        hash,
        has_left: false,
    });
    Ok(())
}

fn is_live(tale: &Tale, post: &PostId, live: &BTreeMap<PostId, LivePost>) -> Result<(), String> {
    let text = live.get(post).map(|post| post.text.as_str());
    if text.is_some() && text == tale.next_text() {
        return Ok(());
    }
    Err(format!("{post} is recorded as live, and is {text:?} at X"))
}
