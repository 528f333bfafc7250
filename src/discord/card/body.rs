//! The text of a tweet as it will look, each post with its number in the thread and its weighted length.
//!
//! A card has room for most threads; what it has no room for it says, and [`pages`] shows whole.

use clara_domain::Tweet;
use clara_domain::content::{Content, Segment};
use clara_domain::weight::{MAX_WEIGHT, weighted_length};

use crate::discord::escape::{SHORTENED, escape, fit, length};
use crate::discord::message::CONTENT;

/// What of the text is shown.
pub(super) struct Body {
    pub(super) text: String,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

/// The current text within `room`.
pub(super) fn text(tweet: &Tweet, room: usize) -> Body {
    let Some(current) = tweet.current() else {
        return Body {
            text: "*Not written yet.*".to_owned(),
            whole: true,
        };
    };
    let rest = format!(
        "*Not all of it fits here: `/tweet show id:{}` shows the whole text.*",
        tweet.id.short()
    );
    let parts = parts(&current.content, room.saturating_sub(length(&rest) + 2));
    let mut shown: Vec<String> = parts.iter().map(|(part, _)| part.clone()).collect();
    let whole =
        parts.len() == current.content.segments.len() && parts.iter().all(|(_, whole)| *whole);
    if !whole {
        shown.push(rest);
    }
    Body {
        text: shown.join("\n\n"),
        whole,
    }
}

/// The posts that have room, and whether each is shown whole; none after one that is not.
fn parts(content: &Content, mut room: usize) -> Vec<(String, bool)> {
    let posts = &content.segments;
    let mut parts = Vec::new();
    for (index, post) in posts.iter().enumerate() {
        let head = heading(index, posts.len(), post);
        let frame = length(&head) + 3;
        if room < frame + length(SHORTENED) {
            break;
        }
        let body = fit(&post.text, room - frame);
        let whole = length(&body) < length(SHORTENED) || body == escape(&post.text);
        room -= length(&body) + frame;
        parts.push((format!("{body}\n{head}"), whole));
        if !whole {
            break;
        }
    }
    parts
}

/// The whole text in as many messages as it takes.
pub(crate) fn pages(content: &Content) -> Vec<String> {
    let posts = &content.segments;
    let mut pages = vec![String::new()];
    for (index, post) in posts.iter().enumerate() {
        let head = heading(index, posts.len(), post);
        for chunk in chunks(&post.text) {
            append(&mut pages, &chunk);
        }
        append(&mut pages, &format!("\n{head}\n\n"));
    }
    pages.retain(|page| !page.trim().is_empty());
    pages
}

fn append(pages: &mut Vec<String>, text: &str) {
    let full = pages
        .last()
        .is_none_or(|page| length(page) + length(text) > CONTENT);
    if full {
        pages.push(String::new());
    }
    if let Some(page) = pages.last_mut() {
        page.push_str(text);
    }
}

/// Escaped pieces of a text, none longer than Discord takes: no letter takes more than a dozen when it is escaped.
fn chunks(text: &str) -> Vec<String> {
    let all: Vec<char> = text.chars().collect();
    let pieces = all.chunks(CONTENT / 14);
    pieces
        .map(|piece| escape(&piece.iter().collect::<String>()))
        .collect()
}

fn heading(index: usize, of: usize, post: &Segment) -> String {
    let weight = weighted_length(&post.text);
    let over = if weight > MAX_WEIGHT { " too long" } else { "" };
    let media = match post.media.len() {
        0 => String::new(),
        1 => ", with 1 picture or video".to_owned(),
        many => format!(", with {many} pictures"),
    };
    let number = if of > 1 {
        format!("**{}/{of}** · ", index + 1)
    } else {
        String::new()
    };
    format!("-# {number}{weight}/{MAX_WEIGHT}{over}{media}")
}
