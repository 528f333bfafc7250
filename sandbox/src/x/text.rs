//! What X does to a text: how long it counts, what it takes for a link, how it gives it back.
//! Written from the published rules (twitter-text v3) and on purpose not from the crate that the engine uses.
//! The list of top-level domains holds the common ones only: a rare one counts by its letters here.

use std::sync::LazyLock;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The most that a post may weigh.
pub(crate) const MAX_WEIGHT: usize = 280;
/// What a link weighs, however long it is.
const URL_WEIGHT: usize = 23;

/// A stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Anything that is not a link.
    Words(&'a str),
    /// A link, with or without its scheme.
    Link(&'a str),
}

/// How much a text weighs: 280 is the limit.
pub(crate) fn weight(text: &str) -> usize {
    let of = |piece| match piece {
        Piece::Words(words) => words_weight(words),
        Piece::Link(_) => URL_WEIGHT,
    };
    pieces(text).into_iter().map(of).sum()
}

/// Whether X sees a link in it, which makes a post dearer.
pub(crate) fn has_link(text: &str) -> bool {
    pieces(text)
        .iter()
        .any(|piece| matches!(piece, Piece::Link(_)))
}

/// The number of cashtags (`$ABC`) in it.
pub(crate) fn cashtags(text: &str) -> usize {
    let is_tag = |word: &str| {
        let tag = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
        tag.strip_prefix('$').is_some_and(|t| {
            (1..=6).contains(&t.len()) && t.chars().all(|c| c.is_ascii_alphabetic())
        })
    };
    text.split_whitespace().filter(|word| is_tag(word)).count()
}

/// Whether the text mentions this handle.
pub(crate) fn mentions(text: &str, handle: &str) -> bool {
    let wanted = format!("@{}", handle.to_lowercase());
    let lower = text.to_lowercase();
    lower
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '@'))
        .any(|word| word == wanted)
}

/// A text as the API gives it back: links shortened, `& < >` escaped; and its `entities`, if it has links.
pub(crate) fn rendered(text: &str, post_id: u64) -> (String, Option<Value>) {
    let mut out = String::new();
    let mut urls = Vec::new();
    for piece in pieces(text) {
        match piece {
            Piece::Words(words) => out.push_str(&escaped(words)),
            Piece::Link(link) => {
                let start = out.chars().count();
                let short = short_link(link, post_id);
                out.push_str(&short);
                urls.push(url_entity(link, &short, start));
            }
        }
    }
    let entities = (!urls.is_empty()).then(|| json!({ "urls": urls }));
    (out, entities)
}

fn url_entity(link: &str, short: &str, start: usize) -> Value {
    let expanded = if has_scheme(link) {
        link.to_string()
    } else {
        format!("http://{link}")
    };
    let display = expanded.split_once("://").map_or(link, |(_, rest)| rest);
    let display: String = if display.chars().count() > 27 {
        display.chars().take(26).chain(['…']).collect()
    } else {
        display.to_string()
    };
    json!({ "start": start, "end": start + short.len(), "url": short, "expanded_url": expanded, "display_url": display })
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn short_link(link: &str, post_id: u64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digest = Sha256::digest(format!("{post_id} {link}"));
    let code: String = digest
        .iter()
        .take(10)
        .map(|b| char::from(ALPHABET[usize::from(*b) % ALPHABET.len()]))
        .collect();
    format!("https://t.co/{code}")
}

/// Cuts a text into links and what is between them; put together again they are the text.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut start, mut at, mut before) = (0, 0, None);
    while let Some(c) = text[at..].chars().next() {
        let length = if may_precede(before) {
            link_length(&text[at..])
        } else {
            0
        };
        if length == 0 {
            at += c.len_utf8();
            before = Some(c);
            continue;
        }
        if start < at {
            found.push(Piece::Words(&text[start..at]));
        }
        found.push(Piece::Link(&text[at..at + length]));
        at += length;
        start = at;
        before = text[..at].chars().next_back();
    }
    if start < text.len() {
        found.push(Piece::Words(&text[start..]));
    }
    found
}

fn may_precede(before: Option<char>) -> bool {
    before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"@＠#＃$_-./".contains(c))
}

