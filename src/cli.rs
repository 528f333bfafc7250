//! The command line: what can be typed, and what it exits with. Each command's work is in a file of its own.

mod audit;
mod backup;
mod check_config;
mod costs;
mod export;
mod health;
mod knowledge;
mod lint;
mod offline;
mod prompt;
mod restore;
mod run;
mod sandbox;
mod sign_in;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use clara_domain::ids::{ClientId, Handle};
use clara_domain::pricing::Month;

use crate::config::{Config, Problems, Secrets};

const EXAMPLES: &str = "\
Start here:
  clara sandbox                              a pretend Discord, X and OpenAI with the real engine, and a page to open
  clara sandbox --script demo                an agency's morning, played without a person
  clara check-config config/clara.toml       is everything there? Starts nothing
  clara sign-in harbour --config config/clara.toml
                                             let harbour's X account consent in a browser
  clara run --config config/clara.toml       the real thing; ends cleanly on Ctrl-C or SIGTERM
  clara health --url http://127.0.0.1:9090/readyz
  clara backup data harbour-monday.clarabk   everything that was recorded, in one file; Clara may run
  clara restore harbour-monday.clarabk data2 puts it into a directory that is not there yet
  clara verify data2                         is all of it whole, and was all of it right?
  clara export data harbour | clara audit -  a client's audit trail, and the proof that it is one
  clara costs export data costs.csv --month 2026-11
                                             what every client cost in a month

Secrets come from the environment, never from the configuration. Each may instead name a file: NAME_FILE=/path.
  CLARA_DISCORD_TOKEN                 the bot's token
  CLARA_OPENAI_API_KEY                the key for openai.base_url; a local server may need none
  CLARA_EMBEDDING_API_KEY             the key for knowledge.base_url, if that is another service
  CLARA_MODERATION_API_KEY            the key for moderation.base_url, if that is another service
  CLARA_X_CLIENT_SECRET               the X app's client secret, for signing accounts in and refreshing tokens
  CLARA_X_<CLIENT>_ACCESS_TOKEN       a client's X access token, if it is not signed in with `clara sign-in`;
                                      <CLIENT> is its id in capitals, with _ for -
  CLARA_X_<CLIENT>_REFRESH_TOKEN      its first refresh token; later ones are kept in the data directory

Other variables:
  CLARA_DATA_DIR                      goes before data_dir
  RUST_LOG                            goes before log.filter, such as info,clara=debug

Exit codes: 0 all is well, 1 it failed, 2 the command line or the configuration is wrong.";

/// Plans the tweets of many X accounts, writes them with a language model, has people approve them in Discord, and posts
/// each at its time, exactly once.
#[derive(Debug, Parser)]
#[command(name = "clara", version, after_help = EXAMPLES, max_term_width = 120)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run Clara until she is told to stop
    Run(RunArgs),
    /// Read a configuration and say what is wrong with it or missing; starts nothing
    CheckConfig(CheckConfigArgs),
    /// Sign a client's account in at X and keep its tokens; Clara must not run meanwhile
    SignIn(SignInArgs),
    /// Start a pretend Discord, X and OpenAI on this machine, and the real engine against them
    Sandbox(SandboxArgs),
    /// Ask a running Clara how she is; for container health checks
    Health(HealthArgs),
    /// Check every record, chain and promise in a data directory, without touching it
    Verify(VerifyArgs),
    /// Copy everything that was recorded into one file, also while Clara runs
    Backup(BackupArgs),
    /// Put a backup into a data directory that is empty or not there
    Restore(RestoreArgs),
    /// Write one client's audit trail as JSON lines, also while Clara runs
    Export(ExportArgs),
    /// Check an audit trail without a database
    Audit(AuditArgs),
    /// Check texts from standard input by the rules; needs nothing running
    Lint(LintArgs),
    /// What a client has told us: notes that its texts may take facts from; also while Clara runs
    #[command(subcommand)]
    Knowledge(KnowledgeCommand),
    /// What clients cost
    #[command(subcommand)]
    Costs(CostsCommand),
    /// What the model is asked
    #[command(subcommand)]
    Prompt(PromptCommand),
}

/// What `clara run` takes.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "config/clara.toml")]
    pub(crate) config: PathBuf,
    /// Where the journal lives, instead of the configuration's data_dir
    #[arg(long, value_name = "DIR", env = "CLARA_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// What `clara check-config` takes.
