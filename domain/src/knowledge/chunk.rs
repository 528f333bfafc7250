//! A note cut into pieces that are searched, and shown to the model, one by one.
//!
//! The pieces, put together, are the note, character by character. A heading stays with the text under it, and every piece
//! knows the headings that it stands under. The same text is always cut the same way.

use std::ops::Range;

/// The most characters of a piece.
pub const LONGEST_CHUNK: usize = 1000;
/// A piece of fewer characters takes in the next section, too; so a note of many short sections is not many pieces.
const SHORTEST: usize = 200;
/// A longer line is no heading.
const LONGEST_HEADING: usize = 200;

/// A piece of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Where it is in the note's text, in bytes.
    pub range: Range<usize>,
    /// The headings that it stands under, outermost first; those inside it are not among them.
    pub headings: Vec<String>,
}

/// A paragraph, or a heading, with the white space after it.
struct Block {
    range: Range<usize>,
    heading: Option<(usize, String)>,
    chars: usize,
}

/// The pieces of a text, in order.
pub fn chunks(text: &str) -> Vec<Chunk> {
    let blocks: Vec<Block> = blocks(text)
        .into_iter()
        .flat_map(|block| pieces(text, block))
        .collect();
    let mut packer = Packer::default();
    for block in &blocks {
        packer.take(block);
    }
    packer.flush();
    packer.done
}

/// A Markdown heading's level and words, where a line is one.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let words = line[level..].strip_prefix([' ', '\t'])?;
    let words = words.trim().trim_end_matches('#').trim_end();
    let is_one =
        (1..=6).contains(&level) && !words.is_empty() && line.chars().count() <= LONGEST_HEADING;
    is_one.then_some((level, words))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = 0;
    let mut fenced = false;
    let mut ended = true;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let bare = line.trim_end();
        let heading = heading(bare).filter(|_| !fenced);
        fenced ^= bare.trim_start().starts_with("```");
        let chars = line.chars().count();
        let is_new = heading.is_some() || (ended && !bare.is_empty());
        match blocks.last_mut() {
            Some(last) if !is_new => {
                last.range.end = range.end;
                last.chars += chars;
            }
            _ => blocks.push(Block {
                range,
                heading: heading
                    .as_ref()
                    .map(|(level, words)| (*level, (*words).to_owned())),
                chars,
            }),
        }
        ended = (bare.is_empty() && !fenced) || heading.is_some();
    }
    blocks
}

/// A block that is longer than a piece may be, cut at the best place there is: a line's end, a sentence's, a word's.
fn pieces(text: &str, block: Block) -> Vec<Block> {
    if block.chars <= LONGEST_CHUNK {
        return vec![block];
    }
    let mut cut = Vec::new();
    let mut rest = block.range.clone();
    while let Some(end) = beyond(&text[rest.clone()]) {
        let window = &text[rest.start..rest.start + end];
        let length = best_end(window);
        let range = rest.start..rest.start + length;
        rest.start = range.end;
        cut.push(piece(text, range, None));
    }
    cut.push(piece(text, rest, None));
    cut[0].heading = block.heading;
    cut
}

fn piece(text: &str, range: Range<usize>, heading: Option<(usize, String)>) -> Block {
    let chars = text[range.clone()].chars().count();
    Block {
        range,
        heading,
        chars,
    }
}

/// Where the character after the longest piece starts, if there is one.
fn beyond(text: &str) -> Option<usize> {
    text.char_indices().nth(LONGEST_CHUNK).map(|(at, _)| at)
}

fn best_end(window: &str) -> usize {
    let half = window.char_indices().nth(LONGEST_CHUNK / 2);
    let half = half.map_or(0, |(at, _)| at);
    let after =
        |found: Option<usize>, length: usize| found.map(|at| at + length).filter(|end| *end > half);
    let sentence = [". ", "! ", "? "].into_iter();
    let sentence = sentence.filter_map(|end| after(window.rfind(end), 2)).max();
    let full_stop = window.rfind('。').map(|at| at + '。'.len_utf8());
    after(window.rfind('\n'), 1)
        .or(sentence)
        .or(full_stop.filter(|end| *end > half))
        .or(after(window.rfind(' '), 1))
        .unwrap_or(window.len())
}

#[derive(Default)]
struct Packer<'a> {
    /// The headings that the text read so far stands under, with their levels.
    path: Vec<(usize, String)>,
    /// What the next piece is made of.
    waiting: Vec<&'a Block>,
    done: Vec<Chunk>,
}

impl<'a> Packer<'a> {
    fn take(&mut self, block: &'a Block) {
        let chars: usize = self.waiting.iter().map(|block| block.chars).sum();
        let has_text = self.waiting.iter().any(|block| block.heading.is_none());
        let is_next_section = block.heading.is_some() && has_text && chars >= SHORTEST;
        if chars + block.chars > LONGEST_CHUNK || is_next_section {
            self.flush_but_headings(block);
        }
        self.waiting.push(block);
    }

    /// Headings at the end belong to what follows, where they fit there.
    fn flush_but_headings(&mut self, next: &Block) {
        let is_text = |block: &&Block| block.heading.is_none();
        let keep = self
            .waiting
            .iter()
            .rposition(is_text)
            .map_or(0, |at| at + 1);
        let headings = self.waiting.split_off(keep);
        let chars: usize = headings.iter().map(|block| block.chars).sum();
        if self.waiting.is_empty() || chars + next.chars > LONGEST_CHUNK {
            self.waiting.extend(headings);
            self.flush();
        } else {
            self.flush();
            self.waiting = headings;
        }
    }

    fn flush(&mut self) {
        let (Some(first), Some(last)) = (self.waiting.first(), self.waiting.last()) else {
            return;
        };
        // A piece that begins with a heading stands under those above it.
        let level = first.heading.as_ref().map(|(level, _)| *level);
        let above = self
            .path
            .iter()
            .take_while(|(above, _)| level.is_none_or(|level| *above < level));
        self.done.push(Chunk {
            range: first.range.start..last.range.end,
            headings: above.map(|(_, words)| words.clone()).collect(),
        });
        for (level, words) in self
            .waiting
            .drain(..)
            .filter_map(|block| block.heading.clone())
        {
            self.path.retain(|(above, _)| *above < level);
            self.path.push((level, words));
        }
    }
}
