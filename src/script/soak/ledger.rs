//! The books of a soak: every tweet that was promised or shown, written down as it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use clara_sandbox::discord::MessageId;
use jiff::Timestamp;
use tokio::sync::watch;

use super::card::Card;
use super::evidence::{Approval, Decision, Shown, TweetFacts, What, Written};
use super::idea::Plot;

/// The books.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<BTreeMap<String, Entry>>);

#[derive(Debug, Default)]
struct Entry {
    facts: TweetFacts,
    card: watch::Sender<Option<Card>>,
    /// The newest message that shows it: a card that was sent twice is brought up to date in one place only.
    message: Option<MessageId>,
}

impl Ledger {
    /// A command's answer has promised a tweet.
    pub(super) fn promise(&self, tweet: &str, client: &str, line: String) {
        let mut books = self.lock();
        let entry = books.entry(tweet.to_owned()).or_default();
        client.clone_into(&mut entry.facts.client);
        entry.facts.promised = true;
        entry.facts.note(line);
    }

    /// A card was sent or edited. Says who hears of later ones where it is the tweet's first.
    pub(super) fn show(&self, card: Card, at: Timestamp) -> Option<watch::Receiver<Option<Card>>> {
        let mut books = self.lock();
        let entry = books.entry(card.tweet.clone()).or_default();
        if entry.message.is_some_and(|known| known > card.message) {
            return None;
        }
        let is_first = entry.message.is_none();
        entry.message = Some(card.message);
        let facts = &mut entry.facts;
        facts.client.clone_from(&card.client);
        facts.show(&card, at);
        entry.card.send_replace(Some(card));
        is_first.then(|| entry.card.subscribe())
    }

    /// Adds to a tweet's history.
    pub(super) fn note(&self, tweet: &str, line: String) {
        self.with(tweet, |facts| facts.note(line));
    }

    /// Somebody clicked on Approve. `refused` where the click was turned down.
    pub(super) fn approval(&self, tweet: &str, by: &str, revision: u32, refused: bool) {
        let approval = Approval {
            by: by.to_owned(),
            revision,
            refused,
        };
        self.with(tweet, |facts| facts.approvals.push(approval));
    }

    /// Somebody had something done to it, certainly or perhaps.
    pub(super) fn decision(&self, tweet: &str, what: What, certain: bool) {
        self.with(tweet, |facts| {
            facts.decisions.push(Decision { what, certain })
        });
    }

    /// Somebody without the right was obeyed.
    pub(super) fn obeyed(&self, tweet: &str, what: String) {
        let mut books = self.lock();
        books
            .entry(tweet.to_owned())
            .or_default()
            .facts
            .obeyed
            .push(what);
    }

    /// How many tweets are in which state, by the first word of their cards.
    pub(super) fn states(&self) -> BTreeMap<String, usize> {
        let mut states = BTreeMap::new();
        for entry in self.lock().values() {
            let state = entry
                .facts
                .shown
                .as_ref()
                .map_or("promised", |shown| &shown.state);
            *states.entry(state.to_owned()).or_default() += 1;
        }
        states
    }

    /// Tweets that were promised, have no card and are not cancelled.
    pub(super) fn unseen(&self) -> Vec<String> {
        let books = self.lock();
        let is_unseen = |entry: &Entry| entry.message.is_none() && entry.is_open();
        let unseen = books.iter().filter(|(_, entry)| is_unseen(entry));
        unseen.map(|(id, _)| id.clone()).collect()
    }

    /// How many tweets there are, and how many of them are not over.
    pub(super) fn size(&self) -> (usize, usize) {
        let books = self.lock();
        let open = books.values().filter(|entry| entry.is_open()).count();
        (books.len(), open)
    }

    /// What nobody has managed to do so far to any tweet.
    pub(super) fn never_done(&self) -> Option<Plot> {
        let books = self.lock();
        let is_done = |plot: &Plot| {
            let mut decisions = books.values().flat_map(|entry| &entry.facts.decisions);
            decisions.any(|done| done.certain && done.what.is_of(*plot))
        };
        let mut plots = [Plot::Reject, Plot::Edit, Plot::Cancel].into_iter();
        plots.find(|plot| !is_done(plot))
    }

    /// A client of which something goes out by itself between two times, in epoch seconds of the world.
    pub(super) fn about_to_post(&self, from: i64, until: i64) -> Option<String> {
        let books = self.lock();
        let is_due = |facts: &&TweetFacts| {
            let approved = facts.shown.as_ref().filter(|card| card.state == "approved");
            let slot = approved.and_then(|card| card.slot);
            slot.is_some_and(|slot| (from..until).contains(&slot))
        };
        let mut facts = books.values().map(|entry| &entry.facts);
        facts.find(is_due).map(|facts| facts.client.clone())
    }

    /// Everything that is written in them.
    pub(super) fn facts(&self) -> BTreeMap<String, TweetFacts> {
        let books = self.lock();
        let facts = books.iter();
        facts
            .map(|(id, entry)| (id.clone(), entry.facts.clone()))
            .collect()
    }

