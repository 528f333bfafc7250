//! One question put to a chain of models, until one of them answers it usefully.
//!
//! What goes wrong is handled as what it is, see `policy`. The invariant: a model that may have been paid for a
//! question is not asked it again, so a question costs at most what [`ModelChain::at_most`] says. Every attempt is told,
//! also the failed ones, because each may cost. Waiting is the caller's matter: nothing here sleeps.

mod attempt;
mod policy;
mod verdict;

use std::sync::Arc;

use clara_domain::metering::{Item, Tokens};
use clara_domain::prompt_stamp::Temperature;

use crate::ports::LanguageModel;
use crate::ports::model::{ChatAnswer, ChatRequest, ModelError};
use crate::prompt::{self, PromptError, Squeeze};

pub use attempt::{Attempt, Outcome};
pub use policy::AfterSilence;
pub use verdict::Unanswered;

use policy::{Next, next};
use verdict::Failures;

/// Which models are asked, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChainOptions {
    /// The models by the service's names for them, the one that is asked first at the front. Without any, the one that
    /// the port was made with is asked.
    pub models: Vec<String>,
    /// How far they may stray; none where nothing is said about it.
    pub temperature: Option<Temperature>,
    /// Tokens that each answer may have beyond what its texts need: for models that think before they write.
    pub thinking_tokens: u32,
    /// Whether another model is asked where nobody knows if the one before has answered.
    pub after_silence: AfterSilence,
}

impl ChainOptions {
    /// The most that asking can take, for a reservation: each model once, with the most tokens of the whole question and
    /// of the longest answer.
    pub fn at_most(&self, whole: &ChatRequest) -> Vec<Item> {
        let prompt = prompt::estimate(whole).most;
        let item = |(place, model): (usize, Option<&String>)| Item::Chat {
            model: model.cloned().unwrap_or_default(),
            tokens: Tokens {
                prompt,
                completion: u64::from(self.max_tokens(whole, place > 0)),
                ..Tokens::default()
            },
        };
        self.models().enumerate().map(item).collect()
    }

    /// The question as the first model is asked it.
    pub fn first(&self, whole: ChatRequest) -> ChatRequest {
        self.request(whole, self.models.first(), false)
    }

    /// The models in their order; the port's own where none is named.
    fn models(&self) -> impl Iterator<Item = Option<&String>> {
        let unnamed = self.models.is_empty().then_some(None);
        self.models.iter().map(Some).chain(unnamed)
    }

    fn request(&self, whole: ChatRequest, model: Option<&String>, more_room: bool) -> ChatRequest {
        ChatRequest {
            max_tokens: self.max_tokens(&whole, more_room),
            model: model.cloned(),
            temperature: self.temperature,
            ..whole
        }
    }

    /// Whoever comes after an answer that was cut off has twice the room.
    fn max_tokens(&self, whole: &ChatRequest, more_room: bool) -> u32 {
        let room = whole.max_tokens.saturating_add(self.thinking_tokens);
        room.saturating_mul(if more_room { 2 } else { 1 })
    }
}

/// A chain of models behind one port. Cheap to clone.
#[derive(Clone)]
pub struct ModelChain {
    model: Arc<dyn LanguageModel>,
    options: Arc<ChainOptions>,
}

/// What came of a question.
#[derive(Debug)]
pub struct Asked<T> {
    /// What was read from the answer, or why there is none.
    pub result: Result<Answered<T>, Unanswered>,
    /// Every request that was made for it, in their order.
    pub attempts: Vec<Attempt>,
}

/// A useful answer.
#[derive(Debug)]
pub struct Answered<T> {
    /// What was read from it.
    pub value: T,
    /// The answer, with the model as the service named it.
    pub answer: ChatAnswer,
    /// The question as it was sent: for its stamp.
    pub asked: ChatRequest,
    /// How much of the question was left out.
    pub squeeze: Squeeze,
}

impl ModelChain {
    /// A chain of models that one service has.
    pub fn new(model: Arc<dyn LanguageModel>, options: ChainOptions) -> Self {
        let options = Arc::new(options);
        Self { model, options }
    }

    /// See [`ChainOptions::at_most`].
    pub fn at_most(&self, whole: &ChatRequest) -> Vec<Item> {
        self.options.at_most(whole)
    }

    /// Asks. `question` is the question at a given length, and `read` makes something of an answer or says what is wrong
    /// with it, in words that the model can heed.
    pub async fn ask<T>(
        &self,
        question: impl Fn(Squeeze) -> Result<ChatRequest, PromptError>,
        read: impl Fn(&ChatAnswer) -> Result<T, String>,
    ) -> Asked<T> {
        let mut attempts = Vec::new();
        let mut failures = Failures::default();
        let mut squeeze = Squeeze::WHOLE;
        let mut more_room = false;
        for model in self.options.models() {
            loop {
                let asked = match question(squeeze) {
                    Ok(whole) => self.options.request(whole, model, more_room),
                    Err(error) => return Asked::unasked(&error, attempts),
                };
                let result = self.model.chat(&asked).await;
                let (outcome, read) = Outcome::of(&result, &read);
                attempts.push(Attempt::new(&asked, &result, outcome));
                tracing::debug!(model, %outcome, "a model was asked");
                match (read, result) {
                    (Ok(value), Ok(answer)) => {
                        let answered = Answered {
                            value,
                            answer,
                            asked,
                            squeeze,
                        };
                        return Asked {
                            result: Ok(answered),
                            attempts,
                        };
                    }
                    (Err(reason), result) => failures.note(&asked, outcome, reason, result.err()),
                    (Ok(_), Err(_)) => unreachable!("only an answer is read"),
                }
                more_room |= outcome == Outcome::CutOff;
                match (next(outcome, self.options.after_silence), squeeze.harder()) {
                    (Next::Shorter, Some(harder)) => squeeze = harder,
                    (Next::Model | Next::Shorter, _) => break,
                    (Next::Nobody, _) => return Asked::failed(failures, attempts),
                }
            }
        }
        Asked::failed(failures, attempts)
    }
}

impl<T> Asked<T> {
    fn failed(failures: Failures, attempts: Vec<Attempt>) -> Self {
        let result = Err(failures.verdict());
        Self { result, attempts }
    }

    fn unasked(error: &PromptError, attempts: Vec<Attempt>) -> Self {
        let reason = error.to_string();
        let fault = crate::ports::model::Fault::Form;
        let result = Err(Unanswered::Trouble(ModelError::BadRequest {
            reason,
            fault,
        }));
        Self { result, attempts }
    }
}

impl std::fmt::Debug for ModelChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelChain")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
