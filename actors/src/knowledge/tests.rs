//! What a search brings, by words and by meaning, and what it says when one of them fails.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use clara_domain::knowledge::{Note, NoteHash};
use jiff::Timestamp;

use super::*;
use crate::ports::Clock;
use crate::ports::embed::{Embedder, Embeddings};
use crate::ports::model::{Billed, ModelError};

const HOURS: &str = "# Opening hours\n\nWeekdays from 07:30 to 18:00, Saturdays from 09:00 to 16:00. Closed on Sundays.";
const ROAST: &str = "# The winter roast\n\nBeans from Kenya and Ethiopia, roasted darker than in summer. 250 g cost 129 kr.";
const CLASSES: &str =
    "Latte art classes are held by Ingrid every first Saturday of the month, at most six people.";
const TEE: &str =
    "# Tee\n\nUnsere Kräutertees kommen aus dem Allgäu und werden von Hand gepflückt.";
const TOKYO: &str = "東京店は渋谷駅の近くにあります。営業時間は午前九時からです。";

fn client() -> ClientId {
    ClientId::new("harbour").unwrap()
}

fn known(texts: &[&str]) -> Knowledge {
    let note = |(no, text): (u32, &&str)| {
        let note = Note {
            id: NoteId(no),
            title: clara_domain::knowledge::named(None, text),
            text: (*text).into(),
            by: None,
            at: Timestamp::UNIX_EPOCH,
            hash: NoteHash::of(text),
        };
        (note.id, Arc::new(note))
    };
    Knowledge {
        notes: (1..).zip(texts).map(note).collect(),
        last: NoteId(99),
    }
}

async fn found(library: &Library, known: &Knowledge, wanted: &str) -> Vec<u32> {
    let findings = library.search(&client(), known, wanted).await;
    findings
        .passages
        .iter()
        .map(|passage| passage.note.0)
        .collect()
}

#[tokio::test]
async fn a_brief_finds_the_notes_that_speak_of_it() {
    let library = Library::by_words();
    let known = known(&[HOURS, ROAST, CLASSES, TEE, TOKYO]);
    let cases = [
        ("Our winter roast is back", 2),
        ("When do we open on weekdays?", 1),
        ("Announce the latte art class", 3),
        ("Ethiopian beans", 2),
        ("Kräutertee aus dem Allgäu", 4),
        ("KRAUTERTEE", 4),
        ("渋谷の店の営業時間", 5),
        ("What does 250 g cost?", 2),
    ];
    for (wanted, first) in cases {
        assert_eq!(
            found(&library, &known, wanted).await.first(),
            Some(&first),
            "{wanted}"
        );
    }
}

#[tokio::test]
async fn nothing_is_found_where_nothing_fits() {
    let library = Library::by_words();
    let known = known(&[HOURS, ROAST, CLASSES, TEE]);
    for wanted in [
        "",
        "  ",
        "We will do what we can for you",
        "Ein neuer Laden und mehr",
        "umbrella",
    ] {
        let found = found(&library, &known, wanted).await;
        assert!(found.is_empty(), "{wanted}: {found:?}");
    }
    let nothing = Knowledge::default();
    assert_eq!(
        library.search(&client(), &nothing, "roast").await,
        Findings::default()
    );
}

#[tokio::test]
async fn a_passage_is_short_ranked_and_under_its_headings() {
    let section = |name: &str| {
        format!(
            "## {name}\n\n{} roast.\n\n",
            "beans and more beans ".repeat(40)
        )
    };
    let text: String = std::iter::once("# Coffee\n\n".to_owned())
        .chain(["Kenya", "Ethiopia", "Brazil", "Peru", "Java", "Sumatra"].map(section))
        .collect();
    let findings = Library::by_words()
        .search(&client(), &known(&[&text]), "beans from Peru")
        .await;
    let passages = findings.passages;
    assert_eq!(
        passages.len(),
        1,
        "what only has the word that all have does not fit"
    );
    assert!(
        passages[0].text.starts_with("Coffee\n## Peru"),
        "{:?}",
        passages[0]
    );
    assert_eq!(passages[0].title, "Coffee");
    let findings = Library::by_words()
        .search(&client(), &known(&[&text]), "beans")
        .await;
    let ranks: Vec<u8> = findings
        .passages
        .iter()
        .map(|passage| passage.rank)
        .collect();
    assert_eq!(ranks, [1, 2, 3, 4]);
    assert!(
        findings
            .passages
            .iter()
            .all(|passage| passage.text.chars().count() <= LONGEST_PASSAGE)
    );
}

