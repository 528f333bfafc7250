//! `POST /2/tweets` and `DELETE /2/tweets/{id}`: what may be posted, and what X says to the rest.
//! Field names, patterns and bounds are those of `CreatePostsRequest` in spec 2.167.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Settings;
use super::billing::Charge;
use super::posts::{Post, Posts};
use super::problem::Problem;
use super::state::{Change, State};
use super::text;

const FIELDS: &[&str] = &[
    "card_uri",
    "community_id",
    "direct_message_deep_link",
    "edit_options",
    "for_super_followers_only",
    "geo",
    "made_with_ai",
    "media",
    "nullcast",
    "paid_partnership",
    "poll",
    "quote_tweet_id",
    "reply",
    "reply_settings",
    "share_with_followers",
    "text",
];
const REPLY_SETTINGS: &[&str] = &["following", "mentionedUsers", "subscribers", "verified"];

/// Creates a post from the request's body.
pub(super) fn create(
    state: &mut State,
    handle: &str,
    body: &[u8],
    settings: Settings,
    now: Timestamp,
) -> Result<Value, Problem> {
    let request = Request::parse(body)?;
    permitted(state, handle, &request, settings)?;
    let id = state.posts.next_id(now);
    let charge = if text::has_link(&request.text) {
        Charge::CreateWithUrl
    } else {
        Charge::Create
    };
    let (shown, _) = text::rendered(&request.text, id);
    state.record(Change::Post(Post {
        id,
        handle: handle.into(),
        text: request.text,
        created_at: now,
        reply_to: request.reply_to,
        reply_settings: request.reply_settings,
        made_with_ai: request.made_with_ai,
        deleted_at: None,
    }));
    state.bill(handle, charge, id, now);
    let mut data = json!({ "id": id.to_string(), "text": shown });
    if settings.newer {
        data["edit_history_post_ids"] = json!([id.to_string()]);
    }
    Ok(json!({ "data": data }))
}

/// Takes a post of `handle` down.
pub(super) fn delete(
    state: &mut State,
    handle: &str,
    id: &str,
    now: Timestamp,
) -> Result<Value, Problem> {
    let number = parse_id("id", id)?;
    let owner = state.posts.live(number).map(|post| post.handle.clone());
    match owner {
        None => Err(Problem::not_found("tweet", "id", id)),
        Some(owner) if owner != handle => Err(Problem::forbidden(
            "You are not authorized to delete this Tweet.",
        )),
        Some(_) => {
            state.record(Change::Delete {
                id: number,
                at: now,
            });
            state.bill(handle, Charge::Delete, number, now);
            Ok(json!({ "data": { "deleted": true } }))
        }
    }
}

/// An id as X writes it: 1 to 19 digits.
pub(super) fn parse_id(parameter: &str, value: &str) -> Result<u64, Problem> {
    let looks_right = (1..=19).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    let parsed = if looks_right {
        value.parse().ok()
    } else {
        None
    };
    parsed.ok_or_else(|| {
        let message = format!(
            "The `{parameter}` parameter value [{value}] is not valid: must match ^[0-9]{{1,19}}$"
        );
        Problem::invalid(parameter, message)
    })
}

struct Request {
    text: String,
    reply_to: Option<u64>,
    quotes: bool,
    has_media: bool,
    reply_settings: Option<String>,
    made_with_ai: bool,
}

impl Request {
    fn parse(body: &[u8]) -> Result<Self, Problem> {
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            Problem::invalid("body", format!("Request body is not valid JSON: {error}"))
        })?;
        let Value::Object(fields) = value else {
            return Err(Problem::invalid(
                "body",
                "Request body must be a JSON object",
            ));
        };
        if let Some(unknown) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
            let message = format!(
                "$.{unknown}: is not defined in the schema and the schema does not allow additional properties"
            );
            return Err(Problem::invalid(unknown, message));
        }
        let has_media = check_media(&fields)?;
        let has_poll = check_poll(&fields)?;
        let quotes = optional_id(&fields, "quote_tweet_id")?.is_some();
        if [has_media, has_poll, quotes]
            .into_iter()
            .filter(|set| *set)
            .count()
            > 1
        {
            let message = "media, poll and quote_tweet_id are mutually exclusive";
            return Err(Problem::invalid("media", message));
        }
        Ok(Self {
            text: typed(&fields, "text", Value::as_str, "string")?
                .unwrap_or_default()
                .to_string(),
            reply_to: reply_target(&fields)?,
            quotes,
            has_media,
            reply_settings: reply_settings(&fields)?,
            made_with_ai: typed(&fields, "made_with_ai", Value::as_bool, "boolean")?
                .unwrap_or_default(),
        })
    }
}

