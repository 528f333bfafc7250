//! What a journal says of how texts came about: rounds, candidates, what was wrong with them, what it took.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use clara_actors::ports::Journal;
use clara_actors::ports::journal::{StreamId, Version};
use clara_actors::record::decode;
use clara_adapters::journal::{SledJournal, SledOptions};
use clara_domain::content::Content;
use clara_domain::ids::TweetId;
use clara_domain::metering::{Item, Spent, Tokens};
use clara_domain::settings::ClientSettings;
use clara_domain::validate::{Rule, Severity, TextKey, ValidationReport, validate};
use clara_domain::{Client, Event, Tweet, TweetEvent, TweetState, evolve};

/// Of a journal at rest, every client and the count of what happened.
pub(crate) async fn read(data: &Path) -> (Vec<Client>, Tally) {
    let journal = SledJournal::open(&data.join("journal"), SledOptions::default()).unwrap();
    let (mut clients, mut tally) = (Vec::new(), Tally::default());
    for stream in journal.streams().await.unwrap() {
        let StreamId::Client(id) = &stream else {
            continue;
        };
        let mut client = Client::new(id.clone());
        for record in journal.read(&stream, Version::default()).await.unwrap() {
            let event: Event = decode(&record).unwrap();
            client = evolve(client, &event, record.record.at).unwrap();
            tally.note(&client, &event);
        }
        clients.push(client);
    }
    journal.close().await;
    for client in &clients {
        client.tweets.values().for_each(|tweet| tally.end(tweet));
    }
    (clients, tally)
}

/// The rules of the client over a text of a tweet. `earlier` says what was said before.
pub(crate) fn judge(
    settings: &ClientSettings,
    tweet: &Tweet,
    content: &Content,
    earlier: &dyn clara_domain::validate::Earlier,
) -> ValidationReport {
    let segments = usize::from(tweet.segments);
    validate(
        content,
        segments,
        &settings.rules,
        &settings.voice.languages,
        earlier,
    )
}

/// Findings by rule: errors, warnings.
type Findings = BTreeMap<Rule, (usize, usize)>;

#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) tweets: usize,
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// Answers that were read, or turned out to be unreadable.
    rounds: usize,
    asked: usize,
    usable: usize,
    /// Of the usable candidates, those that are without an error by the rules on text alone.
    flawless: usize,
    /// Rounds after which a tweet passed, by their number.
    passed_after: BTreeMap<u32, usize>,
    /// Reasons for which a round brought no text at all.
    nothing: BTreeMap<String, usize>,
    /// Times at which the model was away.
    delays: BTreeMap<String, usize>,
    repaired: usize,
    repairs: BTreeMap<&'static str, usize>,
    /// The texts that were kept, one a round, as they were judged then.
    kept: Findings,
    /// The other candidates, judged by themselves.
    others: Findings,
    tokens: Tokens,
    unknown: usize,
    /// Whether the round under way has brought a text, by tweet.
    brought: BTreeMap<TweetId, bool>,
}

impl Tally {
    fn note(&mut self, client: &Client, event: &Event) {
        match event {
            Event::Tweet { tweet, event } => self.note_tweet(client, *tweet, event),
            Event::CallEnded {
                spent: Spent::Known(used),
                ..
            } => {
                for item in &used.items {
                    if let Item::Chat { tokens, .. } = item {
                        self.tokens.prompt += tokens.prompt;
                        self.tokens.cached += tokens.cached;
                        self.tokens.completion += tokens.completion;
                    }
                }
            }
            Event::CallEnded {
                spent: Spent::Unknown,
                ..
            } => self.unknown += 1,
            _ => {}
        }
    }

