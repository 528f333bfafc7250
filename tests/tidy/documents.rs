//! Rules over everything that is read: no machine's paths or leftovers, whole decision records, links that lead somewhere.
//!
//! A link's target is looked up in the tree only; what is on the web is not asked for.

use std::collections::BTreeMap;

use crate::tree::Tree;

/// A decision record is read in a minute.
const LONGEST_RECORD: usize = 25;

/// What a decision record says, in this order.
const RECORD_PARTS: [&str; 4] = ["Status", "Context", "Decision", "Consequences"];

/// What no committed file says, and why. Written in pieces, so that this file does not say it either.
const FORBIDDEN: [(&str, &str); 8] = [
    (
        concat!("/ro", "ot/"),
        "a path of one machine; use a relative path or a setting",
    ),
    (
        concat!("/wo", "rk/"),
        "a path of one machine; use a relative path or a setting",
    ),
    (
        concat!("/ho", "me/"),
        "a path of one machine; use a relative path or a setting",
    ),
    (
        concat!("/Us", "ers/"),
        "a path of one machine; use a relative path or a setting",
    ),
    (
        concat!("index.crates", ".io"),
        "a registry's host; cargo knows where crates are",
    ),
    (
        concat!("static.crates", ".io"),
        "a registry's host; cargo knows where crates are",
    ),
    (
        concat!("<<<<", "<<<"),
        "a merge that was not finished; resolve it",
    ),
    (
        concat!("BEGIN ", "PRIVATE KEY"),
        "a secret; revoke it, then remove it from the history",
    ),
];

/// No committed file names a machine, a registry's host, a key or an unfinished merge.
pub(crate) fn forbidden_words(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| *path != "Cargo.lock") {
        for (number, line) in (1..).zip(text.lines()) {
            for (word, why) in FORBIDDEN.iter().filter(|(word, _)| line.contains(word)) {
                complaints.push(format!("{path}:{number}: \"{word}\" is {why}"));
            }
        }
    }
    complaints
}

/// Every file under docs/adr/ is a numbered, short record with its four parts.
pub(crate) fn decision_records(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    for (path, text) in tree.files() {
        let Some(name) = path.strip_prefix("docs/adr/") else {
            continue;
        };
        complaints.extend(record_name(path, name, &mut numbers));
        let lines = text.lines().count();
        if lines > LONGEST_RECORD {
            complaints.push(format!(
                "{path}: {lines} lines, at most {LONGEST_RECORD}; keep the decision, move \
                    the details to docs/"
            ));
        }
        if !in_order(text, &RECORD_PARTS) {
            complaints.push(format!(
                "{path}: a record says, in this order, {}",
                RECORD_PARTS.map(|part| format!("**{part}**")).join(", ")
            ));
        }
    }
    complaints
}

fn record_name<'a>(
    path: &'a str,
    name: &'a str,
    numbers: &mut BTreeMap<&'a str, &'a str>,
) -> Option<String> {
    let number = name
        .get(..4)
        .filter(|number| number.chars().all(|c| c.is_ascii_digit()));
    let Some(number) = number.filter(|_| name[4..].starts_with('-') && name.ends_with(".md"))
    else {
        return Some(format!("{path}: name it NNNN-what-was-decided.md"));
    };
    let other = numbers.insert(number, path)?;
    Some(format!(
        "{path}: {other} has this number; take the next free one"
    ))
}

