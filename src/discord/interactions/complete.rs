//! Completions, answered at once from memory: they have to come while a person types.

use clara_domain::Client;
use serenity::model::application::CommandData;

use super::{Interactions, Turn, asked};
use crate::discord::api::ApiError;
use crate::discord::commands::{self, Kind};
use crate::discord::escape::cut;
use crate::discord::message::{Callback, Choice};

/// Discord takes no more (and 100 characters each).
const MOST: usize = 25;
const LONGEST: usize = 100;

impl Interactions {
    pub(super) async fn complete(&self, turn: &Turn, data: &CommandData) -> Result<(), ApiError> {
        let (words, _) = asked::read(data);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let typed = data.autocomplete();
        let kind = typed.as_ref().and_then(|typed| {
            let options = commands::find(&words)?.options;
            options
                .iter()
                .find(|option| option.name == typed.name)
                .map(|option| option.kind)
        });
        let begun = typed
            .map(|typed| typed.value.trim().to_lowercase())
            .unwrap_or_default();
        let choices = match kind {
            Some(Kind::Client) => self.clients_like(&begun),
            Some(Kind::Tweet) => self.tweets_like(&begun),
            Some(Kind::Text | Kind::Whole | Kind::Channel | Kind::Command | Kind::File) | None => {
                Vec::new()
            }
        };
        self.answer(turn, &Callback::Choices(choices)).await
    }

    fn clients_like(&self, begun: &str) -> Vec<Choice> {
        let statuses = self.engine.clients().into_iter();
        let named = statuses.map(|status| {
            let name = status
                .client
                .as_deref()
                .and_then(plain_name)
                .unwrap_or_default();
            (format!("{} · {name}", status.id), status.id.to_string())
        });
        choices(named, begun)
    }

    /// Open tweets, the ones whose time is next first.
    fn tweets_like(&self, begun: &str) -> Vec<Choice> {
        let clients = self
            .engine
            .clients()
            .into_iter()
            .filter_map(|status| status.client);
        let mut open: Vec<_> = clients
            .flat_map(|client| {
                let tweets = client
                    .tweets
                    .values()
                    .filter(|tweet| !tweet.state.is_terminal());
                let entry = |tweet: &std::sync::Arc<clara_domain::Tweet>| {
                    let id = tweet.id.short();
                    let brief = tweet.brief.replace('\n', " ");
                    let label = format!("{id} · {} · {} · {brief}", client.id, tweet.state.name());
                    (tweet.slot, (label, id))
                };
                tweets.map(entry).collect::<Vec<_>>()
            })
            .collect();
        open.sort();
        choices(open.into_iter().map(|(_, entry)| entry), begun)
    }
}

fn plain_name(client: &Client) -> Option<String> {
    client
        .settings
        .as_ref()
        .map(|settings| settings.name.clone())
}

/// What was begun with comes first, then what merely contains it; otherwise the order stays.
fn choices(entries: impl Iterator<Item = (String, String)>, begun: &str) -> Vec<Choice> {
    let fitting = entries.filter(|(label, _)| label.to_lowercase().contains(begun));
    let (first, rest): (Vec<_>, Vec<_>) = fitting.partition(|(_, value)| value.starts_with(begun));
    let choices = first.into_iter().chain(rest).map(|(label, value)| Choice {
        name: cut(&label, LONGEST),
        value,
    });
    choices.take(MOST).collect()
}
