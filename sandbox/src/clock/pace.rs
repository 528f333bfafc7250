//! A world's time that runs faster than the wall clock. As text it can be handed to another process, which then reads
//! the same time: both count from the same moment of the same wall clock.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

/// How the world's time follows from the wall clock's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// A moment of the wall clock.
    wall: Timestamp,
    /// The world's time at that moment.
    world: Timestamp,
    /// World seconds in a second.
    factor: u32,
}

impl Default for Pace {
    /// The wall clock itself.
    fn default() -> Self {
        Self {
            wall: Timestamp::UNIX_EPOCH,
            world: Timestamp::UNIX_EPOCH,
            factor: 1,
        }
    }
}

/// A text that is no pace.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no pace; expected WALL=WORLD*FACTOR, two times in RFC 3339 and a whole number from 1"
)]
pub struct BadPace(String);

impl Pace {
    /// From now on, `factor` times as fast as the wall clock (at least once), beginning at `world`.
    #[must_use]
    pub fn from_now(world: Timestamp, factor: u32) -> Self {
        Self {
            wall: Timestamp::now(),
            world,
            factor: factor.max(1),
        }
    }

    /// World seconds in a second.
    #[must_use]
    pub fn factor(&self) -> u32 {
        self.factor
    }

    /// The world's time at a moment of the wall clock.
    #[must_use]
    pub fn at(&self, wall: Timestamp) -> Timestamp {
        let passed = wall.duration_since(self.wall);
        let factor = i32::try_from(self.factor).unwrap_or(i32::MAX);
        let passed = passed.checked_mul(factor);
        passed
            .and_then(|passed| self.world.checked_add(passed).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}*{}", self.wall, self.world, self.factor)
    }
}

impl FromStr for Pace {
    type Err = BadPace;

    fn from_str(text: &str) -> Result<Self, BadPace> {
        let bad = || BadPace(text.to_owned());
        let (wall, rest) = text.split_once('=').ok_or_else(bad)?;
        let (world, factor) = rest.split_once('*').ok_or_else(bad)?;
        let factor = factor.parse().ok().filter(|factor| *factor > 0);
        Ok(Self {
            wall: wall.parse().map_err(|_| bad())?,
            world: world.parse().map_err(|_| bad())?,
            factor: factor.ok_or_else(bad)?,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_minute_of_the_wall_clock_is_twenty_of_the_world() {
        let world: Timestamp = "2026-03-28T20:00:00Z".parse().unwrap();
        let pace = Pace::from_now(world, 20);
        assert_eq!(pace.at(pace.wall), world);
        let later = pace.wall + Duration::from_secs(60);
        assert_eq!(pace.at(later), world + Duration::from_secs(20 * 60));
    }

    #[test]
    fn a_pace_reads_back_from_its_text_to_the_nanosecond() {
        let pace = Pace::from_now("2026-03-28T20:00:00Z".parse().unwrap(), 20);
        assert_eq!(pace.to_string().parse(), Ok(pace));
        let real = Pace::default();
        let now = Timestamp::now();
        assert_eq!(real.at(now), now);
        for bad in [
            "",
            "20",
            "2026-03-28T20:00:00Z=x*20",
            "2026-03-28T20:00:00Z=2026-03-28T20:00:00Z*0",
        ] {
            assert!(bad.parse::<Pace>().is_err(), "{bad}");
        }
    }
}
