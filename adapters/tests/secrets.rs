//! The store of rotating tokens: what survives, what replaces what, and what is never shown.

#![allow(clippy::unwrap_used)]

use std::os::unix::fs::PermissionsExt;

use clara_adapters::secrets::{
    Renewal, SecretError, SecretStore, Seeded, Source, XCredentials, kept,
};
use clara_domain::ids::ClientId;
use jiff::Timestamp;
use secrecy::ExposeSecret;

fn harbour() -> ClientId {
    ClientId::new("harbour").unwrap()
}

fn tokens(access: &str, refresh: Option<&str>) -> XCredentials {
    XCredentials {
        access_token: access.to_owned().into(),
        refresh_token: refresh.map(|token| token.to_owned().into()),
        expires_at: Some(Timestamp::UNIX_EPOCH),
    }
}

fn access(store: &SecretStore) -> Option<String> {
    let held = store.get(&harbour()).unwrap()?;
    Some(held.credentials.access_token.expose_secret().to_owned())
}

#[test]
fn tokens_survive_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path().join("deep/secrets")).unwrap();
    assert_eq!(access(&store), None);
    store.seed(&harbour(), &tokens("a0", Some("r0"))).unwrap();
    store.rotate(&harbour(), &tokens("a1", Some("r1"))).unwrap();
    store.set_renewal(&harbour(), Renewal::InFlight).unwrap();
    let again = SecretStore::open(dir.path().join("deep/secrets")).unwrap();
    let held = again.get(&harbour()).unwrap().unwrap();
    assert_eq!(held.renewal, Renewal::InFlight);
    assert_eq!(held.credentials.access_token.expose_secret(), "a1");
    assert_eq!(
        held.credentials.refresh_token.unwrap().expose_secret(),
        "r1"
    );
    assert_eq!(held.credentials.expires_at, Some(Timestamp::UNIX_EPOCH));
}

#[test]
fn the_same_seed_does_not_undo_a_rotation_and_a_new_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    let seed = tokens("a0", Some("r0"));
    assert_eq!(store.seed(&harbour(), &seed).unwrap(), Seeded::Taken);
    store.rotate(&harbour(), &tokens("a1", Some("r1"))).unwrap();
    store.set_renewal(&harbour(), Renewal::Refused).unwrap();
    let again = SecretStore::open(dir.path()).unwrap();
    assert_eq!(again.seed(&harbour(), &seed).unwrap(), Seeded::Superseded);
    assert_eq!(access(&again).as_deref(), Some("a1"));
    assert_eq!(
        again
            .seed(&harbour(), &tokens("a0", Some("other")))
            .unwrap(),
        Seeded::Taken
    );
    assert_eq!(access(&again).as_deref(), Some("a0"));
    assert_eq!(
        again.get(&harbour()).unwrap().unwrap().renewal,
        Renewal::Idle
    );
}

#[test]
fn a_sign_in_goes_before_every_seed_and_survives_renewals_and_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    store.seed(&harbour(), &tokens("a0", Some("r0"))).unwrap();
    store.set_renewal(&harbour(), Renewal::Refused).unwrap();
    store
        .sign_in(&harbour(), &tokens("s0", Some("t0")))
        .unwrap();
    let again = SecretStore::open(dir.path()).unwrap();
    let held = again.get(&harbour()).unwrap().unwrap();
    assert_eq!(held.renewal, Renewal::Idle);
    again.rotate(&harbour(), &tokens("s1", None)).unwrap();
    let last = SecretStore::open(dir.path()).unwrap();
    for seed in [tokens("a0", Some("r0")), tokens("new", None)] {
        assert_eq!(last.seed(&harbour(), &seed).unwrap(), Seeded::SignedIn);
    }
    assert_eq!(access(&last).as_deref(), Some("s1"));
}

