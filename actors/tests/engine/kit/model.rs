//! A model that says what it is told to, and otherwise something new each time.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use clara_actors::ports::model::{
    ChatAnswer, ChatRequest, Finish, LanguageModel, ModelError, Usage,
};
use serde_json::json;

use super::diary::{Diary, Gate, lock, scripted_panic};

/// What each answer takes.
pub(crate) const USAGE: Usage = Usage {
    prompt: 100,
    cached: 40,
    completion: 50,
    reasoning: 0,
};

/// An answer to be given.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// So many candidates as asked for, each new.
    Fresh,
    /// These candidates of one segment.
    Texts(Vec<String>),
    /// This, whatever it is.
    Raw(String, Finish),
    Error(ModelError),
    Panic,
    Hang,
}

/// See the module. Clones are one.
#[derive(Clone)]
pub(crate) struct ScriptedModel {
    state: Arc<Mutex<State>>,
    pub(crate) gate: Gate,
    diary: Diary,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Reply>,
    asked: Vec<ChatRequest>,
    written: usize,
}

impl ScriptedModel {
    pub(crate) fn new(diary: &Diary) -> Self {
        Self {
            state: Arc::default(),
            gate: Gate::default(),
            diary: diary.clone(),
        }
    }

    /// The next answers, before it goes back to its own.
    pub(crate) fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        lock(&self.state).queue.extend(replies);
    }

    /// Every question so far.
    pub(crate) fn asked(&self) -> Vec<ChatRequest> {
        lock(&self.state).asked.clone()
    }

    fn reply(&self, request: &ChatRequest) -> Reply {
        let mut state = lock(&self.state);
        state.asked.push(request.clone());
        state.queue.pop_front().unwrap_or(Reply::Fresh)
    }

    fn fresh(&self, request: &ChatRequest) -> String {
        let mut state = lock(&self.state);
        let list = &request.schema["properties"]["candidates"];
        let count = |list: &serde_json::Value| list["maxItems"].as_u64().unwrap();
        let segments = count(&list["items"]["properties"]["segments"]);
        let mut candidates = Vec::new();
        for _ in 0..count(list) {
            state.written += 1;
            let no = state.written;
            let texts: Vec<String> = (1..=segments)
                .map(|segment| words(1_000 * no as u64 + segment))
                .collect();
            candidates.push(json!({ "segments": texts }));
        }
        json!({ "candidates": candidates }).to_string()
    }
}

/// A sentence of made-up words that no other number has: two clients must not say nearly the same.
fn words(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut syllable = || {
        state = state.rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let [consonant, vowel, ..] = state.to_be_bytes();
        let letter = |letters: &str, at: u8| {
            let at = usize::from(at) % letters.len();
            letters.chars().nth(at).unwrap()
        };
        [letter("bdfgklmnprstv", consonant), letter("aeiou", vowel)]
    };
    let mut word = || (0..3).flat_map(|_| syllable()).collect::<String>();
    let words: Vec<String> = (0..8).map(|_| word()).collect();
    words.join(" ")
}

fn answer(content: String, finish: Finish) -> ChatAnswer {
    ChatAnswer {
        model: "scripted".to_owned(),
        content,
        finish,
        usage: USAGE,
    }
}

#[async_trait]
impl LanguageModel for ScriptedModel {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError> {
        self.diary.enter().await;
        let reply = self.reply(request);
        self.gate.pass().await;
        self.diary.enter().await;
        match reply {
            Reply::Fresh => Ok(answer(self.fresh(request), Finish::Complete)),
            Reply::Texts(texts) => {
                let candidates: Vec<_> = texts
                    .iter()
                    .map(|text| json!({ "segments": [text] }))
                    .collect();
                let content = json!({ "candidates": candidates }).to_string();
                Ok(answer(content, Finish::Complete))
            }
            Reply::Raw(content, finish) => Ok(answer(content, finish)),
            Reply::Error(error) => Err(error),
            Reply::Panic => scripted_panic("the model"),
            Reply::Hang => std::future::pending().await,
        }
    }
}
