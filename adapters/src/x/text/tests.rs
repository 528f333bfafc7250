//! A text that goes to X and comes back is found again, whatever X made of it.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use clara_domain::reconcile::{Sighting, TimelinePost, find};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn id() -> PostId {
    PostId::new("17").unwrap()
}

fn link(url: &str, expanded: &str) -> Link {
    Link {
        url: Some(url.to_owned()),
        expanded_url: Some(expanded.to_owned()),
        ..Link::default()
    }
}

fn media(url: &str, expanded: &str, key: Option<&str>) -> Link {
    Link {
        media_key: key.map(str::to_owned),
        ..link(url, expanded)
    }
}

#[test]
fn links_come_back_and_escapes_are_undone_once() {
    let links = [link(
        "https://t.co/abc",
        "https://harbour.example/?a=1&amp;b=2",
    )];
    let written = as_written(
        "Tea &amp; cake &lt;3 https://t.co/abc, see &amp;amp; https://t.co/abc",
        &links,
        &id(),
    );
    assert_eq!(
        written,
        "Tea & cake <3 https://harbour.example/?a=1&amp;b=2, see &amp; https://harbour.example/?a=1&amp;b=2"
    );
}

#[test]
fn a_link_is_known_by_its_place_when_it_does_not_say_its_own_text() {
    let by_place = |start, end| Link {
        start: Some(start),
        end: Some(end),
        expanded_url: Some("https://example.com".to_owned()),
        ..Link::default()
    };
    let shown = "ää https://t.co/abc!";
    assert_eq!(
        as_written(shown, &[by_place(3, 19)], &id()),
        "ää https://example.com!"
    );
    for (start, end) in [(0, 5), (19, 3), (90, 99)] {
        assert_eq!(as_written(shown, &[by_place(start, end)], &id()), shown);
    }
}

#[test]
fn the_link_to_the_posts_own_media_at_the_end_goes() {
    let shown = "Look https://t.co/pic";
    for link in [
        media(
            "https://t.co/pic",
            "https://x.com/harbour/status/17/photo/1",
            None,
        ),
        media(
            "https://t.co/pic",
            "https://x.com/harbour/status/17/video/1",
            None,
        ),
        media("https://t.co/pic", "https://elsewhere.example", Some("3_1")),
    ] {
        assert_eq!(as_written(shown, &[link.clone(), link], &id()), "Look");
    }
}

#[test]
fn a_link_to_another_posts_media_stays() {
    let url = "https://x.com/fjord/status/99/photo/1";
    assert_eq!(
        as_written(
            "Look https://t.co/pic",
            &[media("https://t.co/pic", url, None)],
            &id()
        ),
        format!("Look {url}")
    );
}

#[test]
fn a_longer_link_is_not_taken_for_a_shorter_one() {
    let links = [
        link("https://t.co/ab", "https://one.example"),
        link("https://t.co/abc", "https://two.example"),
    ];
    assert_eq!(
        as_written("https://t.co/abc https://t.co/ab", &links, &id()),
        "https://two.example https://one.example"
    );
}

/// What a text is made of, and what X makes of it.
#[derive(Debug, Clone)]
enum Piece {
    Words(String),
    Link { scheme: &'static str, rest: String },
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let words = "[a-zé&<>;()\"'!?,.#@ \n日]{0,12}".prop_map(Piece::Words);
    let escape = prop::sample::select(vec!["&amp;", "&lt;", "&", "amp;", "&amp;amp;"])
        .prop_map(|text| Piece::Words(text.to_owned()));
    let link = (
        prop::sample::select(vec!["https://", "http://", ""]),
        "[a-z]{1,8}\\.(com|org|rs)(/[a-z0-9?=&_-]{0,8})?",
    )
        .prop_map(|(scheme, rest)| Piece::Link { scheme, rest });
    prop::collection::vec(prop_oneof![3 => words, 1 => escape, 2 => link], 1..8)
}

/// As X gives a text back (`start` and `end` are left out: the text decides).
fn returned_by_x(pieces: &[Piece]) -> (String, Vec<Link>) {
    let (mut shown, mut links) = (String::new(), Vec::new());
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(words) => {
                shown += &words
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;");
            }
            Piece::Link { scheme, rest } => {
                let url = format!("https://t.co/{index:010}");
                shown += &url;
                let scheme = if scheme.is_empty() { "http://" } else { scheme };
                links.push(link(&url, &format!("{scheme}{rest}")));
            }
        }
    }
    (shown, links)
}

fn as_sent(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => words.clone(),
            Piece::Link { scheme, rest } => format!("{scheme}{rest}"),
        })
        .collect()
}

proptest! {
    #[test]
    fn a_text_that_went_to_x_is_found_on_the_timeline(pieces in pieces()) {
        let (shown, links) = returned_by_x(&pieces);
        let text = as_written(&shown, &links, &id());
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        let timeline = [TimelinePost { id: id(), text: text.clone(), created_at: at }];
        let sent = as_sent(&pieces);
        prop_assert!(matches!(find(&sent, at, &BTreeSet::new(), &timeline), Sighting::Made(_)), "{sent:?} came back as {text:?}");
    }

    #[test]
    fn any_text_at_all_is_taken_without_a_panic(shown in ".*", url in ".{0,5}", start in 0_usize..50, end in 0_usize..50) {
        let by_place = Link { start: Some(start), end: Some(end), ..Link::default() };
        let _ = as_written(&shown, &[link(&url, "https://e.example"), by_place], &id());
    }
}
