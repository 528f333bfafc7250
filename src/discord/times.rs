//! Times and lengths of time as people read them: in the reader's own zone by Discord, and in the client's.

use std::time::Duration;

use clara_domain::Client;
use clara_domain::zone::TimeZoneName;
use jiff::Timestamp;

/// The client's zone; UTC where the client is not set up.
pub(crate) fn zone_of(client: &Client) -> TimeZoneName {
    let settings = client.settings.as_ref();
    settings.map_or_else(TimeZoneName::utc, |settings| settings.time_zone.clone())
}

/// `<t:…:F> (Mon 3 Aug 2026 09:00, Europe/Oslo)`.
pub(crate) fn moment(at: Timestamp, zone: &TimeZoneName) -> String {
    format!("{} ({})", readers(at), local(at, zone))
}

/// Discord shows it in the reader's own zone and language.
pub(crate) fn readers(at: Timestamp) -> String {
    format!("<t:{}:F>", at.as_second())
}

/// `Mon 3 Aug 2026 09:00, Europe/Oslo`.
pub(crate) fn local(at: Timestamp, zone: &TimeZoneName) -> String {
    let there = at.to_zoned(zone.zone());
    format!("{}, {zone}", there.strftime("%a %-d %b %Y %H:%M"))
}

/// `2h 30m`: the two largest units, which is as exact as people want it.
pub(crate) fn span(duration: Duration) -> String {
    let text = humantime::format_duration(Duration::from_secs(duration.as_secs())).to_string();
    let units: Vec<&str> = text.split(' ').take(2).collect();
    units.join(" ")
}
