//! The names of what is billed, the same on both sides.

use std::collections::BTreeMap;

use super::grouped;

/// Something that is counted on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing<'m> {
    Answers(&'m str),
    PromptTokens(&'m str),
    CachedTokens(&'m str),
    AnswerTokens(&'m str),
    ReasoningTokens(&'m str),
    VectorTokens(&'m str),
    Moderated,
    Posts,
    PostsWithLink,
    PostsRead,
    AccountsRead,
    PostsDeleted,
}

impl Thing<'_> {
    /// As it is called in an account.
    pub(super) fn name(self) -> String {
        match self {
            Self::Answers(model) => format!("answers of {model}"),
            Self::PromptTokens(model) => format!("prompt tokens of {model}"),
            Self::CachedTokens(model) => format!("cached tokens of {model}"),
            Self::AnswerTokens(model) => format!("answer tokens of {model}"),
            Self::ReasoningTokens(model) => format!("reasoning tokens of {model}"),
            Self::VectorTokens(model) => format!("tokens made into vectors by {model}"),
            Self::Moderated => "texts moderated".to_owned(),
            Self::Posts => "posts".to_owned(),
            Self::PostsWithLink => "posts with a link".to_owned(),
            Self::PostsRead => "posts read".to_owned(),
            Self::AccountsRead => "accounts read".to_owned(),
            Self::PostsDeleted => "posts deleted".to_owned(),
        }
    }

    /// What there is of everything, in a line: cached and reasoning tokens are part of the others.
    pub(super) fn told(side: &BTreeMap<String, u64>) -> String {
        let sum = |beginnings: &[&str]| -> u64 {
            let is_meant = |name: &str| beginnings.iter().any(|b| name.starts_with(b));
            let meant = side.iter().filter(|(name, _)| is_meant(name));
            meant.map(|(_, count)| count).sum()
        };
        let of = |thing: Self| side.get(&thing.name()).copied().unwrap_or(0);
        let kinds = [
            (sum(&["prompt tokens", "answer tokens"]), "token"),
            (
                sum(&["tokens made into vectors"]),
                "token made into vectors",
            ),
            (of(Self::Moderated), "moderated text"),
            (of(Self::Posts), "post"),
            (of(Self::PostsWithLink), "post with a link"),
            (of(Self::PostsRead), "post read"),
            (of(Self::AccountsRead), "account read"),
            (of(Self::PostsDeleted), "post deleted"),
        ];
        let told = kinds.into_iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> = told.map(|(count, one)| counted(count, one)).collect();
        match told.is_empty() {
            true => "nothing".to_owned(),
            false => told.join(", "),
        }
    }
}

/// `12 posts with a link`: it is the first word that has a plural, but for the moderated.
fn counted(count: u64, one: &str) -> String {
    let number = grouped(count);
    if count == 1 {
        return format!("{number} {one}");
    }
    match one.split_once(' ') {
        Some(("moderated", text)) => format!("{number} moderated {text}s"),
        Some((first, rest)) => format!("{number} {first}s {rest}"),
        None => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_is_told_in_a_line() {
        let side = [
            (Thing::PromptTokens("a"), 1_000),
            (Thing::AnswerTokens("a"), 234),
            (Thing::CachedTokens("a"), 128),
            (Thing::PostsWithLink, 2),
            (Thing::AccountsRead, 1),
            (Thing::Moderated, 3),
            (Thing::VectorTokens("b"), 40),
        ];
        let side = side.map(|(thing, count)| (thing.name(), count)).into();
        assert_eq!(
            Thing::told(&side),
            "1,234 tokens, 40 tokens made into vectors, 3 moderated texts, 2 posts with a link, 1 account read"
        );
        assert_eq!(Thing::told(&BTreeMap::new()), "nothing");
    }
}
