//! What a writer is told.

use super::*;

fn told(report: &ValidationReport) -> String {
    let lines = report.findings.iter().map(|finding| {
        let Finding {
            rule,
            severity,
            segment,
            message,
            span,
        } = finding;
        let span = span.map_or(String::new(), |span| {
            format!(" {}-{}", span.start, span.end)
        });
        format!("{severity:?} {rule} [{segment}{span}] {message}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_finding_says_what_to_change() {
    let rules = blocking(&["cheap", "best ever"]);
    let texts = [
        format!("{} https://example.com/", "x".repeat(300)),
        "Cheap and BEST EVER".to_owned(),
        " \u{200B}".to_owned(),
        "🎉".to_owned(),
        "a\u{202E}b and a\u{0}b".to_owned(),
        "cheap and best ever".to_owned(),
        "Hello again".to_owned(),
        "の".repeat(141),
    ];
    let earlier = |key: &TextKey| {
        (*key == text_key("hello again")).then(|| "the tweet posted on 2026-05-01".to_owned())
    };
    let content = Content::texts(&texts);
    insta::assert_snapshot!(told(&validate(&content, 8, &rules, &[], &earlier)));
}

#[test]
fn a_wrong_number_of_parts_is_told() {
    let count = |has: usize, asked: usize| {
        let texts: Vec<String> = (0..has).map(|part| format!("part {part}")).collect();
        told(&validate(
            &Content::texts(texts),
            asked,
            &terse(),
            &[],
            &nothing_earlier,
        ))
    };
    assert_eq!(count(2, 2), "");
    let told = [count(1, 3), count(3, 1), count(2, 4), count(0, 1)].join("\n");
    insta::assert_snapshot!(told);
}

#[test]
fn a_report_reads_back_from_what_is_written() {
    let report = report_with(&blocking(&["cheap"]), &["cheap", "🎉", ""]);
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(
        serde_json::from_str::<ValidationReport>(&json).unwrap(),
        report
    );
    insta::assert_json_snapshot!(report);
}
