//! What a client's people turned texts down for: the model is reminded of it in later prompts, until somebody says that it
//! holds no more.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{LessonNo, TweetId};
use crate::tweet::ReasonCode;

/// The most lessons that are kept of a client; the oldest one goes when there is another.
pub const MAX_LESSONS: usize = 50;

/// The most lessons that one prompt reminds of: the newest.
pub const MOST_HEEDED: usize = 8;

/// The longest beginning of a text that a lesson keeps, in characters.
pub const MAX_ABOUT: usize = 200;

/// The lessons of a client.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lessons {
    /// Those that hold, the oldest first.
    pub kept: BTreeMap<LessonNo, Lesson>,
    /// The number of the last one.
    pub last: LessonNo,
}

/// What one text was turned down for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lesson {
    /// The tweet that was turned down.
    pub tweet: TweetId,
    /// What kind of reason it was, where they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ReasonCode>,
    /// What they said.
    pub said: String,
    /// The beginning of the text that it was about.
    pub about: String,
    /// When.
    pub at: Timestamp,
}

impl Lessons {
    pub(crate) fn learn(&mut self, no: LessonNo, lesson: Lesson) {
        self.last = self.last.max(no);
        self.kept.insert(no, lesson);
        while self.kept.len() > MAX_LESSONS {
            self.kept.pop_first();
        }
    }

    /// What a prompt reminds of, the newest first, each as one sentence.
    pub fn heeded(&self) -> Vec<String> {
        let newest = self.kept.values().rev().take(MOST_HEEDED);
        newest.map(Lesson::sentence).collect()
    }
}

impl Lesson {
    /// As a writer should hear it.
    pub fn sentence(&self) -> String {
        let kind = match self.code {
            Some(ReasonCode::Other) | None => String::new(),
            Some(code) => format!(" because it {}", code.says()),
        };
        format!("\"{}\" was turned down{kind}: {}", self.about, self.said)
    }
}
