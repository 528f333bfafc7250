//! A desk that remembers what people can see of each tweet and what they were told, and does not always get through.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::alerts::Alert;
use clara_actors::ports::Desk;
use clara_actors::ports::desk::{CardRequest, DeskError, ShownCard};
use clara_domain::ids::{ChannelId, ClientId, MessageId, RevisionNo, TweetId};

use super::sabotage::Sabotage;
use super::world::{World, lock, scripted_panic};

/// A card as it stands on people's screens.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    pub(crate) revision: RevisionNo,
    pub(crate) change: u64,
}

/// What is on people's screens.
#[derive(Debug, Default)]
pub(crate) struct DeskState {
    cards: BTreeMap<TweetId, Shown>,
}

impl DeskState {
    /// The card of a tweet, as it was last shown.
    pub(crate) fn card(&self, tweet: TweetId) -> Option<Shown> {
        self.cards.get(&tweet).cloned()
    }
}

/// See the module.
pub(crate) struct SimDesk(pub(crate) Arc<World>);

impl SimDesk {
    /// Whether it gets through; it may take long over it, or for ever.
    async fn passes(&self, whom: Option<&ClientId>) -> Result<(), DeskError> {
        let world = &self.0;
        world.dawdle(Duration::from_secs(90), whom).await;
        if !world.strikes(world.weather().desk, whom) {
            return Ok(());
        }
        let kind = world.dice().roll(8);
        world.note("desk", || "does not take it".to_owned());
        match kind {
            0 => scripted_panic("the desk"),
            1 => std::future::pending().await,
            _ => Err(DeskError {
                reason: "the desk is away".to_owned(),
                retry_after: (kind == 2).then_some(Duration::from_secs(40)),
            }),
        }
    }
}

#[async_trait]
impl Desk for SimDesk {
    async fn show_card(&self, card: CardRequest) -> Result<ShownCard, DeskError> {
        let world = &self.0;
        world.enter("before it shows a card").await;
        self.passes(Some(&card.client.id)).await?;
        if let Some(tweet) = card.client.tweet(card.tweet) {
            let shown = Shown {
                revision: tweet.revision(),
                change: tweet.change,
            };
            world.note("desk", || {
                format!("{} is {}", card.tweet.short(), tweet.state.name())
            });
            lock(&world.desk).cards.insert(card.tweet, shown);
        }
        world.enter("after it has shown a card").await;
        let message = card.tweet.0.as_u128() % 1_000_000_007;
        Ok(ShownCard {
            channel: ChannelId::new("100").expect("digits"),
            message: MessageId::new(message.to_string()).expect("digits"),
        })
    }

    async fn alert(&self, alert: &Alert) -> Result<(), DeskError> {
        let world = &self.0;
        world.enter("before it tells people").await;
        if world.sabotage == Some(Sabotage::AlertsGoNowhere) {
            return Ok(());
        }
        self.passes(alert.client.as_ref()).await?;
        world.note("desk", || format!("people are told: {:?}", alert.severity));
        world.audit(|auditor| auditor.told(alert));
        world.enter("after it has told people").await;
        Ok(())
    }
}
