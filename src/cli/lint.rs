//! `clara lint`: the rules on texts from standard input, outside Discord.
//!
//! A line is a text, or a JSON object with one, judged as a model's. Nothing is remembered from line to line: what was said
//! before is what a line says it was, and so is the brief.

use std::io::{self, BufRead};

use clara_domain::content::{Content, Segment};
use clara_domain::ids::ClientId;
use clara_domain::settings::ClientSettings;
use clara_domain::similar;
use clara_domain::validate::{
    Earlier, Finding, Said, Span, TextKey, TextRules, ValidationReport, Whose, echoes, text_key,
    validate,
};
use clara_domain::voice::Language;
use serde::{Deserialize, Serialize};

use super::{Exit, LintArgs, complain, say};
use crate::config;

/// What a line has to be.
const EXPECTED: &str = r#"expected a text, or JSON such as {"text":"…","client":"harbour","earlier":["…"],"brief":"…"}"#;

/// By whose rules.
#[derive(Default)]
struct Judge {
    client: Option<ClientId>,
    rules: TextRules,
    languages: Vec<Language>,
}

/// A line of JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: String,
    client: Option<ClientId>,
    #[serde(default)]
    earlier: Vec<String>,
    brief: Option<String>,
}

/// What is answered for a text.
#[derive(Serialize)]
struct Answer<'a> {
    ok: bool,
    weighted_length: usize,
    findings: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
}

/// What is answered for a line that is none.
#[derive(Serialize)]
struct Malformed {
    line: usize,
    error: String,
}

pub(super) fn run(args: &LintArgs) -> Exit {
    let judge = match args.client.as_deref().map(config::load_client).transpose() {
        Ok(client) => client.map(Judge::of).unwrap_or_default(),
        Err(problems) => {
            complain(&problems.to_string());
            return Exit::Usage;
        }
    };
    match lint(io::stdin().lock(), &judge, args.json, say) {
        Ok(exit) => exit,
        Err(error) => {
            complain(&format!(
                "Standard input cannot be read any further: {error}. What was read before is answered."
            ));
            Exit::Usage
        }
    }
}

/// Answers every line.
fn lint(
    input: impl BufRead,
    judge: &Judge,
    json: bool,
    mut tell: impl FnMut(&str),
) -> io::Result<Exit> {
    let (mut all_ok, mut all_read) = (true, true);
    for (number, line) in (1..).zip(input.split(b'\n')) {
        let line = line?;
        let asked = match read(&line, judge) {
            Ok(Some(asked)) => asked,
            Ok(None) => continue,
            Err(error) => {
                all_read = false;
                let malformed = Malformed {
                    line: number,
                    error,
                };
                tell(&malformed.told(json));
                continue;
            }
        };
        let report = judge.report(&asked);
        all_ok &= report.passed();
        tell(&answer(number, &asked.text, &report, json));
    }
    Ok(match (all_read, all_ok) {
        (false, _) => Exit::Usage,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Fine,
    })
}

/// What a line asks; nothing for an empty one. A line that begins with `{"` is JSON.
fn read(line: &[u8], judge: &Judge) -> Result<Option<Asked>, String> {
    let line = std::str::from_utf8(line).map_err(|_| format!("this is not UTF-8; {EXPECTED}"))?;
    let line = line.trim_end_matches('\r');
    if line.trim().is_empty() {
        return Ok(None);
    }
    if !is_json(line) {
        let text = line.to_owned();
        return Ok(Some(Asked {
            text,
            client: None,
            earlier: Vec::new(),
            brief: None,
        }));
    }
    let asked: Asked =
        serde_json::from_str(line).map_err(|error| format!("{error}; {EXPECTED}"))?;
    match (&asked.client, &judge.client) {
        (None, _) => Ok(Some(asked)),
        (Some(wanted), Some(client)) if wanted == client => Ok(Some(asked)),
        (Some(wanted), Some(client)) => Err(format!(
            "the client is `{wanted}`, and the file is that of `{client}`; expected the same, or no client"
        )),
        (Some(wanted), None) => Err(format!(
            "the rules of `{wanted}` are not known here; expected `--client` with its file"
        )),
    }
}

fn is_json(line: &str) -> bool {
    let line = line.trim_start();
    line.strip_prefix('{')
        .is_some_and(|rest| rest.trim_start().starts_with(['"', '}']))
}

impl Judge {
    fn of((id, settings): (ClientId, ClientSettings)) -> Self {
        Self {
            client: Some(id),
            rules: settings.rules,
            languages: settings.voice.languages,
        }
    }

    /// What the rules find in a text as it is, so that places are places in what was given.
    fn report(&self, asked: &Asked) -> ValidationReport {
        let segment = Segment {
            text: asked.text.clone(),
            media: Vec::new(),
        };
        let content = Content {
            segments: vec![segment],
            reply_settings: Default::default(),
        };
        let earlier = Texts(&asked.earlier);
        let mut report = validate(&content, 1, &self.rules, &self.languages, &earlier);
        let briefs = asked.brief.iter();
        let echoed = briefs.flat_map(|brief| echoes(&content, &self.rules, brief));
        report.findings.extend(echoed);
        report
    }
}

/// What the line says was said before.
struct Texts<'a>(&'a [String]);

impl Texts<'_> {
    fn said(number: usize, likeness: f64) -> Said {
        Said {
            whose: Whose::Own,
            likeness,
            what: format!("number {} of the earlier texts", number + 1),
        }
    }
}

impl Earlier for Texts<'_> {
    fn same(&self, key: &TextKey) -> Vec<Said> {
        let texts = self.0.iter().enumerate();
        let same = texts.filter(|(_, text)| text_key(text) == *key);
        same.map(|(number, _)| Self::said(number, 1.0)).collect()
    }

    fn near(&self, text: &str) -> Vec<Said> {
        let texts = self.0.iter().enumerate();
        texts
            .map(|(number, earlier)| Self::said(number, similar::likeness(text, earlier)))
            .collect()
    }
}

fn answer(number: usize, text: &str, report: &ValidationReport, json: bool) -> String {
    let weight = report.weights.first().copied().unwrap_or_default();
    if !json {
        return readable(number, text, weight, report);
    }
    let told = |finding: &'_ Finding| (finding.rule.name(), finding.severity.name(), finding.span);
    let findings = report.findings.iter().map(|finding| {
        let (rule, severity, span) = told(finding);
        Told {
            rule,
            severity,
            message: &finding.message,
            span,
        }
    });
    let answer = Answer {
        ok: report.passed(),
        weighted_length: weight,
        findings: findings.collect(),
    };
    serde_json::to_string(&answer).expect("its keys are strings")
}

/// For a person: the verdict, the beginning of the text, and a line for each finding.
fn readable(number: usize, text: &str, weight: usize, report: &ValidationReport) -> String {
    let verdict = if report.passed() { "ok" } else { "NOT OK" };
    let shown: String = text
        .chars()
        .filter(|letter| !letter.is_control())
        .take(60)
        .collect();
    let mut lines = vec![format!(
        "line {number}: {verdict}, {weight} of 280: {shown}"
    )];
    for finding in &report.findings {
        let place = finding.span.map_or(String::new(), |span| {
            format!(" at {}-{}", span.start, span.end)
        });
        let (severity, rule) = (finding.severity.name(), finding.rule);
        lines.push(format!("  {severity} {rule}{place}: {}", finding.message));
    }
    lines.join("\n")
}

impl Malformed {
    fn told(&self, json: bool) -> String {
        match json {
            true => serde_json::to_string(self).expect("its keys are strings"),
            false => format!("line {}: not read: {}", self.line, self.error),
        }
    }
}
