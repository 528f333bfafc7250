//! What a soak comes to: the progress while it runs, the report at its end, and the verdict in a few lines.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::bills;
use super::Accounts;
use super::evidence::{Bill, Evidence, LivePost};
use super::judge::{Verdict, judge};
use super::process::held_kb;
use super::scene::{Phase, Scene};
use super::stats::Counts;
use super::town::APPROVERS;

/// Findings that are printed; the report has all.
const PRINTED: usize = 20;

/// The report.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) minutes: f64,
    pub(super) kept: bool,
    pub(super) tweets: usize,
    pub(super) open: usize,
    pub(super) live: usize,
    pub(super) counts: Counts,
    pub(super) starts: u64,
    pub(super) own_kb: u64,
    pub(super) acknowledged_p50_ms: usize,
    pub(super) acknowledged_p99_ms: usize,
    pub(super) verdict: Verdict,
    pub(super) evidence: Evidence,
}

/// Puts everything that was seen together.
pub(super) fn evidence(scene: &Scene, accounts: Accounts) -> Evidence {
    let x = &scene.sandbox.x;
    let handles = scene.clients.values().map(|client| client.handle.clone());
    let (mut timelines, mut bills) = (
        std::collections::BTreeMap::new(),
        std::collections::BTreeMap::new(),
    );
    for handle in handles {
        let all = x.everything(&handle);
        let billed = x.bill(&handle).counts;
        let of = |kind: &str| billed.get(kind).copied().unwrap_or(0);
        let bill = Bill {
            billed: of("create") + of("create_with_url"),
            made: all.len() as u64,
        };
        let live = all.into_iter().filter(|post| post.deleted_at.is_none());
        let live = live.map(|post| LivePost {
            id: post.id,
            text: post.text,
            at: post.created_at.as_second(),
        });
        timelines.insert(handle.clone(), live.collect());
        bills.insert(handle, bill);
    }
    Evidence {
        clients: scene.clients.clone(),
        approvers: APPROVERS.map(str::to_owned).into(),
        tweets: scene.ledger.facts(),
        timelines,
        pauses: scene.pauses.facts(scene.second()),
        bills,
        accounts,
        ended_by_itself: scene.engine.ended_by_itself(),
        longest_life: scene.engine.longest(),
        ended_at: scene.second(),
    }
}

/// Judges what was seen, and adds the numbers.
pub(super) fn report(scene: &Scene, minutes: f64, accounts: Accounts) -> Report {
    let evidence = evidence(scene, accounts);
    let verdict = judge(&evidence);
    let (tweets, open) = scene.ledger.size();
    Report {
        seed: scene.seed,
        minutes,
        kept: verdict.is_kept(),
        tweets,
        open,
        live: evidence.timelines.values().map(Vec::len).sum(),
        counts: scene.stats.counts(),
        starts: scene.engine.starts(),
        own_kb: held_kb("self"),
        acknowledged_p50_ms: scene.stats.percentile(50),
        acknowledged_p99_ms: scene.stats.percentile(99),
        verdict,
        evidence,
    }
}

/// One line of progress.
pub(super) fn progress(scene: &Scene) -> String {
    let (tweets, open) = scene.ledger.size();
    let under_load = scene.phase() == Phase::Load;
    let held = scene.engine.look(tweets as u64, under_load);
    let counts = scene.stats.counts();
    let states: Vec<String> = scene
        .ledger
        .states()
        .iter()
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    format!(
        "{:>5.0}s  world {}  {tweets} tweets ({open} open: {})  {} live  kills {}  faults {} ({} on)  yes {} no {} ? {} silent {}  \
         engine {} MB  acknowledged p50 {} ms p99 {} ms",
        scene.began.elapsed().as_secs_f64(),
        scene.sandbox.clock.now().strftime("%a %H:%M"),
        states.join(", "),
        scene.sandbox.x.created(),
        counts.kills,
        counts.faults,
        scene.sandbox.faults.list().len(),
        counts.accepted,
        counts.refused,
        counts.perhaps,
        counts.unanswered,
        held / 1024,
        scene.stats.percentile(50),
        scene.stats.percentile(99),
    )
}

/// What a person reads at a glance, and below it why.
pub(super) fn verdict(report: &Report) -> String {
    let Verdict {
        lost,
        doubled,
        unapproved,
        otherwise,
    } = &report.verdict;
    let mut text = format!(
        "{}: lost {}, doubled {}, unapproved {}{}\n\
         {} tweets promised, {} seen, {} not over, {} posts live; {} yes, {} no, {} uncertain, {} without an answer\n\
         {} kills, {} starts, {} troubles; clicks and commands acknowledged in {} ms (p50), {} ms (p99)\n\
         costs: {}\n\
         {}\n\
         seed {}",
        if report.kept { "KEPT" } else { "BROKEN" },
        lost.len(),
        doubled.len(),
        unapproved.len(),
        if otherwise.is_empty() {
            String::new()
        } else {
            format!(", otherwise {}", otherwise.len())
        },
        report.counts.promised,
        report.tweets,
        report.open,
        report.live,
        report.counts.accepted,
        report.counts.refused,
        report.counts.perhaps,
        report.counts.unanswered,
        report.counts.kills,
        report.starts,
        report.counts.faults,
        report.acknowledged_p50_ms,
        report.acknowledged_p99_ms,
        bills::summary(&report.evidence.accounts),
        report.evidence.longest_life.told(),
        report.seed,
    );
    let all: Vec<_> = report.verdict.findings().collect();
    for (kind, finding) in all.iter().take(PRINTED) {
        let tweet = finding.tweet.as_deref().unwrap_or("-");
        let _ = write!(text, "\n\n{kind}: {tweet}: {}", finding.what);
        for line in &finding.history {
            let _ = write!(text, "\n    {line}");
        }
    }
    if all.len() > PRINTED {
        let _ = write!(
            text,
            "\n\n… and {} more; --report FILE has them all",
            all.len() - PRINTED
        );
    }
    text
}
