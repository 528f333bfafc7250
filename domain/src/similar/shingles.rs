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
    let letters: Vec<char> = [' ']
        .into_iter()
        .chain(normal.chars())
        .chain([' '])
        .collect();
    let mut shingles = Vec::with_capacity(letters.len());
    for (at, letter) in letters.iter().enumerate() {
        let length = if spaceless(*letter) {
            LETTERS_OF_SPACELESS
        } else {
            LETTERS
        };
        if let Some(piece) = letters.get(at..at + length) {
            shingles.push(hash(piece));
        }
    }
    shingles.sort_unstable();
    shingles.dedup();
    if shingles.len() < FEWEST {
        shingles.clear();
    }
    shingles
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
    let all = one.len() + other.len() - common;
    if common == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}
