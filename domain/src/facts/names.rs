//! Names: capitalised words that are not at the start of a sentence, with what joins them, and capitalised sequences that are.
//!
//! In a German text, where all nouns are capitalised, only sequences count; in a title, where most words are, none does.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::calendar::{month, weekday};
use super::tokens::{Kind, Token};
use super::{FactKind, Scan, Value};

/// Words that are capitalised for their place or for loudness, never as a name by themselves: English first, then others.
const NO_NAMES: &str = "a about add after all almost already also always an and another any are as ask at available back be because been \
    before best better between big book both brand break bring brunch but buy by call can catch celebrate check chef choose click coffee \
    cold come coming congrats congratulations could cozy cosy cyber daily dear did did. discover do does doing don't done doors down drink \
    drop early eat eight end enjoy enter even ever every everyone excited exciting explore family fancy fast feel few finally find first \
    five follow for four free fresh friends from full fun get getting give go going gold good got grab great green guess had half happy has \
    have hello help her here here's hey hi high his home hot hours how huge hungry hurry i i'd i'll i'm i've if imagine in introducing \
    is it it's its join just keep kids know last later learn left less let let's life like limited live live: local long look love made \
    make many may maybe me meet merry mid missed more most mr mrs ms much must my need never new next nice nine no none not note nothing now of \
    off oh ok okay on once one online only open opening or order our out over own pass people perfect pick please plus pop pre proud pssst \
    question quick ready really red register remember reminder reserve rise rsvp sale save saved say see seven share she shop should sign \
    simple since six so some something soon special spring spread start starting stay step still stop stories summer support sure swing \
    take talk taste team tell ten thank thanks that that's the their them then there there's these they they're things think this those \
    three through time tip tips to today together tomorrow tonight too top treat try two under until up us use vegan very via vip visit \
    vote walk want warm was watch we we'd we'll we're we've welcome well were what what's when where which while who why wifi will win \
    winner winter wish with without work world would wow xmas yay year years yes yesterday yet you you'll you're you've your yum autumn fall \
    hint hints news note notice update updates fact facts reminder announcement attention important offer offers limited \
    deal deals bonus surprise miss giveaway spoiler alert warning menu event events thread part chapter step day night \
    tea cake bread lunch dinner breakfast reasons reason ways ideas \
    reg tv dj diy faq omg lol btw psa asap eta am pm ceo cto pr ai eu uk us usa uv nb ps id cv hq bbq \
    ab aber alle als am an auch auf aus bei besucht bis da dann das dein deine dem den der des die diese dieser du ein eine einem einen \
    einer ende endlich er es euch euer für frisch frische frischer gleich gute guten hallo heute hier holt ich ihr ihre ihnen im immer in \
    ist ja jede jeden jetzt kein keine komm kommt kommen liebe mehr mein mit morgen nach neu neue neuer neues nicht noch nur ob oder ohne schon \
    sie sind so täglich uhr um und uns unser unsere unserem unseren vom von vor war was weil wenn wer wie wir wo zu zum zur \
    à au aux avec bonjour ce ces cette chez dans de demain des découvrez du elle en et il ils je jusqu la le les leur mais merci mon \
    ne nos notre nous nouveau nouvelle on ou où pas pour profitez que qui réservez sans ses son sur tous tout toute un une venez vos votre \
    vous aujourd'hui c'est l'été al como con cuando de del desde el ella en es esta este estos gracias ha hasta hay hola hoy la las lo los \
    mañana más mi muy no nos nuestra nuestro nueva nuevo para pero por que reserva se si sin sobre su sus también te tu un una ven ya \
    da das de dem den denne der det dette du en er et etter for fra ha hei hos i idag ikke kom med men min nå når ny nye nytt og om oss på \
    se som takk til ved velkommen vi vår våre vårt alla benvenuti che ci con da dal della di domani è gli il le nel oggi per scopri si una \
    vieni voi amanhã com do e ela ele hoje não na nas no nosso o os ou para pela uma venha een het ik je maar met nu ook op te van vanaf \
    vandaag voor wij ze zijn kom på";
