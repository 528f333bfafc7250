//! Scenarios of what happens to a text between its writing and a person's decision: repairs, the choice between
//! candidates, services that are asked about it, and what is learned when it is turned down.

use std::time::Duration;

use clara_domain::client::NoticeKind;
use clara_domain::command::{SlotChoice, Verdict};
use clara_domain::content::Content;
use clara_domain::effect::generation;
use clara_domain::ids::LessonNo;
use clara_domain::metering::{Item, Spent, Tokens};
use clara_domain::person::By;
use clara_domain::prompt_stamp::{Origin, PromptStamp};
use clara_domain::settings::{ClientSettings, WhenDown};
use clara_domain::tweet::{Measured, ReasonCode};
use clara_domain::validate::{Level, Repair, Rule, Severity, TextRules};
use clara_domain::{Command, Effect, Rejection};

use crate::world::{
    World, ana, approve, away, bad, checked, cho, choose, dee, edit, first, flagged, good,
    overrule, reject, settings, tweet_id,
};

fn planned(change: impl FnOnce(&mut ClientSettings)) -> World {
    let mut settings = settings();
    change(&mut settings);
    let mut world = World::with(settings);
    world.plan(SlotChoice::NextFree);
    world
}

fn moderated(when_down: WhenDown) -> World {
    let mut world = planned(|_| ());
    world.around.moderation = Some(when_down);
    world
}

fn text(world: &World) -> &str {
    &world.tweet().current().unwrap().content.segments[0].text
}

#[test]
fn what_a_model_writes_is_repaired_and_the_card_can_say_how() {
    let mut world = planned(|_| ());
    world.drafted(vec![Content::texts(["Tweet: \"good  morning\""])]);
    assert_eq!(text(&world), "good morning");
    let repairs = &world.tweet().current().unwrap().repairs;
    assert_eq!(
        *repairs,
        [
            Repair::DoubledSpace,
            Repair::ModelPrefix,
            Repair::SurroundingQuotes
        ]
    );
}

#[test]
fn what_a_person_writes_keeps_its_form() {
    let mut world = planned(|_| ());
    let command = edit(world.tweet(), Content::texts(["\"good  morning\""]));
    world.done(&cho(), command);
    assert_eq!(text(&world), "\"good  morning\"");
}

#[test]
fn of_several_candidates_the_one_with_the_fewest_faults_comes_first() {
    let mut world = planned(|_| ());
    // Nothing is wrong with the last one; the third one is only in quotation marks that do not end.
    let drafts = ["cheap, cheap", "good morning, “harbour", "good morning"];
    world.drafted(vec![
        Content::texts([drafts[0]]),
        Content::texts([drafts[1]]),
        Content::texts([drafts[2]]),
        Content::texts([drafts[2]]),
    ]);
    let current = world.tweet().current().unwrap();
    let all: Vec<&str> = current
        .candidates()
        .iter()
        .map(|content| content.segments[0].text.as_str())
        .collect();
    assert_eq!(all, [drafts[2], drafts[1], drafts[0]]);
}

/// A world with the usual rules, and the brief "say good morning".
fn strict() -> World {
    planned(|settings| settings.rules = TextRules::default())
}

fn warned(world: &World) -> Vec<(Rule, Severity)> {
    let report = world.tweet().current().unwrap().report.iter();
    let findings = report.flat_map(|report| &report.findings);
    findings
        .map(|finding| (finding.rule, finding.severity))
        .collect()
}

#[test]
fn of_drafts_that_do_not_pass_one_that_says_something_comes_before_one_that_does_not() {
    let fixable = "Cheap, cheap: the first tray, guaranteed, is out of the oven.";
    let mut world = planned(|settings| {
        settings.rules = TextRules {
            blocked_words: ["cheap", "guaranteed"].into_iter().collect(),
            ..TextRules::default()
        };
    });
    // One finding against it, and nothing that could be kept.
    world.drafted(vec![Content::texts(["#hint"]), Content::texts([fixable])]);
    let errors = warned(&world).len();
    assert!(errors >= 2, "{errors}");
    assert_eq!((text(&world), world.state()), (fixable, "planned"));
}

