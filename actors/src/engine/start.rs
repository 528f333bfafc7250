//! Putting the engine together: ports in, a handle out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use clara_domain::ids::ClientId;
use clara_domain::person::Grant;
use clara_domain::pricing::PriceList;
use clara_domain::pricing::budget::Budgets;
use clara_domain::settings::{ClientSettings, WhenDown};
use tokio::sync::watch;

use super::{Engine, Launch};
use crate::alerts::{AlertCenter, Deliver};
use crate::around::Surroundings;
use crate::brake::{BrakeKeeper, KeeperTools};
use crate::client_actor::Tools;
use crate::gateway::guarded::Guarded;
use crate::gateway::health::Board;
use crate::gateway::model::OpenAiGateway;
use crate::gateway::x::{Gate, XGateway};
use crate::handle::EngineHandle;
use crate::knowledge::{Embedding, Library, Meaning, MeaningOptions};
use crate::limiter::{Limits, RateLimiter};
use crate::model_chain::{ChainOptions, ModelChain};
use crate::ports::journal::{ReadError, StreamId};
use crate::ports::{Clock, Desk, Embedder, Ids, Journal, LanguageModel, Moderator, XApi};
use crate::prompt::Prompts;
use crate::registry::Registry;
use crate::rules::{DomainRules, Rules};
use crate::supervision::RestartPolicy;
use crate::treasurer::Treasurer;
use crate::vital::Vitals;

/// How long posts wait for clients that do not tell what they sent before: one that cannot be read holds up the others
/// no longer.
const HISTORY_PATIENCE: Duration = Duration::from_secs(5);

/// The outside world, as the engine needs it.
#[derive(Clone)]
pub struct Ports {
    /// Where everything is recorded.
    pub journal: Arc<dyn Journal>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Who writes.
    pub model: Arc<dyn LanguageModel>,
    /// Who makes vectors of what clients told us; without it that is searched by words alone.
    pub embedding: Option<Embedding>,
    /// Who judges texts; without it nobody does.
    pub moderator: Option<Arc<dyn Moderator>>,
    /// Where it is posted.
    pub x: Arc<dyn XApi>,
    /// Where people see and decide.
    pub desk: Arc<dyn Desk>,
}

/// How the engine is to run.
pub struct EngineOptions {
    /// The clients that the configuration declares: their settings are recorded where they differ.
    pub declared: Vec<(ClientId, ClientSettings)>,
    /// The people who may hold everything, and let it go.
    pub managers: Grant,
    /// What the model is asked.
    pub prompts: Prompts,
    /// Which models are asked.
    pub models: ChainOptions,
    /// How far to go for the meaning of what clients told us.
    pub meaning: MeaningOptions,
    /// What becomes of a text that nobody could judge.
    pub moderation: WhenDown,
    /// What the services cost.
    pub prices: PriceList,
    /// How much may be spent.
    pub budgets: Budgets,
    /// What the services allow.
    pub limits: Limits,
    /// How failures of clients are answered.
    pub restart: RestartPolicy,
    /// Threads over which the clients are spread; with 0 they run on the caller's, which makes a run repeatable.
    pub arbiters: usize,
    /// The rules that clients live by.
    pub rules: Arc<dyn Rules>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            declared: Vec::new(),
            managers: Grant::default(),
            prompts: Prompts::default(),
            models: ChainOptions::default(),
            meaning: MeaningOptions::default(),
            moderation: WhenDown::default(),
            prices: PriceList::default(),
            budgets: Budgets::default(),
            limits: Limits::default(),
            restart: RestartPolicy::default(),
            arbiters: 0,
            rules: Arc::new(DomainRules),
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The journal's streams could not be listed.
    #[error(transparent)]
    Journal(#[from] ReadError),
}

/// Starts the engine inside the present actix system: every client of the journal and every declared one.
///
/// Resolves as soon as they are on their way; each answers when it has read its own stream.
pub async fn start(ports: Ports, options: EngineOptions) -> Result<EngineHandle, StartError> {
    let streams = ports.journal.streams().await?;
    let registry = Registry::default();
    let board = Board::default();
    let (fatal_sender, fatal) = watch::channel(None);
    let fatal_sender = Arc::new(fatal_sender);
    let vitals = Vitals::new(fatal_sender.clone());
    let (clock, ids) = (ports.clock.clone(), ports.ids.clone());
    let roll = roll(streams, options.declared);
    let shared = Shared {
        registry: &registry,
        board: &board,
        vitals: &vitals,
        fatal: fatal_sender,
    };
    let running = Running {
        limits: options.limits,
        prompts: options.prompts,
        models: options.models,
        meaning: options.meaning,
        moderation: options.moderation,
        managers: options.managers,
        rules: options.rules,
        prices: options.prices,
        budgets: options.budgets,
        has_threads: options.arbiters > 0,
    };
    let tools = shared.start(ports, running).await;
    let brake = tools.brake.clone();
    tools
        .limiter
        .await_histories(roll.keys().cloned().collect(), HISTORY_PATIENCE);
    let engine = Engine {
        tools,
        registry: registry.clone(),
        policy: options.restart,
        arbiters: (0..options.arbiters).map(|_| Arbiter::new()).collect(),
        children: BTreeMap::new(),
        _vital: vitals.guard("the engine"),
        vitals,
        stopping: false,
        stopped: Vec::new(),
    };
    let engine = engine.start();
    for (client, declared) in roll {
        // The engine has just been started on this very thread.
        let _ = engine.send(Launch { client, declared }).await;
    }
    Ok(EngineHandle {
        engine,
        registry,
        board,
        brake,
        clock,
        ids,
        fatal,
    })
}

/// What all actors of an engine write to, and what they report to.
struct Shared<'a> {
    registry: &'a Registry,
    board: &'a Board,
    vitals: &'a Vitals,
    fatal: Arc<watch::Sender<Option<String>>>,
}

