//! `/client knowledge add|list|remove|search`: what a client has told us.

use clara_actors::knowledge::Library;
use clara_domain::Command;
use clara_domain::ids::ClientId;
use clara_domain::knowledge::{NoteHash, tidy};

use super::Interactions;
use super::asked::Asker;
use super::run::{Answer, say};
use crate::discord::commands::NoteWish;
use crate::discord::texts::knowledge;

impl Interactions {
    pub(super) async fn knowledge(&self, asker: &Asker, id: &ClientId, wish: NoteWish) -> Answer {
        let client = self.client(id)?;
        match wish {
            NoteWish::Add { title, text } => self.add_note(asker, id, title, text).await,
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
