//! What the desk has shown: cards and notices. Telling the same twice is no error.

use super::{Ask, Decision};
use crate::event::Event;
use crate::ids::{ChannelId, MessageId, TweetId};

pub(super) fn card(
    ask: &Ask,
    id: TweetId,
    change: u64,
    channel: &ChannelId,
    message: &MessageId,
) -> Decision {
    ask.engine_only()?;
    let tweet = ask.tweet(id)?;
    let is_known = tweet
        .card
        .as_ref()
        .is_some_and(|card| card.message == *message && card.shown >= change);
    if is_known {
        return Ok(Vec::new());
    }
    Ok(vec![Event::CardShown {
        tweet: id,
        change,
        channel: channel.clone(),
        message: message.clone(),
    }])
}

pub(super) fn notices(ask: &Ask, upto: u64) -> Decision {
    ask.engine_only()?;
    let is_news = ask
        .client
        .notices
        .front()
        .is_some_and(|notice| notice.no <= upto);
    Ok(if is_news {
        vec![Event::NoticesDelivered { upto }]
    } else {
        Vec::new()
    })
}