/// What the shared actors run by.
struct Running {
    limits: Limits,
    prompts: Prompts,
    models: ChainOptions,
    meaning: MeaningOptions,
    moderation: WhenDown,
    managers: Grant,
    rules: Arc<dyn Rules>,
    prices: PriceList,
    budgets: Budgets,
    /// Whether there may be threads beside the caller's.
    has_threads: bool,
}

impl Shared<'_> {
    /// Starts the actors that all clients share.
    async fn start(self, ports: Ports, by: Running) -> Tools {
        let (clock, board) = (ports.clock.clone(), self.board);
        let guard = |what| self.vitals.guard(what);
        let limiter = RateLimiter::start_vital(clock.clone(), &by.limits, guard("the limiter"));
        let chain = ModelChain::new(ports.model, by.models);
        let model = OpenAiGateway::start_with(
            chain.clone(),
            clock.clone(),
            limiter.clone(),
            (board.clone(), guard("the way to the model")),
        );
        let alerts = AlertCenter::start_with(ports.desk.clone(), clock.clone(), guard("alerting"));
        let told = alerts.clone();
        let treasurer = Treasurer::new(by.prices, by.budgets, move |alert| {
            told.do_send(Deliver(alert));
        });
        let keeper = KeeperTools {
            journal: ports.journal.clone(),
            clock: clock.clone(),
            alerts: alerts.clone(),
            fatal: self.fatal.clone(),
            managers: by.managers,
            _vital: guard("the brake"),
        };
        let brake = BrakeKeeper::start_with(keeper).await;
        let x = XGateway::start_with(
            ports.x,
            clock.clone(),
            limiter.clone(),
            Gate::new(self.registry.clone(), brake.clone()),
            (board.clone(), guard("the way to X")),
        );
        let library = library(ports.embedding, by.meaning, &clock);
        let moderator = ports.moderator.map(|port| guarded_moderator(port, &clock));
        Tools {
            rules: by.rules,
            journal: ports.journal,
            clock,
            desk: ports.desk,
            brake,
            limiter,
            prompts: by.prompts,
            chain,
            library,
            around: Surroundings::new(moderator.is_some().then_some(by.moderation), by.has_threads),
            moderator,
            treasurer,
            model,
            x,
            alerts,
            fatal: self.fatal,
        }
    }
}

/// Where what clients told us is looked up.
fn library(
    embedding: Option<Embedding>,
    options: MeaningOptions,
    clock: &Arc<dyn Clock>,
) -> Library {
    let Some(Embedding { embedder, vectors }) = embedding else {
        return Library::by_words();
    };
    let embedder = Guarded::<dyn Embedder>::new(embedder, "vectors", clock.clone());
    let embedding = Embedding {
        embedder: Arc::new(embedder),
        vectors,
    };
    Library::by_meaning(Meaning::new(embedding, clock.clone(), options))
}

fn guarded_moderator(port: Arc<dyn Moderator>, clock: &Arc<dyn Clock>) -> Arc<dyn Moderator> {
    let guarded = Guarded::<dyn Moderator>::new(port, "moderation", clock.clone());
    Arc::new(guarded)
}

/// Every client there is, with what is declared for it.
fn roll(
    streams: Vec<StreamId>,
    declared: Vec<(ClientId, ClientSettings)>,
) -> BTreeMap<ClientId, Option<ClientSettings>> {
    let known = streams.into_iter().filter_map(|stream| match stream {
        StreamId::Client(id) => Some((id, None)),
        StreamId::Engine => None,
    });
    let declared = declared
        .into_iter()
        .map(|(id, settings)| (id, Some(settings)));
    known.chain(declared).collect()
}
