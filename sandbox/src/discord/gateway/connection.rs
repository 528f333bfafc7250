//! One gateway connection: HELLO, then the client's payloads in and the session's frames out, with heartbeats watched.
//! Gateway faults act here. When the task ends, the session is told whether it may be resumed.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::frame::{self, Close, Request};
use super::{Event, GUILDS, Line, Out};
use crate::FaultKind;
use crate::discord::{Discord, rest};

/// Payloads a minute from one connection (documentation, "Rate limiting" of the gateway).
const PAYLOADS: u32 = 120;
/// Intents that must be enabled for the application, and are not: members, presences, message content.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;

/// `GET /gateway`, the address that `GET /api/v10/gateway` names.
pub(in crate::discord) async fn upgrade(
    State(discord): State<Discord>,
    socket: WebSocketUpgrade,
) -> Response {
    if let Some(early) = rest::refused_connection(&discord).await {
        return early;
    }
    socket.on_upgrade(|socket| Connection::new(discord, socket).run())
}

struct Connection {
    discord: Discord,
    socket: WebSocket,
    out: UnboundedSender<Out>,
    inbox: UnboundedReceiver<Out>,
    session: Option<(String, Line)>,
    interval: Duration,
    heard: Instant,
    minute: (Instant, u32),
    /// A reconnect is asked for once on a connection, however long the fault stays on.
    asked: bool,
}

/// How a connection ends.
enum End {
    /// We close it, and say why.
    Closed(Close),
    /// The client closed it in an orderly way, so its session is over.
    Goodbye,
    /// It broke.
    Broken,
}

impl Connection {
    fn new(discord: Discord, socket: WebSocket) -> Self {
        let (out, inbox) = unbounded_channel();
        let now = Instant::now();
        let interval = discord.limits().heartbeat_interval;
        Self {
            discord,
            socket,
            out,
            inbox,
            session: None,
            interval,
            heard: now,
            minute: (now, 0),
            asked: false,
        }
    }

    async fn run(mut self) {
        let end = match self.converse().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        let resumable = match end {
            End::Closed(close) => {
                self.say_goodbye(close).await;
                close.is_resumable()
            }
            End::Goodbye => false,
            End::Broken => true,
        };
        if let Some((id, line)) = self.session.take() {
            self.discord.gateway_hung_up(&id, line.number, resumable);
        }
    }

    async fn converse(&mut self) -> Result<std::convert::Infallible, End> {
        self.send(frame::hello(self.interval)).await?;
        let mut changes = self.discord.subscribe();
        let mut tick = tokio::time::interval(self.interval / 4);
        loop {
            tokio::select! {
                message = self.socket.recv() => self.received(message).await?,
                out = self.inbox.recv() => self.ordered(out.unwrap_or(Out::Drop)).await?,
                _ = changes.changed() => self.act_out_faults()?,
                _ = tick.tick() => self.check_pulse()?,
            }
        }
    }