/// What may stand inside a name in lower case.
const JOINS: [&str; 17] = [
    "of", "de", "van", "von", "der", "den", "del", "della", "da", "di", "du", "do", "la", "le",
    "&", "des", "y",
];
/// A shorter word in capitals is as likely an abbreviation.
const SHORTEST_SHOUTED: usize = 5;
/// Words that only German texts have, or nearly.
const GERMAN: [&str; 34] = [
    "der", "die", "das", "und", "ist", "mit", "für", "wir", "ein", "eine", "einen", "im", "am",
    "zu", "auf", "nicht", "bei", "sie", "unsere", "unser", "ab", "uhr", "heute", "euch", "ihr",
    "vom", "zum", "zur", "sind", "gibt", "jetzt", "neue", "bis", "von",
];

pub(super) fn find(scan: &mut Scan) {
    let german = is_german(scan);
    if is_title(scan) && !german {
        return;
    }
    let mut at = 0;
    while at < scan.tokens.len() {
        let Some(name) = read(scan, at, german) else {
            at += 1;
            continue;
        };
        let words: Vec<String> = scan.tokens[name.clone()]
            .iter()
            .filter(|token| token.kind == Kind::Word && !JOINS.contains(&token.lower()))
            .map(|token| bare(token.lower()).to_owned())
            .collect();
        at = name.end;
        scan.take(name, FactKind::Name, Value::Name(words));
    }
}

/// A word without the `'s` of possession.
pub(super) fn bare(word: &str) -> &str {
    let cut = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
    cut.unwrap_or(word)
}

fn read(scan: &Scan, at: usize, german: bool) -> Option<Range<usize>> {
    let first = at;
    // "Red" is no name, and a part of one in "the Red Cross".
    let may_begin = !german && is_proper(scan, at) && !starts_sentence(scan, at);
    if !(can_name(scan, at) || may_begin && can_name(scan, at + 1)) {
        return None;
    }
    let mut end = at + 1;
    let mut words = 1;
    loop {
        let joins = |token: &Token| !german && JOINS.contains(&token.lower());
        let joined = scan.free(end).is_some_and(joins);
        let hyphen = scan.symbol(end) == Some('-') && scan.touches(end) && scan.touches(end + 1);
        let next = end + usize::from(joined || hyphen);
        if !can_name(scan, next) {
            break;
        }
        end = next + 1;
        words += usize::from(!hyphen);
    }
    let at_start = starts_sentence(scan, first);
    let is_name = match (german, at_start) {
        (true, true) => words > 2,
        (true, false) => words > 1,
        (false, true) => words > 1 || has_inner_capital(&scan.tokens[first]),
        (false, false) => true,
    };
    is_name.then_some(first..end)
}

fn can_name(scan: &Scan, at: usize) -> bool {
    static NONE: LazyLock<BTreeSet<&str>> = LazyLock::new(|| NO_NAMES.split_whitespace().collect());
    let Some(token) = scan.free(at).filter(|_| is_proper(scan, at)) else {
        return false;
    };
    let is_common = NONE.contains(bare(token.lower())) || NONE.contains(token.lower());
    !is_common && !is_shouted(scan, at) && !ends_compound(scan, at)
}

/// `5-Euro-Ticket`: what is joined to a number is of the number.
fn ends_compound(scan: &Scan, at: usize) -> bool {
    let Some(joined) = at.checked_sub(2) else {
        return false;
    };
    let is_joined =
        scan.tokens[at - 1].symbol() == Some('-') && scan.touches(at) && scan.touches(at - 1);
    is_joined && (scan.tokens[joined].is_number() || ends_compound(scan, joined))
}

