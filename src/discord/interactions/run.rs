//! Commands: promise an answer, do what was asked, answer.

use clara_domain::ids::{ClientId, TweetId};
use clara_domain::{Client, Command};
use serenity::model::application::CommandData;
use std::sync::Arc;

use super::asked::{self, Asker};
use super::trouble::Trouble;
use super::{Interactions, Turn, note};
use crate::discord::api::ApiError;
use crate::discord::commands::{self, Misuse, Request, reference};
use crate::discord::message::{Callback, Message};
use crate::discord::texts::refusals;

/// What a command is answered with; the first message is what was promised.
pub(super) type Answer = Result<Vec<Message>, Trouble>;

/// One text.
pub(super) fn say(text: impl AsRef<str>) -> Answer {
    Ok(vec![Message::text(text)])
}

impl Interactions {
    pub(super) async fn command(
        &self,
        turn: &Turn,
        asker: &Asker,
        data: &CommandData,
    ) -> Result<(), ApiError> {
        self.answer(turn, &Callback::Defer).await?;
        let (words, mut given) = asked::read(data);
        note("what", words.join(" "));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let request = match commands::find(&words) {
            Some(definition) => (definition.read)(&mut given),
            None => Err(Misuse::Unknown(words.join(" "))),
        };
        // Registered by another version of Clara, or forgotten to be read.
        for option in given.left() {
            tracing::debug!(option, "an option that nothing reads");
        }
        let answer = match request {
            Ok(request) => self.run(asker, request).await,
            Err(misuse) => Err(self.misuse(misuse)),
        };
        let messages = answer.unwrap_or_else(|trouble| {
            trouble.log();
            vec![Message::text(trouble.text())]
        });
        self.fulfil(turn, &messages).await
    }

    async fn run(&self, asker: &Asker, request: Request) -> Answer {
        match request {
            Request::AddClient(new) => self.add_client(asker, *new).await,
            Request::ListClients => self.list_clients(),
            Request::ShowClient { client } => self.show_client(&client),
            Request::Knowledge { client, wish } => self.knowledge(asker, &client, wish).await,
            Request::Lessons { client, wish } => self.lessons(asker, &client, wish).await,
            Request::Pause { client, reason } => self.pause(asker, &client, reason).await,
            Request::Resume { client } => self.resume(asker, &client).await,
            Request::Plan(plan) => self.plan(asker, plan).await,
            Request::Queue { client } => self.queue(client.as_ref()),
            Request::ShowTweet { tweet } => self.show_tweet(&tweet),
            Request::CancelTweet { tweet } => self.cancel(asker, &tweet).await,
            Request::DeleteTweet { tweet, reason } => self.delete(asker, &tweet, reason).await,
            Request::Reschedule { tweet, when } => self.reschedule(asker, &tweet, &when).await,
            Request::Halt { reason } => self.halt(asker, reason).await,
            Request::Release => self.release(asker).await,
            Request::Status => self.status(),
            Request::Costs { client, month } => {
                self.costs(asker, client.as_ref(), month.as_deref())
            }
            Request::Stats { client, days } => self.stats(client.as_ref(), days),
            Request::Help { command } => help(command.as_deref()),
        }
    }

    /// Has a client decide, and keeps what the text of a refusal needs.
    pub(super) async fn execute(
        &self,
        asker: &Asker,
        client: &ClientId,
        command: Command,
    ) -> Result<Arc<Client>, Trouble> {
        let decided = self.engine.execute(client, asker.by(), command).await;
        decided.map_err(|refusal| Trouble::refused(refusal, self.engine.view(client).ok(), None))
    }

    /// The same for a request about one of its tweets.
    pub(super) async fn execute_on(
        &self,
        asker: &Asker,
        client: &Client,
        tweet: TweetId,
        command: Command,
    ) -> Result<Arc<Client>, Trouble> {
        let decided = self.engine.execute(&client.id, asker.by(), command).await;
        decided.map_err(|refusal| {
            Trouble::refused(refusal, self.engine.view(&client.id).ok(), Some(tweet))
        })
    }
}

fn help(command: Option<&str>) -> Answer {
    let Some(name) = command else {
        return say(reference::overview());
    };
    let words: Vec<&str> = name.trim_start_matches('/').split_whitespace().collect();
    say(match commands::find(&words) {
        Some(definition) => reference::about(definition),
        None => refusals::unknown_command(name),
    })
}
