#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::given::Value;
use super::*;

fn value(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Tweet | Kind::Command => Value::Text("some words".into()),
        Kind::Client => Value::Text("harbour".into()),
        Kind::Whole => Value::Whole(3),
        Kind::Channel => Value::Channel(77),
        Kind::File => Value::File(GivenFile {
            name: "menu.md".into(),
            media: Some("text/markdown; charset=utf-8".into()),
            size: 6,
            url: "https://cdn.discordapp.com/ephemeral-attachments/1/2/menu.md".into(),
        }),
    }
}

fn given(definition: &Definition, which: impl Fn(&Opt) -> bool) -> Given {
    let options = definition.options.iter().filter(|option| which(option));
    Given::new(options.map(|option| (option.name.to_owned(), value(option.kind))))
}

#[test]
fn every_command_reads_each_of_its_options() {
    for definition in ALL {
        let mut all = given(definition, |_| true);
        (definition.read)(&mut all).unwrap();
        assert_eq!(all.left(), Vec::<String>::new(), "{}", definition.name());
    }
}

#[test]
fn every_required_option_is_missed_and_no_other() {
    for definition in ALL {
        (definition.read)(&mut given(definition, |option| option.required)).unwrap();
        for missing in definition.options.iter().filter(|option| option.required) {
            let mut rest = given(definition, |option| option.name != missing.name);
            assert_eq!(
                (definition.read)(&mut rest),
                Err(Misuse::Missing(missing.name))
            );
        }
    }
}

#[test]
fn a_client_id_that_cannot_be_one_is_named() {
    let plan = find(&["plan"]).unwrap();
    let values = [("client", "No such!"), ("brief", "b")];
    let mut given =
        Given::new(values.map(|(name, text)| (name.to_owned(), Value::Text(text.into()))));
    assert_eq!(
        (plan.read)(&mut given),
        Err(Misuse::NotAClient("No such!".into()))
    );
}

#[test]
fn an_option_of_blanks_counts_as_left_out() {
    let plan = find(&["client", "show"]).unwrap();
    let mut given = Given::new([("client".to_owned(), Value::Text("  ".into()))]);
    assert_eq!((plan.read)(&mut given), Err(Misuse::Missing("client")));
}

#[test]
fn definitions_keep_to_what_discord_takes() {
    let names: BTreeSet<_> = ALL.iter().map(Definition::name).collect();
    assert_eq!(names.len(), ALL.len());
    assert!(ALL.len() <= 25, "more commands than choices for /help");
    for definition in ALL {
        let (text, words) = (definition.summary, definition.words);
        assert!((1..=100).contains(&text.chars().count()), "{text}");
        assert!((1..=3).contains(&words.len()));
        assert!(definition.options.len() <= 25);
        let required = definition.options.iter().map(|option| option.required);
        assert!(
            required.is_sorted_by(|a, b| a >= b),
            "{}: required options come first",
            definition.name()
        );
        for option in definition.options {
            assert!(
                (1..=100).contains(&option.summary.chars().count()),
                "{}",
                option.summary
            );
        }
        for name in words
            .iter()
            .copied()
            .chain(definition.options.iter().map(|option| option.name))
        {
            assert!(
                (1..=32).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase()),
                "{name}"
            );
        }
        assert!(definition.example.starts_with(&definition.name()));
    }
}

#[test]
fn commands_as_they_are_registered() {
    insta::assert_json_snapshot!(registration());
}

#[test]
fn help_fits_a_message() {
    use crate::discord::escape::length;
    use crate::discord::message::CONTENT;
    assert!(length(&reference::overview()) <= CONTENT);
    for definition in ALL {
        assert!(
            length(&reference::about(definition)) <= CONTENT,
            "{}",
            definition.name()
        );
    }
}

#[test]
fn the_times_that_help_shows_are_times() {
    use clara_domain::when::parse;
    let zone = clara_domain::zone::TimeZoneName::new("Europe/Oslo")
        .unwrap()
        .zone();
    let now = "2026-08-01T12:00:00Z".parse().unwrap();
    let mut read = 0;
    let options = ALL.iter().flat_map(|definition| definition.options);
    for option in options.filter(|option| option.name == "when") {
        let (shown, _) = option
            .summary
            .split_once(';')
            .unwrap_or((option.summary, ""));
        for time in shown
            .split(", ")
            .map(|time| time.trim_start_matches("or "))
            .filter(|time| !time.contains("RFC") && !time.contains("next"))
        {
            assert!(parse(time, now, &zone).is_ok(), "{time}");
            read += 1;
        }
    }
    let examples = ALL
        .iter()
        .filter_map(|definition| definition.example.split_once("when:"));
    for (_, time) in examples {
        assert!(parse(time, now, &zone).is_ok(), "{time}");
        read += 1;
    }
    assert!(read >= 8);
}
