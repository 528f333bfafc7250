//! The posts of all accounts, in the order of their ids. Ids are snowflakes of the world's time and only grow.
//! Deleted posts are kept for the person who looks at the sandbox; the API does not show them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::text;

/// The millisecond from which X's snowflakes count (2010-11-04T01:42:54.657Z).
const EPOCH_MS: i64 = 1_288_834_974_657;

/// A post as its author wrote it; also its line in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) id: u64,
    pub(crate) handle: String,
    pub(crate) text: String,
    pub(crate) created_at: Timestamp,
    #[serde(default)]
    pub(crate) reply_to: Option<u64>,
    #[serde(default)]
    pub(crate) reply_settings: Option<String>,
    #[serde(default)]
    pub(crate) made_with_ai: bool,
    #[serde(default)]
    pub(crate) deleted_at: Option<Timestamp>,
}

/// All posts there ever were.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    by_id: BTreeMap<u64, Post>,
}

impl Posts {
    /// The id for a post written now: greater than every other.
    pub(crate) fn next_id(&self, now: Timestamp) -> u64 {
        let by_time = u64::try_from(now.as_millisecond() - EPOCH_MS).unwrap_or(0) << 22;
        let last = self.by_id.last_key_value().map_or(0, |(id, _)| *id);
        by_time.max(last + 1)
    }

    /// Adds a post.
    pub(crate) fn insert(&mut self, post: Post) {
        self.by_id.insert(post.id, post);
    }

    /// Takes a post down.
    pub(crate) fn delete(&mut self, id: u64, at: Timestamp) {
        if let Some(post) = self.by_id.get_mut(&id) {
            post.deleted_at = Some(at);
        }
    }

    /// A post that is up.
    pub(crate) fn live(&self, id: u64) -> Option<&Post> {
        self.by_id.get(&id).filter(|post| post.deleted_at.is_none())
    }

    /// How many there ever were.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Everything of an account, newest first, what was deleted included.
    pub(crate) fn all_of<'a>(&'a self, handle: &'a str) -> impl Iterator<Item = &'a Post> {
        self.by_id
            .values()
            .rev()
            .filter(move |post| post.handle == handle)
    }

    /// What of an account is up, newest first.
    pub(crate) fn live_of<'a>(&'a self, handle: &'a str) -> impl Iterator<Item = &'a Post> {
        self.all_of(handle).filter(|post| post.deleted_at.is_none())
    }

    /// Whether the account has this text up already.
    pub(crate) fn is_duplicate(&self, handle: &str, text: &str) -> bool {
        self.live_of(handle)
            .any(|post| post.text.trim() == text.trim())
    }

    /// The first post of the conversation that this one is in.
    pub(crate) fn root_of(&self, post: &Post) -> u64 {
        let mut root = post.id;
        let mut parent = post.reply_to;
        while let Some(id) = parent {
            root = id;
            parent = self.by_id.get(&id).and_then(|post| post.reply_to);
        }
        root
    }

    /// Whether `handle` may answer `post`: it is its own, or it is mentioned in it (the self-serve rule of 2026).
    pub(crate) fn may_reply(post: &Post, handle: &str) -> bool {
        post.handle == handle || text::mentions(&post.text, handle)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn ids_follow_the_time_and_never_meet() {
        let mut posts = Posts::default();
        let now: Timestamp = "2026-08-01T00:00:00Z".parse().unwrap();
        let mut last = 0;
        for _ in 0..3 {
            let id = posts.next_id(now);
            assert!(id > last);
            assert_eq!((id >> 22) as i64 + EPOCH_MS, now.as_millisecond());
            last = id;
            posts.insert(Post {
                id,
                handle: "a".into(),
                text: format!("{id}"),
                created_at: now,
                reply_to: None,
                reply_settings: None,
                made_with_ai: false,
                deleted_at: None,
            });
        }
    }
}
