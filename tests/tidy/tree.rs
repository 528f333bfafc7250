//! The files of the repository as the rules see them: relative paths and text.
//!
//! Reading the disk happens here only; the rules take a [`Tree`], which a test of a rule builds by hand. Build output,
//! data, secrets and files that are not UTF-8 text are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What holds no source: build output, what the engine writes, what nobody commits.
const SKIPPED: [&str; 5] = ["target", "data", "secrets", "node_modules", "lcov.info"];

/// Hidden files belong to somebody's tools, these excepted.
const HIDDEN: [&str; 5] = [
    ".ci",
    ".github",
    ".dockerignore",
    ".editorconfig",
    ".gitignore",
];

/// Text by path relative to the repository's root, with `/` between parts.
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// The repository that this test was built from.
    pub(crate) fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        collect(root, "", &mut files);
        Self { files }
    }

    /// A made-up repository, for the rules' own tests.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let owned = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self {
            files: owned.collect(),
        }
    }

    /// All files, in the order of their paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files whose path ends so.
    pub(crate) fn ending(&self, suffix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(move |(path, _)| path.ends_with(suffix))
    }

    /// The text of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether the path is a file, or a directory that holds one. A picture is no text, so the disk is asked too.
    pub(crate) fn has(&self, path: &str) -> bool {
        let directory = format!("{}/", path.trim_end_matches('/'));
        path.is_empty()
            || self.files.contains_key(path)
            || self.files.keys().any(|file| file.starts_with(&directory))
            || Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()
    }
}

fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(directory).expect("the repository can be read");
    for entry in entries {
        let entry = entry.expect("the repository can be read");
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_skipped(&name) {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().expect("an entry has a type");
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else if let Ok(text) = fs::read_to_string(entry.path()) {
            files.insert(path, text);
        }
    }
}

fn is_skipped(name: &str) -> bool {
    SKIPPED.contains(&name) || (name.starts_with('.') && !HIDDEN.contains(&name))
}

#[test]
fn reading_finds_this_file_and_no_build_output() {
    let tree = Tree::read();
    assert!(tree.text("tests/tidy/tree.rs").is_some());
    assert!(tree.has("tests/tidy") && !tree.has("tests/tydi"));
    assert!(tree.text(".ci/run").is_some());
    assert!(
        tree.files()
            .all(|(path, _)| !path.starts_with("target/") && !path.starts_with(".git/"))
    );
}
