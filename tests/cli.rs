//! The binary as a person at a terminal meets it: help, `check-config`, exit codes, and that no secret is ever shown.
#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    fn all(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// Runs the binary with no variables but these.
fn clara(arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_clara"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/clara.toml");
    path.to_str().unwrap().to_owned()
}

/// A copy of the example with something changed.
fn broken(from: &str, to: &str) -> (tempfile::TempDir, String) {
    let text = std::fs::read_to_string(example()).unwrap();
    assert!(text.contains(from), "{from} is not there to be replaced");
    let dir = tempfile::tempdir().unwrap();
    let file: PathBuf = dir.path().join("clara.toml");
    std::fs::write(&file, text.replace(from, to)).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (dir, file)
}

const TOKEN: (&str, &str) = ("CLARA_DISCORD_TOKEN", "hunter2-discord");

#[test]
fn help_teaches_the_commands_the_variables_and_the_exit_codes() {
    let said = clara(&["--help"], &[]);
    assert_eq!(said.code, 0);
    for part in [
        "run",
        "check-config",
        "sandbox",
        "health",
        "CLARA_DISCORD_TOKEN",
        "CLARA_X_<CLIENT>_ACCESS_TOKEN",
        "_FILE",
        "RUST_LOG",
        "Exit codes: 0",
    ] {
        assert!(
            said.out.contains(part),
            "{part} is missing in:\n{}",
            said.out
        );
    }
}

#[test]
fn help_reads_as_it_was_written() {
    insta::assert_snapshot!(clara(&["--help"], &[("COLUMNS", "120")]).out);
}

#[test]
fn the_version_is_told() {
    let said = clara(&["--version"], &[]);
    assert_eq!(
        (said.code, said.out),
        (0, format!("clara {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn what_is_no_command_exits_with_2() {
    assert_eq!(clara(&["fly"], &[]).code, 2);
    assert_eq!(clara(&[], &[]).code, 2);
    assert_eq!(
        clara(&["sandbox", "--services", "--script", "demo"], &[]).code,
        2
    );
}

#[test]
fn a_valid_configuration_with_its_secrets_exits_with_0_and_shows_no_value() {
    let variables = [
        TOKEN,
        ("CLARA_OPENAI_API_KEY", "hunter2-openai"),
        ("CLARA_X_EXAMPLE_ACCESS_TOKEN", "hunter2-x"),
    ];
    let said = clara(&["check-config", &example()], &variables);
    assert_eq!(said.code, 0, "{}", said.all());
    assert!(!said.all().contains("hunter2"), "{}", said.all());
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_valid_configuration_without_its_secrets_exits_with_1_and_names_them() {
    let said = clara(&["check-config", &example()], &[]);
    assert_eq!(said.code, 1);
    insta::assert_snapshot!(said.all());
}

#[test]
fn a_broken_configuration_exits_with_2_and_is_placed() {
    let (_dir, file) = broken("alert_channel", "alert_chanel");
    let said = clara(&["check-config", &file], &[TOKEN]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("did you mean `alert_channel`?"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("clara.toml:15:1: discord.alert_chanel"),
        "{}",
        said.err
    );
}

#[test]
fn run_refuses_a_broken_configuration_as_check_config_does() {
    let (_dir, file) = broken("[discord]", "[discord]\ntoken = \"hunter2\"");
    let checked = clara(&["check-config", &file], &[TOKEN]);
    let ran = clara(&["run", "--config", &file], &[TOKEN]);
    assert_eq!((checked.code, ran.code), (2, 2));
    assert_eq!(checked.err, ran.err);
    assert!(!ran.all().contains("hunter2"), "{}", ran.all());
}

#[test]
fn run_without_a_bot_token_names_the_variable() {
    let said = clara(&["run", "--config", &example()], &[]);
    assert_eq!(said.code, 2);
    assert!(
        said.err
            .contains("Set CLARA_DISCORD_TOKEN, or CLARA_DISCORD_TOKEN_FILE"),
        "{}",
        said.err
    );
}

#[test]
fn a_secret_that_cannot_be_used_is_named_and_not_shown() {
    let said = clara(
        &["check-config", &example()],
        &[("CLARA_DISCORD_TOKEN", "hunter2 hunter2")],
    );
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("CLARA_DISCORD_TOKEN holds a blank"),
        "{}",
        said.err
    );
    assert!(!said.all().contains("hunter2"));
}

#[test]
fn a_port_that_is_taken_is_said_so_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (dir, file) = broken(
        "#listen = \"127.0.0.1:9090\"",
        &format!("listen = \"127.0.0.1:{port}\""),
    );
    let said = clara(&["run", "--config", &file], &[TOKEN]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains(&format!(
            "127.0.0.1:{port} ([ops] listen) cannot be listened on"
        )),
        "{}",
        said.err
    );
    assert!(!dir.path().join("data").exists());
}

#[test]
fn health_of_nobody_exits_with_1() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let said = clara(&["health", "--url", &format!("http://{free}/healthz")], &[]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("did not answer"), "{}", said.err);
}

#[test]
fn an_unknown_script_is_refused_before_anything_starts() {
    let said = clara(&["sandbox", "--script", "opera"], &[]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("There is no script `opera`"),
        "{}",
        said.err
    );
}
