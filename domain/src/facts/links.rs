//! Web addresses, with a scheme or without: a bare domain counts where its last part is one that sites commonly have.

use super::tokens::Kind;
use super::{FactKind, Scan, Value};

/// Last parts of domains that people write without a scheme. Others are links with a scheme only.
const ENDINGS: &str = "ai app art at au be bio biz blog br ca cafe cat ch cloud club cn co coffee com cz de dev dk edu ee es eu \
    events fi fr fun gg gov gr hu ie in info int io is it jp kr live lt lu lv me mil museum music mx net news nl no nu nz online \
    org page pl pro pt ro rs run se sh shop si site sk social space store studio team tech tickets to today tr travel tv ua uk \
    us wiki world xyz za";
/// Endings that are words, too: only after what is not the end of a sentence.
const WORDS: [&str; 12] = [
    "at", "be", "in", "is", "it", "me", "no", "so", "to", "us", "today", "run",
];

/// The length of the link that a text begins with, in bytes.
pub(super) fn length(text: &str) -> Option<usize> {
    let has_scheme = ["https://", "http://", "HTTPS://", "HTTP://", "www."]
        .iter()
        .any(|scheme| text.starts_with(scheme));
    let end = text.find(is_after).unwrap_or(text.len());
    let link = &text[..end];
    let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '…', '*']);
    let host = link.split(['/', '?', '#']).next().unwrap_or_default();
    let is_one = has_scheme && link.len() > 8 || !has_scheme && is_domain(host);
    is_one.then_some(link.len())
}

fn is_after(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '"' | '“' | '”' | '«' | '»' | '<' | '>' | '(' | ')' | '[' | ']' | '、' | '。' | '！'
        )
}

fn is_domain(host: &str) -> bool {
    let Some((name, ending)) = host.rsplit_once('.') else {
        return false;
    };
    let lower = ending.to_lowercase();
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let is_known = ENDINGS.split_ascii_whitespace().any(|known| known == lower);
    let is_a_word = WORDS.contains(&lower.as_str());
    let has_letters = name.chars().any(char::is_alphabetic);
    let is_written_as_one = ending == lower || ending == ending.to_uppercase() && !is_a_word;
    is_known && is_written_as_one && has_letters && name.split('.').all(label)
}

pub(super) fn find(scan: &mut Scan) {
    for at in 0..scan.tokens.len() {
        let token = &scan.tokens[at];
        match token.kind {
            Kind::Link => {
                let address = address(&token.text);
                scan.take(at..at + 1, FactKind::Link, Value::Link(address));
            }
            Kind::Tag => scan.pass(at..at + 1),
            Kind::Word | Kind::Number | Kind::Sign => {}
        }
    }
}

/// What two ways of writing one address have in common: no scheme, no `www.`, no slash at the end.
fn address(text: &str) -> String {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let text = text.strip_prefix("www.").unwrap_or(text);
    let (host, path) = match text.find(['/', '?', '#']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    format!("{}{}", host.to_lowercase(), path.trim_end_matches('/'))
}
