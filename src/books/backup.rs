//! `clara backup`: the whole journal as one file, from a Clara that runs or from a directory at rest.

use std::path::Path;

use clara_actors::ports::{Clock, Journal};
use clara_adapters::archive::{Counts, Made, PackError, Reader, Sink};
use clara_adapters::clock::SystemClock;

use super::file::{self, Target};
use super::wire::{self, AskError, Question};
use super::{Place, Trouble, count, listener, moment, size};

/// What was backed up.
#[derive(Debug, Clone)]
pub struct Backup {
    made: Made,
    counts: Counts,
    bytes: u64,
}

/// Writes a backup of a data directory to a file that is not there yet.
///
/// # Errors
/// See [`Trouble`]; there is no file then.
pub async fn backup(place: &Place, file: &Path, leave_out: bool) -> Result<Backup, Trouble> {
    let mut target = Target::begin(file, place)?;
    let question = Question::Backup { leave_out };
    fetch(place, &question, &mut target)
        .await
        .map_err(|error| trouble(file, error))?;
    let read_back = |source| {
        let reader = Reader::open(source).map_err(|flaw| flaw.to_string())?;
        reader.check().map_err(|flaw| flaw.to_string())
    };
    let ((made, counts), bytes) = target.finish(read_back)?;
    Ok(Backup {
        made,
        counts,
        bytes,
    })
}

/// Why something was not fetched.
pub(super) enum FetchError {
    /// The place cannot be used.
    Trouble(Trouble),
    /// The journal, or the file that it goes to.
    Pack(PackError),
    /// The running Clara.
    Asked(AskError),
}

/// Gets what is asked for out of the journal: from the Clara who has it open, or by opening it.
pub(super) async fn fetch(
    place: &Place,
    question: &Question,
    sink: &mut dyn Sink,
) -> Result<(), FetchError> {
    if let Some(journal) = place.open().map_err(FetchError::Trouble)? {
        let written = listener::write(&journal, question, SystemClock.now(), sink).await;
        journal.close().await;
        return written.map_err(FetchError::Pack);
    }
    let stream = wire::connect(place.dir())
        .await
        .map_err(|_| FetchError::Trouble(place.silent()))?;
    wire::ask(stream, question, sink)
        .await
        .map_err(|error| match error {
            AskError::Sink(error) => FetchError::Pack(PackError::Sink(error)),
            error => FetchError::Asked(error),
        })
}

fn trouble(file: &Path, error: FetchError) -> Trouble {
    let why = match error {
        FetchError::Trouble(trouble) => return trouble,
        FetchError::Pack(PackError::Sink(error)) => return file::failed(file, &error),
        FetchError::Pack(error) => error.to_string(),
        FetchError::Asked(error) => error.to_string(),
    };
    let next = match why.contains("is damaged") {
        true => {
            "Run `clara verify` on a copy to see all that is damaged, or take what is whole with --leave-out-damaged."
        }
        false => "Try again.",
    };
    Trouble::Failed(format!(
        "No backup was made: {why}. {} is not there; the journal was not changed. {next}",
        file.display()
    ))
}

impl Backup {
    /// What was done, for the person at the terminal.
    pub fn text(&self, file: &Path) -> String {
        let Counts {
            streams,
            records,
            damaged,
        } = self.counts;
        let mut text = format!(
            "Backed up {} of {} as of {} to {} ({}), and read it back: it is whole.\n",
            count(records, "record", "records"),
            count(streams, "stream", "streams"),
            moment(self.made.at),
            file.display(),
            size(self.bytes),
        );
        if damaged > 0 {
            text.push_str(&format!(
                "Left out, because it is damaged: the end of {}. A restore names them.\n",
                count(damaged, "stream", "streams")
            ));
        }
        text.push_str(
            "Not in it: the clients' X tokens (secrets/), the configuration and the environment's secrets. Keep those \
             where you keep secrets.",
        );
        text
    }
}
