//! Random steps of a life. They name tweets and people by position, so that most of them mean something whatever has
//! happened before, and shrink well.

use std::time::Duration;

use clara_domain::command::SlotChoice;
use clara_domain::content::Content;
use clara_domain::settings::WhenDown;
use proptest::prelude::*;

/// The settings that rules depend on.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) needed: u8,
    pub(crate) author_counts: bool,
    pub(crate) grace: u64,
    pub(crate) min_gap: u64,
    pub(crate) rounds: u8,
    /// What happens while the moderation service is away; none where it is not asked.
    pub(crate) moderation: Option<WhenDown>,
    /// How many segments each of the first tweets has, and how far along they are.
    pub(crate) segments: u8,
    pub(crate) start: Start,
}

/// Where a life begins: the end of a tweet's life is long to come by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    Planned,
    Approved,
    Sending,
    /// Sending for the second time; the first was proved to be absent.
    SendingAgain,
    /// A person is asked whether it is live.
    Asked,
}

pub(crate) fn setup() -> impl Strategy<Value = Setup> {
    let needed = prop_oneof![3 => Just(1_u8), 2 => Just(2), 1 => Just(3)];
    let grace = prop_oneof![1 => Just(0), 1 => Just(5), 3 => Just(15), 2 => Just(600)];
    let min_gap = prop_oneof![Just(0), Just(10), Just(30)];
    let start = prop_oneof![
        3 => Just(Start::Planned),
        2 => Just(Start::Approved),
        2 => Just(Start::Sending),
        1 => Just(Start::SendingAgain),
        1 => Just(Start::Asked),
    ];
    let moderation = prop_oneof![
        3 => Just(None),
        2 => Just(Some(WhenDown::Hold)),
        1 => Just(Some(WhenDown::Warn)),
    ];
    let rules = (needed, any::<bool>(), grace, min_gap, 1..=3_u8, moderation);
    (rules, 1..=2_u8, start).prop_map(|(rules, segments, start)| Setup {
        needed: rules.0,
        author_counts: rules.1,
        grace: rules.2,
        min_gap: rules.3,
        rounds: rules.4,
        moderation: rules.5,
        segments,
        start,
    })
}

/// One step of a life.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// The clock moves to the next wake, and ticks.
    Wake,
    /// Time passes; the engine may be too busy to notice.
    Wait { minutes: u64, tick: bool },
    /// The engine takes up one of the things that are owed, and the world answers.
    Owed { nth: usize, answer: Answer },
    /// The world answers one of the requests that are on their way.
    Sent { nth: usize, outcome: Outcome },
    /// Clara does all that is owed and the world answers everything alike; what waits is approved.
    Moment {
        wake: bool,
        kind: AnswerKind,
        outcome: Outcome,
    },
    /// The questions that are open are answered one way or another; the last way is by those who may not.
    Attend { choice: usize },
    /// The process starts anew, with these settings where there are some.
    Restart { change: Option<Change> },
    /// Somebody, the engine included, asks for something about a tweet.
    Ask {
        who: usize,
        tweet: usize,
        stale: bool,
        what: What,
    },
    /// Somebody asks for something about the client.
    AskClient { who: usize, what: WhatOfClient },
}

/// Settings that are other than before.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) needed: u8,
    pub(crate) author_counts: bool,
    /// Whether only some people approve, by name.
    pub(crate) by_name: bool,
    /// Whether it is another account.
    pub(crate) renamed: bool,
}

/// What the model or the timeline answers.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) candidates: Vec<Content>,
    pub(crate) kind: AnswerKind,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum AnswerKind {
    /// A text, or the post is found.
    Good,
    /// A text, or a post is found that is known already.
    Known,
    /// Nothing usable, or the post is not there.
    Vain,
    /// The service is away.
    Trouble,
}

#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Accepted,
    /// The service names a post that it has named before.
    AcceptedAgain,
    Refused {
        duplicate: bool,
    },
    NotSent {
        wait: Option<Duration>,
        needs_person: bool,
    },
    Unknown,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Approve,
    Reject(String),
    Edit(Content),
    Choose(u8),
    Regenerate(String),
    Override(String),
    Reschedule(SlotWish),
    Cancel,
    Delete(String),
    Live(u64),
    PostAgain,
    Drop,
    Retry,
    /// What only the engine may ask, at any time, with numbers that may be wrong.
    Begin,
    Send {
        attempt: u32,
        segment: u32,
        outcome: Outcome,
    },
    Look {
        attempt: u32,
        answer: AnswerKind,
    },
    Drafts {
        round: u32,
        candidates: Vec<Content>,
    },
    Card(u64),
}

