//! `/tweet show`, `/tweet cancel`, `/tweet delete` and `/tweet reschedule`.

use clara_domain::Command;

use super::Interactions;
use super::asked::Asker;
use super::run::{Answer, say};
use super::trouble::Trouble;
use crate::discord::card;
use crate::discord::message::Message;
use crate::discord::texts::answers;

impl Interactions {
    pub(super) fn show_tweet(&self, given: &str) -> Answer {
        let (client, id) = self.tweet(given)?;
        let Some(tweet) = client.tweet(id) else {
            return Err(Trouble::NoSuchTweet(given.to_owned()));
        };
        let prices = &self.options.prices;
        let mut messages = vec![card::message(&client, tweet, prices)];
        let is_cut = !card::shows_all(&client, tweet, prices);
        if let Some(current) = tweet.current().filter(|_| is_cut) {
            messages.extend(card::pages(&current.content).iter().map(Message::text));
        }
        Ok(messages)
    }

    pub(super) async fn cancel(&self, asker: &Asker, given: &str) -> Answer {
        let (client, tweet) = self.tweet(given)?;
        let client = self
            .execute_on(asker, &client, tweet, Command::Cancel { tweet })
            .await?;
        match client.tweet(tweet) {
            Some(tweet) => say(answers::cancelled(&client, tweet)),
            None => Err(Trouble::NoSuchTweet(given.to_owned())),
        }
    }

    pub(super) async fn delete(&self, asker: &Asker, given: &str, reason: String) -> Answer {
        let (client, tweet) = self.tweet(given)?;
        let client = self
            .execute_on(asker, &client, tweet, Command::Delete { tweet, reason })
            .await?;
        match client.tweet(tweet) {
            Some(tweet) => say(answers::being_deleted(&client, tweet)),
            None => Err(Trouble::NoSuchTweet(given.to_owned())),
        }
    }

    pub(super) async fn reschedule(&self, asker: &Asker, given: &str, when: &str) -> Answer {
        let (client, tweet) = self.tweet(given)?;
        let slot = self.slot(&client, when)?;
        let client = self
            .execute_on(asker, &client, tweet, Command::Reschedule { tweet, slot })
            .await?;
        match client.tweet(tweet) {
            Some(tweet) => say(answers::rescheduled(&client, tweet)),
            None => Err(Trouble::NoSuchTweet(given.to_owned())),
        }
    }
}
