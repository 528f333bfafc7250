#![allow(clippy::unwrap_used)]
use clara_domain::ids::{ClientId, RevisionNo, TweetId};
use clara_domain::voice::{EmojiHabit, HashtagHabit, Language, Voice};

use super::*;
use crate::ports::model::{ChatAnswer, Finish, Usage};
use clara_domain::content::Content;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn voice() -> Voice {
    Voice {
        persona: "Warm, dry humour.".into(),
        dos: texts(&["Name the roast."]),
        donts: texts(&["Shout.", "Talk about other roasteries."]),
        examples: texts(&["Open early. So are we.", "Rain. Good."]),
        topics: texts(&["coffee", "the harbour"]),
        languages: vec![Language::new("en").unwrap(), Language::new("nb").unwrap()],
        hashtags: HashtagHabit {
            max: Some(1),
            preferred: texts(&["#harbourcoffee"]),
        },
        emoji: Some(EmojiHabit::Sparing),
        links: texts(&["harbour.example"]),
        forbidden_claims: texts(&["that coffee is healthy"]),
    }
}

fn request() -> GenerationRequest {
    GenerationRequest {
        client: ClientId::new("harbour").unwrap(),
        tweet: TweetId(uuid::Uuid::nil()),
        round: 0,
        client_name: "Harbour Coffee".into(),
        voice: voice(),
        prompt: None,
        brief: "new oat roast on Friday".into(),
        segments: 2,
        candidates: 3,
        blocked_words: vec!["cheap".into()],
        min_words: 4,
        said: texts(&["Rain again. Cinnamon again.", "Closed on Monday."]),
        lessons: Vec::new(),
        feedback: vec!["less shouting".into()],
        previous: Some(vec!["OAT ROAST!".into()]),
    }
}

fn bare() -> GenerationRequest {
    GenerationRequest {
        voice: Voice::default(),
        blocked_words: Vec::new(),
        min_words: 0,
        said: Vec::new(),
        feedback: Vec::new(),
        previous: None,
        segments: 1,
        ..request()
    }
}

fn material() -> Material {
    let passage = |title: &str, text: &str| Passage {
        title: title.to_owned(),
        text: text.to_owned(),
    };
    Material {
        passages: vec![
            passage("Opening hours", "Monday to Friday, 7 to 5."),
            passage("Roasts", "The oat roast is from Bergen."),
        ],
        lessons: texts(&["Too salesy: no offers."]),
    }
}

fn sources(version: &str, system: &str, user: &str) -> Sources {
    Sources {
        version: version.to_owned(),
        system: system.to_owned(),
        user: user.to_owned(),
        ..Sources::built_in()
    }
}

fn prompts(given: Sources) -> Result<Prompts, PromptError> {
    Prompts::new([given], BUILT_IN, Variants::default())
}

fn shown(chat: &ChatRequest) -> String {
    format!("{}\n---\n{}", chat.system, chat.user)
}

fn answer(content: &str) -> ChatAnswer {
    ChatAnswer {
        model: "m".into(),
        content: content.into(),
        finish: Finish::Complete,
        usage: Usage::default(),
    }
}

#[test]
fn the_prompt_reads_well() {
    let question = Prompts::default().question(&request(), material()).unwrap();
    insta::assert_snapshot!(shown(&question.at(Squeeze::WHOLE).unwrap()));
}

#[test]
fn a_client_that_says_nothing_of_itself_gets_a_short_prompt() {
    insta::assert_snapshot!(shown(&Prompts::default().render(&bare()).unwrap()));
}

#[test]
fn a_squeezed_prompt_keeps_the_brief_the_rules_and_the_feedback() {
    let question = Prompts::default().question(&request(), material()).unwrap();
    let mut lengths = Vec::new();
    let mut squeeze = Some(Squeeze::WHOLE);
    while let Some(now) = squeeze {
        let text = shown(&question.at(now).unwrap());
        for kept in [
            "oat roast on Friday",
            "less shouting",
            "cheap",
            "Warm, dry",
            "healthy",
        ] {
            assert!(text.contains(kept), "{kept} is missing at {now:?}: {text}");
        }
        lengths.push(text.len());
        squeeze = now.harder();
    }
    assert!(lengths.is_sorted_by(|a, b| a >= b) && lengths.first() > lengths.last());
}

#[test]
fn the_schema_asks_for_exactly_what_is_wanted() {
    insta::assert_json_snapshot!(Prompts::default().render(&request()).unwrap().schema);
}