#[test]
fn a_short_draft_comes_after_a_longer_one_and_does_not_pass_alone() {
    let longer = "The first tray is out of the oven.";
    let mut world = strict();
    world.drafted(vec![
        Content::texts(["Hint"]),
        Content::texts(["say good morning"]),
        Content::texts([longer]),
    ]);
    assert_eq!((text(&world), world.state()), (longer, "validated"));

    let mut world = strict();
    let events = world.drafted(vec![Content::texts(["Hint"])]);
    assert_eq!(
        events,
        ["revision_written", "validation_failed", "sent_back"]
    );
    let request = generation(&world.client, first()).unwrap();
    assert_eq!(
        request.feedback,
        ["1 word: say something that stands on its own; at least 4"]
    );
}

#[test]
fn what_a_person_types_may_be_short_or_the_brief_itself() {
    let mut world = strict();
    world.drafted(vec![Content::texts(["The first tray is out of the oven."])]);
    for short in ["We are open!", "say good morning"] {
        let command = edit(world.tweet(), Content::texts([short]));
        world.done(&cho(), command);
        assert_eq!(world.state(), "validated");
        assert_eq!(warned(&world), [(Rule::TooShort, Severity::Warning)]);
    }
}

#[test]
fn a_client_may_hold_people_to_the_least_number_of_words_as_well() {
    let mut world = planned(|settings| {
        let usual = TextRules::default();
        let severity = usual.severity.clone().with(Rule::TooShort, Level::Error);
        settings.rules = TextRules {
            severity: severity.unwrap(),
            ..usual
        };
    });
    world.drafted(vec![Content::texts(["The first tray is out of the oven."])]);
    let command = edit(world.tweet(), Content::texts(["We are open!"]));
    world.done(&cho(), command);
    assert_eq!(warned(&world), [(Rule::TooShort, Severity::Error)]);
}

#[test]
fn a_draft_that_repeats_the_brief_passes_with_a_warning() {
    let mut world = planned(|settings| {
        settings.rules = TextRules {
            min_words: 0,
            ..TextRules::default()
        };
    });
    world.drafted(vec![Content::texts(["Say good morning!"])]);
    assert_eq!(world.state(), "validated");
    assert_eq!(warned(&world), [(Rule::Echo, Severity::Warning)]);
}

#[test]
fn paging_through_the_candidates_keeps_their_order_and_comes_back() {
    let mut world = planned(|_| ());
    let all = vec![good(1), Content::texts(["hello"]), bad()];
    world.drafted(all.clone());
    let candidates = |world: &World| -> Vec<Content> {
        let current = world.tweet().current().unwrap();
        current.candidates().into_iter().cloned().collect()
    };
    for (place, state) in [(1, "validated"), (2, "generated"), (0, "validated")] {
        let command = choose(world.tweet(), place);
        world.done(&cho(), command);
        assert_eq!(candidates(&world), all);
        assert_eq!(world.tweet().current().unwrap().place, place);
        assert_eq!(world.state(), state);
    }
    let command = choose(world.tweet(), 3);
    assert!(matches!(
        world.refused(&cho(), command),
        Rejection::Invalid {
            field: "candidate",
            ..
        }
    ));
}

#[test]
fn another_candidate_needs_its_own_approval() {
    let mut world = planned(|_| ());
    world.drafted(vec![good(1), Content::texts(["hello"])]);
    let before = approve(world.tweet());
    world.approved();
    let command = choose(world.tweet(), 1);
    world.done(&cho(), command);
    assert_eq!(world.tweet().approved, None);
    assert!(matches!(
        world.refused(&ana(), before),
        Rejection::Stale { .. }
    ));
}

