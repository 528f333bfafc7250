//! Money as whole micro-dollars, so that sums are exact.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An amount in millionths of a US dollar.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct MicroUsd(pub u64);

/// Micro-dollars in a dollar.
const DOLLAR: u64 = 1_000_000;

/// Decimals of a dollar that are whole micro-dollars.
const DECIMALS: usize = 6;

/// A text that is no amount of dollars.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an amount of dollars: expected digits with at most six decimals, such as \"5.00\" or \"0.25\""
)]
pub struct NotDollars(pub String);

impl MicroUsd {
    /// What is left after an amount was taken; nothing where it was more.
    #[must_use]
    pub fn less(self, taken: Self) -> Self {
        Self(self.0.saturating_sub(taken.0))
    }

    /// The exact amount in dollars with six decimals and no sign: `0.015000`.
    pub fn dollars(self) -> String {
        format!("{}.{:06}", self.0 / DOLLAR, self.0 % DOLLAR)
    }
}

impl FromStr for MicroUsd {
    type Err = NotDollars;

    /// Dollars as people write them: `5`, `5.00`, `0.000001`. Exact: a seventh decimal is refused, not rounded.
    fn from_str(text: &str) -> Result<Self, NotDollars> {
        let wrong = || NotDollars(text.to_owned());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let are_digits =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !are_digits(part) || part.len() > DECIMALS {
            return Err(wrong());
        }
        let dollars: u64 = whole.parse().map_err(|_| wrong())?;
        let rest: u64 = format!("{part:0<DECIMALS$}").parse().map_err(|_| wrong())?;
        let micro = dollars
            .checked_mul(DOLLAR)
            .and_then(|micro| micro.checked_add(rest));
        micro.map(Self).ok_or_else(wrong)
    }
}

impl Add for MicroUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for MicroUsd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for MicroUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

impl fmt::Display for MicroUsd {
    /// Dollars with four decimals, rounded up: a cost is never shown smaller than it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths_of_mills = self.0.div_ceil(100);
        write!(
            f,
            "${}.{:04}",
            tenths_of_mills / 10_000,
            tenths_of_mills % 10_000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_never_shown_smaller_than_it_is() {
        assert_eq!(MicroUsd(1).to_string(), "$0.0001");
        assert_eq!(MicroUsd(15_000).to_string(), "$0.0150");
        assert_eq!(MicroUsd(12_345_678).to_string(), "$12.3457");
    }

    #[test]
    fn dollars_are_read_exactly_or_not_at_all() {
        for (text, micro) in [
            ("5", 5_000_000),
            ("5.00", 5_000_000),
            ("0.1", 100_000),
            ("0.000001", 1),
            ("12.345678", 12_345_678),
        ] {
            assert_eq!(text.parse(), Ok(MicroUsd(micro)), "{text}");
        }
        for bad in [
            "",
            ".5",
            "5.",
            "-1",
            "+1",
            "1e3",
            "$5",
            "5,00",
            "0.0000001",
            "1.2.3",
            " 5",
            "99999999999999999999",
        ] {
            assert!(bad.parse::<MicroUsd>().is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn what_is_written_in_full_is_read_back() {
        for micro in [0, 1, 999_999, 1_000_000, u64::MAX] {
            assert_eq!(MicroUsd(micro).dollars().parse(), Ok(MicroUsd(micro)));
        }
    }
}
