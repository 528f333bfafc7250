//! The team at work: people type, click and fill in forms, and take down what they were told.
//!
//! An answer that never comes is nothing unusual here: the engine may have been killed. Nobody concludes from silence
//! that something was done, or that it was not.

use std::collections::BTreeMap;
use std::time::Duration;

use clara_sandbox::discord::{Acknowledgement, InteractionId, InteractionView, MessageId};

use super::scene::Scene;

/// How long a person waits for an answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// What a person was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is done.
    Yes(String),
    /// It is not done, and why.
    No(String),
    /// It may be done: acknowledged, and nothing said.
    Perhaps(String),
    /// Nothing.
    Silence,
}

impl Answer {
    pub(super) fn is_no(&self) -> bool {
        matches!(self, Self::No(_))
    }

    /// For a history, in one line.
    pub(super) fn told(&self) -> String {
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self {
            Self::Yes(text) => format!("yes: {}", line(text)),
            Self::No(text) => format!("no: {}", line(text)),
            Self::Perhaps(text) => format!("perhaps: {}", line(text)),
            Self::Silence => "no answer".to_owned(),
        }
    }

    /// Reads an answer's text. What is not known to be a yes is a no: nothing is believed too easily.
    fn read(text: String) -> Self {
        const DONE: [&str; 14] = [
            "Planned ",
            "Clara is writing tweet",
            "is cancelled and will not be posted",
            " and set for ",
            " is paused: ",
            " posts again.",
            "The tweet is rejected",
            "Your hint goes to",
            "Your text is revision",
            "Noted as live",
            "You let this text through",
            "Nothing is posted for any client from now on",
            "Posting goes on for all",
            "X is asked to delete",
        ];
        if text.contains("not sure") {
            return Self::Perhaps(text);
        }
        if text.contains("Nothing was changed") || text.contains("Nothing was planned") {
            return Self::No(text);
        }
        if DONE.iter().any(|done| text.contains(done)) {
            return Self::Yes(text);
        }
        Self::No(text)
    }
}

impl Scene {
    /// Somebody types a command.
    pub(super) async fn types(&self, who: &str, line: &str) -> Answer {
        let _turn = self.busy.acquire().await;
        let typed = self.sandbox.discord.command(who, "ops", line).await;
        let answer = match typed {
            Err(refused) => Answer::No(refused.to_string()),
            Ok(id) => match self.answered(id).await {
                Some(InteractionView {
                    response: Some(message),
                    ..
                }) => Answer::read(message.text()),
                Some(_) | None => Answer::Silence,
            },
        };
        self.counted(answer)
    }

    /// Somebody clicks a button without a form. What was done is seen on the card alone.
    pub(super) async fn clicks(&self, who: &str, message: MessageId, button: &str) -> Answer {
        let _turn = self.busy.acquire().await;
        let clicked = self.sandbox.discord.click(who, message, button).await;
        let answer = match clicked {
            Err(refused) => Answer::No(refused.to_string()),
            Ok(id) => self
                .answered(id)
                .await
                .map_or(Answer::Silence, |view| clicked_well(&view)),
        };
        self.counted(answer)
    }

    /// Somebody clicks a button with a form and fills each of its fields in.
    pub(super) async fn fills_in(
        &self,
        who: &str,
        message: MessageId,
        button: &str,
        words: impl Fn(usize) -> String,
    ) -> Answer {
        let _turn = self.busy.acquire().await;
        let discord = &self.sandbox.discord;
        let Ok(id) = discord.click(who, message, button).await else {
            return self.counted(Answer::No("the button is gone".to_owned()));
        };
        let Some(opened) = self.answered(id).await else {
            return self.counted(Answer::Silence);
        };
        let Some(modal) = opened.modal else {
            return self.counted(clicked_well(&opened));
        };
        let rows = modal["components"].as_array().into_iter().flatten();
        let fields = rows.filter_map(|row| row["components"][0]["custom_id"].as_str());
        let values: BTreeMap<String, String> = fields
            .enumerate()
            .map(|(at, field)| (field.to_owned(), words(at)))
            .collect();
        let answer = match discord.submit_modal(who, id, &values).await {
            Err(refused) => Answer::No(refused.to_string()),
            Ok(id) => match self.answered(id).await {
                Some(InteractionView {
                    response: Some(message),
                    ..
                }) => Answer::read(message.text()),
                Some(_) | None => Answer::Silence,
            },
        };
        self.counted(answer)
    }

    /// Waits for what a person sees; none where nothing came in time.
    pub(super) async fn answered(&self, id: InteractionId) -> Option<InteractionView> {
        self.raised.send_modify(|raised| *raised += 1);
        let view = self.sandbox.discord.wait_interaction(id, PATIENCE).await?;
        if let Some(millis) = view.acknowledged_after_ms {
            self.stats.acknowledged(millis);
        }
        let heard = view.failed.is_none()
            && (view.done || view.acknowledgement == Some(Acknowledgement::DeferUpdate));
        heard.then_some(view)
    }

    fn counted(&self, answer: Answer) -> Answer {
        self.stats.count(|counts| match &answer {
            Answer::Yes(_) => counts.accepted += 1,
            Answer::No(_) => counts.refused += 1,
            Answer::Perhaps(_) => counts.perhaps += 1,
            Answer::Silence => counts.unanswered += 1,
        });
        answer
    }
}

/// What comes back after a click: words are a refusal, a changed card is a yes of which the card tells more.
fn clicked_well(view: &InteractionView) -> Answer {
    if let Some(words) = view.followups.first() {
        return Answer::No(words.text());
    }
    match (view.acknowledgement, &view.response) {
        (Some(Acknowledgement::Message), Some(message)) => Answer::No(message.text()),
        (Some(Acknowledgement::DeferUpdate | Acknowledgement::Update), _) if view.done => {
            Answer::Yes("the card changed".to_owned())
        }
        (Some(_), _) => Answer::Perhaps("acknowledged, and nothing seen".to_owned()),
        (None, _) => Answer::Silence,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_yes_only_where_it_says_so() {
        let read = |text: &str| Answer::read(text.to_owned());
        assert!(matches!(
            read("Planned a tweet for Client 1."),
            Answer::Yes(_)
        ));
        assert!(matches!(
            read("It is not sure that your decision was stored."),
            Answer::Perhaps(_)
        ));
        let refused = "Client 1 is paused: already. Nothing was changed. See why.";
        assert!(read(refused).is_no());
        assert!(read("Something nobody has ever said").is_no());
    }
}
