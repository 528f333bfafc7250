//! Quotation marks: around a whole text, as a model puts them, and around parts of one.

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

/// What stands in quotation marks in a text.
pub(super) fn passages(text: &str) -> Vec<&str> {
    let mut passages = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(|mark| PAIRS.iter().any(|(open, _)| *open == mark)) {
        let mut letters = rest[at..].chars();
        let pair = PAIRS
            .iter()
            .find(|(open, _)| letters.as_str().starts_with(*open));
        letters.next();
        let inside = letters.as_str();
        let end = pair.and_then(|(_, closing)| inside.find(*closing));
        rest = match end {
            Some(end) => {
                passages.push(&inside[..end]);
                let mut after = inside[end..].chars();
                after.next();
                after.as_str()
            }
            None => inside,
        };
    }
    passages
}
