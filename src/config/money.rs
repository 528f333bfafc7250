//! The sections about money: `[prices]` and `[budgets]`, and what has to be true of them together.
//!
//! The prices themselves, and what a budget means, are the domain's. The invariant: a configured model has a price, or it
//! was said that it may have none.

use std::collections::BTreeMap;
use std::path::Path;

use clara_domain::ids::ClientId;
use clara_domain::pricing::budget::{self, Limit};
use clara_domain::pricing::{
    Dated, EmbeddingPrice, Entry, ModelPrice, ModerationPrice, PriceList, XPrices,
};
use serde::{Deserialize, Deserializer, Serialize};

use super::document::Document;
use super::problem::Problem;
use super::values::Dollars;
use super::{Config, clients, words};

/// `[prices]`: what calls cost, in micro-dollars.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prices {
    /// What is done about a model that has no price.
    pub unknown_models: UnknownModels,
    /// Language models, by name; a name also covers its dated versions. What is built in stays where no price is written.
    #[serde(deserialize_with = "models")]
    pub models: BTreeMap<String, Dated<ModelPrice>>,
    /// Models that make vectors, by name; as above.
    #[serde(deserialize_with = "embeddings")]
    pub embeddings: BTreeMap<String, Dated<EmbeddingPrice>>,
    /// The moderation endpoint.
    pub moderation: Dated<ModerationPrice>,
    /// X.
    pub x: Dated<XPrices>,
}

/// What is done about a model that has no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnknownModels {
    /// Clara does not start.
    #[default]
    Refuse,
    /// It is used, and its costs are shown as unknown.
    CountAsUnknown,
}

/// `[budgets]`: how much may be spent in a UTC day and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budgets {
    /// By all clients together, in a day.
    pub day: Option<Dollars>,
    /// By all clients together, in a month.
    pub month: Option<Dollars>,
    /// By each client that has no budget of its own.
    pub each_client: ClientBudget,
    /// By clients that have one of their own.
    pub clients: BTreeMap<ClientId, ClientBudget>,
    /// Whether writing stops where there is no room.
    pub stop: bool,
    /// Whether posting stops as well.
    pub stop_posting: bool,
}

/// How much one client may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientBudget {
    /// In a day.
    pub day: Option<Dollars>,
    /// In a month.
    pub month: Option<Dollars>,
}

impl Default for Prices {
    fn default() -> Self {
        let known = PriceList::default();
        Self {
            unknown_models: UnknownModels::default(),
            models: known.models,
            embeddings: known.embeddings,
            moderation: known.moderation,
            x: known.x,
        }
    }
}

type ByName<T> = BTreeMap<String, Dated<T>>;

fn models<'de, D: Deserializer<'de>>(from: D) -> Result<ByName<ModelPrice>, D::Error> {
    beside(PriceList::default().models, from)
}

fn embeddings<'de, D: Deserializer<'de>>(from: D) -> Result<ByName<EmbeddingPrice>, D::Error> {
    beside(PriceList::default().embeddings, from)
}

/// What a file says, before what is built in.
fn beside<'de, D: Deserializer<'de>, T: Entry + Deserialize<'de>>(
    mut known: ByName<T>,
    from: D,
) -> Result<ByName<T>, D::Error> {
    known.extend(ByName::deserialize(from)?);
    Ok(known)
}

impl Default for Budgets {
    fn default() -> Self {
        let budget::Budgets {
            stop, stop_posting, ..
        } = budget::Budgets::default();
        Self {
            day: None,
            month: None,
            each_client: ClientBudget::default(),
            clients: BTreeMap::new(),
            stop,
            stop_posting,
        }
    }
}

impl Prices {
    /// As the rest of the program knows them.
    pub fn list(&self) -> PriceList {
        PriceList {
            models: self.models.clone(),
            embeddings: self.embeddings.clone(),
            moderation: self.moderation.clone(),
            x: self.x.clone(),
        }
    }
}

