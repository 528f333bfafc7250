//! `clara knowledge`: what a client has told us, looked at and changed from the command line.
//!
//! Where Clara runs she does it herself, through her socket, so a client still has one writer; where she does not, the
//! journal is opened here. Either way `decide` says what may be, and the record names nobody: it was the command line.

use std::sync::Arc;

use clara_actors::handle::EngineHandle;
use clara_actors::knowledge::Library;
use clara_actors::ports::journal::{StreamId, Version};
use clara_actors::ports::{Clock, Journal};
use clara_actors::record::{decode, encode};
use clara_adapters::clock::SystemClock;
use clara_domain::ids::{ClientId, NoteId};
use clara_domain::knowledge::{Note, chunks};
use clara_domain::person::By;
use clara_domain::{Client, Command, Event, decide, evolve};
use serde::{Deserialize, Serialize};

use super::wire::{self, AskError, Question};
use super::{Place, Trouble, count, moment, size};

/// What somebody wants of a client's notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Wish {
    /// Take one in.
    Add {
        /// What it is called; named after its text where it is empty.
        title: String,
        /// What it says.
        text: String,
    },
    /// Take one out: by its number or its title.
    Remove {
        /// Which.
        note: String,
    },
    /// See which there are.
    List,
    /// See what fits a brief, by words alone.
    Search {
        /// The brief.
        text: String,
    },
}

/// Does it; what came of it, for the person at the terminal.
///
/// # Errors
/// See [`Trouble`]; nothing was changed then, unless it says so.
pub async fn knowledge(place: &Place, client: &ClientId, wish: Wish) -> Result<String, Trouble> {
    let told = match place.open()? {
        Some(journal) => {
            let told = answer(&AtRest(&journal), client, &wish).await;
            journal.close().await;
            told
        }
        None => ask(place, client, wish).await?,
    };
    told.map_err(Trouble::Failed)
}

async fn ask(
    place: &Place,
    client: &ClientId,
    wish: Wish,
) -> Result<Result<String, String>, Trouble> {
    let connected = wire::connect(place.dir()).await;
    let stream = connected.map_err(|_| place.silent())?;
    let question = Question::Knowledge {
        client: client.clone(),
        wish,
    };
    let mut said = Vec::new();
    Ok(match wire::ask(stream, &question, &mut said).await {
        Ok(()) => Ok(String::from_utf8_lossy(&said).into_owned()),
        Err(AskError::Refused(why)) => Err(why),
        Err(AskError::CutOff) => Err(
            "Clara ended, or is older than this command, and did not answer. Whether it was \
            done is not known: look with `clara knowledge list`."
                .to_owned(),
        ),
        Err(error) => Err(format!(
            "Clara could not be asked: {error}. Nothing was done."
        )),
    })
}

/// Who holds the clients.
#[async_trait::async_trait]
pub(super) trait Holder: Send + Sync {
    /// A client as it is.
    async fn client(&self, id: &ClientId) -> Result<Arc<Client>, String>;
    /// Has a request decided and recorded; the client as it is then.
    async fn execute(&self, id: &ClientId, command: Command) -> Result<Arc<Client>, String>;
}

#[async_trait::async_trait]
impl Holder for EngineHandle {
    async fn client(&self, id: &ClientId) -> Result<Arc<Client>, String> {
        self.view(id).map_err(|refusal| nothing(&refusal))
    }

    async fn execute(&self, id: &ClientId, command: Command) -> Result<Arc<Client>, String> {
        let done = EngineHandle::execute(self, id, By::Engine, command).await;
        done.map_err(|refusal| nothing(&refusal))
    }
}

/// A journal that no engine has open.
struct AtRest<'a>(&'a dyn Journal);

impl AtRest<'_> {
    async fn replay(&self, id: &ClientId) -> Result<(Client, Version), String> {
        let stream = StreamId::Client(id.clone());
        let records = self.0.read(&stream, Version::default()).await;
        let records = records.map_err(|error| nothing(&error))?;
        let mut client = Client::new(id.clone());
        let mut version = Version::default();
        for record in &records {
            let event: Event = decode(record).map_err(|error| nothing(&error))?;
            let moved = evolve(client, &event, record.record.at);
            client = moved.map_err(|illegal| nothing(&illegal))?;
            version = record.version;
        }
        match client.settings {
            Some(_) => Ok((client, version)),
            None => Err(nothing(&format!("there is no client `{id}` here"))),
        }
    }
}

