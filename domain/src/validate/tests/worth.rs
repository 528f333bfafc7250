//! Texts that are worth nothing: too short to stand on their own, or no more than their brief.

use super::*;

fn short(rules: &TextRules, texts: &[&str]) -> Option<Finding> {
    let report = report_with(rules, texts);
    let mut found = report.findings.into_iter();
    found.find(|finding| finding.rule == Rule::TooShort)
}

fn message(text: &str) -> Option<String> {
    short(&TextRules::default(), &[text]).map(|finding| finding.message)
}

#[test]
fn a_text_of_fewer_words_than_are_wanted_is_an_error_that_says_how_many_it_has() {
    for (text, has) in [
        ("Hint", "1 word"),
        ("Winter-roast", "1 word"),
        ("Hello!", "1 word"),
        ("We are open!", "3 words"),
        ("Read more: https://harbour.example/menu", "2 words"),
        ("Buns! #oslo #bun #coffee #morning", "1 word"),
        ("¡Buenos días! ☕", "2 words"),
        ("Доброе утро, Москва!", "3 words"),
        ("新茶", "about 1 word"),
        ("おはようございます。", "about 3 words"),
        ("สวัสดี", "about 1 word"),
    ] {
        let told = format!("{has}: say something that stands on its own; at least 4");
        assert_eq!(message(text), Some(told), "{text}");
    }
    assert!(!report_with(&TextRules::default(), &["Hint"]).passed());
}

#[test]
fn a_sentence_is_long_enough_in_any_script() {
    for text in [
        "We are open again!",
        "Book at https://harbour.example/table now.",
        "Come to #oslo with @fjordbikes",
        "Wir haben wieder offen.",
        "Fresh—hot—now—here",
        "新しい豆が届きました。",
        "我们今天开门营业了",
        "วันนี้เราเปิดร้านแล้ว",
        "오늘 우리는 문을 엽니다",
    ] {
        assert_eq!(message(text), None, "{text}");
    }
}

#[test]
fn how_many_words_are_wanted_is_the_clients_word() {
    let wants = |min_words| TextRules {
        min_words,
        ..TextRules::default()
    };
    assert!(short(&wants(0), &["Hint"]).is_none());
    assert!(short(&wants(1), &["Hint"]).is_none());
    assert!(short(&wants(6), &["One two three four five"]).is_some());
}

#[test]
fn parts_of_a_thread_are_judged_together_and_the_shortest_is_pointed_at() {
    let rules = TextRules::default();
    let fine = [
        "A thread 🧵",
        "We roast slowly, and by ear, every morning.",
        "The end.",
    ];
    assert!(short(&rules, &fine).is_none());
    let found = short(&rules, &["We are open", "Hello!", "Come in now"]).unwrap();
    assert_eq!(found.segment, 1);
    assert_eq!(
        found.message,
        "7 words in 3 parts: say more, or say it in fewer parts; at least 4 for each part"
    );
}

#[test]
fn what_has_no_words_or_a_picture_is_not_too_short_as_well() {
    for text in ["", "7", "🎉", "#oslo"] {
        assert_eq!(message(text), None, "{text}");
    }
    let mut content = Content::texts(["New in!"]);
    content.segments[0].media.push(Media {
        key: "m1".into(),
        kind: MediaKind::Photo,
        alt_text: None,
    });
    let report = validate(&content, 1, &TextRules::default(), &[], &nothing_earlier);
    assert_eq!(report.findings, []);
}

#[test]
fn a_person_is_warned_where_a_model_is_refused_unless_the_client_says_otherwise() {
    let usual = Severities::default();
    assert_eq!(usual.of(Rule::TooShort), Level::Error);
    assert_eq!(usual.of_people(Rule::TooShort), Level::Warning);
    assert_eq!(usual.of_people(Rule::NoWords), Level::Error);
    let strict = usual.with(Rule::TooShort, Level::Error).unwrap();
    assert_eq!(strict.of_people(Rule::TooShort), Level::Error);
    let off = strict.with(Rule::TooShort, Level::Off).unwrap();
    assert_eq!(off.of_people(Rule::TooShort), Level::Off);
}

fn repeats(brief: &str, texts: &[&str]) -> bool {
    let found = echoes(&Content::texts(texts), &TextRules::default(), brief);
    assert!(found.iter().all(|one| one.rule == Rule::Echo));
    !found.is_empty()
}

#[test]
fn a_text_that_only_repeats_its_brief_is_an_echo_whatever_its_marks() {
    let brief = "Announce the winter roast. It is back on 24 December, 250 g for 129 kr. See harbour.example/roast";
    for text in [
        brief,
        "ANNOUNCE the winter roast!",
        "Announce the winter roast ☕ #coffee",
        "It is back on 24 December, 250 g for 129 kr.",
        "24-December",
        "Winter roast https://harbour.example/roast",
    ] {
        assert!(repeats(brief, &[text]), "{text}");
    }
    for text in [
        "The winter roast is back on 24 December.",
        "Hint",
        "Announce the winter roasts",
        "",
        "☕",
    ] {
        assert!(!repeats(brief, &[text]), "{text}");
    }
    assert!(repeats(
        "新しい豆が届いたことを知らせる",
        &["新しい豆が届いた"]
    ));
    assert!(!repeats(
        "新しい豆が届いたことを知らせる",
        &["豆が新しく届きました"]
    ));
}

#[test]
fn a_thread_is_an_echo_when_every_part_is() {
    let brief = "Tell how we roast: slowly and by ear.";
    assert!(repeats(brief, &["Tell how we roast", "Slowly and by ear!"]));
    assert!(!repeats(brief, &["Tell how we roast", "We take our time."]));
}

#[test]
fn a_text_that_the_brief_gives_is_as_it_should_be() {
    for brief in [
        "Post “We are open again, come in!” at nine",
        "Post exactly: We are open again, come in!",
        "Please tweet \"We are open again, come in!\"",
        "Bitte wörtlich: We are open again, come in!",
        "On tweete « We are open again, come in! »",
        "「We are open again, come in!」とツイート",
    ] {
        assert!(!repeats(brief, &["We are open again, come in!"]), "{brief}");
    }
    assert!(repeats(
        "Post: We are open again, come in!",
        &["We are open again, come in!"]
    ));
}
