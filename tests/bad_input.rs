//! What people get wrong, over the real app on disk: a clear answer each time, and nothing half-done.
//!
//! Mistakes in files are in `config.rs`, the words of each answer in `desk_protocol.rs`; here the journal is held
//! against them.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use clara::app::Ending;
use clara::sandbox::{RunningSandbox, SandboxOptions};
use clara_actors::ports::journal::{StreamId, Version};
use clara_sandbox::discord::InteractionView;

/// Long enough for a busy machine; nothing waits this long that works.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts everything, plays, and ends it in order.
fn play(scene: impl AsyncFnOnce(&RunningSandbox)) {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    actix::System::with_tokio_rt(runtime).block_on(async {
        let options = SandboxOptions::default();
        let (sandbox, app) = clara::sandbox::start(&options).await.unwrap();
        scene(&sandbox).await;
        app.stop(&Ending::Asked).await;
        sandbox.shutdown().await;
    });
}

/// Every stream and how long it is.
async fn journal(sandbox: &RunningSandbox) -> Vec<(StreamId, usize)> {
    let mut lengths = Vec::new();
    for stream in sandbox.journal.streams().await.unwrap() {
        let records = sandbox.journal.read(&stream, Version(0)).await.unwrap();
        lengths.push((stream, records.len()));
    }
    lengths
}

async fn finished(
    sandbox: &RunningSandbox,
    id: clara_sandbox::discord::InteractionId,
) -> InteractionView {
    let discord = &sandbox.sandbox.discord;
    discord.wait_interaction(id, PATIENCE).await.unwrap()
}

async fn types(sandbox: &RunningSandbox, who: &str, line: &str) -> String {
    let discord = &sandbox.sandbox.discord;
    let id = discord.command(who, "ops", line).await.unwrap();
    finished(sandbox, id).await.response.unwrap().text()
}

#[test]
fn what_cannot_be_done_leaves_no_trace_in_the_journal() {
    play(async |sandbox| {
        let before = journal(sandbox).await;
        let clients = sandbox.engine.clients().len();
        let long = format!(
            "/plan client:harbour brief:\"{}\" when:in 3h",
            "word ".repeat(1000)
        );
        let add = "/client add id:new name:N handle:n channel:#ops";
        let lines = [
            ("maya", format!("{add} zone:Europe/Osl")),
            ("maya", format!("{add} zone:UTC slots:mon 25:00")),
            ("guest", format!("{add} zone:UTC")),
            (
                "tom",
                "/plan client:harbour brief:\"Hello\" when:2020-01-01 10:00".to_owned(),
            ),
            ("tom", long),
            (
                "tom",
                "/plan client:harbour brief:\"🎉🎉\" when:in 3h".to_owned(),
            ),
            (
                "tom",
                "/plan client:habour brief:\"Hello\" when:in 3h".to_owned(),
            ),
            (
                "tom",
                "/plan client:harbour brief:\"Hello\" when:in 3h count:0".to_owned(),
            ),
            (
                "tom",
                "/plan client:harbour brief:\"Hello\" when:in 3h count:26".to_owned(),
            ),
            (
                "guest",
                "/plan client:harbour brief:\"Hello\" when:in 3h".to_owned(),
            ),
        ];
        for (who, line) in lines {
            let said = types(sandbox, who, &line).await;
            assert!(!said.is_empty(), "{line} is not answered");
            assert_eq!(journal(sandbox).await, before, "{line}: {said}");
        }
        assert_eq!(sandbox.engine.clients().len(), clients);
    });
}

#[test]
fn a_text_of_nothing_but_emoji_is_taken_with_a_warning() {
    play(async |sandbox| {
        let line = "/generate client:harbour brief:\"The winter roast\"";
        types(sandbox, "tom", line).await;
        let discord = &sandbox.sandbox.discord;
        let card = |saying: &'static str| {
            discord.wait_message(
                "harbour-approvals",
                move |message| message.text().contains(saying),
                PATIENCE,
            )
        };
        let shown = card("waits for approval").await.unwrap();
        let edit = shown.button("Edit").unwrap().custom_id;
        let form = discord.click("tom", shown.id, &edit).await.unwrap();
        let form = finished(sandbox, form).await;
        let values = [("text-0".to_owned(), "☕☕☕".to_owned())].into();
        let sent = discord.submit_modal("tom", form.id, &values).await.unwrap();
        let said = finished(sandbox, sent).await.response.unwrap().text();
        assert!(said.contains("passed the check"), "{said}");
        let edited = card("revision 2, by tom").await.unwrap().text();
        assert!(
            edited.contains("☕☕☕") && edited.contains("⚠️"),
            "{edited}"
        );
    });
}
