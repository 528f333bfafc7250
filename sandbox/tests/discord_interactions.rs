//! People and the bot: what the interface refuses, what the bot gets, which answers are taken, and what the person sees of them.
#![allow(clippy::unwrap_used)]

#[path = "support/guild.rs"]
mod guild;
#[path = "support/http.rs"]
mod http;

use std::collections::BTreeMap;

use clara_sandbox::World;
use clara_sandbox::discord::{
    Acknowledgement, InteractionId, InteractionView, MessageId, PersonError, PersonFile,
};
use guild::{GUILDS, Line, Rig, SOON, button, commands};
use serde_json::{Value, json};

async fn connected() -> (Rig, Line) {
    let rig = Rig::start().await;
    rig.register(&commands()).await;
    let mut line = Line::identify(&rig, GUILDS).await;
    line.event("GUILD_CREATE").await;
    (rig, line)
}

/// `/ask` by maya in #ops: its id and what the bot got.
async fn asked(rig: &Rig, line: &mut Line) -> (InteractionId, Value) {
    let id = rig.discord().command("maya", "ops", "/ask").await.unwrap();
    (id, line.event("INTERACTION_CREATE").await)
}

/// A card with one button in #ops, clicked by ines: the message, the interaction, what the bot got.
async fn clicked(rig: &Rig, line: &mut Line) -> (MessageId, InteractionId, Value) {
    let card = json!({"content": "card", "components": button("Go", "c1:go")});
    let message: MessageId = rig.send("ops", &card).await.parse().unwrap();
    let id = rig.discord().click("ines", message, "c1:go").await.unwrap();
    (message, id, line.event("INTERACTION_CREATE").await)
}

async fn seen(rig: &Rig, id: InteractionId) -> InteractionView {
    rig.discord().wait_interaction(id, SOON).await.unwrap()
}

fn code(reply: &http::Reply) -> (u16, i64) {
    (reply.status, reply.json()["code"].as_i64().unwrap())
}

#[tokio::test]
async fn a_command_reaches_the_bot_with_its_values_and_who_typed_it() {
    let (rig, mut line) = connected().await;
    let typed = "/plan client:harbour brief:\"two words\" count:3";
    rig.discord().command("tom", "ops", typed).await.unwrap();
    let got = line.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&got["type"], &got["data"]["name"]),
        (&json!(2), &json!("plan"))
    );
    let values: Vec<_> = got["data"]["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["value"].clone())
        .collect();
    assert_eq!(values, [json!("harbour"), json!("two words"), json!(3)]);
    let tom = &World::agency().discord.people[1];
    assert_eq!(got["member"]["user"]["id"], tom.id.to_string());
    assert_eq!(got["member"]["roles"][0], tom.roles[0].to_string());
    assert!(got["member"]["permissions"].is_string());
    assert_eq!(got["attachment_size_limit"], 10_485_760);
}

#[tokio::test]
async fn a_file_is_uploaded_resolved_and_read_at_its_signed_url() {
    let (rig, mut line) = connected().await;
    rig.register(&json!([{"name": "import", "description": "d", "options": [
        {"type": 11, "name": "file", "description": "d", "required": true}]}]))
        .await;
    let menu = PersonFile {
        name: "our menu.md".into(),
        content_type: None,
        bytes: b"# Menu".to_vec(),
    };
    let typed = "/import file:\"our menu.md\"";
    rig.discord()
        .command_with("tom", "ops", typed, std::slice::from_ref(&menu))
        .await
        .unwrap();
    let data = line.event("INTERACTION_CREATE").await["data"].clone();
    let id = data["options"][0]["value"].as_str().unwrap();
    assert_eq!(data["options"][0]["type"], 11);
    let file = &data["resolved"]["attachments"][id];
    let url = file["url"].as_str().unwrap();
    let told = json!({"id": id, "filename": "our_menu.md", "size": 6, "content_type": "text/markdown; charset=utf-8",
        "url": url, "proxy_url": url, "ephemeral": true});
    assert_eq!(file, &told);
    let path = url.strip_prefix(rig.sandbox.url()).unwrap();
    let read = async |path: &str| {
        let reply = http::get(rig.sandbox.addr(), path).send().await;
        (reply.status, reply.body)
    };
    assert_eq!(read(path).await, (200, "# Menu".into()));
    let unsigned = path.split('?').next().unwrap();
    assert_eq!(read(unsigned).await.0, 404);
    let refused = async |line: &str, files: &[PersonFile]| {
        let refused = rig.discord().command_with("tom", "ops", line, files).await;
        refused.unwrap_err()
    };
    assert_eq!(
        refused("/import", std::slice::from_ref(&menu)).await,
        PersonError::Missing("file".into())
    );
    assert_eq!(
        refused("/import file:menu.md", &[]).await.to_string(),
        "option `file` must be a file that comes with the command, not `menu.md`"
    );
    let other = PersonFile {
        name: "other.md".into(),
        ..menu.clone()
    };
    assert_eq!(
        refused(typed, &[menu.clone(), other]).await,
        PersonError::StrayFile("other.md".into())
    );
    let large = PersonFile {
        bytes: vec![b'a'; 10 * 1024 * 1024 + 1],
        ..menu
    };
    let large = refused(typed, &[large]).await;
    assert!(matches!(large, PersonError::FileTooLarge { .. }));
}

