//! One TOML file, read into a type with every problem that can be found in one go.
//!
//! A problem's key is taken out and the file read again, so that the next one shows; what is found is worded in
//! [`super::words`]. A file with a problem never yields a value.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::problem::{Place, Problem};
use super::words::{self, Complaint};

/// The most problems of one file that are shown; a file with more is better started again from an example.
const MOST: usize = 20;

/// A file's text, before anything is made of it.
pub(super) struct Source {
    pub(super) file: PathBuf,
    pub(super) text: String,
}

impl Source {
    /// Reads a file.
    pub(super) fn open(file: &Path) -> Result<Self, Problem> {
        let text = std::fs::read_to_string(file).map_err(|error| Problem {
            file: file.to_owned(),
            place: None,
            key: String::new(),
            what: format!(
                "the file cannot be read: {error}; expected a TOML file that this user may read"
            ),
        })?;
        let file = file.to_owned();
        Ok(Self { file, text })
    }

    /// Parses the text; its syntax errors when it is not TOML.
    pub(super) fn parse(&self) -> Result<Document<'_>, Vec<Problem>> {
        let (root, errors) = DeTable::parse_recoverable(&self.text);
        let problem = |error: &toml::de::Error| Problem {
            file: self.file.clone(),
            place: error.span().map(|span| Place::of(&self.text, span.start)),
            key: String::new(),
            what: format!("this is not TOML: {}", error.message()),
        };
        if errors.is_empty() {
            Ok(Document { source: self, root })
        } else {
            Err(errors.iter().take(MOST).map(problem).collect())
        }
    }
}

/// A file that is TOML.
pub(super) struct Document<'t> {
    source: &'t Source,
    root: Spanned<DeTable<'t>>,
}

/// A step from a table to what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

type Steps = Vec<Step>;

impl Document<'_> {
    /// Reads the document into a type.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Problem>> {
        let mut root = self.root.clone();
        let mut problems = Vec::new();
        let mut removed: Vec<Steps> = Vec::new();
        loop {
            let error = match T::deserialize(Deserializer::from(root.clone())) {
                Ok(value) if problems.is_empty() => return Ok(value),
                Ok(_) => return Err(problems),
                Err(error) => error,
            };
            let place = locate(&root, &error);
            let complaint = words::understand(error.message());
            let meant = misspelt(&place, &complaint);
            let follows = matches!(&complaint, Complaint::Missing { key } if removed.contains(&joined(&place, key)));
            if !follows {
                problems.push(self.word(&place, &error, complaint));
            }
            if place.is_empty() || problems.len() == MOST || !remove(root.get_mut(), &place) {
                return Err(problems);
            }
            removed.extend(meant);
            removed.push(place);
        }
    }

    /// A top-level text, whatever else is wrong with the file.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.root.get_ref().get(key)?.get_ref().as_str()
    }

    /// Whether a top-level key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.root.get_ref().get(key).is_some()
    }

    /// A problem with the value of a key, given in dotted form; at the file's head when the key is not written there.
    pub(super) fn problem(&self, key: &str, what: String) -> Problem {
        let steps: Vec<Step> = key.split('.').flat_map(named).collect();
        let span = find(self.root.get_ref(), &steps);
        self.at(span, key.to_owned(), what)
    }

    fn at(&self, span: Option<Range<usize>>, key: String, what: String) -> Problem {
        Problem {
            file: self.source.file.clone(),
            place: span.map(|span| Place::of(&self.source.text, span.start)),
            key,
            what,
        }
    }

    fn word(&self, place: &Steps, error: &toml::de::Error, complaint: Complaint) -> Problem {
        let key = dotted(place);
        let (key, what) = match complaint {
            Complaint::Unknown { key: name, known } => (key, words::unknown(&name, &known)),
            Complaint::Missing { key: name } => {
                let key = dotted(&joined(place, &name));
                let what = words::missing(&key);
                (key, what)
            }
            Complaint::Wrong { message } => {
                let what = words::wrong(&key, &message);
                (key, what)
            }
        };
        let span = find(self.root.get_ref(), place).or_else(|| error.span());
        self.at(span, key, what)
    }
}

