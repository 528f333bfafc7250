//! Rules over Rust source: size and naming, test hooks, `unsafe`, `unwrap`, and the purity of the core.
//!
//! Production code is what stands under a crate's `src/`, less its test modules. The words of a rule are searched in code
//! only, never in comments or strings.

use std::collections::BTreeSet;

use crate::code::{code_only, line_of, lines_with_word, test_items, without_test_modules};
use crate::tree::Tree;

/// Past this a file, its tests included, holds two ideas.
const LONGEST_FILE: usize = 500;

/// Where production code lives.
const PRODUCTION: [&str; 5] = [
    "src/",
    "domain/src/",
    "actors/src/",
    "adapters/src/",
    "sandbox/src/",
];

/// What a pure core cannot say, and where to take it from instead.
const IMPURE: [(&str, &str); 12] = [
    ("async", "return an effect as data"),
    ("await", "return an effect as data"),
    ("Timestamp::now", "take `now` as an argument"),
    ("Zoned::now", "take `now` as an argument"),
    ("SystemTime", "take `now` as an argument"),
    ("Instant", "take `now` as an argument"),
    ("Uuid::now_v7", "take the id as an argument"),
    ("Uuid::new_v4", "take the id as an argument"),
    ("std::fs", "leave files to clara-adapters"),
    ("std::net", "leave sockets to clara-adapters"),
    ("std::env", "leave the environment to the app"),
    ("std::thread", "leave threads to clara-actors"),
];

fn is_production(path: &str) -> bool {
    PRODUCTION.iter().any(|root| path.starts_with(root))
}

/// Production code by path: no comments, no literals, no test modules or their files.
fn production(tree: &Tree) -> Vec<(&str, String)> {
    let tests = test_files(tree);
    let of_tests = |path: &str| {
        let inside =
            |test: &String| path.starts_with(&format!("{}/", test.trim_end_matches(".rs")));
        tests.contains(path) || tests.iter().any(inside)
    };
    let sources = tree
        .ending(".rs")
        .filter(|(path, _)| is_production(path) && !of_tests(path));
    let code = |text: &str| without_test_modules(&code_only(text));
    sources.map(|(path, text)| (path, code(text))).collect()
}

/// The files of modules that are declared as `#[cfg(test)] mod name;`.
fn test_files(tree: &Tree) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for (path, text) in tree.ending(".rs") {
        let directory = module_directory(path);
        for (_, item) in test_items(&code_only(text)) {
            if let Some((name, rest)) = module_name(item)
                && rest.starts_with(';')
            {
                files.insert(format!("{directory}{name}.rs"));
            }
        }
    }
    files
}

/// Where the modules that a file declares live: beside a crate's root, under the file's own name otherwise.
fn module_directory(path: &str) -> String {
    let root = ["/lib.rs", "/main.rs"]
        .iter()
        .find(|root| path.ends_with(*root));
    match root {
        Some(root) => format!("{}/", path.trim_end_matches(root)),
        None => format!("{}/", path.trim_end_matches(".rs")),
    }
}

/// The name of the module that an item declares, and what follows the name.
fn module_name(item: &str) -> Option<(&str, &str)> {
    let after = item.strip_prefix("pub(crate) ").unwrap_or(item);
    let name = after.strip_prefix("mod ")?.trim_start();
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some((&name[..end], name[end..].trim_start()))
}

/// Short files, and `foo.rs` beside `foo/`.
pub(crate) fn shape(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.ending(".rs") {
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            complaints.push(format!(
                "{path}: {lines} lines, at most {LONGEST_FILE}; it holds two ideas: split \
                    it by what changes together"
            ));
        }
        if path.ends_with("/mod.rs") {
            let parent = path.trim_end_matches("/mod.rs");
            complaints.push(format!("{path}: no mod.rs; call it {parent}.rs"));
        }
    }
    complaints
}

/// `#[cfg(test)]` stands before a module only, and nothing asks whether it runs under test.
pub(crate) fn test_hooks(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.ending(".rs").filter(|(path, _)| is_production(path)) {
        let code = code_only(text);
        for (at, _) in test_items(&code).filter(|(_, item)| module_name(item).is_none()) {
            complaints.push(format!(
                "{path}:{}: `#[cfg(test)]` before something that is not a module; move it \
                    into `mod tests`, or inject a port",
                line_of(&code, at)
            ));
        }
        for hook in ["cfg!(test)", "cfg(any(test", "cfg(not(test", "cfg(all(test"] {
            for (at, _) in code.match_indices(hook) {
                complaints.push(format!(
                    "{path}:{}: production code must not know that it is tested; inject a \
                        clock, a journal or a port",
                    line_of(&code, at)
                ));
            }
        }
    }
    complaints
}

