//! Forms: what a button asks before anything is done, and what is done with the answer.
//!
//! A thread is edited in up to five boxes, the most that a form has; where it is longer, a box holds several posts with
//! a line of `---` between them. Pictures and reply settings stay with their posts.

use std::collections::BTreeMap;

use clara_domain::command::Settlement;
use clara_domain::content::{Content, Segment};
use clara_domain::ids::{AttemptNo, PostId, RevisionNo};
use clara_domain::tweet::ReasonCode;
use clara_domain::{Command, Tweet};
use serenity::model::application::{ActionRowComponent, ModalInteractionData};

use super::asked::Asker;
use super::click::{is_over, known_text};
use super::{Interactions, Turn, note};
use crate::discord::api::ApiError;
use crate::discord::custom_id::{Action, CustomId};
use crate::discord::escape::length;
use crate::discord::message::{Callback, FIVE, INPUT, Input, Message, Modal};
use crate::discord::texts::clicks;
use crate::discord::texts::forms::{self, Ask, SEPARATOR};

/// The form of a button; none where the text does not fit one.
pub(super) fn open(id: &CustomId, tweet: &Tweet) -> Option<Modal> {
    let short = tweet.id.short();
    match ask(id.action) {
        Some(ask) => Some(Modal::new(
            *id,
            &forms::title(ask, &short),
            forms::inputs(ask),
        )),
        None => Some(Modal::new(*id, &forms::edit_title(&short), boxes(tweet)?)),
    }
}

fn ask(action: Action) -> Option<Ask> {
    match action {
        Action::Reject => Some(Ask::Reject),
        Action::Regenerate => Some(Ask::Regenerate),
        Action::Override => Some(Ask::Override),
        Action::Live => Some(Ask::Live),
        Action::Delete => Some(Ask::Delete),
        Action::Edit
        | Action::Approve
        | Action::Now
        | Action::Next
        | Action::Drop
        | Action::Again
        | Action::Retry
        | Action::Back(_)
        | Action::Forth(_) => None,
    }
}

fn boxes(tweet: &Tweet) -> Option<Vec<Input>> {
    let none = Content::texts([""; 0]);
    let content = tweet.current().map_or(&none, |revision| &revision.content);
    let posts: Vec<&str> = content
        .segments
        .iter()
        .map(|post| post.text.as_str())
        .collect();
    if posts.is_empty() {
        return Some(vec![Input::paragraph(
            "text-0",
            &forms::edit_label(1, 1, 1),
        )]);
    }
    let each = posts.len().div_ceil(FIVE);
    let mut boxes = Vec::new();
    for (index, group) in posts.chunks(each).enumerate() {
        let text = group.join(&format!("\n{SEPARATOR}\n"));
        if length(&text) > INPUT {
            return None;
        }
        let first = index * each + 1;
        let label = forms::edit_label(first, first + group.len() - 1, posts.len());
        let input = Input::paragraph(&format!("text-{index}"), &label).filled(text);
        boxes.push(if posts.len() > 1 {
            input.optional().hint(forms::edit_hint())
        } else {
            input
        });
    }
    Some(boxes)
}

/// The command of a form with words in place of those still to be typed.
pub(super) fn probe(id: &CustomId, tweet: &Tweet) -> Option<Command> {
    match id.action {
        Action::Edit => {
            let content = tweet.current().map_or_else(
                || Content::texts(["…"]),
                |revision| revision.content.clone(),
            );
            Some(Command::Edit {
                tweet: id.tweet,
                revision: RevisionNo(id.seen),
                content,
            })
        }
        Action::Live => said(id, None, "1"),
        Action::Reject | Action::Regenerate | Action::Override | Action::Delete => {
            said(id, None, "…")
        }
        Action::Approve
        | Action::Now
        | Action::Next
        | Action::Drop
        | Action::Again
        | Action::Retry
        | Action::Back(_)
        | Action::Forth(_) => None,
    }
}

/// The command of a form that is not about the text itself; none where a link names no post.
fn said(id: &CustomId, code: Option<ReasonCode>, text: &str) -> Option<Command> {
    let (tweet, revision, text) = (id.tweet, RevisionNo(id.seen), text.to_owned());
    match ask(id.action)? {
        Ask::Reject => Some(Command::Reject {
            tweet,
            revision,
            code,
            reason: text,
        }),
        Ask::Regenerate => Some(Command::Regenerate {
            tweet,
            revision,
            feedback: text,
        }),
        Ask::Override => Some(Command::Override {
            tweet,
            revision,
            reason: text,
        }),
        Ask::Delete => Some(Command::Delete {
            tweet,
            reason: text,
        }),
        Ask::Live => Some(Command::Settle {
            tweet,
            attempt: AttemptNo(id.seen),
            answer: Settlement::Live {
                post: post_id(&text)?,
            },
        }),
    }
}

