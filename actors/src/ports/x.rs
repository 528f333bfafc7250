//! X, as far as Clara needs it. Every call acts as the account whose credentials the client has.

use std::sync::Arc;
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
    /// It did not leave: the [`LastLook`] held it back.
    Held {
        /// Why.
        reason: String,
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
    /// It had no effect, and none will have for any client: the whole app is out of credits or over its cap.
    Exhausted(Exhausted),
    /// It may be live: the answer was lost, or says nothing about it.
    Unknown {
        /// What happened.
        reason: String,
    },
}

/// The whole app may do nothing any more, whichever account it acts for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("X serves this app no more: {reason}")]
pub struct Exhausted {
    /// What X said, and what it needs.
    pub reason: String,
    /// When that ends by itself; none when a person has to act.
    pub until: Option<Timestamp>,
}

/// What became of a request to take a post down. Asking again does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deletion {
    /// It is not there any more.
    Gone,
    /// It was not there; such a request is not billed.
    WasGone,
    /// It may still be there: no connection, no answer, or one that says nothing.
    NotKnown {
        /// What happened.
        reason: String,
    },
    /// It is still there, and X wants no more of these for a while.
    Throttled {
        /// What X said.
        reason: String,
        /// How long to wait.
        retry_after: Duration,
    },
    /// It is still there, and the same request will not be granted until a person does something.
    Refused {
        /// What X said.
        reason: String,
    },
    /// It is still there: the whole app may do nothing any more.
    Exhausted(Exhausted),
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
    /// The whole app may do nothing any more.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// An answer that makes no sense.
    #[error("X's answer is not understood: {reason}")]
    Malformed {
        /// What is wrong with it.
        reason: String,
    },
}

/// What is called, as X limits it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum XEndpoint {
    /// `POST /2/tweets`
    Create,
    /// `DELETE /2/tweets/{id}`
    Delete,
    /// `GET /2/users/me`
    Me,
    /// `GET /2/users/{id}/tweets`
    Timeline,
}

impl XEndpoint {
    /// Its name in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Me => "me",
            Self::Timeline => "timeline",
        }
    }
}

/// What one answer said about the windows that it counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateHints {
    /// The endpoint's quarter of an hour: the headers `x-rate-limit-*`.
    pub window: RateWindow,
    /// The app's day: `x-app-limit-24hour-*`, which only users report.
    pub app_day: RateWindow,
    /// The account's day: `x-user-limit-24hour-*`, which only users report.
    pub user_day: RateWindow,
}

/// What one answer said about one window: the headers that end in `-limit`, `-remaining` and `-reset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateWindow {
    /// Requests that fit into the window.
    pub limit: Option<u32>,
    /// Requests that are left of it.
    pub remaining: Option<u32>,
    /// When the window ends, by X's clock.
    pub reset: Option<Timestamp>,
}

/// Hears the hints of every answer. It must not block.
pub type RateObserver = Arc<dyn Fn(&ClientId, XEndpoint, RateHints) + Send + Sync>;

/// Says whether a request to post may still leave, or why not. It must not block.
pub type LastLook<'a> = &'a (dyn Fn() -> Result<(), String> + Send + Sync);

/// X.
#[async_trait]
pub trait XApi: Send + Sync + 'static {
    /// Has what X says about its limits told to an observer from now on, in place of any earlier one. Nothing is told
    /// by an X that does not say it.
    fn observe_rates(&self, _observer: RateObserver) {}

    /// Makes one post. Never tries again by itself: there is no idempotency key. Asks for the last look right before a
    /// request leaves, when nothing is left to wait for, and lets none leave that may not.
    async fn create(
        &self,
        client: &ClientId,
        post: &NewPost,
        last_look: LastLook<'_>,
    ) -> Publication;

    /// Takes one of the account's posts down. One that is not there is as good as taken down.
    async fn delete(&self, client: &ClientId, post: &PostId) -> Deletion;

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