/// No `unsafe`, also not in tests.
pub(crate) fn unsafe_code(tree: &Tree) -> Vec<String> {
    let complain = |path: &str, line: usize| {
        format!(
            "{path}:{line}: no `unsafe`; there is a safe way, or a crate that has it \
                    behind a safe one"
        )
    };
    let files = tree.ending(".rs");
    let found = files.flat_map(|(path, text)| {
        let lines = lines_with_word(&code_only(text), "unsafe");
        lines.into_iter().map(move |line| complain(path, line))
    });
    found.collect()
}

/// No `.unwrap()` where a person's work depends on it.
pub(crate) fn unwraps(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, code) in production(tree) {
        for (at, _) in code.match_indices(".unwrap()") {
            complaints.push(format!(
                "{path}:{}: no `.unwrap()` outside tests; return an error, or \
                    `expect(\"why it cannot fail\")`",
                line_of(&code, at)
            ));
        }
    }
    complaints
}

/// The core decides; it neither waits nor looks at a clock, a disk, a socket or the environment.
pub(crate) fn pure_core(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, code) in production(tree) {
        if !path.starts_with("domain/") {
            continue;
        }
        for (word, instead) in IMPURE {
            for line in lines_with_word(&code, word) {
                complaints.push(format!(
                    "{path}:{line}: the core is pure, so no `{word}`; {instead}"
                ));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(path: &str, text: &str) -> Tree {
        Tree::of(&[(path, text)])
    }

    #[test]
    fn a_long_file_and_a_mod_rs_are_refused() {
        let longest = "\n".repeat(LONGEST_FILE);
        assert!(shape(&one("src/a.rs", &longest)).is_empty());
        assert_eq!(shape(&one("tests/a.rs", &format!("{longest}\n"))).len(), 1);
        assert_eq!(shape(&one("src/a/mod.rs", "")).len(), 1);
    }

    #[test]
    fn a_test_hook_is_refused_and_a_test_module_is_not() {
        let hooks = [
            "#[cfg(test)]\nfn f() {}",
            "#[cfg(test)]\nuse a::b;",
            "#[cfg(test)]\n#[allow(x)]\npub(crate) struct S;",
            "fn f() { if cfg!(test) {} }",
            "#[cfg(any(test, feature = \"x\"))]\nmod m {}",
        ];
        for hook in hooks {
            assert_eq!(test_hooks(&one("src/a.rs", hook)).len(), 1, "{hook}");
        }
        let modules = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[allow(x)]\nmod more { fn f() {} }";
        assert!(test_hooks(&one("src/a.rs", modules)).is_empty());
        assert!(test_hooks(&one("tests/a.rs", hooks[0])).is_empty());
    }

    #[test]
    fn unsafe_is_refused_everywhere_but_in_words() {
        assert_eq!(
            unsafe_code(&one("tests/a.rs", "fn f() { unsafe { g() } }")).len(),
            1
        );
        let words = "#![forbid(unsafe_code)] // unsafe\nconst A: &str = \"unsafe\";";
        assert!(unsafe_code(&one("src/a.rs", words)).is_empty());
    }

    #[test]
    fn an_unwrap_is_refused_in_production_only() {
        assert_eq!(
            unwraps(&one("domain/src/a.rs", "fn f() { g().unwrap() }")).len(),
            1
        );
        let fine = "fn f() {} // .unwrap()\n#[cfg(test)]\nmod tests { fn g() { h().unwrap() } }";
        assert!(unwraps(&one("domain/src/a.rs", fine)).is_empty());
        let after = format!("{fine}\nfn i() {{ j().unwrap() }}");
        assert_eq!(
            unwraps(&one("src/a.rs", &after)),
            [
                "src/a.rs:4: no `.unwrap()` outside tests; return an error, or \
                        `expect(\"why it cannot fail\")`"
            ]
        );
    }

    #[test]
    fn the_file_of_a_test_module_may_unwrap_whatever_its_name() {
        let body = "fn f() { g().unwrap() }";
        let tree = Tree::of(&[
            ("src/lib.rs", "#[cfg(test)]\nmod properties;\nmod real;"),
            ("src/properties.rs", body),
            ("src/properties/more.rs", body),
            ("src/real.rs", "#[cfg(test)]\nmod tests;"),
            ("src/real/tests.rs", body),
            ("src/tests.rs", body),
        ]);
        let complaints = unwraps(&tree);
        assert!(complaints.len() == 1 && complaints[0].starts_with("src/tests.rs:1"));
    }

    #[test]
    fn a_clock_or_a_wait_in_the_core_is_refused() {
        for text in [
            "async fn f() {}",
            "let t = Timestamp::now();",
            "use std::fs;",
            "x.await",
        ] {
            assert_eq!(pure_core(&one("domain/src/a.rs", text)).len(), 1, "{text}");
            assert!(pure_core(&one("actors/src/a.rs", text)).is_empty());
        }
        let fine = "// async\n#[cfg(test)]\nmod tests { fn f() { Timestamp::now(); } }";
        assert!(pure_core(&one("domain/src/a.rs", fine)).is_empty());
    }
}
