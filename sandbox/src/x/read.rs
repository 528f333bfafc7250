//! The reads: who am I, one post, an account's timeline. Texts come back as X gives them: links shortened, `& < >` escaped.
//! A request that says `post.fields` is answered in the words of 2.167, one that says `tweet.fields` in the older ones.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Settings;
use super::billing::Charge;
use super::create::parse_id;
use super::fields::Fields;
use super::posts::Post;
use super::problem::Problem;
use super::state::State;

/// The parameters of a request, in their order.
pub(super) type Query = Vec<(String, String)>;

const PASSED_OVER: &[&str] = &["expansions", "media.fields", "poll.fields", "place.fields"];

/// `GET /2/users/me` of an account, which is told to be that one.
pub(super) fn me(
    state: &mut State,
    handle: &str,
    told: &str,
    query: &Query,
    now: Timestamp,
) -> Result<Value, Problem> {
    known_only(query, &["user.fields", "tweet.fields", "post.fields"])?;
    let Some(account) = state.account(told).cloned() else {
        return Err(Problem::unauthorized());
    };
    state.bill(handle, Charge::UserRead, account.user_id, now);
    let mut user = json!({ "id": account.user_id.to_string(), "name": account.name, "username": account.handle });
    for field in list(query, "user.fields") {
        match field.as_str() {
            "created_at" => user["created_at"] = "2020-01-01T00:00:00.000Z".into(),
            "protected" | "verified" => user[&field] = false.into(),
            "description" => user["description"] = "An account of the sandbox".into(),
            _ => {}
        }
    }
    Ok(json!({ "data": user }))
}

/// `GET /2/tweets/{id}`; a missing post is a 200 with `errors`.
pub(super) fn post(
    state: &mut State,
    handle: &str,
    id: &str,
    query: &Query,
    view: View,
) -> Result<Value, Problem> {
    known_only(query, &["tweet.fields", "post.fields", "user.fields"])?;
    let fields = Fields::asked(query, view.settings)?;
    let number = parse_id("id", id)?;
    let Some(found) = state
        .posts
        .live(number)
        .filter(|post| view.sees(post))
        .cloned()
    else {
        return Ok(json!({ "errors": [Problem::not_found("tweet", "id", id).body(fields.newer)] }));
    };
    state.bill(handle, Charge::PostRead, number, view.now);
    Ok(json!({ "data": fields.render(state, &found) }))
}

/// `GET /2/users/{id}/tweets`, newest first.
pub(super) fn timeline(
    state: &mut State,
    handle: &str,
    id: &str,
    query: &Query,
    view: View,
) -> Result<Value, Problem> {
    let window = Window::asked(query)?;
    let fields = Fields::asked(query, view.settings)?;
    parse_id("id", id)?;
    let Some(owner) = state
        .account_by_id(id)
        .map(|account| account.handle.clone())
    else {
        return Ok(json!({ "errors": [Problem::not_found("user", "id", id).body(fields.newer)] }));
    };
    let visible = state
        .posts
        .live_of(&owner)
        .filter(|post| view.sees(post) && window.holds(post));
    let mut page: Vec<Post> = visible.take(window.max_results + 1).cloned().collect();
    let more = page.len() > window.max_results;
    page.truncate(window.max_results);
    for post in &page {
        state.bill(handle, Charge::PostRead, post.id, view.now);
    }
    Ok(rendered_page(state, &fields, &page, more))
}

fn rendered_page(state: &State, fields: &Fields, page: &[Post], more: bool) -> Value {
    let (Some(newest), Some(oldest)) = (page.first(), page.last()) else {
        return json!({ "meta": { "result_count": 0 } });
    };
    let (newest, oldest) = (newest.id.to_string(), oldest.id.to_string());
    let mut meta = json!({ "result_count": page.len(), "newest_id": newest, "oldest_id": oldest });
    if more {
        meta["next_token"] = format!("b26v{oldest}").into();
    }
    let data: Vec<Value> = page.iter().map(|post| fields.render(state, post)).collect();
    json!({ "data": data, "meta": meta })
}

