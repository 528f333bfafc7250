//! Vectors come back as they were given, or not at all.
#![allow(clippy::unwrap_used)]

use super::*;

fn vector(no: u16) -> (NoteHash, Arc<[f32]>) {
    let numbers: Vec<f32> = (0..4_u8)
        .map(|at| f32::from(no) + f32::from(at) / 8.0)
        .collect();
    (NoteHash::of(&no.to_string()), numbers.into())
}

fn filled(dir: &Path, count: u16) -> PathBuf {
    let store = VectorStore::open(dir).unwrap();
    let vectors: Vec<_> = (0..count).map(vector).collect();
    store.put("small", &vectors);
    let mut files = std::fs::read_dir(dir).unwrap();
    files.next().unwrap().unwrap().path()
}

fn there(dir: &Path, count: u16) -> Vec<bool> {
    let store = VectorStore::open(dir).unwrap();
    let is_there = |no| {
        let (text, vector) = vector(no);
        let got = store.get("small", text);
        assert!(
            got.as_ref().is_none_or(|got| *got == vector),
            "another one came back"
        );
        got.is_some()
    };
    (0..count).map(is_there).collect()
}

#[test]
fn vectors_are_there_after_a_restart_and_only_for_their_model() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 3);
    assert_eq!(there(dir.path(), 4), [true, true, true, false]);
    let store = VectorStore::open(dir.path()).unwrap();
    assert_eq!(store.get("large", vector(1).0), None);
}

#[test]
fn a_file_that_was_cut_off_anywhere_keeps_what_is_whole_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let file = filled(dir.path(), 3);
    let whole = std::fs::read(&file).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&file, &whole[..length]).unwrap();
        let there_now = there(dir.path(), 3);
        assert!(
            there_now.is_sorted_by(|one, other| one >= other),
            "{there_now:?}"
        );
        let store = VectorStore::open(dir.path()).unwrap();
        store.put("small", &[vector(2), vector(7)]);
        drop(store);
        assert!(there(dir.path(), 8)[7], "cut at {length}");
    }
}

#[test]
fn a_damaged_byte_costs_vectors_and_never_changes_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = filled(dir.path(), 3);
    let whole = std::fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        std::fs::write(&file, &bytes).unwrap();
        assert!(
            there(dir.path(), 3).contains(&false),
            "byte {at} is in no vector"
        );
    }
}

#[test]
fn a_disk_that_takes_nothing_costs_only_the_next_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = VectorStore::open(dir.path().join("vectors")).unwrap();
    std::fs::remove_dir(dir.path().join("vectors")).unwrap();
    store.put("small", &[vector(1)]);
    assert_eq!(store.get("small", vector(1).0), Some(vector(1).1));
}
