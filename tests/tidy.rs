//! Keeps the house in order: layers, sizes, forbidden constructs and documents, by reading the tree.
//!
//! Each rule is a pure function from files to complaints in `tests/tidy/`, with tests there that it can fail. A complaint
//! names the place, the rule and what to do. What the compiler or clippy can check is not checked here.

#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/manifests.rs"]
mod manifests;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;

use manifests::Manifest;
use tree::Tree;

/// Fails with every complaint at once, so that one run shows all there is to do.
#[track_caller]
fn expect_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} to put in order:\n\n{}\n",
        complaints.len(),
        complaints.join("\n")
    );
}

#[test]
fn layers_point_inwards_only() {
    expect_none(&manifests::layers(&Manifest::workspace(&Tree::read())));
}

#[test]
fn the_core_depends_on_nothing_that_runs_or_talks() {
    expect_none(&manifests::pure_core(&Manifest::workspace(&Tree::read())));
}

#[test]
fn the_core_has_no_async_no_clock_and_no_io() {
    expect_none(&sources::pure_core(&Tree::read()));
}

#[test]
fn reqwest_sled_and_serenity_live_in_one_crate_each() {
    expect_none(&manifests::single_homes(
        &Manifest::workspace(&Tree::read()),
    ));
}

#[test]
fn files_are_short_and_named_after_their_module() {
    expect_none(&sources::shape(&Tree::read()));
}

#[test]
fn production_code_holds_no_test_hooks() {
    expect_none(&sources::test_hooks(&Tree::read()));
}

#[test]
fn nothing_is_unsafe() {
    expect_none(&sources::unsafe_code(&Tree::read()));
}

#[test]
fn production_code_never_unwraps() {
    expect_none(&sources::unwraps(&Tree::read()));
}

#[test]
fn files_name_no_machine_and_carry_no_leftovers() {
    expect_none(&documents::forbidden_words(&Tree::read()));
}

#[test]
fn decision_records_are_short_and_whole() {
    expect_none(&documents::decision_records(&Tree::read()));
}

#[test]
fn links_in_documents_lead_somewhere() {
    expect_none(&documents::links(&Tree::read()));
}
