//! What the commands on the books have in common: they run to their end or to a signal, and leave nothing half-done.

use tokio::runtime::Builder;

use super::run::Signals;
use super::{Exit, complain};
use crate::books::Trouble;

/// Runs a command; a signal drops it where it is, and what it had begun goes with it.
pub(super) fn to_its_end<T>(
    command: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a process that cannot have threads cannot do anything else either");
    let outcome = runtime.block_on(async {
        let signals = Signals::new();
        tokio::select! {
            outcome = command => outcome,
            () = signals.next() => Err(Trouble::Failed(
                "Interrupted. What was begun was removed; nothing else was changed.".to_owned(),
            )),
        }
    });
    runtime.shutdown_background();
    outcome
}

/// Tells what happened, and what to exit with.
pub(super) fn told(outcome: Result<(), Trouble>) -> Exit {
    match outcome {
        Ok(()) => Exit::Fine,
        Err(trouble) => {
            complain(&trouble.to_string());
            match trouble {
                Trouble::Usage(_) => Exit::Usage,
                Trouble::Failed(_) => Exit::Failed,
            }
        }
    }
}