/// The kind of reason that somebody typed; a word that is none comes back with the one that is nearest to it.
fn kind(typed: &str) -> Result<Option<ReasonCode>, (&str, ReasonCode)> {
    let given = typed.trim();
    if given.is_empty() {
        return Ok(None);
    }
    let word: String = given.to_lowercase().chars().take(64).collect();
    let distance = |code: &ReasonCode| strsim::levenshtein(&word, code.name());
    let near = ReasonCode::ALL.into_iter().min_by_key(distance);
    match near.unwrap_or(ReasonCode::Other) {
        code if code.name() == word => Ok(Some(code)),
        near => Err((given, near)),
    }
}

/// The number at the end of a post's link, or a bare number.
fn post_id(text: &str) -> Option<PostId> {
    let text = text.trim();
    let number = match text.split_once("/status/") {
        Some((_, rest)) => rest.split(|c: char| !c.is_ascii_digit()).next()?,
        None => text,
    };
    PostId::new(number).ok()
}

impl Interactions {
    pub(super) async fn form(
        &self,
        turn: &Turn,
        asker: &Asker,
        data: &ModalInteractionData,
    ) -> Result<(), ApiError> {
        let Ok(id) = data.custom_id.parse::<CustomId>() else {
            return self.refuse(turn, &clicks::unknown_button()).await;
        };
        note("what", format_args!("{} (form)", id.action));
        self.answer(turn, &Callback::Defer).await?;
        let _alone = self.turns.wait(id.tweet).await;
        let text = self
            .submit(asker, &id, &typed(data))
            .await
            .unwrap_or_else(|text| text);
        self.fulfil(turn, &[Message::text(text)]).await
    }

    async fn submit(
        &self,
        asker: &Asker,
        id: &CustomId,
        typed: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let client = self.holder(id).ok_or_else(clicks::unknown_tweet)?;
        let tweet = client.tweet(id.tweet).ok_or_else(clicks::unknown_tweet)?;
        known_text(id, tweet)?;
        if is_over(id, tweet) {
            return Err(clicks::no_longer(id.action, &client, tweet));
        }
        let words = typed.get("said").map(String::as_str).unwrap_or_default();
        let command = match id.action {
            Action::Edit => edit(id, tweet, typed)?,
            _ => {
                let code = kind(typed.get("kind").map_or("", String::as_str))
                    .map_err(|(given, near)| clicks::unknown_kind(given, near, words))?;
                said(id, code, words).ok_or_else(|| clicks::not_a_post(words))?
            }
        };
        let decided = self.execute_on(asker, &client, id.tweet, command).await;
        let client = decided.map_err(|trouble| {
            trouble.log();
            trouble.text()
        })?;
        let tweet = client.tweet(id.tweet).ok_or_else(clicks::unknown_tweet)?;
        Ok(clicks::done(id.action, &client, tweet))
    }
}

fn edit(id: &CustomId, tweet: &Tweet, typed: &BTreeMap<String, String>) -> Result<Command, String> {
    let revision = RevisionNo(id.seen);
    // Media belong to the posts of the revision that the person saw.
    let seen = tweet
        .revisions
        .iter()
        .find(|written| written.no == revision);
    let content = rebuilt(seen.map(|written| &written.content), typed);
    if seen.is_some_and(|written| written.content == content) && revision == tweet.revision() {
        return Err(clicks::same_text());
    }
    Ok(Command::Edit {
        tweet: id.tweet,
        revision,
        content,
    })
}

fn rebuilt(seen: Option<&Content>, typed: &BTreeMap<String, String>) -> Content {
    let mut boxes: Vec<(usize, &str)> = typed
        .iter()
        .filter_map(|(name, text)| Some((name.strip_prefix("text-")?.parse().ok()?, text.as_str())))
        .collect();
    boxes.sort();
    let texts: Vec<String> = boxes.iter().flat_map(|(_, text)| posts(text)).collect();
    let old: &[Segment] = seen.map_or(&[], |content| &content.segments);
    let segments = texts.iter().enumerate().map(|(index, text)| Segment {
        media: old
            .get(index)
            .map(|post| post.media.clone())
            .unwrap_or_default(),
        ..Segment::text(text)
    });
    Content {
        segments: segments.collect(),
        reply_settings: seen
            .map(|content| content.reply_settings)
            .unwrap_or_default(),
    }
}

