//! Posts: from when they leave they count at what they may cost, and once they are known to be live at what they did.
//!
//! No call of the ledger stands for a post, because its intent is the tweet's own record. So the doubt is read off the
//! tweets, at a start as after every change, and is gone where the tweet says so.

use std::collections::BTreeMap;

use clara_domain::ids::{ClientId, TweetId};
use clara_domain::metering::{Item, in_doubt, post_of, utc_day};
use clara_domain::money::MicroUsd;
use clara_domain::pricing::PriceList;
use clara_domain::pricing::budget::Period;
use clara_domain::{Client, Event, Tweet, TweetEvent, TweetState};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Treasurer;
use super::purse::Purse;

/// What is new of a tweet's posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostNews {
    /// Which tweet.
    pub tweet: TweetId,
    /// A post that is live now, and when it left.
    pub live: Option<(Timestamp, Item)>,
    /// The post that may be live, if there is one.
    pub in_doubt: Option<InDoubt>,
}

/// A post that may be live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InDoubt {
    /// When it left.
    pub since: Timestamp,
    /// What it is billed as if it is live.
    pub item: Item,
    /// Whether it is on its way: what becomes of it is known in a moment.
    pub is_under_way: bool,
}

/// What a post that may be live can cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt {
    day: Date,
    amount: MicroUsd,
    is_under_way: bool,
}

/// By client and tweet.
pub(super) type Doubts = BTreeMap<ClientId, BTreeMap<TweetId, Doubt>>;

impl PostNews {
    fn of(tweet: &Tweet, live: Option<(Timestamp, Item)>) -> Self {
        let doubt = in_doubt(tweet).map(|(since, item)| InDoubt {
            since,
            item,
            is_under_way: matches!(tweet.state, TweetState::Posting { .. }),
        });
        Self {
            tweet: tweet.id,
            live,
            in_doubt: doubt,
        }
    }
}

/// What there is to know of a client's posts at a start: those that are live are in its ledger.
pub(super) fn doubts(client: &Client) -> Vec<PostNews> {
    let news = client
        .tweets
        .values()
        .map(|tweet| PostNews::of(tweet, None));
    news.filter(|news| news.in_doubt.is_some()).collect()
}

/// What events have made of a client's posts.
fn news(client: &Client, events: &[Event], now: Timestamp) -> Vec<PostNews> {
    let news = |(id, event): (TweetId, &TweetEvent)| {
        let tweet = client.tweet(id)?;
        let live = match event {
            TweetEvent::SegmentPosted { segment, .. } => {
                Some((tweet.sent_at.unwrap_or(now), post_of(tweet, *segment)))
            }
            _ => None,
        };
        Some(PostNews::of(tweet, live))
    };
    let of_tweets = events.iter().filter_map(Event::of_tweet);
    of_tweets.filter_map(news).collect()
}

impl Treasurer {
    /// Takes what events have made of a client's posts: call it where they are applied.
    pub(crate) fn note_posts(&self, client: &Client, events: &[Event], now: Timestamp) {
        self.posts(&client.id, news(client, events, now), now);
    }

    /// Counts posts that are live, whatever the budgets say, and those that may be.
    pub fn posts(&self, client: &ClientId, news: Vec<PostNews>, now: Timestamp) {
        let mut purse = self.purse();
        let mut is_changed = false;
        for news in news {
            is_changed |= purse.learn(client, news, &self.0.prices);
        }
        if !is_changed {
            return;
        }
        let alarms = purse.passed(&self.0.budgets, client, utc_day(now));
        drop(purse);
        self.raise(alarms, now);
    }
}

impl Purse {
    /// Takes in what is new; says whether it changes anything.
    pub(super) fn learn(&mut self, client: &ClientId, news: PostNews, prices: &PriceList) -> bool {
        let cost = |item: &Item, day| prices.at_most(item, day).known().unwrap_or_default();
        let is_live = news.live.is_some();
        if let Some((since, item)) = news.live {
            let day = utc_day(since);
            self.spend(client, day, cost(&item, day));
        }
        let doubt = news.in_doubt.map(|doubt| {
            let day = utc_day(doubt.since);
            Doubt {
                day,
                amount: cost(&doubt.item, day),
                is_under_way: doubt.is_under_way,
            }
        });
        let before = match doubt {
            Some(doubt) => {
                let own = self.doubts.entry(client.clone()).or_default();
                own.insert(news.tweet, doubt)
            }
            None => self
                .doubts
                .get_mut(client)
                .and_then(|own| own.remove(&news.tweet)),
        };
        is_live || before != doubt
    }

    /// What some posts in doubt can cost: those that are on their way, or those of which nobody knows more than that
    /// they left.
    pub(super) fn doubted(
        &self,
        is_whose: impl Fn(&ClientId) -> bool,
        period: Period,
        is_under_way: bool,
    ) -> MicroUsd {
        let own = self.doubts.iter().filter(|(client, _)| is_whose(client));
        let doubts = own.flat_map(|(_, doubts)| doubts.values());
        doubts
            .filter(|doubt| doubt.is_under_way == is_under_way && period.has(doubt.day))
            .map(|doubt| doubt.amount)
            .sum()
    }
}