#[test]
fn what_is_kept_can_be_told_without_opening_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("nowhere");
    assert_eq!(kept(&nowhere, &harbour()).unwrap(), None);
    assert!(!nowhere.exists());
    let store = SecretStore::open(dir.path()).unwrap();
    store
        .sign_in(&harbour(), &tokens("s0", Some("t0")))
        .unwrap();
    let found = kept(dir.path(), &harbour()).unwrap().unwrap();
    assert_eq!(
        (found.source, found.has_refresh_token),
        (Source::SignIn, true)
    );
    store
        .seed(&ClientId::new("koyo").unwrap(), &tokens("a0", None))
        .unwrap();
    let found = kept(dir.path(), &ClientId::new("koyo").unwrap())
        .unwrap()
        .unwrap();
    assert!(matches!(found.source, Source::Seed(_)) && !found.has_refresh_token);
    assert!(
        store
            .sign_in(&harbour(), &tokens("two words", None))
            .is_err()
    );
}

#[test]
fn only_the_owner_can_read_what_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    let file = dir.path().join("x-harbour.json");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    store.seed(&harbour(), &tokens("a0", None)).unwrap();
    assert_eq!((mode(&file), mode(dir.path())), (0o600, 0o700));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    store.rotate(&harbour(), &tokens("a1", None)).unwrap();
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn what_a_killed_write_left_is_cleared_and_the_tokens_are_whole() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    store.seed(&harbour(), &tokens("a0", None)).unwrap();
    let torn = dir.path().join("x-harbour.json.new");
    std::fs::write(&torn, "{\"version\":1,\"acc").unwrap();
    let again = SecretStore::open(dir.path()).unwrap();
    assert!(!torn.exists());
    assert_eq!(access(&again).as_deref(), Some("a0"));
}

#[test]
fn a_damaged_file_is_named_and_not_quoted() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x-harbour.json");
    let store = SecretStore::open(dir.path()).unwrap();
    for text in [
        "hunter2",
        r#"{"version":1,"seed":"","access_token":"hunter2","refresh_token":"hunter2","expires_at":"hunter2","renewal":"idle"}"#,
        r#"{"version":2,"seed":"","access_token":"hunter2","refresh_token":null,"expires_at":null,"renewal":"idle"}"#,
    ] {
        std::fs::write(&file, text).unwrap();
        let error = store.get(&harbour()).unwrap_err();
        assert!(matches!(error, SecretError::Damaged { .. }), "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("x-harbour.json") && !shown.contains("hunter2"),
            "{shown}"
        );
        // The file may still be worth something to a person: a seed does not overwrite it.
        assert!(store.seed(&harbour(), &tokens("a0", None)).is_err());
    }
}

#[test]
fn a_change_that_cannot_be_written_is_not_seen() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    store.seed(&harbour(), &tokens("a0", None)).unwrap();
    std::fs::create_dir(dir.path().join("x-harbour.json.new")).unwrap();
    let error = store.rotate(&harbour(), &tokens("a1", None)).unwrap_err();
    assert!(
        matches!(
            error,
            SecretError::Store {
                action: "writing",
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(access(&store).as_deref(), Some("a0"));
}

#[test]
fn nothing_is_kept_for_a_client_that_was_never_seeded() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    let error = store.rotate(&harbour(), &tokens("a1", None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there are no X credentials of the client `harbour`"
    );
    let error = store
        .seed(&harbour(), &tokens("hunter2 x", None))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "an X token of the client `harbour` holds a blank or another character that no token has"
    );
}

#[test]
fn debug_shows_no_token() {
    let dir = tempfile::tempdir().unwrap();
    let store = SecretStore::open(dir.path()).unwrap();
    let seed = tokens("hunter2", Some("hunter3"));
    store.seed(&harbour(), &seed).unwrap();
    let shown = format!("{seed:?} {store:?} {:?}", store.get(&harbour()).unwrap());
    assert!(!shown.contains("hunter"), "{shown}");
}
