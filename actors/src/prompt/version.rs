//! One version of the templates, checked before it is used.
//!
//! A template is refused when it is not one, when it uses a variable that there is not, or when it fails on a request
//! that holds everything or on one that holds nothing. Then it renders every request.

use std::collections::BTreeSet;

use clara_domain::effect::CheckRequest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Template, UndefinedBehavior};
use serde_json::Value;

use super::{BUILT_IN, digest, hex, material};

/// A template that cannot be used, or is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the prompt template `{version}/{template}` cannot be used{}: {reason}", at(*.line))]
pub struct PromptError {
    /// Of which version.
    pub version: String,
    /// Which: `system.j2`, `user.j2` or `judge.j2`.
    pub template: String,
    /// Where, from 1; none where it is no matter of one line.
    pub line: Option<usize>,
    /// Why, and what was expected.
    pub reason: String,
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(" (line {line})"))
}

impl PromptError {
    pub(super) fn no_version(version: &str, known: &[&str]) -> Self {
        let reason = format!(
            "there is no version `{version}`; expected one of {}",
            known.join(", ")
        );
        Self {
            version: version.to_owned(),
            template: SYSTEM.to_owned(),
            line: None,
            reason,
        }
    }
}

const SYSTEM: &str = "system.j2";
const USER: &str = "user.j2";
const JUDGE: &str = "judge.j2";

/// The texts of a version's templates, in minijinja's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The version's name, such as `v1`.
    pub version: String,
    /// Who the model is to be.
    pub system: String,
    /// What it is to do.
    pub user: String,
    /// How a model is to judge whether a text sounds like its client.
    pub judge: String,
}

impl Sources {
    /// What holds without any file.
    pub fn built_in() -> Self {
        Self {
            version: BUILT_IN.to_owned(),
            system: include_str!("../../../config/prompts/v1/system.j2").to_owned(),
            user: include_str!("../../../config/prompts/v1/user.j2").to_owned(),
            judge: include_str!("../../../config/prompts/v1/judge.j2").to_owned(),
        }
    }

    /// The templates that a text is written by.
    fn writing(&self) -> [(&'static str, String); 2] {
        [(SYSTEM, self.system.clone()), (USER, self.user.clone())]
    }

    fn judging(&self) -> (&'static str, String) {
        (JUDGE, self.judge.clone())
    }
}

/// Checked templates.
#[derive(Debug)]
pub(super) struct Version {
    environment: Environment<'static>,
    sources: Sources,
    fingerprint: String,
}

impl Version {
    /// Checks templates.
    pub(super) fn new(sources: Sources) -> Result<Self, PromptError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(block_lines_vanish());
        let fingerprint = hex(&digest([&sources.system, &sources.user])[..8]);
        let mut version = Self {
            environment,
            sources,
            fingerprint,
        };
        let (writing, judging) = (version.sources.writing(), version.sources.judging());
        for (name, source) in writing.into_iter().chain([judging]) {
            let added = version.environment.add_template_owned(name, source);
            added.map_err(|error| version.wrong(name, &error))?;
        }
        version.check()?;
        Ok(version)
    }

    pub(super) fn name(&self) -> &str {
        &self.sources.version
    }

    /// A hash of the templates that a text is written by: 16 hexadecimal digits.
    pub(super) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// System and user.
    pub(super) fn render(&self, values: &Value) -> Result<(String, String), PromptError> {
        let values = minijinja::Value::from(Serde(values));
        Ok((self.fill(SYSTEM, &values)?, self.fill(USER, &values)?))
    }

    /// How a text is to be judged.
    pub(super) fn render_judge(&self, request: &CheckRequest) -> Result<String, PromptError> {
        self.fill_judge(&material::values_of_judge(request))
    }

    fn fill_judge(&self, values: &Value) -> Result<String, PromptError> {
        self.fill(JUDGE, &minijinja::Value::from(Serde(values)))
    }

    fn fill(&self, name: &str, values: &minijinja::Value) -> Result<String, PromptError> {
        let text = self.template(name)?.render(values);
        text.map_err(|error| self.wrong(name, &error))
    }

    fn check(&self) -> Result<(), PromptError> {
        let mut used = BTreeSet::new();
        for (name, source) in self.sources.writing() {
            used.append(&mut self.check_variables(name, &source, &material::samples()[0])?);
        }
        for sample in material::samples() {
            self.render(&sample)?;
        }
        let (name, source) = self.sources.judging();
        self.check_variables(name, &source, &material::samples_of_judge()[0])?;
        for sample in material::samples_of_judge() {
            self.fill_judge(&sample)?;
        }
        if used.contains("brief") {
            return Ok(());
        }
        let reason = "neither template says {{ brief }}, so the model would not know what to write";
        Err(self.at(USER, None, reason.to_owned()))
    }

    /// The variables of a template, all of which a sample that holds everything has.
    fn check_variables(
        &self,
        name: &str,
        source: &str,
        full: &Value,
    ) -> Result<BTreeSet<String>, PromptError> {
        let used = self.template(name)?.undeclared_variables(true);
        for variable in &used {
            self.check_variable(name, source, variable, full)?;
        }
        Ok(used.into_iter().collect())
    }

    /// Refuses a variable, such as `voice.persona`, that no request has; also in a branch that no sample takes.
    fn check_variable(
        &self,
        name: &str,
        source: &str,
        variable: &str,
        full: &Value,
    ) -> Result<(), PromptError> {
        let mut here = full;
        let mut path = String::new();
        for part in variable.split('.') {
            let Value::Object(known) = here else {
                // An attribute of a list or a text: rendering tells whether it is there.
                return Ok(());
            };
            let is_global = path.is_empty() && self.environment.globals().any(|(g, _)| g == part);
            match known.get(part) {
                Some(value) => here = value,
                None if is_global => return Ok(()),
                None => {
                    let known: Vec<&str> = known.keys().map(String::as_str).collect();
                    let reason = format!(
                        "there is no variable `{variable}`; {path} expected one of {}",
                        known.join(", ")
                    );
                    let reason = reason.replace(";  expected", "; expected");
                    return Err(self.at(name, line_of(source, variable), reason));
                }
            }
            path = format!("in `{part}`");
        }
        Ok(())
    }

    fn template(&self, name: &str) -> Result<Template<'_, '_>, PromptError> {
        let template = self.environment.get_template(name);
        template.map_err(|error| self.wrong(name, &error))
    }

    fn wrong(&self, name: &str, error: &minijinja::Error) -> PromptError {
        let what = error.kind();
        let reason = match error.detail() {
            Some(detail) => format!("{what}: {detail}"),
            None => what.to_string(),
        };
        self.at(name, error.line(), reason)
    }

    fn at(&self, template: &str, line: Option<usize>, reason: String) -> PromptError {
        PromptError {
            version: self.sources.version.clone(),
            template: template.to_owned(),
            line,
            reason,
        }
    }
}

/// The first line on which a variable stands within a tag.
fn line_of(source: &str, variable: &str) -> Option<usize> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let stands_in = |line: &str| {
        line.match_indices(variable).any(|(start, _)| {
            let before = line[..start].chars().next_back();
            let after = line[start + variable.len()..].chars().next();
            let tag = line[..start].contains("{{") || line[..start].contains("{%");
            tag && !before.is_some_and(|c| is_name(c) || c == '.') && !after.is_some_and(is_name)
        })
    };
    let lines = source.lines().position(stands_in);
    lines.map(|line| line + 1)
}

/// A line that holds only a block tag leaves no line behind.
fn block_lines_vanish() -> SyntaxConfig {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("the delimiters are the built-in ones")
}
