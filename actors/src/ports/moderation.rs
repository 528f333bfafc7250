//! Texts judged by the model service's own rules about harm. What follows from a verdict is decided elsewhere.

use async_trait::async_trait;

use super::model::ModelError;

pub use clara_domain::settings::WhenDown;

/// The most texts of one call; a thread has fewer.
pub const MOST_TEXTS: usize = 32;

/// What is said of one text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModerationVerdict {
    /// Whether the service calls the text harmful. It may do so without naming a category.
    pub flagged: bool,
    /// The categories that it falls under, by the service's names (`hate`, `violence/graphic`), sorted.
    pub categories: Vec<String>,
}

/// Who judges texts.
#[async_trait]
pub trait Moderator: Send + Sync + 'static {
    /// Judges 1 to [`MOST_TEXTS`] texts, none of them empty; one verdict for each, in their order. One call is one
    /// request, which is not tried again.
    async fn moderate(&self, texts: &[String]) -> Result<Vec<ModerationVerdict>, ModelError>;

    /// The model that is asked, by the name that it is asked by: for the ledger.
    fn model(&self) -> &str;
}
