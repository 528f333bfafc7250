//! Texts made into vectors: near each other where they mean nearly the same.

use async_trait::async_trait;

use super::model::ModelError;

/// The most texts of one call. OpenAI takes 2,048 of together 300,000 tokens (spec 2.3.0); so many passages of 1,500
/// characters stay below both, and below what a small server of one's own does in its time.
pub const MOST_TEXTS: usize = 64;

/// The vectors of some texts.
#[derive(Debug, Clone, PartialEq)]
pub struct Embeddings {
    /// One for each text, in the order of the texts, all of one length. They need not be of length 1.
    pub vectors: Vec<Vec<f32>>,
    /// The model as the service named it. Vectors of different models cannot be compared.
    pub model: String,
    /// Tokens that it took, as the service counts them; zero where it does not say.
    pub tokens: u64,
}

/// Who makes vectors of texts.
#[async_trait]
pub trait Embedder: Send + Sync + 'static {
    /// Makes vectors of 1 to [`MOST_TEXTS`] texts, none of them empty. One call is one request, which is not tried
    /// again; a failed one may have been billed where [`ModelError`] says so.
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError>;

    /// The model that is asked, by the name that it is asked by.
    fn model(&self) -> &str;

    /// What its vectors are kept under: only those of one kind can be compared. The model's name will do, unless the
    /// same model is asked for vectors of different lengths.
    fn kind(&self) -> &str {
        self.model()
    }
}
