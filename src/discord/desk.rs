//! The port [`Desk`]: a card is one message that is edited, an alert is a message that appears once.
//!
//! Which message shows a tweet is the engine's to remember. A card that was sent and not yet remembered is found again
//! by its nonce, for as long as Discord remembers it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::alerts::Alert;
use clara_actors::ports::Desk;
use clara_actors::ports::desk::{CardRequest, DeskError, ShownCard};
use clara_domain::ids::ChannelId;
use clara_domain::pricing::PriceList;
use clara_domain::{Client, Tweet};
use serenity::model::id::{ChannelId as Channel, MessageId as Message};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::api::{Api, ApiError};
use super::{card, texts};

/// Messages on their way at once to one channel.
const AT_ONCE: usize = 2;
/// serenity does not tell how long a 429 asks to wait where its limiter is off.
const THROTTLED_FOR: Duration = Duration::from_secs(2);

/// Cards and alerts in Discord.
pub struct DiscordDesk {
    api: Api,
    guild: u64,
    alerts: ChannelId,
    prices: Arc<PriceList>,
    lines: Lines,
}

/// A waiting line for each channel: one that Discord holds back holds up no other.
#[derive(Default)]
struct Lines(Mutex<BTreeMap<ChannelId, Arc<Semaphore>>>);

impl Lines {
    /// A place among the messages that are on their way to a channel; dropping it frees it.
    async fn place(&self, channel: &ChannelId) -> OwnedSemaphorePermit {
        let line = {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let line = lines.entry(channel.clone());
            line.or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)))
                .clone()
        };
        line.acquire_owned().await.expect("a line is never closed")
    }
}

impl std::fmt::Debug for DiscordDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DiscordDesk")
            .field("guild", &self.guild)
            .finish_non_exhaustive()
    }
}

impl DiscordDesk {
    pub(crate) fn new(api: Api, guild: u64, alerts: ChannelId, prices: Arc<PriceList>) -> Self {
        Self {
            api,
            guild,
            alerts,
            prices,
            lines: Lines::default(),
        }
    }

    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    async fn update(&self, client: &Client, tweet: &Tweet) -> Result<Option<ShownCard>, DeskError> {
        let Some(known) = &tweet.card else {
            return Ok(None);
        };
        let place = (channel(&known.channel)?, message(known.message.as_str())?);
        let card = card::message(client, tweet, &self.prices);
        match self.api.edit(place.0, place.1, &card).await {
            Ok(()) => Ok(Some(ShownCard {
                channel: known.channel.clone(),
                message: known.message.clone(),
            })),
            // Somebody deleted it: a new one takes its place.
            Err(ApiError::Gone(_)) => Ok(None),
            Err(error) => Err(failed("the card cannot be updated", &error)),
        }
    }

    async fn post(&self, client: &Client, tweet: &Tweet) -> Result<ShownCard, DeskError> {
        let Some(settings) = &client.settings else {
            return Err(refused(format!(
                "the client `{}` has no approval channel",
                client.id
            )));
        };
        let to = &settings.approval_channel;
        let fresh = card::message(client, tweet, &self.prices).once(&nonce(tweet));
        let sent = self.api.send(channel(to)?, &fresh).await.map_err(|error| {
            let what = format!(
                "the card cannot be sent to the approval channel {to} of `{}`: check that it exists and that the \
                 bot may see it and write there",
                client.id
            );
            failed(&what, &error)
        })?;
        Ok(ShownCard {
            channel: to.clone(),
            message: sent
                .to_string()
                .parse()
                .map_err(|_| refused("a message without an id".to_owned()))?,
        })
    }
}

/// The same for the same card, and another one when a deleted card is replaced.
fn nonce(tweet: &Tweet) -> String {
    match &tweet.card {
        None => format!("card-{}", tweet.id.short()),
        Some(lost) => format!("card-{}-{}", tweet.id.short(), lost.shown % 1_000_000),
    }
}

#[async_trait]
impl Desk for DiscordDesk {
    async fn show_card(&self, request: CardRequest) -> Result<ShownCard, DeskError> {
        let client = &request.client;
        let Some(tweet) = client.tweet(request.tweet) else {
            return Err(refused(format!(
                "there is no tweet {}",
                request.tweet.short()
            )));
        };
        let settings = client.settings.as_ref();
        let channel = settings.map(|settings| &settings.approval_channel);
        let _place = self.lines.place(channel.unwrap_or(&self.alerts)).await;
        match self.update(client, tweet).await? {
            Some(shown) => Ok(shown),
            None => self.post(client, tweet).await,
        }
    }

    async fn alert(&self, alert: &Alert) -> Result<(), DeskError> {
        let said = texts::alerts::message(alert, self.guild).once(&alert.nonce);
        let _place = self.lines.place(&self.alerts).await;
        let sent = self.api.send(channel(&self.alerts)?, &said).await;
        sent.map(drop).map_err(|error| {
            let what = format!(
                "the alert cannot be sent to the channel {}: check that it exists and that the bot may see it and \
                 write there",
                self.alerts
            );
            failed(&what, &error)
        })
    }
}

fn channel(id: &ChannelId) -> Result<Channel, DeskError> {
    number(id.as_str()).map(Channel::new)
}

fn message(id: &str) -> Result<Message, DeskError> {
    number(id).map(Message::new)
}

fn number(id: &str) -> Result<u64, DeskError> {
    let number = id.parse().ok().filter(|number| *number != 0);
    number.ok_or_else(|| refused(format!("`{id}` is not an id of Discord's")))
}

fn refused(reason: String) -> DeskError {
    DeskError {
        reason,
        retry_after: None,
    }
}

fn failed(what: &str, error: &ApiError) -> DeskError {
    DeskError {
        reason: format!("{what}; {error}"),
        retry_after: (*error == ApiError::Throttled).then_some(THROTTLED_FOR),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discord::card::samples;

    #[test]
    fn a_replacement_for_a_lost_card_is_a_new_message() {
        let (_, mut tweet) = samples::validated();
        tweet.card = None;
        let first = nonce(&tweet);
        tweet.card = Some(samples::shown(7));
        assert_ne!(first, nonce(&tweet));
        tweet.card = Some(samples::shown(u64::MAX));
        assert!(nonce(&tweet).len() <= 25);
    }

    #[test]
    fn an_id_that_is_no_number_is_an_error_and_not_a_panic() {
        assert!(number("0").is_err());
        assert!(number("99999999999999999999").is_err());
    }
}