#[tokio::test]
async fn the_interface_refuses_before_the_bot_hears_of_it() {
    let (rig, _line) = connected().await;
    let refused = async |line: &str| {
        rig.discord()
            .command("maya", "ops", line)
            .await
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refused("/plan client:a brief:b count:many").await,
        "option `count` must be a whole number, not `many`"
    );
    assert_eq!(
        refused("/plan client:a brief:b count:11").await,
        "option `count` must be from 1 to 10, not `11`"
    );
    assert_eq!(
        refused("/plan client:a").await,
        "option `brief` is required"
    );
    assert_eq!(
        refused("/post").await,
        "there is no command `/post`; registered are: plan, ask"
    );
    let nobody = rig
        .discord()
        .command("zoe", "ops", "/ask")
        .await
        .unwrap_err();
    assert_eq!(nobody, PersonError::UnknownPerson("zoe".into()));
    assert!(rig.discord().interactions().is_empty());
}

#[tokio::test]
async fn a_hidden_command_is_hidden_from_those_who_lack_the_permission() {
    let (rig, _line) = connected().await;
    rig.register(
        &json!([{"name": "admin", "description": "d", "default_member_permissions": "32"}]),
    )
    .await;
    let refused = rig
        .discord()
        .command("tom", "ops", "/admin")
        .await
        .unwrap_err();
    assert_eq!(refused, PersonError::Hidden("admin".into()));
    rig.discord()
        .command("maya", "ops", "/admin")
        .await
        .unwrap();
}

#[tokio::test]
async fn a_message_answers_at_once_and_only_once() {
    let (rig, mut line) = connected().await;
    let (id, got) = asked(&rig, &mut line).await;
    let answer = json!({"type": 4, "data": {"content": "hello", "flags": 64}});
    assert_eq!(rig.callback(&got, &answer).await.status, 204);
    assert_eq!(code(&rig.callback(&got, &answer).await), (400, 40060));
    let view = seen(&rig, id).await;
    assert_eq!(view.acknowledgement, Some(Acknowledgement::Message));
    assert_eq!(
        view.response.unwrap().ephemeral_for.as_deref(),
        Some("maya")
    );
    assert!(
        rig.discord().messages("ops").is_empty(),
        "nobody else sees it"
    );
    assert_eq!(rig.discord().ephemeral("maya").len(), 1);
    assert_eq!(rig.discord().acknowledgements().len(), 1);
}

#[tokio::test]
async fn a_deferral_is_done_when_its_edit_arrives() {
    let (rig, mut line) = connected().await;
    let (id, got) = asked(&rig, &mut line).await;
    let early = rig
        .webhook("PATCH", &got, "@original", &json!({"content": "x"}))
        .await;
    assert_eq!(code(&early), (404, 10015));
    rig.callback(&got, &json!({"type": 5})).await;
    let waiting = rig.discord().interaction(id).unwrap();
    assert!(!waiting.done);
    assert_eq!(waiting.response.unwrap().flags, 128);
    let edited = rig
        .webhook("PATCH", &got, "@original", &json!({"content": "ready"}))
        .await;
    assert_eq!(edited.json()["interaction_metadata"]["id"], json!(id));
    let view = seen(&rig, id).await;
    assert_eq!(view.response.as_ref().unwrap().content, "ready");
    assert!(view.done && view.response.unwrap().history.is_empty());
}

