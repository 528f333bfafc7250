//! What was said before: the question that the rules on repetition ask, and that the caller answers.
//!
//! The rules know neither journals nor indexes; who answers leaves out the tweet that is judged.

use super::TextKey;

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whose {
    /// The client whose text is judged.
    Own,
    /// Another client of the agency.
    Others,
}

/// Something that was said, or is about to be.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Who said it.
    pub whose: Whose,
    /// How alike it is: 1 for the same, by [`super::text_key`]; below 1 the share of what both have in common
    /// ([`crate::similar`]).
    pub likeness: f64,
    /// Where, as a writer would want to hear it: "the tweet posted on 2026-05-01", "a tweet of fjord".
    pub what: String,
}

/// Answers what was said before.
pub trait Earlier {
    /// What says the same.
    fn same(&self, key: &TextKey) -> Vec<Said>;

    /// What says nearly the same: the nearest of the client's own, and the nearest of another's. What says the same may
    /// be among it.
    fn near(&self, _text: &str) -> Vec<Said> {
        Vec::new()
    }
}

/// Knows the client's own exact texts only.
impl<F: Fn(&TextKey) -> Option<String>> Earlier for F {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let own = |what| Said {
            whose: Whose::Own,
            likeness: 1.0,
            what,
        };
        self(key).map(own).into_iter().collect()
    }
}
