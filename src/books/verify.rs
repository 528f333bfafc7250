//! `clara verify`: is everything in a data directory whole, and was everything right? The directory is not touched.
//!
//! sled writes when it opens, so a copy is opened. The copy is in the system's temporary directory and is removed.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

use clara_actors::ports::{Clock, Journal};
use clara_adapters::clock::SystemClock;
use clara_adapters::journal::{JournalTrouble, OpenError, SledJournal, SledOptions};
use serde::Serialize;
use tempfile::TempDir;

use super::check::{self, Finding, StreamReport};
use super::place::Holder;
use super::{Place, Trouble, count, size};

/// How many findings of a stream are told one by one.
const TOLD: usize = 20;

/// What was found in a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether nothing is wrong.
    pub is_sound: bool,
    /// What is wrong with the files of the journal.
    pub journal: Vec<String>,
    /// Each stream.
    pub streams: Vec<StreamReport>,
    /// How many bytes the journal has.
    pub bytes: u64,
}

/// Checks a data directory that nobody has open.
///
/// # Errors
/// It could not be checked; what is wrong with it is no error.
pub async fn verify(place: &Place) -> Result<Report, Trouble> {
    let still = place.keep_still().await?;
    let lock = still.map_err(|holder| refuse(place, &holder))?;
    let (copy, bytes) = copy(place)?;
    drop(lock);
    let mut report = check_copy(&copy).await?;
    report.bytes = bytes;
    Ok(report)
}

fn refuse(place: &Place, holder: &Holder) -> Trouble {
    let process = match holder {
        Holder::Silent => return place.silent(),
        Holder::Clara(Some(id)) => format!(" (process {id})"),
        Holder::Clara(None) => String::new(),
    };
    let dir = place.dir().display();
    Trouble::Failed(format!(
        "Clara{process} runs on {dir}. Nothing was checked. Stop her and try again; or let her run, make a backup with \
         `clara backup {dir} FILE`, restore it elsewhere, and check that."
    ))
}

fn copy(place: &Place) -> Result<(TempDir, u64), Trouble> {
    let temporary = std::env::temp_dir();
    let failed = |error: io::Error| {
        Trouble::Failed(format!(
            "The journal could not be copied to {} to be checked there: {error}. {} was not touched. Make room, or name \
             another place in TMPDIR.",
            temporary.display(),
            place.dir().display()
        ))
    };
    let copy = tempfile::Builder::new().prefix("clara-verify-").tempdir();
    let copy = copy.map_err(failed)?;
    let bytes = copy_tree(&place.journal(), &copy.path().join("journal")).map_err(failed)?;
    Ok((copy, bytes))
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<u64> {
    fs::create_dir(to)?;
    let mut bytes = 0;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            bytes += copy_tree(&entry.path(), &target)?;
        } else if kind.is_file() {
            bytes += fs::copy(entry.path(), target)?;
        }
    }
    Ok(bytes)
}

async fn check_copy(copy: &TempDir) -> Result<Report, Trouble> {
    let troubles: Arc<Mutex<Vec<JournalTrouble>>> = Arc::default();
    let told = Arc::clone(&troubles);
    let options = SledOptions {
        reserve_bytes: 0,
        on_trouble: Arc::new(move |trouble| {
            told.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(trouble);
        }),
        ..SledOptions::default()
    };
    let dir = copy.path().join("journal");
    let mut wrong = Vec::new();
    if !SledJournal::has_mirror(&dir) {
        wrong.push("it has no second copy; the next start makes one".to_owned());
    }
    let streams = match SledJournal::open(&dir, options) {
        Ok(journal) => {
            let streams = check::journal(&journal, SystemClock.now()).await;
            let lacks = journal.check_mirror().await;
            journal.close().await;
            let lacks = lacks.unwrap_or_else(|error| vec![error.to_string()]);
            wrong.extend(lacks.iter().map(|what| not_twice(what)));
            streams.map_err(|error| Trouble::Failed(format!("The check ended early: {error}.")))?
        }
        Err(error) => {
            wrong.push(closed(&error));
            Vec::new()
        }
    };
    let troubles = troubles.lock().unwrap_or_else(PoisonError::into_inner);
    wrong.extend(troubles.iter().filter_map(repaired));
    Ok(Report {
        is_sound: wrong.is_empty() && streams.iter().all(|stream| stream.findings.is_empty()),
        journal: wrong,
        streams,
        bytes: 0,
    })
}

/// Why the copy did not open, without the words about the copy.
fn closed(error: &OpenError) -> String {
    let what = match error {
        OpenError::Damaged { what, .. } | OpenError::Unsure { what, .. } => what.clone(),
        OpenError::Unsupported { reason, .. } => {
            format!("this version cannot read it ({reason})")
        }
        OpenError::Lost {
            recovered,
            acknowledged,
            ..
        } => format!("it has {recovered} commits, and {acknowledged} were acknowledged"),
        other => other.to_string(),
    };
    format!("it does not open: {what}; restore a backup")
}

