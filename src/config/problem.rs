//! What is wrong with a configuration, as the person who wrote it reads it: file, line, column, key, what was expected.
//!
//! Nothing here decides what is wrong. The invariant: a text never shows a secret, and always says what to do next.

use std::fmt;
use std::path::{Path, PathBuf};

/// A place in a text file, counted from 1 as editors do; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset.
    pub fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// In which file.
    pub file: PathBuf,
    /// Where in it; none where the whole file is meant.
    pub place: Option<Place>,
    /// The key in dotted form, such as `schedule.slots[1]`; empty where none is meant.
    pub key: String,
    /// What is wrong and what was expected.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(Place { line, column }) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, "\n    {}", self.what)
    }
}

/// Everything that is wrong with a configuration; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The file that was to be read, the clients' files not counted.
    pub config: PathBuf,
    /// In the order of files and lines.
    pub list: Vec<Problem>,
}

impl Problems {
    /// All problems of a configuration, put in order; none when there is nothing wrong.
    pub fn of(config: &Path, mut list: Vec<Problem>) -> Option<Self> {
        list.sort();
        list.dedup();
        let config = config.to_owned();
        (!list.is_empty()).then_some(Self { config, list })
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.list.len() {
            1 => writeln!(f, "The configuration has a problem:\n")?,
            many => writeln!(f, "The configuration has {many} problems:\n")?,
        }
        for problem in &self.list {
            writeln!(f, "{problem}\n")?;
        }
        write!(
            f,
            "Nothing was started and nothing was changed. Correct this, then try `clara check-config {}`.",
            self.config.display()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let text = "a = 1\nbé = 2\n";
        assert_eq!(Place::of(text, 0), Place { line: 1, column: 1 });
        assert_eq!(Place::of(text, 10), Place { line: 2, column: 4 });
        assert_eq!(Place::of(text, 999), Place { line: 3, column: 1 });
    }
}