#[test]
fn a_template_that_cannot_be_used_is_refused_with_its_line() {
    let user = "{{ brief }}";
    for (system, user, line, words) in [
        ("a\n{% if client %}\nb", user, Some(3), "syntax error"),
        (
            "a\n\n{{ nonsense }}",
            user,
            Some(3),
            "no variable `nonsense`",
        ),
        (
            "x\n{{ voice.tone }}",
            user,
            Some(2),
            "no variable `voice.tone`; in `voice` expected one of do, dont",
        ),
        (
            "{% if segments > 90 %}\n{{ voice.hashtags.most }}{% endif %}",
            user,
            Some(2),
            "voice.hashtags.most",
        ),
        ("x", "{{ brief }}\n{{ brief | shout }}", Some(2), "shout"),
        (
            "{% for p in passages %}\n{{ p.body }}{% endfor %}",
            user,
            Some(2),
            "undefined",
        ),
        ("a", "b", None, "neither template says {{ brief }}"),
        ("{% include \"other.j2\" %}", user, Some(1), "other.j2"),
    ] {
        let error = prompts(sources("v2", system, user)).unwrap_err();
        assert_eq!(
            (error.version.as_str(), error.line),
            ("v2", line),
            "{error}"
        );
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_version_of_a_file_goes_before_the_built_in_one() {
    let own = prompts(sources(BUILT_IN, "Mine.", "{{ brief }}")).unwrap();
    assert_eq!(own.render(&request()).unwrap().system, "Mine.");
    assert_eq!(own.versions().collect::<Vec<_>>(), [BUILT_IN]);
}

#[test]
fn a_version_that_is_not_there_is_refused_wherever_it_is_named() {
    let error = Prompts::new([], "v7", Variants::default()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("no version `v7`; expected one of v1"),
        "{error}"
    );
    let variants = Variants::new([("v1".to_owned(), 1), ("v8".to_owned(), 0)]);
    assert!(Prompts::new([], "v1", variants).is_err());
    let wants = GenerationRequest {
        prompt: Some("v9".to_owned()),
        ..request()
    };
    assert!(Prompts::default().render(&wants).is_err());
}

#[test]
fn a_clients_own_version_goes_before_the_draw_and_the_draw_before_the_usual() {
    let variants = Variants::new([("v2".to_owned(), 1)]);
    let given = || {
        [
            sources("v2", "two", "{{ brief }}"),
            sources("v3", "three", "{{ brief }}"),
        ]
    };
    let prompts = Prompts::new(given(), "v1", variants).unwrap();
    assert_eq!(prompts.version_for(&request()), "v2");
    let own = GenerationRequest {
        prompt: Some("v3".to_owned()),
        ..request()
    };
    assert_eq!(prompts.version_for(&own), "v3");
    let usual = Prompts::new(given(), "v1", Variants::default()).unwrap();
    assert_eq!(usual.version_for(&request()), "v1");
}

#[test]
fn a_stamp_tells_any_two_questions_and_any_two_templates_apart() {
    let stamp = |prompts: &Prompts, request: &GenerationRequest| {
        let question = prompts.question(request, Material::default()).unwrap();
        question.stamp(&question.at(Squeeze::WHOLE).unwrap(), "gpt-x-2026")
    };
    let first = stamp(&Prompts::default(), &request());
    assert_eq!(first, stamp(&Prompts::default(), &request()));
    assert_eq!(
        (first.version.as_str(), first.model.as_str()),
        ("v1", "gpt-x-2026")
    );
    assert_eq!((first.hash.len(), first.templates.len()), (64, 16));
    let other = stamp(&Prompts::default(), &bare());
    assert_ne!(first.hash, other.hash);
    assert_eq!(first.templates, other.templates);
    let changed = prompts(sources(BUILT_IN, "Mine.", "{{ brief }}")).unwrap();
    assert_ne!(stamp(&changed, &request()).templates, first.templates);
}

#[test]
fn an_estimate_lies_below_its_bound_and_both_grow_with_the_question() {
    let short = estimate(&Prompts::default().render(&bare()).unwrap());
    let long = estimate(&Prompts::default().render(&request()).unwrap());
    assert!(short.likely < short.most && short.likely < long.likely && short.most < long.most);
    let japanese = GenerationRequest {
        brief: "新茶".repeat(500),
        ..bare()
    };
    let bytes = 500 * "新茶".len() as u64;
    assert!(
        estimate(&Prompts::default().render(&japanese).unwrap()).most >= short.most + bytes - 30
    );
}

#[test]
fn json_in_a_fence_or_a_sentence_is_read() {
    let json = r#"{"candidates":[{"segments":["a","b"]}]}"#;
    for text in [
        json.to_owned(),
        format!("```json\n{json}\n```"),
        format!("Here you are: {json}"),
    ] {
        assert_eq!(read(&answer(&text)).unwrap(), [Content::texts(["a", "b"])]);
    }
}

#[test]
fn what_is_wrong_with_an_answer_is_said_in_words() {
    let mut cut = answer("{\"cand");
    assert!(read(&cut).unwrap_err().contains("not the JSON"));
    cut.finish = Finish::CutOff;
    assert!(read(&cut).unwrap_err().contains("cut off"));
    cut.finish = Finish::Declined {
        reason: "no".into(),
    };
    assert!(read(&cut).unwrap_err().contains("declined"));
}

fn to_judge() -> CheckRequest {
    CheckRequest {
        tweet: TweetId(uuid::Uuid::nil()),
        revision: RevisionNo(1),
        client_name: "Harbour Coffee".into(),
        voice: voice(),
        prompt: None,
        texts: texts(&["The oat roast is in.", "Friday, from 7."]),
        moderation: false,
        brand_voice: true,
    }
}

#[test]
fn the_judge_is_told_the_voice_and_beside_it_the_text() {
    let asked = Prompts::default().judge(&to_judge()).unwrap();
    insta::assert_snapshot!(shown(&asked));
    assert!(!asked.system.contains("oat roast"));
}

#[test]
fn a_version_may_judge_in_its_own_way_and_by_what_there_is_only() {
    let own = |judge: &str| Sources {
        version: "v2".into(),
        judge: judge.to_owned(),
        ..Sources::built_in()
    };
    let both = prompts(own("Is this {{ client }}?")).unwrap();
    let wanted = CheckRequest {
        prompt: Some("v2".into()),
        ..to_judge()
    };
    let asked = both.judge(&wanted).unwrap();
    assert_eq!(asked.system, "Is this Harbour Coffee?");
    let usual = both.judge(&to_judge()).unwrap();
    assert!(usual.system.contains("You check tweets"));
    let error = prompts(own("Fits it\n{{ brief }}?")).unwrap_err();
    assert_eq!((error.template.as_str(), error.line), ("judge.j2", Some(2)));
    let expected = "expected one of client, voice";
    assert!(error.reason.contains(expected), "{error}");
}
