//! What a text is made of: its shingles, short overlapping pieces of its letters, as numbers.

use crate::validate::words::spaceless;

/// Letters in a shingle; two in scripts without spaces, where a letter says more.
const LETTERS: usize = 4;
const LETTERS_OF_SPACELESS: usize = 2;

/// A text of fewer shingles is too short for a likeness: "Good morning!" is like many a text.
const FEWEST: usize = 16;

/// The text as it is compared: letters and digits in lower case with one space between words; no links, signs or emoji.
pub(super) fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len() + 2);
    for word in text.split_whitespace().filter(|word| !is_link(word)) {
        for letter in word.chars() {
            if letter.is_alphanumeric() {
                normal.extend(letter.to_lowercase());
            } else if !normal.ends_with(' ')
                && !matches!(letter, '\'' | '’' | '\u{200B}' | '\u{AD}')
            {
                normal.push(' ');
            }
        }
        if !normal.ends_with(' ') {
            normal.push(' ');
        }
    }
    normal.trim().to_owned()
}

fn is_link(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.")
}

/// The shingles of a normal text, in order and each once; none of a text that is too short.
pub(super) fn shingles(normal: &str) -> Vec<u32> {
    let mut shingles = pieces(normal);
    shingles.sort_unstable();
    shingles.dedup();
    if shingles.len() < FEWEST {
        shingles.clear();
    }
    shingles
}

/// The shingles of a normal text as they come.
fn pieces(normal: &str) -> Vec<u32> {
    let mut letters: Vec<char> = Vec::with_capacity(normal.len() + 2);
    letters.push(' ');
    letters.extend(normal.chars());
    letters.push(' ');
    let mut pieces = Vec::with_capacity(letters.len());
    for (at, letter) in letters.iter().enumerate() {
        let length = if spaceless(*letter) {
            LETTERS_OF_SPACELESS
        } else {
            LETTERS
        };
        if let Some(piece) = letters.get(at..at + length) {
            pieces.push(hash(piece));
        }
    }
    pieces
}

/// A text's shingles, to be compared with those of many others.
pub(super) struct Wanted {
    pub(super) shingles: Vec<u32>,
    /// A bit for each of them, by its highest twelve.
    marks: [u64; 64],
}

impl Wanted {
    /// Those of a text.
    pub(super) fn of(text: &str) -> Self {
        let shingles = shingles(&normal(text));
        let mut marks = [0; 64];
        for shingle in &shingles {
            let (word, bit) = place(*shingle);
            marks[word] |= bit;
        }
        Self { shingles, marks }
    }

    /// The likeness with a normal text of so many shingles, if it is at least so high. Most are far from it, which is
    /// seen without putting their shingles in order.
    pub(super) fn likeness(&self, other: &str, count: usize, at_least: f64) -> Option<f64> {
        let is_marked = |shingle: &&u32| {
            let (word, bit) = place(**shingle);
            self.marks[word] & bit != 0
        };
        let most = pieces(other).iter().filter(is_marked).count();
        let most = most.min(self.shingles.len()).min(count);
        if share(most, self.shingles.len() + count) < at_least {
            return None;
        }
        let likeness = jaccard(&self.shingles, &shingles(other));
        (likeness >= at_least).then_some(likeness)
    }
}

/// Where the bit of a shingle is.
fn place(shingle: u32) -> (usize, u64) {
    ((shingle >> 26) as usize, 1 << (shingle >> 20 & 63))
}

/// FNV-1a over the letters, and a last mixing, because its low bits are weak.
fn hash(piece: &[char]) -> u32 {
    let folded = piece
        .iter()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, letter| {
            (hash ^ u64::from(u32::from(*letter))).wrapping_mul(0x0100_0000_01B3)
        });
    let mixed = (folded ^ (folded >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    u32::try_from(mixed >> 32).unwrap_or_default()
}

/// The share of what two sorted lists have in common; 0 where one is empty.
pub(super) fn jaccard(one: &[u32], other: &[u32]) -> f64 {
    let (mut left, mut right, mut common) = (0, 0, 0_usize);
    while let (Some(one), Some(other)) = (one.get(left), other.get(right)) {
        match one.cmp(other) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                (left, right, common) = (left + 1, right + 1, common + 1);
            }
        }
    }
    share(common, one.len() + other.len())
}

/// The share that so many in common are of two lists that have so many in all.
fn share(common: usize, both: usize) -> f64 {
    if common == 0 {
        0.0
    } else {
        common as f64 / (both - common) as f64
    }
}
