//! What the domain promises, seen from outside: scenarios, the six rules as properties over random lives, and the
//! whole table of states and commands as one snapshot.
//!
//! One binary, so that it links once. What a single function does on its own is tested beside it, in `src`.

#![allow(clippy::unwrap_used)]

mod approving;
mod calendar;
mod changing;
mod checking;
mod elsewhere;
mod journal;
mod judging;
mod knowing;
mod matrix;
mod measuring;
mod posting;
mod rules;
mod spending;
mod taking_down;
mod watch;
mod world;
mod writing;
