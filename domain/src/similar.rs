//! Texts that say nearly the same: how alike two are, and an index of many to ask for the nearest of one.
//!
//! Nothing here is random: the same texts in the same order give the same answers.

/// From this likeness on two texts are nearly the same.
pub const NEARLY: f64 = 0.55;
