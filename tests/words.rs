//! `clara lint` and `clara prompt show` as a person at a terminal meets them: the real binary, with what it is given and
//! what it exits with.
#![allow(clippy::unwrap_used)]

#[path = "support/program.rs"]
mod program;

use std::path::Path;

use program::{Said, clara};
use serde_json::{Value, json};

const MAIN: &str = r#"
clients_dir = "clients"

[discord]
application_id = "1180000000000000001"
guild_id = "1180000000000000003"
alert_channel = "1180000000000000202"
"#;

const HARBOUR: &str = r#"
name = "Harbour Coffee"
handle = "harbourcoffee"
time_zone = "Europe/Oslo"
approval_channel = "1180000000000000203"

[voice]
persona = "A small roastery by the water."

[rules]
blocked_words = ["cheap"]
"#;

/// A configuration with one client.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("clients")).unwrap();
        std::fs::write(dir.path().join("clara.toml"), MAIN).unwrap();
        std::fs::write(dir.path().join("clients/harbour.toml"), HARBOUR).unwrap();
        Self(dir)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn each_line_gets_a_verdict_and_one_bad_text_makes_the_exit_code_1() {
    let fine = clara(&["lint"], b"A quiet morning by the water.\n\n");
    assert_eq!(fine.code, 0, "{}{}", fine.out, fine.err);
    assert_eq!(
        fine.out,
        "line 1: ok, 29 of 280: A quiet morning by the water.\n"
    );

    let long = format!(
        "all is well with us today\r\nfine\r\n{}\n",
        "a long word ".repeat(30)
    );
    let said = clara(&["lint"], long.as_bytes());
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    insta::assert_snapshot!("lint_lines", said.out);
}

#[test]
fn a_clients_file_brings_its_rules_and_json_is_read_and_written() {
    let scene = Scene::new();
    let file = scene.path("clients/harbour.toml");
    let input = "a cheap cup of tea\n{\"text\":\"a good cup of tea\",\"client\":\"harbour\",\"earlier\":[\"a good cup of tea\"]}\n";
    let said = clara(&["lint", "--json", "--client", &file], input.as_bytes());
    assert_eq!((said.code, said.err.as_str()), (1, ""), "{}", said.out);
    let answers = lines(&said.out);
    let rules = |answer: &Value| -> Vec<Value> {
        let findings = answer["findings"].as_array().unwrap();
        findings.iter().map(|f| f["rule"].clone()).collect()
    };
    assert_eq!(answers[0]["ok"], false);
    assert_eq!(answers[0]["weighted_length"], 18);
    assert_eq!(rules(&answers[0]), ["blocked-word"]);
    assert_eq!(answers[0]["findings"][0]["span"], json!([2, 7]));
    assert_eq!(rules(&answers[1]), ["duplicate"]);

    let without = clara(&["lint", "--json"], b"a cheap cup of tea\n");
    assert_eq!(without.code, 0, "the rule is the client's: {}", without.out);
}

#[test]
fn a_text_that_only_repeats_the_brief_beside_it_is_told_and_stays_ok() {
    let line = |text: &str| {
        let brief = "Tell people about the reading on Friday.";
        format!("{}\n", json!({ "text": text, "brief": brief }))
    };
    let input =
        line("Tell people about the reading on Friday!") + &line("On Friday we read poems.");
    let said = clara(&["lint", "--json"], input.as_bytes());
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    let answers = lines(&said.out);
    assert_eq!(answers[0]["findings"][0]["rule"], "echo");
    assert_eq!(answers[0]["findings"][0]["severity"], "warning");
    assert_eq!(answers[1]["findings"], json!([]));
}

#[test]
fn a_line_that_is_none_is_named_the_others_are_answered_and_the_exit_code_is_2() {
    let mut input =
        b"{\"txet\":\"tea\"}\n\xff\xfe\n{\"text\":\"tea\",\"client\":\"fjord\"}\n".to_vec();
    input.extend_from_slice(b"a cup of tea\n");
    let said = clara(&["lint", "--json"], &input);
    assert_eq!(said.code, 2, "{}", said.out);
    let answers = lines(&said.out);
    let bad: Vec<&Value> = answers.iter().map(|answer| &answer["line"]).collect();
    assert_eq!(bad, [&json!(1), &json!(2), &json!(3), &Value::Null]);
    assert_eq!(answers[3]["ok"], true);
    insta::assert_snapshot!("lint_bad_lines", clara(&["lint"], &input).out);
}

#[test]
fn a_clients_file_that_cannot_be_used_is_refused_before_anything_is_read() {
    let scene = Scene::new();
    let nowhere = scene.path("clients/fjord.toml");
    let said = clara(&["lint", "--client", &nowhere], b"tea\n");
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("fjord.toml"), "{}", said.err);
}

fn show(scene: &Scene, more: &[&str]) -> Said {
    let config = scene.path("clara.toml");
    let mut arguments = vec!["prompt", "show", "--config", &config];
    arguments.extend(more);
    clara(&arguments, b"")
}

#[test]
fn the_prompt_is_shown_letter_by_letter_with_what_it_can_cost() {
    let scene = Scene::new();
    let said = show(&scene, &["harbour", "the new oat roast"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    insta::assert_snapshot!("prompt_show", said.out);
    assert!(
        !Path::new(&scene.path("data")).exists(),
        "no data directory is made or read"
    );
}

#[test]
fn what_a_judge_of_the_voice_is_asked_is_shown_too() {
    let scene = Scene::new();
    let said = show(&scene, &["harbour", "The oat roast is in.", "--judge"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    insta::assert_snapshot!("prompt_show_judge", said.out);
}

#[test]
fn a_client_or_a_version_that_is_not_there_is_named_with_the_nearest() {
    let scene = Scene::new();
    let nobody = show(&scene, &["harbor", "tea"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (2, ""));
    assert!(
        nobody
            .err
            .contains("There is no file of a client harbor in"),
        "{}",
        nobody.err
    );
    assert!(
        nobody.err.contains("Did you mean harbour?"),
        "{}",
        nobody.err
    );
    let version = show(&scene, &["harbour", "tea", "--variant", "v99"]);
    assert_eq!((version.code, version.out.as_str()), (2, ""));
    assert!(version.err.contains("v99"), "{}", version.err);
}
