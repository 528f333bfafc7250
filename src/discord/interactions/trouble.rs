//! Why a command came to nothing, with what its text needs.

use std::sync::Arc;

use clara_actors::handle::Refusal;
use clara_domain::ids::{ClientId, TweetId};
use clara_domain::when::WhenError;
use clara_domain::{Client, Rejection};

use crate::discord::commands::Misuse;
use crate::discord::texts::knowledge::BadFile;
use crate::discord::texts::settings::BadSetting;
use crate::discord::texts::{About, costs, knowledge, refusals, settings, whens};

/// An expected answer that is not what the person wanted.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    Misuse(Misuse),
    NoSuchClient {
        given: String,
        near: Vec<ClientId>,
    },
    NoSuchTweet(String),
    SeveralTweets(Vec<String>),
    When(Box<WhenError>),
    WordlessBrief,
    NoMonth(String),
    TextOrFile,
    BadFile {
        name: String,
        why: BadFile,
    },
    BadSetting(BadSetting),
    Refused {
        refusal: Box<Refusal>,
        client: Option<Arc<Client>>,
        tweet: Option<TweetId>,
    },
}

impl Trouble {
    pub(super) fn refused(
        refusal: Refusal,
        client: Option<Arc<Client>>,
        tweet: Option<TweetId>,
    ) -> Self {
        Self::Refused {
            refusal: Box::new(refusal),
            client,
            tweet,
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Misuse(misuse) => refusals::misuse(misuse),
            Self::NoSuchClient { given, near } => refusals::no_such_client(given, near),
            Self::NoSuchTweet(given) => refusals::no_such_tweet(given),
            Self::SeveralTweets(ids) => refusals::several_tweets(ids),
            Self::When(error) => whens::when(error),
            Self::WordlessBrief => refusals::wordless_brief(),
            Self::NoMonth(given) => costs::no_month(given),
            Self::TextOrFile => knowledge::text_or_file(),
            Self::BadFile { name, why } => knowledge::bad_file(name, why),
            Self::BadSetting(bad) => settings::bad_setting(bad),
            Self::Refused {
                refusal,
                client,
                tweet,
            } => {
                let client = client.as_deref();
                let tweet = client.zip(*tweet).and_then(|(client, id)| client.tweet(id));
                refusals::refusal(refusal, About { client, tweet })
            }
        }
    }

    /// The engine's own trouble is for the log too; what people may not or cannot do is not.
    pub(super) fn log(&self) {
        if let Self::Refused { refusal, .. } = self
            && !matches!(**refusal, Refusal::Rejected(_) | Refusal::NoSuchClient(_))
        {
            tracing::error!(%refusal, "the engine did not do what a person asked for");
        }
    }
}

impl From<Misuse> for Trouble {
    fn from(misuse: Misuse) -> Self {
        Self::Misuse(misuse)
    }
}

impl From<BadSetting> for Trouble {
    fn from(bad: BadSetting) -> Self {
        Self::BadSetting(bad)
    }
}

/// A request that is outside its bounds, in the same words as the domain's.
pub(super) fn out_of_range(
    field: &'static str,
    given: i64,
    most: usize,
    client: Arc<Client>,
) -> Trouble {
    let expected = format!("1 to {most}, not {given}");
    let rejection = Rejection::Invalid { field, expected };
    Trouble::refused(Refusal::Rejected(rejection), Some(client), None)
}