fn in_order(text: &str, parts: &[&str]) -> bool {
    let mut rest = text;
    parts
        .iter()
        .all(|part| match rest.split_once(&format!("**{part}**")) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
}

/// Every relative link of a Markdown file leads to a file or a directory of the repository.
pub(crate) fn links(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.ending(".md") {
        for (line, target) in link_targets(text) {
            if !resolve(path, target).is_some_and(|target| tree.has(&target)) {
                complaints.push(format!(
                    "{path}:{line}: the link to \"{target}\" leads nowhere; mend the path (it \
                        is relative to the file) or remove it"
                ));
            }
        }
    }
    complaints
}

/// The relative link targets of a Markdown text with their lines; code blocks and code spans hold none.
fn link_targets(text: &str) -> Vec<(usize, &str)> {
    let mut targets = Vec::new();
    let mut in_code = false;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if !in_code {
            // Every second piece between backticks is code.
            let prose = line.split('`').step_by(2);
            targets.extend(
                prose
                    .flat_map(inline_targets)
                    .map(|target| (number, target)),
            );
            targets.extend(reference_target(line).map(|target| (number, target)));
        }
    }
    targets.retain(|(_, target)| !is_elsewhere(target));
    targets
}

fn inline_targets(prose: &str) -> impl Iterator<Item = &str> {
    prose.split("](").skip(1).filter_map(|after| {
        let inside = after.split(')').next()?;
        inside.split_whitespace().next()
    })
}

/// The target of a line such as `[name]: path/to/file.md`.
fn reference_target(line: &str) -> Option<&str> {
    let (name, target) = line.strip_prefix('[')?.split_once("]: ")?;
    (!name.starts_with('^')).then(|| target.split_whitespace().next())?
}

fn is_elsewhere(target: &str) -> bool {
    target.starts_with('#') || target.contains("://") || target.starts_with("mailto:")
}

/// The path from the root that a link in a file leads to; none when it leaves the repository.
fn resolve(file: &str, target: &str) -> Option<String> {
    let target = target.split('#').next().unwrap_or(target);
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_forbidden_word_is_found_except_in_the_lock_file() {
        for (word, _) in FORBIDDEN {
            let text = format!("fine\nsee {word}x");
            let complaints = forbidden_words(&Tree::of(&[("docs/a.md", &text)]));
            assert!(
                complaints.len() == 1 && complaints[0].starts_with("docs/a.md:2"),
                "{word}"
            );
            assert!(forbidden_words(&Tree::of(&[("Cargo.lock", &text)])).is_empty());
        }
    }

    const RECORD: &str =
        "# 1\n- **Status**: x\n- **Context**: x\n- **Decision**: x\n- **Consequences**: x\n";

    #[test]
    fn a_whole_record_passes_and_a_long_or_partial_one_does_not() {
        let complaints =
            |text: &str| decision_records(&Tree::of(&[("docs/adr/0001-a.md", text)])).len();
        assert_eq!(complaints(RECORD), 0);
        assert_eq!(
            complaints(&format!("{RECORD}{}", "\n".repeat(LONGEST_RECORD))),
            1
        );
        for part in RECORD_PARTS {
            assert_eq!(complaints(&RECORD.replace(part, "Other")), 1, "{part}");
        }
    }

    #[test]
    fn a_record_has_a_number_of_its_own() {
        let names = [
            "docs/adr/0001-a.md",
            "docs/adr/0001-b.md",
            "docs/adr/notes.md",
            "docs/adr/02-c.md",
        ];
        let tree = Tree::of(&names.map(|name| (name, RECORD)));
        assert_eq!(decision_records(&tree).len(), 3);
    }

    #[test]
    fn a_link_is_followed_from_the_file_that_has_it() {
        let text = "[a](b.md#part) [c](../README.md \"title\") [d](https://x.y) [e](#here) `[f](g.md)`\n\
                    ```\n[h](i.md)\n```\n![j](adr/)\n[k]: b.md";
        let tree = Tree::of(&[
            ("docs/a.md", text),
            ("docs/b.md", ""),
            ("README.md", ""),
            ("docs/adr/1.md", ""),
        ]);
        assert_eq!(links(&tree), Vec::<String>::new());
    }

    #[test]
    fn a_link_that_leads_nowhere_or_out_is_refused() {
        for text in [
            "[a](gone.md)",
            "[a](../../out.md)",
            "![a](gone.png)",
            "[a]: gone.md",
        ] {
            assert_eq!(links(&Tree::of(&[("docs/a.md", text)])).len(), 1, "{text}");
        }
    }
}
