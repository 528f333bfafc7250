//! The client or the tweet that a person named, or who they may have meant.

use std::sync::Arc;

use clara_domain::Client;
use clara_domain::ids::{ClientId, TweetId};
use clara_domain::when::{When, parse};

use super::near::near;
use super::trouble::Trouble;
use super::{Interactions, note};
use crate::discord::commands::Misuse;
use crate::discord::times::zone_of;

impl Interactions {
    /// A client by its id.
    pub(super) fn client(&self, id: &ClientId) -> Result<Arc<Client>, Trouble> {
        note("client", id);
        use clara_actors::handle::Refusal;
        match self.engine.view(id) {
            Ok(client) => Ok(client),
            Err(Refusal::NoSuchClient(_)) => Err(self.nobody(id.as_str())),
            Err(refusal) => Err(Trouble::refused(refusal, None, None)),
        }
    }

    /// The answer to a name that no client has.
    pub(super) fn nobody(&self, given: &str) -> Trouble {
        let statuses = self.engine.clients();
        Trouble::NoSuchClient {
            given: given.to_owned(),
            near: near(given, statuses.iter().map(|status| &status.id)),
        }
    }

    /// A misuse, with the clients that may have been meant.
    pub(super) fn misuse(&self, misuse: Misuse) -> Trouble {
        match misuse {
            Misuse::NotAClient(given) => self.nobody(&given),
            Misuse::Missing(_) | Misuse::Unknown(_) => Trouble::Misuse(misuse),
        }
    }

    /// A tweet by the id that people see, or by its whole id.
    pub(super) fn tweet(&self, given: &str) -> Result<(Arc<Client>, TweetId), Trouble> {
        let mut found = self.engine.find_tweet(given.trim_matches('`'));
        match (found.pop(), found.as_slice()) {
            (None, _) => Err(Trouble::NoSuchTweet(given.to_owned())),
            (Some((client, tweet)), []) => {
                note("client", &client.id);
                note("tweet", tweet);
                Ok((client, tweet))
            }
            (Some((_, last)), others) => {
                let ids = others.iter().map(|(_, id)| *id).chain([last]);
                Err(Trouble::SeveralTweets(
                    ids.take(5).map(|id| id.to_string()).collect(),
                ))
            }
        }
    }

    /// A time as somebody typed it, in the client's zone.
    pub(super) fn when(&self, client: &Client, text: &str) -> Result<When, Trouble> {
        parse(text, self.engine.now(), &zone_of(client).zone())
            .map_err(|error| Trouble::When(Box::new(error)))
    }
}
