//! Rules on what X makes clickable: mentions, hashtags, cashtags and links.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Found, Subject, part};
use crate::validate::finding::Span;
use crate::validate::links::{Link, is_within};
use crate::validate::reading::Reading;

/// X refuses a post with more (since 2025).
const MOST_CASHTAGS: usize = 1;

/// Well-known services that hide where a link leads.
const SHORTENERS: [&str; 33] = [
    "adf.ly",
    "amzn.to",
    "bit.do",
    "bit.ly",
    "bitly.com",
    "bl.ink",
    "buff.ly",
    "clck.ru",
    "cutt.ly",
    "dlvr.it",
    "fb.me",
    "goo.gl",
    "goo.su",
    "hubs.la",
    "hubs.ly",
    "ift.tt",
    "is.gd",
    "j.mp",
    "lnkd.in",
    "ow.ly",
    "qr.ae",
    "rb.gy",
    "rebrand.ly",
    "rebrandly.com",
    "s.id",
    "short.io",
    "shorturl.at",
    "t.ly",
    "t1p.de",
    "tiny.cc",
    "tinyurl.com",
    "trib.al",
    "v.gd",
];

static MENTION: LazyLock<Regex> = LazyLock::new(|| of(r"[@＠]([A-Za-z0-9_]{1,20})"));
static HASHTAG: LazyLock<Regex> =
    LazyLock::new(|| of(r"[#＃]([\p{L}\p{M}\p{N}_]*[\p{L}\p{M}][\p{L}\p{M}\p{N}_]*)"));
static CASHTAG: LazyLock<Regex> = LazyLock::new(|| of(r"\$([A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?)"));

fn of(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of tags are constant, and tests find tags with them")
}

/// A tag in a text: where it is with its sign, and its name without.
struct Tag<'a> {
    at: Range<usize>,
    name: &'a str,
}

/// The tags that a pattern finds outside links and words.
fn tags<'a>(reading: &Reading<'a>, pattern: &Regex) -> Vec<Tag<'a>> {
    let found = pattern.captures_iter(reading.text).filter_map(|found| {
        let (whole, name) = (found.get(0)?, found.get(1)?);
        let before = reading.text[..whole.start()].chars().next_back();
        let after = reading.text[whole.end()..].chars().next();
        // An e-mail address, a part of an HTML entity, a path, and a price are no tags.
        let joined = |letter: char| letter.is_ascii_alphanumeric() || "_&$@/#".contains(letter);
        let in_link = reading
            .links
            .iter()
            .any(|link| link.at.contains(&whole.start()));
        let is_tag = !before.is_some_and(joined)
            && !in_link
            && !after.is_some_and(|letter| letter == '@' || letter.is_ascii_alphanumeric());
        is_tag.then(|| Tag {
            at: whole.range(),
            name: name.as_str(),
        })
    });
    found.collect()
}

pub(super) fn mentions(subject: &Subject) -> Vec<Found> {
    let rules = subject.text_rules;
    subject.each(|at, reading| {
        let found = tags(reading, &MENTION);
        let most = usize::from(rules.max_mentions);
        let mut findings = too_many(at, reading, &found, most, "accounts are mentioned");
        findings.extend(banned(at, reading, &found, &rules.banned_mentions, '@'));
        findings
    })
}

pub(super) fn hashtags(subject: &Subject) -> Vec<Found> {
    let rules = subject.text_rules;
    subject.each(|at, reading| {
        let found = tags(reading, &HASHTAG);
        let most = usize::from(rules.max_hashtags);
        let mut findings = too_many(at, reading, &found, most, "hashtags are used");
        findings.extend(banned(at, reading, &found, &rules.banned_hashtags, '#'));
        findings
    })
}

pub(super) fn cashtags(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let found = tags(reading, &CASHTAG);
        let second = found.get(MOST_CASHTAGS);
        let message = format!(
            "{} cashtags are used: keep one, because X refuses a post with more",
            found.len()
        );
        let finding = second.map(|tag| part(at, Span::of(reading.text, tag.at.clone()), message));
        finding.into_iter().collect()
    })
}

fn too_many(at: usize, reading: &Reading, found: &[Tag], most: usize, what: &str) -> Vec<Found> {
    let Some(first) = found.get(most) else {
        return Vec::new();
    };
    let message = match most {
        0 => format!("{} {what}: this client wants none", found.len()),
        _ => format!("{} {what}: keep at most {most}", found.len()),
    };
    let span = Span::of(reading.text, first.at.clone());
    vec![part(at, span, message)]
}

fn banned(
    at: usize,
    reading: &Reading,
    found: &[Tag],
    banned: &[String],
    sign: char,
) -> Vec<Found> {
    let is_banned = |tag: &&Tag| {
        let name = tag.name.to_lowercase();
        let mut banned = banned.iter().map(|one| one.trim().trim_start_matches(sign));
        banned.any(|one| one.to_lowercase() == name)
    };
    let found = found.iter().filter(is_banned);
    let finding = |tag: &Tag| {
        let message = format!("take out {sign}{}: this client does not use it", tag.name);
        part(at, Span::of(reading.text, tag.at.clone()), message)
    };
    found.map(finding).collect()
}

pub(super) fn links(subject: &Subject) -> Vec<Found> {
    let rules = subject.text_rules;
    if rules.link_domains.is_empty() {
        return Vec::new();
    }
    let allowed = |link: &&Link| {
        let mut domains = rules.link_domains.iter().chain(&rules.shorteners);
        domains.any(|domain| is_within(link.host, domain))
    };
    subject.each(|at, reading| {
        let strange = reading.links.iter().filter(|link| !allowed(link));
        let finding = |link: &Link| {
            let message = format!(
                "do not link to {}: this client links to {} only",
                link.host,
                rules.link_domains.join(", ")
            );
            part(at, Span::of(reading.text, link.at.clone()), message)
        };
        strange.map(finding).collect()
    })
}

pub(super) fn shortener(subject: &Subject) -> Vec<Found> {
    let rules = subject.text_rules;
    let hides = |link: &&Link| {
        let is = |domain: &str| is_within(link.host, domain);
        let mut allowed = rules.shorteners.iter().chain(&rules.link_domains);
        SHORTENERS.into_iter().any(is) && !allowed.any(|domain| is(domain))
    };
    subject.each(|at, reading| {
        let hidden = reading.links.iter().filter(hides);
        let finding = |link: &Link| {
            let message = format!(
                "do not use {}: it hides where the link leads; give the whole address (X shortens it itself)",
                link.host
            );
            part(at, Span::of(reading.text, link.at.clone()), message)
        };
        hidden.map(finding).collect()
    })
}
