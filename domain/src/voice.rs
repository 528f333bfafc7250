//! How a client sounds: what the model is told of it, in the client's own words.
//!
//! All of it goes into the prompt; what a finished text must not say is checked by the rules, which are settled apart.

use serde::{Deserialize, Serialize};

/// How the client sounds. What is left out is not mentioned to the model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Voice {
    /// Who speaks, to whom, in which tone: goes into the prompt as it is.
    pub persona: String,
    /// What a text of the client does.
    #[serde(rename = "do")]
    pub dos: Vec<String>,
    /// What it never does.
    #[serde(rename = "dont")]
    pub donts: Vec<String>,
    /// Tweets that sound right.
    pub examples: Vec<String>,
    /// What the client talks about.
    pub topics: Vec<String>,
    /// The languages it writes in, the usual one first.
    pub languages: Vec<Language>,
    /// How it uses hashtags.
    pub hashtags: HashtagHabit,
    /// How it uses emoji.
    pub emoji: Option<EmojiHabit>,
    /// Links that it may use: URLs, or domains.
    pub links: Vec<String>,
    /// What it must never claim, in words: told to the model.
    pub forbidden_claims: Vec<String>,
}

impl Voice {
    /// How many characters of it the model reads.
    pub fn length(&self) -> usize {
        let lists = [
            &self.dos,
            &self.donts,
            &self.examples,
            &self.topics,
            &self.hashtags.preferred,
            &self.links,
            &self.forbidden_claims,
        ];
        let items = lists.into_iter().flatten().chain([&self.persona]);
        items.map(|text| text.chars().count()).sum()
    }
}

/// How many hashtags, and which.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HashtagHabit {
    /// The most in one tweet; none where it does not matter.
    pub max: Option<u8>,
    /// Those it likes to use, with or without `#`.
    pub preferred: Vec<String>,
}

/// How many emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmojiHabit {
    /// Never one.
    None,
    /// One now and then.
    Sparing,
    /// As it likes.
    Free,
}

/// A language by its tag: two or three letters, perhaps a region, such as `en` or `de-AT`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a tag; letters may be in any case.
    pub fn new(tag: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{tag}` is not a language: expected a tag such as `en`, `nb` or `de-AT`");
        let letters = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic())
        };
        let (language, region) = match tag.split_once('-') {
            Some((language, region)) => (language, Some(region)),
            None => (tag, None),
        };
        if !letters(language, 2..=3) || !region.is_none_or(|region| letters(region, 2..=2)) {
            return Err(wrong());
        }
        let region = region.map(|region| format!("-{}", region.to_ascii_uppercase()));
        let language = language.to_ascii_lowercase();
        Ok(Self(language + region.as_deref().unwrap_or_default()))
    }

    /// The whole tag, such as `de-AT`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without its region: ISO 639-1 or -3, such as `de`.
    pub fn code(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }
}

impl TryFrom<String> for Language {
    type Error = String;
    fn try_from(tag: String) -> Result<Self, String> {
        Self::new(&tag)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_voice_of_an_older_record_is_read() {
        let old = r#"{"persona":"Warm.","examples":["Open early."]}"#;
        let voice: Voice = serde_json::from_str(old).unwrap();
        assert_eq!((voice.persona.as_str(), voice.emoji), ("Warm.", None));
        assert_eq!(voice.length(), "Warm.Open early.".len());
        let again = serde_json::to_string(&voice).unwrap();
        assert_eq!(serde_json::from_str::<Voice>(&again).unwrap(), voice);
    }

    #[test]
    fn a_habit_that_is_misspelt_is_refused() {
        for wrong in [
            r#"{"personna":""}"#,
            r#"{"emoji":"lots"}"#,
            r#"{"hashtags":{"maximum":2}}"#,
            r#"{"hashtags":{"max":300}}"#,
            r#"{"languages":["english"]}"#,
        ] {
            assert!(serde_json::from_str::<Voice>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_language_is_a_tag() {
        let tag = |text: &str| Language::new(text).map(|language| language.0);
        assert_eq!(tag("DE-at").unwrap(), "de-AT");
        assert_eq!(Language::new("nb-NO").unwrap().code(), "nb");
        for wrong in ["", "e", "english", "en-", "en_GB", "e1", "-GB", "en-GBR"] {
            let error = tag(wrong).unwrap_err();
            assert!(error.contains("expected a tag"), "{error}");
        }
    }
}
