//! A moderation service that says what it is told to, and otherwise finds nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clara_actors::ports::Moderator;
use clara_actors::ports::model::ModelError;
use clara_actors::ports::moderation::ModerationVerdict;

use super::diary::{Diary, lock};

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct ScriptedModerator {
    state: Arc<Mutex<State>>,
    diary: Diary,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Result<ModerationVerdict, ModelError>>,
    asked: Vec<Vec<String>>,
}

impl ScriptedModerator {
    pub(crate) fn new(diary: &Diary) -> Self {
        Self {
            state: Arc::default(),
            diary: diary.clone(),
        }
    }

    /// What it says of the first text of the next questions.
    pub(crate) fn answers(
        &self,
        answers: impl IntoIterator<Item = Result<ModerationVerdict, ModelError>>,
    ) {
        lock(&self.state).queue.extend(answers);
    }

    /// The texts of every question so far.
    pub(crate) fn asked(&self) -> Vec<Vec<String>> {
        lock(&self.state).asked.clone()
    }
}

#[async_trait]
impl Moderator for ScriptedModerator {
    async fn moderate(&self, texts: &[String]) -> Result<Vec<ModerationVerdict>, ModelError> {
        self.diary.enter().await;
        let answer = {
            let mut state = lock(&self.state);
            state.asked.push(texts.to_vec());
            state.queue.pop_front()
        };
        let first = answer.unwrap_or_else(|| Ok(ModerationVerdict::default()))?;
        let mut verdicts = vec![ModerationVerdict::default(); texts.len()];
        verdicts[0] = first;
        Ok(verdicts)
    }

    fn model(&self) -> &str {
        "moderator"
    }
}
