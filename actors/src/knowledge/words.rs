//! A text as the words that it is searched by: lower case, without accents, without those that every text has.
//!
//! No language is asked for. A longer word also counts by its first five letters, which stand for its stem in the languages
//! that inflect at the end (McNamee and Mayfield, "Character N-Gram Tokenization for European Language Text Retrieval",
//! 2004); scripts that are written without spaces count by pairs of characters.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// From so many letters on a word has a stem.
const LETTERS_OF_A_STEM: usize = 5;
/// What the stem of a word is worth beside the word itself.
const WORTH_OF_A_STEM: f64 = 0.4;

/// Words that say nothing about what a text is about, without accents: English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Norwegian. A word that means something in one of the others is left out.
const EMPTY: &str = "a about after all also an and any are as at be been but by can could did do does for from had has have he \
    her here him his how i if in into is it its just me more my new no not now of off on one only or our out over she so some \
    such than that the their them then there these they this to too up us was we were what when where which who why will with \
    would you your tweet post write please about say tell announce remind mention \
    aber alle als am auch auf aus bei bin bis das dass dem den der des die doch du ein eine einem einen einer eines er es fur \
    habe haben ich ihr im ist ja kann mehr mein mit nach nicht noch nur ob oder ohne sein sich sie sind so uber um und uns \
    unser unsere unserem unseren unserer vom von vor was wenn wer werden wie wir wird wo zu zum zur \
    au aux avec ce ces cette c d dans de des du elle elles en est et eux il ils j je l la le les leur leurs lui ma mais mes \
    moi mon n ne nos notre nous ou par pas plus pour qu que qui sa sans se ses son sont sur te toi ton tu un une vos votre vous \
    al como con cual cuando del donde el ella ellos era es esta este esto fue ha hay la las lo los mas mi muy nos nuestra \
    nuestro para pero por que se si sin sobre su sus tambien tiene todo un una uno unos y ya \
    ai alla anche che chi ci col come cui da dai dal dalla dei del della delle di dove e gli ho io la le lei loro ma nei nel \
    nella noi non o per piu quando questa questo sei sono su sul sulla tra tutti tutto una voi \
    ao aos as com como da das do dos e ela ele em era foi isso mais mas na nas no nos nossa nosso o os ou para pela pelo por \
    quem sem ser seu sua tem um uma voce \
    bij dat de deze die dit een en er ge geen het hij hoe ik in is je kan maar me met mijn naar niet nog of om onder ons onze \
    ook op over te tot uit van veel voor waar wat we wel wij worden zal ze zich zij zijn \
    av da de den der deres det din disse du eller en er et etter for fra ha han har hun hva hvor i ikke jeg kan med meg min \
    mot nar nei oss og om opp pa sa seg selv skal som til under ut vare var vart ved vi vil";

/// How often each word stands in a text, by its worth.
pub(super) type Terms = BTreeMap<Box<str>, f64>;

/// What is looked for.
pub(super) struct Query {
    pub(super) terms: Terms,
}

impl Query {
    pub(super) fn of(text: &str) -> Self {
        Self {
            terms: terms(&[text]),
        }
    }
}

/// The words of some texts.
pub(super) fn terms(texts: &[&str]) -> Terms {
    let mut terms = Terms::new();
    let mut count = |term: &str, worth: f64| {
        *terms.entry(term.into()).or_default() += worth;
    };
    for text in texts {
        let folded = folded(text);
        for word in folded.split(|c: char| !c.is_alphanumeric()) {
            count_word(word, &mut count);
        }
    }
    terms
}

/// Lower case, without accents and the like; full-width letters are as the usual ones.
fn folded(text: &str) -> String {
    let bare = text.nfkd().filter(|c| !is_combining_mark(*c));
    bare.flat_map(char::to_lowercase)
        .map(|c| if c == 'ø' { 'o' } else { c })
        .collect()
}

fn count_word(word: &str, count: &mut impl FnMut(&str, f64)) {
    if word.is_empty() || is_empty(word) {
        return;
    }
    if word.chars().any(is_without_spaces) {
        return count_pairs(word, count);
    }
    count(word, 1.0);
    let stem = word.char_indices().nth(LETTERS_OF_A_STEM);
    if let Some((end, _)) = stem.filter(|_| !word.starts_with(|c: char| c.is_numeric())) {
        count(&format!("{}*", &word[..end]), WORTH_OF_A_STEM);
    } else if word.chars().count() == LETTERS_OF_A_STEM {
        count(&format!("{word}*"), WORTH_OF_A_STEM);
    }
}

fn count_pairs(word: &str, count: &mut impl FnMut(&str, f64)) {
    let letters: Vec<char> = word.chars().collect();
    if let [one] = letters.as_slice() {
        count(&one.to_string(), 1.0);
    }
    for pair in letters.windows(2) {
        count(&pair.iter().collect::<String>(), 1.0);
    }
}

fn is_empty(word: &str) -> bool {
    static WORDS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| EMPTY.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

/// Chinese, Japanese, Korean after decomposition, Thai, Lao, Khmer, Burmese.
fn is_without_spaces(c: char) -> bool {
    matches!(
        u32::from(c),
        0x0E00..=0x0EFF
            | 0x1000..=0x109F
            | 0x1100..=0x11FF
            | 0x1780..=0x17FF
            | 0x3040..=0x30FF
            | 0x3400..=0x4DBF
            | 0x4E00..=0x9FFF
            | 0xF900..=0xFAFF
            | 0x20000..=0x3FFFF
    )
}
