//! A post as the API gives it back: the fields that were asked for, in the vocabulary that the request speaks.
//! Without any asked for there are `id`, `text` and the edit history.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Settings;
use super::posts::Post;
use super::problem::Problem;
use super::read::{Query, list, one};
use super::state::State;
use super::text;

const POST_FIELDS: &[&str] = &[
    "article",
    "attachments",
    "author_id",
    "card_uri",
    "community_id",
    "context_annotations",
    "conversation_id",
    "created_at",
    "display_text_range",
    "edit_controls",
    "edit_history_post_ids",
    "edit_history_tweet_ids",
    "entities",
    "geo",
    "id",
    "in_reply_to_user_id",
    "lang",
    "media_metadata",
    "non_public_metrics",
    "note_post",
    "note_tweet",
    "organic_metrics",
    "paid_partnership",
    "possibly_sensitive",
    "promoted_metrics",
    "public_metrics",
    "referenced_posts",
    "referenced_tweets",
    "reply_settings",
    "scopes",
    "source",
    "text",
    "username",
    "withheld",
];

/// Which fields of a post are asked for, and in whose vocabulary.
pub(super) struct Fields {
    names: Vec<String>,
    pub(super) newer: bool,
}

impl Fields {
    /// Reads `tweet.fields` or `post.fields`.
    pub(super) fn asked(query: &Query, settings: Settings) -> Result<Self, Problem> {
        let (older, newer) = (
            one(query, "tweet.fields").is_some(),
            one(query, "post.fields").is_some(),
        );
        let parameter = if newer { "post.fields" } else { "tweet.fields" };
        let names = list(query, parameter);
        if let Some(strange) = names
            .iter()
            .find(|name| !POST_FIELDS.contains(&name.as_str()))
        {
            let message = format!(
                "The `{parameter}` query parameter value [{strange}] is not one of [{}]",
                POST_FIELDS.join(",")
            );
            return Err(Problem::invalid(parameter, message));
        }
        Ok(Self {
            names,
            newer: newer || (settings.newer && !older),
        })
    }

    fn wants(&self, older: &str, newer: &str) -> bool {
        self.names.iter().any(|name| name == older || name == newer)
    }

    /// The post as JSON.
    pub(super) fn render(&self, state: &State, post: &Post) -> Value {
        let word =
            |older: &'static str, newer: &'static str| if self.newer { newer } else { older };
        let id = post.id.to_string();
        let (short, is_long) = shortened(&post.text);
        let (text, entities) = text::rendered(&short, post.id);
        let mut out = json!({ "id": id, "text": text });
        out[word("edit_history_tweet_ids", "edit_history_post_ids")] = json!([id]);
        if let Some(entities) = entities.filter(|_| self.wants("entities", "entities")) {
            out["entities"] = entities;
        }
        if is_long && self.wants("note_tweet", "note_post") {
            out[word("note_tweet", "note_post")] = note(post);
        }
        if let Some(to) = post
            .reply_to
            .filter(|_| self.wants("referenced_tweets", "referenced_posts"))
        {
            out[word("referenced_tweets", "referenced_posts")] =
                json!([{ "type": "replied_to", "id": to.to_string() }]);
        }
        self.plain_fields(state, post, &mut out);
        out
    }

    fn plain_fields(&self, state: &State, post: &Post, out: &mut Value) {
        let author = || {
            state
                .account(&post.handle)
                .map(|account| account.user_id.to_string())
        };
        for name in &self.names {
            match name.as_str() {
                "created_at" => out["created_at"] = timestamp(post.created_at).into(),
                "author_id" => out["author_id"] = json!(author()),
                "in_reply_to_user_id" if post.reply_to.is_some() => {
                    out["in_reply_to_user_id"] = json!(author())
                }
                "conversation_id" => {
                    out["conversation_id"] = state.posts.root_of(post).to_string().into()
                }
                "lang" => out["lang"] = "en".into(),
                "possibly_sensitive" => out["possibly_sensitive"] = false.into(),
                "reply_settings" => {
                    out["reply_settings"] =
                        post.reply_settings.as_deref().unwrap_or("everyone").into();
                }
                "public_metrics" => out["public_metrics"] = self.metrics(),
                _ => {}
            }
        }
    }

    fn metrics(&self) -> Value {
        let reposts = if self.newer {
            "repost_count"
        } else {
            "retweet_count"
        };
        json!({
            reposts: 0, "reply_count": 0, "like_count": 0, "quote_count": 0, "bookmark_count": 0, "impression_count": 0,
        })
    }
}

fn note(post: &Post) -> Value {
    let (text, entities) = text::rendered(&post.text, post.id);
    let mut note = json!({ "text": text });
    if let Some(entities) = entities {
        note["entities"] = entities;
    }
    note
}

/// The part of a long post that its `text` holds, and whether there is more.
fn shortened(whole: &str) -> (String, bool) {
    if text::weight(whole) <= text::MAX_WEIGHT {
        return (whole.to_string(), false);
    }
    (
        whole
            .chars()
            .take(text::MAX_WEIGHT / 2)
            .chain(['…'])
            .collect(),
        true,
    )
}

/// As X writes times: milliseconds and a Z.
fn timestamp(at: Timestamp) -> String {
    format!("{at:.3}")
}