impl Budgets {
    /// As the rest of the program knows them.
    pub fn budgets(&self) -> budget::Budgets {
        let all = ClientBudget {
            day: self.day,
            month: self.month,
        };
        let clients = self.clients.iter();
        budget::Budgets {
            all: all.limit(),
            each_client: self.each_client.limit(),
            clients: clients.map(|(id, own)| (id.clone(), own.limit())).collect(),
            stop: self.stop,
            stop_posting: self.stop_posting,
        }
    }
}

impl ClientBudget {
    fn limit(&self) -> Limit {
        Limit {
            day: self.day.map(Dollars::amount),
            month: self.month.map(Dollars::amount),
        }
    }
}

/// A model that is configured, and where its price belongs.
struct Used<'c> {
    /// The key that names it.
    key: &'static str,
    model: &'c str,
    /// What to write for its price.
    entry: &'static str,
}

/// The models that are configured and have no price.
fn unpriced(config: &Config) -> Vec<Used<'_>> {
    let prices = config.prices.list();
    let texts = config.openai.models.names().iter();
    let texts = texts.filter(|model| !prices.knows_model(model));
    let texts = texts.map(|model| Used {
        key: "openai.models",
        model,
        entry: TEXTS,
    });
    let vectors = config.knowledge.embedding_model.iter();
    let vectors = vectors.filter(|model| !prices.knows_embedding(model.as_str()));
    let vectors = vectors.map(|model| Used {
        key: "knowledge.embedding_model",
        model: model.as_str(),
        entry: VECTORS,
    });
    texts.chain(vectors).collect()
}

/// What to write for the price of a model that writes; `*` is its name.
const TEXTS: &str = "models.* = { input = 400000, cached_input = 100000, output = 1600000 }";
/// What to write for the price of a model that makes vectors.
const VECTORS: &str = "embeddings.* = { input = 20000 }";

/// Checks that what is used has a price, or may go without.
pub(super) fn check(config: &Config, document: &Document<'_>, problems: &mut Vec<Problem>) {
    for used in unpriced(config) {
        let what = match config.prices.unknown_models {
            UnknownModels::Refuse => without_price(&used),
            UnknownModels::CountAsUnknown if has_hard_budget(config) => without_bound(used.model),
            UnknownModels::CountAsUnknown => continue,
        };
        let problem = document.problem(used.key, what);
        problems.push(match problem.place {
            Some(_) => problem,
            // It may be written by its other name.
            None => document.problem("openai.model", problem.what),
        });
    }
}

/// Budgets of clients that no file declares. They may be added at the desk later, so this is no problem yet.
pub(super) fn doubts(config: &Config, document: &Document<'_>, clients: &Path) -> Vec<Problem> {
    let declared = clients::names(clients);
    let named = config.budgets.clients.keys();
    named
        .filter(|client| !declared.iter().any(|name| name == client.as_str()))
        .map(|client| {
            let key = format!("budgets.clients.{client}");
            document.problem(&key, undeclared(client, clients, &declared))
        })
        .collect()
}

fn undeclared(client: &ClientId, clients: &Path, declared: &[String]) -> String {
    let meant = match (words::nearest(client.as_str(), declared), declared) {
        (Some(near), _) => format!("; did you mean `{near}`?"),
        (None, []) => ".".to_owned(),
        (None, declared) => format!("; declared are: {}.", declared.join(", ")),
    };
    format!(
        "no file in {} declares a client `{client}`{meant} Until a client of this name is added at the desk, the budget \
         holds for nobody",
        clients.display()
    )
}

fn has_hard_budget(config: &Config) -> bool {
    let budgets = config.budgets.budgets();
    budgets.stop && budgets.limit_anything()
}

fn without_price(used: &Used<'_>) -> String {
    let Used { model, entry, .. } = used;
    let (table, prices) = entry.split_once('*').unwrap_or_default();
    format!(
        "there is no price for `{model}`, and what it costs would not be counted; write under [prices]: \
         {table}\"{model}\"{prices} with its prices in \
         micro-dollars for a million tokens (all 0 for a model of your own that costs nothing), or \
         unknown_models = \"count_as_unknown\" to use it with its costs shown as unknown"
    )
}

fn without_bound(model: &str) -> String {
    format!(
        "there is no price for `{model}`, so no budget can be kept with it; write its price under [prices], or \
         stop = false under [budgets]"
    )
}