/// A capitalised word of letters that is no month and no weekday.
fn is_proper(scan: &Scan, at: usize) -> bool {
    scan.free(at).is_some_and(|token| {
        let lower = bare(token.lower());
        let is_a_day = weekday(lower).is_some() || month(lower).is_some();
        let is_of_letters = token.text.chars().all(|c| !c.is_numeric());
        let contracted = token.lower().starts_with("i'") || token.lower().starts_with("i’");
        token.is_capitalised()
            && token.text.chars().count() > 1
            && is_of_letters
            && !is_a_day
            && !contracted
    })
}

/// `iPhone` is in lower case, `McCoy` and `LinkedIn` are not.
fn has_inner_capital(token: &Token) -> bool {
    let mut rest = token.text.chars().skip(1);
    rest.clone().any(char::is_lowercase) && rest.any(char::is_uppercase)
}

fn starts_sentence(scan: &Scan, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|at| &scan.tokens[at]) else {
        return true;
    };
    let token = &scan.tokens[at];
    let between = &scan.text[before.bytes.end..token.bytes.start];
    if between.contains('\n') {
        return true;
    }
    match before.kind {
        Kind::Word => false,
        Kind::Number => starts_sentence(scan, first_of_figures(scan, at - 1)),
        Kind::Tag | Kind::Link => true,
        Kind::Sign => match before.symbol() {
            // A bullet, or a bracket around a sentence.
            Some('-' | '–' | '—' | '(' | '+') => starts_sentence(scan, at - 1),
            Some(',' | '&' | '/' | '\'' | '’' | ';' | '%' | '€' | '$' | '£') => false,
            // A short word before a dot is a title, not a sentence.
            Some('.') => !at.checked_sub(2).is_some_and(|at| {
                ["mr", "mrs", "ms", "dr", "st", "prof"].contains(&scan.tokens[at].lower())
            }),
            Some('"' | '“' | '„' | '«') => at
                .checked_sub(1)
                .is_some_and(|at| starts_sentence(scan, at)),
            _ => true,
        },
    }
}

/// Where figures begin that end at a place: `1/3` is one thing.
fn first_of_figures(scan: &Scan, at: usize) -> usize {
    let is_slash = |at: usize| scan.tokens[at].symbol() == Some('/');
    match at.checked_sub(2) {
        Some(first) if is_slash(first + 1) && scan.tokens[first].is_number() => {
            first_of_figures(scan, first)
        }
        _ => at,
    }
}

/// `BIG SURPRISE`: a long word in capitals beside another one is loud, and no name for that.
fn is_shouted(scan: &Scan, at: usize) -> bool {
    let in_capitals = |at: usize, least: usize| {
        let token = scan.tokens.get(at).filter(|token| token.kind == Kind::Word);
        token.is_some_and(|token| {
            let letters = token.text.chars().count();
            letters >= least && !token.text.chars().any(char::is_lowercase)
        })
    };
    let before = at.checked_sub(1).is_some_and(|at| in_capitals(at, 3));
    in_capitals(at, SHORTEST_SHOUTED) && (before || in_capitals(at + 1, 3))
}

fn words<'a>(scan: &'a Scan) -> impl Iterator<Item = &'a Token> {
    scan.tokens.iter().filter(|token| token.kind == Kind::Word)
}

/// Most words begin with a capital, or the text is shouted.
fn is_title(scan: &Scan) -> bool {
    let all = words(scan).filter(|token| token.text.chars().count() > 1);
    let capital = |token: &&Token| token.is_capitalised();
    let (capital, rest): (Vec<&Token>, Vec<&Token>) = all.partition(capital);
    let long = rest
        .iter()
        .filter(|token| token.text.chars().count() > 3)
        .count();
    capital.len() >= 5 && capital.len() * 3 >= rest.len() * 7 && capital.len() >= long * 5
}

fn is_german(scan: &Scan) -> bool {
    let all = words(scan).count();
    let german = words(scan)
        .filter(|token| GERMAN.contains(&token.lower()))
        .count();
    let umlauts = words(scan).any(|token| token.lower().contains(['ä', 'ß', 'ü']));
    german >= 2 || german == 1 && (umlauts || all <= 6)
}
