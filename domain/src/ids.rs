//! Names of things: newtypes, so that a tweet's id is never passed where a post's id belongs.
//!
//! Text ids that come from outside are checked where they are made; nothing here generates an id.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not a valid id, and what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {kind}: expected {expected}")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// Which kind of id it should have been.
    pub kind: &'static str,
    /// What such an id looks like.
    pub expected: &'static str,
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and makes an id of it.
            pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                let valid: fn(&str) -> bool = $valid;
                if valid(&text) {
                    Ok(Self(text))
                } else {
                    Err(IdError { text, kind: $kind, expected: $expected })
                }
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_slug(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_digits(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_handle(text: &str) -> bool {
    (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

text_id!(
    /// A client of the agency: a short name that people type, such as `harbour`.
    ClientId,
    "client id",
    "1 to 32 of a-z, 0-9 and `-`, such as `harbour`",
    is_slug
);
text_id!(
    /// An X handle without its `@`.
    Handle,
    "X handle",
    "1 to 15 letters, digits or `_`, without the `@`",
    is_handle
);
text_id!(
    /// A post on X, as X names it (a decimal number of up to 20 digits).
    PostId,
    "post id",
    "1 to 20 digits",
    is_digits
);
text_id!(
    /// A person, by the desk's own number for them (a Discord user id).
    PersonId,
    "person id",
    "1 to 20 digits, a Discord user id",
    is_digits
);
text_id!(
    /// A role that a person can have at the desk (a Discord role id).
    RoleId,
    "role id",
    "1 to 20 digits, a Discord role id",
    is_digits
);
text_id!(
    /// A channel of the desk (a Discord channel id).
    ChannelId,
    "channel id",
    "1 to 20 digits, a Discord channel id",
    is_digits
);
text_id!(
    /// A message at the desk (a Discord message id).
    MessageId,
    "message id",
    "1 to 20 digits, a Discord message id",
    is_digits
);

/// A tweet from its planning to its end. `UUIDv7`, so ids sort by the time of planning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TweetId(pub Uuid);

impl TweetId {
    /// The last eight hex digits: what people see and type. The head of a `UUIDv7` is its time and hardly differs
    /// between tweets planned together; its tail is random.
    pub fn short(&self) -> String {
        self.0.simple().to_string()[24..].to_owned()
    }
}

impl fmt::Display for TweetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.simple())
    }
}

impl std::str::FromStr for TweetId {
    type Err = IdError;
    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::parse_str(text).map(TweetId).map_err(|_| IdError {
            text: text.to_owned(),
            kind: "tweet id",
            expected: "32 hexadecimal digits",
        })
    }
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The one after this.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

counter!(
    /// The number of a revision within its tweet, from 1.
    RevisionNo
);
counter!(
    /// The number of a publishing attempt within its tweet, from 1.
    AttemptNo
);
counter!(
    /// The number of a note within its client's knowledge, from 1; never given twice.
    NoteId
);
counter!(
    /// The number of a lesson within its client, from 1; never given twice.
    LessonNo
);
counter!(
    /// A position in a thread, from 0.
    SegmentNo
);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_client_id_is_a_short_slug() {
        assert!(ClientId::new("harbour-2").is_ok());
        for bad in ["", "Harbour", "a b", "-a", "a-", "ä", &"a".repeat(33)] {
            assert!(ClientId::new(bad).is_err(), "{bad:?} was taken");
        }
    }

    #[test]
    fn a_refused_id_says_what_was_expected() {
        let error = Handle::new("@harbour").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`@harbour` is not a valid X handle: expected 1 to 15 letters, digits or `_`, without the `@`"
        );
    }

    #[test]
    fn a_tweet_id_reads_back_from_what_it_displays() {
        let id = TweetId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_00ab));
        assert_eq!(id.to_string().parse::<TweetId>().unwrap(), id);
        assert_eq!(id.short(), "000000ab");
    }
}
