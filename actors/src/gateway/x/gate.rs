//! The last look before a post leaves: whether its client, or everything, has been held since its intent was recorded.
//!
//! The intent is on disk by then; what is stopped here certainly was not sent, and is recorded as that.

use clara_domain::ids::ClientId;
use jiff::Timestamp;

use crate::brake::BrakeView;
use crate::registry::Registry;

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

    /// Why nothing of a client may leave right now; none when it may.
    pub(super) fn shut(&self, client: &ClientId) -> Option<String> {
        if self.brake.halt().is_some() {
            return Some("everything was held before it left".to_owned());
        }
        let view = self.registry.view(client).ok()?;
        view.paused
            .as_ref()
            .map(|_| "the client was paused before it left".to_owned())
    }

    /// The service serves nobody any more: everything is held until a time, or until a person lets it go.
    pub(super) fn hold_everything(&self, reason: String, until: Option<Timestamp>) {
        self.brake.pull(reason, until);
    }
}
