//! What a client's file may say of the rules.

use super::*;

fn read(json: &str) -> Result<TextRules, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn a_rule_is_worth_what_the_client_says_and_off_finds_nothing() {
    let level = |level: &str| {
        let json = format!(r#"{{"severity":{{"markdown":"{level}"}}}}"#);
        let report = report_with(&read(&json).unwrap(), &["The **oat roast** is here."]);
        report
            .findings
            .iter()
            .map(|finding| finding.severity)
            .collect::<Vec<_>>()
    };
    assert_eq!(level("error"), [Severity::Error]);
    assert_eq!(level("warning"), [Severity::Warning]);
    assert_eq!(level("off"), []);
}

#[test]
fn what_x_itself_refuses_cannot_be_switched_off() {
    for rule in Rule::ALL.into_iter().filter(|rule| rule.is_fixed()) {
        let json = |level: &str| format!(r#"{{"severity":{{"{rule}":"{level}"}}}}"#);
        assert!(read(&json("error")).is_ok());
        for level in ["warning", "off"] {
            let error = read(&json(level)).unwrap_err();
            assert!(error.contains("always an error"), "{error}");
        }
    }
    assert!(
        read(r#"{"severity":{"profanty":"off"}}"#)
            .unwrap_err()
            .contains("did you mean `profanity`")
    );
}

#[test]
fn settings_read_back_and_compiled_patterns_do_not_make_them_other() {
    let rules = read(r##"{"forbidden_claims":["\\bcures\\b"],"disclosures":[{"any_of":["#ad"],"when":"sponsor"}],"severity":{"links":"off"}}"##).unwrap();
    let copy = rules.clone();
    assert_eq!(rules.problems(), []);
    assert_eq!(rules, copy);
    let json = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<TextRules>(&json).unwrap(), rules);
}

#[test]
fn a_pattern_that_cannot_be_used_is_told_and_never_lets_a_text_through() {
    let long = "a".repeat(501);
    for bad in ["(", "", "a*", "(a{1000}){1000}", r"(a)\1", &long] {
        let rules = TextRules {
            forbidden_claims: vec![bad.into()],
            ..terse()
        };
        assert_eq!(rules.problems().len(), 1, "{bad}");
        assert_eq!(rules.problems()[0].0, "forbidden_claims[0]");
        assert!(!report_with(&rules, &["Good morning"]).passed(), "{bad}");
    }
}

#[test]
fn a_finding_of_an_older_record_has_no_place() {
    let old = r#"{"rule":"length","severity":"error","segment":0,"message":"too long"}"#;
    let finding: Finding = serde_json::from_str(old).unwrap();
    assert_eq!(finding.span, None);
    assert_eq!(serde_json::to_string(&finding).unwrap(), old);
    let placed = Finding {
        span: Some(Span { start: 2, end: 5 }),
        ..finding
    };
    assert!(
        serde_json::to_string(&placed)
            .unwrap()
            .ends_with(r#""span":[2,5]}"#)
    );
}
