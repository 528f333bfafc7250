//! The text of a post as its author wrote it, from the text as X gives it back.
//!
//! X shortens every link to a `t.co`, escapes `&`, `<` and `>`, and ends a post that has media with a link to it.

use clara_domain::ids::PostId;

use super::wire::Link;

const ESCAPES: [(&str, char); 3] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')];

/// Undoes what X did to a text. One pass from left to right: what was put in is not looked at again, so a text that
/// spoke of `&amp;` itself comes out right.
pub(super) fn as_written(shown: &str, links: &[Link], post: &PostId) -> String {
    let links = known(shown, links);
    let mut written = String::with_capacity(shown.len());
    let mut rest = without_media(shown, &links, post);
    while let Some(next) = rest.chars().next() {
        let link = links.iter().find(|link| rest.starts_with(&link.shown));
        let escape = ESCAPES.iter().find(|(escape, _)| rest.starts_with(escape));
        let taken = if let Some(link) = link {
            written.push_str(&link.meant);
            link.shown.len()
        } else if let Some((escape, meant)) = escape {
            written.push(*meant);
            escape.len()
        } else {
            written.push(next);
            next.len_utf8()
        };
        rest = &rest[taken..];
    }
    written
}

struct Known {
    shown: String,
    meant: String,
    is_media: bool,
}

/// The links with what they stand for, longest first: one may begin with another.
fn known(text: &str, links: &[Link]) -> Vec<Known> {
    let mut known: Vec<Known> = links
        .iter()
        .filter_map(|link| {
            let shown = link.url.clone().or_else(|| slice(text, link))?;
            let is_media = link.media_key.is_some();
            let meant = link.expanded_url.clone().unwrap_or_else(|| shown.clone());
            (!shown.is_empty()).then_some(Known {
                shown,
                meant,
                is_media,
            })
        })
        .collect();
    known.sort_by_key(|link| std::cmp::Reverse(link.shown.len()));
    known
}

/// The link by its place, in code points. X is known to count them now in the escaped text and now in the other, so
/// the place is believed only where a `t.co` stands there, and only if the link does not say its own text.
fn slice(text: &str, link: &Link) -> Option<String> {
    let (start, end) = (link.start?, link.end?);
    let slice: String = text
        .chars()
        .skip(start)
        .take(end.checked_sub(start)?)
        .collect();
    (slice.starts_with("https://t.co/") || slice.starts_with("http://t.co/")).then_some(slice)
}

/// The text without the link to the post's own media that X puts at its end.
fn without_media<'a>(text: &'a str, links: &[Known], post: &PostId) -> &'a str {
    let trimmed = text.trim_end();
    let own_media = links.iter().find(|link| {
        trimmed.ends_with(&link.shown) && (link.is_media || leads_to_media_of(&link.meant, post))
    });
    match own_media {
        Some(link) => trimmed[..trimmed.len() - link.shown.len()].trim_end(),
        None => text,
    }
}

fn leads_to_media_of(url: &str, post: &PostId) -> bool {
    ["photo", "video"]
        .iter()
        .any(|kind| url.contains(&format!("/status/{post}/{kind}/")))
}

#[cfg(test)]
mod tests;
