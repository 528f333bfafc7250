//! The last look before a post leaves: whether its client, or everything, has been held since its intent was recorded, or
//! whoever recorded it has given it up.
//!
//! The intent is on disk by then; what is stopped here certainly was not sent, and is recorded as that.

use clara_domain::TweetState;
use clara_domain::ids::{AttemptNo, ClientId, TweetId};
use jiff::Timestamp;

use crate::brake::BrakeView;
use crate::registry::Registry;

/// The recorded intent that a request belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Intent {
    pub(crate) tweet: TweetId,
    pub(crate) attempt: AttemptNo,
}

/// What may stop a post at the last moment. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Gate {
    registry: Registry,
    brake: BrakeView,
}

impl Gate {
    pub(crate) fn new(registry: Registry, brake: BrakeView) -> Self {
        Self { registry, brake }
    }

    /// Why a request may not leave right now, although its intent is on disk; none when it may. Asked by whoever sends it,
    /// when nothing is left to wait for: renewing a token can take as long as a person needs to pause.
    pub(super) fn shut(&self, client: &ClientId, intent: &Intent) -> Option<&'static str> {
        if self.brake.halt().is_some() {
            return Some("everything was held before it left");
        }
        let Ok(view) = self.registry.view(client) else {
            return Some("the client was gone before it left");
        };
        if view.paused.is_some() {
            return Some("the client was paused before it left");
        }
        let still_meant = TweetState::Posting {
            attempt: intent.attempt,
            sending: true,
        };
        let state = view.tweet(intent.tweet).map(|tweet| &tweet.state);
        (state != Some(&still_meant)).then_some("nobody waited for it any more before it left")
    }

    /// The service serves nobody any more: everything is held until a time, or until a person lets it go.
    pub(super) fn hold_everything(&self, reason: String, until: Option<Timestamp>) {
        self.brake.pull(reason, until);
    }
}
