//! Which known name a misspelt one was probably meant to be. It only suggests: nothing is ever
//! replaced by what is found here.

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
        edits(wanted, name)
    } else {
        edits(wanted, name).min(edits(wanted, city))
    }
}

/// How many letters must be added, dropped or changed to make `a` of `b` (Levenshtein).
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn edits_are_counted_by_letter() {
        assert_eq!(edits("", "oslo"), 4);
        assert_eq!(edits("oslo", "oslo"), 0);
        assert_eq!(edits("olso", "oslo"), 2);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
