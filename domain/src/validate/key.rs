//! When two texts count as the same: the key that both have. Different keys may still be similar
//! texts; that is another rule's business.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::fold::{collapsed, fold, seen};

/// How many hexadecimal digits of the hash are kept: 128 bits, plenty for one client's tweets.
const DIGITS: usize = 32;

/// The normal form of a text, hashed so that keeping many stays small.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TextKey(String);

impl fmt::Display for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of a text: equal for texts that differ only in case, in white space, in how accents are
/// composed, or in what cannot be seen. The path of a link keeps its case, because links that
/// differ in it lead to different pages.
pub fn text_key(text: &str) -> TextKey {
    let visible: String = seen(text).nfc().collect();
    let words: Vec<String> = visible.split_whitespace().map(folded_word).collect();
    let digest = Sha256::digest(collapsed(&words.join(" ")));
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = halves.filter_map(|half| char::from_digit(u32::from(half), 16));
    TextKey(digits.take(DIGITS).collect())
}

/// A word with its case folded, up to the path of the link that it is.
fn folded_word(word: &str) -> String {
    let end = path_start(word).unwrap_or(word.len());
    let (host, path) = word.split_at(end);
    fold(host) + path
}

/// Where the path begins in a word that has the form of a link: after a host with a dot.
fn path_start(word: &str) -> Option<usize> {
    let host = word.find("://").map_or(0, |scheme| scheme + 3);
    let slash = host + word.get(host..)?.find(['/', '?', '#'])?;
    word.get(host..slash)?.contains('.').then_some(slash)
}
