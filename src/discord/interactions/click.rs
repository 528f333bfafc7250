//! Buttons: acknowledged, checked against the tweet as it is now, then asked of the engine.
//!
//! What a click means depends on what its card showed. The domain refuses a decision about an older text; for decisions
//! that are not about a text, the button itself must still be on the card.

use std::sync::Arc;

use clara_domain::command::{Settlement, SlotChoice};
use clara_domain::ids::{AttemptNo, RevisionNo};
use clara_domain::{Client, Command, Rejection, Tweet};
use serenity::model::application::ComponentInteraction;

use super::asked::Asker;
use super::trouble::Trouble;
use super::{Interactions, Turn, form, note};
use crate::discord::api::ApiError;
use crate::discord::card;
use crate::discord::custom_id::{Action, CustomId};
use crate::discord::message::{Callback, Message};
use crate::discord::texts::{About, clicks, rejections};

impl Interactions {
    pub(super) async fn click(
        &self,
        turn: &Turn,
        asker: &Asker,
        click: &ComponentInteraction,
    ) -> Result<(), ApiError> {
        let Ok(id) = click.data.custom_id.parse::<CustomId>() else {
            return self.refuse(turn, &clicks::unknown_button()).await;
        };
        note("what", id.action);
        let Some(client) = self.holder(&id) else {
            return self.refuse(turn, &clicks::unknown_tweet()).await;
        };
        if id.action.asks() {
            return self.ask(turn, asker, &id, &client).await;
        }
        self.answer(turn, &Callback::DeferUpdate).await?;
        let _alone = self.turns.wait(id.tweet).await;
        match self.obey(asker, &id).await {
            Ok(client) => self.redraw_copy(turn, click, &client, &id).await,
            Err(text) => self.api.follow_up(&turn.token, &Message::text(text)).await,
        }
    }

    /// The client whose tweet was clicked.
    pub(super) fn holder(&self, id: &CustomId) -> Option<Arc<Client>> {
        let found = self.engine.find_tweet(&id.tweet.to_string());
        let (client, _) = found.into_iter().next()?;
        note("client", &client.id);
        note("tweet", id.tweet);
        Some(client)
    }

    /// Opens the form, unless its outcome is known to be refused.
    async fn ask(
        &self,
        turn: &Turn,
        asker: &Asker,
        id: &CustomId,
        client: &Client,
    ) -> Result<(), ApiError> {
        let Some(tweet) = client.tweet(id.tweet) else {
            return self.refuse(turn, &clicks::unknown_tweet()).await;
        };
        if let Err(text) = self.may_ask(asker, id, client, tweet) {
            return self.refuse(turn, &text).await;
        }
        match form::open(id, tweet) {
            Some(modal) => self.answer(turn, &Callback::Modal(modal)).await,
            None => self.refuse(turn, &clicks::too_long_to_edit()).await,
        }
    }

    /// Asks the domain, with words in place of those still to be typed, before anybody types in vain.
    fn may_ask(
        &self,
        asker: &Asker,
        id: &CustomId,
        client: &Client,
        tweet: &Tweet,
    ) -> Result<(), String> {
        let Some(probe) = form::probe(id, tweet) else {
            return Err(clicks::no_longer(id.action, client, tweet));
        };
        let refused = |rejection: Rejection| {
            rejections::rejection(&rejection, About::tweet(client, Some(tweet)))
        };
        clara_domain::decide(client, &asker.by(), &probe, self.engine.now()).map_err(refused)?;
        if is_over(id, tweet) {
            return Err(clicks::no_longer(id.action, client, tweet));
        }
        known_text(id, tweet)
    }

    /// Does what a button without a form says.
    async fn obey(&self, asker: &Asker, id: &CustomId) -> Result<Arc<Client>, String> {
        let Some(client) = self.holder(id) else {
            return Err(clicks::unknown_tweet());
        };
        let Some(tweet) = client.tweet(id.tweet) else {
            return Err(clicks::unknown_tweet());
        };
        known_text(id, tweet)?;
        let command = match command(id, tweet) {
            Some(command) if !is_over(id, tweet) => command,
            Some(_) | None => return Err(clicks::no_longer(id.action, &client, tweet)),
        };
        self.execute_on(asker, &client, id.tweet, command)
            .await
            .map_err(|trouble: Trouble| {
                trouble.log();
                trouble.text()
            })
    }

    /// The card itself is redrawn by the engine; a copy that `/tweet show` made is redrawn here.
    async fn redraw_copy(
        &self,
        turn: &Turn,
        click: &ComponentInteraction,
        client: &Client,
        id: &CustomId,
    ) -> Result<(), ApiError> {
        let Some(tweet) = client.tweet(id.tweet) else {
            return Ok(());
        };
        let clicked = click.message.id.to_string();
        let is_the_card = tweet
            .card
            .as_ref()
            .is_some_and(|card| card.message.as_str() == clicked);
        if is_the_card {
            return Ok(());
        }
        let copy = card::message(client, tweet, &self.options.prices);
        self.api.complete(&turn.token, &copy).await
    }
}

