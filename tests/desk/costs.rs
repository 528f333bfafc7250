//! `/costs` over real sockets: a table, a picture beside it, and nobody sees it who may not.

use crate::world::play;

#[test]
fn whoever_may_manage_sees_what_a_client_cost_as_a_table_and_a_picture() {
    play(|scene| async move {
        let none = scene.types("maya", "/costs").await;
        assert!(none.contains("Nothing that costs was used"), "{none}");
        let plan = "/generate client:harbour brief:\"The winter roast\" when:now";
        scene.types("tom", plan).await;
        let card = scene.card("waits for approval").await;
        scene.presses("ines", &card, "Approve").await;
        scene.card("https://x.com/harbourcoffee/status/1000").await;
        let sheet = scene.command("maya", "/costs client:harbour").await;
        let text = sheet.text();
        assert!(
            text.contains("Costs of `harbour` in ") && text.contains("(UTC): $0.0"),
            "{text}"
        );
        assert!(text.contains("post ") && text.contains("$0.0150"), "{text}");
        let [picture] = sheet.attachments.as_slice() else {
            panic!("{:?}", sheet.attachments);
        };
        let name = format!("{picture:?}");
        assert!(
            name.contains("costs-harbour-") && name.contains(".png"),
            "{name}"
        );
        let status = scene.types("tom", "/status").await;
        assert!(status.contains("Spent today (UTC): $0.0"), "{status}");
        let refused = scene.types("tom", "/costs").await;
        assert!(!refused.contains("0.0150"), "{refused}");
        let wrong = scene.types("maya", "/costs month:november").await;
        assert!(wrong.contains("is not a month"), "{wrong}");
        scene
    });
}
