//! With which prompt a text was written: kept with the text, so that versions of a prompt can be compared by what became
//! of their texts, and so that a text can be explained years later.
//!
//! How a prompt is put together is `actors`' matter; which of several versions a tweet gets is decided here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::ids::{ClientId, TweetId};

/// Where a text comes from, beside its author.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The prompt that a model wrote it for; none of a person's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PromptStamp>,
    /// The titles of the client's notes that the model was shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

/// What a text was written with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptStamp {
    /// The version of the templates, such as `v1`.
    pub version: String,
    /// A hash of the templates themselves, 16 hexadecimal digits: tells whether a version was changed under its name.
    pub templates: String,
    /// A hash of what was sent (system, user, schema), 64 hexadecimal digits.
    pub hash: String,
    /// The model, as the service named it.
    pub model: String,
    /// How far the model might stray; none where nothing was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Temperature>,
    /// The most tokens that the answer might have.
    pub max_tokens: u32,
}

/// How far a model may stray from the likeliest word: 0 to 2, in hundredths. `0.7` in files and records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Temperature(u8);

impl Temperature {
    /// Of hundredths: 0 to 200.
    pub fn of_hundredths(hundredths: u8) -> Option<Self> {
        (hundredths <= 200).then_some(Self(hundredths))
    }
}

impl TryFrom<f64> for Temperature {
    type Error = String;
    fn try_from(number: f64) -> Result<Self, String> {
        let hundredths = (number * 100.0).round();
        if !(0.0..=200.0).contains(&hundredths) {
            return Err(format!("{number} is out of range: expected 0 to 2"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was just found to be a whole number from 0 to 200"
        )]
        Ok(Self(hundredths as u8))
    }
}

impl From<Temperature> for f64 {
    fn from(temperature: Temperature) -> Self {
        Self::from(temperature.0) / 100.0
    }
}

/// Versions of a prompt and their weights: a tweet gets a version as often as its weight says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Variants(BTreeMap<String, u32>);

impl Variants {
    /// Of versions and their weights.
    pub fn new(weights: impl IntoIterator<Item = (String, u32)>) -> Self {
        Self(weights.into_iter().collect())
    }

    /// The versions, in the order of their names.
    pub fn versions(&self) -> impl Iterator<Item = (&str, u32)> {
        self.0.iter().map(|(name, weight)| (name.as_str(), *weight))
    }

    /// Whether there is nothing to choose from: no version, or none with a weight.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// The version for a tweet, the same at every call, on every machine and in every year; none where there is nothing
    /// to choose from. Changing weights moves as few tweets as the order of the names allows.
    pub fn choose(&self, client: &ClientId, tweet: TweetId) -> Option<&str> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let mut place = lot(client, tweet) % total;
        for (name, weight) in self.versions() {
            let weight = u64::from(weight);
            if place < weight {
                return Some(name);
            }
            place -= weight;
        }
        unreachable!("a place below the sum of the weights is within one of them")
    }

    fn total(&self) -> u64 {
        self.0.values().map(|weight| u64::from(*weight)).sum()
    }
}

/// A number drawn for a tweet. The words before it keep it apart from other draws for the same tweet.
fn lot(client: &ClientId, tweet: TweetId) -> u64 {
    let mut hash = Sha256::new();
    hash.update(b"clara prompt variant\0");
    hash.update(client.as_str().as_bytes());
    hash.update([0]);
    hash.update(tweet.0.as_bytes());
    let digest = hash.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tweet(n: u128) -> TweetId {
        TweetId(uuid::Uuid::from_u128(n))
    }

    fn variants(weights: &[(&str, u32)]) -> Variants {
        Variants::new(weights.iter().map(|(name, w)| ((*name).to_owned(), *w)))
    }

    #[test]
    fn versions_are_dealt_as_their_weights_say() {
        let split = variants(&[("v1", 50), ("v2", 30), ("v3", 20), ("v4", 0)]);
        let mut count: BTreeMap<&str, u32> = BTreeMap::new();
        for client in ["harbour", "fjord", "koyo", "north-shore"] {
            let client = ClientId::new(client).unwrap();
            for n in 0..5_000 {
                *count
                    .entry(split.choose(&client, tweet(n)).unwrap())
                    .or_default() += 1;
            }
        }
        // Of 20,000 draws; four standard deviations are below 300.
        for (version, expected) in [("v1", 10_000_i64), ("v2", 6_000), ("v3", 4_000)] {
            let off = i64::from(count[version]) - expected;
            assert!(off.abs() < 300, "{version} was off by {off}: {count:?}");
        }
        assert_eq!(count.get("v4"), None);
    }

    #[test]
    fn a_tweet_keeps_its_version_for_good() {
        let split = variants(&[("v1", 1), ("v2", 1)]);
        let drawn: String = (0..16)
            .map(|n| {
                let client = ClientId::new("harbour").unwrap();
                &split.choose(&client, tweet(n)).unwrap()[1..]
            })
            .collect();
        // Written down once: a change of the draw would move tweets from one version to another.
        assert_eq!(drawn, "2211112121211121");
    }

    #[test]
    fn two_clients_do_not_share_their_draws() {
        let split = variants(&[("v1", 1), ("v2", 1)]);
        let draws = |client: &str| -> Vec<Option<&str>> {
            let client = ClientId::new(client).unwrap();
            (0..64).map(|n| split.choose(&client, tweet(n))).collect()
        };
        assert_ne!(draws("harbour"), draws("fjord"));
    }

    #[test]
    fn without_weights_there_is_nothing_to_choose() {
        let client = ClientId::new("harbour").unwrap();
        for none in [variants(&[]), variants(&[("v1", 0)])] {
            assert!(none.is_empty());
            assert_eq!(none.choose(&client, tweet(1)), None);
        }
    }

    #[test]
    fn a_temperature_is_written_as_people_write_it() {
        let read = |text: &str| serde_json::from_str::<Temperature>(text);
        assert_eq!(serde_json::to_string(&read("0.7").unwrap()).unwrap(), "0.7");
        assert_eq!(read("1").unwrap(), Temperature(100));
        for wrong in ["-0.1", "2.01", "1e300"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("expected 0 to 2"), "{wrong}: {error}");
        }
    }
}
