//! A card as a person reads it: from the message alone, with nothing of the engine's.

use std::collections::BTreeMap;

use clara_sandbox::discord::{MessageId, MessageView};
use serde_json::Value;

/// What a card says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) message: MessageId,
    /// The tweet's short id.
    pub(super) tweet: String,
    pub(super) client: String,
    pub(super) revision: u32,
    /// The first word of its title: `validated`, `posted`, ...
    pub(super) state: String,
    pub(super) brief: String,
    /// Its posts' texts as they will be posted; none where there is no text, or not all of it.
    pub(super) segments: Option<Vec<String>>,
    /// Who wrote the text, if a person did.
    pub(super) author: Option<String>,
    /// Who has approved it.
    pub(super) approvals: Vec<String>,
    /// The ids of its posts that are live.
    pub(super) live: Vec<String>,
    /// When it is to be posted, in epoch seconds.
    pub(super) slot: Option<i64>,
    /// By action: what a click on the button sends.
    pub(super) buttons: BTreeMap<String, String>,
}

impl Card {
    /// Reads a message; none where it is no card.
    pub(super) fn read(view: &MessageView) -> Option<Self> {
        let embed = view.embeds.first()?;
        let footer = embed["footer"]["text"].as_str()?;
        let (tweet, rest) = footer.strip_prefix("tweet ")?.split_once(" of ")?;
        let (client, revision) = rest.split_once(", revision ")?;
        let (_, title) = embed["title"].as_str()?.split_once(' ')?;
        let state = title.split([':', ' ']).next().unwrap_or(title);
        let field = |name: &str| field(embed, name);
        Some(Self {
            message: view.id,
            tweet: tweet.to_owned(),
            client: client.to_owned(),
            revision: revision.parse().ok()?,
            state: state.to_owned(),
            brief: field("Brief").map(plain).unwrap_or_default(),
            segments: embed["description"].as_str().and_then(segments),
            author: field("Text").and_then(author),
            approvals: field("Approvals").map(names).unwrap_or_default(),
            live: field("Live").map(posts).unwrap_or_default(),
            slot: field("Time").and_then(epoch),
            buttons: buttons(view),
        })
    }

    /// What a click on the button of an action sends, if the card has it.
    pub(super) fn button(&self, action: &str) -> Option<&str> {
        self.buttons.get(action).map(String::as_str)
    }

    /// Whether nothing more becomes of the tweet.
    pub(super) fn is_over(&self) -> bool {
        ["posted", "rejected", "cancelled", "deleted"].contains(&self.state.as_str())
    }
}

fn field<'a>(embed: &'a Value, name: &str) -> Option<&'a str> {
    let mut fields = embed["fields"].as_array()?.iter();
    fields.find(|field| field["name"] == name)?["value"].as_str()
}

fn buttons(view: &MessageView) -> BTreeMap<String, String> {
    let buttons = view.buttons().into_iter().filter(|button| !button.disabled);
    let named = buttons.filter_map(|button| {
        let action = button.custom_id.split(':').nth(1)?.to_owned();
        Some((action, button.custom_id))
    });
    named.collect()
}

/// The texts above their headings, `-# **1/2** · 57/280`.
fn segments(description: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut text: Vec<&str> = Vec::new();
    for line in description.lines() {
        if line.starts_with("-# ") {
            segments.push(plain(text.join("\n").trim_start_matches('\n')));
            text.clear();
        } else {
            text.push(line);
        }
    }
    let rest = text.iter().any(|line| !line.trim().is_empty());
    (!rest && !segments.is_empty()).then_some(segments)
}

/// What Discord shows of a text: the letter behind a backslash is the letter.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            '\u{200b}' => {}
            letter => out.push(letter),
        }
    }
    out
}

/// `revision 2, by tom`.
fn author(text: &str) -> Option<String> {
    let (_, author) = text.split_once(", by ")?;
    Some(plain(author))
}

/// `1 of 2: ines`.
fn names(text: &str) -> Vec<String> {
    let names = text.split_once(": ").map(|(_, names)| names);
    let names = names.into_iter().flat_map(|names| names.split(", "));
    names.map(plain).collect()
}

/// The numbers at the ends of links.
fn posts(text: &str) -> Vec<String> {
    let links = text.lines().filter_map(|line| line.split_once("/status/"));
    links.map(|(_, id)| id.trim().to_owned()).collect()
}

/// `<t:1774735200:F>` and more.
pub(super) fn epoch(text: &str) -> Option<i64> {
    text.split_once("<t:")?.1.split(':').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_thread_reads_as_its_posts_and_a_text_that_is_not_whole_as_none() {
        let two = "one \\*star\\*\n\nand more\n-# **1/2** · 9/280\n\ntwo\n-# **2/2** · 3/280";
        assert_eq!(segments(two).unwrap(), ["one *star*\n\nand more", "two"]);
        assert_eq!(segments("*Not written yet.*"), None);
        let cut = "one\n-# **1/2** · 9/280\n\n*Not all of it fits here: `/tweet show id:1` shows the whole text.*";
        assert_eq!(segments(cut), None);
    }

    #[test]
    fn the_facts_beside_the_text_are_read() {
        assert_eq!(names("0 of 2"), Vec::<String>::new());
        assert_eq!(names("2 of 2: ines, leo"), ["ines", "leo"]);
        assert_eq!(author("revision 2, by tom").as_deref(), Some("tom"));
        assert_eq!(author("revision 1, written by sandbox-writer"), None);
        assert_eq!(epoch("<t:1774735200:F>\nSat 28 Mar"), Some(1_774_735_200));
        assert_eq!(
            posts("1. https://x.com/a/status/12\n2. https://x.com/a/status/13"),
            ["12", "13"]
        );
    }
}
