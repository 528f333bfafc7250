//! A price that changes: its entries, each from a day on. In a file it is one entry, or a list of them.

use std::fmt;
use std::marker::PhantomData;

use jiff::civil::Date;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// One entry of a price.
pub trait Entry {
    /// The first UTC day on which it holds; none where it holds from the beginning.
    fn from(&self) -> Option<Date>;
}

/// The entries of one price, in the order of their days; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Dated<T>(Vec<T>);

/// Entries that make no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPrice {
    /// There is none.
    #[error("an empty list of prices; expected at least one")]
    Empty,
    /// Two hold from the same day.
    #[error("two prices hold from {0}; expected each to hold from another day")]
    Twice(Date),
    /// Two hold from the beginning.
    #[error("two prices have no `from`; expected all but one to say from which day they hold")]
    TwoWithoutDay,
}

impl<T: Entry> Dated<T> {
    /// A price that never changed.
    pub fn always(entry: T) -> Self {
        Self(vec![entry])
    }

    /// A price that changed.
    ///
    /// # Errors
    /// See [`NoPrice`].
    pub fn new(mut entries: Vec<T>) -> Result<Self, NoPrice> {
        entries.sort_by_key(Entry::from);
        if entries.is_empty() {
            return Err(NoPrice::Empty);
        }
        for pair in entries.windows(2) {
            match (pair[0].from(), pair[1].from()) {
                (None, None) => return Err(NoPrice::TwoWithoutDay),
                (one, other) if one == other => {
                    return Err(NoPrice::Twice(other.unwrap_or(Date::MIN)));
                }
                (_, _) => {}
            }
        }
        Ok(Self(entries))
    }

    /// The entry that holds on a day; before the first one holds, the first.
    pub fn on(&self, day: Date) -> &T {
        let begun = self.0.iter().rev();
        begun
            .into_iter()
            .find(|entry| entry.from().is_none_or(|from| from <= day))
            .or(self.0.first())
            .expect("there is at least one entry: `new` and `always` see to it")
    }

    /// All entries, in the order of their days.
    pub fn entries(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Entry + Deserialize<'de>> Deserialize<'de> for Dated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore(PhantomData))
    }
}

struct OneOrMore<T>(PhantomData<T>);

impl<'de, T: Entry + Deserialize<'de>> Visitor<'de> for OneOrMore<T> {
    type Value = Dated<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of prices, or a list of such tables with `from`")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Dated<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Dated::always)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Dated<T>, A::Error> {
        let entries = Vec::deserialize(SeqAccessDeserializer::new(seq))?;
        Dated::new(entries).map_err(A::Error::custom)
    }
}
