//! The way to the language model: a request for texts goes in, drafts or a reason why there are none come out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use clara_domain::command::Drafts;
use clara_domain::later;
use clara_domain::metering::{Item, Tokens};

use super::breaker::{Breaker, BreakerPolicy, BreakerState, Ticket};
use super::health::Board;
use super::{contained, whole};
use crate::limiter::{Class, Limiter, Permit, Service};
use crate::meter::Meter;
use crate::ports::Clock;
use crate::ports::model::{Billed, ChatAnswer, ChatRequest, LanguageModel, ModelError, Usage};
use crate::prompt;
use crate::vital::Vital;

/// How long an answer may take. Small machines write slowly.
const PATIENCE: Duration = Duration::from_secs(600);

/// The longest that everybody waits because the service says so: what it says is not believed whole.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Tokens that a service puts around what it is asked.
const TOKENS_AROUND: u64 = 64;

/// Asks for texts. The permit is held until the answer is there.
#[derive(Message)]
#[rtype(result = "Drafts")]
pub(crate) struct Write {
    pub(crate) question: ChatRequest,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

struct Core {
    model: Arc<dyn LanguageModel>,
    clock: Arc<dyn Clock>,
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

    async fn write(&self, question: &ChatRequest, meter: &Meter) -> Drafts {
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
        let result = contained(self.clock.as_ref(), PATIENCE, self.model.chat(question)).await;
        self.note(ticket, &result);
        read_meter(meter, &result);
        match result {
            Ok(Ok(answer)) => drafts(&answer),
            Ok(Err(error)) => from_error(error),
            Err(fault) => trouble(fault, None),
        }
    }

    /// Notes what a call says about the service. There is one key for all clients: what it may not do, nobody may.
    fn note(&self, ticket: Ticket, result: &Result<Result<ChatAnswer, ModelError>, String>) {
        let now = self.clock.now();
        let failure = match result {
            Ok(Err(ModelError::Unavailable { reason, .. })) | Err(reason) => Some(reason.as_str()),
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
}

/// Notes what a call took: of one without an answer nobody knows, unless it certainly never left.
fn read_meter(meter: &Meter, result: &Result<Result<ChatAnswer, ModelError>, String>) {
    match result {
        Ok(Ok(answer)) => {
            let Usage {
                prompt,
                cached,
                completion,
                reasoning,
            } = answer.usage;
            metrics::counter!("clara_model_tokens_total", "kind" => "prompt").increment(prompt);
            metrics::counter!("clara_model_tokens_total", "kind" => "completion")
                .increment(completion);
            meter.item(Item::Chat {
                model: answer.model.clone(),
                tokens: Tokens {
                    prompt,
                    cached,
                    completion,
                    reasoning,
                },
            });
        }
        Err(_)
        | Ok(Err(ModelError::Unavailable {
            billed: Billed::Perhaps,
            ..
        })) => meter.lost(),
        Ok(Err(_)) => {}
    }
}

/// The most that a question can take: no token is shorter than a byte.
pub(crate) fn most(question: &ChatRequest) -> Item {
    let bytes = question.system.len() + question.user.len() + question.schema.to_string().len();
    Item::Chat {
        model: question.model.clone().unwrap_or_default(),
        tokens: Tokens {
            prompt: bytes as u64 + TOKENS_AROUND,
            completion: u64::from(question.max_tokens),
            ..Tokens::default()
        },
    }
}

fn drafts(answer: &ChatAnswer) -> Drafts {
    match prompt::read(answer) {
        Ok(candidates) => Drafts::Written {
            model: answer.model.clone(),
            candidates,
        },
        Err(reason) => Drafts::Unusable { reason },
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
        ModelError::BadRequest { .. } => Drafts::Unusable { reason },
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
            let drafts = whole(core.write(&message.question, &message.meter)).await;
            drop(message.permit);
            drafts.unwrap_or_else(|reason| trouble(reason, None))
        })
    }
}
