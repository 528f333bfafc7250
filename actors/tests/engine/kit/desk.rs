//! A desk that remembers what it was shown and told, and fails on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::alerts::{Alert, Matter};
use clara_actors::ports::desk::{CardRequest, Desk, DeskError, ShownCard};
use clara_domain::client::NoticeKind;
use clara_domain::ids::{ChannelId, ClientId, MessageId, TweetId};

use super::diary::{Diary, Gate, Seen, lock, scripted_panic};

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct FakeDesk {
    state: Arc<Mutex<State>>,
    pub(crate) gate: Gate,
    diary: Diary,
}

#[derive(Default)]
struct State {
    cards: BTreeMap<TweetId, Vec<CardRequest>>,
    alerts: Vec<Alert>,
    alert_tries: usize,
    panics_for: BTreeSet<ClientId>,
    failing_cards: u32,
    failing_alerts: u32,
    retry_after: Option<Duration>,
}

impl FakeDesk {
    pub(crate) fn new(diary: &Diary) -> Self {
        Self {
            state: Arc::default(),
            gate: Gate::default(),
            diary: diary.clone(),
        }
    }

    /// Showing a card of this client panics from now on, or no more.
    pub(crate) fn panic_for(&self, client: &ClientId, panics: bool) {
        let mut state = lock(&self.state);
        if panics {
            state.panics_for.insert(client.clone());
        } else {
            state.panics_for.remove(client);
        }
    }

    pub(crate) fn fail_cards(&self, times: u32) {
        lock(&self.state).failing_cards = times;
    }

    pub(crate) fn fail_alerts(&self, times: u32) {
        lock(&self.state).failing_alerts = times;
    }

    /// What failures ask for.
    pub(crate) fn set_retry_after(&self, pause: Duration) {
        lock(&self.state).retry_after = Some(pause);
    }

    /// The states in which a tweet's card was shown, in order.
    pub(crate) fn shown(&self, tweet: TweetId) -> Vec<&'static str> {
        self.cards(tweet)
            .iter()
            .map(|card| card.client.tweet(tweet).unwrap().state.name())
            .collect()
    }

    /// Every card that was shown of a tweet.
    pub(crate) fn cards(&self, tweet: TweetId) -> Vec<CardRequest> {
        let state = lock(&self.state);
        state.cards.get(&tweet).cloned().unwrap_or_default()
    }

    /// What people were told, each as often as they were.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        lock(&self.state).alerts.clone()
    }

    /// The notices among the alerts of a client.
    pub(crate) fn notices(&self, client: &ClientId) -> Vec<NoticeKind> {
        let alerts = self.alerts().into_iter();
        let own = alerts.filter(|alert| alert.client.as_ref() == Some(client));
        own.filter_map(|alert| match alert.matter {
            Matter::Notice { notice, .. } => Some(notice.kind),
            Matter::Quarantined { .. }
            | Matter::Halted { .. }
            | Matter::Released { .. }
            | Matter::EngineFailed { .. }
            | Matter::JournalSlow { .. }
            | Matter::JournalRepaired { .. }
            | Matter::JournalDamaged { .. }
            | Matter::Budget(_)
            | Matter::DiskFull { .. }
            | Matter::DiskFree => None,
        })
        .collect()
    }

    /// How often telling people was tried.
    pub(crate) fn alert_tries(&self) -> usize {
        lock(&self.state).alert_tries
    }

    fn error(state: &State) -> DeskError {
        DeskError {
            reason: "the desk is away".to_owned(),
            retry_after: state.retry_after,
        }
    }
}

#[async_trait]
impl Desk for FakeDesk {
    async fn show_card(&self, card: CardRequest) -> Result<ShownCard, DeskError> {
        self.diary.enter().await;
        self.gate.pass().await;
        self.diary.enter().await;
        let mut state = lock(&self.state);
        if state.panics_for.contains(&card.client.id) {
            drop(state);
            scripted_panic("showing a card");
        }
        if state.failing_cards > 0 {
            state.failing_cards -= 1;
            return Err(Self::error(&state));
        }
        let name = card.client.tweet(card.tweet).unwrap().state.name();
        self.diary
            .write(Seen::Card(card.client.id.clone(), name.to_owned()));
        let known = state.cards.keys().position(|tweet| *tweet == card.tweet);
        let message = known.unwrap_or(state.cards.len());
        state.cards.entry(card.tweet).or_default().push(card);
        Ok(ShownCard {
            channel: ChannelId::new("100").unwrap(),
            message: MessageId::new(format!("{}", 500 + message)).unwrap(),
        })
    }

    async fn alert(&self, alert: &Alert) -> Result<(), DeskError> {
        self.diary.enter().await;
        let mut state = lock(&self.state);
        state.alert_tries += 1;
        if state.failing_alerts > 0 {
            state.failing_alerts -= 1;
            return Err(Self::error(&state));
        }
        self.diary.write(Seen::Alert(alert.client.clone()));
        state.alerts.push(alert.clone());
        Ok(())
    }
}
