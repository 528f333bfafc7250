//! A person's own text, and a person's word for a text that did not pass.

use super::check::{Sources, check, judged};
use super::generate::{all_of, part_live};
use super::{Ask, Decision, said, seen, wrong_state};
use crate::command::MAX_REASON;
use crate::content::{Content, MAX_SEGMENTS, Segment};
use crate::event::TweetEvent;
use crate::evolve::transition::{can_be_overridden, is_editable};
use crate::ids::{RevisionNo, TweetId};
use crate::person::{Author, Right};
use crate::rejection::Rejection;
use crate::tweet::{Override, Revision};
use crate::validate::{Repair, repair};

/// The longest text that is taken for checking, in characters; far beyond what fits a post.
const MAX_TEXT: usize = 4000;

pub(super) fn edit(ask: &Ask, id: TweetId, revision: RevisionNo, content: &Content) -> Decision {
    let by = ask.person(Right::Write)?.who.clone();
    let tweet = ask.tweet(id)?;
    if !tweet.posts.is_empty() {
        return Err(part_live(tweet));
    }
    if !is_editable(tweet) {
        return Err(wrong_state("edit", tweet));
    }
    seen(tweet, revision)?;
    let (content, repairs) = acceptable(content, &Repair::OF_PEOPLE)?;
    let author = Author::Person { who: by };
    let settings = ask.settings()?;
    let sources = Sources::of(ask, settings, tweet);
    let report = check(ask, settings, tweet, &sources, &content, &author);
    let written = TweetEvent::RevisionWritten {
        revision: tweet.revision().next(),
        hash: content.hash(),
        content,
        author,
        alternatives: Vec::new(),
        place: 0,
        repairs,
        origin: Box::default(),
    };
    Ok(all_of(id, vec![written, judged(ask, report, false)?]))
}

/// Whether it is good is for validation to say; here only that it can be kept and shown at all, and with which of these
/// repairs.
pub(super) fn acceptable(
    content: &Content,
    allowed: &[Repair],
) -> Result<(Content, Vec<Repair>), Rejection> {
    let invalid = |expected: String| Rejection::Invalid {
        field: "text",
        expected,
    };
    let segments = content.segments.len();
    if !(1..=MAX_SEGMENTS).contains(&segments) {
        return Err(invalid(format!(
            "1 to {MAX_SEGMENTS} posts, not {segments}"
        )));
    }
    let longest = content
        .segments
        .iter()
        .map(|s| s.text.chars().count())
        .max();
    if longest.is_some_and(|length| length > MAX_TEXT) {
        return Err(invalid(format!("at most {MAX_TEXT} characters a post")));
    }
    let mut repairs = Vec::new();
    let segments = content.segments.iter().map(|segment| {
        let (text, made) = repair(&segment.text, allowed);
        repairs.extend(made);
        Segment {
            media: segment.media.clone(),
            ..Segment::text(&text)
        }
    });
    let content = Content {
        segments: segments.collect(),
        reply_settings: content.reply_settings,
    };
    repairs.sort();
    repairs.dedup();
    Ok((content, repairs))
}

pub(super) fn overrule(ask: &Ask, id: TweetId, revision: RevisionNo, reason: &str) -> Decision {
    let by = ask.person(Right::Override)?.who.clone();
    let tweet = ask.tweet(id)?;
    let waits_for_a_word = tweet.current().is_some_and(Revision::is_overridable);
    if !can_be_overridden(&tweet.state) || !waits_for_a_word {
        return Err(wrong_state("override", tweet));
    }
    seen(tweet, revision)?;
    let word = Override {
        by,
        reason: said("reason", reason, MAX_REASON)?,
    };
    Ok(vec![TweetEvent::ValidationOverridden { word }.of(id)])
}
