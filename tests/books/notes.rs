//! `clara knowledge` as a person meets it.

use super::{Scene, clara, program};

const HOURS: &[u8] = b"# Opening hours\r\n\r\nWeekdays from 07:30 to 18:00, closed on Sundays.\r\n";

#[tokio::test]
async fn a_note_is_added_listed_found_and_removed_while_clara_is_stopped() {
    let scene = Scene::new().await;
    let data = scene.path("data");
    let file = scene.path("hours.md");
    std::fs::write(&file, HOURS).unwrap();
    let added = clara(&["knowledge", "add", &data, "harbour", &file]);
    assert_eq!(added.code, 0, "{}", added.err);
    let told =
        "Note 1 was added to what is known of harbour: “Opening hours”, 65 bytes, 1 passage.";
    assert!(added.out.starts_with(told), "{}", added.out);

    let again = program::clara(&["knowledge", "add", &data, "harbour", "-"], HOURS);
    assert_eq!(again.code, 1);
    assert_eq!(
        again.err,
        "Nothing was changed: note 1 (`Opening hours`) says exactly this.\n"
    );

    let list = clara(&["knowledge", "list", &data, "harbour"]);
    assert!(
        list.out
            .starts_with("   1  Opening hours  (65 bytes, 1 passage, "),
        "{}",
        list.out
    );
    let found = clara(&[
        "knowledge",
        "search",
        &data,
        "harbour",
        "Are you closed on Sundays?",
    ]);
    assert!(
        found
            .out
            .starts_with("1. From note 1, “Opening hours”:\n# Opening hours"),
        "{}",
        found.out
    );
    let other = clara(&[
        "knowledge",
        "search",
        &data,
        "fjord",
        "Are you closed on Sundays?",
    ]);
    assert_eq!(other.out, "Nothing that is known of fjord fits that.\n");

    let removed = clara(&["knowledge", "remove", &data, "harbour", "opening hours"]);
    assert!(
        removed
            .out
            .starts_with("Note 1, “Opening hours”, was taken out"),
        "{}",
        removed.out
    );
    let list = clara(&["knowledge", "list", &data, "harbour"]);
    assert!(
        list.out.starts_with("Nothing is known of harbour yet."),
        "{}",
        list.out
    );
    let verified = clara(&["verify", &data]);
    assert_eq!(verified.code, 0, "{}{}", verified.out, verified.err);
}

/// Beside a running Clara: she takes a large note through her socket, and it is there at once.
pub(super) fn are_taken_by_whoever_runs(data: &str) {
    let text = "We open at 9 \"sharp\".\n".repeat(2500);
    let added = program::clara(
        &["knowledge", "add", data, "harbour", "-", "--title", "Hours"],
        text.as_bytes(),
    );
    assert_eq!(added.code, 0, "{}", added.err);
    let found = clara(&["knowledge", "search", data, "harbour", "when do you open"]);
    assert!(
        found.out.starts_with("1. From note 1, “Hours”:"),
        "{}",
        found.out
    );
    let nobody = clara(&["knowledge", "list", data, "nobody"]);
    assert_eq!(nobody.code, 1);
    assert_eq!(nobody.err, "Nothing was changed: no client `nobody`.\n");
}

#[tokio::test]
async fn what_is_no_note_is_refused_and_nothing_is_changed() {
    let scene = Scene::new().await;
    let data = scene.path("data");
    let pdf = program::clara(&["knowledge", "add", &data, "harbour", "-"], b"%PDF-1.7");
    assert_eq!(pdf.code, 2);
    assert_eq!(
        pdf.err,
        "Nothing was added: - cannot become a note: it is not text (it looks like a PDF); only plain text and Markdown are \
         taken.\n"
    );
    let nobody = program::clara(&["knowledge", "add", &data, "nobody", "-"], b"text");
    assert_eq!(nobody.code, 1);
    assert_eq!(
        nobody.err,
        "Nothing was changed: there is no client `nobody` here.\n"
    );
    let none = clara(&["knowledge", "remove", &data, "harbour", "7"]);
    assert_eq!(none.code, 1);
    assert!(none.err.contains("harbour has no note `7`"), "{}", none.err);
    assert_eq!(
        clara(&["knowledge", "list", &scene.path("nowhere"), "harbour"]).code,
        2
    );
}
