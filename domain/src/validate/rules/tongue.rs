//! Rules to come.
use super::{Found, Subject};
pub(super) fn language(_: &Subject) -> Vec<Found> { Vec::new() }
