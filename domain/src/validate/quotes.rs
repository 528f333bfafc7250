//! Quotation marks around a whole text, as a model puts them.

/// The marks that may open a quotation, each with those that may close it.
const PAIRS: [(char, &[char]); 8] = [
    ('"', &['"']),
    ('“', &['”', '“']),
    ('„', &['“', '”']),
    ('”', &['”']),
    ('«', &['»']),
    ('»', &['«']),
    ('「', &['」']),
    ('『', &['』']),
];

/// What is within quotation marks that are around a whole text and nowhere in it.
pub(super) fn surrounding(text: &str) -> Option<&str> {
    let text = text.trim();
    let first = text.chars().next()?;
    let (_, closing) = PAIRS.iter().find(|(open, _)| *open == first)?;
    let rest = text.strip_prefix(first)?;
    let last = rest.chars().next_back()?;
    let inside = rest.strip_suffix(last)?;
    let has_more = inside.contains([first, last]);
    (closing.contains(&last) && !has_more && !inside.trim().is_empty()).then_some(inside)
}
