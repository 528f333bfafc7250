//! The prompt templates: a directory in which each directory is a version, with `system.j2` and `user.j2` in it, and
//! perhaps `judge.j2`.
//!
//! Only read and checked here; what they are filled with is `clara_actors::prompt`'s. A directory that does not exist
//! leaves the version that is built in.

use std::path::{Path, PathBuf};

use clara_actors::prompt::{self, PromptError, Sources};
use clara_domain::prompt_stamp::Variants;
use serde::{Deserialize, Serialize};

use super::Config;
use super::document::Document;
use super::problem::{Place, Problem};

/// `[prompts]`: what the model is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Prompts {
    /// Where the versions are. In the file it is relative to the file; in a [`Config`] it is not.
    pub dir: PathBuf,
    /// The version for every client that names none.
    pub version: String,
    /// Versions that are compared, by their weights; with any, a tweet gets one of them by lot.
    pub variants: Variants,
    /// The templates that were found. Not a key of the file.
    #[serde(skip)]
    pub found: Vec<Sources>,
}

impl Default for Prompts {
    fn default() -> Self {
        Self {
            dir: PathBuf::from("prompts"),
            version: prompt::BUILT_IN.to_owned(),
            variants: Variants::default(),
            found: Vec::new(),
        }
    }
}

impl Prompts {
    /// The templates, ready to be filled.
    ///
    /// # Errors
    /// None for those of a [`Config`] that was loaded: they have been checked.
    pub fn templates(&self) -> Result<prompt::Prompts, PromptError> {
        prompt::Prompts::new(self.found.clone(), &self.version, self.variants.clone())
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = vec![prompt::BUILT_IN];
        names.extend(self.found.iter().map(|sources| sources.version.as_str()));
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// Reads the versions, and checks that every version that the main file names is there.
pub(super) fn load(
    config: &mut Config,
    base: &Path,
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) {
    let prompts = &mut config.prompts;
    prompts.dir = base.join(&prompts.dir);
    let before = problems.len();
    prompts.found = versions(&prompts.dir, problems);
    if problems.len() > before {
        // Which versions there would be is not known.
        return;
    }
    let mut named = vec![("prompts.version".to_owned(), prompts.version.as_str())];
    let drawn = prompts.variants.versions();
    named.extend(drawn.map(|(name, _)| (format!("prompts.variants.{name}"), name)));
    for (key, version) in named {
        if let Some(what) = missing(prompts, version) {
            problems.push(document.problem(&key, what));
        }
    }
    let no_weight = prompts.variants.is_empty() && prompts.variants.versions().next().is_some();
    if no_weight {
        let what = "all weights are 0; expected one above 0, or no variants";
        problems.push(document.problem("prompts.variants", what.to_owned()));
    }
}

/// Checks that every version that a client names is there.
pub(super) fn check_clients(config: &Config, problems: &mut Vec<Problem>) {
    for (client, settings) in &config.clients {
        let wanted = settings.generation.prompt.as_deref();
        if let Some(what) = wanted.and_then(|version| missing(&config.prompts, version)) {
            problems.push(Problem {
                file: config.clients_dir.join(format!("{client}.toml")),
                place: None,
                key: "generation.prompt".to_owned(),
                what,
            });
        }
    }
}

fn missing(prompts: &Prompts, version: &str) -> Option<String> {
    let names = prompts.names();
    (!names.contains(&version)).then(|| {
        format!(
            "there is no version `{version}` of the prompt in {}; expected one of {}",
            prompts.dir.display(),
            names.join(", ")
        )
    })
}

fn versions(dir: &Path, problems: &mut Vec<Problem>) -> Vec<Sources> {
    if !dir.exists() {
        return Vec::new();
    }
    let entries = std::fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.unwrap_or_else(|error| {
        let what = format!("the prompts' directory cannot be read: {error}");
        problems.push(problem(dir, None, what));
        Vec::new()
    });
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    paths.sort();
    let read = |path: PathBuf| version(&path).map_err(|found| problems.push(found)).ok();
    paths.into_iter().filter_map(read).collect()
}

/// One version, read and checked.
fn version(dir: &Path) -> Result<Sources, Problem> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy();
    let read = |template: &str| {
        let file = dir.join(template);
        std::fs::read_to_string(&file).map_err(|error| {
            let what = format!(
                "the template cannot be read: {error}; expected a minijinja template that this user may read"
            );
            problem(&file, None, what)
        })
    };
    let judge = match dir.join("judge.j2").exists() {
        true => read("judge.j2")?,
        false => Sources::built_in().judge,
    };
    let sources = Sources {
        version: name.into_owned(),
        system: read("system.j2")?,
        user: read("user.j2")?,
        judge,
    };
    let one = prompt::Prompts::new([sources.clone()], &sources.version, Variants::default());
    match one {
        Ok(_) => Ok(sources),
        Err(error) => {
            let place = error.line.map(|line| Place { line, column: 1 });
            Err(problem(&dir.join(&error.template), place, error.reason))
        }
    }
}

fn problem(file: &Path, place: Option<Place>, what: String) -> Problem {
    Problem {
        file: file.to_owned(),
        place,
        key: String::new(),
        what,
    }
}