#[derive(Debug, Args)]
pub(crate) struct CheckConfigArgs {
    /// The configuration
    #[arg(value_name = "FILE")]
    pub(crate) config: PathBuf,
    /// Where the journal lives, instead of the configuration's data_dir
    #[arg(long, value_name = "DIR", env = "CLARA_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// What `clara sign-in` takes.
#[derive(Debug, Args)]
pub(crate) struct SignInArgs {
    /// The client's id
    #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
    pub(crate) client: ClientId,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "config/clara.toml")]
    pub(crate) config: PathBuf,
    /// The X account that has to consent; needed only for a client without a file
    #[arg(long, value_name = "HANDLE", value_parser = |text: &str| Handle::new(text).map_err(|error| error.to_string()))]
    pub(crate) handle: Option<Handle>,
    /// Where the tokens are kept, instead of the configuration's data_dir
    #[arg(long, value_name = "DIR", env = "CLARA_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
}

/// What `clara sandbox` takes.
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Only the pretend services; writes a configuration for a `clara run` beside them
    #[arg(long, conflicts_with_all = ["script", "report"])]
    pub(crate) services: bool,
    /// Play a script without a person and exit
    #[arg(long, value_name = "NAME")]
    pub(crate) script: Option<String>,
    /// Write what happened as JSON when the script has ended
    #[arg(long, value_name = "FILE", requires = "script")]
    pub(crate) report: Option<PathBuf>,
    /// Keep everything here, and go on from it at the next start; otherwise it is forgotten at the end
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The port of the page and of the services on 127.0.0.1; otherwise the one used before, or any
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Makes the ids of the engine's tweets the same at every run; otherwise they are random
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Soak: for so many minutes of load; the rest that follows takes a few more
    #[arg(long, value_name = "N", requires = "script")]
    pub(crate) minutes: Option<f64>,
    /// Soak: how many clients
    #[arg(long, value_name = "N", requires = "script")]
    pub(crate) clients: Option<usize>,
    /// Soak: how often the engine is killed, all in the first two thirds; 0 for never
    #[arg(long, value_name = "N", requires = "script")]
    pub(crate) kills: Option<u32>,
    /// Soak: whose troubles are switched on and off: x, openai, discord, all, none
    #[arg(long, value_name = "WHOSE", value_delimiter = ',', requires = "script")]
    pub(crate) faults: Option<Vec<String>>,
    /// The engine alone, in a world that another process holds: how the world's time runs
    #[arg(long, hide = true, requires = "data", conflicts_with_all = ["script", "services"])]
    pub(crate) beside: Option<clara_sandbox::Pace>,
}

/// What `clara health` takes.
#[derive(Debug, Args)]
pub(crate) struct HealthArgs {
    /// What to ask
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:9090/healthz"
    )]
    pub(crate) url: String,
}

/// What `clara verify` takes.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Say what was found as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `clara backup` takes.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The backup; it must not be there yet
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where a stream is damaged, take what comes before the damage, instead of making no backup
    #[arg(long)]
    pub(crate) leave_out_damaged: bool,
}

/// What `clara restore` takes.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The data directory, empty or not there
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// What `clara export` takes.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The client's id
    #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
    pub(crate) client: ClientId,
    /// The trail; it must not be there yet. Standard output if none is named
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// What `clara audit` takes.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// The trail; - for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// What `clara knowledge` does.
#[derive(Debug, Subcommand)]
pub(crate) enum KnowledgeCommand {
    /// Add a note: a file of plain text or Markdown, at most 64 KiB
    Add {
        /// The data directory
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The client's id
        #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
        client: ClientId,
        /// The file; - for standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What the note is called; left out: its first heading, or the file's name
        #[arg(long, value_name = "TITLE")]
        title: Option<String>,
    },
    /// See which notes there are
    List {
        /// The data directory
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The client's id
        #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
        client: ClientId,
    },
    /// Take a note out
    Remove {
        /// The data directory
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The client's id
        #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
        client: ClientId,
        /// Its number, or its title
        #[arg(value_name = "NOTE")]
        note: String,
    },
    /// See which passages fit a brief, by words alone
    Search {
        /// The data directory
        #[arg(value_name = "DIR")]
        dir: PathBuf,
        /// The client's id
        #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
        client: ClientId,
        /// The brief
        #[arg(value_name = "BRIEF")]
        brief: String,
    },
}

