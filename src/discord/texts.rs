//! Every sentence that Clara says beside the cards: each a function of typed data, each in a snapshot.
//!
//! A refusal says what happened, what is safe, and what to do next. Words of others are escaped before they are quoted;
//! nothing here knows the inside of an error.

pub(crate) mod alerts;
pub(crate) mod answers;
pub(crate) mod clicks;
pub(crate) mod costs;
pub(crate) mod forms;
pub(crate) mod knowledge;
pub(crate) mod lessons;
pub(crate) mod lists;
pub(crate) mod refusals;
pub(crate) mod rejections;
pub(crate) mod services;
pub(crate) mod settings;
pub(crate) mod stats;
#[cfg(test)]
mod tests;
pub(crate) mod waiting;
pub(crate) mod whens;

use clara_domain::{Client, Tweet};

/// What a sentence is about, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct About<'a> {
    /// The client.
    pub(crate) client: Option<&'a Client>,
    /// The tweet.
    pub(crate) tweet: Option<&'a Tweet>,
}

impl<'a> About<'a> {
    /// A tweet of a client.
    pub(crate) fn tweet(client: &'a Client, tweet: Option<&'a Tweet>) -> Self {
        Self {
            client: Some(client),
            tweet,
        }
    }

    fn zone(self) -> clara_domain::zone::TimeZoneName {
        use clara_domain::zone::TimeZoneName;
        self.client
            .map_or_else(TimeZoneName::utc, super::times::zone_of)
    }

    fn tweet_name(self) -> String {
        match self.tweet {
            Some(tweet) => format!("tweet `{}`", tweet.id.short()),
            None => "the tweet".to_owned(),
        }
    }
}

/// What happened, what is safe, what to do next.
fn three(happened: &str, safe: &str, next: &str) -> String {
    format!("{happened} {safe} {next}").trim_end().to_owned()
}

/// By far the most frequent middle part.
const NOTHING_CHANGED: &str = "Nothing was changed.";

/// A name as it stands in a table: nothing in it ends the table, and what is too long is cut visibly.
fn cell(name: &str, width: usize) -> String {
    let letters = name.chars().filter(|c| !c.is_control() && *c != '`');
    let name: String = letters.collect();
    match name.char_indices().nth(width) {
        Some(_) => name.chars().take(width - 1).chain(['…']).collect(),
        None => name,
    }
}
