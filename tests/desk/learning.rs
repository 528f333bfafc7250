//! What is learned from people's decisions: lessons that stand in later prompts, and how versions of a prompt fare.

use crate::world::{Scene, play};

/// Has a text written that waits for approval; `which` is how many cards there are then.
async fn generated(scene: &Scene, which: usize) -> clara_sandbox::discord::MessageView {
    let line = format!("/generate client:harbour brief:\"Subject {which}\" when:in {which}h");
    scene.types("tom", &line).await;
    let card = scene.card(&format!("Subject {which}")).await;
    assert!(
        card.text().contains("waits for approval"),
        "{}",
        card.text()
    );
    card
}

#[test]
fn a_rejection_with_its_kind_is_a_lesson_that_the_next_prompt_has_until_it_is_taken_out() {
    play(|scene| async move {
        let card = generated(&scene, 1).await;
        let form = scene.presses("leo", &card, "Reject").await;
        let boxes = [("said", "Far too *loud*"), ("kind", "voise")];
        let said = scene.fills_all("leo", &form, &boxes).await;
        for expected in [
            "“Kind of reason” takes one of voice, facts, brief",
            "not “voise”",
            "The tweet was not rejected.",
            "the nearest word is `voice`",
            "Far too \\*loud\\*",
        ] {
            assert!(said.contains(expected), "{expected}: {said}");
        }
        scene.card("waits for approval").await;
        let form = scene.presses("leo", &card, "Reject").await;
        let boxes = [("said", "Far too *loud*"), ("kind", " Voice")];
        let said = scene.fills_all("leo", &form, &boxes).await;
        assert!(said.contains("Later prompts are reminded of why"), "{said}");
        scene.card("Rejected by leo").await;

        generated(&scene, 2).await;
        let lesson = "was turned down because it does not sound like the client: Far too *loud*";
        let prompt = scene.outside.prompt();
        assert!(prompt.contains(lesson), "{prompt}");
        let list = scene
            .types("guest", "/client lessons list client:harbour")
            .await;
        assert!(
            list.contains("**1.** voice: “Far too \\*loud\\*”"),
            "{list}"
        );

        let remove = "/client lessons remove client:harbour lesson:1";
        let said = scene.types("ines", remove).await;
        assert!(said.contains("the right to write"), "{said}");
        let said = scene.types("tom", remove).await;
        assert!(said.contains("is forgotten"), "{said}");
        let said = scene.types("tom", remove).await;
        assert!(said.contains("has no lesson 1"), "{said}");
        let list = scene
            .types("tom", "/client lessons list client:harbour")
            .await;
        assert!(list.contains("nothing of it is to be heeded"), "{list}");
        generated(&scene, 3).await;
        let prompt = scene.outside.prompt();
        assert!(!prompt.contains("turned down"), "{prompt}");
        scene
    });
}

#[test]
fn stats_count_what_people_decided_by_prompt_and_model() {
    play(|scene| async move {
        let none = scene.types("tom", "/stats").await;
        assert!(none.contains("there is nothing to compare"), "{none}");
        let card = generated(&scene, 1).await;
        scene.presses("ines", &card, "Approve").await;
        scene.card("a tweet is approved for").await;
        let card = generated(&scene, 2).await;
        let form = scene.presses("leo", &card, "Reject").await;
        scene.fills("leo", &form, "said", "Not now").await;
        scene.card("Rejected by leo").await;
        for line in ["/stats", "/stats client:harbour days:7"] {
            let said = scene.types("tom", line).await;
            let row = said.lines().find(|line| line.starts_with("v1 "));
            let row: Vec<&str> = row
                .unwrap_or_else(|| panic!("{said}"))
                .split_whitespace()
                .collect();
            assert_eq!(
                row,
                ["v1", "scripted", "2", "1", "1", "50%", "0%"],
                "{said}"
            );
            assert!(
                said.contains("prove nothing yet: `v1` with `scripted` has 2"),
                "{said}"
            );
        }
        let other = scene.types("tom", "/stats client:busy").await;
        assert!(
            other.contains("No text that a model wrote for `busy`"),
            "{other}"
        );
        let wrong = scene.types("tom", "/stats days:0").await;
        assert!(wrong.contains("expected 1 to 3650, not 0"), "{wrong}");
        scene
    });
}
