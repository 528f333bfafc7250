//! A bot of a few lines: raw REST calls and a raw gateway connection, so that the tests see what is on the wire.
#![allow(dead_code, clippy::unwrap_used, unreachable_pub)]

use std::time::Duration;

use clara_sandbox::discord::{Discord, DiscordLimits};
use clara_sandbox::{Options, Sandbox, World};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::http::{Reply, Request, delete, get, patch, post, put};

/// Long enough for a busy machine; nothing waits for it to pass.
pub const SOON: Duration = Duration::from_secs(20);
/// `GUILDS`.
pub const GUILDS: u64 = 1;

/// A world, and the bot's side of it.
pub struct Rig {
    pub sandbox: Sandbox,
}

impl Rig {
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        Self {
            sandbox: Sandbox::start(options).await.unwrap(),
        }
    }

    pub async fn with_limits(limits: DiscordLimits) -> Self {
        let rig = Self::start().await;
        rig.discord().set_limits(limits);
        rig
    }

    pub fn discord(&self) -> &Discord {
        &self.sandbox.discord
    }

    /// A call with the bot's token.
    pub async fn call(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.request(method, path)
            .header("authorization", &token())
            .json(body)
            .send()
            .await
    }

    /// A call of a method and path below `/api/v10`, as yet without token and body.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let (addr, path) = (self.sandbox.addr(), format!("/api/v10{path}"));
        match method {
            "GET" => get(addr, &path),
            "POST" => post(addr, &path),
            "PUT" => put(addr, &path),
            "PATCH" => patch(addr, &path),
            "DELETE" => delete(addr, &path),
            other => panic!("no method {other}"),
        }
    }

    pub async fn register(&self, commands: &Value) -> Reply {
        self.call("PUT", &commands_path(), commands).await
    }

    /// Answers an interaction, as read from the gateway.
    pub async fn callback(&self, interaction: &Value, body: &Value) -> Reply {
        let id = interaction["id"].as_str().unwrap();
        let token = interaction["token"].as_str().unwrap();
        self.call(
            "POST",
            &format!("/interactions/{id}/{token}/callback"),
            body,
        )
        .await
    }

    /// Uses an interaction's token: `""` is the followup route, else a message of it.
    pub async fn webhook(
        &self,
        method: &str,
        interaction: &Value,
        message: &str,
        body: &Value,
    ) -> Reply {
        let application = World::agency().discord.application_id;
        let token = interaction["token"].as_str().unwrap();
        let rest = if message.is_empty() {
            String::new()
        } else {
            format!("/messages/{message}")
        };
        self.call(
            method,
            &format!("/webhooks/{application}/{token}{rest}"),
            body,
        )
        .await
    }

    /// Sends to a channel by name; the message's id.
    pub async fn send(&self, channel: &str, body: &Value) -> String {
        let reply = self
            .call("POST", &format!("{}/messages", channel_path(channel)), body)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        reply.json()["id"].as_str().unwrap().to_owned()
    }
}

pub fn token() -> String {
    format!("Bot {}", World::agency().discord.bot_token)
}

pub fn commands_path() -> String {
    let world = World::agency().discord;
    format!(
        "/applications/{}/guilds/{}/commands",
        world.application_id, world.guild_id
    )
}

pub fn channel_path(name: &str) -> String {
    let channels = World::agency().discord.channels;
    let id = channels
        .iter()
        .find(|channel| channel.name == name)
        .unwrap()
        .id;
    format!("/channels/{id}")
}

/// Two commands: `/plan client brief [count]` and `/ask` with nothing.
pub fn commands() -> Value {
    json!([
        {"name": "plan", "description": "Plans a tweet.", "options": [
            {"type": 3, "name": "client", "description": "Whose.", "required": true, "autocomplete": true},
            {"type": 3, "name": "brief", "description": "What about.", "required": true},
            {"type": 4, "name": "count", "description": "How many.", "min_value": 1, "max_value": 10}
        ]},
        {"name": "ask", "description": "Asks."}
    ])
}

/// One button in one row.
pub fn button(label: &str, custom_id: &str) -> Value {
    json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": label, "custom_id": custom_id}]}])
}

/// A raw gateway connection.
pub struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The last sequence number read.
    pub seq: u64,
    pub session: String,
}

impl Line {
    /// Connects and reads HELLO.
    pub async fn connect(rig: &Rig) -> Self {
        let url = format!("ws://{}/gateway?v=10&encoding=json", rig.sandbox.addr());
        let (socket, _) = connect_async(url).await.unwrap();
        let mut line = Self {
            socket,
            seq: 0,
            session: String::new(),
        };
        assert_eq!(line.read().await.unwrap()["op"], 10);
        line
    }

    /// Connects, identifies and reads READY.
    pub async fn identify(rig: &Rig, intents: u64) -> Self {
        let mut line = Self::connect(rig).await;
        line.say(&identify(&token(), intents)).await;
        let ready = line.event("READY").await;
        line.session = ready["session_id"].as_str().unwrap().to_owned();
        line
    }

    /// Connects and continues another connection's session.
    pub async fn resume(rig: &Rig, session: &str, seq: u64) -> Self {
        let mut line = Self::connect(rig).await;
        line.session = session.to_owned();
        line.say(&json!({"op": 6, "d": {"token": token(), "session_id": session, "seq": seq}}))
            .await;
        line
    }

    pub async fn say(&mut self, payload: &Value) {
        self.socket
            .send(Message::Text(payload.to_string().into()))
            .await
            .unwrap();
    }

    /// The next payload, or the code of the close; 0 for an end without one.
    pub async fn read(&mut self) -> Result<Value, u16> {
        loop {
            let next = tokio::time::timeout(SOON, self.socket.next())
                .await
                .expect("the gateway says something");
            match next {
                Some(Ok(Message::Text(text))) => {
                    let payload: Value = serde_json::from_str(&text).unwrap();
                    self.seq = payload["s"].as_u64().unwrap_or(self.seq);
                    return Ok(payload);
                }
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The data of the next event, which must have this name.
    pub async fn event(&mut self, name: &str) -> Value {
        let payload = self.read().await.unwrap();
        assert_eq!(payload["t"], name, "{payload}");
        payload["d"].clone()
    }

    /// Closes with 1000.
    pub async fn goodbye(mut self) {
        let frame = CloseFrame {
            code: 1000.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).await.unwrap();
    }

    /// The code with which the gateway closes, whatever it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.read().await {
                return code;
            }
        }
    }
}

pub fn identify(token: &str, intents: u64) -> Value {
    json!({"op": 2, "d": {"token": token, "intents": intents, "compress": true, "properties": {"os": "linux"}}})
}
