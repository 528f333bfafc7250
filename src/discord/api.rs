//! Discord's HTTP API as the desk uses it: the few calls, what their errors mean, and which are tried again.
//!
//! serenity does the wire. Its errors carry URLs with interaction tokens in them, so only an error's code and message
//! leave this file, never its `Debug` form.

use std::sync::Arc;
use std::time::Duration;

use serenity::Error as SerenityError;
use serenity::builder::CreateAttachment;
use serenity::http::{Http, HttpError};
use serenity::model::channel::Message as Sent;
use serenity::model::id::{ChannelId, GuildId, InteractionId, MessageId};

use super::escape::cut;
use super::message::{Callback, Message};

/// Between tries of one call. An acknowledgement has to be there within 3 s.
const PAUSES: [Duration; 3] = [
    Duration::from_millis(150),
    Duration::from_millis(400),
    Duration::from_millis(900),
];

/// Why Discord did not do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApiError {
    /// Too many requests.
    #[error("Discord is throttling")]
    Throttled,
    /// The message or its channel is not there any more (10003, 10008).
    #[error("{0}")]
    Gone(String),
    /// The interaction has its first answer already (40060).
    #[error("the interaction was acknowledged before")]
    Acknowledged,
    /// No answer, or one of Discord's own failures: it may have been done.
    #[error("Discord is not available: {0}")]
    Unavailable(String),
    /// Discord will not do it.
    #[error("{0}")]
    Refused(String),
}

/// Whether a message that is there says what was to be sent, as far as people read it.
fn says(there: &Sent, wanted: &Message) -> bool {
    let embeds = there.embeds.iter().zip(&wanted.embeds);
    let mut embeds = embeds.map(|(there, wanted)| {
        let fields = there.fields.iter().zip(&wanted.fields);
        let mut fields = fields.map(|(there, wanted)| same(&there.value, &wanted.value));
        same(there.title.as_deref().unwrap_or_default(), &wanted.title)
            && same(
                there.description.as_deref().unwrap_or_default(),
                &wanted.description,
            )
            && there.fields.len() == wanted.fields.len()
            && fields.all(|same| same)
    });
    same(&there.content, &wanted.content)
        && there.embeds.len() == wanted.embeds.len()
        && embeds.all(|same| same)
}

/// Discord trims what it is given.
fn same(one: &str, other: &str) -> bool {
    one.trim() == other.trim()
}

/// The API, as the bot.
#[derive(Clone)]
pub(crate) struct Api {
    http: Arc<Http>,
}

impl Api {
    pub(crate) fn new(http: Arc<Http>) -> Self {
        Self { http }
    }

    /// Where the gateway is. Asked before serenity does, which would go to the real one after an error.
    pub(crate) async fn gateway(&self) -> Result<String, ApiError> {
        let gateway = self.http.get_gateway().await.map_err(classify)?;
        Ok(gateway.url)
    }

    /// Replaces all of a guild's commands.
    pub(crate) async fn register(
        &self,
        guild: GuildId,
        commands: &serde_json::Value,
    ) -> Result<usize, ApiError> {
        let registered = self.http.create_guild_commands(guild, commands).await;
        registered.map(|commands| commands.len()).map_err(classify)
    }

    /// Sends a message; once, where it carries a nonce: then what an earlier try has sent may be there instead, and is
    /// made to say the same.
    pub(crate) async fn send(
        &self,
        channel: ChannelId,
        message: &Message,
    ) -> Result<MessageId, ApiError> {
        let sent = self.http.send_message(channel, Vec::new(), message).await;
        let sent = sent.map_err(classify)?;
        if !says(&sent, message) {
            self.edit(channel, sent.id, message).await?;
        }
        Ok(sent.id)
    }

    /// Makes a message say something else. What is not part of [`Message`] stays as it is.
    pub(crate) async fn edit(
        &self,
        channel: ChannelId,
        id: MessageId,
        message: &Message,
    ) -> Result<(), ApiError> {
        let edited = self
            .http
            .edit_message(channel, id, message, Vec::new())
            .await;
        edited.map(drop).map_err(classify)
    }

