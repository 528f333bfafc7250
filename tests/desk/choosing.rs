//! Several texts for one brief: people page through them, and exactly the one that they approved goes out.

use clara_sandbox::discord::MessageView;

use crate::world::{Scene, play};

const GENERATE: &str = "/generate client:harbour brief:\"Hello\" when:now";

/// The text on a card: the only line that the model of the scene writes so.
fn text(card: &MessageView) -> String {
    let text = card.text();
    let mut lines = text.lines().map(str::trim);
    let line = lines.find(|line| line.starts_with("Draft "));
    line.unwrap_or_else(|| panic!("no text: {text}")).to_owned()
}

/// The card as it is now, for one person's eyes: it stays as it is when the text changes.
async fn copy(scene: &Scene, who: &str, card: &MessageView) -> MessageView {
    let id = card
        .button("Approve")
        .unwrap_or_else(|| card.buttons().remove(0));
    let id = id.custom_id.split(':').nth(2).unwrap().to_owned();
    scene.command(who, &format!("/tweet show id:{id}")).await
}

async fn generated(scene: &Scene) -> MessageView {
    scene.types("tom", GENERATE).await;
    scene.card("candidate 1 of 3").await
}

#[test]
fn people_page_to_the_last_candidate_and_back_and_the_order_stays() {
    play(|scene| async move {
        let card = generated(&scene).await;
        assert!(card.button("‹ Previous").is_none());
        let first = text(&card);
        scene.presses("tom", &card, "Next ›").await;
        let second = scene.card("candidate 2 of 3").await;
        assert_ne!(text(&second), first);
        assert!(second.text().contains("revision 2"), "{}", second.text());
        scene.presses("tom", &second, "Next ›").await;
        let third = scene.card("candidate 3 of 3").await;
        assert!(third.button("Next ›").is_none());
        scene.presses("tom", &third, "‹ Previous").await;
        let again = scene.card("revision 4").await;
        assert_eq!(text(&again), text(&second));
        scene.presses("tom", &again, "‹ Previous").await;
        assert_eq!(text(&scene.card("revision 5").await), first);
        assert_eq!(scene.cards().len(), 1, "the card is edited, not sent again");
        scene
    });
}

#[test]
fn the_second_candidate_is_approved_and_exactly_that_is_posted() {
    play(|scene| async move {
        let card = generated(&scene).await;
        let seen = copy(&scene, "ines", &card).await;
        scene.presses("tom", &card, "Next ›").await;
        let second = scene.card("candidate 2 of 3").await;
        let late = scene.presses("ines", &seen, "Approve").await;
        let said = scene.told(late).await;
        assert!(said.contains("you saw revision 1"), "{said}");
        assert_eq!(scene.outside.posts(), [""; 0]);
        scene.presses("ines", &second, "Approve").await;
        scene.card("https://x.com/harbourcoffee/status/1000").await;
        assert_eq!(scene.outside.posts(), [text(&second)]);
        scene
    });
}

#[test]
fn another_candidate_voids_the_approval_and_takes_the_right_to_write() {
    play(|scene| async move {
        scene
            .types("tom", "/generate client:harbour brief:\"Hello\" when:in 3h")
            .await;
        let card = scene.card("candidate 1 of 3").await;
        scene.presses("ines", &card, "Approve").await;
        let approved = scene.card("a tweet is approved for").await;
        let click = scene.presses("ines", &approved, "Next ›").await;
        let said = scene.told(click).await;
        assert!(said.contains("the right to write"), "{said}");
        let seen = copy(&scene, "tom", &approved).await;
        scene.presses("tom", &approved, "Next ›").await;
        let second = scene.card("candidate 2 of 3").await;
        assert!(second.text().contains("a tweet waits for approval"));
        let click = scene.presses("tom", &seen, "Next ›").await;
        let said = scene.told(click).await;
        assert!(said.contains("The text has changed"), "{said}");
        scene
    });
}
