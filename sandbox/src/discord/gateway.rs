//! The gateway's sessions: who is connected, what each was sent, what a RESUME can still get.
//! Sockets live in `connection`; here is only the bookkeeping, under the one lock. An event for nobody is lost, as in reality.

mod connection;
mod frame;

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

pub(super) use self::connection::upgrade;
use self::frame::Close;
use super::limits::DiscordLimits;

/// What a connection's task is told to send or do.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Out {
    /// A text frame.
    Frame(String),
    /// The session is over (op 9); the connection stays for another IDENTIFY.
    Invalid,
    /// A close frame, then the end.
    Close(Close),
    /// The end, without a word.
    Drop,
}

/// An event and which intent it needs (none: everybody gets it).
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: &'static str,
    pub(super) intent: Option<u64>,
    pub(super) data: Value,
}

pub(super) const GUILDS: u64 = 1 << 0;
pub(super) const GUILD_MESSAGES: u64 = 1 << 9;

/// All sessions.
#[derive(Debug, Default)]
pub(super) struct Gateway {
    sessions: BTreeMap<String, Session>,
    identifies: u32,
    lines: u64,
}

#[derive(Debug)]
struct Session {
    intents: u64,
    seq: u64,
    /// What was sent, for a RESUME, oldest first.
    sent: VecDeque<(u64, String)>,
    /// The connection, if there is one.
    line: Option<Line>,
    /// Since when there is none.
    lost: Option<Instant>,
}

/// A connection's end in a session; the number tells an old connection from the one that took over.
#[derive(Clone, Debug)]
struct Line {
    number: u64,
    out: UnboundedSender<Out>,
}

impl Session {
    fn dispatch(&mut self, name: &str, data: &Value, keep: usize) {
        self.seq += 1;
        let text = frame::dispatch(self.seq, name, data);
        if let Some(line) = &self.line {
            // A closed channel means the connection just died; the event waits for the RESUME.
            let _ = line.out.send(Out::Frame(text.clone()));
        }
        self.sent.push_back((self.seq, text));
        while self.sent.len() > keep {
            self.sent.pop_front();
        }
    }

    fn is_alive(&self, now: Instant, window: Duration) -> bool {
        let waiting = |lost: Instant| now.duration_since(lost) < window;
        self.line.is_some() || self.lost.is_some_and(waiting)
    }
}

impl Gateway {
    pub(super) fn is_connected(&self) -> bool {
        self.sessions.values().any(|session| session.line.is_some())
    }

    /// IDENTIFYs still allowed.
    pub(super) fn identifies_left(&self, limits: &DiscordLimits) -> u32 {
        limits.identifies.saturating_sub(self.identifies)
    }

    /// Sends an event to every session that wants it and is connected or resumable. Says whether there was one.
    pub(super) fn dispatch(&mut self, event: &Event, limits: &DiscordLimits, now: Instant) -> bool {
        self.sessions
            .retain(|_, session| session.is_alive(now, limits.resume_window));
        let wanting = self.sessions.values_mut();
        let wanting =
            wanting.filter(|session| event.intent.is_none_or(|i| session.intents & i != 0));
        let mut reached = false;
        for session in wanting {
            session.dispatch(event.name, &event.data, limits.resume_events);
            reached = true;
        }
        reached
    }

    /// Begins a session on a new connection: READY, then what the intents ask for.
    fn identify(
        &mut self,
        id: &str,
        intents: u64,
        out: UnboundedSender<Out>,
        first: &[Event],
        limits: &DiscordLimits,
    ) -> Result<Line, Close> {
        if self.identifies >= limits.identifies {
            return Err(Close::AuthenticationFailed);
        }
        self.identifies += 1;
        let line = self.new_line(out);
        let mut session = Session {
            intents,
            seq: 0,
            sent: VecDeque::new(),
            line: Some(line.clone()),
            lost: None,
        };
        let wanted = first.iter();
        for event in wanted.filter(|event| event.intent.is_none_or(|i| intents & i != 0)) {
            session.dispatch(event.name, &event.data, limits.resume_events);
        }
        self.sessions.insert(id.to_owned(), session);
        Ok(line)
    }

    /// Continues a session after `seq` on a new connection; `None` if that is not possible any more.
    fn resume(
        &mut self,
        id: &str,
        seq: u64,
        out: UnboundedSender<Out>,
        limits: &DiscordLimits,
        now: Instant,
    ) -> Result<Option<Line>, Close> {
        let Some(session) = self.sessions.get(id) else {
            return Ok(None);
        };
        if seq > session.seq {
            return Err(Close::InvalidSeq);
        }
        let oldest = session
            .sent
            .front()
            .map_or(session.seq + 1, |(seq, _)| *seq);
        if !session.is_alive(now, limits.resume_window) || seq + 1 < oldest {
            self.sessions.remove(id);
            return Ok(None);
        }
        let line = self.new_line(out);
        let session = self.sessions.get_mut(id).expect("it was there a line ago");
        for (_, text) in session.sent.iter().filter(|(sent, _)| *sent > seq) {
            let _ = line.out.send(Out::Frame(text.clone()));
        }
        if let Some(old) = session.line.replace(line.clone()) {
            let _ = old.out.send(Out::Close(Close::SessionTimedOut));
        }
        session.lost = None;
        session.dispatch("RESUMED", &serde_json::json!({}), limits.resume_events);
        Ok(Some(line))
    }

    /// Notes that a connection ended; an older one that was replaced changes nothing.
    fn hung_up(&mut self, id: &str, line: u64, resumable: bool, now: Instant) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        if session.line.as_ref().is_none_or(|own| own.number != line) {
            return;
        }
        session.line = None;
        session.lost = Some(now);
        if !resumable {
            self.sessions.remove(id);
        }
    }

    /// Ends every connection without a word. The sessions can be resumed.
    pub(super) fn drop_connections(&mut self) {
        self.tell_all(&Out::Drop);
    }

    /// Asks every connection to come back (op 7).
    pub(super) fn ask_to_reconnect(&mut self) {
        self.tell_all(&Out::Frame(frame::reconnect()));
    }

    /// Declares every session invalid (op 9): what was buffered is lost.
    pub(super) fn invalidate(&mut self) {
        self.tell_all(&Out::Invalid);
        self.sessions.clear();
    }

    fn tell_all(&self, out: &Out) {
        for line in self
            .sessions
            .values()
            .filter_map(|session| session.line.as_ref())
        {
            let _ = line.out.send(out.clone());
        }
    }

    fn new_line(&mut self, out: UnboundedSender<Out>) -> Line {
        self.lines += 1;
        Line {
            number: self.lines,
            out,
        }
    }
}