/// The length in bytes of the link that `text` begins with; 0 if it begins with none.
fn link_length(text: &str) -> usize {
    let scheme = scheme_length(text);
    let host = host_length(&text[scheme..], scheme > 0);
    if host == 0 {
        return 0;
    }
    let authority = scheme + host + port_length(&text[scheme + host..]);
    authority + path_length(&text[authority..])
}

fn has_scheme(text: &str) -> bool {
    scheme_length(text) > 0
}

fn scheme_length(text: &str) -> usize {
    let starts = |scheme: &&&str| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    };
    ["https://", "http://"]
        .iter()
        .find(starts)
        .map_or(0, |scheme| scheme.len())
}

fn host_length(text: &str, with_scheme: bool) -> usize {
    let in_ascii = |c: char| c == '-' || c == '.' || c.is_ascii_alphanumeric();
    let in_any = |c: char| in_ascii(c) || c == '_' || c.is_alphanumeric();
    match longest_host(text, in_ascii) {
        // Words may follow a plain host without a space; a host in other letters needs its scheme.
        0 if with_scheme => longest_host(text, in_any),
        length => length,
    }
}

fn longest_host(text: &str, is_host: impl Fn(char) -> bool) -> usize {
    let whole = text.find(|c| !is_host(c)).unwrap_or(text.len());
    if text[whole..].starts_with('@') || text[whole..].starts_with('_') {
        return 0;
    }
    let mut host = text[..whole].trim_end_matches(['.', '-']);
    // `example.com.Then` is a link followed by words: shorten until the last label is a known domain.
    while let Some((name, last)) = host.rsplit_once('.') {
        if is_top_level(last) && name.split('.').all(is_label) {
            return host.len();
        }
        host = name;
    }
    0
}

fn is_label(label: &str) -> bool {
    let edge = ['-', '_'];
    (1..=63).contains(&label.chars().count()) && !label.starts_with(edge) && !label.ends_with(edge)
}

fn is_top_level(label: &str) -> bool {
    TOP_LEVEL.contains(&label.to_ascii_lowercase().as_str())
}

fn port_length(text: &str) -> usize {
    let digits = text.strip_prefix(':').map_or(0, |rest| {
        rest.chars().take_while(char::is_ascii_digit).count()
    });
    if digits == 0 { 0 } else { digits + 1 }
}

fn path_length(text: &str) -> usize {
    if !text.starts_with(['/', '?', '#']) {
        return 0;
    }
    // Latin and Cyrillic letters belong to a path, all other scripts end it.
    let ends = |c: char| {
        c.is_whitespace() || (u32::from(c) > 0x52F && c != '–') || "\"<>{}\\^`".contains(c)
    };
    let path = text[..text.find(ends).unwrap_or(text.len())]
        .trim_end_matches(['.', ',', '!', '?', ':', ';', '\'', ']']);
    // A closing bracket belongs to the link only if it was opened in it.
    if path.ends_with(')') && !path.contains('(') {
        path.trim_end_matches([')', '.', ',', '!', '?']).len()
    } else {
        path.len()
    }
}

/// Country codes and the common other ones.
static TOP_LEVEL: LazyLock<Vec<&str>> = LazyLock::new(|| {
    const COUNTRIES: &str = "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bv bw by bz \
        ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge \
        gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp \
        kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng \
        ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so \
        sr st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw";
    const OTHERS: &str = "com org net edu gov int mil info biz name pro app dev page blog shop store online site website space tech cloud \
        agency bike bikes cafe cafeteria coffee tea restaurant food news media social studio design art club club events live life world \
        today email company global digital xyz link click team work works fun games pub travel tours tokyo london berlin paris nyc";
    COUNTRIES
        .split_whitespace()
        .chain(OTHERS.split_whitespace())
        .collect()
});

fn words_weight(words: &str) -> usize {
    let chars: Vec<char> = words.chars().collect();
    let (mut at, mut sum) = (0, 0);
    while at < chars.len() {
        let emoji = emoji_length(&chars[at..]);
        sum += if emoji > 0 { 2 } else { char_weight(chars[at]) };
        at += emoji.max(1);
    }
    sum
}