/// The key that was probably meant by an unknown one: it is not missing as well.
fn misspelt(place: &Steps, complaint: &Complaint) -> Option<Steps> {
    let Complaint::Unknown { key, known } = complaint else {
        return None;
    };
    let table = place.split_last()?.1.to_vec();
    words::nearest(key, known).map(|near| joined(&table, near))
}

/// The steps of a part of a key: its name, and the index in `name[2]`.
fn named(part: &str) -> Vec<Step> {
    let (name, index) = part.split_once('[').unwrap_or((part, ""));
    let index = index.trim_end_matches(']').parse().ok();
    let key = Step::Key(name.to_owned());
    [key].into_iter().chain(index.map(Step::Index)).collect()
}

fn joined(place: &Steps, key: &str) -> Steps {
    let mut path = place.clone();
    path.push(Step::Key(key.to_owned()));
    path
}

fn dotted(path: &Steps) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => text.push_str(&format!(".{key}")),
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// The path of what an error is about: the deepest key or value whose span is the error's; the root when there is none.
fn locate(root: &Spanned<DeTable<'_>>, error: &toml::de::Error) -> Steps {
    let Some(span) = error.span() else {
        return Vec::new();
    };
    let mut best = Vec::new();
    search_table(
        root.get_ref(),
        &span,
        error.message(),
        &mut Vec::new(),
        &mut best,
    );
    best
}

fn search_table(
    table: &DeTable<'_>,
    span: &Range<usize>,
    message: &str,
    path: &mut Steps,
    best: &mut Steps,
) {
    for (key, value) in table {
        path.push(Step::Key(key.get_ref().to_string()));
        if key.span() == *span && path.len() > best.len() {
            best.clone_from(path);
        }
        search(value, span, message, path, best);
        path.pop();
    }
}

fn search(
    value: &Spanned<DeValue<'_>>,
    span: &Range<usize>,
    message: &str,
    path: &mut Steps,
    best: &mut Steps,
) {
    let found = value.span() == *span;
    if found && path.len() > best.len() {
        best.clone_from(path);
    }
    match value.get_ref() {
        DeValue::Table(table) => search_table(table, span, message, path, best),
        DeValue::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                // A list that is checked as a whole names the item that is wrong in its message.
                if found && names(message, item.get_ref()) {
                    best.clone_from(path);
                }
                search(item, span, message, path, best);
                path.pop();
            }
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
}

fn names(message: &str, item: &DeValue<'_>) -> bool {
    let text = item.as_str().map(str::trim);
    text.is_some_and(|text| {
        !text.is_empty() && words::quoted(message).iter().any(|word| word == text)
    })
}

/// The span of the key at a path, or of the item of a list.
fn find(table: &DeTable<'_>, path: &[Step]) -> Option<Range<usize>> {
    let (Step::Key(name), rest) = path.split_first()? else {
        return None;
    };
    let (key, value) = table.get_key_value(name.as_str())?;
    if rest.is_empty() {
        return Some(key.span());
    }
    find_in(value, rest)
}

fn find_in(value: &Spanned<DeValue<'_>>, path: &[Step]) -> Option<Range<usize>> {
    match (path.first(), value.get_ref()) {
        (None, _) => Some(value.span()),
        (Some(Step::Key(_)), DeValue::Table(table)) => find(table, path),
        (Some(Step::Index(index)), DeValue::Array(items)) => {
            find_in(items.get(*index)?, &path[1..])
        }
        (Some(_), _) => None,
    }
}

/// Takes out what a path leads to; the key that holds it where it is an item of a list.
fn remove(table: &mut DeTable<'_>, path: &[Step]) -> bool {
    let Some((Step::Key(name), rest)) = path.split_first() else {
        return false;
    };
    let is_table = matches!(rest.first(), Some(Step::Key(_)));
    match table.get_mut(name.as_str()).map(Spanned::get_mut) {
        Some(DeValue::Table(inner)) if is_table => remove(inner, rest),
        Some(_) => table.remove(name.as_str()).is_some(),
        None => false,
    }
}
