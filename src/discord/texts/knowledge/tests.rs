use clara_domain::knowledge::read;

use super::*;

#[test]
fn what_is_said_of_a_file_that_does_not_become_a_note() {
    let binary: [&[u8]; 5] = [
        b"",
        b"%PDF-1.7",
        b"\xff\xfeM\0",
        b"Menu\ncaf\xe9",
        &[b'a'; MAX_NOTE_BYTES + 1],
    ];
    let read = binary.map(|bytes| read(bytes).err().map(BadFile::Unreadable));
    let files = read.into_iter().flatten().chain([
        BadFile::NotText(Some("image/png".to_owned())),
        BadFile::NotText(None),
        BadFile::Gone,
        BadFile::Lost,
    ]);
    let said = files.map(|why| bad_file("our *menu*.md", &why));
    let said: Vec<String> = said.chain([text_or_file()]).collect();
    insta::assert_snapshot!(said.join("\n\n"));
}
