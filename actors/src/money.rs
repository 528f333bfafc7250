//! What a call costs.

use std::collections::BTreeMap;

use clara_domain::money::MicroUsd;

use crate::ports::model::Usage;

/// What a model's tokens cost, per million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ModelPrice {
    /// Tokens of the question.
    pub input: MicroUsd,
    /// Tokens of the question that were cached.
    pub cached_input: MicroUsd,
    /// Tokens of the answer.
    pub output: MicroUsd,
}

/// The prices of models by name.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    /// The models whose prices are known. A name also covers its dated versions (`gpt-x` covers `gpt-x-2026-01-01`).
    pub models: BTreeMap<String, ModelPrice>,
    /// What is assumed of any other model.
    pub otherwise: ModelPrice,
}

impl Prices {
    /// What an answer cost, rounded up.
    pub fn cost(&self, model: &str, usage: &Usage) -> MicroUsd {
        let price = self.price(model);
        let fresh = usage.prompt.saturating_sub(usage.cached);
        let parts = [
            (fresh, price.input),
            (usage.cached, price.cached_input),
            (usage.completion, price.output),
        ];
        let sum: u128 = parts
            .iter()
            .map(|(tokens, price)| u128::from(*tokens) * u128::from(price.0))
            .sum();
        MicroUsd(u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }

    fn price(&self, model: &str) -> ModelPrice {
        let known = self.models.iter().filter(|(name, _)| {
            model
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        known
            .max_by_key(|(name, _)| name.len())
            .map_or(self.otherwise, |(_, price)| *price)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(input: u64, cached: u64, output: u64) -> ModelPrice {
        ModelPrice {
            input: MicroUsd(input),
            cached_input: MicroUsd(cached),
            output: MicroUsd(output),
        }
    }

    #[test]
    fn cached_tokens_cost_less_and_parts_of_a_micro_dollar_count_whole() {
        let prices = Prices {
            models: BTreeMap::from([("gpt-x".to_owned(), price(250_000, 25_000, 2_000_000))]),
            otherwise: price(1_000_000, 1_000_000, 1_000_000),
        };
        let usage = Usage {
            prompt: 1000,
            cached: 400,
            completion: 100,
            reasoning: 0,
        };
        assert_eq!(
            prices.cost("gpt-x-2026-01-01", &usage),
            MicroUsd(150 + 10 + 200)
        );
        assert_eq!(prices.cost("gpt-xl", &usage), MicroUsd(1100));
        let one = Usage {
            prompt: 1,
            ..Usage::default()
        };
        assert_eq!(prices.cost("gpt-x", &one), MicroUsd(1));
    }
}
