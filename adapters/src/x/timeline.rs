//! Reading an account's posts since a time, page by page.
//!
//! The invariant: what is returned is complete. A page that cannot be read, or more pages than X ever has, is an
//! error and never a shorter timeline, because "not on the timeline" is what proves a post absent.

use std::collections::BTreeSet;
use std::time::Duration;

use clara_actors::ports::x::{Account, XError};
use clara_domain::ids::PostId;
use clara_domain::reconcile::TimelinePost;
use jiff::Timestamp;
use reqwest::{Method, RequestBuilder};

use super::problem::Problem;
use super::read::malformed;
use super::wire::{Page as PageBody, Post};
use super::{Vocabulary, text};
use crate::http::{Answer, Service};

/// X keeps the newest 3,200 posts of an account within reach: 32 pages of a hundred.
const MOST_PAGES: usize = 33;
/// How far a start lies in the past at least: X refuses one that its own clock has not reached.
const MARGIN: Duration = Duration::from_secs(30);

/// Walks over a timeline, newest post first.
pub(super) struct Walk {
    path: String,
    fields: (&'static str, &'static str),
    start: String,
    /// The page to read next: none of them is left, the first, or the one behind a token.
    next: Next,
    tokens: BTreeSet<String>,
    pages: usize,
    posts: Vec<TimelinePost>,
}

enum Next {
    First,
    Token(String),
    Done,
}

/// One page to be asked for.
pub(super) struct Page {
    path: String,
    query: Vec<(&'static str, String)>,
}

impl Walk {
    /// A walk over the account's posts since a time.
    pub(super) fn new(
        vocabulary: Vocabulary,
        account: &Account,
        since: Timestamp,
        now: Timestamp,
    ) -> Self {
        let latest = now.checked_sub(MARGIN).unwrap_or(Timestamp::MIN);
        Self {
            path: format!("/2/users/{}/tweets", account.user_id),
            fields: match vocabulary {
                Vocabulary::Tweet => ("tweet.fields", "created_at,entities,note_tweet"),
                Vocabulary::Post => ("post.fields", "created_at,entities,note_post"),
            },
            start: whole_seconds(since.min(latest)),
            next: Next::First,
            tokens: BTreeSet::new(),
            pages: 0,
            posts: Vec::new(),
        }
    }

    /// The page to ask for; none when all of them were taken.
    pub(super) fn next_page(&mut self) -> Result<Option<Page>, XError> {
        let token = match std::mem::replace(&mut self.next, Next::Done) {
            Next::Done => return Ok(None),
            Next::First => None,
            Next::Token(token) => Some(token),
        };
        self.pages += 1;
        if self.pages > MOST_PAGES {
            let reason = format!(
                "the timeline has more than {MOST_PAGES} pages since {}",
                self.start
            );
            return Err(XError::Malformed { reason });
        }
        let mut query = vec![
            ("start_time", self.start.clone()),
            ("max_results", "100".to_owned()),
            ("exclude", "retweets".to_owned()),
            (self.fields.0, self.fields.1.to_owned()),
        ];
        query.extend(token.map(|token| ("pagination_token", token)));
        Ok(Some(Page {
            path: self.path.clone(),
            query,
        }))
    }

    /// Takes the answer to the page that was asked for.
    pub(super) fn take(&mut self, answer: &Answer) -> Result<(), XError> {
        let page: PageBody = answer.json().map_err(|what| malformed(answer, &what))?;
        if page.data.is_none() && page.meta.is_none() {
            // A 200 that holds nothing but `errors`: the account is gone, suspended or hidden.
            return Err(XError::Blocked {
                reason: Problem::of(answer).said(answer),
            });
        }
        for post in page.data.unwrap_or_default() {
            self.posts
                .push(read(post).map_err(|what| malformed(answer, &what))?);
        }
        if let Some(token) = page.meta.and_then(|meta| meta.next_token) {
            if !self.tokens.insert(token.clone()) {
                return Err(malformed(
                    answer,
                    "the timeline's pages go round in a circle",
                ));
            }
            self.next = Next::Token(token);
        }
        Ok(())
    }

    /// All the posts, newest first.
    pub(super) fn finish(self) -> Vec<TimelinePost> {
        self.posts
    }
}

impl Page {
    /// `GET /2/users/{id}/tweets`.
    pub(super) fn request(&self, service: &Service) -> RequestBuilder {
        service.request(Method::GET, &self.path).query(&self.query)
    }
}

fn read(post: Post) -> Result<TimelinePost, String> {
    let id = PostId::new(post.id.into_text()).map_err(|error| error.to_string())?;
    let (shown, entities) = match post.note_tweet {
        Some(note) => (note.text, note.entities.or(post.entities)),
        None => (post.text, post.entities),
    };
    let links = entities
        .and_then(|entities| entities.urls)
        .unwrap_or_default();
    let text = text::as_written(&shown, &links, &id);
    Ok(TimelinePost {
        id,
        text,
        created_at: post.created_at,
    })
}

/// `YYYY-MM-DDTHH:mm:ssZ`, the only form that X documents; rounded down, so that nothing is left out.
fn whole_seconds(time: Timestamp) -> String {
    let floor = time.as_nanosecond().div_euclid(1_000_000_000);
    let second = i64::try_from(floor)
        .ok()
        .and_then(|second| Timestamp::from_second(second).ok());
    format!("{:.0}", second.unwrap_or(time))
}
