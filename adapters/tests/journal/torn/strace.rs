//! How strace writes down the arguments of a system call: descriptors with their paths, numbers, strings with escapes.

use std::path::{Path, PathBuf};

/// What a call was given.
pub(super) struct Arguments(Vec<Argument>);

struct Argument {
    text: String,
    bytes: Option<Vec<u8>>,
}

impl Arguments {
    pub(super) fn parse(text: &str) -> Self {
        let (mut arguments, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let (argument, after) = match rest.strip_prefix('"') {
                Some(quoted) => string(quoted),
                None => plain(rest),
            };
            arguments.push(argument);
            rest = after.trim_start_matches([',', ' ']);
        }
        Self(arguments)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// One of them as it stands there.
    pub(super) fn text(&self, n: usize) -> &str {
        &self.0[n].text
    }

    /// The path of a descriptor, as `-y` shows it.
    pub(super) fn file(&self, n: usize) -> Option<&Path> {
        let (_, path) = self.0[n].text.split_once('<')?;
        Some(Path::new(path.trim_end().strip_suffix('>')?))
    }

    pub(super) fn bytes(&self, n: usize) -> Vec<u8> {
        self.0[n].bytes.clone().unwrap()
    }

    /// A path, taken from the directory before it where it is relative.
    pub(super) fn path(&self, n: usize) -> PathBuf {
        let path = PathBuf::from(String::from_utf8(self.bytes(n)).unwrap());
        match n.checked_sub(1).and_then(|before| self.file(before)) {
            Some(dir) if path.is_relative() => dir.join(path),
            _ => path,
        }
    }

    pub(super) fn number(&self, n: usize) -> usize {
        self.0[n].text.trim().parse().unwrap()
    }
}

fn plain(text: &str) -> (Argument, &str) {
    // A path in angle brackets may hold anything but is made by us: no comma in it.
    let end = text.find(", ").unwrap_or(text.len());
    let argument = Argument {
        text: text[..end].to_owned(),
        bytes: None,
    };
    (argument, &text[end..])
}

/// A string up to its closing quote, with C's escapes.
fn string(text: &str) -> (Argument, &str) {
    let (raw, mut bytes, mut at) = (text.as_bytes(), Vec::new(), 0);
    while raw[at] != b'"' {
        if raw[at] != b'\\' {
            bytes.push(raw[at]);
            at += 1;
            continue;
        }
        let (byte, size) = match raw[at + 1] {
            b'x' => (u8::from_str_radix(&text[at + 2..at + 4], 16).unwrap(), 4),
            b'n' => (b'\n', 2),
            b't' => (b'\t', 2),
            b'r' => (b'\r', 2),
            b'v' => (0x0b, 2),
            b'f' => (0x0c, 2),
            b'0' => (0, 2),
            other => (other, 2),
        };
        bytes.push(byte);
        at += size;
    }
    let argument = Argument {
        text: String::new(),
        bytes: Some(bytes),
    };
    (argument, &text[at + 1..])
}
