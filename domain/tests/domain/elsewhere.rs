//! Scenarios of what other clients say: X forbids the same text on several accounts, whoever they belong to.

use clara_domain::command::SlotChoice;
use clara_domain::content::Content;
use clara_domain::corpus::Corpus;
use clara_domain::ids::ClientId;
use clara_domain::person::By;
use clara_domain::validate::{Rule, Severity};
use clara_domain::{Client, Rejection};

use crate::world::{World, ana, approve, dee, edit, overrule, refusal, reject, retry, written};

fn planned() -> World {
    let mut world = World::new();
    world.plan(SlotChoice::NextFree);
    world
}

/// Another client, with a text that is validated or approved.
fn other(text: &str, approve_it: bool) -> Client {
    let mut world = World::new();
    world.client.id = ClientId::new("fjord").unwrap();
    world.plan(SlotChoice::NextFree);
    world.drafted(vec![Content::texts([text])]);
    if approve_it {
        world.approved();
    }
    world.client
}

const SAID: &str = "the new oat roast arrives on Friday, come and taste it by the window with us";
/// It does not pass.
const CHEAP: &str =
    "The new oat roast arrives on Friday: cheap, come and taste it by our window with us!";
const NEARLY: &str =
    "The new oat roast arrives on Friday: come and taste it by our window with us!";

#[test]
fn what_another_client_says_is_not_said_again() {
    for text in [SAID, NEARLY] {
        let mut world = planned();
        world.around.corpus.note_all(&other(SAID, false));
        let command = written(world.tweet(), vec![Content::texts([text])]);
        let names = world.done(&By::Engine, command);
        let back = ["revision_written", "validation_failed", "sent_back"];
        assert_eq!(names, back, "{text}");
    }
}

#[test]
fn what_another_client_had_approved_since_cannot_be_approved() {
    let mut world = planned();
    world.drafted(vec![Content::texts([NEARLY])]);
    let command = approve(world.tweet());
    // As long as neither is approved, the first one may be.
    world.around.corpus.note_all(&other(SAID, false));
    let mut first_one = world.clone();
    first_one.done(&ana(), command.clone());
    world.around.corpus.note_all(&other(SAID, true));
    let Rejection::NotValidated { findings } = world.refused(&ana(), command) else {
        panic!("another rejection");
    };
    assert_eq!(findings[0].rule, Rule::OtherClient);
    assert_eq!(findings[0].severity, Severity::Error);
    assert!(findings[0].message.contains("fjord"), "{findings:?}");
}

#[test]
fn the_corpus_forgets_what_is_not_said_any_more() {
    let mut corpus = Corpus::default();
    let mut world = planned();
    world.drafted(vec![Content::texts([SAID])]);
    corpus.note_all(&world.client);
    assert_eq!(corpus.len(), 1);
    let command = reject(world.tweet(), "off brand");
    world.done(&ana(), command);
    corpus.note_all(&world.client);
    assert!(corpus.is_empty());
}

/// A tweet that X has refused; then another client had nearly the same text approved.
fn refused_and_said_since(overruled: bool) -> World {
    let mut world = planned();
    world.drafted(vec![Content::texts([if overruled {
        CHEAP
    } else {
        NEARLY
    }])]);
    if overruled {
        let command = edit(world.tweet(), Content::texts([CHEAP]));
        world.done(&dee(), command);
        let command = overrule(world.tweet(), "a quote");
        world.done(&dee(), command);
    }
    world.approved();
    world.now = world.tweet().slot;
    world.begin();
    world.sent(refusal(false));
    world.around.corpus.note_all(&other(SAID, true));
    world
}

#[test]
fn what_another_client_had_approved_since_x_refused_it_is_not_tried_again() {
    let mut world = refused_and_said_since(false);
    let command = retry(world.tweet());
    let Rejection::NotValidated { findings } = world.refused(&ana(), command) else {
        panic!("another rejection");
    };
    assert_eq!(findings[0].rule, Rule::OtherClient);
    assert!(findings[0].message.contains("fjord"), "{findings:?}");
    // Another text of it may go out.
    let command = edit(world.tweet(), Content::texts(["hello harbour"]));
    world.done(&dee(), command);
    assert_eq!(world.approved(), ["approval_given", "approved"]);
}

#[test]
fn a_person_who_let_a_text_through_by_name_may_have_it_tried_again() {
    let mut world = refused_and_said_since(true);
    let command = retry(world.tweet());
    assert_eq!(world.done(&ana(), command), ["retry_asked"]);
}
