//! Which known name a misspelt one was probably meant to be. It only suggests: nothing is ever
//! replaced by what is found here.

use strsim::levenshtein;

/// The known name nearest to `wanted`: the same city in another region's clothes (`oslo`,
/// `new york`), or a spelling at most a fifth of its letters away.
pub(super) fn nearest(wanted: &str, known: impl Iterator<Item = String>) -> Option<String> {
    let wanted: String = wanted.trim().chars().take(64).collect();
    let wanted = wanted.to_lowercase().replace(' ', "_");
    let allowed = (wanted.chars().count() / 5).min(3);
    known
        .map(|name| (distance_to(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

fn distance_to(wanted: &str, name: &str) -> usize {
    let city = name.rsplit('/').next().unwrap_or(name);
    if wanted.contains('/') {
        levenshtein(wanted, name)
    } else {
        levenshtein(wanted, name).min(levenshtein(wanted, city))
    }
}
