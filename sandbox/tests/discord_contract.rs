//! Every answer of the Discord simulator against the vendor's own schemas, where the spec is at hand:
//! in `../shared/specs` beside the project, or where `CLARA_SPECS` says.
#![allow(clippy::unwrap_used)]

#[path = "support/guild.rs"]
mod guild;
#[path = "support/http.rs"]
mod http;
#[path = "support/schema.rs"]
mod schema;

use std::io::Write;
use std::path::PathBuf;

use clara_sandbox::World;
use guild::{GUILDS, Line, Rig, button, channel_path, commands};
use schema::Spec;
use serde_json::{Value, json};

/// The vendor's spec; `None`, said aloud, where it is not at hand.
fn spec() -> Option<Spec> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let path = std::env::var_os("CLARA_SPECS")
        .map_or(beside, PathBuf::from)
        .join("discord-v10.json");
    match std::fs::read(&path) {
        Ok(bytes) => Some(Spec(serde_json::from_slice(&bytes).unwrap())),
        Err(error) => {
            // Past the test harness's capture, so that a skipped contract is seen.
            let mut aloud = std::io::stderr();
            writeln!(
                aloud,
                "skipped: the contract with {} ({error})",
                path.display()
            )
            .unwrap();
            None
        }
    }
}

/// Collects what every answer breaks of the contract.
struct Contract {
    spec: Spec,
    broken: Vec<String>,
}

impl Contract {
    fn check(&mut self, method: &str, path: &str, reply: &http::Reply) {
        assert_eq!(reply.status, 200, "{method} {path}: {}", reply.body);
        let complaints = self
            .spec
            .complaints(self.spec.response(method, path, "200"), &reply.json());
        self.broken.extend(
            complaints
                .iter()
                .map(|what| format!("{method} {path}: {what}")),
        );
    }

    fn named(&mut self, name: &str, value: &Value) {
        let complaints = self.spec.complaints(self.spec.named(name), value);
        self.broken
            .extend(complaints.iter().map(|what| format!("{name}: {what}")));
    }
}

fn card() -> Value {
    json!({
        "content": "a card for <@1180000000000000102>", "nonce": "n1", "components": button("Go", "c1:go"),
        "embeds": [{"title": "t", "description": "d", "color": 3, "fields": [{"name": "n", "value": "v", "inline": true}], "footer": {"text": "f"}}],
    })
}

#[tokio::test]
async fn what_is_read_of_the_guild_has_the_vendors_shape() {
    let Some(spec) = spec() else { return };
    let mut contract = Contract {
        spec,
        broken: Vec::new(),
    };
    let rig = Rig::start().await;
    let world = World::agency().discord;
    let (guild, user, channel) = (world.guild_id, world.people[0].id, world.channels[0].id);
    for (path, actual) in [
        ("/gateway", "/gateway".to_owned()),
        ("/gateway/bot", "/gateway/bot".to_owned()),
        ("/guilds/{guild_id}", format!("/guilds/{guild}")),
        ("/guilds/{guild_id}/roles", format!("/guilds/{guild}/roles")),
        (
            "/guilds/{guild_id}/channels",
            format!("/guilds/{guild}/channels"),
        ),
        (
            "/guilds/{guild_id}/members/{user_id}",
            format!("/guilds/{guild}/members/{user}"),
        ),
        ("/channels/{channel_id}", format!("/channels/{channel}")),
        ("/users/@me", "/users/@me".to_owned()),
        ("/applications/@me", "/applications/@me".to_owned()),
    ] {
        contract.check("get", path, &rig.call("GET", &actual, &json!(null)).await);
    }
    contract.check(
        "put",
        "/applications/{application_id}/guilds/{guild_id}/commands",
        &rig.register(&commands()).await,
    );
    assert!(contract.broken.is_empty(), "{:#?}", contract.broken);
}

#[tokio::test]
async fn messages_and_refusals_have_the_vendors_shape() {
    let Some(spec) = spec() else { return };
    let mut contract = Contract {
        spec,
        broken: Vec::new(),
    };
    let rig = Rig::start().await;
    let path = format!("{}/messages", channel_path("ops"));
    let sent = rig.call("POST", &path, &card()).await;
    contract.check("post", "/channels/{channel_id}/messages", &sent);
    let one = format!("{path}/{}", sent.json()["id"].as_str().unwrap());
    let (many_spec, one_spec) = (
        "/channels/{channel_id}/messages",
        "/channels/{channel_id}/messages/{message_id}",
    );
    contract.check(
        "patch",
        one_spec,
        &rig.call("PATCH", &one, &json!({"content": "x"})).await,
    );
    contract.check("get", one_spec, &rig.call("GET", &one, &json!(null)).await);
    contract.check(
        "get",
        many_spec,
        &rig.call("GET", &path, &json!(null)).await,
    );
    contract.named(
        "Error",
        &rig.call("GET", "/channels/1", &json!(null)).await.json(),
    );
    // The tree of field errors is left out: the spec gives its codes as numbers, the documentation and the clients as names.
    assert!(contract.broken.is_empty(), "{:#?}", contract.broken);
}

#[tokio::test]
async fn answers_to_interactions_have_the_vendors_shape() {
    let Some(spec) = spec() else { return };
    let mut contract = Contract {
        spec,
        broken: Vec::new(),
    };
    let rig = Rig::start().await;
    rig.register(&commands()).await;
    let mut line = Line::identify(&rig, GUILDS).await;
    line.event("GUILD_CREATE").await;
    rig.discord().command("maya", "ops", "/ask").await.unwrap();
    let got = line.event("INTERACTION_CREATE").await;
    let answer = json!({"type": 4, "data": {"content": "hi", "components": button("Go", "go")}});
    let (id, token) = (got["id"].as_str().unwrap(), got["token"].as_str().unwrap());
    let callback = format!("/interactions/{id}/{token}/callback?with_response=true");
    let reply = rig.call("POST", &callback, &answer).await;
    contract.check(
        "post",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        &reply,
    );
    let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
    contract.check(
        "patch",
        original,
        &rig.webhook("PATCH", &got, "@original", &card()).await,
    );
    contract.check(
        "get",
        original,
        &rig.webhook("GET", &got, "@original", &json!(null)).await,
    );
    contract.check(
        "post",
        "/webhooks/{webhook_id}/{webhook_token}",
        &rig.webhook("POST", &got, "", &card()).await,
    );
    let message = rig.discord().messages("ops")[0].id;
    rig.discord().click("ines", message, "c1:go").await.unwrap();
    let click = line.event("INTERACTION_CREATE").await;
    rig.callback(&click, &json!({"type": 4, "data": {"content": "clicked"}}))
        .await;
    contract.check(
        "get",
        original,
        &rig.webhook("GET", &click, "@original", &json!(null)).await,
    );
    assert!(contract.broken.is_empty(), "{:#?}", contract.broken);
}
