//! The way to the language model: a request for texts goes in, drafts or a reason why there are none come out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use clara_domain::command::Drafts;
use clara_domain::effect::GenerationRequest;

use super::breaker::{Breaker, BreakerPolicy, BreakerState};
use super::contained;
use crate::limiter::Permit;
use crate::money::Prices;
use crate::ports::Clock;
use crate::ports::model::{ChatAnswer, LanguageModel, ModelError};
use crate::prompt::{self, Prompts};

/// How long an answer may take. Small machines write slowly.
const PATIENCE: Duration = Duration::from_secs(600);

/// Asks for texts. The permit is held until the answer is there.
#[derive(Message)]
#[rtype(result = "Drafts")]
pub(crate) struct Write {
    pub(crate) request: Box<GenerationRequest>,
    pub(crate) permit: Permit,
}

/// Asks whether calls go through.
#[derive(Message)]
#[rtype(result = "BreakerState")]
pub(crate) struct Health;

struct Core {
    model: Arc<dyn LanguageModel>,
    clock: Arc<dyn Clock>,
    prompts: Prompts,
    prices: Prices,
    breaker: Mutex<Breaker>,
}

/// The gateway actor: a shell around calls that run side by side.
pub(crate) struct OpenAiGateway(Arc<Core>);

impl OpenAiGateway {
    pub(crate) fn start_with(
        model: Arc<dyn LanguageModel>,
        clock: Arc<dyn Clock>,
        prompts: Prompts,
        prices: Prices,
    ) -> Addr<Self> {
        let breaker = Mutex::new(Breaker::new(BreakerPolicy::default()));
        let core = Core {
            model,
            clock,
            prompts,
            prices,
            breaker,
        };
        Self(Arc::new(core)).start()
    }
}

impl Core {
    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write(&self, request: &GenerationRequest) -> Drafts {
        let question = match self.prompts.render(request) {
            Ok(question) => question,
            Err(error) => return trouble(error.to_string(), None),
        };
        let admitted = self.breaker().admit(self.clock.now());
        if let Err(wait) = admitted {
            let reason = "the model service failed several times and is left alone for a moment";
            return trouble(reason.to_owned(), Some(wait));
        }
        let result = contained(self.clock.as_ref(), PATIENCE, self.model.chat(&question)).await;
        let works = !matches!(result, Ok(Err(ModelError::Unavailable { .. })) | Err(_));
        self.breaker().note(works, self.clock.now());
        match result {
            Ok(Ok(answer)) => self.drafts(&answer),
            Ok(Err(error)) => from_error(error),
            Err(fault) => trouble(fault, None),
        }
    }

    fn drafts(&self, answer: &ChatAnswer) -> Drafts {
        let cost = self.prices.cost(&answer.model, &answer.usage);
        metrics::counter!("clara_model_cost_micro_usd_total").increment(cost.0);
        metrics::counter!("clara_model_tokens_total", "kind" => "prompt")
            .increment(answer.usage.prompt);
        metrics::counter!("clara_model_tokens_total", "kind" => "completion")
            .increment(answer.usage.completion);
        match prompt::read(answer) {
            Ok(candidates) => Drafts::Written {
                model: answer.model.clone(),
                candidates,
                cost,
            },
            Err(reason) => Drafts::Unusable { reason, cost },
        }
    }
}

fn trouble(reason: String, retry_after: Option<Duration>) -> Drafts {
    Drafts::Trouble {
        reason,
        retry_after,
    }
}

fn from_error(error: ModelError) -> Drafts {
    let reason = error.to_string();
    match error {
        ModelError::Throttled { retry_after, .. } => trouble(reason, retry_after),
        ModelError::Unavailable { .. } => trouble(reason, None),
        // Until somebody has paid or changed the key every try fails alike: ask seldom.
        ModelError::NotEntitled { .. } => trouble(reason, Some(Duration::from_secs(120))),
        ModelError::BadRequest { .. } => Drafts::Unusable {
            reason,
            cost: clara_domain::money::MicroUsd::default(),
        },
    }
}

impl Actor for OpenAiGateway {
    type Context = Context<Self>;
}

impl Handler<Write> for OpenAiGateway {
    type Result = ResponseFuture<Drafts>;
    fn handle(&mut self, message: Write, _: &mut Self::Context) -> Self::Result {
        let core = self.0.clone();
        Box::pin(async move {
            let drafts = core.write(&message.request).await;
            drop(message.permit);
            drafts
        })
    }
}

impl Handler<Health> for OpenAiGateway {
    type Result = MessageResult<Health>;
    fn handle(&mut self, _: Health, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.0.breaker().state())
    }
}
