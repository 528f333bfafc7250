//! Whether two words are forms of one: they are alike but for an ending of one of the client's languages.
//!
//! No stemmer: one cuts by rules of its language whatever it meets, takes `universe` and `university` for one word, and
//! needs to know the language of each word. Here both have to keep a stem of four letters in common, and what is cut has
//! to be an ending that inflects; what makes another word (`-er` for a person, `-ship`) is not in the lists.

use crate::voice::Language;

/// A stem is at least this long, or chance would find it.
const SHORTEST_STEM: usize = 4;

/// The endings of some languages, longest first.
pub(super) struct Endings(Vec<&'static str>);

const ENGLISH: &[&str] = &[
    "iest", "ied", "ies", "ier", "ing", "est", "ed", "es", "er", "ly", "s", "d", "r",
];
const GERMAN: &[&str] = &[
    "esten", "este", "eren", "erem", "erer", "eres", "ere", "sten", "stes", "ster", "ste", "ern",
    "en", "em", "er", "es", "et", "te", "e", "n", "s", "t",
];
const FRENCH: &[&str] = &[
    "issons", "eront", "ées", "ers", "ent", "ons", "ée", "és", "er", "ez", "es", "e", "é", "s", "x",
];
const SPANISH: &[&str] = &[
    "ísimos", "ísimas", "ísimo", "ísima", "ando", "iendo", "ados", "adas", "amos", "ado", "ada",
    "an", "ar", "as", "os", "es", "a", "o", "s", "e",
];
const ITALIAN: &[&str] = &[
    "issimo", "issima", "ando", "endo", "ato", "ata", "ati", "ate", "are", "he", "hi", "a", "e",
    "i", "o",
];
const PORTUGUESE: &[&str] = &[
    "íssimo", "íssima", "ando", "endo", "ados", "adas", "ado", "ada", "ões", "ão", "ar", "as",
    "os", "es", "a", "o", "s", "e",
];
const DUTCH: &[&str] = &[
    "sten", "ste", "ere", "en", "er", "st", "de", "te", "e", "s", "t",
];
const NORDIC: &[&str] = &[
    "ste", "st", "re", "estene", "ernes", "arnas", "este", "aste", "enes", "ene", "ane", "arna",
    "erna", "ere", "are", "est", "ast", "ens", "ets", "ers", "ede", "ade", "en", "et", "er", "ar",
    "or", "na", "te", "e", "a", "n", "s", "t",
];

impl Endings {
    /// Those of the languages, by code; of English where none is named.
    pub(super) fn of(languages: &[Language]) -> Self {
        let mut endings = Vec::new();
        for code in languages {
            endings.extend_from_slice(match code.code() {
                "en" => ENGLISH,
                "de" => GERMAN,
                "fr" => FRENCH,
                "es" => SPANISH,
                "it" => ITALIAN,
                "pt" => PORTUGUESE,
                "nl" => DUTCH,
                "no" | "nb" | "nn" | "da" | "sv" => NORDIC,
                _ => &[],
            });
        }
        if languages.is_empty() {
            endings.extend_from_slice(ENGLISH);
        }
        endings.sort_by_key(|ending| std::cmp::Reverse(ending.len()));
        endings.dedup();
        Self(endings)
    }
}

/// Whether both are forms of one word.
pub(super) fn same(one: &str, other: &str, endings: &Endings) -> bool {
    if one == other {
        return true;
    }
    let common: usize = one
        .chars()
        .zip(other.chars())
        .take_while(|(one, other)| one == other)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    let stem = &one[..common];
    if stem.chars().count() + 1 < SHORTEST_STEM {
        return false;
    }
    // What both have in common may reach into an ending of both, as the `e` of `guaranteed` and `guarantees`.
    let cuts = stem.char_indices().rev().map(|(at, _)| at).take(2);
    [common].into_iter().chain(cuts).any(|cut| {
        let (stem, left, right) = (&one[..cut], &one[cut..], &other[cut..]);
        stem.chars().count() >= SHORTEST_STEM
            && (endings.fit(stem, left) && endings.fit(stem, right)
                || endings.replace(left, right)
                || endings.replace(right, left))
    })
}

impl Endings {
    /// No endings: only the word itself.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether what follows a stem is nothing, an ending, or one after the stem's last letter once more (`banned`).
    fn fit(&self, stem: &str, rest: &str) -> bool {
        let doubled = || {
            let last = stem.chars().next_back()?;
            rest.strip_prefix(last)
        };
        let is_doubled = |rest: &str| matches!(rest, "ed" | "ing") && self.0.contains(&rest);
        rest.is_empty() || self.0.contains(&rest) || doubled().is_some_and(is_doubled)
    }

    /// Whether an English ending takes the place of a last letter: `rate` and `rating`, `copy` and `copies`.
    fn replace(&self, letter: &str, ending: &str) -> bool {
        let of_english = self.0.contains(&"ing");
        of_english
            && match letter {
                "e" => ending == "ing",
                "y" => matches!(ending, "ies" | "ied" | "ier" | "iest"),
                _ => false,
            }
    }
}
