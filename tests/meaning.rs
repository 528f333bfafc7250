//! Notes searched by meaning, as it runs: `clara run` beside the pretended services, with people who type.
//!
//! The sandbox's vectors count words, also those that searching by words leaves out as empty: so a brief of nothing but
//! such words is found by meaning or not at all.
#![allow(clippy::unwrap_used)]

#[path = "support/process.rs"]
mod process;
#[path = "meaning/scene.rs"]
mod scene;
#[path = "support/signal.rs"]
mod signal;

use clara_sandbox::{FaultKind, FaultRule};
use scene::{Scene, Tokens};

const WE: &str = "You are here and we are there, and this is who we are.";
const CLASSES: &str = "Latte art classes are held by Ingrid every first Saturday of the month.";
/// Nothing of it is searched by words.
const EMPTY: &str = "Who are we, and who are you";

async fn notes(scene: &Scene) {
    scene.notes("Who we are", WE).await;
    scene.notes("Classes", CLASSES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_passage_nearest_in_meaning_is_on_the_card_and_each_passage_is_paid_for_once() {
    let mut scene = Scene::open().await;
    notes(&scene).await;
    let line = format!("/client knowledge search client:harbour brief:\"{EMPTY}\"");
    let by_words = scene.types("maya", &line).await;
    assert!(by_words.contains("Nothing that is known"), "{by_words}");

    let card = scene.writes(EMPTY).await;
    assert!(card.contains("1. Who we are"), "{card}");
    assert!(!card.contains("2. "), "the other note does not fit: {card}");
    let billed = scene.billed();
    assert_eq!((billed.calls, billed.took.texts), (1, 3));
    let tokens = billed.took.prompt_tokens;
    let in_the_ledger = Tokens {
        certain: tokens,
        uncertain: 0,
    };
    assert_eq!(scene.ledger(), in_the_ledger);

    scene.restarts().await;
    let card = scene.writes(EMPTY).await;
    assert!(card.contains("1. Who we are"), "{card}");
    let billed = scene.billed();
    assert_eq!((billed.calls, billed.took.texts), (2, 4), "only the brief");
    scene.writes(EMPTY).await;
    assert_eq!(scene.billed(), billed, "the brief was known");
    scene.writes("Are they here, or are we there").await;
    let billed = scene.billed();
    assert_eq!((billed.calls, billed.took.texts), (3, 5), "but the brief");
    assert!(billed.took.prompt_tokens > tokens);
    let in_the_ledger = Tokens {
        certain: billed.took.prompt_tokens,
        uncertain: 0,
    };
    assert_eq!(scene.ledger(), in_the_ledger);
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_vectors_it_goes_by_words_and_says_so_and_nothing_is_booked_as_nothing() {
    let scene = Scene::open().await;
    notes(&scene).await;
    let faults = &scene.sandbox().faults;
    let lost = FaultRule::new("openai", FaultKind::AnswerLost);
    faults.add(lost.on("embeddings").times(1));
    let card = scene.writes("Latte art class with Ingrid").await;
    assert!(card.contains("1. Classes"), "{card}");
    let said = |log: &str| {
        let lines = log.lines();
        lines
            .filter(|line| line.contains("notes were not searched by meaning"))
            .filter(|line| line.contains("searched by words alone"))
            .count()
    };
    assert_eq!(said(&scene.log()), 1, "{}", scene.log());
    let billed = scene.billed();
    assert!(!billed.delivered);
    let ledger = scene.ledger();
    assert_eq!(ledger.certain, 0);
    assert!(ledger.uncertain >= billed.took.prompt_tokens, "{ledger:?}");

    let away = FaultRule::new("openai", FaultKind::ServerError { status: 503 });
    faults.add(away.on("embeddings"));
    let card = scene.writes("A class on Saturday").await;
    assert!(card.contains("1. Classes"), "{card}");
    assert_eq!(said(&scene.log()), 2, "{}", scene.log());
    assert_eq!(scene.billed(), billed, "a refusal is not billed");

    faults.clear(None);
    let card = scene.writes(EMPTY).await;
    assert!(card.contains("1. Who we are"), "{card}");
    assert_eq!(said(&scene.log()), 2, "{}", scene.log());
    scene.close().await;
}
