//! Rust source with its comments, strings and test modules blanked out, so that a rule can search for words.
//!
//! This is a scanner, not a parser: it knows where text is not code, and where braces close. Blanking keeps every line
//! where it was, so that a finding has the line number of the file.

use std::iter;

/// The text with comments, string and character literals replaced by spaces.
pub(crate) fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        match end {
            Some(end) => {
                code.extend(chars[at..end].iter().map(|c| blank(*c)));
                at = end;
            }
            None => {
                code.push(chars[at]);
                at += 1;
            }
        }
    }
    code
}

fn blank(c: char) -> char {
    if c == '\n' { '\n' } else { ' ' }
}

/// Where the comment or literal that starts at `at` ends, if one starts there.
fn literal_end(chars: &[char], at: usize) -> Option<usize> {
    let next = chars.get(at + 1).copied();
    match (chars[at], next) {
        ('/', Some('/')) => Some(find(chars, at, |rest| rest[0] == '\n')),
        ('/', Some('*')) => Some(block_comment_end(chars, at)),
        ('"', _) => Some(quoted_end(chars, at + 1, '"')),
        ('r', Some('"' | '#')) if !follows_a_word(chars, at) => raw_string_end(chars, at + 1),
        ('\'', Some('\\')) => Some(quoted_end(chars, at + 1, '\'')),
        ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => Some(at + 3),
        _ => None,
    }
}

fn follows_a_word(chars: &[char], at: usize) -> bool {
    at > 0
        && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_')
        && !(chars[at - 1] == 'b' && (at == 1 || !chars[at - 2].is_alphanumeric()))
}

fn find(chars: &[char], from: usize, found: impl Fn(&[char]) -> bool) -> usize {
    (from..chars.len())
        .find(|at| found(&chars[*at..]))
        .unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let (mut depth, mut at) = (0_usize, start);
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(chars.len())
}

fn quoted_end(chars: &[char], start: usize, quote: char) -> usize {
    let mut at = start;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], start: usize) -> Option<usize> {
    let hashes = chars[start..].iter().take_while(|c| **c == '#').count();
    if chars.get(start + hashes) != Some(&'"') {
        return None; // a raw identifier such as r#type
    }
    let close: Vec<char> = iter::once('"').chain(iter::repeat_n('#', hashes)).collect();
    let end = find(chars, start + hashes + 1, |rest| rest.starts_with(&close));
    Some((end + close.len()).min(chars.len()))
}

/// What follows each `#[cfg(test)]` in code: where the attribute starts, and the text after it and further attributes.
pub(crate) fn test_items(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.match_indices("#[cfg(test)]").map(|(start, mark)| {
        let mut rest = code[start + mark.len()..].trim_start();
        while rest.starts_with("#[") {
            let end = rest.find(']').map_or(rest.len(), |end| end + 1);
            rest = rest[end..].trim_start();
        }
        (start, rest)
    })
}

/// The code with every `#[cfg(test)] mod ... { ... }` blanked out.
pub(crate) fn without_test_modules(code: &str) -> String {
    let mut kept = code.to_owned();
    for (start, item) in test_items(code) {
        let item_start = code.len() - item.len();
        // `item` is a suffix of `code`, so its length gives its place.
        let end = item_start + block_end(item);
        let blanked: String = code[start..end].chars().map(blank_keeping_width).collect();
        kept.replace_range(start..end, &blanked);
    }
    kept
}

fn blank_keeping_width(c: char) -> char {
    if c.len_utf8() == 1 { blank(c) } else { c }
}

/// Where the item at the start of the text ends: at its `;`, or where its first brace closes.
fn block_end(item: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in item.char_indices() {
        match c {
            ';' if depth == 0 => return at + 1,
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    item.len()
}

/// The line of a byte offset, counted from one.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The lines on which `needle` stands as a word of its own.
pub(crate) fn lines_with_word(code: &str, needle: &str) -> Vec<usize> {
    let of_a_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let alone = |at: usize| {
        let (before, after) = (&code[..at], &code[at + needle.len()..]);
        !of_a_word(before.chars().next_back()) && !of_a_word(after.chars().next())
    };
    let found = code.match_indices(needle).filter(|(at, _)| alone(*at));
    found.map(|(at, _)| line_of(code, at)).collect()
}

#[test]
fn comments_and_literals_are_blanked_and_lines_stay() {
    let text = "a // b\n\"c \\\" d\" 'e' '\\'' /* f /* g */ h */ r#\"i \"j\"# k<'l> br\"m\" r#type";
    let code = code_only(text);
    assert_eq!(
        code.split_whitespace().collect::<Vec<_>>(),
        ["a", "k<'l>", "b", "r#type"]
    );
    assert_eq!(line_of(&code, code.len()), 2);
}

#[test]
fn an_unclosed_literal_ends_with_the_file() {
    for text in ["\"abc", "/* abc", "r#\"abc", "'\\"] {
        assert_eq!(code_only(text).trim(), "", "{text}");
    }
}

#[test]
fn test_modules_are_blanked_whole() {
    let code = "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n fn b() { c }\n}\nfn d() {}";
    let kept = without_test_modules(code);
    assert!(kept.contains("fn a()") && kept.contains("fn d()") && !kept.contains("fn b()"));
    assert_eq!(kept.lines().count(), code.lines().count());
}

#[test]
fn a_word_is_found_only_when_it_stands_alone() {
    assert_eq!(
        lines_with_word("unsafe_code\nunsafe {}\nan_unsafe", "unsafe"),
        [2]
    );
}