#[tokio::test]
async fn the_first_followup_of_a_deferral_fills_it_and_later_ones_are_messages() {
    let (rig, mut line) = connected().await;
    let (id, got) = asked(&rig, &mut line).await;
    rig.callback(&got, &json!({"type": 5})).await;
    rig.webhook("POST", &got, "", &json!({"content": "first"}))
        .await;
    let second = rig
        .webhook("POST", &got, "", &json!({"content": "second"}))
        .await
        .json();
    let view = seen(&rig, id).await;
    assert_eq!(view.response.unwrap().content, "first");
    assert_eq!(view.followups[0].content, "second");
    let own = second["id"].as_str().unwrap();
    assert_eq!(
        rig.webhook("PATCH", &got, own, &json!({"content": "third"}))
            .await
            .status,
        200
    );
    assert_eq!(
        rig.webhook("GET", &got, own, &json!(null)).await.json()["content"],
        "third"
    );
    assert_eq!(
        rig.webhook("DELETE", &got, own, &json!(null)).await.status,
        204
    );
    assert_eq!(
        code(&rig.webhook("GET", &got, own, &json!(null)).await),
        (404, 10008)
    );
}

#[tokio::test]
async fn an_answer_after_three_seconds_finds_nothing() {
    let (rig, mut line) = connected().await;
    let (id, got) = asked(&rig, &mut line).await;
    let view = seen(&rig, id).await;
    assert_eq!(
        view.failed.as_deref(),
        Some("The application did not respond")
    );
    assert_eq!(
        code(&rig.callback(&got, &json!({"type": 5})).await),
        (404, 10062)
    );
    let other = json!({"id": "1", "token": "none"});
    assert_eq!(
        code(&rig.callback(&other, &json!({"type": 5})).await),
        (404, 10062)
    );
}

#[tokio::test]
async fn a_click_carries_its_message_and_can_change_it() {
    let (rig, mut line) = connected().await;
    let (message, id, got) = clicked(&rig, &mut line).await;
    assert_eq!(
        (&got["data"]["custom_id"], &got["data"]["component_type"]),
        (&json!("c1:go"), &json!(2))
    );
    assert_eq!(got["message"]["content"], "card");
    let update = json!({"type": 7, "data": {"content": "done", "components": []}});
    assert_eq!(rig.callback(&got, &update).await.status, 204);
    let view = seen(&rig, id).await;
    assert_eq!(view.acknowledgement, Some(Acknowledgement::Update));
    let card = rig.discord().message(message).unwrap();
    assert_eq!(
        (card.content.as_str(), card.history[0].content.as_str()),
        ("done", "card")
    );
    let gone = rig
        .discord()
        .click("ines", message, "c1:go")
        .await
        .unwrap_err();
    assert!(matches!(gone, PersonError::UnknownComponent { .. }));
}

#[tokio::test]
async fn a_quiet_acknowledgement_is_done_when_the_card_changes_by_any_route() {
    let (rig, mut line) = connected().await;
    let (message, id, got) = clicked(&rig, &mut line).await;
    rig.callback(&got, &json!({"type": 6})).await;
    assert!(!rig.discord().interaction(id).unwrap().done);
    let path = format!("{}/messages/{message}", guild::channel_path("ops"));
    rig.call("PATCH", &path, &json!({"content": "approved"}))
        .await;
    let view = seen(&rig, id).await;
    assert_eq!(view.response.unwrap().content, "approved");
}

#[tokio::test]
async fn a_greyed_out_button_and_somebody_elses_message_cannot_be_clicked() {
    let (rig, mut line) = connected().await;
    let mut row = button("Go", "go");
    row[0]["components"][0]["disabled"] = true.into();
    let message = rig
        .send("ops", &json!({"content": "card", "components": row}))
        .await
        .parse()
        .unwrap();
    let refused = rig
        .discord()
        .click("ines", message, "go")
        .await
        .unwrap_err();
    assert_eq!(refused, PersonError::Disabled("go".into()));
    let (id, got) = asked(&rig, &mut line).await;
    let mine =
        json!({"type": 4, "data": {"content": "c", "flags": 64, "components": button("Go", "go")}});
    rig.callback(&got, &mine).await;
    let message = seen(&rig, id).await.response.unwrap().id;
    let refused = rig
        .discord()
        .click("ines", message, "go")
        .await
        .unwrap_err();
    assert_eq!(refused, PersonError::UnknownMessage(message));
    rig.discord().click("maya", message, "go").await.unwrap();
}

