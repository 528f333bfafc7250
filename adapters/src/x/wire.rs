//! The words of X's API v2, with only the fields that Clara sends and reads. The names are those before spec 2.167;
//! the newer ones are aliases, since either may come back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Body of `POST /2/tweets`.
#[derive(Debug, Serialize)]
pub(super) struct CreateBody<'a> {
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<ReplyTo<'a>>,
    /// Left out for everyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_settings: Option<&'static str>,
}

/// Which post this one continues.
#[derive(Debug, Serialize)]
pub(super) struct ReplyTo<'a> {
    pub(super) in_reply_to_tweet_id: &'a str,
}

/// Answer to a create. It may carry `errors` beside `data`, and is a success all the same.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) data: CreatedPost,
}

/// The post that was made.
#[derive(Debug, Deserialize)]
pub(super) struct CreatedPost {
    pub(super) id: Id,
}

/// Answer of `DELETE /2/tweets/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Deleted {
    pub(super) data: DeletedPost,
}

/// Whether the post is gone.
#[derive(Debug, Deserialize)]
pub(super) struct DeletedPost {
    pub(super) deleted: bool,
}

/// An id: a string, as documented, or a number, as nobody should rely on.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Text(String),
    Number(u64),
}

impl Id {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

/// Answer of `GET /2/users/me`.
#[derive(Debug, Deserialize)]
pub(super) struct Me {
    pub(super) data: User,
}

/// An account.
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: Id,
    pub(super) username: String,
}

/// A page of a timeline. No posts: `data` is missing, and `meta` says that there are none.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) data: Option<Vec<Post>>,
    pub(super) meta: Option<Meta>,
}

/// What follows a page.
#[derive(Debug, Deserialize)]
pub(super) struct Meta {
    pub(super) next_token: Option<String>,
}

/// A post as a timeline shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Post {
    pub(super) id: Id,
    pub(super) text: String,
    pub(super) created_at: Timestamp,
    pub(super) entities: Option<Entities>,
    /// The whole of a text of more than 280 characters.
    #[serde(alias = "note_post")]
    pub(super) note_tweet: Option<Note>,
}

/// The whole of a long text.
#[derive(Debug, Deserialize)]
pub(super) struct Note {
    pub(super) text: String,
    pub(super) entities: Option<Entities>,
}

/// What X found in a text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Entities {
    pub(super) urls: Option<Vec<Link>>,
}

/// A link in a text. X shows `url` (a `t.co`) and meant `expanded_url`. Everything may be missing (spec 2.167).
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Link {
    /// Where it stands, in code points.
    pub(super) start: Option<usize>,
    /// Where it ends, exclusive.
    pub(super) end: Option<usize>,
    pub(super) url: Option<String>,
    pub(super) expanded_url: Option<String>,
    /// Set where the link stands for media of the post.
    pub(super) media_key: Option<String>,
}
