//! What can become of one request to post: whether it lands and when, when it can be seen, and what is heard of it.

use std::time::Duration;

use crate::simulation::dice::Dice;

/// What is heard of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Saying {
    /// What became of it.
    Truth,
    /// Nothing, ever.
    Nothing,
    /// That the answer was lost.
    Nonsense,
    NotSent,
    Throttled(Duration),
    Blocked,
    Refused,
    /// That the whole app is out of credits.
    Exhausted,
    Panic,
}

/// The way of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Course {
    /// How long after it left it lands; none where it never does.
    pub(crate) lands: Option<Duration>,
    /// How long after the request ended what it made stays out of sight.
    pub(crate) hidden: Duration,
    /// How long until something is heard.
    pub(crate) takes: Duration,
    pub(crate) saying: Saying,
}

/// How long Clara waits for an answer.
const PATIENCE: Duration = Duration::from_secs(90);

impl Course {
    /// Nothing worth telling.
    pub(crate) fn plain(&self) -> Self {
        Self {
            saying: Saying::Truth,
            ..*self
        }
    }

    pub(crate) fn throttled(dice: &mut Dice) -> Self {
        let pause = Duration::from_secs(dice.between(1, 300));
        Self::without_effect(dice, Saying::Throttled(pause))
    }

    pub(crate) fn blocked(dice: &mut Dice) -> Self {
        Self::without_effect(dice, Saying::Blocked)
    }

    fn without_effect(dice: &mut Dice, saying: Saying) -> Self {
        Self {
            lands: None,
            hidden: Duration::ZERO,
            takes: short(dice),
            saying,
        }
    }

    /// Draws one; `hidden` is the longest that anything stays out of sight.
    pub(crate) fn of(dice: &mut Dice, in_trouble: bool, hidden: Duration) -> Self {
        let takes = short(dice);
        let hidden = up_to(dice, hidden);
        let plain = Self {
            lands: Some(takes / 2),
            hidden,
            takes,
            saying: Saying::Truth,
        };
        if !in_trouble {
            return plain;
        }
        match dice.roll(16) {
            // Accepted, and the answer lost: at once, or by waiting for it in vain.
            0 | 1 => Self {
                saying: Saying::Nonsense,
                ..plain
            },
            2 => Self {
                saying: Saying::Nothing,
                ..plain
            },
            // The request lost.
            3 | 4 => Self {
                lands: None,
                saying: Saying::Nonsense,
                ..plain
            },
            5 => Self {
                lands: None,
                saying: Saying::Nothing,
                ..plain
            },
            // Accepted after Clara has given up waiting, or just before.
            6 | 7 => {
                let late = Duration::from_secs(dice.between(60, 90)) + up_to(dice, hidden);
                Self {
                    lands: Some(late),
                    takes: late,
                    ..plain
                }
            }
            // X holds it for a while.
            8 => {
                let long = Duration::from_secs(dice.between(5, 85));
                Self {
                    lands: Some(long / 2),
                    takes: long,
                    ..plain
                }
            }
            9 => Self::without_effect(dice, Saying::NotSent),
            10 | 11 => Self::throttled(dice),
            12 => Self::blocked(dice),
            13 => Self::without_effect(dice, Saying::Refused),
            14 if dice.chance(3_000) => Self::without_effect(dice, Saying::Exhausted),
            14 => Self::without_effect(dice, Saying::NotSent),
            _ => {
                let lands = plain.lands.filter(|_| dice.chance(5_000));
                Self {
                    lands,
                    saying: Saying::Panic,
                    ..plain
                }
            }
        }
    }

    /// When Clara stops waiting for it, at the latest.
    pub(crate) fn ends(&self) -> Duration {
        match self.saying {
            Saying::Nothing => PATIENCE,
            Saying::Truth
            | Saying::Nonsense
            | Saying::NotSent
            | Saying::Throttled(_)
            | Saying::Blocked
            | Saying::Refused
            | Saying::Exhausted
            | Saying::Panic => self.takes.min(PATIENCE),
        }
    }
}

fn short(dice: &mut Dice) -> Duration {
    Duration::from_millis(dice.between(20, 3_000))
}

fn up_to(dice: &mut Dice, most: Duration) -> Duration {
    Duration::from_secs(dice.roll(most.as_secs() + 1))
}