#[test]
fn a_text_waits_for_the_moderation_service_and_then_for_people() {
    let mut world = moderated(WhenDown::Hold);
    assert_eq!(world.written(), ["revision_written", "checks_due"]);
    assert_eq!(world.state(), "generated");
    assert!(matches!(world.owed().as_slice(), [Effect::Check { .. }]));
    let early = approve(world.tweet());
    assert_eq!(world.refused(&ana(), early), Rejection::BeingChecked);
    let command = checked(world.tweet(), Verdict::Found(Vec::new()));
    assert_eq!(
        world.done(&By::Engine, command.clone()),
        ["validation_passed"]
    );
    assert_eq!(world.refused(&By::Engine, command), Rejection::NotAwaited);
    assert_eq!(world.approved(), ["approval_given", "approved"]);
}

#[test]
fn what_the_moderation_service_flags_goes_back_to_the_model_with_its_words() {
    let mut world = moderated(WhenDown::Hold);
    world.written();
    let command = checked(world.tweet(), flagged());
    assert_eq!(
        world.done(&By::Engine, command),
        ["validation_failed", "sent_back"]
    );
    let request = generation(&world.client, first()).unwrap();
    assert_eq!(request.feedback, ["take out the threat"]);
}

#[test]
fn what_a_person_wrote_and_the_service_flags_stays_with_people() {
    let mut world = moderated(WhenDown::Hold);
    let command = edit(world.tweet(), good(1));
    world.done(&cho(), command);
    let command = checked(world.tweet(), flagged());
    assert_eq!(world.done(&By::Engine, command), ["validation_failed"]);
    assert_eq!(world.state(), "generated");
    let command = overrule(world.tweet(), "a quote");
    assert_eq!(world.done(&dee(), command), ["validation_overridden"]);
}

#[test]
fn without_an_answer_a_text_is_held_and_people_hear_of_it_once() {
    let mut world = moderated(WhenDown::Hold);
    world.written();
    for expected in [5, 10, 20] {
        let command = checked(world.tweet(), away());
        assert_eq!(world.done(&By::Engine, command), ["checks_delayed"]);
        assert_eq!(world.owed(), []);
        let wait = Duration::try_from(world.wake().unwrap() - world.now).unwrap();
        assert_eq!(wait, Duration::from_secs(expected));
        world.pass(wait);
        assert!(matches!(world.owed().as_slice(), [Effect::Check { .. }]));
    }
    let kinds: Vec<_> = world.client.notices.iter().map(|n| &n.kind).collect();
    let reason = "503".to_owned();
    assert_eq!(kinds, [&NoticeKind::CheckTrouble { reason }]);
    // Somebody with the right to it does not have to wait.
    let command = overrule(world.tweet(), "read it myself");
    assert_eq!(world.done(&dee(), command), ["validation_overridden"]);
    assert_eq!(world.owed(), []);
    assert_eq!(world.approved(), ["approval_given", "approved"]);
}

#[test]
fn a_client_that_wants_it_so_goes_on_without_an_answer_and_is_warned() {
    let mut world = moderated(WhenDown::Warn);
    world.written();
    let command = checked(world.tweet(), away());
    assert_eq!(world.done(&By::Engine, command), ["validation_passed"]);
    let current = world.tweet().current().unwrap();
    let report = current.report.as_ref().unwrap();
    let warned: Vec<_> = report.warnings().map(|found| found.rule).collect();
    assert_eq!(warned, [Rule::Moderation]);
}

#[test]
fn where_the_rule_is_off_nobody_is_asked() {
    let off = r#"{ "moderation": "off" }"#;
    let mut world = planned(|settings| {
        settings.rules.severity = serde_json::from_str(off).unwrap();
    });
    world.around.moderation = Some(WhenDown::Hold);
    assert_eq!(world.written(), ["revision_written", "validation_passed"]);
}

