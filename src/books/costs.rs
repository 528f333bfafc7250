//! `clara costs export`: what clients' ledgers come to in a month, from a Clara that runs or from a directory at rest.
//!
//! The ledgers are asked for; the money is computed here, by the prices of the configuration that was named.

use std::collections::BTreeMap;
use std::path::Path;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::StreamId;
use clara_actors::record::decode;
use clara_adapters::archive::{PackError, Pages, Sink};
use clara_domain::ids::ClientId;
use clara_domain::metering::{Ledger, ledger_of};
use clara_domain::pricing::{Month, PriceList, Statement, Total, csv};
use clara_domain::{Client, Event, evolve};

use super::backup::{FetchError, fetch};
use super::file::{self, Target};
use super::wire::Question;
use super::{Place, Trouble, count};

/// Statements of a month, by client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Costs {
    month: Month,
    statements: BTreeMap<ClientId, Statement>,
}

/// Computes what clients cost in a month.
///
/// # Errors
/// See [`Trouble`].
pub async fn costs(
    place: &Place,
    client: Option<&ClientId>,
    month: Month,
    prices: &PriceList,
) -> Result<Costs, Trouble> {
    let ledgers = ledgers(place, client).await?;
    let statements = ledgers.iter().map(|(client, ledger)| {
        let statement = Statement::of_month(ledger, prices, month);
        (client.clone(), statement)
    });
    Ok(Costs {
        month,
        statements: statements.collect(),
    })
}

/// The ledgers of all clients or of one, with the posts that may be live.
///
/// # Errors
/// See [`Trouble`].
pub(crate) async fn ledgers(
    place: &Place,
    client: Option<&ClientId>,
) -> Result<BTreeMap<ClientId, Ledger>, Trouble> {
    let question = Question::Ledgers {
        client: client.cloned(),
    };
    let mut answer: Vec<u8> = Vec::new();
    fetch(place, &question, &mut answer)
        .await
        .map_err(trouble)?;
    serde_json::from_slice(&answer).map_err(|error| {
        let error = std::io::Error::other(error);
        trouble(FetchError::Pack(PackError::Sink(error)))
    })
}

impl Costs {
    /// As CSV.
    pub fn csv(&self) -> String {
        csv(&self.statements)
    }

    /// Writes the CSV to a file that is not there yet; what was done, for the person at the terminal.
    ///
    /// # Errors
    /// See [`Trouble`]; there is no file then.
    pub async fn to_file(&self, place: &Place, file: &Path) -> Result<String, Trouble> {
        let mut target = Target::begin(file, place)?;
        let text = self.csv();
        target
            .put(text.as_bytes())
            .await
            .map_err(|error| file::failed(file, &error))?;
        target.finish(|_| Ok(()))?;
        let rows: usize = self.statements.values().map(|one| one.rows.len()).sum();
        let total = self.statements.values().map(Statement::total);
        Ok(format!(
            "Wrote {} for {} in {} (UTC) to {}: {}.",
            count(rows as u64, "row", "rows"),
            count(self.statements.len() as u64, "client", "clients"),
            self.month,
            file.display(),
            total.fold(Total::default(), |sum, one| sum + one),
        ))
    }
}

/// Answers with the ledgers of clients, as JSON by client.
pub(super) async fn write_ledgers(
    journal: &dyn Journal,
    client: Option<&ClientId>,
    sink: &mut dyn Sink,
) -> Result<(), PackError> {
    let mut ledgers: BTreeMap<ClientId, Ledger> = BTreeMap::new();
    for stream in journal.streams().await? {
        let StreamId::Client(id) = &stream else {
            continue;
        };
        if client.is_none_or(|client| client == id) {
            ledgers.insert(id.clone(), ledger(journal, &stream, id).await?);
        }
    }
    if let Some(client) = client.filter(|_| ledgers.is_empty()) {
        let stream = StreamId::Client(client.clone());
        return Err(PackError::Nothing { stream });
    }
    let text = serde_json::to_vec(&ledgers)
        .map_err(|error| PackError::Sink(std::io::Error::other(error)))?;
    Ok(sink.put(&text).await?)
}

/// The whole stream is read: a snapshot is a cache, and money is not computed from a cache.
async fn ledger(
    journal: &dyn Journal,
    stream: &StreamId,
    id: &ClientId,
) -> Result<Ledger, PackError> {
    let mut client = Client::new(id.clone());
    let mut pages = Pages::of(journal, stream);
    while let Some(page) = pages.next().await? {
        for record in &page {
            let unfaithful = |what: String| PackError::Unfaithful {
                stream: stream.clone(),
                version: record.version,
                what,
            };
            let event: Event = decode(record).map_err(|error| unfaithful(error.to_string()))?;
            client = evolve(client, &event, record.record.at)
                .map_err(|illegal| unfaithful(illegal.to_string()))?;
        }
    }
    Ok(ledger_of(&client))
}

fn trouble(error: FetchError) -> Trouble {
    let why = match error {
        FetchError::Trouble(trouble) => return trouble,
        FetchError::Pack(error) => error.to_string(),
        FetchError::Asked(error) => error.to_string(),
    };
    let next = match why.contains("has nothing of") {
        true => "The clients are named by `clara verify` and by `/client list` in Discord.",
        false => {
            "Run `clara verify` on a copy to see whether the journal is whole, then try again."
        }
    };
    Trouble::Failed(format!(
        "No costs were computed: {why}. The journal was not changed. {next}"
    ))
}
