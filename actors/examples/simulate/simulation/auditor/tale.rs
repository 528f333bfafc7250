//! What the records tell of one tweet, as far as the promises need it.

use std::collections::BTreeSet;

use clara_domain::content::{Content, ContentHash};
use clara_domain::ids::{PersonId, PostId, SegmentNo};
use jiff::Timestamp;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Tale {
    pub(crate) slot: Timestamp,
    pub(crate) urgent: bool,
    pub(crate) text: Option<Text>,
    /// Who approved the text as it stands.
    pub(crate) approvals: BTreeSet<PersonId>,
    pub(crate) is_approved: bool,
    pub(crate) approved_at: Timestamp,
    pub(crate) intent: Option<Intent>,
    /// An intent whose outcome was noted as unknown; its request may still be in the gateway's hands.
    pub(crate) leftover: Option<Intent>,
    /// The segments that are recorded as live.
    pub(crate) posts: Vec<PostId>,
    /// Since when the last of them is live, as far as the records can tell.
    pub(crate) live_at: Option<Timestamp>,
    /// When the last request that is or may be live was about to leave.
    pub(crate) sent: Option<Timestamp>,
    pub(crate) attempts: u32,
    /// Who wants what is live taken down.
    pub(crate) deletion: Option<PersonId>,
}

/// The text as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) content: Content,
    /// The person who wrote it, where one did.
    pub(crate) author: Option<PersonId>,
    pub(crate) may_go_out: bool,
}

/// A request that is about to leave, or has left.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) segment: SegmentNo,
    pub(crate) hash: ContentHash,
    pub(crate) has_left: bool,
}

impl Tale {
    pub(crate) fn planned(slot: Timestamp) -> Self {
        Self {
            slot,
            urgent: false,
            text: None,
            approvals: BTreeSet::new(),
            is_approved: false,
            approved_at: slot,
            intent: None,
            leftover: None,
            posts: Vec::new(),
            live_at: None,
            sent: None,
            attempts: 0,
            deletion: None,
        }
    }

    pub(crate) fn void_approvals(&mut self) {
        self.approvals.clear();
        self.is_approved = false;
    }

    /// The text of the segment that comes next.
    pub(crate) fn next_text(&self) -> Option<&str> {
        self.segment(self.posts.len())
    }

    pub(crate) fn segment(&self, no: usize) -> Option<&str> {
        let segment = self.text.as_ref()?.content.segments.get(no)?;
        Some(&segment.text)
    }
}
