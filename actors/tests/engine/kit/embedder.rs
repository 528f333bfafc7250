//! Who makes vectors that say nothing, and keeps them in memory: enough to be paid for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clara_actors::knowledge::{Embedding, Vectors};
use clara_actors::ports::Embedder;
use clara_actors::ports::embed::Embeddings;
use clara_actors::ports::model::ModelError;
use clara_domain::knowledge::NoteHash;

use super::diary::{Diary, Gate, lock};

/// Tokens that each call takes.
pub(crate) const TOKENS: u64 = 7;

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct ScriptedEmbedder {
    kept: Arc<Mutex<BTreeMap<NoteHash, Arc<[f32]>>>>,
    pub(crate) gate: Gate,
    diary: Diary,
}

impl ScriptedEmbedder {
    pub(crate) fn new(diary: &Diary) -> Self {
        Self {
            kept: Arc::default(),
            gate: Gate::default(),
            diary: diary.clone(),
        }
    }

    pub(crate) fn port(&self) -> Embedding {
        Embedding {
            embedder: Arc::new(self.clone()),
            vectors: Arc::new(self.clone()),
        }
    }
}

#[async_trait]
impl Embedder for ScriptedEmbedder {
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        self.diary.enter().await;
        self.gate.pass().await;
        self.diary.enter().await;
        Ok(Embeddings {
            vectors: vec![vec![1.0]; texts.len()],
            model: self.model().to_owned(),
            tokens: TOKENS,
        })
    }

    fn model(&self) -> &str {
        "text-embedding-3-small"
    }
}

impl Vectors for ScriptedEmbedder {
    fn get(&self, _: &str, text: NoteHash) -> Option<Arc<[f32]>> {
        lock(&self.kept).get(&text).cloned()
    }

    fn put(&self, _: &str, vectors: &[(NoteHash, Arc<[f32]>)]) {
        lock(&self.kept).extend(vectors.iter().cloned());
    }
}
