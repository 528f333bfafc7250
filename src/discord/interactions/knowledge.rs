//! `/client knowledge add|list|remove|search`: what a client has told us.

use std::sync::Arc;

use clara_actors::handle::Refusal;
use clara_actors::knowledge::Library;
use clara_adapters::attachments::Unfetched;
use clara_domain::ids::ClientId;
use clara_domain::knowledge::{MAX_FILE_BYTES, NoteHash, Unreadable, named, read, tidy};
use clara_domain::{Client, Command, Rejection};

use super::Interactions;
use super::asked::Asker;
use super::run::{Answer, say};
use super::trouble::Trouble;
use crate::discord::commands::{GivenFile, NoteWish};
use crate::discord::texts::knowledge::{self, BadFile};

/// Names that end so are taken for text, whatever Discord says of them.
const ENDINGS: [&str; 3] = [".md", ".markdown", ".txt"];

impl Interactions {
    pub(super) async fn knowledge(&self, asker: &Asker, id: &ClientId, wish: NoteWish) -> Answer {
        let client = self.client(id)?;
        match wish {
            NoteWish::Add { title, text, file } => {
                let (title, text) = match (text, file) {
                    (Some(text), None) => (title.unwrap_or_default(), text),
                    (None, Some(file)) => {
                        self.may_add(asker, &client)?;
                        let text = self.text_of(&file).await?;
                        let title = title.unwrap_or_else(|| named(Some(&file.name), &text));
                        (title, text)
                    }
                    (None, None) | (Some(_), Some(_)) => return Err(Trouble::TextOrFile),
                };
                self.add_note(asker, id, title, text).await
            }
            NoteWish::List => say(knowledge::list(&client)),
            NoteWish::Remove { note } => match client.knowledge.find(&note).cloned() {
                Some(note) => {
                    let command = Command::RemoveNote { note: note.id };
                    let client = self.execute(asker, id, command).await?;
                    say(knowledge::removed(&client, &note))
                }
                None => say(knowledge::no_such_note(&client, &note)),
            },
            NoteWish::Search { brief } => {
                let found = Library::by_words()
                    .search(id, &client.knowledge, &brief)
                    .await;
                say(knowledge::found(&client, &found.passages))
            }
        }
    }

    /// Asks the domain, with a word in place of a file's text, before anything is fetched for somebody who may not add it.
    fn may_add(&self, asker: &Asker, client: &Arc<Client>) -> Result<(), Trouble> {
        let probe = Command::AddNote {
            title: String::new(),
            text: "…".to_owned(),
        };
        match clara_domain::decide(client, &asker.by(), &probe, self.engine.now()) {
            // That is about the word, not about the file.
            Ok(_) | Err(Rejection::NoteExists { .. }) => Ok(()),
            Err(why) => {
                let refusal = Refusal::Rejected(why);
                Err(Trouble::refused(refusal, Some(client.clone()), None))
            }
        }
    }

    /// The text of an attached file, read as `clara knowledge add` reads one.
    async fn text_of(&self, file: &GivenFile) -> Result<String, Trouble> {
        let bad = |why| Trouble::BadFile {
            name: file.name.clone(),
            why,
        };
        if !is_text(file) {
            return Err(bad(BadFile::NotText(file.media.clone())));
        }
        if file.size > MAX_FILE_BYTES {
            let bytes = file.size;
            return Err(bad(BadFile::Unreadable(Unreadable::TooLong { bytes })));
        }
        let bytes = self.files.fetch(&file.url, MAX_FILE_BYTES).await;
        let bytes = bytes.map_err(|error| {
            tracing::warn!(%error, "an attached file could not be fetched");
            bad(match error {
                Unfetched::Gone { .. } => BadFile::Gone,
                Unfetched::Elsewhere { .. }
                | Unfetched::TooLarge { .. }
                | Unfetched::Refused { .. }
                | Unfetched::Lost(_) => BadFile::Lost,
            })
        })?;
        read(&bytes).map_err(|error| bad(BadFile::Unreadable(error)))
    }

    async fn add_note(&self, asker: &Asker, id: &ClientId, title: String, text: String) -> Answer {
        let hash = NoteHash::of(&tidy(&text));
        let command = Command::AddNote { title, text };
        let client = self.execute(asker, id, command).await?;
        match client.knowledge.saying(hash) {
            Some(note) => say(knowledge::added(&client, note)),
            // Somebody took it out again between the two.
            None => say(knowledge::list(&client)),
        }
    }
}

/// Whether a file may be text, by its name or by what Discord takes it for; reading it tells for sure.
fn is_text(file: &GivenFile) -> bool {
    let name = file.name.to_ascii_lowercase();
    let media = file.media.as_deref().unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
        || media.to_ascii_lowercase().starts_with("text/")
}
