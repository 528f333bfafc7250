//! What a tweet has cost so far, as its card says it: money first, and small beneath it what the models took.
//!
//! What has no price is said to be unknown, and what is uncertain to be "up to" its most; neither is ever shown as nothing.

use clara_domain::Tweet;
use clara_domain::metering::{Item, Usage, in_doubt, utc_day};
use clara_domain::pricing::{PriceList, Row, Statement};
use clara_domain::weight::has_link;

/// All of it, for the card.
pub(super) fn so_far(tweet: &Tweet, prices: &PriceList) -> String {
    let mut statement = written(tweet, prices);
    statement.join(posted(tweet, prices));
    let money = money(&statement);
    match tokens(&tweet.usage) {
        // Discord shows a line that begins so in small letters.
        Some(tokens) => format!("{money}\n-# {tokens}"),
        None => money,
    }
}

/// What its calls cost, by the prices of the day of its newest text: when each call was is in the client's ledger only.
fn written(tweet: &Tweet, prices: &PriceList) -> Statement {
    let at = tweet
        .current()
        .map_or(tweet.planned_at, |revision| revision.at);
    Statement::of_usage(&tweet.usage, prices, utc_day(at))
}

/// Posts are billed without a call of their own in the usage: each that went live counts, and one that may be live is
/// uncertain.
fn posted(tweet: &Tweet, prices: &PriceList) -> Statement {
    let segments = tweet
        .current()
        .map_or(&[][..], |revision| &revision.content.segments);
    let live = tweet.posts.iter().enumerate().map(|(index, post)| {
        let text = segments.get(index).map(|segment| &segment.text);
        let item = Item::Posts {
            count: 1,
            with_link: text.is_some_and(|text| has_link(text)),
        };
        (post.at, item, true)
    });
    let doubtful = in_doubt(tweet).map(|(since, item)| (since, item, false));
    let rows = live.chain(doubtful).map(|(at, item, certain)| {
        let day = utc_day(at);
        Row {
            day,
            cost: prices.price(&item, day),
            item,
            calls: 1,
            certain,
        }
    });
    Statement {
        rows: rows.collect(),
    }
}

fn money(statement: &Statement) -> String {
    let total = statement.total();
    let has = |certain: bool| {
        let mut rows = statement.rows.iter();
        rows.any(|row| row.certain == certain && row.cost.known().is_some())
    };
    let known = match (has(true), has(false)) {
        (true, true) => {
            let (certain, most) = (total.certain.to_string(), total.most().to_string());
            // A call that costs nothing may be uncertain too.
            let differ = certain != most;
            Some(if differ {
                format!("{certain}, up to {most}")
            } else {
                certain
            })
        }
        (true, false) => Some(total.certain.to_string()),
        (false, true) => Some(format!("up to {}", total.most())),
        (false, false) => None,
    };
    let calls = match total.unpriced {
        1 => "1 call".to_owned(),
        calls => format!("{calls} calls"),
    };
    match (known, total.unpriced) {
        (None, 0) => "nothing".to_owned(),
        (Some(known), 0) => known,
        (None, _) => format!("unknown: {calls} without a price"),
        (Some(known), _) => format!("{known}, and unknown: {calls} without a price"),
    }
}

/// The tokens of its models.
fn tokens(usage: &Usage) -> Option<String> {
    let certain = usage.certain.iter().map(|line| (line, true));
    let lines = certain.chain(usage.uncertain.iter().map(|line| (line, false)));
    let (mut calls, mut tokens, mut most) = (0_u64, 0_u64, "");
    for (line, is_certain) in lines {
        let took = match &line.item {
            Item::Chat { tokens, .. } => tokens.prompt.saturating_add(tokens.completion),
            Item::Embedding { tokens, .. } => *tokens,
            Item::Moderation { .. }
            | Item::Posts { .. }
            | Item::PostsRead { .. }
            | Item::UsersRead { .. }
            | Item::PostsDeleted { .. } => continue,
        };
        calls = calls.saturating_add(line.calls);
        tokens = tokens.saturating_add(took);
        if !is_certain {
            most = "at most ";
        }
    }
    match calls {
        0 => None,
        1 => Some(format!("{most}{tokens} tokens in 1 call")),
        calls => Some(format!("{most}{tokens} tokens in {calls} calls")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clara_domain::metering::{Line, Tokens};

    use super::*;
    use crate::discord::card::samples;

    fn chat(model: &str, prompt: u64, calls: u64) -> Line {
        let tokens = Tokens {
            prompt,
            completion: 100,
            ..Tokens::default()
        };
        let item = Item::Chat {
            model: model.to_owned(),
            tokens,
        };
        Line { item, calls }
    }

    fn said(certain: Vec<Line>, uncertain: Vec<Line>) -> String {
        let (_, mut tweet) = samples::validated();
        tweet.usage = Usage { certain, uncertain };
        so_far(&tweet, &PriceList::default())
    }

    const KNOWN: &str = "gpt-4.1-mini";
    const OWN: &str = "our-own-model";

    #[test]
    fn what_is_unknown_is_never_nothing_and_what_is_uncertain_is_up_to() {
        let moderated = Line {
            item: Item::Moderation {
                model: "omni-moderation-latest".to_owned(),
                texts: 3,
            },
            calls: 1,
        };
        let lines = [
            ("nothing used", said(vec![], vec![])),
            ("known", said(vec![chat(KNOWN, 1900, 2)], vec![])),
            (
                "known and uncertain",
                said(vec![chat(KNOWN, 1900, 1)], vec![chat(KNOWN, 4000, 1)]),
            ),
            ("uncertain only", said(vec![], vec![chat(KNOWN, 4000, 1)])),
            ("unknown only", said(vec![chat(OWN, 1900, 1)], vec![])),
            (
                "unknown and uncertain",
                said(vec![], vec![chat(OWN, 1900, 2)]),
            ),
            (
                "known and unknown",
                said(vec![chat(KNOWN, 1900, 1), chat(OWN, 10, 2)], vec![]),
            ),
            ("free", said(vec![moderated.clone()], vec![])),
            (
                "known, and uncertain what is free",
                said(vec![chat(KNOWN, 1900, 1)], vec![moderated]),
            ),
        ];
        let lines = lines.map(|(name, text)| format!("{name}: {text}"));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn posts_count_when_they_are_live_and_those_with_a_link_cost_more() {
        let cost = |text: &str| {
            let (_, _, mut tweet) = samples::all()
                .into_iter()
                .find(|(name, ..)| *name == "posted")
                .unwrap();
            tweet.usage = Usage::default();
            let revision = tweet.revisions.last_mut().unwrap();
            revision.content.segments[0].text = text.to_owned();
            so_far(&tweet, &PriceList::default())
        };
        assert_eq!(cost("Plums and cocoa."), "$0.0150");
        assert_eq!(cost("Plums: https://harbour.com/roast"), "$0.2000");
    }
}
