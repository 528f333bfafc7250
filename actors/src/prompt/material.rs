//! What a template may use: the request, what is known beside it, and how much of either where the model reads only so
//! much.

use clara_domain::effect::{CheckRequest, GenerationRequest};
use serde_json::{Value, json};

/// What is known beside the request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Material {
    /// What the client's knowledge says about the brief, the best first.
    pub passages: Vec<Passage>,
    /// What was learned from texts that were turned down, the newest first.
    pub lessons: Vec<String>,
}

/// A piece of what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// The note that it is from.
    pub title: String,
    /// What it says.
    pub text: String,
}

/// How much is left out of a question: for one that the service calls too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Squeeze(u8);

impl Squeeze {
    /// Nothing is left out.
    pub const WHOLE: Self = Self(0);
    /// The brief, the feedback, the rules and the persona are all that is left.
    const HARDEST: Self = Self(3);

    /// The next shorter question; none beyond the shortest.
    pub fn harder(self) -> Option<Self> {
        (self < Self::HARDEST).then_some(Self(self.0 + 1))
    }

    /// How much of a list of so many is kept: all, half, the first, nothing.
    fn keep(self, count: usize) -> usize {
        match self.0 {
            0 => count,
            1 => count.div_ceil(2),
            2 => count.min(1),
            _ => 0,
        }
    }

    fn of<T: Clone>(self, list: &[T]) -> &[T] {
        &list[..self.keep(list.len())]
    }
}

/// The values of a template. [`super::version`] refuses templates that use others.
pub(super) fn values(request: &GenerationRequest, material: &Material, squeeze: Squeeze) -> Value {
    let mut voice = request.voice.clone();
    voice.examples = squeeze.of(&voice.examples).to_vec();
    let passages = squeeze.of(&material.passages).iter();
    let passages: Vec<Value> = passages
        .map(|passage| json!({ "title": passage.title, "text": passage.text }))
        .collect();
    json!({
        "client": request.client_name,
        "voice": voice,
        "brief": request.brief,
        "segments": request.segments,
        "candidates": request.candidates,
        "blocked_words": request.blocked_words,
        "min_words": request.min_words,
        "passages": passages,
        "lessons": squeeze.of(&material.lessons),
        "said": squeeze.of(&request.said),
        "feedback": request.feedback,
        "previous": request.previous,
    })
}

/// The values of the template of the judge.
pub(super) fn values_of_judge(request: &CheckRequest) -> Value {
    json!({ "client": request.client_name, "voice": request.voice })
}

/// What [`samples`] are for the judge.
pub(super) fn samples_of_judge() -> [Value; 2] {
    samples().map(|sample| json!({ "client": sample["client"], "voice": sample["voice"] }))
}

/// Two requests between which every branch of a template can be taken: one that holds everything, one that holds only
/// what is always there.
pub(super) fn samples() -> [Value; 2] {
    let texts = json!(["One.", "Two."]);
    let full = json!({
        "client": "Harbour Coffee",
        "voice": {
            "persona": "Warm.", "do": texts, "dont": texts, "examples": texts, "topics": texts,
            "languages": ["en", "nb"], "hashtags": { "max": 2, "preferred": ["#coffee"] },
            "emoji": "sparing", "links": ["harbour.example"], "forbidden_claims": texts,
        },
        "brief": "New roast on Friday.", "segments": 2, "candidates": 3, "blocked_words": texts,
        "min_words": 4,
        "passages": [{ "title": "Opening hours", "text": "From 7 to 5." }],
        "lessons": texts, "said": texts, "feedback": texts, "previous": texts,
    });
    let none = json!([]);
    let empty = json!({
        "client": "Harbour Coffee",
        "voice": {
            "persona": "", "do": none, "dont": none, "examples": none, "topics": none,
            "languages": none, "hashtags": { "max": null, "preferred": none },
            "emoji": null, "links": none, "forbidden_claims": none,
        },
        "brief": "New roast on Friday.", "segments": 1, "candidates": 1, "blocked_words": none,
        "min_words": 0,
        "passages": none, "lessons": none, "said": none, "feedback": none, "previous": null,
    });
    [full, empty]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_gets_shorter_until_only_the_brief_is_left() {
        let mut squeeze = Some(Squeeze::WHOLE);
        let mut kept = Vec::new();
        while let Some(now) = squeeze {
            kept.push((now.keep(8), now.keep(3), now.keep(0)));
            squeeze = now.harder();
        }
        assert_eq!(kept, [(8, 3, 0), (4, 2, 0), (1, 1, 0), (0, 0, 0)]);
    }
}
