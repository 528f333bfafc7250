//! `clara export`: one client's audit trail, from a Clara that runs or from a directory at rest.

use std::io;
use std::path::Path;

use clara_adapters::archive::PackError;
use clara_adapters::archive::Sink;
use clara_adapters::archive::trail::{Close, Line, TrailReader};
use clara_domain::ids::ClientId;

use super::backup::{FetchError, fetch};
use super::file::{self, Target};
use super::wire::Question;
use super::{Place, Trouble, count, size};

/// Writes a client's trail to a file that is not there yet; what was done, for the person at the terminal.
///
/// # Errors
/// See [`Trouble`]; there is no file then.
pub async fn to_file(place: &Place, client: &ClientId, file: &Path) -> Result<String, Trouble> {
    let mut target = Target::begin(file, place)?;
    let question = Question::Export {
        client: client.clone(),
    };
    let fetched = fetch(place, &question, &mut target).await;
    fetched.map_err(|error| trouble(&question, Some(file), error))?;
    let (close, bytes) = target.finish(|source| {
        let mut reader = TrailReader::open(source).map_err(|flaw| flaw.to_string())?;
        last(&mut reader)
    })?;
    Ok(format!(
        "Exported {} of {client} to {} ({}), and read it back: it is whole.\nThe last hash is {}; kept elsewhere, it \
         shows that the file is still this one.",
        count(close.version.0, "record", "records"),
        file.display(),
        size(bytes),
        close.hash,
    ))
}

/// Writes a client's trail to a sink that is not a file: the terminal, a pipe.
///
/// # Errors
/// See [`Trouble`]; what was written by then has no last line.
pub async fn to_sink(place: &Place, client: &ClientId, sink: &mut dyn Sink) -> Result<(), Trouble> {
    let question = Question::Export {
        client: client.clone(),
    };
    let fetched = fetch(place, &question, sink).await;
    fetched.map_err(|error| trouble(&question, None, error))
}

fn last(reader: &mut TrailReader<impl io::BufRead>) -> Result<Close, String> {
    loop {
        if let Line::Close(close) = reader.next().map_err(|flaw| flaw.to_string())? {
            return Ok(close);
        }
    }
}

fn trouble(question: &Question, file: Option<&Path>, error: FetchError) -> Trouble {
    let why = match (error, file) {
        (FetchError::Trouble(trouble), _) => return trouble,
        (FetchError::Pack(PackError::Sink(error)), Some(file)) => {
            return file::failed(file, &error);
        }
        (FetchError::Pack(error), _) => error.to_string(),
        (FetchError::Asked(error), _) => error.to_string(),
    };
    let next = match (question, why.contains("has nothing of")) {
        (Question::Export { .. }, true) => {
            "The clients are named by `clara verify` and by `/client list` in Discord."
        }
        (
            Question::Export { .. }
            | Question::Backup { .. }
            | Question::Ledgers { .. }
            | Question::Knowledge { .. },
            _,
        ) => "What was written of it, if anything, is not a whole trail. Try again.",
    };
    Trouble::Failed(format!(
        "Nothing was exported: {why}. The journal was not changed. {next}"
    ))
}
