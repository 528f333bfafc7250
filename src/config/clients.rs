//! The clients' files: one for each client, whose name is the client's id.
//!
//! A file is a declaration. What is in force is what the journal says, which takes over a changed declaration at the
//! next start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clara_domain::ids::ClientId;
use clara_domain::person::Access;
use clara_domain::settings::ClientSettings;

use super::document::{Document, Source};
use super::problem::Problem;

/// The most characters of a voice: some 5,000 tokens of each question.
const LONGEST_VOICE: usize = 20_000;

/// Reads every `*.toml` of a directory. A directory that does not exist holds no clients: they can be added at the
/// desk.
pub(super) fn load(
    directory: &Path,
    team: &Access,
    problems: &mut Vec<Problem>,
) -> BTreeMap<ClientId, ClientSettings> {
    let files = files(directory).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let mut clients = BTreeMap::new();
    let mut handles: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in files {
        match read(&file, team, &mut handles) {
            Ok((id, settings)) => drop(clients.insert(id, settings)),
            Err(found) => problems.extend(found),
        }
    }
    clients
}

/// The names that the files of a directory give to clients, whatever else is wrong with them.
pub(super) fn names(directory: &Path) -> Vec<String> {
    let files = files(directory).unwrap_or_default();
    let stems = files.iter().filter_map(|file| file.file_stem());
    stems
        .map(|stem| stem.to_string_lossy().into_owned())
        .collect()
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, Problem> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| Problem {
        file: directory.to_owned(),
        place: None,
        key: String::new(),
        what: format!(
            "the clients' directory cannot be read: {error}; expected a directory of TOML files"
        ),
    })?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    Ok(files)
}

/// Reads one file by itself.
pub(super) fn read_one(file: &Path) -> Result<(ClientId, ClientSettings), Vec<Problem>> {
    read(file, &Access::default(), &mut BTreeMap::new())
}

fn read(
    file: &Path,
    team: &Access,
    handles: &mut BTreeMap<String, PathBuf>,
) -> Result<(ClientId, ClientSettings), Vec<Problem>> {
    let id = client_id(file).map_err(|problem| vec![problem]);
    let settings = read_settings(file, team, handles);
    match (id, settings) {
        (Ok(id), Ok(settings)) => Ok((id, settings)),
        (id, settings) => {
            let problems = [id.err(), settings.err()];
            Err(problems.into_iter().flatten().flatten().collect())
        }
    }
}

fn client_id(file: &Path) -> Result<ClientId, Problem> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    ClientId::new(stem).map_err(|error| Problem {
        file: file.to_owned(),
        place: None,
        key: String::new(),
        what: format!("the file's name is the client's id, and {error}"),
    })
}

fn read_settings(
    file: &Path,
    team: &Access,
    handles: &mut BTreeMap<String, PathBuf>,
) -> Result<ClientSettings, Vec<Problem>> {
    let source = Source::open(file).map_err(|problem| vec![problem])?;
    let document = source.parse()?;
    let mut settings: ClientSettings = document.read()?;
    if !document.has("access") {
        settings.access = team.clone();
    }
    check(&settings, &document, file, handles)?;
    Ok(settings)
}

fn check(
    settings: &ClientSettings,
    document: &Document<'_>,
    file: &Path,
    handles: &mut BTreeMap<String, PathBuf>,
) -> Result<(), Vec<Problem>> {
    let mut problems = Vec::new();
    if settings.name.trim().is_empty() {
        let what = "empty; expected the name that people know the client by";
        problems.push(document.problem("name", what.to_owned()));
    }
    let length = settings.voice.length();
    if length > LONGEST_VOICE {
        let what = format!(
            "{length} characters in all; expected at most {LONGEST_VOICE}, because all of it is sent, and paid for, with each question"
        );
        problems.push(document.problem("voice", what));
    }
    for (key, what) in settings.rules.problems() {
        problems.push(document.problem(&format!("rules.{key}"), what));
    }
    // X does not tell handles apart by their case.
    let handle = settings.handle.as_str().to_ascii_lowercase();
    if let Some(other) = handles.insert(handle, file.to_owned()) {
        let what = format!(
            "@{} is the account of {} already; expected an account of its own, or two clients would post over each other",
            settings.handle,
            other.display()
        );
        problems.push(document.problem("handle", what));
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}