#[async_trait::async_trait]
impl Holder for AtRest<'_> {
    async fn client(&self, id: &ClientId) -> Result<Arc<Client>, String> {
        let (client, _) = self.replay(id).await?;
        Ok(Arc::new(client))
    }

    async fn execute(&self, id: &ClientId, command: Command) -> Result<Arc<Client>, String> {
        let (mut client, version) = self.replay(id).await?;
        let now = SystemClock.now();
        let decided = decide(&client, &By::Engine, &command, now);
        let events = decided.map_err(|rejection| nothing(&rejection))?;
        let records = events.iter().map(|event| encode(event, now, None));
        let stream = StreamId::Client(id.clone());
        let stored = self.0.append(&stream, version, records.collect()).await;
        stored.map_err(|error| nothing(&error))?;
        for event in &events {
            let moved = evolve(client, event, now);
            client = moved.map_err(|illegal| nothing(&illegal))?;
        }
        Ok(Arc::new(client))
    }
}

fn nothing(why: &dyn std::fmt::Display) -> String {
    format!("Nothing was changed: {why}.")
}

/// Does it.
pub(super) async fn answer(
    holder: &dyn Holder,
    client: &ClientId,
    wish: &Wish,
) -> Result<String, String> {
    match wish {
        Wish::Add { title, text } => add(holder, client, title, text).await,
        Wish::Remove { note } => remove(holder, client, note).await,
        Wish::List => Ok(list(holder.client(client).await?.as_ref())),
        Wish::Search { text } => search(holder.client(client).await?.as_ref(), text).await,
    }
}

async fn add(
    holder: &dyn Holder,
    client: &ClientId,
    title: &str,
    text: &str,
) -> Result<String, String> {
    let command = Command::AddNote {
        title: title.to_owned(),
        text: text.to_owned(),
    };
    let after = holder.execute(client, command).await?;
    let tidied = clara_domain::knowledge::tidy(text);
    let hash = clara_domain::knowledge::NoteHash::of(&tidied);
    let Some(note) = after.knowledge.saying(hash) else {
        return Err("The note was added, and taken out again by somebody at once.".to_owned());
    };
    Ok(format!(
        "Note {} was added to what is known of {client}: “{}”, {}.\nTo take it out again: clara knowledge remove DIR {client} {}",
        note.id,
        note.title,
        extent(note),
        note.id
    ))
}

async fn remove(holder: &dyn Holder, client: &ClientId, wanted: &str) -> Result<String, String> {
    let before = holder.client(client).await?;
    let Some(note) = before.knowledge.find(wanted) else {
        let why = format!(
            "{client} has no note `{wanted}`, or several of that title; name it by its number"
        );
        return Err(nothing(&why));
    };
    holder
        .execute(client, Command::RemoveNote { note: note.id })
        .await?;
    Ok(format!(
        "Note {}, “{}”, was taken out of what is known of {client}. Nothing new is written from it; what was written stays \
         as it is.",
        note.id, note.title
    ))
}

fn list(client: &Client) -> String {
    let known = &client.knowledge;
    if known.notes.is_empty() {
        return format!(
            "Nothing is known of {} yet. Add a note with `clara knowledge add`.",
            client.id
        );
    }
    let lines = known.notes.values().map(|note| {
        let by = note.by.as_ref().map_or("the command line", |by| &by.name);
        let NoteId(no) = note.id;
        format!(
            "{no:>4}  {}  ({}, {} by {by})",
            note.title,
            extent(note),
            moment(note.at)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

async fn search(client: &Client, text: &str) -> Result<String, String> {
    let library = Library::by_words();
    let found = library.search(&client.id, &client.knowledge, text).await;
    if found.passages.is_empty() {
        return Ok(format!("Nothing that is known of {} fits that.", client.id));
    }
    let passages = found.passages.iter().map(|passage| {
        format!(
            "{}. From note {}, “{}”:\n{}",
            passage.rank, passage.note, passage.title, passage.text
        )
    });
    Ok(passages.collect::<Vec<_>>().join("\n\n"))
}

fn extent(note: &Note) -> String {
    let pieces = chunks(&note.text).len() as u64;
    format!(
        "{}, {}",
        size(note.text.len() as u64),
        count(pieces, "passage", "passages")
    )
}
