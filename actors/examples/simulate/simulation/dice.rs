//! The one source of chance: every choice of a run is drawn from its seed, in the order in which it is made.

/// SplitMix64: the same numbers from the same seed for ever.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Neighbouring seeds have nothing in common.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed ^ 0x5eed_c1a5_a000_0001);
        dice.number();
        dice
    }

    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but not including this one.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.number() % sides.max(1)
    }

    /// A number from the first to the last, both included.
    pub(crate) fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.roll(last - first + 1)
    }

    /// Whether something happens that does so many times in ten thousand.
    pub(crate) fn chance(&mut self, in_ten_thousand: u64) -> bool {
        self.roll(10_000) < in_ten_thousand
    }

    /// One of these.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.roll(from.len() as u64)).unwrap_or(0);
        from[at].clone()
    }

    /// A place among so many.
    pub(crate) fn place(&mut self, among: usize) -> usize {
        usize::try_from(self.roll(among as u64)).unwrap_or(0)
    }
}
