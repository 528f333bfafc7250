//! Scripts that play in the sandbox without a person: `clara sandbox --script NAME`.
//!
//! A script acts only as people do, through the pretended Discord; it looks at the engine's state to know when to act.
//! Whatever is not as the script expects is named, and the run has failed.

mod bills;
mod demo;
mod director;
mod people;
mod report;
pub mod soak;
mod story;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::sandbox::RunningSandbox;

/// The scripts there are.
pub const SCRIPTS: [&str; 2] = ["demo", "soak"];

/// Plays a script beside an engine in this process to its end and writes its report, if one is wanted. A soak has its
/// engine in another process: see [`soak::run`].
///
/// # Errors
/// There is no such script, something did not go as the script expects, or the report cannot be written.
pub async fn run(
    name: &str,
    running: &RunningSandbox,
    report: Option<&Path>,
) -> anyhow::Result<String> {
    if name != "demo" {
        bail!(
            "there is no script `{name}`; the scripts are: {}. Nothing was played.",
            SCRIPTS.join(", ")
        );
    }
    let stories = demo::stories();
    let played = async {
        director::tell(running, &demo::NOTES).await?;
        director::play(running, &stories).await
    };
    let played = played.await;
    // The report is most wanted when something went wrong.
    let facts = report::collect(running).await?;
    if let Some(path) = report {
        let text = serde_json::to_string_pretty(&facts)?;
        std::fs::write(path, text)
            .with_context(|| format!("the report could not be written to {}", path.display()))?;
    }
    let mut problems = played
        .err()
        .map(|error| vec![format!("{error:#}")])
        .unwrap_or_default();
    problems.extend(demo::surprises(running, &stories, &facts));
    if problems.is_empty() {
        return Ok(demo::summary(running, &stories, &facts));
    }
    let mut list = String::from("the demo did not go as it should:");
    for problem in problems {
        let _ = write!(list, "\n  - {problem}");
    }
    bail!(list)
}
