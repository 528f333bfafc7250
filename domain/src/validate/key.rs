//! When two texts count as the same: the key that both have. Different keys may still be similar
//! texts; that is another rule's business.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::hex;

use super::fold::{collapsed, fold, seen};

/// The normal form of a text, hashed so that keeping many stays small: 128 bits, plenty for all that is ever tweeted;
/// written as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextKey([u8; 16]);

impl fmt::Display for TextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl From<TextKey> for String {
    fn from(key: TextKey) -> String {
        key.to_string()
    }
}

impl TryFrom<String> for TextKey {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        hex::read(&text, "the key of a text").map(Self)
    }
}

/// The key of a text: equal for texts that differ only in case, in white space, in how accents are
/// composed, or in what cannot be seen. The path of a link keeps its case, because links that
/// differ in it lead to different pages.
pub fn text_key(text: &str) -> TextKey {
    let visible: String = seen(text).nfc().collect();
    let words: Vec<String> = visible.split_whitespace().map(folded_word).collect();
    let digest: [u8; 32] = Sha256::digest(collapsed(&words.join(" "))).into();
    TextKey(digest.first_chunk().copied().unwrap_or_default())
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
