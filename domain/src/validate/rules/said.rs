//! Rules on repetition: what this client said before, and what other clients say.

use super::{Found, Subject, whole};
use crate::similar;
use crate::validate::earlier::{Said, Whose};
use crate::validate::reading::Reading;

/// From this likeness on (the share of what two texts have in common) they are nearly the same.
const NEARLY: f64 = similar::NEARLY;

pub(super) fn duplicate(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let key = reading.key();
        let before = subject.readings.iter().take(at);
        let above = before
            .enumerate()
            .find(|(_, other)| !other.blank && other.key() == key);
        let said = match above {
            Some((other, _)) => Some(format!("part {} of this thread", other + 1)),
            None => same(subject, reading, Whose::Own).map(str::to_owned),
        };
        said.map(|said| {
            whole(
                at,
                format!("this says the same as {said}: say something new"),
            )
        })
        .into_iter()
        .collect()
    })
}

pub(super) fn near_duplicate(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        if same(subject, reading, Whose::Own).is_some() {
            return Vec::new();
        }
        let near = nearest(subject, reading, Whose::Own);
        near.map(|said| {
            let message = format!(
                "this says nearly the same as {} ({} % alike): say something else, or say it in another way",
                said.what,
                percent(said.likeness)
            );
            whole(at, message)
        })
        .into_iter()
        .collect()
    })
}

pub(super) fn other_client(subject: &Subject) -> Vec<Found> {
    subject.each(|at, reading| {
        let message = match same(subject, reading, Whose::Others) {
            Some(said) => format!(
                "this says the same as {said}: X does not allow the same text on several accounts, so write it anew"
            ),
            None => match nearest(subject, reading, Whose::Others) {
                Some(said) => format!(
                    "this is {} % like {}: X does not allow similar texts on several accounts, so write it anew",
                    percent(said.likeness),
                    said.what
                ),
                None => return Vec::new(),
            },
        };
        vec![whole(at, message)]
    })
}

fn same<'a>(subject: &Subject, reading: &'a Reading, whose: Whose) -> Option<&'a str> {
    let mut same = reading.same(subject.earlier).iter();
    same.find(|said| said.whose == whose)
        .map(|said| said.what.as_str())
}

fn nearest<'a>(subject: &Subject, reading: &'a Reading, whose: Whose) -> Option<&'a Said> {
    let near = reading.near(subject.earlier).iter();
    let near = near.filter(|said| said.whose == whose && said.likeness >= NEARLY);
    near.max_by(|one, other| one.likeness.total_cmp(&other.likeness))
}

fn percent(likeness: f64) -> u32 {
    (likeness.clamp(0.0, 1.0) * 100.0).round() as u32
}
