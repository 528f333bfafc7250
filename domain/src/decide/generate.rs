//! What the model brought, and asking it again.

use std::time::Duration;

use jiff::Timestamp;

use super::check::{Sources, check, judged};
use super::revise::acceptable;
use super::{Ask, Decision, said, seen, wrong_state};
use crate::backoff::Backoff;
use crate::client::later;
use crate::command::{Drafts, MAX_FEEDBACK};
use crate::content::Content;
use crate::event::{Event, TweetEvent};
use crate::evolve::transition::is_editable;
use crate::ids::{RevisionNo, TweetId};
use crate::person::{Author, Right};
use crate::prompt_stamp::Origin;
use crate::rejection::Rejection;
use crate::settings::ClientSettings;
use crate::tweet::{Feedback, Tweet, TweetState};
use crate::validate::{Repair, ValidationReport};

/// The pauses after the model was away.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(300));

pub(super) fn record_drafts(ask: &Ask, id: TweetId, round: u32, drafts: &Drafts) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    if tweet.state != TweetState::Planned || tweet.round != round {
        return Err(Rejection::NotAwaited);
    }
    match drafts {
        Drafts::Written {
            model,
            candidates,
            origin,
        } => written(ask, tweet, model, candidates, origin),
        Drafts::Unusable { reason } => {
            let reasons = vec![reason.clone()];
            Ok(vec![
                back_or_give_up(ask.settings()?, tweet, reasons).of(id),
            ])
        }
        Drafts::Trouble {
            reason,
            retry_after,
        } => {
            let event = TweetEvent::GenerationDelayed {
                reason: reason.clone(),
                until: retry_at(ask.now, tweet.troubles, *retry_after),
            };
            Ok(vec![event.of(id)])
        }
    }
}

pub(super) fn retry_at(now: Timestamp, troubles: u32, asked: Option<Duration>) -> Timestamp {
    later(now, BACKOFF.pause(troubles).max(asked.unwrap_or_default()))
}

/// The best candidate becomes the revision: one that passes, with the fewest warnings, in the model's order. When none
/// passes, the one with the fewest faults that says anything is kept with what is wrong with it, and goes back to the
/// model with the reasons.
fn written(
    ask: &Ask,
    tweet: &Tweet,
    model: &str,
    candidates: &[Content],
    origin: &Origin,
) -> Decision {
    let settings = ask.settings()?;
    let usable = candidates
        .iter()
        .filter_map(|text| acceptable(text, &Repair::ALL).ok());
    let author = Author::Model {
        model: model.to_owned(),
    };
    let sources = Sources::of(ask, settings, tweet);
    let candidates = usable.map(|(content, repairs)| Candidate {
        report: check(ask, settings, tweet, &sources, &content, &author),
        content,
        repairs,
    });
    let mut candidates = without_twins(candidates);
    // Sorting keeps the model's own order where nothing else speaks for one of two.
    candidates.sort_by_key(Candidate::faults);
    let reasons = distinct_reasons(candidates.iter().map(|one| &one.report));
    let mut candidates = candidates.into_iter();
    let Some(best) = candidates.next() else {
        let reasons = vec!["the answer held no usable text".to_owned()];
        return Ok(vec![back_or_give_up(settings, tweet, reasons).of(tweet.id)]);
    };
    let written = TweetEvent::RevisionWritten {
        revision: tweet.revision().next(),
        hash: best.content.hash(),
        content: best.content,
        author,
        alternatives: candidates.map(|other| other.content).collect(),
        place: 0,
        repairs: best.repairs,
        origin: Box::new(origin.clone()),
    };
    let passed = best.report.passed();
    let mut events = vec![written, judged(ask, best.report, true)?];
    if !passed {
        events.push(back_or_give_up(settings, tweet, reasons));
    }
    Ok(all_of(tweet.id, events))
}

/// A text that may become the revision.
struct Candidate {
    content: Content,
    repairs: Vec<Repair>,
    report: ValidationReport,
}

impl Candidate {
    /// Less is better: whether there is nothing in it to work with, what keeps it from being approved, then what a person
    /// would have to look at.
    fn faults(&self) -> (bool, usize, usize) {
        let report = &self.report;
        let is_worthless = report.errors().any(|error| error.rule.leaves_nothing());
        (
            is_worthless,
            report.errors().count(),
            report.warnings().count(),
        )
    }
}

/// Each text once: there is no choice between two that say the same.
fn without_twins(candidates: impl Iterator<Item = Candidate>) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        if kept.iter().all(|other| other.content != candidate.content) {
            kept.push(candidate);
        }
    }
    kept
}

pub(super) fn distinct_reasons<'a>(
    reports: impl IntoIterator<Item = &'a ValidationReport>,
) -> Vec<String> {
    let mut reasons = Vec::new();
    for finding in reports.into_iter().flat_map(ValidationReport::errors) {
        if !reasons.contains(&finding.message) {
            reasons.push(finding.message.clone());
        }
    }
    reasons
}

pub(super) fn back_or_give_up(
    settings: &ClientSettings,
    tweet: &Tweet,
    reasons: Vec<String>,
) -> TweetEvent {
    if tweet.vain_rounds + 1 >= settings.generation.rounds.get() {
        return TweetEvent::GaveUp { reasons };
    }
    let feedback = reasons
        .into_iter()
        .map(|text| Feedback { by: None, text })
        .collect();
    TweetEvent::SentBack { feedback }
}

pub(super) fn regenerate(ask: &Ask, id: TweetId, revision: RevisionNo, feedback: &str) -> Decision {
    let by = ask.person(Right::Write)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !tweet.posts.is_empty() {
        return Err(part_live(tweet));
    }
    if !is_editable(tweet) || tweet.state == TweetState::Planned {
        return Err(wrong_state("regenerate", tweet));
    }
    seen(tweet, revision)?;
    let event = TweetEvent::RegenerationAsked {
        feedback: Feedback {
            by: Some(by),
            text: said("feedback", feedback, MAX_FEEDBACK)?,
        },
    };
    Ok(vec![event.of(id)])
}

pub(super) fn part_live(tweet: &Tweet) -> Rejection {
    Rejection::PartLive {
        live: tweet.posts.len(),
        segments: usize::from(tweet.segments),
    }
}

/// Makes events of a tweet events of its client.
pub(super) fn all_of(id: TweetId, events: Vec<TweetEvent>) -> Vec<Event> {
    events.into_iter().map(|event| event.of(id)).collect()
}