/// Whether a decision that is not about a text was overtaken. Decisions about a text are the domain's to judge, which
/// names who decided.
pub(super) fn is_over(id: &CustomId, tweet: &Tweet) -> bool {
    match id.action {
        Action::Now | Action::Next | Action::Drop => {
            !card::actions(tweet).contains(&id.action) || card::seen(tweet, id.action) != id.seen
        }
        Action::Live | Action::Again => card::seen(tweet, id.action) != id.seen,
        Action::Approve
        | Action::Reject
        | Action::Edit
        | Action::Regenerate
        | Action::Override
        | Action::Retry
        | Action::Delete
        | Action::Use(_) => false,
    }
}

/// Refuses a card that showed a text of another journal: after a backup was restored, a number may belong to a text that
/// nobody has seen on that card.
pub(super) fn known_text(id: &CustomId, tweet: &Tweet) -> Result<(), String> {
    let shown = match id.action {
        Action::Live | Action::Again => tweet.current(),
        _ => tweet
            .revisions
            .iter()
            .find(|revision| revision.no.0 == id.seen),
    };
    match shown {
        Some(revision) if revision.hash.mark() != id.text => Err(clicks::another_text(tweet)),
        Some(_) | None => Ok(()),
    }
}

/// What a button without a form asks of the engine; none where the button makes no sense.
fn command(id: &CustomId, tweet: &Tweet) -> Option<Command> {
    let (tweet_id, revision) = (id.tweet, RevisionNo(id.seen));
    Some(match id.action {
        Action::Approve => Command::Approve {
            tweet: tweet_id,
            revision,
        },
        Action::Retry => Command::Retry {
            tweet: tweet_id,
            revision,
        },
        Action::Now => Command::Reschedule {
            tweet: tweet_id,
            slot: SlotChoice::Now,
        },
        Action::Next => Command::Reschedule {
            tweet: tweet_id,
            slot: SlotChoice::NextFree,
        },
        Action::Again => Command::Settle {
            tweet: tweet_id,
            attempt: AttemptNo(id.seen),
            answer: Settlement::PostAgain,
        },
        Action::Drop if tweet.state.uncertain().is_some() => Command::Settle {
            tweet: tweet_id,
            attempt: tweet.attempts,
            answer: Settlement::Drop,
        },
        Action::Drop => Command::Cancel { tweet: tweet_id },
        Action::Use(number) => {
            let shown = tweet
                .revisions
                .iter()
                .find(|written| written.no == revision)?;
            let content = shown
                .alternatives
                .get(usize::from(number).checked_sub(2)?)?
                .clone();
            Command::Edit {
                tweet: tweet_id,
                revision,
                content,
            }
        }
        Action::Reject
        | Action::Edit
        | Action::Regenerate
        | Action::Override
        | Action::Live
        | Action::Delete => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discord::card::samples;

    /// What the domain says to every button of a card, pressed by somebody who may do everything.
    #[test]
    fn every_button_of_every_card_is_one_that_the_domain_takes() {
        for (name, client, tweet) in samples::all() {
            for action in card::actions(&tweet) {
                let id = samples::custom_id(&tweet, action);
                let asked = if action.asks() {
                    form::probe(&id, &tweet)
                } else {
                    command(&id, &tweet)
                };
                let decided =
                    clara_domain::decide(&client, &samples::leo(), &asked.unwrap(), samples::NOW);
                assert!(decided.is_ok(), "{name}: {action} is refused: {decided:?}");
                assert!(!is_over(&id, &tweet), "{name}: {action}");
                assert_eq!(known_text(&id, &tweet), Ok(()), "{name}: {action}");
            }
        }
    }

    #[test]
    fn a_late_click_on_post_now_does_not_move_an_approved_tweet() {
        let (_, approved) = samples::approved();
        let id = samples::custom_id(&approved, Action::Now);
        assert!(is_over(&id, &approved));
    }

    #[test]
    fn post_again_answers_the_question_that_the_card_asked_and_no_later_one() {
        let (_, asked) = samples::asked();
        let mut earlier = samples::custom_id(&asked, Action::Again);
        earlier.seen -= 1;
        assert!(is_over(&earlier, &asked));
    }

    #[test]
    fn a_card_of_another_journal_decides_nothing_though_its_numbers_fit() {
        for (name, _, tweet) in samples::all() {
            for action in card::actions(&tweet) {
                let mut id = samples::custom_id(&tweet, action);
                id.text ^= 1;
                let refused = known_text(&id, &tweet).is_err();
                assert_eq!(refused, tweet.current().is_some(), "{name}: {action}");
            }
        }
    }
}
