#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn refusal(name: &str) -> String {
    TimeZoneName::new(name).unwrap_err().to_string()
}

#[test]
fn a_known_name_has_its_rules_in_hand() {
    let oslo = TimeZoneName::new("Europe/Oslo").unwrap();
    let noon = "2026-07-01T12:00:00Z".parse::<jiff::Timestamp>().unwrap();
    assert_eq!(oslo.zone().to_datetime(noon).hour(), 14);
    assert_eq!(oslo.to_string(), "Europe/Oslo");
}

#[test]
fn case_and_blanks_around_do_not_matter() {
    let typed = TimeZoneName::new(" europe/oslo ").unwrap();
    assert_eq!(typed, TimeZoneName::new("Europe/Oslo").unwrap());
    assert_eq!(typed.as_str(), "Europe/Oslo");
    assert_eq!(TimeZoneName::new("utc").unwrap(), TimeZoneName::utc());
}

#[test]
fn an_unknown_name_is_refused_and_the_nearest_named() {
    let refusals = [
        "Mars/Base",
        "",
        "Europe/Olso",
        "Oslo",
        "new york",
        "America/NewYork",
        "Etc/Unknown",
        "+02:00",
        "CEST",
    ]
    .map(refusal)
    .join("\n");
    insta::assert_snapshot!(refusals);
}

#[test]
fn the_refusal_teaches_the_form_of_a_name() {
    assert_eq!(
        refusal("Mars/Base"),
        "`Mars/Base` is not a time zone; use an IANA name such as `Europe/Oslo`"
    );
}

#[test]
fn a_zone_is_written_and_read_as_its_name() {
    let tokyo = TimeZoneName::new("Asia/Tokyo").unwrap();
    let json = serde_json::to_string(&tokyo).unwrap();
    assert_eq!(json, r#""Asia/Tokyo""#);
    assert_eq!(serde_json::from_str::<TimeZoneName>(&json).unwrap(), tokyo);
    let error = serde_json::from_str::<TimeZoneName>(r#""Mars/Base""#).unwrap_err();
    assert!(error.to_string().contains("is not a time zone"));
}

#[test]
fn every_known_name_reads_back_as_itself() {
    let mut seen = 0;
    for name in known_names() {
        let Ok(zone) = TimeZoneName::new(&name) else {
            assert_eq!(name, "Etc/Unknown");
            continue;
        };
        assert_eq!(zone.to_string().parse::<TimeZoneName>().unwrap(), zone);
        seen += 1;
    }
    assert!(seen > 400, "only {seen} zones are known");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".*") {
        let _ = TimeZoneName::new(&text);
    }
}
