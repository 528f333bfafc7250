//! What a written number may mean: `1,000` is a thousand here and one elsewhere.

/// The amounts that a written number may mean, each as a decimal without zeros at either end.
pub(super) type Amounts = Vec<String>;

/// Everything that digits with separators may mean; what is no number, such as a version, means itself.
pub(super) fn amounts(written: &str) -> Amounts {
    let marks: Vec<char> = written.chars().filter(|c| !c.is_ascii_digit()).collect();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let groups: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let (first, rest) = groups.split_first().unwrap_or((&"", &[]));
    let are_thousands = |groups: &[&str]| groups.iter().all(|group| group.len() == 3);
    let last = rest.last().copied().unwrap_or_default();
    let whole = |upto: usize| -> String { groups[..upto].concat() };
    match marks.as_slice() {
        [] => vec![decimal(&digits, "")],
        ['.' | ','] => {
            let fraction = decimal(first, last);
            if last.len() == 3 && (1..=3).contains(&first.len()) && *first != "0" {
                vec![decimal(&digits, ""), fraction]
            } else {
                vec![fraction]
            }
        }
        [one, more @ ..] if more.iter().all(|mark| mark == one) && are_thousands(rest) => {
            vec![decimal(&digits, "")]
        }
        [more @ .., mark @ ('.' | ',')]
            if more.iter().all(|other| other != mark) && are_thousands(&rest[..rest.len() - 1]) =>
        {
            vec![decimal(&whole(groups.len() - 1), last)]
        }
        _ => vec![written.to_owned()],
    }
}

/// The same, times a thousand or the like.
pub(super) fn times(amounts: &Amounts, zeros: usize) -> Amounts {
    let times = |amount: &String| {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let (moved, rest) = fraction.split_at(fraction.len().min(zeros));
        let filled = "0".repeat(zeros - moved.len());
        decimal(&format!("{whole}{moved}{filled}"), rest)
    };
    amounts.iter().map(times).collect()
}

fn decimal(whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}
