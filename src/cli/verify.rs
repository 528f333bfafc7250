//! `clara verify`: checks a data directory that nobody has open.

use super::offline::{to_its_end, told};
use super::{Exit, VerifyArgs, say};
use crate::books::{Place, verify};

pub(super) fn run(args: &VerifyArgs) -> Exit {
    let checked = Place::find(&args.dir)
        .and_then(|place| to_its_end(verify::verify(&place)).map(|report| (place, report)));
    let (place, report) = match checked {
        Ok(checked) => checked,
        Err(trouble) => return told(Err(trouble)),
    };
    match args.json {
        true => say(&serde_json::to_string_pretty(&report).expect("its keys are strings")),
        false => say(&report.text(&place)),
    }
    match report.is_sound {
        true => Exit::Fine,
        false => Exit::Failed,
    }
}
