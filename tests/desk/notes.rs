//! Files for `/client knowledge add` over real sockets: from the person's machine to a note, and everything that is not one.

use clara_sandbox::discord::PersonFile;
use clara_sandbox::{FaultKind, FaultRule};

use crate::world::{PATIENCE, Scene, play};

const ADD: &str = "/client knowledge add client:harbour";

fn file(name: &str, bytes: impl Into<Vec<u8>>) -> PersonFile {
    PersonFile {
        name: name.to_owned(),
        content_type: None,
        bytes: bytes.into(),
    }
}

impl Scene {
    /// Types a command with a file for its option `file`, and reads the answer.
    async fn attaches(&self, who: &str, line: &str, file: PersonFile) -> String {
        let line = format!("{line} file:\"{}\"", file.name);
        let discord = &self.sandbox.discord;
        let sent = discord.command_with(who, "ops", &line, &[file]).await;
        let view = discord.wait_interaction(sent.unwrap(), PATIENCE).await;
        let view = view.unwrap();
        assert!(view.done && view.failed.is_none(), "{view:?}");
        view.response.unwrap().text()
    }

    fn notes(&self) -> Vec<(String, String)> {
        let client = self.engine.view(&"harbour".parse().unwrap()).unwrap();
        let notes = client.knowledge.notes.values();
        notes
            .map(|note| (note.title.clone(), note.text.to_string()))
            .collect()
    }
}

#[test]
fn a_file_becomes_a_note_named_by_its_heading_its_name_or_the_person() {
    play(|scene| async move {
        let hours = "\u{feff}# Opening hours\r\n\r\nWeekdays 07:30 to 18:00\r\n";
        let said = scene.attaches("tom", ADD, file("hours.md", hours)).await;
        assert!(said.contains("Note 1 was added"), "{said}");
        let prices = file("our prices.txt", "Espresso €3");
        let said = scene.attaches("tom", ADD, prices).await;
        assert!(said.contains("“our prices”"), "{said}");
        let line = format!("{ADD} title:Beans");
        scene
            .attaches("tom", &line, file("b.txt", "From Huila"))
            .await;
        let pair = |title: &str, text: &str| (title.to_owned(), text.to_owned());
        let notes = [
            pair(
                "Opening hours",
                "# Opening hours\n\nWeekdays 07:30 to 18:00",
            ),
            pair("our prices", "Espresso €3"),
            pair("Beans", "From Huila"),
        ];
        assert_eq!(scene.notes(), notes);
        let again = scene
            .attaches("tom", ADD, file("again.md", hours.trim()))
            .await;
        assert!(again.contains("says exactly this already"), "{again}");
        scene
    });
}

#[test]
fn a_file_that_is_no_note_is_answered_with_what_to_do_and_nothing_is_added() {
    play(|scene| async move {
        let cases = [
            (
                file("long.md", "word ".repeat(20_000)),
                "has 99999 bytes, and a note has at most 65536",
            ),
            (
                file("huge.txt", vec![b'a'; 9 * 1024 * 1024]),
                "has 9437184 bytes, and a note has at most 65536",
            ),
            (
                file("logo.png", b"\x89PNG".as_slice()),
                "Discord takes it for image/png",
            ),
            (
                file("menu.md", b"%PDF-1.7".as_slice()),
                "it looks like a PDF",
            ),
            (
                file("menu.txt", b"caf\xe9".as_slice()),
                "is not UTF-8 (see byte 3, in line 1)",
            ),
            (
                file("menu.md", b"\xff\xfeM\0".as_slice()),
                "is saved as UTF-16",
            ),
            (file("menu.md", " \n"), "is empty"),
        ];
        for (file, expected) in cases {
            let said = scene.attaches("tom", ADD, file).await;
            assert!(said.contains(expected), "{said}");
            assert!(said.contains("Nothing was changed."), "{said}");
        }
        let both = format!("{ADD} text:Hello");
        let said = scene.attaches("tom", &both, file("a.md", "Hello")).await;
        assert!(said.contains("either a `text` or a `file`"), "{said}");
        let said = scene.types("tom", ADD).await;
        assert!(said.contains("either a `text` or a `file`"), "{said}");
        assert_eq!(scene.notes(), []);
        scene
    });
}

#[test]
fn a_file_that_discord_does_not_give_out_is_answered_and_can_be_attached_again() {
    play(|scene| async move {
        let broken = [
            (
                FaultKind::ServerError { status: 503 },
                "could not be fetched",
            ),
            (FaultKind::RequestLost, "could not be fetched"),
            (
                FaultKind::ServerError { status: 404 },
                "does not give “hours.md” out any more",
            ),
        ];
        for (kind, expected) in broken {
            let rule = FaultRule::new("discord", kind).on("get_attachment");
            scene.sandbox.faults.add(rule.times(1));
            let hours = file("hours.md", "Weekdays 07:30 to 18:00");
            let said = scene.attaches("tom", ADD, hours).await;
            assert!(said.contains(expected), "{said}");
            assert!(said.contains("Nothing was changed."), "{said}");
        }
        assert_eq!(scene.notes(), []);
        let hours = file("hours.md", "Weekdays 07:30 to 18:00");
        let said = scene.attaches("tom", ADD, hours).await;
        assert!(said.contains("Note 1 was added"), "{said}");
        scene
    });
}

#[test]
fn nothing_is_fetched_for_somebody_who_may_not_add_it() {
    play(|scene| async move {
        // It would be answered otherwise if the file were asked for.
        let rule = FaultRule::new("discord", FaultKind::ServerError { status: 503 });
        scene.sandbox.faults.add(rule.on("get_attachment"));
        let hours = file("hours.md", "Weekdays 07:30 to 18:00");
        let said = scene.attaches("guest", ADD, hours).await;
        assert!(said.contains("the right to write"), "{said}");
        scene
    });
}
