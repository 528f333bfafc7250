//! A model that writes something new each time, badly when it is drawn so, and at times nothing.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use clara_actors::ports::LanguageModel;
use clara_actors::ports::model::{
    Billed, ChatAnswer, ChatRequest, Fault, Finish, ModelError, Usage,
};
use serde_json::{Value, json};

use super::scenario::{FORBIDDEN, HARMFUL};
use super::world::{World, lock, scripted_panic};

/// What the model has said.
#[derive(Debug, Default)]
pub(crate) struct ModelState {
    written: u64,
}

/// See the module.
pub(crate) struct SimModel(pub(crate) Arc<World>);

/// What comes of a question.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    Forbidden,
    Harmful,
    TooLong,
    TooFew,
    NoJson,
    CutOff,
    Declined,
    Throttled,
    Away,
    NotEntitled,
    BadRequest,
    Panic,
    Hang,
}

const TROUBLES: [Trouble; 13] = [
    Trouble::Forbidden,
    Trouble::Harmful,
    Trouble::TooLong,
    Trouble::TooFew,
    Trouble::NoJson,
    Trouble::CutOff,
    Trouble::Declined,
    Trouble::Throttled,
    Trouble::Away,
    Trouble::NotEntitled,
    Trouble::BadRequest,
    Trouble::Panic,
    Trouble::Hang,
];

impl World {
    /// A text that nobody has written before. Some are such as X shows in another form.
    pub(crate) fn new_text(&self, writer: &str) -> String {
        let no = {
            let mut model = lock(&self.model);
            model.written += 1;
            model.written
        };
        match self.dice().roll(8) {
            0 => format!("{writer} caf\u{e9} {no}"),
            1 => format!("{writer} two  spaces {no}"),
            2 => format!("{writer} example.com/{no}"),
            _ => format!("{writer} {no}"),
        }
    }
}

impl SimModel {
    fn texts(&self, request: &ChatRequest, segments: u64, decoration: &str) -> Vec<Value> {
        let count = items(&request.schema["properties"]["candidates"]);
        let one = || -> Vec<String> {
            let texts = (0..segments).map(|_| self.0.new_text("model"));
            texts.map(|text| format!("{text}{decoration}")).collect()
        };
        (0..count).map(|_| json!({ "segments": one() })).collect()
    }

    fn answer(&self, request: &ChatRequest, trouble: Option<Trouble>) -> ChatAnswer {
        let list = &request.schema["properties"]["candidates"];
        let asked = items(&list["items"]["properties"]["segments"]);
        let (segments, decoration) = match trouble {
            Some(Trouble::Forbidden) => (asked, format!(" {FORBIDDEN}")),
            Some(Trouble::Harmful) => (asked, format!(" {HARMFUL}")),
            Some(Trouble::TooLong) => (asked, " long".repeat(60)),
            Some(Trouble::TooFew) => (asked - 1, String::new()),
            _ => (asked, String::new()),
        };
        let texts = self.texts(request, segments, &decoration);
        let mut content = json!({ "candidates": texts }).to_string();
        if let Some(Trouble::NoJson) = trouble {
            content = "Here you are:".to_owned();
        }
        ChatAnswer {
            model: "scripted".to_owned(),
            content,
            finish: match trouble {
                Some(Trouble::CutOff) => Finish::CutOff,
                Some(Trouble::Declined) => Finish::Declined {
                    reason: "I would rather not".to_owned(),
                },
                _ => Finish::Complete,
            },
            usage: Usage::default(),
        }
    }
}

fn items(list: &Value) -> u64 {
    list["maxItems"].as_u64().unwrap_or(1)
}

#[async_trait]
impl LanguageModel for SimModel {
    async fn chat(&self, request: &ChatRequest) -> Result<ChatAnswer, ModelError> {
        let world = &self.0;
        world.enter("before it asks the model").await;
        // A question names its client: the first line of the prompt ends with it.
        let whom = world.books(|books| books.client_named_in(&request.system));
        world.dawdle(Duration::from_secs(700), whom.as_ref()).await;
        let trouble = world
            .strikes(world.weather().model, whom.as_ref())
            .then(|| world.dice().pick(&TROUBLES));
        world.enter("while the model writes").await;
        if let Some(trouble) = trouble {
            world.note("model", || format!("{trouble:?}"));
        }
        let reason = || "so the dice said".to_owned();
        match trouble {
            Some(Trouble::Throttled) => Err(ModelError::Throttled {
                reason: reason(),
                retry_after: Some(Duration::from_secs(world.dice().roll(120))),
            }),
            Some(Trouble::Away) => Err(ModelError::Unavailable {
                reason: reason(),
                billed: Billed::Perhaps,
            }),
            Some(Trouble::NotEntitled) => Err(ModelError::NotEntitled { reason: reason() }),
            Some(Trouble::BadRequest) => Err(ModelError::BadRequest {
                reason: reason(),
                fault: Fault::Form,
            }),
            Some(Trouble::Panic) => scripted_panic("the model"),
            Some(Trouble::Hang) => std::future::pending().await,
            _ => Ok(self.answer(request, trouble)),
        }
    }
}
