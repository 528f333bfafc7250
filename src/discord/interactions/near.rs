//! Whom somebody may have meant with a name that nobody has.

use clara_domain::ids::ClientId;

/// Up to three ids that are near to what was typed, nearest first.
pub(super) fn near<'a>(typed: &str, ids: impl Iterator<Item = &'a ClientId>) -> Vec<ClientId> {
    let typed = typed.to_lowercase();
    let mut found: Vec<(usize, &ClientId)> = ids
        .map(|id| (distance(&typed, id.as_str()), id))
        .filter(|(distance, id)| *distance <= 1 + id.as_str().len() / 4 || starts(&typed, id))
        .collect();
    found.sort();
    found
        .into_iter()
        .take(3)
        .map(|(_, id)| id.clone())
        .collect()
}

fn starts(typed: &str, id: &ClientId) -> bool {
    typed.len() >= 2 && (id.as_str().starts_with(typed) || typed.starts_with(id.as_str()))
}

/// Levenshtein's: letters to change, add or take away.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().take(64).enumerate() {
        let mut corner = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.iter().enumerate() {
            let change = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = change.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_seen_through() {
        let ids: Vec<ClientId> = ["harbour", "fjord", "koyo"]
            .map(|id| id.parse().unwrap())
            .into();
        let meant = |typed| {
            near(typed, ids.iter())
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(meant("habour"), ["harbour"]);
        assert_eq!(meant("Harbor"), ["harbour"]);
        assert_eq!(meant("fj"), ["fjord"]);
        assert_eq!(meant("zebra"), Vec::<String>::new());
    }
}
