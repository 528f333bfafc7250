//! The models that are asked, by name. Those that write have an order: never none, and none twice.

use std::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

const NO_NAME: &str = "empty; expected the name of a model that the service has";

/// Models by the service's names for them. One may be written as a text, several as a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Models(Vec<String>);

impl Models {
    /// A chain of one.
    pub fn one(model: &str) -> Self {
        Self(vec![model.to_owned()])
    }

    /// The model that is asked first.
    pub fn first(&self) -> &str {
        &self.0[0]
    }

    /// All of them, in their order.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    fn new(names: Vec<String>) -> Result<Self, &'static str> {
        if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) {
            return Err(NO_NAME);
        }
        let mut once = names.clone();
        once.sort();
        once.dedup();
        if once.len() < names.len() {
            return Err(
                "a model is named twice; expected each once, because none is asked again after it has failed",
            );
        }
        Ok(Self(names))
    }
}

/// A model by the service's name for it; not empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelName(String);

impl ModelName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ModelName {
    type Error = &'static str;
    fn try_from(name: String) -> Result<Self, Self::Error> {
        if name.trim().is_empty() {
            return Err(NO_NAME);
        }
        Ok(Self(name))
    }
}

impl From<ModelName> for String {
    fn from(name: ModelName) -> Self {
        name.0
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", then "))
    }
}

impl<'de> Deserialize<'de> for Models {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Models;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a model, or a list of them")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Models, E> {
        Models::new(vec![name.to_owned()]).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Models, A::Error> {
        let mut names = Vec::new();
        while let Some(name) = list.next_element()? {
            names.push(name);
        }
        Models::new(names).map_err(A::Error::custom)
    }
}