#[tokio::test]
async fn a_modal_opens_is_filled_in_and_sent_off_once() {
    let (rig, mut line) = connected().await;
    let (_, id, got) = clicked(&rig, &mut line).await;
    let input = |id: &str, value: &str| json!({"type": 1, "components": [{"type": 4, "style": 1, "label": id, "custom_id": id, "value": value, "max_length": 20}]});
    let modal = json!({"type": 9, "data": {"custom_id": "m", "title": "Edit", "components": [input("a", "old"), input("b", "kept")]}});
    assert_eq!(rig.callback(&got, &modal).await.status, 204);
    assert_eq!(seen(&rig, id).await.modal.unwrap()["title"], "Edit");
    let submit = async |field: &str, text: &str| {
        let values = BTreeMap::from([(field.to_owned(), text.to_owned())]);
        rig.discord().submit_modal("ines", id, &values).await
    };
    assert!(matches!(
        submit("c", "x").await,
        Err(PersonError::UnknownField { .. })
    ));
    assert!(matches!(
        submit("a", &"x".repeat(21)).await,
        Err(PersonError::FieldLength { .. })
    ));
    submit("a", "new").await.unwrap();
    let sent = line.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&sent["type"], &sent["data"]["custom_id"]),
        (&json!(5), &json!("m"))
    );
    assert_eq!(
        sent["data"]["components"][0]["components"][0]["value"],
        "new"
    );
    assert_eq!(
        sent["data"]["components"][1]["components"][0]["value"],
        "kept"
    );
    assert_eq!(sent["message"]["content"], "card");
    assert_eq!(
        submit("a", "again").await.unwrap_err(),
        PersonError::NoModal(id)
    );
    let nested = rig.callback(&sent, &modal).await;
    assert_eq!(code(&nested), (400, 50035), "a modal cannot answer a modal");
}

#[tokio::test]
async fn suggestions_come_from_the_bot_and_nothing_else_answers_them() {
    let (rig, mut line) = connected().await;
    let discord = rig.discord().clone();
    let typing = tokio::spawn(async move {
        discord
            .autocomplete("maya", "ops", "/plan client:har", "client")
            .await
    });
    let got = line.event("INTERACTION_CREATE").await;
    assert_eq!(got["type"], 4);
    assert_eq!(
        got["data"]["options"][0],
        json!({"name": "client", "type": 3, "value": "har", "focused": true})
    );
    assert_eq!(
        code(&rig.callback(&got, &json!({"type": 5})).await),
        (400, 50035)
    );
    let choices = json!([{"name": "Harbour Coffee", "value": "harbour"}]);
    rig.callback(&got, &json!({"type": 8, "data": {"choices": choices}}))
        .await;
    assert_eq!(Value::from(typing.await.unwrap().unwrap()), choices);
    let none = rig
        .discord()
        .autocomplete("maya", "ops", "/plan client:a", "brief")
        .await
        .unwrap_err();
    assert_eq!(none, PersonError::NoAutocomplete("brief".into()));
}

#[tokio::test]
async fn a_menu_takes_what_it_offers() {
    let (rig, mut line) = connected().await;
    let menu = json!([{"type": 1, "components": [{"type": 3, "custom_id": "pick", "options": [
        {"label": "One", "value": "1"}, {"label": "Two", "value": "2"}]}]}]);
    let message = rig
        .send("ops", &json!({"content": "card", "components": menu}))
        .await
        .parse()
        .unwrap();
    let refused = rig
        .discord()
        .select("tom", message, "pick", &["3"])
        .await
        .unwrap_err();
    assert!(matches!(refused, PersonError::WrongChoice { .. }));
    rig.discord()
        .select("tom", message, "pick", &["2"])
        .await
        .unwrap();
    let got = line.event("INTERACTION_CREATE").await;
    assert_eq!(
        got["data"],
        json!({"custom_id": "pick", "component_type": 3, "values": ["2"]})
    );
}

#[tokio::test]
async fn what_came_of_an_answer_is_told_on_request() {
    let (rig, mut line) = connected().await;
    let (_, got) = asked(&rig, &mut line).await;
    let (id, token) = (got["id"].as_str().unwrap(), got["token"].as_str().unwrap());
    let path = format!("/interactions/{id}/{token}/callback?with_response=true");
    let reply = rig
        .call(
            "POST",
            &path,
            &json!({"type": 4, "data": {"content": "hi"}}),
        )
        .await;
    assert_eq!(reply.json()["resource"]["message"]["content"], "hi");
    assert_eq!(reply.json()["interaction"]["type"], 2);
}