fn permitted(
    state: &State,
    handle: &str,
    request: &Request,
    settings: Settings,
) -> Result<(), Problem> {
    if request.text.trim().is_empty() && !request.has_media {
        return Err(Problem::invalid(
            "text",
            "Your Tweet text is missing: one of text or media must be given",
        ));
    }
    if request.has_media {
        return Err(Problem::invalid(
            "media.media_ids",
            "Your media IDs are invalid.",
        ));
    }
    if !settings.long_posts && text::weight(&request.text) > text::MAX_WEIGHT {
        return Err(Problem::forbidden(
            "Your Tweet text is too long. For more information visit https://docs.x.com.",
        ));
    }
    if text::cashtags(&request.text) > 1 {
        return Err(Problem::forbidden(
            "A post may contain one cashtag at most.",
        ));
    }
    if request.quotes {
        return Err(Problem::forbidden(
            "Quoting posts is not available at your access level.",
        ));
    }
    if let Some(id) = request.reply_to {
        may_reply(state, handle, id)?;
    }
    if !settings.repeats && state.posts.is_duplicate(handle, &request.text) {
        return Err(Problem::duplicate());
    }
    Ok(())
}

fn may_reply(state: &State, handle: &str, to: u64) -> Result<(), Problem> {
    match state.posts.live(to) {
        None => Err(Problem::forbidden(
            "You attempted to reply to a Tweet that is deleted or not visible to you.",
        )),
        Some(post) if !Posts::may_reply(post, handle) => Err(Problem::forbidden(
            "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.",
        )),
        Some(_) => Ok(()),
    }
}

fn typed<'a, T>(
    fields: &'a Map<String, Value>,
    name: &str,
    read: impl Fn(&'a Value) -> Option<T>,
    kind: &str,
) -> Result<Option<T>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::invalid(name, format!("$.{name}: must be {kind}"))),
        },
    }
}

fn optional_id(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, Problem> {
    typed(fields, name, Value::as_str, "string")?
        .map(|id| parse_id(name, id))
        .transpose()
}

fn reply_target(fields: &Map<String, Value>) -> Result<Option<u64>, Problem> {
    let Some(reply) = typed(fields, "reply", Value::as_object, "object")? else {
        return Ok(None);
    };
    match optional_id(reply, "in_reply_to_tweet_id")? {
        None => Err(Problem::invalid(
            "reply",
            "$.reply.in_reply_to_tweet_id: is missing but it is required",
        )),
        id => Ok(id),
    }
}

fn reply_settings(fields: &Map<String, Value>) -> Result<Option<String>, Problem> {
    match typed(fields, "reply_settings", Value::as_str, "string")? {
        Some(value) if !REPLY_SETTINGS.contains(&value) => {
            let message = format!(
                "$.reply_settings: does not have a value in the enumeration {REPLY_SETTINGS:?}"
            );
            Err(Problem::invalid("reply_settings", message))
        }
        value => Ok(value.map(String::from)),
    }
}

fn check_media(fields: &Map<String, Value>) -> Result<bool, Problem> {
    let Some(media) = typed(fields, "media", Value::as_object, "object")? else {
        return Ok(false);
    };
    let ids = typed(media, "media_ids", Value::as_array, "array")?.map_or(0, Vec::len);
    let bounds = "$.media.media_ids: must have between 1 and 4 items";
    if (1..=4).contains(&ids) {
        Ok(true)
    } else {
        Err(Problem::invalid("media.media_ids", bounds))
    }
}

fn check_poll(fields: &Map<String, Value>) -> Result<bool, Problem> {
    let Some(poll) = typed(fields, "poll", Value::as_object, "object")? else {
        return Ok(false);
    };
    let options = typed(poll, "options", Value::as_array, "array")?.map_or(&[][..], Vec::as_slice);
    let fits = |option: &Value| {
        option
            .as_str()
            .is_some_and(|o| (1..=25).contains(&o.chars().count()))
    };
    if !(2..=4).contains(&options.len()) || !options.iter().all(fits) {
        return Err(Problem::invalid(
            "poll.options",
            "$.poll.options: must have 2 to 4 items of 1 to 25 characters",
        ));
    }
    let minutes = typed(poll, "duration_minutes", Value::as_u64, "integer")?.unwrap_or(0);
    let bounds = "$.poll.duration_minutes: must be between 5 and 10080";
    if (5..=10_080).contains(&minutes) {
        Ok(true)
    } else {
        Err(Problem::invalid("poll.duration_minutes", bounds))
    }
}
