//! What a finding is worth, and how a client's file changes it for a rule.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rule::Rule;

/// Whether a finding keeps a text from being approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The text cannot be approved as it is, unless a person with the right to it overrides.
    Error,
    /// The text can be approved; the person who does should know.
    Warning,
}

impl Severity {
    /// The word for it: `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// What a client wants of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Its findings are errors.
    Error,
    /// Its findings are warnings.
    Warning,
    /// It is not looked at.
    Off,
}

impl Level {
    /// The severity of a finding; none where the rule is off.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Off => None,
        }
    }
}

/// The rules that a client wants otherwise than usual. Written as a table: `{ profanity = "warning", links = "off" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, Level>", into = "BTreeMap<String, Level>")]
pub struct Severities(BTreeMap<Rule, Level>);

impl Severities {
    /// What a rule is worth.
    pub fn of(&self, rule: Rule) -> Level {
        let own = self.0.get(&rule).filter(|_| !rule.is_fixed());
        own.copied().unwrap_or_else(|| rule.usual_level())
    }

    /// What a rule is worth about a text that a person typed: at most a warning where only models are held to it, unless the
    /// client's file says otherwise.
    pub fn of_people(&self, rule: Rule) -> Level {
        match self.of(rule) {
            Level::Error if rule.is_for_models() && !self.0.contains_key(&rule) => Level::Warning,
            level => level,
        }
    }

    /// The same, with one rule otherwise.
    ///
    /// # Errors
    /// When the rule is fixed and this is not an error.
    pub fn with(mut self, rule: Rule, level: Level) -> Result<Self, String> {
        if rule.is_fixed() && level != Level::Error {
            return Err(format!(
                "`{rule}` is always an error: a text that breaks it cannot be posted as it was approved"
            ));
        }
        self.0.insert(rule, level);
        Ok(self)
    }
}

impl TryFrom<BTreeMap<String, Level>> for Severities {
    type Error = String;

    fn try_from(levels: BTreeMap<String, Level>) -> Result<Self, String> {
        let mut levels = levels.into_iter();
        levels.try_fold(Self::default(), |severities, (name, level)| {
            severities.with(name.parse()?, level)
        })
    }
}

impl From<Severities> for BTreeMap<String, Level> {
    fn from(severities: Severities) -> Self {
        let levels = severities.0.into_iter();
        levels
            .map(|(rule, level)| (rule.name().to_owned(), level))
            .collect()
    }
}