#[tokio::test]
async fn a_note_that_comes_or_goes_is_seen_at_once() {
    let library = Library::by_words();
    assert_eq!(
        found(&library, &known(&[HOURS]), "winter roast").await,
        [0; 0]
    );
    assert_eq!(
        found(&library.clone(), &known(&[HOURS, ROAST]), "winter roast").await,
        [2]
    );
    assert_eq!(
        found(&library, &known(&[HOURS]), "winter roast").await,
        [0; 0]
    );
}

#[tokio::test]
async fn another_client_sees_nothing_of_it() {
    let library = Library::by_words();
    found(&library, &known(&[ROAST]), "winter roast").await;
    let other = ClientId::new("lakeside").unwrap();
    let findings = library
        .search(&other, &known(&[HOURS]), "winter roast")
        .await;
    assert_eq!(findings.passages, []);
}

#[tokio::test]
async fn only_so_many_clients_notes_are_kept_cut() {
    let library = Library::by_words();
    for no in 0..MOST_SHELVES + 5 {
        let client = ClientId::new(format!("client-{no}")).unwrap();
        library.search(&client, &known(&[ROAST]), "roast").await;
    }
    assert_eq!(library.lock().by_client.len(), MOST_SHELVES);
}

#[test]
fn what_stands_in_both_lists_stands_highest() {
    assert_eq!(fused(&[vec![4, 7, 1], vec![9, 7]]), [7, 4, 9, 1]);
    assert_eq!(fused(&[vec![1, 2, 3, 4, 5, 6], vec![]]), [1, 2, 3, 4]);
    assert_eq!(fused(&[vec![], vec![]]), Vec::<usize>::new());
}

/// Makes a vector of whether a text is about drinks, times, or teaching: what words alone do not tell.
struct Topics {
    calls: AtomicUsize,
    texts: AtomicUsize,
    answers: fn(usize) -> Answer,
}

enum Answer {
    Made,
    /// Made, and not said what it took.
    Unsaid,
    Error(ModelError),
    Never,
}

const TOPICS: [&[&str]; 3] = [
    &["roast", "Beans", "Tee", "drink", "espresso"],
    &["hours", "Weekdays", "morning", "early"],
    &["class", "course", "learn", "workshop"],
];

#[async_trait]
impl Embedder for Topics {
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        self.texts.fetch_add(texts.len(), Ordering::SeqCst);
        let answer = (self.answers)(self.calls.fetch_add(1, Ordering::SeqCst));
        match answer {
            Answer::Made | Answer::Unsaid => {}
            Answer::Error(error) => return Err(error),
            Answer::Never => std::future::pending().await,
        }
        let about = |text: &String, topic: &[&str]| topic.iter().any(|word| text.contains(word));
        let vector = |text| {
            TOPICS
                .map(|topic| if about(text, topic) { 1.0 } else { 0.01 })
                .to_vec()
        };
        Ok(Embeddings {
            vectors: texts.iter().map(vector).collect(),
            model: "topics-1".into(),
            tokens: if matches!(answer, Answer::Unsaid) {
                0
            } else {
                7 * texts.len() as u64
            },
        })
    }

    fn model(&self) -> &str {
        "topics"
    }
}

#[derive(Default)]
struct Kept(Mutex<BTreeMap<NoteHash, Arc<[f32]>>>);

impl Vectors for Kept {
    fn get(&self, model: &str, text: NoteHash) -> Option<Arc<[f32]>> {
        assert_eq!(model, "topics");
        self.0.lock().unwrap().get(&text).cloned()
    }

    fn put(&self, _: &str, vectors: &[(NoteHash, Arc<[f32]>)]) {
        self.0.lock().unwrap().extend(vectors.iter().cloned());
    }
}

/// A clock whose waits are over at once.
struct Impatient;

#[async_trait]
impl Clock for Impatient {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep_until(&self, _: Timestamp) {
        tokio::task::yield_now().await;
    }
}

struct Scene {
    library: Library,
    topics: Arc<Topics>,
    vectors: Arc<Kept>,
}

fn scene(answers: fn(usize) -> Answer) -> Scene {
    let topics = Arc::new(Topics {
        calls: AtomicUsize::new(0),
        texts: AtomicUsize::new(0),
        answers,
    });
    let vectors = Arc::new(Kept::default());
    let library = library(&topics, &vectors);
    Scene {
        library,
        topics,
        vectors,
    }
}

fn library(topics: &Arc<Topics>, vectors: &Arc<Kept>) -> Library {
    let embedding = Embedding {
        embedder: topics.clone(),
        vectors: vectors.clone(),
    };
    let options = MeaningOptions {
        patience: Duration::from_secs(5),
        likeness: 0.5,
    };
    Library::by_meaning(Meaning::new(embedding, Arc::new(Impatient), options))
}

fn tokens(tokens: u64) -> Taken {
    Taken::Tokens {
        model: "topics-1".into(),
        tokens,
    }
}

