//! X, as far as Clara needs it. Every call acts as the account whose credentials the client has.

use std::time::Duration;

use async_trait::async_trait;
use clara_domain::content::{Media, ReplySettings};
use clara_domain::ids::{ClientId, Handle, PostId};
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;

/// One post to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// The text, exactly.
    pub text: String,
    /// The pictures or the video that go with it.
    pub media: Vec<Media>,
    /// The post that it continues, in a thread.
    pub in_reply_to: Option<PostId>,
    /// Who may reply.
    pub reply_settings: ReplySettings,
}

/// What became of a request to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Publication {
    /// It is live.
    Accepted {
        /// X's id for it.
        post: PostId,
    },
    /// It is not live, and the same request will never be accepted.
    Refused {
        /// In X's words, shortened.
        reason: String,
        /// X says that the account has posted the same text before.
        duplicate: bool,
    },
    /// It certainly had no effect: no connection, or X turned the request away before looking at it.
    NotSent {
        /// What happened.
        reason: String,
    },
    /// It had no effect, and X wants no more of these for a while.
    Throttled {
        /// What X said.
        reason: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// It had no effect, and none will have until a person does something: credentials, credits, permissions.
    Blocked {
        /// What X said, and what it needs.
        reason: String,
    },
    /// It may be live: the answer was lost, or says nothing about it.
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// The account behind a client's credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// X's number for it.
    pub user_id: String,
    /// Its handle.
    pub handle: Handle,
}

/// Why X could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XError {
    /// Asked too often.
    #[error("X is throttling: {reason}")]
    Throttled {
        /// What X said.
        reason: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// Away, slow or broken.
    #[error("X is not available: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
    /// X does not take the client's credentials: a person has to act.
    #[error("X refuses the credentials: {reason}")]
    Blocked {
        /// What X said, and what it needs.
        reason: String,
    },
    /// An answer that makes no sense.
    #[error("X's answer is not understood: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

/// X.
#[async_trait]
pub trait XApi: Send + Sync + 'static {
    /// Makes one post. Never tries again by itself: there is no idempotency key.
    async fn create(&self, client: &ClientId, post: &NewPost) -> Publication;

    /// The account behind the client's credentials.
    async fn me(&self, client: &ClientId) -> Result<Account, XError>;

    /// All posts of the account since a time, newest first, every page of them, links expanded.
    async fn timeline(
        &self,
        client: &ClientId,
        account: &Account,
        since: Timestamp,
    ) -> Result<Vec<TimelinePost>, XError>;
}
