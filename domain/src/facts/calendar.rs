//! The names of months and weekdays, in the forms that texts have them in.
//!
//! English, German, French, Spanish, Italian, Portuguese, Dutch, Norwegian, Danish, Swedish, Finnish, Polish and Russian.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A day, as far as it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Day {
    pub(super) year: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) day: Option<u32>,
    /// From Monday, 1.
    pub(super) weekday: Option<u32>,
}

impl Day {
    /// Whether two may be the same, as far as both are named; and they name something in common.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        let pairs = [
            (self.year, other.year),
            (self.month, other.month),
            (self.day, other.day),
            (self.weekday, other.weekday),
        ];
        let both = |pair: &(Option<u32>, Option<u32>)| pair.0.zip(pair.1);
        let named: Vec<(u32, u32)> = pairs.iter().filter_map(both).collect();
        !named.is_empty() && named.iter().all(|(one, other)| one == other)
    }
}

const MONTHS: [&str; 12] = [
    "january januar januar janvier enero gennaio janeiro januari tammikuu tammikuuta stycznia styczeń styczniu января январь январе",
    "february februar février fevrier febrero febbraio fevereiro februari helmikuu helmikuuta lutego luty lutym февраля февраль феврале",
    "march märz mars marzo março maart maaliskuu maaliskuuta marca marzec marcu марта март марте",
    "april avril abril aprile huhtikuu huhtikuuta kwietnia kwiecień kwietniu апреля апрель апреле",
    "may mai mayo maggio maio mei maj toukokuu toukokuuta maja maju мая май мае",
    "june juni juin junio giugno junho kesäkuu kesäkuuta czerwca czerwiec czerwcu июня июнь июне",
    "july juli juillet julio luglio julho heinäkuu heinäkuuta lipca lipiec lipcu июля июль июле",
    "august août aout agosto augustus augusti elokuu elokuuta sierpnia sierpień sierpniu августа август августе",
    "september septembre septiembre settembre setembro syyskuu syyskuuta września wrzesień wrześniu сентября сентябрь сентябре",
    "october oktober octobre octubre ottobre outubro lokakuu lokakuuta października październik październiku октября октябрь октябре",
    "november novembre noviembre novembro marraskuu marraskuuta listopada listopad listopadzie ноября ноябрь ноябре",
    "december dezember décembre decembre diciembre dicembre dezembro desember joulukuu joulukuuta grudnia grudzień grudniu декабря декабрь декабре",
];

/// Short forms, which count beside a day only.
const SHORT_MONTHS: [&str; 12] = [
    "jan janv ene gen",
    "feb févr fév febr fev",
    "mar mär mrz mrt",
    "apr avr abr",
    "mag",
    "jun giu",
    "jul juil lug",
    "aug ago",
    "sep sept set",
    "oct okt ott out",
    "nov",
    "dec dez déc des dic",
];

const WEEKDAYS: [&str; 7] = [
    "monday mondays montag montags montage montagen lundi lundis lunes lunedì segunda-feira maandag maandags mandag mandager mandagen \
     mandage måndag måndagar måndagen maanantai maanantaina maanantaisin poniedziałek poniedziałki понедельник понедельникам",
    "tuesday tuesdays dienstag dienstags dienstage dienstagen mardi mardis martes martedì terça-feira dinsdag dinsdags tirsdag tirsdager \
     tirsdagen tirsdage tisdag tisdagar tisdagen tiistai tiistaina tiistaisin wtorek wtorki вторник вторникам",
    "wednesday wednesdays mittwoch mittwochs mercredi mercredis miércoles mercoledì quarta-feira woensdag woensdags onsdag onsdager \
     onsdagen onsdage onsdagar keskiviikko keskiviikkona środa środę środy среда среду средам",
    "thursday thursdays donnerstag donnerstags jeudi jeudis jueves giovedì quinta-feira donderdag donderdags torsdag torsdager torsdagen \
     torsdage torsdagar torstai torstaina torstaisin czwartek czwartki четверг четвергам",
    "friday fridays freitag freitags freitage vendredi vendredis viernes venerdì sexta-feira vrijdag vrijdags fredag fredager fredagen \
     fredage fredagar perjantai perjantaina perjantaisin piątek piątki пятница пятницу пятницам",
    "saturday saturdays samstag samstags samstage sonnabend samedi samedis sábado sábados sabato sabati zaterdag zaterdags lørdag lørdager \
     lørdagen lørdage lördag lördagar lördagen lauantai lauantaina lauantaisin sobota sobotę soboty суббота субботу субботам",
    "sunday sundays sonntag sonntags sonntage dimanche dimanches domingo domingos domenica domeniche zondag zondags søndag søndager søndagen \
     søndage söndag söndagar söndagen sunnuntai sunnuntaina sunnuntaisin niedziela niedzielę niedziele воскресенье воскресеньям",
];

/// Short forms, which count in a span of days, as in `Mon–Fri`, only.
const SHORT_WEEKDAYS: [&str; 7] = [
    "mon mo lun man ma",
    "tue tues di mar tir",
    "wed mi mer ons",
    "thu thur thurs do jeu tor jue",
    "fri fr ven fre vie",
    "sat sa sam lør sáb sab",
    "sun so dim søn dom",
];

/// The forms of a table, with their places from 1.
fn forms(table: &[&'static str]) -> BTreeMap<&'static str, u32> {
    let forms = |(place, forms): (u32, &&'static str)| {
        forms
            .split_whitespace()
            .map(move |form| (form, place))
            .collect::<Vec<_>>()
    };
    (1..).zip(table).flat_map(forms).collect()
}

/// The month that a word in lower case names.
pub(super) fn month(word: &str) -> Option<u32> {
    static FORMS: LazyLock<BTreeMap<&str, u32>> = LazyLock::new(|| forms(&MONTHS));
    FORMS.get(word).copied()
}

/// The month that a word beside a day names.
pub(super) fn month_or_short(word: &str) -> Option<u32> {
    static FORMS: LazyLock<BTreeMap<&str, u32>> = LazyLock::new(|| forms(&SHORT_MONTHS));
    month(word).or_else(|| FORMS.get(word).copied())
}

/// The weekday that a word in lower case names, from Monday, 1.
pub(super) fn weekday(word: &str) -> Option<u32> {
    static FORMS: LazyLock<BTreeMap<&str, u32>> = LazyLock::new(|| forms(&WEEKDAYS));
    FORMS.get(word).copied()
}

/// The weekday that a word in a span of days names.
pub(super) fn weekday_or_short(word: &str) -> Option<u32> {
    static FORMS: LazyLock<BTreeMap<&str, u32>> = LazyLock::new(|| forms(&SHORT_WEEKDAYS));
    weekday(word).or_else(|| FORMS.get(word).copied())
}
