//! The weight of one word by the `twitter-text` crate, with what its parsers miss or take too
//! lightly put on top. It may panic or say 0 where the crate does; the caller is ready for both.

use twitter_text::entity::Type;
use twitter_text::extractor::{Extract, Extractor};
use twitter_text::{ParserBackend, parse_with_parser_backend};

use super::{URL_WEIGHT, letters};

/// The weight of a word by one of the crate's parsers; 0 when it gives up.
pub(super) fn weight(word: &str, parser: ParserBackend) -> usize {
    let urls = urls(word, parser);
    let linked: usize = urls.iter().map(|url| URL_WEIGHT + url.doubt()).sum();
    let as_text: usize = urls.iter().map(|url| text_weight(url.text, parser)).sum();
    let hidden = match parser {
        // It does not see a bare domain that ends a sentence: every other dot may be in such a one.
        ParserBackend::Nom => {
            let seen = urls.iter().map(|url| dots(url.text)).sum();
            dots(word).saturating_sub(seen) * URL_WEIGHT
        }
        ParserBackend::External | ParserBackend::Pest => 0,
    };
    (text_weight(word, parser) + linked + hidden).saturating_sub(as_text)
}

fn dots(text: &str) -> usize {
    text.matches('.').count()
}

/// The weight without regard for links. The crate's default configuration is twitter-text v3.
fn text_weight(text: &str, parser: ParserBackend) -> usize {
    let (text, spaces) = flags_apart(text);
    let parsed = parse_with_parser_backend(&text, &Default::default(), false, parser);
    usize::try_from(parsed.weighted_length).map_or(0, |weight| weight.saturating_sub(spaces))
}

/// The text with a space between flags that touch, and how many spaces: the crate takes flags in a
/// row for one unknown emoji, and so for text. A flag is two regional indicators.
fn flags_apart(text: &str) -> (String, usize) {
    let indicator = |letter: &char| ('\u{1F1E6}'..='\u{1F1FF}').contains(letter);
    let (mut apart, mut spaces, mut run) = (String::with_capacity(text.len()), 0, 0);
    for letter in text.chars() {
        run = if indicator(&letter) { run + 1 } else { 0 };
        if run > 1 && run % 2 == 1 {
            apart.push(' ');
            spaces += 1;
        }
        apart.push(letter);
    }
    (apart, spaces)
}

/// Whether there is a link in a word, in the eyes of the parser that sees the most.
pub(super) fn has_link(word: &str) -> bool {
    !urls(word, ParserBackend::External).is_empty()
}

fn urls(word: &str, parser: ParserBackend) -> Vec<Url<'_>> {
    let extractor = Extractor::with_parser_backend(parser);
    let found = extractor.extract_urls_with_indices(word);
    let urls = found.iter().filter(|entity| entity.t == Type::URL);
    urls.filter_map(|url| Url::of(word, url.value)).collect()
}

struct Url<'a> {
    text: &'a str,
    before: Option<char>,
    bare: bool,
}

impl<'a> Url<'a> {
    /// The link `text`, which is a part of `word`.
    fn of(word: &'a str, text: &'a str) -> Option<Self> {
        let start = text.as_ptr().addr().checked_sub(word.as_ptr().addr())?;
        let before = word.get(..start)?.chars().next_back();
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        let bare = !scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        });
        Some(Url { text, before, bare })
    }

    /// What X may count on top of a link's weight, because the JavaScript original, `extractUrls`
    /// of twitter-text, does not take this for a link, or takes only its domain.
    fn doubt(&self) -> usize {
        let as_text = letters(self.text).saturating_sub(URL_WEIGHT);
        if self.bare && matches!(self.before, Some('/' | '.' | '-' | '_')) {
            return as_text;
        }
        let address = self
            .text
            .split_once("://")
            .map_or(self.text, |(_, rest)| rest);
        let end = address.find(['/', '?', '#']).unwrap_or(address.len());
        let (authority, rest) = address.split_at(end);
        if !self.bare && authority.contains('@') {
            return as_text;
        }
        if self.bare && !rest.starts_with('/') {
            let domain = authority.find(':').unwrap_or(authority.len());
            return letters(&address[domain..]);
        }
        0
    }
}
