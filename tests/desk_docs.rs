//! docs/commands.md is what the command definitions say. `UPDATE_DOCS=1` writes it.
#![allow(clippy::unwrap_used)]

use std::{env, fs, path::Path};

#[test]
fn the_command_reference_is_in_step_with_the_commands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/commands.md");
    let page = clara::discord::reference::markdown();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/commands.md is behind: run `UPDATE_DOCS=1 cargo test --test desk_docs`"
    );
}
