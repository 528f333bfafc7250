#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use clara_domain::content::Content;
use clara_domain::ids::PostId;
use clara_domain::person::{Author, PersonRef};
use clara_domain::tweet::{Approval, KnownBy, Post};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::discord::custom_id::Action;
use crate::discord::escape::length;
use crate::discord::message::{CONTENT, FIELD, FIVE};

/// The longest title of an embed, and name of a field, that Discord takes.
const TITLE: usize = 256;
/// The longest id of a button that Discord takes.
const LONGEST: usize = 100;

/// A message as a person reads it.
pub(crate) fn readable(message: &Message) -> String {
    let body = serde_json::to_value(message).unwrap();
    let mut lines = vec![message.content.clone()];
    for embed in &message.embeds {
        lines.push(format!("[#{:06x}] {}", embed.color, embed.title));
        lines.extend(embed.description.lines().map(|line| format!("  | {line}")));
        for field in &embed.fields {
            lines.push(format!(
                "  {}: {}",
                field.name,
                field.value.replace('\n', "\n    ")
            ));
        }
        lines.extend(
            embed
                .footer
                .iter()
                .map(|footer| format!("  ({})", footer.text)),
        );
    }
    for row in body["components"].as_array().unwrap() {
        let labels = row["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|button| &button["label"]);
        let labels: Vec<String> = labels
            .map(|label| format!("[{}]", label.as_str().unwrap()))
            .collect();
        lines.push(labels.join(" "));
    }
    lines.join("\n")
}

#[test]
fn the_card_in_every_state() {
    let cards = samples::all().into_iter().map(|(name, client, tweet)| {
        format!(
            "=== {name}\n{}\n",
            readable(&message(&client, &tweet, &PriceList::default()))
        )
    });
    insta::assert_snapshot!(cards.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_state_that_nobody_can_change_has_no_buttons_but_to_delete_what_is_live() {
    for (name, _, tweet) in samples::all() {
        let is_live = tweet.live().next().is_some();
        let left: &[Action] = if is_live { &[Action::Delete] } else { &[] };
        if tweet.state.is_terminal() {
            assert_eq!(actions(&tweet), left, "{name}");
        }
    }
}

#[test]
fn the_notes_that_a_text_was_written_with_are_named_the_best_first() {
    let (client, mut tweet) = samples::validated();
    let field = "From the notes";
    assert!(!readable(&message(&client, &tweet, &PriceList::default())).contains(field));
    tweet.revisions.last_mut().unwrap().origin.sources =
        vec!["*Opening* hours".to_owned(), "Prices".to_owned()];
    let shown = readable(&message(&client, &tweet, &PriceList::default()));
    assert!(
        shown.contains(&format!("{field}: 1. \\*Opening\\* hours\n    2. Prices")),
        "{shown}"
    );
}

fn within_limits(message: &Message) -> Result<(), TestCaseError> {
    prop_assert!(length(&message.content) <= CONTENT);
    prop_assert!(message.components.len() <= FIVE);
    let mut ids = BTreeSet::new();
    let body = serde_json::to_value(message).unwrap();
    for row in body["components"].as_array().unwrap() {
        let buttons = row["components"].as_array().unwrap();
        prop_assert!((1..=FIVE).contains(&buttons.len()));
        for button in buttons {
            let text = |name: &str| button[name].as_str().unwrap_or_default().to_owned();
            prop_assert!((1..=80).contains(&length(&text("label"))));
            prop_assert!((1..=LONGEST).contains(&text("custom_id").len()));
            prop_assert!(ids.insert(text("custom_id")), "two buttons with one id");
        }
    }
    for embed in &message.embeds {
        prop_assert!(length(&embed.title) <= TITLE && length(&embed.description) <= DESCRIPTION);
        prop_assert!(embed.fields.len() <= 25);
        let footer = embed.footer.as_ref().map(|footer| length(&footer.text));
        prop_assert!(footer.is_none_or(|footer| (1..=2048).contains(&footer)));
        for field in &embed.fields {
            prop_assert!((1..=TITLE).contains(&length(&field.name)));
            prop_assert!((1..=FIELD).contains(&length(&field.value)));
        }
    }
    let weight: usize = message.embeds.iter().map(Embed::weight).sum();
    prop_assert!(weight <= EMBEDS, "{weight}");
    prop_assert_eq!(
        &body["allowed_mentions"]["parse"],
        &Value::Array(Vec::new())
    );
    Ok(())
}

fn contents() -> impl Strategy<Value = Content> {
    let text = prop_oneof![
        ".{0,300}",
        "[*_@<`\n]{0,900}",
        "(👍|é|a){0,500}",
        "(https://a\\.example/[a-z]{1,200} ){0,9}"
    ];
    prop::collection::vec(text, 1..=25).prop_map(Content::texts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_tweet_in_any_state_keeps_to_discords_limits(
        which in 0..samples::all().len(),
        content in contents(),
        alternatives in prop::collection::vec(contents(), 0..5),
        (brief, name, live) in (".{0,1000}", ".{0,400}", 0_usize..=25),
        sources in prop::collection::vec(".{0,200}", 0..5),
        approvals in 0_usize..6,
    ) {
        let (_, mut client, mut tweet) = samples::all().swap_remove(which);
        let mut settings = samples::settings();
        settings.name = name.clone();
        client.settings = Some(settings.into());
        tweet.brief = brief;
        let who = PersonRef { name, ..samples::maya().who().unwrap() };
        if let Some(revision) = tweet.revisions.last_mut() {
            revision.content = content;
            revision.alternatives = alternatives;
            revision.origin.sources = sources;
            revision.author = Author::Person { who: who.clone() };
        }
        tweet.approvals = vec![Approval { by: who, at: samples::NOW }; approvals];
        let post = Post { id: PostId::new("12345678901234567890").unwrap(), at: samples::NOW, known_by: KnownBy::Answer, deleted_at: None };
        tweet.posts = vec![post; live];
        within_limits(&message(&client, &tweet, &PriceList::default()))?;
    }

    #[test]
    fn a_text_that_is_not_shown_whole_says_so_and_is_whole_on_its_pages(content in contents()) {
        let (client, mut tweet) = samples::validated();
        tweet.revisions.last_mut().unwrap().content = content.clone();
        let prices = PriceList::default();
        let embed = message(&client, &tweet, &prices).embeds.remove(0);
        prop_assert_eq!(shows_all(&client, &tweet, &prices), !embed.description.contains("shows the whole text"));
        let pages = pages(&content);
        prop_assert!(pages.iter().all(|page| length(page) <= CONTENT));
        let letters = |text: &str| text.chars().filter(|c| c.is_ascii_lowercase()).count();
        let written: usize = content.segments.iter().map(|post| letters(&post.text)).sum();
        let shown: usize = pages.iter().map(|page| letters(page)).sum();
        prop_assert!(shown >= written);
    }
}
