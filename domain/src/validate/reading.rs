//! A segment as the rules read it: what several of them need is made once.

use std::cell::OnceCell;
use std::ops::Range;

use super::earlier::{Earlier, Said};
use super::folded::Folded;
use super::key::{TextKey, text_key};
use super::letters::is_blank;
use super::links::{self, Link};
use super::lookalike::{self, Script};
use super::words;

/// See the module.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    /// Whether there is nothing to read.
    pub(super) blank: bool,
    /// The form in which words are looked for.
    pub(super) folded: Folded,
    /// The words of that form.
    pub(super) words: Vec<Range<usize>>,
    /// The script of most of its letters.
    pub(super) script: Script,
    /// The links in it.
    pub(super) links: Vec<Link<'a>>,
    undisguised: OnceCell<Option<Folded>>,
    key: OnceCell<TextKey>,
    same: OnceCell<Vec<Said>>,
    near: OnceCell<Vec<Said>>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let folded = Folded::of(text);
        Self {
            text,
            blank: is_blank(text),
            words: words::words(&folded.text),
            script: lookalike::script(&folded.text),
            folded,
            links: links::links(text),
            undisguised: OnceCell::new(),
            key: OnceCell::new(),
            same: OnceCell::new(),
            near: OnceCell::new(),
        }
    }

    /// The form with look-alike letters undone; none where there are none.
    pub(super) fn undisguised(&self) -> Option<&Folded> {
        let undone = self.undisguised.get_or_init(|| self.folded.undisguised());
        undone.as_ref()
    }

    /// The text without its links.
    pub(super) fn without_links(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for link in &self.links {
            text.push_str(&self.text[from..link.at.start]);
            from = link.at.end;
        }
        text.push_str(&self.text[from..]);
        text
    }

    /// What it says: without the links and tags at its end, which lead on or file it, and of other links only the hosts.
    pub(super) fn saying(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for link in &self.links {
            text.push_str(&self.text[from..link.at.start]);
            from = link.at.end;
            let goes_on = !without_tags(&self.text[from..]).is_empty();
            text.push_str(if goes_on { link.host } else { "" });
        }
        text.push_str(&self.text[from..]);
        without_tags(&text).to_owned()
    }

    /// What it counts as when the same is looked for.
    pub(super) fn key(&self) -> &TextKey {
        self.key.get_or_init(|| text_key(self.text))
    }

    /// What said the same before.
    pub(super) fn same(&self, earlier: &dyn Earlier) -> &[Said] {
        self.same.get_or_init(|| earlier.same(self.key()))
    }

    /// What said nearly the same before.
    pub(super) fn near(&self, earlier: &dyn Earlier) -> &[Said] {
        self.near.get_or_init(|| earlier.near(self.text))
    }
}

/// A text up to the last word that is no tag.
fn without_tags(text: &str) -> &str {
    let mut said = text.trim_end();
    while let Some(last) = said.split_whitespace().next_back() {
        if last.contains(char::is_alphanumeric) && !last.starts_with(['#', '＃']) {
            break;
        }
        said = said[..said.len() - last.len()].trim_end();
    }
    said
}
