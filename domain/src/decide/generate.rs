//! What the model brought, and asking it again.

use std::time::Duration;

use jiff::Timestamp;

use super::check::check;
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
use crate::validate::ValidationReport;

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

fn retry_at(now: Timestamp, troubles: u32, asked: Option<Duration>) -> Timestamp {
    later(now, BACKOFF.pause(troubles).max(asked.unwrap_or_default()))
}

/// The first candidate that passes becomes the revision. When none does, the first one is kept with what is wrong
/// with it, and goes back to the model with the reasons.
fn written(
    ask: &Ask,
    tweet: &Tweet,
    model: &str,
    candidates: &[Content],
    origin: &Origin,
) -> Decision {
    let settings = ask.settings()?;
    let usable = candidates.iter().filter_map(|text| acceptable(text).ok());
    let candidates: Vec<Content> = usable.collect();
    let mut reports: Vec<ValidationReport> = candidates
        .iter()
        .map(|content| check(ask, settings, tweet, content))
        .collect();
    if reports.is_empty() {
        let reasons = vec!["the answer held no usable text".to_owned()];
        return Ok(vec![back_or_give_up(settings, tweet, reasons).of(tweet.id)]);
    }
    let chosen = reports.iter().position(ValidationReport::passed);
    let index = chosen.unwrap_or(0);
    let reasons = distinct_reasons(&reports);
    let report = reports.swap_remove(index);
    let author = Author::Model {
        model: model.to_owned(),
    };
    let mut events = vec![new_revision(tweet, &candidates, index, author, origin)];
    if chosen.is_some() {
        events.push(TweetEvent::ValidationPassed { report });
    } else {
        events.push(TweetEvent::ValidationFailed { report });
        events.push(back_or_give_up(settings, tweet, reasons));
    }
    Ok(events.into_iter().map(|event| event.of(tweet.id)).collect())
}

fn new_revision(
    tweet: &Tweet,
    candidates: &[Content],
    index: usize,
    author: Author,
    origin: &Origin,
) -> TweetEvent {
    let content = candidates[index].clone();
    let alternatives = candidates
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != index)
        .map(|(_, content)| content.clone())
        .collect();
    TweetEvent::RevisionWritten {
        revision: tweet.revision().next(),
        hash: content.hash(),
        content,
        author,
        alternatives,
        origin: Box::new(origin.clone()),
    }
}

fn distinct_reasons(reports: &[ValidationReport]) -> Vec<String> {
    let mut reasons = Vec::new();
    for finding in reports.iter().flat_map(ValidationReport::errors) {
        if !reasons.contains(&finding.message) {
            reasons.push(finding.message.clone());
        }
    }
    reasons
}

fn back_or_give_up(settings: &ClientSettings, tweet: &Tweet, reasons: Vec<String>) -> TweetEvent {
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
