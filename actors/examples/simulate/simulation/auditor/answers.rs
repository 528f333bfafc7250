//! What people were answered, held against what is stored: success means stored, refusal means not.

use std::sync::Arc;

use clara_actors::handle::Refusal;
use clara_domain::command::Settlement;
use clara_domain::ids::{ClientId, PersonId};
use clara_domain::{Client, Command};

use super::{Auditor, Deed};

impl Auditor {
    /// Somebody got an answer.
    pub(crate) fn answered(
        &mut self,
        client: &ClientId,
        person: &PersonId,
        command: &Command,
        answer: &Result<Arc<Client>, Refusal>,
    ) -> Result<(), String> {
        let Some(book) = self.books.get_mut(client) else {
            return Ok(());
        };
        match answer {
            Ok(_) => {
                let Some(deed) = deed(command, person) else {
                    return Ok(());
                };
                let accepted = book.accepted.entry(deed.clone()).or_default();
                *accepted += 1;
                let stored = book.events.get(&deed).copied().unwrap_or(0);
                if *accepted > stored {
                    return Err(format!(
                        "{client}: {deed:?} was answered with success and is not stored"
                    ));
                }
            }
            // The decision may have been stored.
            Err(Refusal::NotStored { perhaps: true, .. } | Refusal::Unavailable { .. }) => {}
            Err(refusal) => {
                if let Command::Edit { content, .. } = command
                    && content
                        .segments
                        .iter()
                        .any(|segment| book.texts.contains(&segment.text))
                {
                    return Err(format!(
                        "{client}: refused ({refusal}), and yet done: {command:?}"
                    ));
                }
            }
        }
        Ok(())
    }
}

/// The event that a command asks for; none where several may come of it.
fn deed(command: &Command, person: &PersonId) -> Option<Deed> {
    let (name, tweet) = match command {
        Command::Pause { .. } => ("paused", None),
        Command::Resume => ("resumed", None),
        Command::Plan { tweets, .. } => ("planned", tweets.first()),
        Command::Reschedule { tweet, .. } => ("rescheduled", Some(tweet)),
        Command::Cancel { tweet } => ("cancelled", Some(tweet)),
        Command::Regenerate { tweet, .. } => ("regeneration_asked", Some(tweet)),
        Command::Edit { tweet, .. } | Command::Choose { tweet, .. } => {
            ("revision_written", Some(tweet))
        }
        Command::Override { tweet, .. } => ("validation_overridden", Some(tweet)),
        Command::Approve { tweet, .. } => ("approval_given", Some(tweet)),
        Command::Reject { tweet, .. } => ("rejected", Some(tweet)),
        Command::Delete { tweet, .. } => ("deletion_asked", Some(tweet)),
        Command::Retry { tweet, .. } => ("retry_asked", Some(tweet)),
        Command::Settle { tweet, answer, .. } => {
            let name = match answer {
                Settlement::Live { .. } => "segment_posted",
                Settlement::PostAgain => "said_absent",
                Settlement::Drop => "cancelled",
            };
            (name, Some(tweet))
        }
        _ => return None,
    };
    Some((name, tweet.copied(), Some(person.clone())))
}
