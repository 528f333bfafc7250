//! `clara audit`: is an audit trail still what was exported, and was everything in it right? Needs no database.

use std::fmt::Write;
use std::io::BufRead;

use clara_actors::ports::Clock;
use clara_actors::ports::journal::{RecordHash, StreamId};
use clara_adapters::archive::trail::{Head, Line, TrailFlaw, TrailReader};
use clara_adapters::clock::SystemClock;

use super::check::{StreamCheck, StreamReport};
use super::{count, moment};

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    head: Head,
    hash: RecordHash,
    report: StreamReport,
}

/// Reads a trail to its end.
///
/// # Errors
/// It is not what was exported.
pub fn audit(source: impl BufRead) -> Result<Audit, TrailFlaw> {
    let mut reader = TrailReader::open(source)?;
    let stream = StreamId::Client(reader.head().client.clone());
    let mut check = StreamCheck::new(&stream, SystemClock.now());
    loop {
        match reader.next()? {
            Line::Record(record) => check.take(&record),
            Line::Close(close) => {
                return Ok(Audit {
                    head: reader.head().clone(),
                    hash: close.hash,
                    report: check.finish(),
                });
            }
        }
    }
}

/// The refusal of a trail that is not what was exported, for the person at the terminal.
pub fn refusal(name: &str, flaw: &TrailFlaw) -> String {
    format!(
        "{name} does not hold: {flaw}.\nNothing in it from there on proves anything. Get the file again from where it came, \
         or export it anew."
    )
}

impl Audit {
    /// Whether everything in it was right.
    pub fn is_sound(&self) -> bool {
        self.report.findings.is_empty()
    }

    /// What was found, for the person at the terminal.
    pub fn text(&self, name: &str) -> String {
        let report = &self.report;
        let mut text = format!(
            "{name} is the audit trail of {}, exported at {} by Clara {}.\n{} about {}; nothing was altered, taken out, \
             repeated or moved since.\n",
            self.head.client,
            moment(self.head.exported_at),
            self.head.clara,
            count(report.records, "record", "records"),
            count(report.tweets.unwrap_or(0), "tweet", "tweets"),
        );
        for finding in &report.findings {
            let record = finding.record.unwrap_or(0);
            let tweet = finding
                .tweet
                .as_ref()
                .map(|tweet| format!(", tweet {tweet}"));
            // The first line is the head: a record is one line further down.
            writeln!(
                text,
                "line {}{}: {}",
                record + 1,
                tweet.unwrap_or_default(),
                finding.what
            )
            .expect("writing to a String cannot fail");
        }
        text.push_str(match self.is_sound() {
            true => "Every promise holds: nothing was published that was not approved, and nothing twice.\n",
            false => "These break promises: ask whoever runs this Clara.\n",
        });
        write!(
            text,
            "The last hash is {}. Somebody who rewrites all of a trail can make it hold; whether it is the one that was \
             exported, a hash that was kept elsewhere tells.",
            self.hash
        )
        .expect("writing to a String cannot fail");
        text
    }
}
