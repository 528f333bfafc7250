//! The entries of a price list, and the prices that are known without being told.
//!
//! Sources of the defaults: the vendors' public price pages as of 2026-04-20, on which day X changed to paying for each
//! request. They are a beginning: what is billed is in the contract with the service, and belongs into the configuration.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Dated, Entry, PriceList};
use crate::money::MicroUsd;

/// What a million tokens of a language model cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelPrice {
    /// The first UTC day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Of the question.
    pub input: MicroUsd,
    /// Of the question, where the service had them cached.
    pub cached_input: MicroUsd,
    /// Of the answer; what was spent on reasoning is part of it.
    pub output: MicroUsd,
}

/// What a million tokens of a model that makes vectors cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbeddingPrice {
    /// The first UTC day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Of the texts.
    pub input: MicroUsd,
}

/// What looking at a text costs at the moderation endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModerationPrice {
    /// The first UTC day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// One text.
    pub text: MicroUsd,
}

/// What X bills for what was done; a request that failed costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct XPrices {
    /// The first UTC day on which they hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// A post without a link.
    pub create: MicroUsd,
    /// A post with a link.
    pub create_with_link: MicroUsd,
    /// A post taken down.
    pub delete: MicroUsd,
    /// A post that was read, once in a UTC day.
    pub post_read: MicroUsd,
    /// An account that was read, once in a UTC day.
    pub user_read: MicroUsd,
}

macro_rules! entry {
    ($($name:ident),+) => {$(
        impl Entry for $name {
            fn from(&self) -> Option<Date> {
                self.from
            }
        }
    )+};
}

entry!(ModelPrice, EmbeddingPrice, ModerationPrice, XPrices);

impl Default for XPrices {
    /// As X documents them since 2026-04-20.
    fn default() -> Self {
        Self {
            from: None,
            create: MicroUsd(15_000),
            create_with_link: MicroUsd(200_000),
            delete: MicroUsd(10_000),
            post_read: MicroUsd(5_000),
            user_read: MicroUsd(10_000),
        }
    }
}

impl Default for PriceList {
    fn default() -> Self {
        let model = ModelPrice {
            from: None,
            input: MicroUsd(400_000),
            cached_input: MicroUsd(100_000),
            output: MicroUsd(1_600_000),
        };
        let vectors = EmbeddingPrice {
            from: None,
            input: MicroUsd(20_000),
        };
        Self {
            models: BTreeMap::from([("gpt-4.1-mini".to_owned(), Dated::always(model))]),
            embeddings: BTreeMap::from([(
                "text-embedding-3-small".to_owned(),
                Dated::always(vectors),
            )]),
            moderation: Dated::always(ModerationPrice::default()),
            x: Dated::always(XPrices::default()),
        }
    }
}