/// The posts in one box; an empty one is none.
fn posts(text: &str) -> Vec<String> {
    let mut posts = vec![String::new()];
    for line in text.lines() {
        if line.trim() == SEPARATOR {
            posts.push(String::new());
        } else if let Some(post) = posts.last_mut() {
            post.push_str(line);
            post.push('\n');
        }
    }
    let trimmed = posts.iter().map(|post| post.trim().to_owned());
    trimmed.filter(|post| !post.is_empty()).collect()
}

fn typed(data: &ModalInteractionData) -> BTreeMap<String, String> {
    let parts = data.components.iter().flat_map(|row| &row.components);
    parts
        .filter_map(|part| match part {
            ActionRowComponent::InputText(input) => Some((
                input.custom_id.clone(),
                input.value.clone().unwrap_or_default(),
            )),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::discord::card::samples;
    use proptest::prelude::*;

    fn filled(modal: &Modal) -> BTreeMap<String, String> {
        let body = serde_json::to_value(modal).unwrap();
        let inputs = body["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["components"][0].clone());
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        inputs
            .map(|input| (text(&input["custom_id"]), text(&input["value"])))
            .collect()
    }

    fn edit_of(tweet: &Tweet) -> CustomId {
        samples::custom_id(tweet, Action::Edit)
    }

    #[test]
    fn a_form_sent_back_untouched_is_the_same_text() {
        let (_, tweet) = samples::validated();
        let modal = open(&edit_of(&tweet), &tweet).unwrap();
        assert_eq!(
            edit(&edit_of(&tweet), &tweet, &filled(&modal)),
            Err(clicks::same_text())
        );
    }

    #[test]
    fn a_link_or_a_number_names_a_post() {
        for text in [
            "123",
            " https://x.com/a/status/123?s=20 ",
            "https://x.com/a/status/123/photo/1",
        ] {
            assert_eq!(post_id(text), PostId::new("123").ok(), "{text}");
        }
        for text in ["", "yes", "https://x.com/a", "https://x.com/a/status/"] {
            assert_eq!(post_id(text), None, "{text}");
        }
    }

    #[test]
    fn an_emptied_box_takes_the_post_out_and_a_separator_makes_two() {
        let typed = [
            ("text-0", "one\n---\ntwo"),
            ("text-1", " \n"),
            ("text-2", "three"),
        ];
        let typed = typed
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        assert_eq!(
            rebuilt(None, &typed),
            Content::texts(["one", "two", "three"])
        );
    }

    #[test]
    fn a_kind_of_reason_is_one_of_the_words_or_the_nearest_is_named() {
        assert_eq!(kind("  "), Ok(None));
        assert_eq!(kind(" Voice "), Ok(Some(ReasonCode::Voice)));
        for code in ReasonCode::ALL {
            assert_eq!(kind(code.name()), Ok(Some(code)));
        }
        assert_eq!(kind("voise"), Err(("voise", ReasonCode::Voice)));
        assert_eq!(kind("fact"), Err(("fact", ReasonCode::Facts)));
        assert!(kind(&"🎉".repeat(4000)).is_err());
    }

    #[test]
    fn forms_keep_to_what_discord_takes() {
        for (name, _, tweet) in samples::all() {
            for action in Action::ALL.into_iter().filter(|action| action.asks()) {
                let id = CustomId {
                    action,
                    tweet: tweet.id,
                    seen: u32::MAX,
                    text: u64::MAX,
                };
                let modal = open(&id, &tweet).unwrap();
                assert!(
                    length(&modal.title) <= 45 && modal.components.len() <= FIVE,
                    "{name}"
                );
                let body = serde_json::to_value(&modal).unwrap();
                for row in body["components"].as_array().unwrap() {
                    let input = &row["components"][0];
                    assert!(length(input["label"].as_str().unwrap()) <= 45);
                    assert!(length(input["placeholder"].as_str().unwrap_or_default()) <= 100);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_thread_reads_back_from_its_form(texts in prop::collection::vec("[a-zé#👍]{1,40}( [a-z]{1,9}\n?){0,5}", 1..=25)) {
            let (_, mut tweet) = samples::validated();
            let content = Content::texts(&texts);
            tweet.revisions.last_mut().unwrap().content = content.clone();
            let modal = open(&edit_of(&tweet), &tweet).unwrap();
            prop_assert_eq!(rebuilt(None, &filled(&modal)), content);
        }
    }
}
