//! `clara costs export` as a person meets it: the real binary on a directory at rest.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{NewRecord, StreamId, Version};
use clara_actors::record::encode;
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_domain::Event;
use clara_domain::metering::{CallNo, Item, Spent, Tokens, Used};

const CONFIG: &str = r#"
[discord]
application_id = "1180000000000000001"
guild_id = "1180000000000000003"
alert_channel = "1180000000000000202"
"#;

fn chat(prompt: u64, completion: u64) -> Item {
    Item::Chat {
        model: "gpt-4.1-mini-2025-04-14".to_owned(),
        tokens: Tokens {
            prompt,
            completion,
            ..Tokens::default()
        },
    }
}

/// Two calls on a day: one whose end is known, and one whose answer was lost.
fn records(day: &str) -> Vec<NewRecord> {
    let at = format!("{day}T10:00:00Z").parse().unwrap();
    let known = Spent::Known(Used {
        items: vec![chat(1000, 100)],
        ..Used::default()
    });
    let calls = [(1, known), (2, Spent::Unknown)].into_iter();
    calls
        .flat_map(|(number, spent)| {
            let call = CallNo(number);
            let begun = Event::CallBegun {
                call,
                tweet: None,
                at_most: vec![chat(2000, 500)],
            };
            [begun, Event::CallEnded { call, spent }]
        })
        .map(|event| encode(&event, at, None))
        .collect()
}

async fn scene(dir: &Path) {
    std::fs::write(dir.join("clara.toml"), CONFIG).unwrap();
    std::fs::create_dir(dir.join("books")).unwrap();
    let journal = SledJournal::open(&dir.join("books/journal"), SledOptions::default()).unwrap();
    for (client, day) in [("fjord", "2026-10-31"), ("harbour", "2026-11-01")] {
        let stream = StreamId::Client(client.parse().unwrap());
        let appended = journal.append(&stream, Version(0), records(day));
        appended.await.unwrap();
    }
    journal.close().await;
}

fn export(dir: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_clara"))
        .current_dir(dir)
        .args(["costs", "export", "--config", "clara.toml", "books"])
        .args(more)
        .output()
        .unwrap()
}

#[tokio::test]
async fn a_month_of_all_clients_or_of_one_comes_as_csv() {
    let dir = tempfile::tempdir().unwrap();
    scene(dir.path()).await;
    let said = export(dir.path(), &["--month", "2026-11"]);
    assert_eq!(said.status.code(), Some(0), "{said:?}");
    let csv = String::from_utf8(said.stdout).unwrap();
    insta::assert_snapshot!(csv.replace("\r\n", "\n"));

    let october = export(
        dir.path(),
        &["--month", "2026-10", "--client", "fjord", "costs.csv"],
    );
    assert_eq!(
        String::from_utf8(october.stdout).unwrap(),
        "Wrote 2 rows for 1 client in 2026-10 (UTC) to costs.csv: $0.0006 to $0.0022.\n"
    );
    let file = std::fs::read_to_string(dir.path().join("costs.csv")).unwrap();
    assert!(file.starts_with("client,day,kind,") && file.contains("\r\nfjord,2026-10-31,chat,"));
    assert_eq!(csv.replace("harbour,2026-11-01", "fjord,2026-10-31"), file);
}

#[tokio::test]
async fn what_cannot_be_computed_is_said_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    scene(dir.path()).await;
    let nobody = export(
        dir.path(),
        &["--client", "koyo", "--month", "2026-11", "costs.csv"],
    );
    assert_eq!(nobody.status.code(), Some(1));
    let text = String::from_utf8(nobody.stderr).unwrap();
    assert!(
        text.contains("No costs were computed: the journal has nothing of"),
        "{text}"
    );
    assert!(!dir.path().join("costs.csv").exists());
    let month = export(dir.path(), &["--month", "november"]);
    assert_eq!(month.status.code(), Some(2));
}
