//! One thing that a person did with the bot, and how far the bot is with answering it.
//! An acknowledgement counts within three seconds, the token lives fifteen minutes; both run on the monotonic clock, never on the world's.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::ids::{ChannelId, InteractionId, MessageId, UserId};
use super::view::{Acknowledgement, InteractionKind};

/// An interaction must be acknowledged in this time (documentation, "Receiving and responding").
pub(super) const ACKNOWLEDGE_WITHIN: Duration = Duration::from_secs(3);
/// Its token can be used this long.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);
/// What the person reads when no acknowledgement came.
pub(super) const NO_RESPONSE: &str = "The application did not respond";

/// An interaction and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Interaction {
    pub(super) id: InteractionId,
    pub(super) token: String,
    pub(super) kind: InteractionKind,
    pub(super) user: UserId,
    pub(super) channel: ChannelId,
    /// The command line, or the `custom_id`.
    pub(super) what: String,
    pub(super) raised: Instant,
    /// Whether a gateway session took it.
    pub(super) delivered: bool,
    /// The message whose component was used, also through a modal.
    pub(super) source: Option<MessageId>,
    /// For the messages that it gives birth to.
    pub(super) metadata: Value,
    pub(super) acknowledged: Option<(Acknowledgement, Duration)>,
    /// The modal that it opened.
    pub(super) modal: Option<Value>,
    /// The interaction that sent the modal off.
    pub(super) submission: Option<InteractionId>,
    pub(super) choices: Option<Vec<Value>>,
    /// What `@original` means.
    pub(super) original: Option<MessageId>,
    pub(super) followups: Vec<MessageId>,
    /// Whether nothing more is owed.
    pub(super) settled: bool,
}

impl InteractionKind {
    /// The interaction's `type` on the wire.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Autocomplete => 4,
            Self::Modal => 5,
        }
    }
}

/// Why an answer to an interaction is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenTrouble {
    /// Not acknowledged yet.
    Unanswered,
    /// Older than fifteen minutes.
    Expired,
}

impl Interaction {
    /// Whether the three seconds passed without an acknowledgement.
    pub(super) fn is_lost(&self, now: Instant) -> bool {
        self.acknowledged.is_none() && now.duration_since(self.raised) >= ACKNOWLEDGE_WITHIN
    }

    /// When [`is_lost`](Self::is_lost) would become true.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.acknowledged {
            None => Some(self.raised + ACKNOWLEDGE_WITHIN),
            Some(_) => None,
        }
    }

    /// Whether the person has nothing more to wait for.
    pub(super) fn is_done(&self, now: Instant) -> bool {
        self.settled || self.failure(now).is_some()
    }

    /// What the person reads if it failed.
    pub(super) fn failure(&self, now: Instant) -> Option<&'static str> {
        let expired = now.duration_since(self.raised) >= TOKEN_LIFE;
        let promised = matches!(self.acknowledged, Some((Acknowledgement::Defer, _)));
        let broken = promised && !self.settled && expired;
        (self.is_lost(now) || broken).then_some(NO_RESPONSE)
    }

    /// Whether the token can be used for edits and followups.
    pub(super) fn token_works(&self, now: Instant) -> Result<(), TokenTrouble> {
        if now.duration_since(self.raised) >= TOKEN_LIFE {
            return Err(TokenTrouble::Expired);
        }
        if self.acknowledged.is_none() {
            return Err(TokenTrouble::Unanswered);
        }
        Ok(())
    }

    /// Takes the first answer.
    pub(super) fn acknowledge(&mut self, how: Acknowledgement, now: Instant) {
        self.acknowledged = Some((how, now.duration_since(self.raised)));
        self.settled = !matches!(how, Acknowledgement::Defer | Acknowledgement::DeferUpdate);
    }

    /// Notes that a message changed: if this interaction owed that, nothing more is owed.
    pub(super) fn message_changed(&mut self, id: MessageId) {
        if self.acknowledged.is_some() && self.original == Some(id) {
            self.settled = true;
        }
    }

    /// Whether answers of type 6 and 7 make sense: there is a message to update.
    pub(super) fn can_update(&self) -> bool {
        match self.kind {
            InteractionKind::Component | InteractionKind::Modal => self.source.is_some(),
            InteractionKind::Command | InteractionKind::Autocomplete => false,
        }
    }

    /// Whether an answer of type 9 is taken.
    pub(super) fn can_open_modal(&self) -> bool {
        matches!(
            self.kind,
            InteractionKind::Command | InteractionKind::Component
        )
    }
}