/// What `clara costs` does.
#[derive(Debug, Subcommand)]
pub(crate) enum CostsCommand {
    /// Write what clients cost in a UTC month as CSV, also while Clara runs
    Export(CostsExportArgs),
}

/// What `clara costs export` takes.
#[derive(Debug, Args)]
pub(crate) struct CostsExportArgs {
    /// The data directory
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The CSV; it must not be there yet. Standard output if none is named
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The month, such as 2026-11; otherwise this one, in UTC
    #[arg(long, value_name = "MONTH", value_parser = |text: &str| text.parse::<Month>().map_err(|error| error.to_string()))]
    pub(crate) month: Option<Month>,
    /// Only this client; otherwise all
    #[arg(long, value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
    pub(crate) client: Option<ClientId>,
    /// The configuration that has the prices
    #[arg(long, value_name = "FILE", default_value = "config/clara.toml")]
    pub(crate) config: PathBuf,
}

/// What `clara prompt` does.
#[derive(Debug, Subcommand)]
pub(crate) enum PromptCommand {
    /// Print what would be sent to the model for a brief, how many tokens that is and what it can cost; sends nothing
    Show(PromptShowArgs),
}

/// What `clara prompt show` takes.
#[derive(Debug, Args)]
pub(crate) struct PromptShowArgs {
    /// The client's id
    #[arg(value_name = "CLIENT", value_parser = |text: &str| ClientId::new(text).map_err(|error| error.to_string()))]
    pub(crate) client: ClientId,
    /// What the tweet is to say
    #[arg(value_name = "BRIEF")]
    pub(crate) brief: String,
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "config/clara.toml")]
    pub(crate) config: PathBuf,
    /// The version of the prompt, instead of the client's or the usual one
    #[arg(long, value_name = "VERSION")]
    pub(crate) variant: Option<String>,
    /// How many tweets in a row
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=25))]
    pub(crate) segments: u8,
    /// Take the brief for a text, and print what a model would be asked about how it sounds
    #[arg(long, conflicts_with = "segments")]
    pub(crate) judge: bool,
}

/// What `clara lint` takes.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// A client's file, whose rules hold; without it the usual rules
    #[arg(long, value_name = "FILE")]
    pub(crate) client: Option<PathBuf>,
    /// Write one JSON object for each text
    #[arg(long)]
    pub(crate) json: bool,
}

/// What the process exits with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine,
    /// It failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Failed => Self::FAILURE,
            Exit::Usage => Self::from(2),
        }
    }
}

impl Cli {
    /// Does what was typed.
    pub fn run(self) -> Exit {
        match self.command {
            Command::Run(args) => run::run(&args),
            Command::CheckConfig(args) => check_config::run(&args),
            Command::SignIn(args) => sign_in::run(&args),
            Command::Sandbox(args) => sandbox::run(args),
            Command::Health(args) => health::run(&args),
            Command::Verify(args) => verify::run(&args),
            Command::Backup(args) => backup::run(&args),
            Command::Restore(args) => restore::run(&args),
            Command::Export(args) => export::run(&args),
            Command::Audit(args) => audit::run(&args),
            Command::Lint(args) => lint::run(&args),
            Command::Knowledge(command) => knowledge::run(command),
            Command::Costs(CostsCommand::Export(args)) => costs::export(&args),
            Command::Prompt(PromptCommand::Show(args)) => prompt::show(&args),
        }
    }
}

/// Reads a configuration; the command line's data directory goes before the file's.
fn load(file: &Path, data_dir: Option<&Path>) -> Result<Config, Problems> {
    let mut config = Config::load(file)?;
    if let Some(dir) = data_dir {
        config.data_dir = dir.to_owned();
    }
    Ok(config)
}

/// Reads the environment's secrets; what is wrong with them is told as a list.
fn secrets() -> Result<Secrets, String> {
    Secrets::read(&Secrets::environment()).map_err(|errors| {
        let list: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
        format!("Secrets cannot be used:\n{}", list.join("\n"))
    })
}

/// Prints a line for the person at the terminal; that nobody reads it any more is no reason to fail.
pub(crate) fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints what went wrong, for the person at the terminal.
pub(crate) fn complain(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}
