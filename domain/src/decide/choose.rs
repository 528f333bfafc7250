//! Taking another of the candidates that were written together.

use super::check::{Sources, check, judged};
use super::generate::{all_of, part_live};
use super::{Ask, Decision, seen, wrong_state};
use crate::content::Content;
use crate::event::TweetEvent;
use crate::evolve::transition::is_editable;
use crate::ids::{RevisionNo, TweetId};
use crate::person::Right;
use crate::rejection::Rejection;
use crate::tweet::{Revision, TweetState};

pub(super) fn choose(ask: &Ask, id: TweetId, revision: RevisionNo, place: u8) -> Decision {
    ask.person(Right::Write)?;
    let tweet = ask.tweet(id)?;
    if !tweet.posts.is_empty() {
        return Err(part_live(tweet));
    }
    let current = tweet.current().filter(|_| is_editable(tweet));
    let Some(current) = current.filter(|_| tweet.state != TweetState::Planned) else {
        return Err(wrong_state("choose another text for", tweet));
    };
    seen(tweet, revision)?;
    let content = other(current, place)?;
    let settings = ask.settings()?;
    let sources = Sources::of(ask, settings, tweet);
    let report = check(ask, settings, tweet, &sources, content, &current.author);
    let written = taken(current, content, place);
    Ok(all_of(id, vec![written, judged(ask, report, false)?]))
}

fn other(current: &Revision, place: u8) -> Result<&Content, Rejection> {
    let candidates = current.candidates();
    let chosen = candidates.get(usize::from(place)).copied();
    chosen
        .filter(|_| place != current.place)
        .ok_or_else(|| Rejection::Invalid {
            field: "candidate",
            expected: format!("another one of the {} that were written", candidates.len()),
        })
}

/// The next revision: another candidate at its place, and the rest in their order.
fn taken(current: &Revision, content: &Content, place: u8) -> TweetEvent {
    let candidates = current.candidates().into_iter().enumerate();
    let others = candidates.filter(|(at, _)| *at != usize::from(place));
    TweetEvent::RevisionWritten {
        revision: current.no.next(),
        hash: content.hash(),
        content: content.clone(),
        author: current.author.clone(),
        alternatives: others.map(|(_, other)| other.clone()).collect(),
        place,
        repairs: Vec::new(),
        origin: Box::new(current.origin.clone()),
    }
}
