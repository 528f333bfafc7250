//! What the services cost: prices with their dates, what an item costs, and statements over a ledger.
//!
//! A ledger holds quantities; money is computed from it here, so that a price that was entered wrongly can be put right
//! afterwards. Nothing is converted, discounted or guessed. The invariant: what has no price is [`Price::Unknown`] and
//! never counts as nothing, and a cost is rounded up, never down.

pub mod budget;
mod csv;
mod dated;
mod entries;
mod items;
mod month;
mod statement;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::metering::{Item, Tokens};
use crate::money::MicroUsd;

pub use csv::{HEADER as CSV_HEADER, csv};
pub use dated::{Dated, Entry, NoPrice};
pub use entries::{EmbeddingPrice, ModelPrice, ModerationPrice, XPrices};
pub use month::{Month, NotAMonth};
pub use statement::{Row, Statement, Total, What, most_spent};

/// Tokens are priced by the million.
const MILLION: u128 = 1_000_000;

/// What something costs, if that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Price {
    /// So much, rounded up to a whole micro-dollar.
    Known(MicroUsd),
    /// There is no price for it.
    Unknown,
}

/// All prices, each with the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// Language models. A name also covers its dated versions: `gpt-x` covers `gpt-x-2026-01-01`, not `gpt-x-mini`.
    pub models: BTreeMap<String, Dated<ModelPrice>>,
    /// Models that make vectors, by the same rule.
    pub embeddings: BTreeMap<String, Dated<EmbeddingPrice>>,
    /// The moderation endpoint, whatever its model.
    pub moderation: Dated<ModerationPrice>,
    /// X.
    pub x: Dated<XPrices>,
}

impl Price {
    /// The amount; none where it is unknown.
    pub fn known(self) -> Option<MicroUsd> {
        match self {
            Self::Known(amount) => Some(amount),
            Self::Unknown => None,
        }
    }
}

impl PriceList {
    /// What an item costs by the prices of a UTC day. An item is rounded up once, whatever it sums up: the line of a
    /// ledger's day costs at most what its calls would cost one by one, and less by under a micro-dollar each.
    pub fn price(&self, item: &Item, day: Date) -> Price {
        match item {
            Item::Chat { model, tokens } => {
                known(model_price(&self.models, model).map(|prices| chat(tokens, prices.on(day))))
            }
            Item::Embedding { model, tokens } => {
                let price = model_price(&self.embeddings, model);
                known(price.map(|prices| by_million(&[(*tokens, prices.on(day).input)])))
            }
            Item::Moderation { texts, .. } => each(*texts, self.moderation.on(day).text),
            Item::Posts { count, with_link } => {
                let x = self.x.on(day);
                let price = if *with_link {
                    x.create_with_link
                } else {
                    x.create
                };
                each(*count, price)
            }
            Item::PostsRead { count } => each(*count, self.x.on(day).post_read),
            Item::UsersRead { count } => each(*count, self.x.on(day).user_read),
            Item::PostsDeleted { count } => each(*count, self.x.on(day).delete),
        }
    }

    /// The most that an item can cost that is not used yet: no token of it is taken for a cached one, unless those are
    /// dearer.
    pub fn at_most(&self, item: &Item, day: Date) -> Price {
        let Item::Chat { model, tokens } = item else {
            return self.price(item, day);
        };
        known(model_price(&self.models, model).map(|prices| {
            let price = prices.on(day);
            let dearer = ModelPrice {
                input: price.input.max(price.cached_input),
                cached_input: price.input.max(price.cached_input),
                ..*price
            };
            chat(tokens, &dearer)
        }))
    }

    /// The most that several items can cost together; unknown where one of them is.
    pub fn at_most_of(&self, items: &[Item], day: Date) -> Price {
        let prices = items.iter().map(|item| self.at_most(item, day).known());
        prices
            .sum::<Option<MicroUsd>>()
            .map_or(Price::Unknown, Price::Known)
    }

    /// Whether a language model has a price.
    pub fn knows_model(&self, model: &str) -> bool {
        model_price(&self.models, model).is_some()
    }

    /// Whether a model that makes vectors has a price.
    pub fn knows_embedding(&self, model: &str) -> bool {
        model_price(&self.embeddings, model).is_some()
    }
}

fn known(amount: Option<MicroUsd>) -> Price {
    amount.map_or(Price::Unknown, Price::Known)
}

/// The price of a model by its own name, or by the name that it is a dated version of.
fn model_price<'p, T>(prices: &'p BTreeMap<String, Dated<T>>, model: &str) -> Option<&'p Dated<T>> {
    let covers = |name: &str| model.strip_prefix(name).is_some_and(is_version);
    let known = prices.iter().filter(|(name, _)| covers(name));
    known
        .max_by_key(|(name, _)| name.len())
        .map(|(_, price)| price)
}

/// `-2026-01-01`, `-0613`, `-latest`, or nothing at all.
fn is_version(rest: &str) -> bool {
    let Some(version) = rest.strip_prefix('-') else {
        return rest.is_empty();
    };
    let is_date = version.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        && version.bytes().filter(u8::is_ascii_digit).count() >= 4;
    version == "latest" || is_date
}

fn chat(tokens: &Tokens, price: &ModelPrice) -> MicroUsd {
    let cached = tokens.cached.min(tokens.prompt);
    by_million(&[
        (tokens.prompt - cached, price.input),
        (cached, price.cached_input),
        (tokens.completion, price.output),
    ])
}

/// Quantities at a price for a million of them, rounded up together.
fn by_million(parts: &[(u64, MicroUsd)]) -> MicroUsd {
    let cost = |(tokens, price): &(u64, MicroUsd)| u128::from(*tokens) * u128::from(price.0);
    // Three products of two 64-bit numbers can be more than 128 bits hold.
    let sum = parts.iter().map(cost).fold(0_u128, u128::saturating_add);
    MicroUsd(u64::try_from(sum.div_ceil(MILLION)).unwrap_or(u64::MAX))
}

fn each(count: u64, price: MicroUsd) -> Price {
    Price::Known(MicroUsd(count.saturating_mul(price.0)))
}