#[tokio::test]
async fn meaning_finds_what_words_do_not() {
    let scene = scene(|_| Answer::Made);
    let known = known(&[HOURS, ROAST, CLASSES]);
    assert_eq!(
        found(&Library::by_words(), &known, "a workshop for beginners").await,
        [0; 0]
    );
    let findings = scene
        .library
        .search(&client(), &known, "a workshop for beginners")
        .await;
    let notes: Vec<u32> = findings
        .passages
        .iter()
        .map(|passage| passage.note.0)
        .collect();
    assert_eq!(notes, [3]);
    assert_eq!((findings.taken, findings.trouble), (vec![tokens(28)], None));
}

#[tokio::test]
async fn a_vector_of_what_is_known_is_made_once_and_one_of_a_question_once_in_each_process() {
    let scene = scene(|_| Answer::Made);
    let three = known(&[HOURS, ROAST, CLASSES]);
    let library_2 = library(&scene.topics, &scene.vectors);
    scene.library.search(&client(), &three, "a workshop").await;
    let again = library_2.search(&client(), &three, "a workshop").await;
    assert_eq!(again.taken, vec![tokens(7)]);
    let again = library_2.search(&client(), &three, "a workshop").await;
    assert_eq!(again.taken, []);
    assert_eq!(library_2.at_most(&client(), &three, "a workshop").await, 0);
    assert_eq!(library_2.at_most(&client(), &three, "abc").await, 3);
    assert_eq!(library_2.at_most(&client(), &known(&[]), "abc").await, 0);
    assert_eq!(library_2.at_most(&client(), &three, " ").await, 0);
    let four = known(&[HOURS, ROAST, CLASSES, TEE]);
    assert_eq!(
        library_2.search(&client(), &four, "a drink").await.taken,
        [tokens(14)]
    );
    assert_eq!(scene.topics.texts.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn vectors_of_which_nobody_says_what_they_took_may_have_cost_their_most() {
    let scene = scene(|_| Answer::Unsaid);
    let known = known(&[CLASSES]);
    let at_most = scene.library.at_most(&client(), &known, "a class").await;
    let findings = scene.library.search(&client(), &known, "a class").await;
    assert_eq!(findings.passages[0].note, NoteId(1));
    let perhaps = Taken::Perhaps {
        model: "topics".into(),
        at_most,
    };
    assert_eq!((findings.taken, findings.trouble), (vec![perhaps], None));
}

#[tokio::test]
async fn a_failure_leaves_the_words_and_is_told() {
    let scene = scene(|_| {
        Answer::Error(ModelError::NotEntitled {
            reason: "no such key".into(),
        })
    });
    let known = known(&[HOURS, ROAST]);
    let findings = scene
        .library
        .search(&client(), &known, "winter roast")
        .await;
    assert_eq!(findings.passages[0].note, NoteId(2));
    let trouble = findings.trouble.unwrap();
    assert_eq!(
        trouble,
        "searched by words alone: the model service refuses this account: no such key"
    );
    assert_eq!(findings.taken, []);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for_and_may_be_billed() {
    let scene = scene(|_| Answer::Never);
    let known = known(&[ROAST]);
    let at_most = scene
        .library
        .at_most(&client(), &known, "winter roast")
        .await;
    let findings = scene
        .library
        .search(&client(), &known, "winter roast")
        .await;
    assert_eq!(findings.passages[0].note, NoteId(1));
    let perhaps = Taken::Perhaps {
        model: "topics".into(),
        at_most,
    };
    assert_eq!(findings.taken, [perhaps]);
    let trouble = findings.trouble.unwrap();
    assert_eq!(
        trouble,
        "searched by words alone: making vectors took too long"
    );
}

#[tokio::test]
async fn what_was_made_before_a_failure_counts_and_is_kept() {
    let scene = scene(|call| match call {
        0 | 2 => Answer::Made,
        _ => Answer::Error(ModelError::Unavailable {
            reason: "it was cut off".into(),
            billed: Billed::Perhaps,
        }),
    });
    let texts: Vec<String> = (0..70).map(|no| format!("{HOURS} Branch {no}.")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let known = known(&texts);
    let findings = scene
        .library
        .search(&client(), &known, "early in the morning")
        .await;
    assert!(matches!(
        findings.taken.as_slice(),
        [Taken::Tokens { tokens: 448, .. }, Taken::Perhaps { .. }]
    ));
    let trouble = findings.trouble.unwrap();
    assert!(
        trouble.starts_with("7 of 70 passages were searched by words alone: "),
        "{trouble}"
    );
    assert_eq!(findings.passages.len(), MOST_PASSAGES);
    let again = scene
        .library
        .search(&client(), &known, "early in the morning")
        .await;
    assert_eq!((again.taken, again.trouble), (vec![tokens(49)], None));
}
