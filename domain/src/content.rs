//! What is published: one or more segments of text with media, and who may reply.
//!
//! A [`ContentHash`] names content exactly: approval is given to a hash, and only that hash is ever sent.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::hex;

/// The most segments a thread may have.
pub const MAX_SEGMENTS: usize = 25;

/// One post's worth of text and media.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The text as it will be sent: NFC, without surrounding white space.
    pub text: String,
    /// Pictures or a video, at most four.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<Media>,
}

impl Segment {
    /// A segment of text alone, normalised to what will be sent.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.trim().nfc().collect(),
            media: Vec::new(),
        }
    }
}

/// A reference to a picture or a video that goes with a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Where the media store keeps it.
    pub key: String,
    /// What it is.
    pub kind: MediaKind,
    /// The description for people who cannot see it, up to 1000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
}

/// What kind of media a reference names. X takes four photos, or one GIF, or one video a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A still picture.
    Photo,
    /// An animated picture.
    Gif,
    /// A video.
    Video,
}

/// Who may reply to a post, as X names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReplySettings {
    /// Everyone: X's default, sent by leaving the setting out.
    #[default]
    Everyone,
    /// Accounts that the author follows.
    Following,
    /// Accounts that the post mentions.
    MentionedUsers,
    /// Subscribers of the account.
    Subscribers,
    /// Verified accounts.
    Verified,
}

/// What one tweet says: a single post, or a thread of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// In the order in which they are posted; never empty.
    pub segments: Vec<Segment>,
    /// Who may reply to the first segment.
    #[serde(default)]
    pub reply_settings: ReplySettings,
}

impl Content {
    /// Content of texts alone, one segment each.
    pub fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self {
            segments: texts
                .into_iter()
                .map(|text| Segment::text(text.as_ref()))
                .collect(),
            reply_settings: ReplySettings::default(),
        }
    }

    /// How much of it was changed to make another content of it, in thousandths: 0 where they say the same, 1000 where
    /// nothing is left. Counted in characters that were put in, taken out or replaced.
    pub fn changed_in(&self, other: &Self) -> u16 {
        let text = |content: &Self, at: usize| {
            let segment = content.segments.get(at);
            segment.map_or(String::new(), |segment| segment.text.clone())
        };
        let (mut changed, mut of) = (0_usize, 0_usize);
        for at in 0..self.segments.len().max(other.segments.len()) {
            let (before, after) = (text(self, at), text(other, at));
            of += before.chars().count().max(after.chars().count());
            if before != after {
                changed += strsim::levenshtein(&before, &after);
            }
        }
        u16::try_from((changed * 1000).div_ceil(of.max(1))).unwrap_or(1000)
    }

    /// The hash that names exactly this content.
    pub fn hash(&self) -> ContentHash {
        let mut canonical = Canonical::new();
        canonical.number(match self.reply_settings {
            ReplySettings::Everyone => 0,
            ReplySettings::Following => 1,
            ReplySettings::MentionedUsers => 2,
            ReplySettings::Subscribers => 3,
            ReplySettings::Verified => 4,
        });
        canonical.number(self.segments.len() as u64);
        for segment in &self.segments {
            canonical.segment(segment);
        }
        canonical.finish()
    }
}

/// The canonical form that is hashed: every field in a fixed order, every text behind its length, so that no two
/// different contents give the same bytes.
struct Canonical(Sha256);

impl Canonical {
    fn new() -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"clara-content-1\0");
        Self(hasher)
    }

    fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn segment(&mut self, segment: &Segment) {
        self.text(&segment.text);
        self.number(segment.media.len() as u64);
        for media in &segment.media {
            self.text(&media.key);
            self.number(match media.kind {
                MediaKind::Photo => 0,
                MediaKind::Gif => 1,
                MediaKind::Video => 2,
            });
            self.number(u64::from(media.alt_text.is_some()));
            self.text(media.alt_text.as_deref().unwrap_or_default());
        }
    }

    fn finish(self) -> ContentHash {
        ContentHash(self.0.finalize().into())
    }
}

/// SHA-256 over a content's canonical form; written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Its first 64 bits: enough to see that a text is not the one that somebody looks at, not to approve by.
    pub fn mark(&self) -> u64 {
        let first = self.0.first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(first)
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> String {
        hash.to_string()
    }
}

impl TryFrom<String> for ContentHash {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        hex::read(&text, "a content hash").map(Self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hash_sees_where_one_segment_ends_and_the_next_begins() {
        assert_ne!(
            Content::texts(["ab", "c"]).hash(),
            Content::texts(["a", "bc"]).hash()
        );
        assert_ne!(
            Content::texts(["ab"]).hash(),
            Content::texts(["a", "b"]).hash()
        );
    }

    #[test]
    fn a_hash_sees_media_their_description_and_who_may_reply() {
        let plain = Content::texts(["a"]);
        let mut other = plain.clone();
        other.reply_settings = ReplySettings::Verified;
        assert_ne!(plain.hash(), other.hash());
        let mut pictured = plain.clone();
        pictured.segments[0].media.push(Media {
            key: "k".into(),
            kind: MediaKind::Photo,
            alt_text: None,
        });
        let mut described = pictured.clone();
        described.segments[0].media[0].alt_text = Some(String::new());
        assert_ne!(pictured.hash(), described.hash());
        assert_ne!(plain.hash(), pictured.hash());
    }

    #[test]
    fn a_text_is_sent_in_nfc_and_without_surrounding_space() {
        assert_eq!(Segment::text("  cafe\u{301}\n").text, "café");
    }

    #[test]
    fn the_canonical_form_never_changes_by_accident() {
        // Hashes live in journals: a change here would void every approval that was given.
        assert_eq!(
            Content::texts(["Good morning"]).hash().to_string(),
            include_str!("content/good_morning.sha256").trim()
        );
    }

    proptest! {
        #[test]
        fn different_texts_have_different_hashes(a in prop::collection::vec(".*", 1..4), b in prop::collection::vec(".*", 1..4)) {
            let (a, b) = (Content::texts(a), Content::texts(b));
            prop_assert_eq!(a == b, a.hash() == b.hash());
        }

        #[test]
        fn a_hash_reads_back_from_its_digits(text in ".*") {
            let hash = Content::texts([text]).hash();
            prop_assert_eq!(ContentHash::try_from(hash.to_string()), Ok(hash));
        }
    }
}
