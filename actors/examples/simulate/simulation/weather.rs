//! How rough a run is: how often each thing goes wrong, in ten thousand. Some kinds of trouble are absent from some
//! runs, so that what follows them can be seen undisturbed.

use std::time::Duration;

use super::dice::Dice;

/// See the module. All rates are of ten thousand.
#[derive(Debug, Clone, Default)]
pub(crate) struct Weather {
    /// The process dies, at any call of a port.
    pub(crate) crash: u64,
    /// The most that it does so.
    pub(crate) crashes: u32,
    /// An append is refused, conflicts, fails for good, or panics.
    pub(crate) journal: u64,
    /// The journal cannot be read at a start.
    pub(crate) unreadable: u64,
    /// A call takes long where it usually takes nothing.
    pub(crate) slow: u64,
    /// A request to post comes to something else than a plain answer.
    pub(crate) sending: u64,
    /// A timeline or an account is not to be had.
    pub(crate) looking: u64,
    /// Credentials stop working, or become another account's.
    pub(crate) accounts: u64,
    /// The model brings something else than good texts.
    pub(crate) model: u64,
    /// A card or an alert does not get through.
    pub(crate) desk: u64,
    /// The host sleeps, in an hour.
    pub(crate) sleeps: u64,
    /// The host's clock is set, in an hour.
    pub(crate) sets: u64,
    /// How wrong it can be.
    pub(crate) clock_error: Duration,
    /// People do something odd.
    pub(crate) people: u64,
}

impl Weather {
    pub(crate) fn of(dice: &mut Dice) -> Self {
        let sets = dice.pick(&[0, 0, 0, 0, 8_000]);
        Self {
            crash: dice.pick(&[0, 30, 100, 250]),
            crashes: u32::try_from(dice.between(1, 8)).unwrap_or(1),
            journal: dice.pick(&[0, 0, 100, 400]),
            unreadable: dice.pick(&[0, 0, 500]),
            slow: dice.pick(&[0, 200, 1_500]),
            sending: dice.pick(&[0, 1_500, 4_000, 7_500]),
            looking: dice.pick(&[0, 1_000, 5_000]),
            accounts: dice.pick(&[0, 0, 1_000]),
            model: dice.pick(&[0, 1_000, 4_000]),
            desk: dice.pick(&[0, 1_000, 4_000]),
            sleeps: dice.pick(&[0, 0, 0, 1_500]),
            sets,
            clock_error: Duration::from_secs(match sets {
                0 => 0,
                _ if dice.chance(3_000) => dice.between(150, 3 * 3_600),
                _ => dice.between(1, 45),
            }),
            people: dice.pick(&[500, 2_000]),
        }
    }

    /// Whatever goes wrong goes wrong for one client; the process lives.
    pub(crate) fn of_one_client(dice: &mut Dice) -> Self {
        Self {
            crashes: 0,
            crash: 0,
            sleeps: 0,
            sets: 0,
            clock_error: Duration::ZERO,
            accounts: 0,
            unreadable: 0,
            sending: dice.pick(&[5_000, 9_000]),
            ..Self::of(dice)
        }
    }
}