    /// The first answer to an interaction. `Acknowledged` means that somebody else has given one.
    pub(crate) async fn answer(
        &self,
        interaction: &Token,
        callback: &Callback,
    ) -> Result<(), ApiError> {
        let body = callback.body();
        let mut unsure = false;
        for pause in PAUSES.into_iter().map(Some).chain([None]) {
            let id = InteractionId::new(interaction.id);
            let sent =
                self.http
                    .create_interaction_response(id, &interaction.token, &body, Vec::new());
            match (sent.await.map_err(classify), pause) {
                // An earlier try of ours may have arrived although its answer did not.
                (Err(ApiError::Acknowledged), _) if unsure => return Ok(()),
                (Err(error), Some(pause)) if error.may_pass() => {
                    unsure |= matches!(error, ApiError::Unavailable(_));
                    tokio::time::sleep(pause).await;
                }
                (result, _) => return result,
            }
        }
        Ok(())
    }

    /// Puts the message where "is thinking" stands.
    pub(crate) async fn complete(
        &self,
        interaction: &Token,
        message: &Message,
    ) -> Result<(), ApiError> {
        patiently(|| async {
            let edited = self.http.edit_original_interaction_response(
                &interaction.token,
                message,
                files(message),
            );
            edited.await.map(drop)
        })
        .await
    }

    /// One more message for the person who asked, and nobody else.
    pub(crate) async fn follow_up(
        &self,
        interaction: &Token,
        message: &Message,
    ) -> Result<(), ApiError> {
        let message = message.clone().private();
        patiently(|| async {
            let sent =
                self.http
                    .create_followup_message(&interaction.token, &message, files(&message));
            sent.await.map(drop)
        })
        .await
    }
}

/// What answers to an interaction need. The token is a secret for 15 minutes.
#[derive(Clone)]
pub(crate) struct Token {
    pub(crate) id: u64,
    pub(crate) token: String,
}

fn files(message: &Message) -> Vec<CreateAttachment> {
    let file = message.file().into_iter();
    file.map(|file| CreateAttachment::bytes(file.bytes.clone(), file.name.clone()))
        .collect()
}

async fn patiently<F>(call: impl Fn() -> F) -> Result<(), ApiError>
where
    F: Future<Output = Result<(), SerenityError>>,
{
    for pause in PAUSES {
        match call().await.map_err(classify) {
            Err(error) if error.may_pass() => tokio::time::sleep(pause).await,
            result => return result,
        }
    }
    call().await.map_err(classify)
}

impl ApiError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Throttled | Self::Unavailable(_) => true,
            Self::Gone(_) | Self::Acknowledged | Self::Refused(_) => false,
        }
    }
}

/// Codes: <https://discord.com/developers/docs/topics/opcodes-and-status-codes#json>.
fn classify(error: SerenityError) -> ApiError {
    let SerenityError::Http(HttpError::UnsuccessfulRequest(response)) = &error else {
        return match error {
            SerenityError::Http(error) => ApiError::Unavailable(silence(&error).to_owned()),
            SerenityError::Json(_) => {
                ApiError::Unavailable("an answer that makes no sense".to_owned())
            }
            _ => ApiError::Unavailable("the request failed".to_owned()),
        };
    };
    let status = response.status_code.as_u16();
    let said = format!(
        "{} (status {status}, code {})",
        cut(&response.error.message, 200),
        response.error.code
    );
    match (status, response.error.code) {
        (429, _) => ApiError::Throttled,
        (_, 10003 | 10008) => ApiError::Gone(said),
        (_, 40060) => ApiError::Acknowledged,
        (500.., _) => ApiError::Unavailable(said),
        _ => ApiError::Refused(said),
    }
}

/// Why there is no answer. Nothing of the error itself is told on: it may name a URL with a token.
fn silence(error: &HttpError) -> &'static str {
    let first: Option<&dyn std::error::Error> = Some(error);
    // OpenSSL's words for a chain that ends at nobody who is trusted.
    let distrusted = std::iter::successors(first, |error| error.source())
        .any(|error| error.to_string().contains("certificate verify failed"));
    if distrusted {
        "this machine does not trust its certificate (install the system's CA certificates, or name a file of them in \
         SSL_CERT_FILE)"
    } else {
        "no answer"
    }
}
