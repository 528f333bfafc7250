//! What the journal's own threads have to say, taken to the log, to people, and to whoever watches the process.
//!
//! Trouble can come up before anybody can be told of it, such as while the journal is opened; it waits until the engine
//! is there to tell it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clara_actors::EngineHandle;
use clara_actors::alerts::Matter;
use clara_actors::ports::journal::StreamId;
use clara_adapters::journal::JournalTrouble;
use clara_domain::ids::ClientId;
use tokio::sync::{mpsc, watch};

/// A slow disk is told again after so long: it may be slow at every commit.
const SLOW_AGAIN: Duration = Duration::from_secs(15 * 60);

/// What the journal calls.
pub(super) type Listener = Arc<dyn Fn(JournalTrouble) + Send + Sync>;

/// What people are to be told, and which client it is about.
pub(super) type Told = (Option<ClientId>, Matter);

/// Takes trouble to the log, a failure to `failed`, and the rest to whoever tells people. What a failure means for a
/// decision is the engine's business: it hears of it from the append.
pub(super) fn listener(
    failed: &watch::Sender<Option<String>>,
) -> (Listener, mpsc::UnboundedReceiver<Told>) {
    let (tell, told) = mpsc::unbounded_channel();
    let (failed, slow_told) = (failed.clone(), Mutex::new(None));
    let listener = move |trouble| {
        log(&trouble);
        let told = match trouble {
            // Told last of all, when the process ends.
            JournalTrouble::Failed { reason } => {
                failed.send_replace(Some(reason));
                return;
            }
            JournalTrouble::Slow { since } => {
                if !is_news(&slow_told) {
                    return;
                }
                (None, Matter::JournalSlow { since })
            }
            JournalTrouble::Repaired { what, copy } => {
                let copy = copy.display().to_string();
                (None, Matter::JournalRepaired { what, copy })
            }
            JournalTrouble::Damaged { stream, what, .. } => {
                let client = match stream {
                    StreamId::Client(client) => Some(client),
                    StreamId::Engine => None,
                };
                (client, Matter::JournalDamaged { what })
            }
            // Nothing is lost and nothing waits; the next start tells of the repair.
            JournalTrouble::ReadFromMirror { .. } => return,
            JournalTrouble::DiskFull { free, needed } => (None, Matter::DiskFull { free, needed }),
            JournalTrouble::DiskFree { .. } => (None, Matter::DiskFree),
        };
        // Nobody is left to be told when the process ends.
        let _ = tell.send(told);
    };
    (Arc::new(listener), told)
}

/// Has people told of everything that came up and comes up.
pub(super) async fn tell(engine: EngineHandle, mut told: mpsc::UnboundedReceiver<Told>) {
    while let Some((client, matter)) = told.recv().await {
        engine.tell(client, matter);
    }
}

fn is_news(told: &Mutex<Option<Instant>>) -> bool {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let is_news = told.is_none_or(|told| told.elapsed() >= SLOW_AGAIN);
    if is_news {
        *told = Some(Instant::now());
    }
    is_news
}

fn log(trouble: &JournalTrouble) {
    match trouble {
        JournalTrouble::Failed { reason } => tracing::error!(reason, "the journal failed"),
        JournalTrouble::Slow { since } => {
            metrics::counter!("clara_journal_slow_commits_total").increment(1);
            tracing::error!(
                ?since,
                "a commit of the journal takes too long; look at the disk"
            );
        }
        JournalTrouble::Repaired { what, copy } => {
            tracing::warn!(what, copy = %copy.display(), "the journal was repaired at its opening");
        }
        JournalTrouble::Damaged {
            stream,
            version,
            what,
        } => {
            tracing::error!(%stream, %version, what, "a stream of the journal is damaged; its client cannot start");
        }
        JournalTrouble::ReadFromMirror { stream, what } => {
            tracing::error!(%stream, what, "a stream was read from the journal's mirror; the next start repairs it");
        }
        JournalTrouble::DiskFull { free, needed } => {
            tracing::error!(
                free,
                needed,
                "the disk is full; the journal takes nothing until there is room"
            );
        }
        JournalTrouble::DiskFree { free } => {
            tracing::info!(free, "the disk has room again; the journal goes on");
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn trouble_from_before_the_engine_waits_to_be_told_and_a_slow_disk_is_told_once() {
        let failed = watch::Sender::new(None);
        let (listener, mut told) = listener(&failed);
        let slow = || JournalTrouble::Slow {
            since: Duration::from_secs(10),
        };
        listener(slow());
        listener(JournalTrouble::Repaired {
            what: "snapshots were set aside".to_owned(),
            copy: "/somewhere".into(),
        });
        listener(slow());
        assert!(matches!(
            told.try_recv(),
            Ok((None, Matter::JournalSlow { .. }))
        ));
        assert!(matches!(
            told.try_recv(),
            Ok((None, Matter::JournalRepaired { .. }))
        ));
        assert!(told.try_recv().is_err());
        assert_eq!(*failed.borrow(), None);
    }

    #[test]
    fn a_full_disk_is_told_and_so_is_its_end() {
        let (listener, mut told) = listener(&watch::Sender::new(None));
        let (free, needed) = (1, 2);
        listener(JournalTrouble::DiskFull { free, needed });
        listener(JournalTrouble::DiskFree { free: 3 });
        let full = (None, Matter::DiskFull { free, needed });
        assert_eq!(told.try_recv(), Ok(full));
        assert_eq!(told.try_recv(), Ok((None, Matter::DiskFree)));
    }

    #[test]
    fn a_failure_is_for_whoever_ends_the_process() {
        let failed = watch::Sender::new(None);
        let (listener, mut told) = listener(&failed);
        listener(JournalTrouble::Failed {
            reason: "no space left".to_owned(),
        });
        assert!(told.try_recv().is_err());
        assert_eq!(failed.borrow().as_deref(), Some("no space left"));
    }
}
