//! Numbers and prices: an amount, what it is of, and the spans between two.

use super::amounts::{Amounts, amounts, times};
use super::tokens::{Kind, Token, is_ideograph};
use super::{FactKind, Scan, Value};

/// Currencies: what they are kept as, and how they are written.
const CURRENCIES: [(&str, &str); 12] = [
    ("€", "€ eur euro euros"),
    ("$", "$ usd dollar dollars us$"),
    ("£", "£ gbp pound pounds quid"),
    ("¥", "¥ jpy yen 円"),
    ("kr", "kr nok sek dkk krone kroner kronen kronor kron"),
    ("chf", "chf franken francs fr"),
    ("zł", "zł pln złotych złote złoty"),
    ("₽", "₽ rub рублей рубля рубль"),
    ("₹", "₹ inr rupees rupee"),
    ("c", "¢ cent cents p pence"),
    ("r$", "r$ brl reais real"),
    ("kč", "kč czk"),
];
/// Units: what they are kept as, and how they are written.
const UNITS: [(&str, &str); 24] = [
    (
        "%",
        "% percent prozent pourcent prosent procent prosenttia процентов",
    ),
    (
        "km",
        "km kilometre kilometres kilometer kilometers kilomètres kilómetros км",
    ),
    ("m", "m metre metres meter meters mètres metros"),
    ("cm", "cm centimetres centimeters zentimeter"),
    ("mm", "mm millimetres millimeters"),
    ("mi", "mile miles mi"),
    ("kg", "kg kilo kilos kilogram kilograms kilogramm кг"),
    ("g", "g gram grams gramm grammes gramos gramm гр"),
    ("l", "l litre litres liter liters litros"),
    ("dl", "dl"),
    ("ml", "ml"),
    (
        "h",
        "h hr hrs hour hours stunde stunden heure heures hora horas timer time timme timmar ora ore часов часа",
    ),
    (
        "min",
        "min mins minute minutes minuten minutos minutter minuter minuti минут",
    ),
    ("s", "s sec secs second seconds sekunden"),
    (
        "day",
        "day days tag tage tagen jour jours día días dager dage dagar giorni dias dagen дней",
    ),
    (
        "week",
        "week weeks woche wochen semaine semaines semana semanas uker uger veckor weken settimane",
    ),
    (
        "month",
        "month months monat monate monaten mois mes meses måneder månader maanden mesi",
    ),
    (
        "year",
        "year years jahr jahre jahren an ans année années año años år anni anos jaar lat лет",
    ),
    ("°", "° grad degrees"),
    ("kwh", "kwh"),
    ("gb", "gb"),
    ("mb", "mb"),
    ("kcal", "kcal"),
    ("m²", "m² qm sqm"),
];
/// Words that multiply, and how many zeros they stand for.
const MULTIPLES: [(&str, usize); 14] = [
    ("k", 3),
    ("thousand", 3),
    ("tausend", 3),
    ("mille", 3),
    ("mil", 3),
    ("tusen", 3),
    ("million", 6),
    ("millions", 6),
    ("millionen", 6),
    ("millones", 6),
    ("millioner", 6),
    ("mio", 6),
    ("billion", 9),
    ("万", 4),
];
/// The most parts that a list or a thread is taken to have.
const MOST_PARTS: u32 = 25;
/// Words that follow a number without being what there are so many of.
const NO_NOUNS: [&str; 62] = [
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "off", "on", "or",
    "per", "than", "that", "the", "to", "until", "with", "more", "new", "of", "und", "oder", "für",
    "mit", "von", "bis", "im", "am", "ab", "auf", "zu", "zum", "ist", "sind", "et", "ou", "de",
    "du", "des", "pour", "dans", "y", "o", "en", "con", "para", "og", "i", "på", "for", "til",
    "med", "only", "just", "now", "this", "und",
];

pub(super) fn find(scan: &mut Scan) {
    for at in 0..scan.tokens.len() {
        if let Some(length) = counter(scan, at) {
            scan.pass(at..at + length);
        }
        if scan.free(at).is_some_and(Token::is_number) {
            read(scan, at);
        }
    }
}