    async fn received(&mut self, message: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(1000, |frame| frame.code);
                return Err(if matches!(code, 1000 | 1001) {
                    End::Goodbye
                } else {
                    End::Broken
                });
            }
            Some(Ok(Message::Binary(_))) => return Err(End::Closed(Close::DecodeError)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Err(_)) | None => return Err(End::Broken),
        };
        self.count_payload().map_err(End::Closed)?;
        match frame::read(&text).map_err(End::Closed)? {
            Request::Heartbeat => {
                self.heard = Instant::now();
                self.send(frame::heartbeat_ack()).await
            }
            Request::Identify { token, intents } => {
                self.identify(&token, intents).map_err(End::Closed)
            }
            Request::Resume {
                token,
                session,
                seq,
            } => self.resume(&token, session, seq).await,
            Request::Ignored if self.session.is_none() => Err(End::Closed(Close::NotAuthenticated)),
            Request::Ignored => Ok(()),
        }
    }

    fn count_payload(&mut self) -> Result<(), Close> {
        if self.minute.0.elapsed() >= Duration::from_secs(60) {
            self.minute = (Instant::now(), 0);
        }
        self.minute.1 += 1;
        if self.minute.1 > PAYLOADS {
            Err(Close::RateLimited)
        } else {
            Ok(())
        }
    }

    fn identify(&mut self, token: &str, intents: u64) -> Result<(), Close> {
        if self.session.is_some() {
            return Err(Close::AlreadyAuthenticated);
        }
        if !self.discord.is_bot_token(token) {
            return Err(Close::AuthenticationFailed);
        }
        if intents & PRIVILEGED != 0 {
            return Err(Close::DisallowedIntents);
        }
        let started = self.discord.gateway_identify(intents, self.out.clone())?;
        self.session = Some(started);
        // A fault that was switched on before we came must not wait for the next change.
        self.discord.touch();
        Ok(())
    }

    async fn resume(&mut self, token: &str, id: String, seq: u64) -> Result<(), End> {
        if self.session.is_some() {
            return Err(End::Closed(Close::AlreadyAuthenticated));
        }
        if !self.discord.is_bot_token(token) {
            return Err(End::Closed(Close::AuthenticationFailed));
        }
        let resumed = self.discord.gateway_resume(&id, seq, self.out.clone());
        match resumed.map_err(End::Closed)? {
            Some(line) => {
                self.session = Some((id, line));
                self.discord.touch();
                Ok(())
            }
            None => self.send(frame::invalid_session()).await,
        }
    }

    async fn ordered(&mut self, out: Out) -> Result<(), End> {
        match out {
            Out::Frame(text) => self.send(text).await,
            Out::Invalid => {
                self.session = None;
                self.send(frame::invalid_session()).await
            }
            Out::Close(close) => Err(End::Closed(close)),
            Out::Drop => Err(End::Broken),
        }
    }

    fn act_out_faults(&mut self) -> Result<(), End> {
        if self.session.is_none() {
            return Ok(());
        }
        if self.discord.gateway_fault(&FaultKind::GatewayDrop) {
            return Err(End::Broken);
        }
        if self.discord.gateway_fault(&FaultKind::InvalidSession) {
            self.discord.invalidate_sessions();
        }
        if !self.asked && self.discord.gateway_fault(&FaultKind::GatewayReconnect) {
            self.asked = true;
            self.discord.ask_to_reconnect();
        }
        Ok(())
    }

    /// A client that misses a heartbeat (half an interval, at least a second of grace) is taken for dead.
    fn check_pulse(&self) -> Result<(), End> {
        let grace = (self.interval / 2).max(Duration::from_secs(1));
        if self.heard.elapsed() > self.interval + grace {
            return Err(End::Closed(Close::SessionTimedOut));
        }
        Ok(())
    }

    async fn send(&mut self, text: String) -> Result<(), End> {
        let sent = self.socket.send(Message::Text(text.into())).await;
        sent.map_err(|_| End::Broken)
    }

    async fn say_goodbye(&mut self, close: Close) {
        let frame = CloseFrame {
            code: close.code(),
            reason: Utf8Bytes::from_static(close.reason()),
        };
        // The client may be gone already; then there is nobody to tell.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
    }
}

/// What the lock's owner does for a connection.
impl Discord {
    fn gateway_identify(
        &self,
        intents: u64,
        out: UnboundedSender<Out>,
    ) -> Result<(String, Line), Close> {
        let id = crate::discord::unguessable("session");
        let first = self.first_events(&id);
        let mut state = self.lock();
        let limits = state.limits;
        let line = state.gateway.identify(&id, intents, out, &first, &limits)?;
        Ok((id, line))
    }

    fn first_events(&self, session: &str) -> [Event; 2] {
        let directory = self.directory();
        let guild = directory.guild();
        let ready = json!({
            "v": 10, "user_settings": {}, "user": directory.user_json(directory.bot_id()), "session_id": session,
            "resume_gateway_url": self.gateway_url(), "shard": [0, 1], "relationships": [], "private_channels": [],
            "presences": [], "guilds": [{"id": guild.guild_id.to_string(), "unavailable": true}],
            "guild_join_requests": [], "geo_ordered_rtc_regions": [], "session_type": "normal",
            "application": {"id": guild.application_id.to_string(), "flags": 0}, "_trace": [],
        });
        let guild = directory.guild_create_json();
        [
            Event {
                name: "READY",
                intent: None,
                data: ready,
            },
            Event {
                name: "GUILD_CREATE",
                intent: Some(GUILDS),
                data: guild,
            },
        ]
    }

    fn gateway_resume(
        &self,
        id: &str,
        seq: u64,
        out: UnboundedSender<Out>,
    ) -> Result<Option<Line>, Close> {
        let mut state = self.lock();
        let limits = state.limits;
        state.gateway.resume(id, seq, out, &limits, Instant::now())
    }

    fn gateway_hung_up(&self, id: &str, line: u64, resumable: bool) {
        self.lock()
            .gateway
            .hung_up(id, line, resumable, Instant::now());
        self.touch();
    }
}
