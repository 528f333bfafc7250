//! What the journal's own threads have to say, taken to the log and to whoever watches the process.

use std::sync::Arc;

use clara_adapters::journal::JournalTrouble;
use tokio::sync::watch;

/// Takes trouble to the log, and a failure to `failed` as well. What a failure means for a decision is the engine's
/// business: it hears of it from the append.
pub(super) fn listener(
    failed: &watch::Sender<Option<String>>,
) -> Arc<dyn Fn(JournalTrouble) + Send + Sync> {
    let failed = failed.clone();
    Arc::new(move |trouble| match trouble {
        JournalTrouble::Failed { reason } => {
            tracing::error!(reason, "the journal failed");
            failed.send_replace(Some(reason));
        }
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
    })
}
