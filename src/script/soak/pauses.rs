//! What people were told is held, from when until when, and whether something was posted all the same.
//!
//! Only what is beyond doubt counts: from the answer to a pause, and what was on its way then may still arrive, to the
//! moment at which somebody first tries to resume.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::PACE;
use super::evidence::{Evidence, LivePost};

/// How long a request may be on its way to X, in seconds of the world: the engine gives one up after 2 s of the wall clock.
pub(super) const ON_THE_WIRE: i64 = 2 * PACE as i64;

/// A time in which nothing may be posted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The client's id; none where everything was held.
    pub client: Option<String>,
    /// When the answer was read, in epoch seconds of the world.
    pub from: i64,
    /// When somebody began to resume, or the end.
    pub until: i64,
}

/// The book of pauses.
#[derive(Debug, Default)]
pub(super) struct Pauses(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    pauses: Vec<Accepted>,
    tries: Vec<Try>,
}

/// A pause that was asked for and, in the end, granted.
#[derive(Debug)]
struct Accepted {
    client: Option<String>,
    asked: i64,
    answered: i64,
}

/// A try to resume, at work from its beginning to its answer, or to no end where none came.
#[derive(Debug)]
struct Try {
    client: Option<String>,
    began: i64,
    answered: Option<i64>,
}

impl Pauses {
    /// Somebody was told that a client is paused, or everything.
    pub(super) fn paused(&self, client: Option<&str>, asked: i64, answered: i64) {
        self.lock().pauses.push(Accepted {
            client: client.map(str::to_owned),
            asked,
            answered,
        });
    }

    /// Somebody begins to resume a client, or everything; the number is that of the try.
    pub(super) fn resuming(&self, client: Option<&str>, began: i64) -> usize {
        let mut book = self.lock();
        book.tries.push(Try {
            client: client.map(str::to_owned),
            began,
            answered: None,
        });
        book.tries.len() - 1
    }

    /// A try was answered: what it did, it has done.
    pub(super) fn answered(&self, number: usize, at: i64) {
        if let Some(made) = self.lock().tries.get_mut(number) {
            made.answered = Some(at);
        }
    }

    /// The times in which nothing may have been posted, up to now.
    pub(super) fn facts(&self, now: i64) -> Vec<Pause> {
        let book = self.lock();
        let pauses = book.pauses.iter();
        let held = pauses.map(|pause| Pause {
            client: pause.client.clone(),
            from: pause.answered,
            until: book.resumed(pause).unwrap_or(now),
        });
        held.filter(|pause| pause.from < pause.until).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// The first try that may have ended a pause: any that was not over when the pause was asked for.
    fn resumed(&self, pause: &Accepted) -> Option<i64> {
        let tries = self.tries.iter().filter(|made| made.client == pause.client);
        let later = tries.filter(|made| made.answered.is_none_or(|over| over >= pause.asked));
        later.map(|made| made.began).min()
    }
}

/// The pause in which a post of an account went up, in words.
pub(super) fn broken(evidence: &Evidence, handle: &str, post: &LivePost) -> Option<String> {
    let holds = |pause: &&Pause| match &pause.client {
        None => true,
        Some(id) => {
            let client = evidence.clients.get(id);
            client.is_some_and(|client| client.handle == handle)
        }
    };
    let mut pauses = evidence.pauses.iter().filter(holds);
    let pause =
        pauses.find(|pause| (pause.from + ON_THE_WIRE + 1..pause.until).contains(&post.at))?;
    let whose = pause.client.as_deref().unwrap_or("everything");
    Some(format!(
        "@{handle} shows the post {}, made at {} while {whose} was held from {} to {}: {}",
        post.id, post.at, pause.from, pause.until, post.text
    ))
}

#[cfg(test)]
mod tests {
    use super::super::town;
    use super::*;

    const ONE: Option<&str> = Some("client-001");

    fn times(pauses: &Pauses) -> Vec<(i64, i64)> {
        let facts = pauses.facts(1_000);
        facts
            .iter()
            .map(|pause| (pause.from, pause.until))
            .collect()
    }

    #[test]
    fn a_pause_lasts_from_its_answer_to_the_first_try_to_end_it() {
        let pauses = Pauses::default();
        let before = pauses.resuming(ONE, 10);
        pauses.answered(before, 20);
        pauses.paused(ONE, 30, 40);
        assert_eq!(times(&pauses), [(40, 1_000)]);
        pauses.resuming(Some("client-002"), 50);
        pauses.resuming(None, 60);
        assert_eq!(times(&pauses), [(40, 1_000)]);
        pauses.resuming(ONE, 80);
        pauses.resuming(ONE, 70);
        assert_eq!(times(&pauses), [(40, 70)]);
    }

    #[test]
    fn what_may_have_been_resumed_in_between_says_nothing() {
        let answered_meanwhile = Pauses::default();
        let number = answered_meanwhile.resuming(ONE, 10);
        answered_meanwhile.answered(number, 35);
        answered_meanwhile.paused(ONE, 30, 40);
        assert_eq!(times(&answered_meanwhile), []);
        let never_answered = Pauses::default();
        never_answered.resuming(None, 10);
        never_answered.paused(None, 30, 40);
        assert_eq!(times(&never_answered), []);
    }

    #[test]
    fn only_what_was_made_within_and_had_not_left_before_is_against_a_pause() {
        let (_, clients) = town::build(7, 2);
        let evidence = |client: Option<&str>| Evidence {
            clients: clients.clone(),
            pauses: vec![Pause {
                client: client.map(str::to_owned),
                from: 100,
                until: 200,
            }],
            ..Evidence::default()
        };
        let is_against = |client, handle, at| {
            let post = LivePost {
                at,
                ..LivePost::default()
            };
            broken(&evidence(client), handle, &post).is_some()
        };
        for (at, against) in [
            (90, false),
            (140, false),
            (141, true),
            (199, true),
            (200, false),
        ] {
            assert_eq!(is_against(ONE, "client001", at), against, "{at}");
            assert!(!is_against(ONE, "client002", at), "{at}");
            assert_eq!(is_against(None, "client002", at), against, "{at}");
        }
    }
}
