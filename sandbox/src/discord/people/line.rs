//! A slash command line, taken apart against the registered commands.
//! `name:value` pairs; a quoted value ends at its closing mark, another one where the next known option begins.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::discord::ids::CommandId;
use crate::discord::person_error::PersonError;

const SUBCOMMAND: u8 = 1;
const GROUP: u8 = 2;

/// A registered command, as far as typing it needs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CommandSpec {
    pub(super) id: CommandId,
    pub(super) name: String,
    #[serde(default)]
    pub(super) options: Vec<OptionSpec>,
    pub(super) default_member_permissions: Option<String>,
}

/// An option, or a subcommand with its own.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct OptionSpec {
    #[serde(rename = "type")]
    pub(super) kind: u8,
    pub(super) name: String,
    pub(super) required: Option<bool>,
    pub(super) autocomplete: Option<bool>,
    pub(super) choices: Option<Vec<Value>>,
    pub(super) options: Option<Vec<OptionSpec>>,
    pub(super) min_value: Option<f64>,
    pub(super) max_value: Option<f64>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
}

/// A line taken apart.
#[derive(Debug)]
pub(super) struct Typed<'c> {
    pub(super) command: &'c CommandSpec,
    /// Group and subcommand, outermost first.
    path: Vec<&'c OptionSpec>,
    options: &'c [OptionSpec],
    pub(super) values: Vec<(&'c OptionSpec, String)>,
}

/// The registered commands; one that cannot be read cannot be typed either.
pub(super) fn specs(commands: &[Value]) -> Vec<CommandSpec> {
    let readable = commands.iter().cloned();
    readable
        .filter_map(|command| serde_json::from_value(command).ok())
        .collect()
}

/// Takes a line apart; values are still texts.
pub(super) fn parse<'c>(commands: &'c [CommandSpec], line: &str) -> Result<Typed<'c>, PersonError> {
    let rest = line.trim().strip_prefix('/');
    let rest = rest.ok_or_else(|| PersonError::NotACommand(line.into()))?;
    let (name, mut rest) = first_word(rest);
    let command = commands.iter().find(|command| command.name == name);
    let command = command.ok_or_else(|| PersonError::UnknownCommand {
        name: name.into(),
        known: commands
            .iter()
            .map(|command| command.name.clone())
            .collect(),
    })?;
    let mut typed = Typed {
        command,
        path: Vec::new(),
        options: &command.options,
        values: Vec::new(),
    };
    while typed
        .options
        .iter()
        .any(|option| matches!(option.kind, SUBCOMMAND | GROUP))
    {
        let (word, after) = first_word(rest);
        let sub = typed.options.iter().find(|option| option.name == word);
        let sub = sub.ok_or_else(|| PersonError::NeedsSubcommand {
            command: typed.name(),
            known: names(typed.options),
        })?;
        typed.options = sub.options.as_deref().unwrap_or_default();
        typed.path.push(sub);
        rest = after;
    }
    typed.read_values(rest)?;
    Ok(typed)
}

impl<'c> Typed<'c> {
    /// The command with its subcommands, as typed.
    fn name(&self) -> String {
        let mut words = vec![self.command.name.as_str()];
        words.extend(self.path.iter().map(|sub| sub.name.as_str()));
        words.join(" ")
    }

    /// The option of that name.
    pub(super) fn option(&self, name: &str) -> Result<&'c OptionSpec, PersonError> {
        let option = self.options.iter().find(|option| option.name == name);
        option.ok_or_else(|| PersonError::UnknownOption {
            command: self.name(),
            option: name.into(),
            known: names(self.options),
        })
    }

    /// Every required option has a value.
    pub(super) fn nothing_is_missing(&self) -> Result<(), PersonError> {
        let required = self
            .options
            .iter()
            .filter(|option| option.required.unwrap_or(false));
        let given =
            |option: &&OptionSpec| self.values.iter().any(|(spec, _)| spec.name == option.name);
        match required.into_iter().find(|option| !given(option)) {
            Some(missing) => Err(PersonError::Missing(missing.name.clone())),
            None => Ok(()),
        }
    }

    /// The options as the payload nests them: inside the subcommand, inside its group.
    pub(super) fn nested(&self, options: Vec<Value>) -> Vec<Value> {
        let inside_out = self.path.iter().rev();
        inside_out.fold(options, |inner, sub| {
            vec![json!({"name": sub.name, "type": sub.kind, "options": inner})]
        })
    }

    fn read_values(&mut self, text: &str) -> Result<(), PersonError> {
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (spec, after) = self.head(rest)?;
            if self.values.iter().any(|(known, _)| known.name == spec.name) {
                return Err(PersonError::Repeated(spec.name.clone()));
            }
            let (value, remaining) = match after.strip_prefix('"') {
                Some(quoted) => {
                    unquote(quoted).ok_or_else(|| PersonError::OpenQuote(spec.name.clone()))?
                }
                None => {
                    let end = self.end_of_plain_value(after);
                    (after[..end].trim().to_owned(), &after[end..])
                }
            };
            self.values.push((spec, value));
            rest = remaining.trim_start();
        }
        Ok(())
    }

    /// The option whose name begins the text, and what follows the colon.
    fn head<'t>(&self, text: &'t str) -> Result<(&'c OptionSpec, &'t str), PersonError> {
        if let Some(found) = starts_option(self.options, text) {
            return Ok(found);
        }
        let (word, _) = first_word(text);
        match word.split_once(':') {
            Some((name, _)) => self.option(name).map(|spec| (spec, "")),
            None => Err(PersonError::StrayText(word.into())),
        }
    }

    /// Where a value without quotation marks ends: before the next known option, or at the end.
    fn end_of_plain_value(&self, text: &str) -> usize {
        let mut boundary = false;
        for (at, c) in text.char_indices() {
            if boundary && starts_option(self.options, &text[at..]).is_some() {
                return at;
            }
            boundary = c.is_whitespace();
        }
        text.len()
    }
}

