//! The way to the language model: a request for texts goes in, drafts or a reason why there are none come out.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix::prelude::*;
use clara_domain::command::{Drafts, Verdict};
use clara_domain::content::Content;
use clara_domain::later;
use clara_domain::metering::{Item, Spent};
use clara_domain::prompt_stamp::Origin;

use super::breaker::{Breaker, BreakerPolicy, BreakerState, Ticket};
use super::health::Board;
use super::{contained, whole};
use crate::limiter::{Class, Limiter, Permit, Service};
use crate::meter::Meter;
use crate::model_chain::{Answered, Attempt, ModelChain, Unanswered};
use crate::ports::Clock;
use crate::ports::model::{ChatAnswer, ChatRequest, ModelError};
use crate::prompt::{self, PromptError, Question, Squeeze};
use crate::vital::Vital;

/// How long an answer may take. Small machines write slowly.
const PATIENCE: Duration = Duration::from_secs(600);

/// The longest that everybody waits because the service says so: what it says is not believed whole.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How long a service is left alone that wants something of people first.
const SELDOM: Duration = Duration::from_secs(120);

/// What came of a question, or why that is not known.
type Asking<T> = Result<Result<Answered<T>, Unanswered>, String>;

/// Why there is no answer.
enum Silence {
    /// The service is left alone for so long.
    LeftAlone(Duration),
    /// No model gave one.
    Unanswered(Unanswered),
    /// Nobody knows what became of the question.
    Lost(String),
}

