//! Whom somebody may have meant with a name that nobody has.

use clara_domain::ids::ClientId;

/// Up to three ids that are near to what was typed, nearest first.
pub(super) fn near<'a>(typed: &str, ids: impl Iterator<Item = &'a ClientId>) -> Vec<ClientId> {
    let typed: String = typed.to_lowercase().chars().take(64).collect();
    let mut found: Vec<(usize, &ClientId)> = ids
        .map(|id| (strsim::levenshtein(&typed, id.as_str()), id))
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
