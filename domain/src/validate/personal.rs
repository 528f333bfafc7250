//! Data of people in a text: e-mail addresses, telephone numbers, bank accounts, cards. Found by form, and by their check
//! digits where they have some.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::bounded::Bounded;

static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| of(r"(?i)[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}"));
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| of(r"(?:\+|\()?[0-9][0-9 ().\u{a0}\u{2011}\u{202f}/-]{5,22}[0-9]"));
static IBAN: LazyLock<Bounded> = LazyLock::new(|| {
    Bounded::new(r"(?i)\b[a-z]{2}[0-9]{2}(?:[ -]?[a-z0-9]){11,30}\b")
        .expect("the pattern of accounts is constant, and tests find accounts with it")
});
static CARD: LazyLock<Regex> = LazyLock::new(|| of(r"[0-9](?:[ -]?[0-9]){12,18}"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"^(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./] ?[0-9]{1,2}[-./] ?(?:[0-9]{4}|[0-9]{2})\b|(?:19|20)[0-9]{2} ?[-/–] ?(?:19|20)?[0-9]{2}$)",
    )
});
/// A grouping that people use for telephone numbers and hardly for anything else.
static GROUPED: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"^(?:\([0-9]{2,5}\)[ -]?[0-9]{2,4}(?:[ -]?[0-9]{2,4}){1,3}|[0-9]{3}[-. ][0-9]{3}[-.][0-9]{4}|0[0-9]{1,4}[ /-][0-9]{2,}(?:[ -]?[0-9]{2,})*|0[0-9](?:[ .-][0-9]{2}){4}|[0-9]{2}(?: [0-9]{2}){3}|[0-9]{3} [0-9]{2} [0-9]{3}|0[0-9]{2,3}-[0-9]{3,4}-[0-9]{4})$",
    )
});
/// What announces a telephone number.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    of(
        r"(?i)(?:\btel\b|\btlf\b|phone|\bcall\b|\bring\b|\btext us\b|whatsapp|anruf|telefon|téléphone|\bappele[zr]\b|llama|llámanos|\bsms\b|電話|お電話|\bring oss\b)[^\n]{0,20}$",
    )
});

/// How long an account number of a country is.
const IBAN_LENGTHS: [(&str, usize); 36] = [
    ("AD", 24),
    ("AE", 23),
    ("AT", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GI", 23),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("SE", 24),
    ("TR", 26),
];

fn of(pattern: &str) -> Regex {
    Regex::new(pattern)
        .expect("the patterns of personal data are constant, and tests find data with them")
}

/// The e-mail addresses in a text.
pub(super) fn emails(text: &str) -> Vec<Range<usize>> {
    if !text.contains('@') {
        return Vec::new();
    }
    EMAIL.find_iter(text).map(|found| found.range()).collect()
}

/// The telephone numbers in a text: with a country's prefix, in a grouping of their own, or announced as such.
pub(super) fn phones(text: &str) -> Vec<Range<usize>> {
    let found = DIGITS.find_iter(text).filter(|found| {
        let before = &text[..found.start()];
        let after = text[found.end()..].chars().next();
        let last = before.chars().next_back();
        let joined =
            |letter: char| letter.is_ascii_alphanumeric() || "€$£¥.,:/_#=-".contains(letter);
        let apart = !last.is_some_and(joined)
            && !after
                .is_some_and(|letter| letter.is_ascii_alphanumeric() || "%€$£:".contains(letter));
        apart && is_phone(found.as_str(), before)
    });
    found.map(|found| found.range()).collect()
}

fn is_phone(text: &str, before: &str) -> bool {
    let count = digits(text).count();
    if !(7..=15).contains(&count) || DATE.is_match(text) || is_card(text) {
        return false;
    }
    let spaced: String = text
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .collect();
    let international = text.starts_with('+') || (text.starts_with("00") && count >= 10);
    international && count >= 8 || GROUPED.is_match(&spaced) || CALL.is_match(before)
}

/// The bank accounts in a text: IBANs whose check digits are right.
pub(super) fn ibans(text: &str) -> Vec<Range<usize>> {
    let found = IBAN.find_iter(text).filter_map(|found| {
        let country = found.as_str().get(..2)?.to_ascii_uppercase();
        let (_, length) = IBAN_LENGTHS.iter().find(|(known, _)| *known == country)?;
        let places = found
            .as_str()
            .char_indices()
            .filter(|(_, letter)| letter.is_ascii_alphanumeric());
        let places: Vec<usize> = places.map(|(at, _)| at).take(*length).collect();
        let end = found.start() + places.last()? + 1;
        let account: String = text[found.start()..end]
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        (account.len() == *length && checks_97(&account)).then_some(found.start()..end)
    });
    found.collect()
}

/// ISO 7064 MOD 97-10, as ISO 13616 has it for IBANs.
fn checks_97(account: &str) -> bool {
    let (head, tail) = account.split_at(4);
    let rest = tail
        .chars()
        .chain(head.chars())
        .try_fold(0_u32, |rest, letter| {
            let value = letter.to_digit(36)?;
            Some(if value < 10 {
                (rest * 10 + value) % 97
            } else {
                (rest * 100 + value) % 97
            })
        });
    rest == Some(1)
}

/// The card numbers in a text: such as are of a known brand's length and prefix, and whose check digit is right.
pub(super) fn cards(text: &str) -> Vec<Range<usize>> {
    let found = CARD.find_iter(text).filter(|found| {
        let last = text[..found.start()].chars().next_back();
        let after = text[found.end()..].chars().next();
        let joined = |letter: char| letter.is_ascii_alphanumeric();
        !last.is_some_and(joined) && !after.is_some_and(joined) && is_card(found.as_str())
    });
    found.map(|found| found.range()).collect()
}

fn is_card(text: &str) -> bool {
    let number: Vec<u32> = digits(text).collect();
    let head = |count: usize| {
        number
            .iter()
            .take(count)
            .fold(0, |head, digit| head * 10 + digit)
    };
    let of_brand = match number.len() {
        13 => head(1) == 4,
        14 => matches!(head(2), 30 | 36 | 38 | 39),
        15 => matches!(head(2), 34 | 37),
        16 => {
            head(1) == 4
                || (51..=55).contains(&head(2))
                || (2221..=2720).contains(&head(4))
                || matches!(head(2), 35 | 65)
                || head(4) == 6011
        }
        19 => head(1) == 4 || head(2) == 62,
        _ => false,
    };
    of_brand && checks_luhn(&number)
}

/// ISO/IEC 7812-1, annex B.
fn checks_luhn(number: &[u32]) -> bool {
    let digits = number.iter().rev().enumerate();
    let sum: u32 = digits
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) if twice > 9 => twice - 9,
            (_, twice) => twice,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The digits of a text.
pub(super) fn digits(text: &str) -> impl Iterator<Item = u32> {
    text.chars().filter_map(|letter| letter.to_digit(10))
}
