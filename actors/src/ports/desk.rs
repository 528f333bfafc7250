//! Where people see and decide: cards and alerts. What they ask for comes in through the engine's handle.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clara_domain::Client;
use clara_domain::ids::{ChannelId, MessageId, TweetId};

use crate::alerts::Alert;

/// A card to be shown: a tweet as it stands in its client.
#[derive(Debug, Clone)]
pub struct CardRequest {
    /// The client as of now.
    pub client: Arc<Client>,
    /// Which of its tweets.
    pub tweet: TweetId,
}

/// A card that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCard {
    /// Where.
    pub channel: ChannelId,
    /// Which message.
    pub message: MessageId,
}

/// Why the desk did not take something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the desk did not take it: {reason}")]
pub struct DeskError {
    /// What happened.
    pub reason: String,
    /// How long to wait before the next try, where the desk says.
    pub retry_after: Option<Duration>,
}

/// Where people see and decide.
#[async_trait]
pub trait Desk: Send + Sync + 'static {
    /// Shows a card, or brings the one that is there up to date. Showing the same twice shows it once.
    async fn show_card(&self, card: CardRequest) -> Result<ShownCard, DeskError>;

    /// Tells people. Telling the same alert twice within minutes shows it once.
    async fn alert(&self, alert: &Alert) -> Result<(), DeskError>;
}
