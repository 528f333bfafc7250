//! What is wrong with a text of a tweet: the rules that look at the text, and what it says that nobody has said to Clara.

use super::Ask;
use crate::content::{Content, Segment};
use crate::event::TweetEvent;
use crate::facts::{Source, Unsaid, unsaid};
use crate::person::Author;
use crate::rejection::Rejection;
use crate::settings::ClientSettings;
use crate::tweet::{Checking, Revision, Tweet};
use crate::validate::{
    Finding, Rule, Severity, Span, ValidationReport, echoes, repeats_others, validate,
};

/// Runs the client's rules over a content of a tweet. What an author typed is judged as a person's word.
pub(super) fn check(
    ask: &Ask,
    settings: &ClientSettings,
    tweet: &Tweet,
    sources: &Sources,
    content: &Content,
    author: &Author,
) -> ValidationReport {
    let mut report = validate(
        content,
        usize::from(tweet.segments),
        &settings.rules,
        &settings.voice.languages,
        &ask.around.corpus.beside(ask.client, tweet.id),
    );
    match author {
        Author::Model { .. } => {
            let echoes = echoes(content, &settings.rules, &tweet.brief);
            report.findings.extend(echoes);
        }
        Author::Person { .. } => as_of_people(settings, &mut report),
    }
    if settings.counts(Rule::NotInBrief) {
        let sources = sources.all();
        let segments = content.segments.iter().enumerate();
        let found =
            segments.flat_map(|(at, segment)| not_in_brief(settings, at, segment, &sources));
        report.findings.extend(found);
    }
    report
}

/// What is asked of models only is less of a fault in what a person typed.
fn as_of_people(settings: &ClientSettings, report: &mut ValidationReport) {
    for finding in &mut report.findings {
        let level = settings.rules.severity.of_people(finding.rule);
        finding.severity = level.severity().unwrap_or(finding.severity);
    }
}

/// What a report of the rules leads to: the text has passed, has not, or services are asked about it first.
/// `send_back` says whether the model is asked again where they find something.
pub(super) fn judged(
    ask: &Ask,
    report: ValidationReport,
    send_back: bool,
) -> Result<TweetEvent, Rejection> {
    let settings = ask.settings()?;
    if !report.passed() {
        return Ok(TweetEvent::ValidationFailed { report });
    }
    let asked = [
        (Rule::Moderation, ask.around.moderation.is_some()),
        (Rule::BrandVoice, settings.generation.judge_voice),
    ];
    let asked = asked
        .into_iter()
        .filter(|(rule, is_asked)| *is_asked && settings.counts(*rule));
    let rules: Vec<Rule> = asked.map(|(rule, _)| rule).collect();
    Ok(if rules.is_empty() {
        TweetEvent::ValidationPassed { report }
    } else {
        let checking = Checking {
            report,
            rules,
            send_back,
        };
        TweetEvent::ChecksDue { checking }
    })
}

/// Refuses a text that is about to be approved, or sent again, where another client has had the same approved since it was
/// checked. A person's word for it by name stands.
pub(super) fn not_said_since(
    ask: &Ask,
    tweet: &Tweet,
    revision: &Revision,
) -> Result<(), Rejection> {
    if revision.overridden.is_some() {
        return Ok(());
    }
    let beside = ask.around.corpus.beside(ask.client, tweet.id).standing();
    let mut findings = repeats_others(&revision.content, &ask.settings()?.rules, &beside);
    findings.retain(|finding| finding.severity == Severity::Error);
    if findings.is_empty() {
        return Ok(());
    }
    Err(Rejection::NotValidated { findings })
}

/// All that may be taken for true: one for all the candidates of a tweet, so that it is read once.
pub(super) struct Sources<'a> {
    said: Vec<Source>,
    notes: Vec<&'a Source>,
}

impl<'a> Sources<'a> {
    pub(super) fn of(ask: &'a Ask, settings: &ClientSettings, tweet: &Tweet) -> Self {
        let voice = &settings.voice;
        let own = [
            tweet.brief.as_str(),
            settings.name.as_str(),
            settings.handle.as_str(),
            voice.persona.as_str(),
        ];
        let feedback = tweet.feedback.iter().map(|said| said.text.as_str());
        let more = voice.examples.iter().chain(&voice.links);
        let more = more.map(String::as_str);
        let said = own.into_iter().chain(feedback).chain(more);
        let notes = ask.client.knowledge.notes.values();
        Self {
            said: said.map(Source::from).collect(),
            notes: notes.map(|note| &note.text).collect(),
        }
    }

    fn all(&self) -> Vec<&Source> {
        self.said.iter().chain(self.notes.iter().copied()).collect()
    }
}

/// What a segment says that no source has, or that one has otherwise.
fn not_in_brief(
    settings: &ClientSettings,
    at: usize,
    segment: &Segment,
    sources: &[&Source],
) -> Vec<Finding> {
    let told = |unsaid: &Unsaid| match &unsaid.otherwise {
        Some(other) => format!(
            "\"{}\" is not what we were told (\"{}\"): make sure which is right",
            unsaid.fact.words, other.words
        ),
        None => format!(
            "\"{}\" is not in the brief, nor in the client's notes: make sure that it is true, or leave it out",
            unsaid.fact.words
        ),
    };
    let finding = |unsaid: &Unsaid| {
        let span = Span {
            start: unsaid.fact.span.start,
            end: unsaid.fact.span.end,
        };
        settings
            .rules
            .finding(Rule::NotInBrief, at, told(unsaid), Some(span))
    };
    unsaid(&segment.text, sources)
        .iter()
        .filter_map(finding)
        .collect()
}
