//! What is billed, by its name: the kind of an item and its model, as statements show them.

use crate::metering::Item;

impl Item {
    /// Its kind in one word or a few, for tables and files: stable.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Chat { .. } => "chat",
            Self::Embedding { .. } => "embedding",
            Self::Moderation { .. } => "moderation",
            Self::Posts {
                with_link: false, ..
            } => "post",
            Self::Posts {
                with_link: true, ..
            } => "post with link",
            Self::PostsRead { .. } => "post read",
            Self::UsersRead { .. } => "account read",
            Self::PostsDeleted { .. } => "post deleted",
        }
    }

    /// Its model, where it has one.
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Chat { model, .. }
            | Self::Embedding { model, .. }
            | Self::Moderation { model, .. } => Some(model),
            Self::Posts { .. }
            | Self::PostsRead { .. }
            | Self::UsersRead { .. }
            | Self::PostsDeleted { .. } => None,
        }
    }

    /// Whether its quantities can be added to another's.
    pub(super) fn is_same_thing(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.model() == other.model()
    }
}
