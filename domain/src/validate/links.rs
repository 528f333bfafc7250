//! The links in a text, found where X makes one of them, or may: with `http(s)://`, or a bare domain.
//!
//! When in doubt something is taken for a link: these rules are about where readers may be led. How long X finds it is
//! [`crate::weight`]'s business.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use twitter_text::tlds::is_valid_tld;

/// A link in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link<'a> {
    /// Where it is, in bytes.
    pub(super) at: Range<usize>,
    /// Its host, as it was written.
    pub(super) host: &'a str,
}

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    let label = r"[a-z0-9\u{C0}-\u{24F}](?:[a-z0-9\u{C0}-\u{24F}-]*[a-z0-9\u{C0}-\u{24F}])?";
    let pattern = format!(
        r"(?i)(?P<scheme>https?://)?(?P<host>(?:{label}\.)+[a-z\u{{C0}}-\u{{24F}}][a-z0-9\u{{C0}}-\u{{24F}}-]+)(?P<rest>(?::[0-9]+)?(?:[/?#][^\s\u{{3000}}-\u{{9FFF}}]*)?)"
    );
    Regex::new(&pattern).expect("the pattern of links is constant, and a test finds links with it")
});

/// Every link of a text, in order.
pub(super) fn links(text: &str) -> Vec<Link<'_>> {
    if !text.contains('.') {
        return Vec::new();
    }
    let found = LINK.captures_iter(text);
    found
        .filter_map(|found| {
            let host = found.name("host")?;
            let whole = found.get(0)?;
            let has_scheme = found.name("scheme").is_some();
            let has_path = found
                .name("rest")
                .is_some_and(|rest| rest.as_str().contains('/'));
            let before = text[..whole.start()].chars().next_back();
            let is_link = has_scheme || is_bare_link(host.as_str(), has_path, before);
            let end = whole.start() + whole.as_str().trim_end_matches(is_closing).len();
            is_link.then(|| Link {
                at: whole.start()..end,
                host: host.as_str(),
            })
        })
        .collect()
}

/// What ends a sentence or a quotation, rather than a link.
fn is_closing(letter: char) -> bool {
    matches!(
        letter,
        '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']' | '}' | '"' | '\'' | '…' | '”' | '’' | '»'
    )
}

/// Whether what looks like a domain without a scheme is one. Two sentences without a space between them (`out.So we`) are
/// none, and neither is the part of an e-mail address or a name that follows an `@`.
fn is_bare_link(host: &str, has_path: bool, before: Option<char>) -> bool {
    let joined = |letter: char| letter.is_alphanumeric() && letter.is_ascii();
    if before.is_some_and(|letter| joined(letter) || matches!(letter, '@' | '_' | '.' | '-' | '/'))
    {
        return false;
    }
    let Some((_, last)) = host.rsplit_once('.') else {
        return false;
    };
    let top = last.to_lowercase();
    let is_sentence = last.chars().next().is_some_and(char::is_uppercase)
        && !host.chars().next().is_some_and(char::is_uppercase);
    is_valid_tld(&top) && !is_sentence && (has_path || top.chars().count() > 2 || last == top)
}

/// Whether a host is a domain or one of its subdomains.
pub(super) fn is_within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_lowercase(), normal(domain));
    host == domain
        || host
            .strip_suffix(domain.as_str())
            .is_some_and(|rest| rest.ends_with('.'))
}

/// A domain as a file may give it: without scheme, `www.`, `*.` and a path.
fn normal(domain: &str) -> String {
    let domain = domain.trim().to_lowercase();
    let domain = domain.trim_start_matches("*.").trim_start_matches("www.");
    domain.to_owned()
}

/// Whether a text names a domain.
pub(super) fn is_host(text: &str) -> bool {
    let text = normal(text);
    let label = |label: &str| {
        let fits = |letter: char| letter.is_alphanumeric() || letter == '-';
        !label.is_empty() && label.chars().all(fits)
    };
    text.contains('.') && text.split('.').all(label)
}
