//! The log of `clara run` in JSON while the services misbehave: it says which client and tweet, and no secret gets
//! into it, onto the terminal or into Discord.
#![allow(clippy::unwrap_used)]

#[path = "support/signal.rs"]
mod signal;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Duration;

use clara::sandbox::{SandboxOptions, Services, services};
use clara_sandbox::{FaultKind, FaultRule};
use serde_json::Value;

/// Long enough for a busy machine; nothing waits this long that works.
const PATIENCE: Duration = Duration::from_secs(90);

/// The variables that are written beside the configuration.
fn variables(exports: &str) -> BTreeMap<String, String> {
    let variable = |line: &str| {
        let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    };
    exports.lines().filter_map(variable).collect()
}

/// A process, and all that it says.
struct Talking {
    child: Child,
    output: JoinHandle<String>,
    log: JoinHandle<String>,
}

fn all_of(mut pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

impl Talking {
    fn start(config: &Path, variables: &BTreeMap<String, String>) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_clara"))
            .args(["run", "--config", config.to_str().unwrap()])
            .env_clear()
            .envs(variables)
            .env("RUST_LOG", "debug,hyper=info,h2=info")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let output: ChildStdout = child.stdout.take().unwrap();
        let log: ChildStderr = child.stderr.take().unwrap();
        Self {
            child,
            output: all_of(output),
            log: all_of(log),
        }
    }

    /// Ends it as an operator does, and gives back what it said to the terminal and to the log.
    fn end(mut self) -> (String, String) {
        signal::signal("TERM", self.child.id());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        (self.output.join().unwrap(), self.log.join().unwrap())
    }
}

/// The tokens that renewals have put into the data directory.
fn renewed(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap_or_default();
        let kept: Value = serde_json::from_str(&text).unwrap_or_default();
        collect(&kept, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name.ends_with("token") => found.push(text.clone()),
                    other => collect(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A tweet from its plan to its post, with something going wrong at each step.
async fn live_through_trouble(world: &Services) {
    let (discord, faults) = (&world.sandbox.discord, &world.sandbox.faults);
    faults.add(FaultRule::new("openai", FaultKind::BadJson).times(1));
    faults.add(FaultRule::new("openai", FaultKind::ServerError { status: 503 }).times(1));
    let on_create = |kind| FaultRule::new("x", kind).on("create_tweet").times(1);
    faults.add(on_create(FaultKind::TokenRevoked));
    faults.add(on_create(FaultKind::ServerError { status: 503 }));
    assert!(
        world
            .sandbox
            .until(PATIENCE, || !discord.commands().is_empty()
                && discord.is_connected())
            .await
    );
    let line = "/generate client:harbour brief:\"The winter roast\" when:now";
    let asked = discord.command("tom", "ops", line).await.unwrap();
    discord.wait_interaction(asked, PATIENCE).await.unwrap();
    let card = |saying: &'static str| {
        let wanted =
            move |message: &clara_sandbox::discord::MessageView| message.text().contains(saying);
        discord.wait_message("harbour-approvals", wanted, PATIENCE)
    };
    let shown = card("waits for approval").await.expect("a card");
    let approve = shown.button("Approve").unwrap().custom_id;
    discord.click("ines", shown.id, &approve).await.unwrap();
    // The 503 makes the outcome unknown: it is looked for before it is settled.
    let asked_x = || faults.list().is_empty();
    assert!(
        world.sandbox.until(PATIENCE, asked_x).await,
        "{:?}",
        faults.list()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_names_clients_and_tweets_and_no_secret_is_told_to_anybody() {
    let world = services(&SandboxOptions::default()).await.unwrap();
    let config = world.place.config();
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("[log]", "[log]\nformat = \"json\"")).unwrap();
    let exports = std::fs::read_to_string(world.place.environment()).unwrap();
    let variables = variables(&exports);
    let clara = Talking::start(&config, &variables);
    live_through_trouble(&world).await;
    let (output, log) = tokio::task::spawn_blocking(|| clara.end()).await.unwrap();

    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let named = |line: &&Value| line["client"] == "harbour" && line["tweet"].is_string();
    assert!(lines.iter().filter(named).count() >= 4, "{log}");
    let discord = world.sandbox.report().to_string() + &world.sandbox.discord.state().to_string();
    let mut secrets: Vec<String> = variables.into_values().collect();
    secrets.extend(renewed(&config.parent().unwrap().join("data/secrets")));
    assert!(secrets.len() > 9, "renewed tokens are looked for too");
    for secret in secrets {
        for (place, said) in [("log", &log), ("terminal", &output), ("discord", &discord)] {
            assert!(!said.contains(&secret), "`{secret}` is in the {place}");
        }
    }
    world.sandbox.shutdown().await;
}
