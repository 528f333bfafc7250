//! Where every stream stands, as far as it is on disk: what readers may see and what appends are checked against.
//!
//! Only the committer moves a head, and only after its sync. The invariant: a head here is durable.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use clara_actors::ports::journal::{StreamId, Version};

use super::JournalTrouble;
use crate::journal::chain::Head;

/// Where a stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// It has no record.
    Nothing,
    /// Its last record.
    At(Head),
    /// Its last record could not be read when the journal was opened.
    Damaged {
        /// Which record.
        version: Version,
        /// What is wrong with it.
        what: String,
    },
}

#[derive(Debug, Default)]
pub(super) struct Heads(RwLock<BTreeMap<StreamId, Found>>);

impl Heads {
    pub(super) fn new(heads: BTreeMap<StreamId, Found>) -> Self {
        Self(RwLock::new(heads))
    }

    pub(super) fn find(&self, stream: &StreamId) -> Found {
        let heads = self.0.read().unwrap_or_else(PoisonError::into_inner);
        heads.get(stream).cloned().unwrap_or(Found::Nothing)
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        let heads = self.0.read().unwrap_or_else(PoisonError::into_inner);
        heads.keys().cloned().collect()
    }

    pub(super) fn advance(&self, moved: BTreeMap<StreamId, Head>) {
        let mut heads = self.0.write().unwrap_or_else(PoisonError::into_inner);
        heads.extend(moved.into_iter().map(|(id, head)| (id, Found::At(head))));
    }

    /// What has to be told about the streams that were found damaged.
    pub(super) fn damaged(&self) -> Vec<JournalTrouble> {
        let heads = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let troubles = heads.iter().filter_map(|(stream, found)| match found {
            Found::Damaged { version, what } => Some(JournalTrouble::Damaged {
                stream: stream.clone(),
                version: *version,
                what: what.clone(),
            }),
            Found::Nothing | Found::At(_) => None,
        });
        troubles.collect()
    }
}
