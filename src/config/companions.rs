//! What the model service does beside writing: `[knowledge]` for vectors of notes, `[moderation]` for verdicts on texts.
//!
//! Each may be another service than the one that writes. The invariant: a service is given its own key and nobody
//! else's.

use std::num::NonZeroU32;

use clara_actors::knowledge::MeaningOptions;
use clara_domain::settings::WhenDown;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::models::ModelName;
use super::values::BaseUrl;
use super::{Config, Secrets};

/// `[knowledge]`: how notes are searched.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knowledge {
    /// The model that makes vectors; without it notes are searched by words alone.
    pub embedding_model: Option<ModelName>,
    /// The service that makes them, up to and with `/v1`; without it the one that writes.
    pub base_url: Option<BaseUrl>,
    /// How many numbers a vector has; without it as many as the model gives.
    pub dimensions: Option<NonZeroU32>,
    /// How like a brief a passage has to be.
    pub likeness: Likeness,
}

/// `[moderation]`: who judges texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Moderation {
    /// The model that judges; without it nobody does.
    pub model: Option<ModelName>,
    /// The service that judges, up to and with `/v1`; without it the one that writes.
    pub base_url: Option<BaseUrl>,
    /// What becomes of a text while nobody can judge it.
    pub when_down: WhenDown,
}

/// A cosine from 0, of texts that have nothing in common, to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Likeness(f64);

impl Default for Likeness {
    fn default() -> Self {
        Self(MeaningOptions::default().likeness)
    }
}

impl TryFrom<f64> for Likeness {
    type Error = String;
    fn try_from(number: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("{number} is out of range: expected 0 to 1"))
        }
    }
}

impl From<Likeness> for f64 {
    fn from(likeness: Likeness) -> Self {
        likeness.0
    }
}

impl Knowledge {
    /// How far to go for meaning.
    pub fn meaning(&self) -> MeaningOptions {
        MeaningOptions {
            likeness: self.likeness.0,
            ..MeaningOptions::default()
        }
    }
}

impl Config {
    /// Where vectors are made.
    pub fn embedding_url(&self) -> &BaseUrl {
        let own = self.knowledge.base_url.as_ref();
        own.unwrap_or(&self.openai.base_url)
    }

    /// Where texts are judged.
    pub fn moderation_url(&self) -> &BaseUrl {
        let own = self.moderation.base_url.as_ref();
        own.unwrap_or(&self.openai.base_url)
    }

    /// Whether vectors are made by another service than the one that writes.
    pub fn embeds_elsewhere(&self) -> bool {
        self.knowledge.embedding_model.is_some() && *self.embedding_url() != self.openai.base_url
    }

    /// Whether texts are judged by another service than the one that writes.
    pub fn judges_elsewhere(&self) -> bool {
        self.moderation.model.is_some() && *self.moderation_url() != self.openai.base_url
    }
}

impl Secrets {
    /// The key for vectors: without one of its own the one of the service that writes, where that makes them too.
    pub fn embedding_key(&self, config: &Config) -> Option<SecretString> {
        let shared = self.openai_api_key.as_ref();
        let shared = shared.filter(|_| !config.embeds_elsewhere());
        self.embedding_api_key.as_ref().or(shared).cloned()
    }

    /// The key for verdicts, by the same rule.
    pub fn moderation_key(&self, config: &Config) -> Option<SecretString> {
        let shared = self.openai_api_key.as_ref();
        let shared = shared.filter(|_| !config.judges_elsewhere());
        self.moderation_api_key.as_ref().or(shared).cloned()
    }
}