/// How long the mark is by which a line says its place: `1.` and `2)` of a list, `1/3` of a thread.
fn counter(scan: &Scan, at: usize) -> Option<usize> {
    let place = |at: usize| {
        let number = scan.free(at).and_then(Token::whole);
        number.filter(|number| (1..=MOST_PARTS).contains(number))
    };
    let one = place(at).filter(|_| scan.begins_line(at))?;
    let after = scan.tokens.get(at + 2);
    if scan.symbol(at + 1) == Some('/') && place(at + 2).is_some_and(|of| one <= of) {
        // `1/2 price` is a half.
        let next = scan.tokens.get(at + 3);
        let is_read_on = next.is_some_and(|next| next.kind == Kind::Word && !next.is_capitalised());
        return Some(3).filter(|_| !is_read_on);
    }
    let is_mark = matches!(scan.symbol(at + 1), Some('.' | ')')) && scan.touches(at + 1);
    (is_mark && after.is_some() && !scan.touches(at + 2)).then_some(2)
}

/// What a number is of, and where it ends.
struct Quantity {
    start: usize,
    end: usize,
    amounts: Amounts,
    currency: Option<&'static str>,
    unit: Option<&'static str>,
}

fn read(scan: &mut Scan, at: usize) {
    if is_part_of_a_name(scan, at) {
        return;
    }
    let mut first = quantity(scan, at);
    let joins = scan.is_dash(first.end)
        || ["to", "bis", "à", "a", "til", "до", "〜"].contains(&scan.word(first.end))
        || scan.symbol(first.end) == Some('〜');
    let behind = first.end + 1;
    let behind = behind + usize::from(kept_as(&CURRENCIES, scan.word(behind)).is_some());
    let is_span = joins && scan.free(behind).is_some_and(Token::is_number);
    if is_span {
        let second = quantity(scan, behind);
        // `5–10 €` and `€5–10`: what is said once is said of both.
        first.currency = first.currency.or(second.currency);
        first.unit = first.unit.or(second.unit);
        let (currency, unit) = (
            second.currency.or(first.currency),
            second.unit.or(first.unit),
        );
        let noun = noun(scan, second.end);
        record(scan, first, noun.clone());
        record(
            scan,
            Quantity {
                currency,
                unit,
                ..second
            },
            noun,
        );
    } else {
        let noun = noun(scan, first.end);
        record(scan, first, noun);
    }
}

fn record(scan: &mut Scan, quantity: Quantity, noun: Option<String>) {
    let kind = match quantity.currency {
        Some(_) => FactKind::Price,
        None => FactKind::Number,
    };
    let noun = noun.filter(|_| quantity.currency.is_none() && quantity.unit.is_none());
    let value = Value::Amount {
        amounts: quantity.amounts,
        unit: quantity.currency.or(quantity.unit),
        noun,
    };
    scan.take(quantity.start..quantity.end, kind, value);
}

fn quantity(scan: &Scan, at: usize) -> Quantity {
    let mut quantity = Quantity {
        start: at,
        end: at + 1,
        amounts: scan
            .tokens
            .get(at)
            .map(|token| amounts(&token.text))
            .unwrap_or_default(),
        currency: None,
        unit: None,
    };
    multiply(scan, &mut quantity);
    let is_ordinal = scan.touches(at + 1)
        && ["st", "nd", "rd", "th", "er", "e", "º", "ª"].contains(&scan.word(at + 1));
    quantity.end += usize::from(is_ordinal);
    let before = at.checked_sub(1).map_or("", |at| scan.word(at));
    let before = kept_as(&CURRENCIES, before).filter(|kept| *kept != "c" && before != "fr");
    if let Some(currency) = before {
        (quantity.currency, quantity.start) = (Some(currency), at - 1);
        multiply(scan, &mut quantity);
    } else if let Some(currency) = currency_after(scan, quantity.end) {
        (quantity.currency, quantity.end) = (Some(currency), quantity.end + 1);
    } else if let Some(measured) = compound(scan, quantity.end) {
        (quantity.currency, quantity.unit) = measured;
        quantity.end += 2;
    } else if scan.symbol(quantity.end) == Some(',')
        && scan.touches(quantity.end)
        && is_price_dash(scan, quantity.end + 1)
    {
        // `129,-` as in Norwegian and German shops; the currency is the country's own.
        (quantity.currency, quantity.end) = (Some("?"), quantity.end + 2);
    } else if let Some((unit, length)) = unit(scan, quantity.end) {
        (quantity.unit, quantity.end) = (Some(unit), quantity.end + length);
    }
    quantity
}