/// From when a read looks, and how far it lags behind.
#[derive(Clone, Copy)]
pub(super) struct View {
    pub(super) settings: Settings,
    pub(super) now: Timestamp,
    pub(super) lag: Duration,
}

impl View {
    fn sees(&self, post: &Post) -> bool {
        self.lag.is_zero()
            || self
                .now
                .checked_sub(self.lag)
                .is_ok_and(|edge| post.created_at <= edge)
    }
}

/// Which part of a timeline is asked for.
struct Window {
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    since: Option<u64>,
    until: Option<u64>,
    without_replies: bool,
    max_results: usize,
}

impl Window {
    fn asked(query: &Query) -> Result<Self, Problem> {
        known_only(
            query,
            &[
                "max_results",
                "pagination_token",
                "start_time",
                "end_time",
                "since_id",
                "until_id",
                "exclude",
                "tweet.fields",
                "post.fields",
                "user.fields",
            ],
        )?;
        let time = |name| {
            one(query, name)
                .map(|value| parse_time(name, value))
                .transpose()
        };
        let id = |name| {
            one(query, name)
                .map(|value| parse_id(name, value))
                .transpose()
        };
        let page = one(query, "pagination_token").map(page_edge).transpose()?;
        Ok(Self {
            start: time("start_time")?,
            end: time("end_time")?,
            since: id("since_id")?,
            until: id("until_id")?.into_iter().chain(page).min(),
            without_replies: excludes_replies(query)?,
            max_results: max_results(query)?,
        })
    }

    fn holds(&self, post: &Post) -> bool {
        self.start.is_none_or(|start| post.created_at >= start)
            && self.end.is_none_or(|end| post.created_at < end)
            && self.since.is_none_or(|since| post.id > since)
            && self.until.is_none_or(|until| post.id < until)
            && !(self.without_replies && post.reply_to.is_some())
    }
}

fn max_results(query: &Query) -> Result<usize, Problem> {
    let value = one(query, "max_results").unwrap_or("10");
    let number = value.parse().ok().filter(|n| (5..=100).contains(n));
    number.ok_or_else(|| {
        let message =
            format!("The `max_results` query parameter value [{value}] is not between 5 and 100");
        Problem::invalid("max_results", message)
    })
}

fn excludes_replies(query: &Query) -> Result<bool, Problem> {
    let kinds = list(query, "exclude");
    match kinds
        .iter()
        .find(|kind| !["replies", "retweets"].contains(&kind.as_str()))
    {
        Some(kind) => {
            let message = format!(
                "The `exclude` query parameter value [{kind}] is not one of [retweets,replies]"
            );
            Err(Problem::invalid("exclude", message))
        }
        None => Ok(kinds.iter().any(|kind| kind == "replies")),
    }
}

fn page_edge(token: &str) -> Result<u64, Problem> {
    let edge = token.strip_prefix("b26v").and_then(|id| id.parse().ok());
    edge.ok_or_else(|| {
        Problem::invalid(
            "pagination_token",
            format!("Invalid 'pagination_token': '{token}'"),
        )
    })
}

fn parse_time(name: &str, value: &str) -> Result<Timestamp, Problem> {
    value.parse().map_err(|_| {
        let message = format!("Invalid '{name}':'{value}'. Use the format YYYY-MM-DDTHH:mm:ssZ");
        Problem::invalid(name, message)
    })
}

pub(super) fn one<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

pub(super) fn list(query: &Query, name: &str) -> Vec<String> {
    let values = query.iter().filter(|(key, _)| key == name);
    values
        .flat_map(|(_, value)| value.split(','))
        .map(String::from)
        .filter(|value| !value.is_empty())
        .collect()
}

fn known_only(query: &Query, known: &[&str]) -> Result<(), Problem> {
    let strange = query
        .iter()
        .find(|(key, _)| !known.contains(&key.as_str()) && !PASSED_OVER.contains(&key.as_str()));
    strange.map_or(Ok(()), |(key, _)| {
        let message = format!(
            "The query parameter [{key}] is not one of [{}]",
            known.join(",")
        );
        Err(Problem::invalid(key, message))
    })
}
