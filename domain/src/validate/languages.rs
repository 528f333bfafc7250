//! The languages that a client may name, by their two-letter codes, and which of them are told apart.

use whatlang::Lang;

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

/// Whether a code names a language that can be told.
pub(super) fn is_known(code: &str) -> bool {
    of(code).is_some()
}

/// The detector's language for a code. A region does not count: `pt-BR` is `pt`.
pub(super) fn of(code: &str) -> Option<Lang> {
    let code = code.trim().to_ascii_lowercase();
    let base = code.split(['-', '_']).next().unwrap_or_default();
    let found = KNOWN.iter().find(|(known, _)| *known == base);
    found.map(|(_, lang)| *lang)
}

/// The code for a detector's language; none for one that is not told.
pub(super) fn code(lang: Lang) -> Option<&'static str> {
    let found = KNOWN.iter().rfind(|(_, known)| *known == lang);
    found.map(|(code, _)| *code)
}