fn starts_option<'c, 't>(
    options: &'c [OptionSpec],
    text: &'t str,
) -> Option<(&'c OptionSpec, &'t str)> {
    options.iter().find_map(|option| {
        let after = text.strip_prefix(option.name.as_str())?.strip_prefix(':')?;
        Some((option, after))
    })
}

fn first_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

/// The text up to the closing mark (`\"` and `\\` stand for themselves), and what follows it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            other => value.push(other),
        }
    }
    None
}

fn names(options: &[OptionSpec]) -> Vec<String> {
    options.iter().map(|option| option.name.clone()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn commands() -> Vec<CommandSpec> {
        let text = |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
        specs(&[
            json!({"id": "1", "name": "plan", "options": [text("client", true), text("brief", true), text("when", false)]}),
            json!({"id": "2", "name": "client", "options": [
                {"type": 1, "name": "add", "description": "d", "options": [text("id", true)]},
                {"type": 1, "name": "list", "description": "d"}
            ]}),
        ])
    }

    fn pairs(line: &str) -> Result<Vec<(String, String)>, PersonError> {
        let commands = commands();
        let typed = parse(&commands, line)?;
        typed.nothing_is_missing()?;
        Ok(typed
            .values
            .iter()
            .map(|(spec, text)| (spec.name.clone(), text.clone()))
            .collect())
    }

    fn pair(name: &str, text: &str) -> (String, String) {
        (name.into(), text.into())
    }

    #[test]
    fn values_end_at_their_quote_or_at_the_next_option() {
        let line = r#"/plan client:harbour brief:"say \"hi\": now" when:tomorrow 09:00"#;
        let expected = [
            pair("client", "harbour"),
            pair("brief", "say \"hi\": now"),
            pair("when", "tomorrow 09:00"),
        ];
        assert_eq!(pairs(line).unwrap(), expected);
        let plain = "/plan client:a brief:three words: and more when:in 2h";
        assert_eq!(
            pairs(plain).unwrap()[1],
            pair("brief", "three words: and more")
        );
    }

    #[test]
    fn subcommands_come_before_their_options() {
        let commands = commands();
        let typed = parse(&commands, "/client add id:fjord").unwrap();
        let nested = typed.nested(vec![json!({"name": "id", "type": 3, "value": "fjord"})]);
        assert_eq!(nested[0]["name"], "add");
        assert_eq!(nested[0]["options"][0]["value"], "fjord");
        assert_eq!(pairs("/client list").unwrap(), []);
        assert!(matches!(
            pairs("/client"),
            Err(PersonError::NeedsSubcommand { .. })
        ));
    }

    #[test]
    fn what_the_interface_would_not_send_is_named() {
        let error = |line: &str| pairs(line).unwrap_err().to_string();
        assert_eq!(
            error("plan"),
            "`plan` is not a command: it must begin with a slash"
        );
        assert_eq!(
            error("/tweet"),
            "there is no command `/tweet`; registered are: plan, client"
        );
        assert_eq!(
            error("/plan cleint:a"),
            "`/plan` has no option `cleint`; it has: client, brief, when"
        );
        assert_eq!(error("/plan client:a"), "option `brief` is required");
        assert_eq!(
            error("/plan hello"),
            "`hello` belongs to no option: write `option:value`"
        );
        assert_eq!(
            error("/plan client:a client:b"),
            "option `client` is given twice"
        );
        assert_eq!(
            error("/plan client:\"a"),
            "the quotation mark of option `client` is not closed"
        );
    }
}