/// Asks for texts. The permit is held until the answer is there.
#[derive(Message)]
#[rtype(result = "Drafts")]
pub(crate) struct Write {
    pub(crate) question: Question,
    /// The titles of the notes that the question shows.
    pub(crate) sources: Vec<String>,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

/// Asks whether a text sounds like its client. The permit is held until the answer is there.
#[derive(Message)]
#[rtype(result = "Verdict")]
pub(crate) struct Judge {
    pub(crate) question: ChatRequest,
    pub(crate) permit: Permit,
    pub(crate) meter: Meter,
}

struct Core {
    chain: ModelChain,
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
        chain: ModelChain,
        clock: Arc<dyn Clock>,
        limiter: Limiter,
        (board, vital): (Board, Vital),
    ) -> Addr<Self> {
        let policy = BreakerPolicy {
            probe: PATIENCE + Duration::from_secs(20),
            ..BreakerPolicy::default()
        };
        let core = Core {
            chain,
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

    async fn write(&self, message: &Write) -> Drafts {
        let question = |squeeze| message.question.at(squeeze);
        match self.ask(&message.meter, question, prompt::read).await {
            Ok(answered) => message.drafts(answered),
            Err(silence) => match silence.explained() {
                Explained {
                    reason,
                    again: Again::Never,
                } => Drafts::Unusable { reason },
                Explained {
                    reason,
                    again: Again::After(retry_after),
                } => trouble(reason, retry_after),
            },
        }
    }

    async fn judge(&self, message: &Judge) -> Verdict {
        let question = |_| Ok(message.question.clone());
        let read = prompt::read_judgement;
        match self.ask(&message.meter, question, read).await {
            Ok(answered) => Verdict::Found(answered.value),
            Err(silence) => {
                let Explained { reason, again } = silence.explained();
                match again {
                    Again::Never => away(reason, None),
                    Again::After(retry_after) => away(reason, retry_after),
                }
            }
        }
    }

    /// Asks the chain of models, unless the service is left alone.
    async fn ask<T>(
        &self,
        meter: &Meter,
        question: impl Fn(Squeeze) -> Result<ChatRequest, PromptError>,
        read: impl Fn(&ChatAnswer) -> Result<T, String>,
    ) -> Result<Answered<T>, Silence> {
        let admitted = self.breaker().admit(self.clock.now());
        let ticket = admitted.map_err(Silence::LeftAlone)?;
        self.board.show(Service::Model, None, &self.breaker());
        let asking = self.chain.ask(question, read);
        let asked = contained(self.clock.as_ref(), PATIENCE, asking).await;
        match &asked {
            Ok(asked) => note_attempts(meter, &asked.attempts),
            Err(_) => meter.lost(),
        }
        let result = asked.map(|asked| asked.result);
        self.note(ticket, &result);
        match result {
            Ok(Ok(answered)) => Ok(answered),
            Ok(Err(unanswered)) => Err(Silence::Unanswered(unanswered)),
            Err(fault) => Err(Silence::Lost(fault)),
        }
    }

    /// Notes what a call says about the service. There is one key for all clients: what it may not do, nobody may.
    fn note<T>(&self, ticket: Ticket, result: &Asking<T>) {
        let now = self.clock.now();
        let failure = match result {
            Ok(Err(Unanswered::Trouble(ModelError::Unavailable { reason, .. }))) | Err(reason) => {
                Some(reason.as_str())
            }
            Ok(_) => None,
        };
        let mut breaker = self.breaker();
        breaker.note(ticket, failure.map_or(Ok(()), Err), now);
        self.board.show(Service::Model, None, &breaker);
        let asked = match result {
            Ok(Err(Unanswered::Trouble(ModelError::Throttled { retry_after, .. }))) => *retry_after,
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

impl Write {
    fn drafts(&self, answered: Answered<Vec<Content>>) -> Drafts {
        let Answered {
            value,
            answer,
            asked,
            ..
        } = answered;
        let origin = Origin {
            prompt: Some(self.question.stamp(&asked, &answer.model)),
            sources: self.sources.clone(),
        };
        Drafts::Written {
            model: answer.model,
            candidates: value,
            origin: Box::new(origin),
        }
    }
}

/// Notes what every request took, also those whose answers were of no use.
fn note_attempts(meter: &Meter, attempts: &[Attempt]) {
    for attempt in attempts {
        metrics::counter!("clara_model_requests_total", "outcome" => attempt.outcome.to_string())
            .increment(1);
        let Spent::Known(used) = &attempt.spent else {
            meter.lost();
            continue;
        };
        for item in &used.items {
            if let Item::Chat { tokens, .. } = item {
                metrics::counter!("clara_model_tokens_total", "kind" => "prompt")
                    .increment(tokens.prompt);
                metrics::counter!("clara_model_tokens_total", "kind" => "completion")
                    .increment(tokens.completion);
            }
            meter.item(item.clone());
        }
    }
}

fn trouble(reason: String, retry_after: Option<Duration>) -> Drafts {
    Drafts::Trouble {
        reason,
        retry_after,
    }
}

fn away(reason: String, retry_after: Option<Duration>) -> Verdict {
    Verdict::Away {
        reason,
        retry_after,
    }
}

/// A silence in words, and whether asking the same again may end it.
struct Explained {
    reason: String,
    again: Again,
}

/// Whether the same question may be asked again.
enum Again {
    /// It would bring the same.
    Never,
    /// Not before so long, where the service or experience says how long.
    After(Option<Duration>),
}

impl Silence {
    fn explained(self) -> Explained {
        let again = |reason, wait| Explained {
            reason,
            again: Again::After(wait),
        };
        let never = |reason| Explained {
            reason,
            again: Again::Never,
        };
        let error = match self {
            Self::LeftAlone(wait) => {
                let reason =
                    "the model service failed several times and is left alone for a moment";
                return again(reason.to_owned(), Some(wait));
            }
            Self::Unanswered(Unanswered::Unusable { reason }) => return never(reason),
            Self::Unanswered(Unanswered::Trouble(error)) => error,
            Self::Lost(fault) => return again(fault, None),
        };
        let reason = error.to_string();
        match error {
            ModelError::Throttled { retry_after, .. } => again(reason, retry_after),
            ModelError::Unavailable { .. } => again(reason, None),
            // Until somebody has paid or changed the key every try fails alike: ask seldom.
            ModelError::NotEntitled { .. } => again(reason, Some(SELDOM)),
            ModelError::BadRequest { .. } => never(reason),
        }
    }
}

impl Actor for OpenAiGateway {
    type Context = Context<Self>;
}

impl Handler<Judge> for OpenAiGateway {
    type Result = ResponseFuture<Verdict>;
    fn handle(&mut self, message: Judge, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let verdict = whole(core.judge(&message)).await;
            drop(message.permit);
            verdict.unwrap_or_else(|reason| away(reason, None))
        })
    }
}

impl Handler<Write> for OpenAiGateway {
    type Result = ResponseFuture<Drafts>;
    fn handle(&mut self, message: Write, _: &mut Self::Context) -> Self::Result {
        let core = self.core.clone();
        Box::pin(async move {
            let drafts = whole(core.write(&message)).await;
            drop(message.permit);
            drafts.unwrap_or_else(|reason| trouble(reason, None))
        })
    }
}
