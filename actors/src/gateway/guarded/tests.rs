//! A part of the model service that is away, hangs, panics or asks for a pause is left alone, and comes back.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use futures::FutureExt;

use super::*;

/// A clock that a test sets; nobody's waits end by it.
#[derive(Default)]
struct Still(AtomicI64);

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {
        std::future::pending::<()>().await;
    }
}

#[derive(Clone, Copy)]
enum Way {
    Works,
    Away,
    Throttles(u64),
    Refuses,
    Hangs,
    Panics,
}

struct Service {
    way: Mutex<Way>,
    calls: AtomicUsize,
}

#[async_trait]
impl Embedder for Service {
    async fn embed(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let reason = "so it is".to_owned();
        let way = *self.way.lock().unwrap();
        let hangs = match way {
            Way::Works => false,
            Way::Away => {
                let billed = Billed::Perhaps;
                return Err(ModelError::Unavailable { reason, billed });
            }
            Way::Throttles(seconds) => {
                let retry_after = Some(Duration::from_secs(seconds));
                return Err(ModelError::Throttled {
                    reason,
                    retry_after,
                });
            }
            Way::Refuses => return Err(ModelError::NotEntitled { reason }),
            Way::Hangs => true,
            Way::Panics => {
                std::panic::resume_unwind(Box::new("a fault in the adapter"));
            }
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        Ok(Embeddings {
            vectors: vec![vec![1.0]; texts.len()],
            model: "vectors".to_owned(),
            tokens: 1,
        })
    }

    fn model(&self) -> &str {
        "vectors"
    }

    fn kind(&self) -> &str {
        "vectors of 1"
    }
}

struct Scene {
    service: Arc<Service>,
    clock: Arc<Still>,
    guarded: Guarded<dyn Embedder>,
}

impl Scene {
    fn new(way: Way) -> Self {
        let service = Arc::new(Service {
            way: Mutex::new(way),
            calls: AtomicUsize::default(),
        });
        let clock = Arc::new(Still::default());
        let port: Arc<dyn Embedder> = service.clone();
        let guarded = Guarded::new(port, "vectors", clock.clone());
        Self {
            service,
            clock,
            guarded,
        }
    }

    /// What a call brings; none where it is given up because no answer comes.
    fn asks(&self) -> Option<Result<Embeddings, ModelError>> {
        self.guarded.embed(&["text".to_owned()]).now_or_never()
    }

    fn turns(&self, way: Way) {
        *self.service.way.lock().unwrap() = way;
    }

    fn passes(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    fn calls(&self) -> usize {
        self.service.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn it_is_as_the_port_that_it_guards() {
    let scene = Scene::new(Way::Works);
    assert_eq!(scene.guarded.model(), "vectors");
    assert_eq!(scene.guarded.kind(), "vectors of 1");
    assert_eq!(scene.asks().unwrap().unwrap().tokens, 1);
}

#[test]
fn who_is_not_there_is_left_alone_and_tried_again_with_one_call() {
    for way in [Way::Away, Way::Hangs, Way::Panics] {
        let scene = Scene::new(way);
        for _ in 0..5 {
            assert!(!matches!(scene.asks(), Some(Ok(_))));
        }
        let refused = scene.asks().unwrap().unwrap_err();
        assert!(
            matches!(&refused, ModelError::Unavailable { billed: Billed::No, reason } if reason.contains("left alone")),
            "{refused:?}"
        );
        assert_eq!(scene.calls(), 5, "it was called although it is left alone");
        scene.turns(Way::Works);
        scene.passes(31);
        assert!(matches!(scene.asks(), Some(Ok(_))));
        assert!(matches!(scene.asks(), Some(Ok(_))));
    }
}

#[test]
fn a_panic_ends_nothing_else_and_may_have_been_billed() {
    let error = Scene::new(Way::Panics).asks().unwrap().unwrap_err();
    let billed = Billed::Perhaps;
    assert!(
        matches!(&error, ModelError::Unavailable { billed: found, reason } if *found == billed && reason.contains("a fault in the adapter")),
        "{error:?}"
    );
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept_within_reason() {
    let scene = Scene::new(Way::Throttles(20));
    assert!(matches!(scene.asks(), Some(Err(_))));
    scene.turns(Way::Works);
    let wait = |error: ModelError| match error {
        ModelError::Throttled { retry_after, .. } => retry_after.unwrap().as_secs(),
        other => panic!("{other:?}"),
    };
    scene.passes(5);
    assert_eq!(wait(scene.asks().unwrap().unwrap_err()), 15);
    assert_eq!(scene.calls(), 1);
    scene.passes(15);
    assert!(matches!(scene.asks(), Some(Ok(_))));

    scene.turns(Way::Throttles(1_000_000));
    assert!(matches!(scene.asks(), Some(Err(_))));
    assert_eq!(wait(scene.asks().unwrap().unwrap_err()), 600);
    // Set back by a day: nobody knows how long it has been.
    scene.passes(-86_400);
    scene.turns(Way::Works);
    assert!(matches!(scene.asks(), Some(Ok(_))));
}

#[test]
fn a_refusal_is_an_answer() {
    let scene = Scene::new(Way::Refuses);
    for _ in 0..9 {
        assert!(matches!(
            scene.asks(),
            Some(Err(ModelError::NotEntitled { .. }))
        ));
    }
    assert_eq!(scene.calls(), 9);
}
