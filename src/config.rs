//! The configuration: one TOML file for the program and one for each client, read whole and checked before anything
//! starts.
//!
//! Secrets are never here, only in [`secrets`]. The invariant: a [`Config`] that exists has been checked, and every key
//! of it is listed in [`mod@reference`].

mod check;
mod clients;
mod companions;
mod document;
mod models;
mod money;
mod problem;
mod prompts;
pub mod reference;
pub mod secrets;
mod sections;
mod values;
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clara_domain::ids::ClientId;
use clara_domain::person::Access;
use clara_domain::settings::ClientSettings;
use serde::{Deserialize, Serialize};

pub use companions::{Knowledge, Likeness, Moderation};
pub use models::{ModelName, Models};
pub use money::{Budgets, ClientBudget, Prices, UnknownModels};
pub use problem::{Place, Problem, Problems};
pub use prompts::Prompts;
pub use secrets::Secrets;
pub use sections::{
    AfterSilence, Discord, Limits, Log, LogFormat, OpenAi, Ops, Quota, ServiceLimits,
    TokenLimitField, Vocabulary, X,
};
pub use values::{BaseUrl, Dollars, Snowflake};
pub use words::nearest;

/// Everything that is settled before the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the journal and the refreshed credentials live. In the file it is relative to the file; here it is not.
    #[serde(default = "data_dir")]
    pub data_dir: PathBuf,
    /// Where the clients' files are. In the file it is relative to the file; here it is not.
    #[serde(default = "clients_dir")]
    pub clients_dir: PathBuf,
    /// Where people see and decide.
    pub discord: Discord,
    /// Who may do what for every client whose own file does not say.
    #[serde(default)]
    pub team: Access,
    /// Who writes.
    #[serde(default)]
    pub openai: OpenAi,
    /// What the model is asked with.
    #[serde(default)]
    pub prompts: Prompts,
    /// How what clients told us is searched.
    #[serde(default)]
    pub knowledge: Knowledge,
    /// Who judges texts.
    #[serde(default)]
    pub moderation: Moderation,
    /// Where it is posted.
    #[serde(default)]
    pub x: X,
    /// What calls cost.
    #[serde(default)]
    pub prices: Prices,
    /// How much may be spent.
    #[serde(default)]
    pub budgets: Budgets,
    /// How often the services are called.
    #[serde(default)]
    pub limits: Limits,
    /// Health and metrics.
    #[serde(default)]
    pub ops: Ops,
    /// What is logged, and how.
    #[serde(default)]
    pub log: Log,
    /// The clients that are declared in files of their own. Not a key of the file.
    #[serde(skip)]
    pub clients: BTreeMap<ClientId, ClientSettings>,
    /// What is probably not what was meant, and is no reason not to start. Not a key of the file.
    #[serde(skip)]
    pub doubts: Vec<Problem>,
}

fn data_dir() -> PathBuf {
    PathBuf::from("data")
}

fn clients_dir() -> PathBuf {
    PathBuf::from("clients")
}

/// Reads one client's file by itself; its access is what it says, without the team's.
///
/// # Errors
/// Everything that is wrong with the file, as far as it can be found in one go.
pub fn load_client(file: &Path) -> Result<(ClientId, ClientSettings), Problems> {
    clients::read_one(file).map_err(|found| {
        Problems::of(file, found).expect("a file that is not read leaves a problem")
    })
}

impl Config {
    /// Where the record of everything is.
    pub fn journal_dir(&self) -> PathBuf {
        self.data_dir.join("journal")
    }

    /// Where the clients' newest X tokens are.
    pub fn secrets_dir(&self) -> PathBuf {
        self.data_dir.join("secrets")
    }

    /// Where vectors of notes are kept.
    pub fn vectors_dir(&self) -> PathBuf {
        self.data_dir.join("vectors")
    }

    /// Reads a configuration and its clients' files.
    ///
    /// # Errors
    /// Everything that is wrong with any of the files, as far as it can be found in one go.
    pub fn load(file: &Path) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let base = file.parent().unwrap_or(Path::new(""));
        let mut directory = base.join(clients_dir());
        let config = load_main(file, &mut directory, &mut problems);
        let team = config.as_ref().map(|config| config.team.clone());
        let clients = clients::load(&directory, &team.unwrap_or_default(), &mut problems);
        let config = config.map(|config| Self {
            data_dir: base.join(&config.data_dir),
            clients_dir: directory,
            clients,
            ..config
        });
        if let Some(config) = &config {
            prompts::check_clients(config, &mut problems);
        }
        match (config, Problems::of(file, problems)) {
            (Some(config), None) => Ok(config),
            (_, Some(problems)) => Err(problems),
            (None, None) => unreachable!("a file that is not read leaves a problem"),
        }
    }
}

/// The main file; `None` leaves at least one problem. The clients' directory is told even then, so that their problems
/// can be told at the same time.
fn load_main(file: &Path, clients: &mut PathBuf, problems: &mut Vec<Problem>) -> Option<Config> {
    let source = document::Source::open(file)
        .map_err(|problem| problems.push(problem))
        .ok()?;
    let document = source
        .parse()
        .map_err(|found| problems.extend(found))
        .ok()?;
    if let Some(directory) = document.text("clients_dir") {
        *clients = file.with_file_name(directory);
    }
    let mut config: Config = document
        .read()
        .map_err(|found| problems.extend(found))
        .ok()?;
    check::main(&config, &document, problems);
    money::check(&config, &document, problems);
    config.doubts = money::doubts(&config, &document, clients);
    let base = file.parent().unwrap_or(Path::new(""));
    prompts::load(&mut config, base, &document, problems);
    Some(config)
}
