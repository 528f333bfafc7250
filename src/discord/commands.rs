//! Every slash command, defined once: registration, `/help`, docs/commands.md and parsing all read [`ALL`].
//!
//! A definition names its options and the function that reads them; a test asks that each reads exactly what it names.
//! Limits that Discord could enforce are left to us wherever our own answer says more than Discord's would.

pub(crate) mod given;
mod read;
pub mod reference;
mod register;
mod table;
#[cfg(test)]
mod tests;

use clara_domain::ids::{ChannelId, ClientId};
use clara_domain::person::Right;

pub(crate) use given::{Given, GivenFile, Misuse};
pub(crate) use register::registration;
pub(crate) use table::ALL;

/// A command, as people see it and as it is read.
#[derive(Debug)]
pub(crate) struct Definition {
    /// Its words, one to three: `["client", "add"]`.
    pub(crate) words: &'static [&'static str],
    /// One line, at most 100 characters.
    pub(crate) summary: &'static str,
    /// What a newcomer wants to know beyond that.
    pub(crate) details: &'static str,
    /// What it takes to use it; none where everybody may.
    pub(crate) right: Option<Right>,
    /// Its options, required ones first.
    pub(crate) options: &'static [Opt],
    /// How it is typed.
    pub(crate) example: &'static str,
    /// Reads the options.
    pub(crate) read: fn(&mut Given) -> Result<Request, Misuse>,
}

impl Definition {
    /// `/client add`.
    pub(crate) fn name(&self) -> String {
        format!("/{}", self.words.join(" "))
    }
}

/// An option of a command.
#[derive(Debug)]
pub(crate) struct Opt {
    pub(crate) name: &'static str,
    /// At most 100 characters.
    pub(crate) summary: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words.
    Text,
    /// A whole number.
    Whole,
    /// A channel of the guild.
    Channel,
    /// A client's id; completes itself.
    Client,
    /// A tweet's short id; completes itself.
    Tweet,
    /// A name of a command; Discord offers all of them.
    Command,
    /// A file that is attached.
    File,
}

/// What somebody asked for with a command. Texts are as they were typed: what they mean depends on the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// `/client add`.
    AddClient(Box<NewClient>),
    /// `/client list`.
    ListClients,
    /// `/client show`.
    ShowClient { client: ClientId },
    /// `/client knowledge` and what of it.
    Knowledge { client: ClientId, wish: NoteWish },
    /// `/client lessons` and what of it.
    Lessons { client: ClientId, wish: LessonWish },
    /// `/client pause`.
    Pause { client: ClientId, reason: String },
    /// `/client resume`.
    Resume { client: ClientId },
    /// `/plan` and `/generate`.
    Plan(Plan),
    /// `/queue`.
    Queue { client: Option<ClientId> },
    /// `/tweet show`.
    ShowTweet { tweet: String },
    /// `/tweet cancel`.
    CancelTweet { tweet: String },
    /// `/tweet delete`.
    DeleteTweet { tweet: String, reason: String },
    /// `/tweet reschedule`.
    Reschedule { tweet: String, when: String },
    /// `/pause`.
    Halt { reason: String },
    /// `/resume`.
    Release,
    /// `/status`.
    Status,
    /// `/costs`.
    Costs {
        client: Option<ClientId>,
        month: Option<String>,
    },
    /// `/stats`.
    Stats {
        client: Option<ClientId>,
        days: Option<i64>,
    },
    /// `/help`.
    Help { command: Option<String> },
}

/// What `/client knowledge` is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoteWish {
    /// Take one in: the text itself, or a file with it.
    Add {
        title: Option<String>,
        text: Option<String>,
        file: Option<GivenFile>,
    },
    List,
    Remove {
        note: String,
    },
    Search {
        brief: String,
    },
}

/// What `/client lessons` is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LessonWish {
    List,
    Remove { lesson: i64 },
}

/// What `/client add` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewClient {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) handle: String,
    pub(crate) zone: String,
    pub(crate) channel: ChannelId,
    pub(crate) slots: Option<String>,
    pub(crate) persona: Option<String>,
    pub(crate) approvals: Option<i64>,
}

/// What `/plan` or `/generate` was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) client: ClientId,
    pub(crate) brief: String,
    pub(crate) when: Option<String>,
    pub(crate) count: i64,
    pub(crate) thread: i64,
    /// Write at once, and not the client's lead ahead of the slot.
    pub(crate) write_now: bool,
}

/// The definition of a command by its words.
pub(crate) fn find(words: &[&str]) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.words == words)
}