/// What is joined to a number by a hyphen, as in `5-euro ticket` and `12-week course`: a currency or a unit.
fn compound(scan: &Scan, at: usize) -> Option<(Option<&'static str>, Option<&'static str>)> {
    let is_joined = scan.symbol(at) == Some('-') && scan.touches(at) && scan.touches(at + 1);
    let word = scan.free(at + 1).filter(|_| is_joined)?.lower();
    let is_long = word.chars().count() > 1;
    let currency = kept_as(&CURRENCIES, word).filter(|_| is_long);
    let unit = kept_as(&UNITS, word).filter(|_| currency.is_none());
    (currency.is_some() || unit.is_some()).then_some((currency, unit))
}

fn is_price_dash(scan: &Scan, at: usize) -> bool {
    scan.is_dash(at) && scan.touches(at) && !scan.free(at + 1).is_some_and(Token::is_number)
}

fn currency_after(scan: &Scan, at: usize) -> Option<&'static str> {
    let word = scan.word(at);
    let found = kept_as(&CURRENCIES, word)?;
    // A single letter belongs to the number only where it touches it.
    (word != "p" || scan.touches(at)).then_some(found)
}

fn unit(scan: &Scan, at: usize) -> Option<(&'static str, usize)> {
    let word = scan.word(at);
    let in_words = [
        ("pour", "cent"),
        ("por", "ciento"),
        ("per", "cent"),
        ("por", "cento"),
    ];
    if in_words.contains(&(word, scan.word(at + 1))) {
        return Some(("%", 2));
    }
    if word == "°" {
        let is_scale = ["c", "f"].contains(&scan.word(at + 1));
        return Some(("°", 1 + usize::from(is_scale)));
    }
    // The German "an" is no year.
    let found = kept_as(&UNITS, word)
        .filter(|_| !["an", "time", "ora", "m", "s"].contains(&word) || scan.touches(at))?;
    Some((found, 1))
}

fn kept_as(table: &[(&'static str, &str)], word: &str) -> Option<&'static str> {
    if word.is_empty() {
        return None;
    }
    let has = |forms: &str| forms.split_whitespace().any(|form| form == word);
    table
        .iter()
        .find(|(_, forms)| has(forms))
        .map(|(kept, _)| *kept)
}

fn multiply(scan: &Scan, quantity: &mut Quantity) {
    let word = scan.word(quantity.end);
    let found = MULTIPLES.iter().find(|(multiple, _)| *multiple == word);
    let Some((_, zeros)) = found.filter(|(word, _)| *word != "k" || scan.touches(quantity.end))
    else {
        return;
    };
    quantity.amounts = times(&quantity.amounts, *zeros);
    quantity.end += 1;
    quantity.end += usize::from(word == "mio" && scan.symbol(quantity.end) == Some('.'));
}

/// `mp3`, `B2B`, `3D`, `24/7`: no amounts.
fn is_part_of_a_name(scan: &Scan, at: usize) -> bool {
    let touching = |at: usize| scan.touches(at).then(|| scan.tokens.get(at)).flatten();
    let after_word = scan.touches(at)
        && at > 0
        && scan.tokens[at - 1].kind == Kind::Word
        && !scan.tokens[at - 1].text.starts_with(is_ideograph)
        && kept_as(&CURRENCIES, scan.tokens[at - 1].lower()).is_none();
    let is_3d = touching(at + 1)
        .is_some_and(|token| token.text == "D" || token.text == "G" || token.text == "x");
    let around_the_clock = scan.tokens[at].text == "24"
        && scan.symbol(at + 1) == Some('/')
        && scan
            .tokens
            .get(at + 2)
            .is_some_and(|token| token.text == "7")
        || scan.tokens[at].text == "7"
            && at > 1
            && scan.tokens[at - 2].text == "24"
            && scan.symbol(at - 1) == Some('/');
    after_word || is_3d || around_the_clock
}

/// What there are so many of: the next word, with its ending cut, where it may be one.
fn noun(scan: &Scan, at: usize) -> Option<String> {
    let token = scan
        .tokens
        .get(at)
        .filter(|token| token.kind == Kind::Word)?;
    let is_one = token.lower().chars().count() > 2 && !NO_NOUNS.contains(&token.lower());
    is_one.then(|| stem(token.lower()))
}

/// The head of a word, which its forms have in common.
pub(super) fn stem(word: &str) -> String {
    word.chars()
        .take(5)
        .collect::<String>()
        .trim_end_matches(['s', 'e', 'n'])
        .to_owned()
}
