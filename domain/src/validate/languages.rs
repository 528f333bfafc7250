//! Which of a client's languages are told apart, by their codes.

use whatlang::Lang;

use crate::voice::Language;

/// The codes of ISO 639-1 with the detector's languages. `no` stands for both forms of Norwegian.
const KNOWN: [(&str, Lang); 44] = [
    ("ar", Lang::Ara),
    ("bg", Lang::Bul),
    ("bn", Lang::Ben),
    ("ca", Lang::Cat),
    ("cs", Lang::Ces),
    ("da", Lang::Dan),
    ("de", Lang::Deu),
    ("el", Lang::Ell),
    ("en", Lang::Eng),
    ("es", Lang::Spa),
    ("et", Lang::Est),
    ("fa", Lang::Pes),
    ("fi", Lang::Fin),
    ("fr", Lang::Fra),
    ("he", Lang::Heb),
    ("hi", Lang::Hin),
    ("hr", Lang::Hrv),
    ("hu", Lang::Hun),
    ("hy", Lang::Hye),
    ("id", Lang::Ind),
    ("it", Lang::Ita),
    ("ja", Lang::Jpn),
    ("ka", Lang::Kat),
    ("ko", Lang::Kor),
    ("lt", Lang::Lit),
    ("lv", Lang::Lav),
    ("nb", Lang::Nob),
    ("nl", Lang::Nld),
    ("nn", Lang::Nob),
    ("no", Lang::Nob),
    ("pl", Lang::Pol),
    ("pt", Lang::Por),
    ("ro", Lang::Ron),
    ("ru", Lang::Rus),
    ("sk", Lang::Slk),
    ("sl", Lang::Slv),
    ("sr", Lang::Srp),
    ("sv", Lang::Swe),
    ("ta", Lang::Tam),
    ("th", Lang::Tha),
    ("tr", Lang::Tur),
    ("uk", Lang::Ukr),
    ("vi", Lang::Vie),
    ("zh", Lang::Cmn),
];

/// The detector's language for a client's; none for one that it does not know.
pub(super) fn of(language: &Language) -> Option<Lang> {
    let found = KNOWN.iter().find(|(known, _)| *known == language.code());
    found
        .map(|(_, lang)| *lang)
        .or_else(|| Lang::from_code(language.code()))
}

/// The tag of a detector's language, as a client's file has it.
pub(super) fn code(lang: Lang) -> &'static str {
    let found = KNOWN.iter().rfind(|(_, known)| *known == lang);
    found.map_or(lang.code(), |(code, _)| *code)
}
