//! The table of `/stats`: versions of the prompt beside each other, and whether that proves anything.

use std::collections::BTreeMap;

use clara_domain::ids::ClientId;
use clara_domain::stats::{FEW, Tally, Writer};

use super::cell;
use crate::discord::escape::length;
use crate::discord::message::CONTENT;

/// The longest names of a version and of a model in the table.
const VERSION: usize = 12;
const MODEL: usize = 22;
/// The most versions that are named as having few decisions.
const NAMED: usize = 4;

/// Everything about the texts that people decided about.
pub(crate) fn table(
    client: Option<&ClientId>,
    days: Option<i64>,
    tallies: &BTreeMap<Writer, Tally>,
) -> String {
    let whose = match client {
        Some(client) => format!("`{client}`"),
        None => "all clients".to_owned(),
    };
    let when = match days {
        Some(1) => " in the last day".to_owned(),
        Some(days) => format!(" in the last {days} days"),
        None => String::new(),
    };
    if tallies.is_empty() {
        return format!(
            "No text that a model wrote for {whose} was approved or turned down{when}, so there is nothing to compare. \
             Texts from before prompts had versions do not count."
        );
    }
    let head = format!("**What people made of the texts of {whose}{when}**");
    let foot = foot(tallies);
    let room = CONTENT - length(&head) - length(&foot) - 20;
    format!("{head}\n```\n{}```\n{foot}", rows(tallies, room))
}

fn rows(tallies: &BTreeMap<Writer, Tally>, room: usize) -> String {
    let mut text = format!(
        "{:VERSION$} {:MODEL$} {:>7} {:>8} {:>6} {:>6} {:>7}\n",
        "prompt", "model", "decided", "approved", "turned", "rate", "changed"
    );
    for (index, (writer, tally)) in tallies.iter().enumerate() {
        let row = format!(
            "{:VERSION$} {:MODEL$} {:>7} {:>8} {:>6} {:>6} {:>7}\n",
            cell(&writer.version, VERSION),
            cell(&writer.model, MODEL),
            tally.decided(),
            tally.approved,
            tally.turned_down,
            percent(tally.approval_rate()),
            percent(tally.mean_changed())
        );
        let left = format!("… and {} lines more\n", tallies.len() - index);
        if length(&text) + length(&row) + length(&left) > room {
            return text + &left;
        }
        text.push_str(&row);
    }
    text
}

fn percent(thousandths: Option<u16>) -> String {
    match thousandths {
        Some(part) => format!("{}%", (u32::from(part) + 5) / 10),
        None => "–".to_owned(),
    }
}

fn foot(tallies: &BTreeMap<Writer, Tally>) -> String {
    let legend = "“turned” is turned down; “changed” is how much of the model's text people changed before they approved \
        it, on average.";
    let few: Vec<String> = tallies
        .iter()
        .filter(|(_, tally)| tally.is_few())
        .map(|(writer, tally)| {
            let (version, model) = (cell(&writer.version, VERSION), cell(&writer.model, MODEL));
            format!("`{version}` with `{model}` has {}", tally.decided())
        })
        .collect();
    if few.is_empty() {
        return legend.to_owned();
    }
    let more = match few.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more have as few"),
    };
    let named: Vec<String> = few.into_iter().take(NAMED).collect();
    format!(
        "{legend}\n⚠️ Fewer than {FEW} decisions prove nothing yet: {}{more}.",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use clara_domain::Tweet;
    use clara_domain::stats::tallies;
    use clara_domain::tweet::Measured;
    use jiff::Timestamp;

    use super::*;
    use crate::discord::card::samples;

    fn of(writers: &[(&str, &str, usize, usize)]) -> BTreeMap<Writer, Tally> {
        let (_, tweet) = samples::approved();
        let mut tweets: Vec<Tweet> = Vec::new();
        for (version, model, approved, turned_down) in writers {
            for no in 0..approved + turned_down {
                let measured = Measured {
                    version: (*version).to_owned(),
                    model: (*model).to_owned(),
                    approved: no < *approved,
                    changed: 40,
                };
                tweets.push(Tweet {
                    measured: Some(measured),
                    ..tweet.clone()
                });
            }
        }
        tallies(&tweets, Timestamp::MIN)
    }

    #[test]
    fn versions_beside_each_other() {
        let harbour = "harbour".parse().unwrap();
        let texts = [
            table(None, None, &BTreeMap::new()),
            table(Some(&harbour), Some(30), &BTreeMap::new()),
            table(
                Some(&harbour),
                Some(1),
                &of(&[("v1", "gpt-4.1-mini", 17, 4), ("v2", "gpt-4.1-mini", 0, 3)]),
            ),
            table(
                None,
                None,
                &of(&[("v1", "a-model-with`-a-very-long-name", 20, 0)]),
            ),
        ];
        insta::assert_snapshot!(texts.join("\n\n"));
    }

    #[test]
    fn any_number_of_versions_fits_a_message() {
        let names: Vec<String> = (0..60).map(|no| format!("version-number-{no}")).collect();
        let model = "m".repeat(100);
        let writers: Vec<(&str, &str, usize, usize)> = names
            .iter()
            .map(|name| (name.as_str(), model.as_str(), 1, 1))
            .collect();
        let text = table(None, Some(3650), &of(&writers));
        assert!(length(&text) <= CONTENT);
        assert!(
            text.contains("lines more") && text.contains("more have as few"),
            "{text}"
        );
    }
}
