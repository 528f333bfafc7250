//! What a person reads when `/client add` was given something that cannot be a setting.

use clara_domain::slots::SlotError;
use clara_domain::zone::ZoneError;

use super::three;
use crate::discord::escape::line;

/// A setting that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadSetting {
    Id(String),
    Name(usize),
    Handle(String),
    Zone(ZoneError),
    Slots(SlotError),
    Approvals(i64),
    Persona(usize),
}

/// The longest name of a client, in characters.
pub(crate) const MAX_NAME: usize = 80;
/// The longest persona, in characters.
pub(crate) const MAX_PERSONA: usize = 4000;

/// One text for each.
pub(crate) fn bad_setting(bad: &BadSetting) -> String {
    let (happened, next) = match bad {
        BadSetting::Id(given) => (
            format!("“{}” cannot be a client's id.", line(given, 60)),
            "Use 1 to 32 of a-z, 0-9 and `-`, such as `harbour`.".to_owned(),
        ),
        BadSetting::Name(length) => (
            format!("The name has {length} characters."),
            format!("Use 1 to {MAX_NAME}."),
        ),
        BadSetting::Handle(given) => (
            format!("“{}” cannot be an X handle.", line(given, 60)),
            "Use 1 to 15 letters, digits or `_`, without the `@`.".to_owned(),
        ),
        BadSetting::Zone(error) => (
            format!("“{}” is not a time zone.", line(&error.name, 64)),
            match &error.nearest {
                Some(zone) => format!("Did you mean `{zone}`?"),
                None => "Use an IANA name such as `Europe/Oslo`.".to_owned(),
            },
        ),
        BadSetting::Slots(error) => slots(error),
        BadSetting::Approvals(given) => (
            format!("{given} is not a number of approvals that Clara takes."),
            "Use 1 to 5.".to_owned(),
        ),
        BadSetting::Persona(length) => (
            format!("The persona has {length} characters."),
            format!("Use at most {MAX_PERSONA}."),
        ),
    };
    three(&happened, "The client was not added.", &next)
}

fn slots(error: &SlotError) -> (String, String) {
    match error {
        SlotError::OffTheClock { slot } => (
            format!(
                "“{}” is not a slot: hours go 00 to 23 and minutes 00 to 59.",
                line(slot, 80)
            ),
            "Write it as `mon 09:00`.".to_owned(),
        ),
        SlotError::Unreadable { slot, word } => (
            format!(
                "“{}” is not a slot: “{}” is neither a day nor a time.",
                line(slot, 80),
                line(word, 40)
            ),
            "Write `mon 09:00`, `weekdays 12:30` or `daily 09:00`.".to_owned(),
        ),
        SlotError::NoTime { slot } => (
            format!("“{}” has no time.", line(slot, 80)),
            "Write it as `mon 09:00`.".to_owned(),
        ),
        SlotError::NoDay { slot } => (
            format!("“{}” has no day.", line(slot, 80)),
            "Write `mon 09:00`, or `daily 09:00` for every day.".to_owned(),
        ),
        SlotError::Several { slot } => (
            format!("“{}” names more than one slot.", line(slot, 80)),
            "Write one, such as `mon 09:00`.".to_owned(),
        ),
    }
}
