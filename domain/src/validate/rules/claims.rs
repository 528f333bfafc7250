//! Rules on what has to be said, what must not be claimed, and what concerns people alone.

use std::ops::Range;

use super::{Found, Subject, part, whole};
use crate::validate::finding::Span;
use crate::validate::pattern::Pattern;
use crate::validate::personal;
use crate::validate::reading::Reading;

/// A thread discloses where any of its segments does.
pub(super) fn disclosure(subject: &Subject) -> Vec<Found> {
    let readings = &subject.readings;
    let asked = |when: &Option<Pattern>| {
        let Some(pattern) = when else { return true };
        // A pattern that cannot be used asks for its disclosure always, rather than never.
        let Ok(pattern) = pattern.compiled() else {
            return true;
        };
        readings
            .iter()
            .any(|reading| pattern.is_match(reading.text))
    };
    let disclosures = subject.text_rules.disclosures.iter();
    let missing = disclosures.filter(|disclosure| {
        let any_of = disclosure.any_of.ready();
        let said = |reading: &Reading| any_of.iter().any(|one| one.find(&reading.folded).is_some());
        !any_of.is_empty() && asked(&disclosure.when) && !readings.iter().any(said)
    });
    let finding = |disclosure: &crate::validate::Disclosure| {
        let any_of: Vec<String> = disclosure
            .any_of
            .iter()
            .map(|one| format!("\"{one}\""))
            .collect();
        whole(
            0,
            format!("add {}: this has to be disclosed", any_of.join(" or ")),
        )
    };
    if readings.is_empty() {
        return Vec::new();
    }
    missing.map(finding).collect()
}

pub(super) fn forbidden(subject: &Subject) -> Vec<Found> {
    let patterns = &subject.text_rules.forbidden_claims;
    subject.each(|at, reading| {
        let found = patterns.iter().filter_map(|pattern| match pattern.compiled() {
            Ok(regex) => regex.find(reading.text).map(|found| {
                let said = found.as_str();
                let message = format!("do not claim \"{said}\": this client must not");
                part(at, Span::of(reading.text, found.range()), message)
            }),
            Err(what) => Some(whole(
                at,
                format!("a forbidden claim cannot be looked for: {what}; mend it in the client's file"),
            )),
        });
        found.collect()
    })
}

pub(super) fn personal(subject: &Subject) -> Vec<Found> {
    let contacts = &subject.text_rules.contacts;
    subject.each(|at, reading| {
        let is_own = |range: &Range<usize>| {
            let said = &reading.text[range.clone()];
            contacts
                .iter()
                .any(|contact| is_same_contact(contact, said))
        };
        let emails = personal::emails(reading.text)
            .into_iter()
            .map(|range| (range, "the e-mail address"));
        let phones = personal::phones(reading.text)
            .into_iter()
            .map(|range| (range, "the telephone number"));
        let found = emails.chain(phones).filter(|(range, _)| !is_own(range));
        let finding = |(range, what): (Range<usize>, &str)| {
            let said = &reading.text[range.clone()];
            let message = format!(
                "take out {what} \"{said}\", unless it is public and this client wants it given"
            );
            part(at, Span::of(reading.text, range), message)
        };
        found.map(finding).collect()
    })
}

/// An address in any case; a number by its last eight digits, so that it may be given with the country's prefix or without.
fn is_same_contact(contact: &str, said: &str) -> bool {
    let number = |text: &str| {
        let digits: Vec<u32> = personal::digits(text).collect();
        digits[digits.len().saturating_sub(8)..].to_vec()
    };
    let contact = contact.trim();
    if contact.contains('@') {
        return contact.eq_ignore_ascii_case(said);
    }
    let (own, other) = (number(contact), number(said));
    own.len() >= 5 && own == other
}

pub(super) fn payment(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let ibans = personal::ibans(reading.text)
            .into_iter()
            .map(|range| (range, "a bank account (IBAN)"));
        let cards = personal::cards(reading.text)
            .into_iter()
            .map(|range| (range, "a card number"));
        let finding = |(range, what): (Range<usize>, &str)| {
            // The number is not repeated: findings are kept and shown.
            let message = format!("take out what is {what}: it must not be public");
            part(at, Span::of(reading.text, range), message)
        };
        ibans.chain(cards).map(finding).collect()
    })
}
