//! The pretended services, a Clara whose notes are searched by meaning, and the two books of what that took.

use std::path::Path;
use std::process::Command;

use std::time::{Duration, Instant};

use clara::sandbox::{SandboxOptions, Services, services};
use clara_sandbox::discord::MessageView;
use clara_sandbox::{BilledSum, Sandbox, Work};

use crate::process::Clara;

/// Far longer than anything here takes, on a machine that is busy with something else too.
const PATIENCE: Duration = Duration::from_secs(60);

const MODEL: &str = "text-embedding-3-small";

/// Tokens of vectors in the ledger.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) certain: u64,
    /// The most that lost calls can have taken.
    pub(crate) uncertain: u64,
}

pub(crate) struct Scene {
    clara: Clara,
    services: Services,
    // Last: the files stay until everything else has ended.
    _dir: tempfile::TempDir,
}

impl Scene {
    pub(crate) async fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = SandboxOptions {
            data: Some(dir.path().to_owned()),
            ..SandboxOptions::default()
        };
        let services = services(&options).await.unwrap();
        configure(&services);
        let clara = Clara::run(&services.place.config(), variables(&services));
        let scene = Self {
            clara,
            services,
            _dir: dir,
        };
        scene.all_clients_run().await;
        scene
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.services.sandbox
    }

    /// The desk hears people before the last client is read from the journal.
    async fn all_clients_run(&self) {
        let discord = &self.sandbox().discord;
        let ready = |discord: &clara_sandbox::Discord| {
            (discord.is_connected() && !discord.commands().is_empty()).then_some(())
        };
        let is_ready = discord.wait_for(PATIENCE, ready).await.is_some();
        assert!(is_ready, "she did not start: {}", self.log());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.types("maya", "/status").await;
            if said.contains("3 of 3 clients run") {
                return;
            }
            assert!(Instant::now() < deadline, "{said}\n{}", self.log());
        }
    }

    /// Ends her as an operator does, and starts her again on what is on disk.
    pub(crate) async fn restarts(&mut self) {
        self.clara.end().await;
        let gone = |discord: &clara_sandbox::Discord| (!discord.is_connected()).then_some(());
        let discord = &self.services.sandbox.discord;
        assert!(discord.wait_for(PATIENCE, gone).await.is_some());
        self.clara = Clara::run(&self.services.place.config(), variables(&self.services));
        self.all_clients_run().await;
    }

    pub(crate) async fn close(mut self) {
        self.clara.end().await;
    }

    /// Types a command and reads the answer.
    pub(crate) async fn types(&self, who: &str, line: &str) -> String {
        let discord = &self.sandbox().discord;
        let id = discord.command(who, "ops", line).await.unwrap();
        let view = discord.wait_interaction(id, PATIENCE).await.unwrap();
        assert!(
            view.done && view.failed.is_none(),
            "{view:?}\n{}",
            self.log()
        );
        view.response.unwrap().text()
    }

    /// Tells something of the harbour.
    pub(crate) async fn notes(&self, title: &str, text: &str) {
        let line =
            format!("/client knowledge add client:harbour text:\"{text}\" title:\"{title}\"");
        let said = self.types("maya", &line).await;
        assert!(said.contains(title), "{said}");
    }

    /// Has a text written, and reads its card.
    pub(crate) async fn writes(&self, brief: &str) -> String {
        let discord = &self.sandbox().discord;
        let before = discord.messages("harbour-approvals").len();
        let line = format!("/generate client:harbour brief:\"{brief}\" when:\"in 3h\"");
        let said = self.types("tom", &line).await;
        assert!(said.contains("Clara is writing tweet"), "{said}");
        let written = |discord: &clara_sandbox::Discord| {
            let cards = discord.messages("harbour-approvals");
            let card = cards.get(before)?;
            card.text()
                .contains("waits for approval")
                .then(|| card.clone())
        };
        let card: Option<MessageView> = discord.wait_for(PATIENCE, written).await;
        let cards = || discord.messages("harbour-approvals");
        card.unwrap_or_else(|| panic!("no card: {:#?}\n{}", cards(), self.log()))
            .text()
    }

    /// What the pretended service has on its bill for vectors; all of one kind, or the test is about something else.
    pub(crate) fn billed(&self) -> BilledSum {
        let bill = self.sandbox().openai.bill();
        let mut vectors = bill.into_iter().filter(|sum| sum.work == Work::Embeddings);
        let sum = vectors.next().expect("vectors were made");
        assert_eq!(vectors.next(), None);
        assert_eq!(sum.model, MODEL);
        sum
    }

    /// What Clara's own ledger says, by `clara costs export` while she runs.
    pub(crate) fn ledger(&self) -> Tokens {
        let place = &self.services.place;
        let output = Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(["costs", "export", "--config"])
            .arg(place.config())
            .arg(place.config().parent().unwrap().join("data"))
            .output()
            .unwrap();
        let csv = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{csv}");
        let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
        let column = |name: &str| rows[0].iter().position(|head| *head == name).unwrap();
        let (kind, model) = (column("kind"), column("model"));
        let (certainty, tokens) = (column("certainty"), column("prompt_tokens"));
        let sum = |of: &str| -> u64 {
            let vectors = rows.iter().filter(|row| row[kind] == "embedding");
            let vectors = vectors.inspect(|row| assert_eq!(row[model], MODEL));
            vectors
                .filter(|row| row[certainty] == of)
                .map(|row| row[tokens].parse::<u64>().unwrap())
                .sum()
        };
        Tokens {
            certain: sum("certain"),
            uncertain: sum("uncertain"),
        }
    }

    pub(crate) fn log(&self) -> String {
        self.clara.log()
    }
}

/// Has notes searched by meaning; tweets may go out at any time of the day, and side by side.
fn configure(services: &Services) {
    let replace = |file: &Path, from: &str, to: &str| {
        let text = std::fs::read_to_string(file).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{text}");
        std::fs::write(file, text.replace(from, to)).unwrap();
    };
    let section = format!("[knowledge]\nembedding_model = \"{MODEL}\"\n\n[limits]\n");
    replace(&services.place.config(), "[limits]\n", &section);
    let client = services.place.clients().join("harbour.toml");
    replace(&client, "quiet = [\"22:00-07:00\"]", "min_gap = \"0s\"");
}

/// What the place's environment file exports.
fn variables(services: &Services) -> Vec<(String, String)> {
    let exports = std::fs::read_to_string(services.place.environment()).unwrap();
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    exports.lines().filter_map(variable).collect()
}
