//! Calls that are billed: begun before they leave, ended when what they took is known, given up with the process.

use super::{Ask, Decision};
use crate::event::Event;
use crate::ids::TweetId;
use crate::metering::{CallNo, Item, Spent};
use crate::rejection::Rejection;

pub(super) fn begin(ask: &Ask, tweet: Option<TweetId>, at_most: &[Item]) -> Decision {
    ask.engine_only()?;
    if let Some(tweet) = tweet {
        ask.tweet(tweet)?;
    }
    Ok(vec![Event::CallBegun {
        call: ask.client.ledger.next(),
        tweet,
        at_most: at_most.to_vec(),
    }])
}

pub(super) fn end(ask: &Ask, call: CallNo, spent: &Spent) -> Decision {
    ask.engine_only()?;
    if !ask.client.ledger.open.contains_key(&call) {
        return Err(Rejection::NotAwaited);
    }
    Ok(vec![Event::CallEnded {
        call,
        spent: spent.clone(),
    }])
}

pub(super) fn lose(ask: &Ask) -> Decision {
    ask.engine_only()?;
    let lost = |call: &CallNo| Event::CallEnded {
        call: *call,
        spent: Spent::Unknown,
    };
    Ok(ask.client.ledger.open.keys().map(lost).collect())
}
