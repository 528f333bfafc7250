//! What was seen at the ports, in order; whether anything is going on; whether the process is dead.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use clara_domain::ids::ClientId;
use tokio::sync::Semaphore;

/// What the panics of the ports begin with.
const SCRIPTED: &str = "scripted panic";

/// Something that happened at a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Events are on disk.
    Appended(ClientId, Vec<String>),
    /// A post reached X.
    Sent(ClientId, String),
    /// A card was shown, of a tweet in a state.
    Card(ClientId, String),
    /// People were told.
    Alert(Option<ClientId>),
}

/// The diary of a world. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Diary(Arc<Inner>);

#[derive(Default)]
struct Inner {
    seen: Mutex<Vec<Seen>>,
    activity: AtomicU64,
    lives: AtomicU64,
    dead: AtomicBool,
}

impl Diary {
    pub(crate) fn write(&self, seen: Seen) {
        lock(&self.0.seen).push(seen);
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.0.seen).clone()
    }

    /// Counts the calls of ports: as long as it grows, the engine is at work.
    pub(crate) fn activity(&self) -> u64 {
        self.0.activity.load(Ordering::SeqCst)
    }

    pub(crate) fn note_activity(&self) {
        self.0.activity.fetch_add(1, Ordering::SeqCst);
    }

    /// Every call of a port begins here. A dead process gets no further.
    pub(crate) async fn enter(&self) {
        self.note_activity();
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }

    /// The process dies here: nobody hears of anything any more.
    pub(crate) async fn die(&self) -> ! {
        self.0.dead.store(true, Ordering::SeqCst);
        std::future::pending::<()>().await;
        unreachable!("a pending future does not end")
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.0.dead.load(Ordering::SeqCst)
    }

    /// The number of the life that begins.
    pub(crate) fn begin_life(&self) -> u64 {
        self.0.dead.store(false, Ordering::SeqCst);
        self.0.lives.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// A gate before a port: while it is shut, calls wait.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Mutex<Option<Arc<Semaphore>>>>);

impl Gate {
    pub(crate) fn shut(&self) {
        *lock(&self.0) = Some(Arc::new(Semaphore::new(0)));
    }

    /// Lets so many of those who wait, or come, through.
    pub(crate) fn let_through(&self, calls: usize) {
        if let Some(gate) = lock(&self.0).as_ref() {
            gate.add_permits(calls);
        }
    }

    pub(crate) fn open(&self) {
        self.let_through(100_000);
        *lock(&self.0) = None;
    }

    /// Opens it for those who come, and leaves those who wait where they are.
    pub(crate) fn forget(&self) {
        *lock(&self.0) = None;
    }

    pub(crate) async fn pass(&self) {
        let gate = lock(&self.0).clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
    }
}

/// Panics as a port that is scripted to.
pub(crate) fn scripted_panic(what: &str) -> ! {
    panic!("{SCRIPTED}: {what}")
}

/// Keeps the panics that tests cause on purpose out of their output.
pub(crate) fn silence_scripted_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_scripted = panic
                .payload_as_str()
                .is_some_and(|words| words.starts_with(SCRIPTED));
            if !is_scripted {
                usual(panic);
            }
        }));
    });
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