    fn with(&self, tweet: &str, change: impl FnOnce(&mut TweetFacts)) {
        if let Some(entry) = self.lock().get_mut(tweet) {
            change(&mut entry.facts);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl What {
    /// Whether people of that plot have this done.
    fn is_of(self, plot: Plot) -> bool {
        match self {
            Self::Rejected => plot == Plot::Reject,
            Self::Edited(_) => plot == Plot::Edit,
            Self::Cancelled => plot == Plot::Cancel,
            Self::Deleted
            | Self::Regenerated(_)
            | Self::Overridden(_)
            | Self::Live(_)
            | Self::Moved(_)
            | Self::MovedSomewhere => false,
        }
    }
}

impl Entry {
    fn is_open(&self) -> bool {
        let is_cancelled =
            |decision: &Decision| decision.certain && decision.what == What::Cancelled;
        match &*self.card.borrow() {
            Some(card) => !card.is_over(),
            None => !self.facts.decisions.iter().any(is_cancelled),
        }
    }
}

impl TweetFacts {
    fn show(&mut self, card: &Card, at: Timestamp) {
        let shown = Shown {
            state: card.state.clone(),
            revision: card.revision,
            live: card.live.clone(),
            slot: card.slot,
            actions: card.buttons.keys().cloned().collect(),
            approvals: card.approvals.iter().cloned().collect(),
        };
        if let Some(segments) = &card.segments {
            let written = Written {
                segments: segments.clone(),
                author: card.author.clone(),
            };
            self.texts.insert(card.revision, written);
        }
        if card.is_over() {
            self.ended.get_or_insert_with(|| card.state.clone());
        }
        let approved: &mut BTreeSet<String> = self.approved.entry(card.revision).or_default();
        approved.extend(card.approvals.iter().cloned());
        if self.shown.as_ref() != Some(&shown) {
            let approvals = card.approvals.join(", ");
            self.note(format!(
                "{at:.0} card: {}, revision {}, approved by [{approvals}], live {:?}",
                card.state, card.revision, card.live
            ));
        }
        self.shown = Some(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(message: u64, state: &str, approvals: &[&str]) -> Card {
        Card {
            message: MessageId(message),
            tweet: "0a1b2c3d".to_owned(),
            client: "client-001".to_owned(),
            revision: 1,
            state: state.to_owned(),
            brief: "a and b, no 1".to_owned(),
            segments: Some(vec!["a and b".to_owned()]),
            author: None,
            approvals: approvals.iter().map(|name| (*name).to_owned()).collect(),
            live: Vec::new(),
            slot: None,
            buttons: BTreeMap::new(),
        }
    }

    #[test]
    fn what_a_card_has_shown_stays_in_the_books() {
        let (ledger, at) = (Ledger::default(), Timestamp::UNIX_EPOCH);
        assert!(ledger.show(card(1, "validated", &["ines"]), at).is_some());
        assert!(ledger.show(card(1, "validated", &[]), at).is_none());
        let facts = &ledger.facts()["0a1b2c3d"];
        assert!(facts.approved[&1].contains("ines"));
        assert!(
            facts
                .shown
                .as_ref()
                .is_some_and(|shown| shown.approvals.is_empty())
        );
        assert_eq!(facts.history.len(), 2);
        assert_eq!(ledger.size(), (1, 1));
    }

    #[test]
    fn what_was_never_done_is_named_until_it_is_certain() {
        let (ledger, at) = (Ledger::default(), Timestamp::UNIX_EPOCH);
        ledger.show(card(1, "validated", &[]), at);
        let decision = |what, certain| ledger.decision("0a1b2c3d", what, certain);
        decision(What::Rejected, false);
        assert_eq!(ledger.never_done(), Some(Plot::Reject));
        decision(What::Rejected, true);
        assert_eq!(ledger.never_done(), Some(Plot::Edit));
        decision(What::Edited(2), true);
        decision(What::Cancelled, true);
        assert_eq!(ledger.never_done(), None);
    }

    #[test]
    fn a_client_is_about_to_post_where_something_approved_has_its_time_then() {
        let (ledger, at) = (Ledger::default(), Timestamp::UNIX_EPOCH);
        for (message, state) in [(1, "validated"), (2, "approved")] {
            let slot = Some(100);
            let card = card(message, state, &["ines"]);
            ledger.show(Card { slot, ..card }, at);
            let is_due = ledger.about_to_post(50, 150).is_some();
            assert_eq!(is_due, state == "approved", "{state}");
        }
        assert_eq!(ledger.about_to_post(150, 200), None);
    }

    #[test]
    fn of_two_cards_of_a_tweet_the_newer_message_counts() {
        let (ledger, at) = (Ledger::default(), Timestamp::UNIX_EPOCH);
        assert!(ledger.show(card(2, "posted", &[]), at).is_some());
        assert!(ledger.show(card(1, "validated", &[]), at).is_none());
        assert_eq!(ledger.states(), BTreeMap::from([("posted".to_owned(), 1)]));
        assert_eq!(ledger.size(), (1, 0));
    }
}