    fn note_tweet(&mut self, client: &Client, id: TweetId, event: &TweetEvent) {
        let (settings, tweet) = (
            client.settings.as_deref().unwrap(),
            client.tweet(id).unwrap(),
        );
        let candidates = usize::from(settings.generation.candidates.get());
        match event {
            TweetEvent::RevisionWritten {
                content,
                alternatives,
                repairs,
                ..
            } => {
                self.rounds += 1;
                self.asked += candidates;
                self.usable += 1 + alternatives.len();
                self.repaired += usize::from(!repairs.is_empty());
                for repair in repairs {
                    *self.repairs.entry(repair.name()).or_default() += 1;
                }
                let alone = |_: &TextKey| None;
                let judged = |content| judge(settings, tweet, content, &alone);
                for other in alternatives {
                    let report = judged(other);
                    self.flawless += usize::from(report.passed());
                    count(&mut self.others, &report);
                }
                self.flawless += usize::from(judged(content).passed());
                self.brought.insert(id, true);
            }
            TweetEvent::ValidationPassed { report } | TweetEvent::ValidationFailed { report } => {
                count(&mut self.kept, report);
            }
            TweetEvent::SentBack { feedback } => {
                self.round_in_vain(id, candidates, feedback.iter().map(|said| &said.text));
            }
            TweetEvent::GaveUp { reasons } => self.round_in_vain(id, candidates, reasons.iter()),
            TweetEvent::GenerationDelayed { reason, .. } => {
                *self.delays.entry(reason.clone()).or_default() += 1;
            }
            _ => {}
        }
    }

    fn round_in_vain<'a>(
        &mut self,
        id: TweetId,
        candidates: usize,
        reasons: impl Iterator<Item = &'a String>,
    ) {
        if self.brought.insert(id, false) == Some(true) {
            return;
        }
        self.rounds += 1;
        self.asked += candidates;
        let reasons: Vec<&str> = reasons.map(String::as_str).collect();
        *self.nothing.entry(reasons.join("; ")).or_default() += 1;
    }

    fn end(&mut self, tweet: &Tweet) {
        self.tweets += 1;
        match &tweet.state {
            TweetState::Validated => {
                self.passed += 1;
                *self.passed_after.entry(tweet.round + 1).or_default() += 1;
            }
            TweetState::Failed { .. } => self.failed += 1,
            _ => {}
        }
    }
}

fn count(findings: &mut Findings, report: &ValidationReport) {
    for finding in &report.findings {
        let (errors, warnings) = findings.entry(finding.rule).or_default();
        match finding.severity {
            Severity::Error => *errors += 1,
            Severity::Warning => *warnings += 1,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.rounds - self.nothing.values().sum::<usize>();
        writeln!(
            f,
            "tweets: {}, passed: {}, without a valid text: {}",
            self.tweets, self.passed, self.failed
        )?;
        writeln!(
            f,
            "rounds: {}; passed after round: {:?}",
            self.rounds, self.passed_after
        )?;
        writeln!(
            f,
            "candidates asked: {}, usable and different: {}, without an error: {}",
            self.asked, self.usable, self.flawless
        )?;
        writeln!(
            f,
            "rounds without any text: {}",
            self.nothing.values().sum::<usize>()
        )?;
        for (reason, times) in &self.nothing {
            writeln!(f, "  {times} x {reason}")?;
        }
        writeln!(
            f,
            "the model was away: {}",
            self.delays.values().sum::<usize>()
        )?;
        for (reason, times) in &self.delays {
            writeln!(f, "  {times} x {reason}")?;
        }
        let share = 100.0 * self.repaired as f64 / texts.max(1) as f64;
        writeln!(
            f,
            "texts kept, one a round: {texts}, repaired: {} ({share:.0} %) {:?}",
            self.repaired, self.repairs
        )?;
        for (title, findings) in [
            ("kept texts", &self.kept),
            ("other candidates, by text alone", &self.others),
        ] {
            writeln!(f, "findings in {title}: errors, warnings")?;
            for (rule, (errors, warnings)) in findings {
                writeln!(f, "  {rule}: {errors}, {warnings}")?;
            }
        }
        let Tokens {
            prompt,
            cached,
            completion,
            ..
        } = self.tokens;
        write!(
            f,
            "tokens: {prompt} of questions ({cached} of them cached), {completion} of answers; calls of unknown end: {}",
            self.unknown
        )
    }
}
