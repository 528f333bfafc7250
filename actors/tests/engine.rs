//! The whole engine in one thread, with scripted ports and virtual time: what it promises, told as scenarios.
//!
//! Nothing here waits in real time. A process that dies is a system that is dropped; the next one opens what the
//! journal kept.

#![allow(clippy::unwrap_used)]

mod engine {
    mod kit;

    mod checking;
    mod crash;
    mod fairness;
    mod holding;
    mod journal_trouble;
    mod life;
    mod limits;
    mod outcomes;
    mod panics;
    mod permits;
    mod settings;
    mod snapshots;
    mod spending;
    mod stopping;
    mod telling;
    mod writing;
}