#[derive(Debug, Clone)]
pub(crate) enum WhatOfClient {
    Plan {
        count: usize,
        segments: u8,
        brief: String,
        slot: SlotWish,
        again: bool,
    },
    Pause(String),
    Resume,
    Tick,
    Notices(u64),
    AddNote(String),
    RemoveNote(u32),
    ForgetLesson(u32),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum SlotWish {
    InMinutes(i64),
    NextFree,
    Now,
}

impl SlotWish {
    pub(crate) fn at(self, now: jiff::Timestamp) -> SlotChoice {
        match self {
            Self::InMinutes(minutes) => {
                SlotChoice::At(now + jiff::SignedDuration::from_mins(minutes))
            }
            Self::NextFree => SlotChoice::NextFree,
            Self::Now => SlotChoice::Now,
        }
    }
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => Just(Step::Wake),
        3 => (0..30_u64, any::<bool>()).prop_map(|(minutes, tick)| Step::Wait { minutes, tick }),
        1 => (0..3000_u64, any::<bool>()).prop_map(|(minutes, tick)| Step::Wait { minutes, tick }),
        8 => (0..4_usize, answer()).prop_map(|(nth, answer)| Step::Owed { nth, answer }),
        5 => (0..2_usize, outcome()).prop_map(|(nth, outcome)| Step::Sent { nth, outcome }),
        12 => (prop::bool::weighted(0.7), kind(), outcome())
            .prop_map(|(wake, kind, outcome)| Step::Moment { wake, kind, outcome }),
        4 => (0..4_usize).prop_map(|choice| Step::Attend { choice }),
        1 => prop::option::of(change()).prop_map(|change| Step::Restart { change }),
        3 => (0..7_usize, 0..4_usize, Just(false), Just(What::Approve)).prop_map(ask),
        6 => (0..7_usize, 0..4_usize, prop::bool::weighted(0.1), what()).prop_map(ask),
        4 => (0..7_usize, what_of_client()).prop_map(|(who, what)| Step::AskClient { who, what }),
    ]
}

fn ask((who, tweet, stale, what): (usize, usize, bool, What)) -> Step {
    Step::Ask {
        who,
        tweet,
        stale,
        what,
    }
}

fn change() -> impl Strategy<Value = Change> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (1..=3_u8, flags).prop_map(|(needed, (author_counts, by_name, renamed))| Change {
        needed,
        author_counts,
        by_name,
        renamed,
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    (prop::collection::vec(content(), 0..3), kind())
        .prop_map(|(candidates, kind)| Answer { candidates, kind })
}

fn kind() -> impl Strategy<Value = AnswerKind> {
    prop_oneof![
        5 => Just(AnswerKind::Good),
        1 => Just(AnswerKind::Known),
        3 => Just(AnswerKind::Vain),
        2 => Just(AnswerKind::Trouble),
    ]
}

/// Few texts, so that they meet again; some that do not pass; some that nobody thought of.
fn content() -> impl Strategy<Value = Content> {
    let text = prop_oneof![
        8 => (0..40_u8).prop_map(|no| format!("good morning {no}")),
        2 => Just("good morning".to_owned()),
        1 => Just("cheap coffee".to_owned()),
        1 => Just("x".repeat(281)),
        1 => Just("  ".to_owned()),
        1 => ".*",
    ];
    prop_oneof![
        6 => text.clone().prop_map(|text| Content::texts([text])),
        3 => prop::collection::vec(text, 0..4).prop_map(Content::texts),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let wait = prop::option::of((0..7200_u64).prop_map(Duration::from_secs));
    prop_oneof![
        4 => Just(Outcome::Accepted),
        1 => Just(Outcome::AcceptedAgain),
        2 => any::<bool>().prop_map(|duplicate| Outcome::Refused { duplicate }),
        2 => (wait, prop::bool::weighted(0.2))
            .prop_map(|(wait, needs_person)| Outcome::NotSent { wait, needs_person }),
        4 => Just(Outcome::Unknown),
    ]
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        4 => said().prop_map(What::Reject),
        4 => content().prop_map(What::Edit),
        2 => (0..3_u8).prop_map(What::Choose),
        3 => said().prop_map(What::Regenerate),
        4 => said().prop_map(What::Override),
        6 => wish().prop_map(What::Reschedule),
        1 => Just(What::Cancel),
        3 => said().prop_map(What::Delete),
        3 => (0..30_u64).prop_map(What::Live),
        4 => Just(What::PostAgain),
        1 => Just(What::Drop),
        3 => Just(What::Retry),
        2 => Just(What::Begin),
        2 => (0..5_u32, 0..3_u32, outcome())
            .prop_map(|(attempt, segment, outcome)| What::Send { attempt, segment, outcome }),
        1 => (0..5_u32, kind()).prop_map(|(attempt, answer)| What::Look { attempt, answer }),
        1 => (0..5_u32, prop::collection::vec(content(), 0..3))
            .prop_map(|(round, candidates)| What::Drafts { round, candidates }),
        1 => any::<u64>().prop_map(What::Card),
    ]
}

fn what_of_client() -> impl Strategy<Value = WhatOfClient> {
    let plan = (
        0..4_usize,
        0..3_u8,
        said(),
        wish(),
        prop::bool::weighted(0.05),
    );
    prop_oneof![
        5 => plan.prop_map(|(count, segments, brief, slot, again)| WhatOfClient::Plan {
            count,
            segments,
            brief,
            slot,
            again,
        }),
        1 => said().prop_map(WhatOfClient::Pause),
        2 => Just(WhatOfClient::Resume),
        1 => Just(WhatOfClient::Tick),
        1 => (0..20_u64).prop_map(WhatOfClient::Notices),
        8 => said().prop_map(WhatOfClient::AddNote),
        8 => (1..3_u32).prop_map(WhatOfClient::RemoveNote),
        10 => (1..3_u32).prop_map(WhatOfClient::ForgetLesson),
    ]
}

fn wish() -> impl Strategy<Value = SlotWish> {
    prop_oneof![
        3 => (-60..600_i64).prop_map(SlotWish::InMinutes),
        2 => Just(SlotWish::NextFree),
        2 => Just(SlotWish::Now),
    ]
}

fn said() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => Just("because".to_owned()),
        1 => Just(String::new()),
        1 => Just("z".repeat(2000)),
        1 => ".*",
    ]
}
