//! The name of a time zone, as the IANA database spells it, with the zone's rules in hand.
//! Looks only in the database built into the program, so the same name means the same rules on
//! every machine; a `TimeZoneName` that exists is known, and `zone` cannot fail.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

mod nearest;

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A known IANA time zone, such as `Europe/Oslo`. Compares, orders and serialises by its name.
#[derive(Clone)]
pub struct TimeZoneName {
    name: String,
    zone: TimeZone,
}

/// A name that is no time zone's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone; {}", advice(.nearest.as_deref()))]
pub struct ZoneError {
    /// What was asked for.
    pub name: String,
    /// The known zone whose spelling is nearest, where one is near.
    pub nearest: Option<String>,
}

fn advice(nearest: Option<&str>) -> String {
    match nearest {
        Some(zone) => format!("did you mean `{zone}`?"),
        None => "use an IANA name such as `Europe/Oslo`".to_owned(),
    }
}

impl TimeZoneName {
    /// The zone of this name, in any case, with its spelling put right.
    pub fn new(name: &str) -> Result<Self, ZoneError> {
        let found = DATABASE.get(name.trim()).ok();
        let known = found.filter(|zone| !zone.is_unknown());
        let named = known.and_then(|zone| Some((zone.iana_name()?.to_owned(), zone)));
        named
            .map(|(name, zone)| TimeZoneName { name, zone })
            .ok_or_else(|| ZoneError {
                name: name.chars().take(64).collect(),
                nearest: nearest::nearest(name, known_names()),
            })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        TimeZoneName {
            name: "UTC".to_owned(),
            zone: TimeZone::UTC,
        }
    }

    /// The rules of this zone; cheap to call, and the clone shares them.
    pub fn zone(&self) -> TimeZone {
        self.zone.clone()
    }

    /// The name as the IANA database spells it.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

fn known_names() -> impl Iterator<Item = String> {
    DATABASE.available().map(|name| name.to_string())
}

impl FromStr for TimeZoneName {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        TimeZoneName::new(name)
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl fmt::Debug for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimeZoneName").field(&self.name).finish()
    }
}

impl PartialEq for TimeZoneName {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for TimeZoneName {}

impl PartialOrd for TimeZoneName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for TimeZoneName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }
}

impl Hash for TimeZoneName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Serialize for TimeZoneName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.name)
    }
}

impl<'de> Deserialize<'de> for TimeZoneName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        TimeZoneName::new(&name).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
