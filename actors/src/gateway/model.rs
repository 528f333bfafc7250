//! The way to the language model: a request for texts goes in, drafts or a reason why there are none come out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use clara_domain::command::Drafts;
use clara_domain::effect::GenerationRequest;
use clara_domain::later;

use super::breaker::{Breaker, BreakerPolicy, BreakerState, Ticket};
use super::health::Board;
use super::{contained, whole};
use crate::limiter::{Class, Limiter, Permit, Service};
use crate::money::Prices;
use crate::ports::Clock;
use crate::ports::model::{ChatAnswer, LanguageModel, ModelError};
use crate::prompt::{self, Prompts};
use crate::vital::Vital;

/// How long an answer may take. Small machines write slowly.
const PATIENCE: Duration = Duration::from_secs(600);

/// The longest that everybody waits because the service says so: what it says is not believed whole.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Asks for texts. The permit is held until the answer is there.
#[derive(Message)]
#[rtype(result = "Drafts")]
pub(crate) struct Write {
    pub(crate) request: Box<GenerationRequest>,
    pub(crate) permit: Permit,
}

struct Core {
    model: Arc<dyn LanguageModel>,
    clock: Arc<dyn Clock>,
    prompts: Prompts,
    prices: Prices,
    limiter: Limiter,
    breaker: Mutex<Breaker>,
    board: Board,
}

/// The gateway actor: a shell around calls that run side by side.
pub(crate) struct OpenAiGateway {
    core: Arc<Core>,
    _vital: Vital,
}

impl OpenAiGateway {
    pub(crate) fn start_with(
        model: Arc<dyn LanguageModel>,
        clock: Arc<dyn Clock>,
        (prompts, prices): (Prompts, Prices),
        limiter: Limiter,
        (board, vital): (Board, Vital),
    ) -> Addr<Self> {
        let policy = BreakerPolicy {
            probe: PATIENCE + Duration::from_secs(20),
            ..BreakerPolicy::default()
        };
        let core = Core {
            model,
            clock,
            prompts,
            prices,
            limiter,
            breaker: Mutex::new(Breaker::new(policy)),
            board,
        };
        let gateway = Self {
            core: Arc::new(core),
            _vital: vital,
        };
        gateway.start()
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
        let ticket = match admitted {
            Ok(ticket) => ticket,
            Err(wait) => {
                let reason =
                    "the model service failed several times and is left alone for a moment";
                return trouble(reason.to_owned(), Some(wait));
            }
        };
        self.board.show(Service::Model, None, &self.breaker());
        let result = contained(self.clock.as_ref(), PATIENCE, self.model.chat(&question)).await;
        self.note(ticket, &result);
        match result {
            Ok(Ok(answer)) => self.drafts(&answer),
            Ok(Err(error)) => from_error(error),
            Err(fault) => trouble(fault, None),
        }
    }

    /// Notes what a call says about the service. There is one key for all clients: what it may not do, nobody may.
    fn note(&self, ticket: Ticket, result: &Result<Result<ChatAnswer, ModelError>, String>) {
        let now = self.clock.now();
        let failure = match result {
            Ok(Err(ModelError::Unavailable { reason })) | Err(reason) => Some(reason.as_str()),
            Ok(_) => None,
        };
        let mut breaker = self.breaker();
        breaker.note(ticket, failure.map_or(Ok(()), Err), now);
        self.board.show(Service::Model, None, &breaker);
        let asked = match result {
            Ok(Err(ModelError::Throttled { retry_after, .. })) => *retry_after,
            Ok(_) | Err(_) => None,
        };
        let asked = asked.map(|wait| later(now, wait.min(LONGEST_WAIT)));
        let opened = match breaker.state() {
            BreakerState::Open { until } => Some(until),
            BreakerState::Closed | BreakerState::HalfOpen { .. } => None,
        };
        if let Some(until) = asked.max(opened) {
            tracing::info!(%until, "the model service is left alone");
            self.limiter
                .hold(Service::Model, None, Some(Class::Write), until);
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
        let core = self.core.clone();
        Box::pin(async move {
            let drafts = whole(core.write(&message.request)).await;
            drop(message.permit);
            drafts.unwrap_or_else(|reason| trouble(reason, None))
        })
    }
}