#[test]
fn what_a_text_was_turned_down_for_is_heeded_until_somebody_says_otherwise() {
    let mut world = planned(|_| ());
    world.written();
    let turned_down = Command::Reject {
        tweet: first(),
        revision: world.tweet().revision(),
        code: Some(ReasonCode::Voice),
        reason: "too loud".into(),
    };
    assert_eq!(
        world.done(&ana(), turned_down),
        ["lesson_learned", "rejected"]
    );
    let next = crate::world::plan(vec![tweet_id(2)], 1, SlotChoice::NextFree);
    world.done(&cho(), next);
    let heeded = |world: &World| generation(&world.client, tweet_id(2)).unwrap().lessons;
    assert_eq!(
        heeded(&world),
        ["\"good morning\" was turned down because it does not sound like the client: too loud"]
    );
    let forget = Command::ForgetLesson {
        lesson: LessonNo(1),
    };
    assert!(matches!(
        world.refused(&ana(), forget.clone()),
        Rejection::NotAllowed { .. }
    ));
    world.done(&cho(), forget.clone());
    assert_eq!(heeded(&world), [""; 0]);
    assert_eq!(
        world.refused(&cho(), forget),
        Rejection::NoSuchLesson(LessonNo(1))
    );
}

#[test]
fn what_a_person_wrote_teaches_the_model_nothing() {
    let mut world = planned(|_| ());
    let command = edit(world.tweet(), good(1));
    world.done(&cho(), command);
    let command = reject(world.tweet(), "off brand");
    assert_eq!(world.done(&ana(), command), ["rejected"]);
}

#[test]
fn how_much_people_changed_of_what_a_prompt_brought_is_kept_with_the_tweet() {
    let mut world = planned(|_| ());
    let prompt = PromptStamp {
        version: "v2".into(),
        templates: "0".repeat(16),
        hash: "0".repeat(64),
        model: "small-1".into(),
        temperature: None,
        max_tokens: 100,
    };
    let origin = Origin {
        prompt: Some(prompt),
        ..Origin::default()
    };
    let Command::RecordDrafts {
        tweet,
        round,
        drafts: clara_domain::command::Drafts::Written { model, .. },
    } = crate::world::written(world.tweet(), Vec::new())
    else {
        panic!("another command");
    };
    let drafts = clara_domain::command::Drafts::Written {
        model,
        candidates: vec![Content::texts(["good evening"])],
        origin: Box::new(origin),
    };
    let command = Command::RecordDrafts {
        tweet,
        round,
        drafts,
    };
    world.done(&By::Engine, command);
    world.approved();
    let measured = |changed| Measured {
        version: "v2".into(),
        model: "small-1".into(),
        approved: true,
        changed,
    };
    assert_eq!(world.tweet().measured, Some(measured(0)));
    // 3 of 12 letters.
    let command = edit(world.tweet(), Content::texts(["good morning"]));
    world.done(&cho(), command);
    world.approved();
    assert_eq!(world.tweet().measured, Some(measured(250)));
}

#[test]
fn the_briefs_beyond_a_days_texts_wait_and_people_are_told_once() {
    let mut world = planned(|settings| settings.generation.per_day = 2.try_into().unwrap());
    let asked = |world: &mut World| {
        let begin = Command::BeginCall {
            tweet: Some(first()),
            at_most: vec![Item::Chat {
                model: "small-1".into(),
                tokens: Tokens::default(),
            }],
        };
        world.done(&By::Engine, begin);
        let end = Command::EndCall {
            call: world.client.ledger.last,
            spent: Spent::Known(Default::default()),
        };
        world.done(&By::Engine, end);
    };
    let began = world.now;
    asked(&mut world);
    assert!(matches!(world.owed().as_slice(), [Effect::Generate { .. }]));
    world.pass(Duration::from_secs(600));
    asked(&mut world);
    assert_eq!(world.owed(), []);
    let day = Duration::from_secs(24 * 3600);
    let until = began + day;
    assert_eq!(world.client.writes_at(world.tweet()), until);
    let told: Vec<_> = world.client.notices.iter().map(|n| &n.kind).collect();
    let per_day = 2;
    assert_eq!(told, [&NoticeKind::GenerationsUsedUp { per_day, until }]);
}