fn char_weight(c: char) -> usize {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

/// How many code points the emoji at the front takes; 0 if there is none.
fn emoji_length(chars: &[char]) -> usize {
    let at = |i: usize| chars.get(i).copied().map_or(0, u32::from);
    let is_flag_letter = |c: u32| (0x1F1E6..=0x1F1FF).contains(&c);
    if is_flag_letter(at(0)) && is_flag_letter(at(1)) {
        return 2;
    }
    if at(0) < 0x80 {
        let selector = usize::from(at(1) == 0xFE0F);
        return if at(1 + selector) == 0x20E3 && "0123456789#*".contains(chars[0]) {
            2 + selector
        } else {
            0
        };
    }
    let mut end = element_length(chars);
    while end > 0 && at(end) == 0x200D {
        match element_length(&chars[end + 1..]) {
            0 => break,
            more => end += 1 + more,
        }
    }
    end
}

/// One picture with its variation selector, skin tone and tags.
fn element_length(chars: &[char]) -> usize {
    let at = |i: usize| chars.get(i).copied().map_or(0, u32::from);
    if !is_picture(at(0), at(1) == 0xFE0F) {
        return 0;
    }
    let mut end = 1 + usize::from(at(1) == 0xFE0F);
    end += usize::from((0x1F3FB..=0x1F3FF).contains(&at(end)));
    while (0xE0020..=0xE007F).contains(&at(end)) {
        end += 1;
    }
    end
}

fn is_picture(c: u32, selected: bool) -> bool {
    match c {
        0x1F000..=0x1FAFF | 0x2600..=0x27BF => true,
        0xA9
        | 0xAE
        | 0x203C
        | 0x2049
        | 0x2122
        | 0x2139
        | 0x2190..=0x21FF
        | 0x2300..=0x25FF
        | 0x2900..=0x297F
        | 0x2B00..=0x2BFF
        | 0x3030
        | 0x303D
        | 0x3297
        | 0x3299 => selected,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_weigh_the_same_however_they_are_written() {
        for link in [
            "example.com",
            "file.rs",
            "https://example.com/a/very/long/path?with=query#and-more",
            "HTTP://EXAMPLE.COM",
        ] {
            assert_eq!(weight(link), 23, "{link}");
        }
        assert_eq!(weight("See example.com."), 4 + 23 + 1);
        assert_eq!(weight("(https://example.com/x)"), 1 + 23 + 1);
        assert_eq!(weight("お茶 https://koyo.example.jp/お知らせ"), 5 + 23 + 8);
        assert_eq!(weight("https://例え.jp"), 23);
    }

    #[test]
    fn what_only_looks_like_a_link_is_words() {
        for words in [
            "maya@example.com",
            "e.g. this",
            "3.5",
            "end.Then",
            "@harbour.coffee",
            "example.notatld",
        ] {
            assert!(!has_link(words), "{words}");
        }
    }

    #[test]
    fn an_emoji_weighs_two_whatever_it_is_made_of() {
        for emoji in ["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇳🇴", "❤️", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "☕"]
        {
            assert_eq!(weight(emoji), 2, "{emoji}");
        }
        assert_eq!(weight("日本"), 4);
        assert_eq!(weight("smörgås “quoted”…"), 16 + 2);
    }

    #[test]
    fn a_rendered_text_hides_links_and_escapes_and_says_what_was_there() {
        let (text, entities) = rendered("Tea & <cake> at example.com now", 7);
        assert!(
            text.starts_with("Tea &amp; &lt;cake&gt; at https://t.co/"),
            "{text}"
        );
        let url = &entities.unwrap_or_default()["urls"][0];
        assert_eq!(url["expanded_url"], "http://example.com");
        assert_eq!(url["start"], 26);
        assert_eq!(url["end"], 26 + 23);
        assert!(text.ends_with(" now"));
        assert_eq!(rendered("plain", 7), ("plain".into(), None));
    }

    #[test]
    fn the_pieces_are_the_text() {
        let text = "a example.com, b https://x.org/y. 日本example.jp?q=1 end";
        let whole: String = pieces(text)
            .iter()
            .map(|p| match p {
                Piece::Words(t) | Piece::Link(t) => *t,
            })
            .collect();
        assert_eq!(whole, text);
        assert_eq!(
            pieces(text)
                .iter()
                .filter(|p| matches!(p, Piece::Link(_)))
                .count(),
            3
        );
    }

    #[test]
    fn mentions_and_cashtags_are_whole_words() {
        assert!(mentions("hello @KoyoTea!", "koyotea"));
        assert!(!mentions("hello @koyoteahouse", "koyotea"));
        assert_eq!(cashtags("$ABC and $XYZ, but not $5"), 2);
    }
}
