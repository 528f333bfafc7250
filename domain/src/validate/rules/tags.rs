//! Rules to come.
use super::{Found, Subject};
pub(super) fn mentions(_: &Subject) -> Vec<Found> { Vec::new() }
pub(super) fn hashtags(_: &Subject) -> Vec<Found> { Vec::new() }
pub(super) fn cashtags(_: &Subject) -> Vec<Found> { Vec::new() }
pub(super) fn links(_: &Subject) -> Vec<Found> { Vec::new() }
pub(super) fn shortener(_: &Subject) -> Vec<Found> { Vec::new() }