/// What the second copy has not whole. The journal's own files have it, or the stream's findings say that they do not.
fn not_twice(what: &str) -> String {
    format!(
        "its second copy is not whole: {what}. Where this is all that is wrong, stop Clara, move mirror/ out of the journal's \
         directory and start her: she makes it anew"
    )
}

/// What opening or reading the copy had to put up with. Damaged streams are found when they are read.
fn repaired(trouble: &JournalTrouble) -> Option<String> {
    match trouble {
        JournalTrouble::Repaired { what, .. } => Some(format!(
            "it is whole only after a repair, which the next start makes: {what}"
        )),
        JournalTrouble::ReadFromMirror { stream, what } => Some(format!(
            "{stream} is whole only in the mirror, from which the next start repairs it: {what}"
        )),
        JournalTrouble::Failed { reason } => Some(reason.clone()),
        JournalTrouble::Slow { .. }
        | JournalTrouble::Damaged { .. }
        | JournalTrouble::DiskFull { .. }
        | JournalTrouble::DiskFree { .. } => None,
    }
}

impl Report {
    /// What was found, for the person at the terminal.
    pub fn text(&self, place: &Place) -> String {
        let mut text = format!(
            "Checked a copy of {} ({}); the directory itself was not touched.\n\n",
            place.journal().display(),
            size(self.bytes)
        );
        text.push_str(&table(&self.streams));
        for what in &self.journal {
            push(&mut text, format_args!("the journal: {what}"));
        }
        for stream in &self.streams {
            tell(&mut text, &stream.stream, "", &stream.findings);
            tell(&mut text, &stream.stream, "worth a look: ", &stream.remarks);
        }
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        text.push_str(&self.sum());
        text
    }

    fn sum(&self) -> String {
        let records = self.streams.iter().map(|stream| stream.records).sum();
        let tweets = self.streams.iter().filter_map(|stream| stream.tweets).sum();
        let by_role: u64 = self.streams.iter().map(|stream| stream.by_role).sum();
        let mut text = format!(
            "{}, {}, {}: {}.",
            count(self.streams.len() as u64, "stream", "streams"),
            count(records, "record", "records"),
            count(tweets, "tweet", "tweets"),
            match self.is_sound {
                true => "every checksum, every chain and every promise holds".to_owned(),
                false => count(self.findings(), "thing is wrong", "things are wrong"),
            }
        );
        if by_role > 0 {
            let times = count(by_role, "time", "times");
            text.push_str(
                &format!(
                    "\n{times} somebody acted by a role. Roles are Discord's and not in the record: that they had it is taken \
                     on its word."
                ),
            );
        }
        if !self.is_sound {
            text.push_str(
                "\nWhat is whole stays whole. Keep this directory as it is, make a copy of it, and see \"Damage\" in \
                 docs/operating.md.",
            );
        }
        text
    }

    fn findings(&self) -> u64 {
        let of_streams: usize = self
            .streams
            .iter()
            .map(|stream| stream.findings.len())
            .sum();
        (self.journal.len() + of_streams) as u64
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("writing to a String cannot fail");
}

fn table(streams: &[StreamReport]) -> String {
    let mut text = String::new();
    let names = streams.iter().map(|stream| stream.stream.len());
    let width = names.max().unwrap_or(0).max("stream".len());
    push(
        &mut text,
        format_args!(
            "{:<width$}  {:>8}  {:>7}  {:<20}  {:>8}",
            "stream", "records", "tweets", "last record", "findings"
        ),
    );
    for stream in streams {
        let tweets = stream
            .tweets
            .map_or("-".to_owned(), |tweets| tweets.to_string());
        let last = stream.last_at.map_or("-".to_owned(), |at| {
            at.strftime("%Y-%m-%d %H:%M:%S").to_string()
        });
        push(
            &mut text,
            format_args!(
                "{:<width$}  {:>8}  {tweets:>7}  {last:<20}  {:>8}",
                stream.stream,
                stream.records,
                stream.findings.len()
            ),
        );
    }
    text.push('\n');
    text
}

fn tell(text: &mut String, stream: &str, kind: &str, findings: &[Finding]) {
    for finding in findings.iter().take(TOLD) {
        let record = finding.record.map(|record| format!(", record {record}"));
        let tweet = finding
            .tweet
            .as_ref()
            .map(|tweet| format!(", tweet {tweet}"));
        push(
            text,
            format_args!(
                "{stream}{}{}: {kind}{}",
                record.unwrap_or_default(),
                tweet.unwrap_or_default(),
                finding.what
            ),
        );
    }
    if findings.len() > TOLD {
        let more = findings.len() - TOLD;
        push(
            text,
            format_args!("{stream}: {kind}and {more} more; --json has them all"),
        );
    }
}
