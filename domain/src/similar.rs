//! Texts that say nearly the same: how alike two are, and an index of many to ask for the nearest of one.
//!
//! Alike are texts that share what they are made of (Jaccard's index of their shingles), whatever the order of sentences;
//! links, marks and case do not count. Nothing here is random: the same texts in the same order give the same answers.

mod index;
mod shingles;
mod sketch;

pub use index::{Index, Near, Ready};

/// From this likeness on two texts are nearly the same.
pub const NEARLY: f64 = 0.5;

/// How alike two texts are: 1 for the same, 0 where they have nothing in common or one is too short to tell.
pub fn likeness(one: &str, other: &str) -> f64 {
    let (one, other) = (shingles::normal(one), shingles::normal(other));
    shingles::jaccard(&shingles::shingles(&one), &shingles::shingles(&other))
}

#[cfg(test)]
mod tests;
