//! Stems: one form for the singular and the plural of a word in English, Dutch, French and German.
//!
//! The rules of the four languages are one table, because neither a text nor a query says its language. A stem is only ever compared
//! with other stems: it may be no word of any language, as long as both forms of a word have the same. The rules stop before fewer
//! than three letters are left. Snowball stemmers were no choice: each knows one language, and they cut more than plurals.

/// The fewest letters of a stem.
const LEAST: usize = 3;

/// Endings and their replacements. The first that fits is applied, again and again until none fits.
const ENDINGS: &[(&str, &str)] = &[
    // bureaux, matériau and matériaux, tuyau and tuyaux, chevaux, lieux
    ("eaux", "eau"),
    ("iau", "ial"),
    ("yau", "yal"),
    ("aux", "al"),
    ("eux", "eu"),
    // batteries, Batterien, batterie, categorieën
    ("ieen", "y"),
    ("ien", "y"),
    ("ies", "y"),
    ("ie", "y"),
    // Klammern, Wechseln
    ("ern", "er"),
    ("eln", "el"),
    // machines, lasers, Maschinen, presses
    ("en", ""),
    ("e", ""),
    ("s", ""),
    // shelves and shelf, zeven and zeef, glazen and glas
    ("v", "f"),
    ("z", "s"),
    // pannen and pan, presses and press
    ("bb", "b"),
    ("dd", "d"),
    ("ff", "f"),
    ("gg", "g"),
    ("kk", "k"),
    ("ll", "l"),
    ("mm", "m"),
    ("nn", "n"),
    ("pp", "p"),
    ("rr", "r"),
    ("tt", "t"),
];

/// Returns the stem of a folded word. A word with digits is its own stem.
pub(super) fn stem(word: &str) -> String {
    let mut stem = word.to_owned();
    if !word.chars().all(char::is_alphabetic) {
        return stem;
    }
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| replaced(&stem, *ending)).or_else(|| with_one_vowel(&stem)) {
        stem = shorter;
    }
    stem
}

/// A stem as a stored word. It begins with a letter that [`fold`](super::fold()) never returns, so that no other word is taken for a stem.
pub(super) fn stem_word(stem: &str) -> String {
    format!("ß{stem}")
}

fn replaced(word: &str, (ending, replacement): (&str, &str)) -> Option<String> {
    let rest = word.strip_suffix(ending)?;
    (rest.chars().count() + replacement.len() >= LEAST).then(|| format!("{rest}{replacement}"))
}

/// Dutch writes a long vowel twice before one last consonant, and once before a syllable more: zaag and zagen.
fn with_one_vowel(word: &str) -> Option<String> {
    let mut letters = word.char_indices().rev();
    let ((last, consonant), (at, vowel), (_, same)) = (letters.next()?, letters.next()?, letters.next()?);
    let is_long = vowel == same && matches!(vowel, 'a' | 'e' | 'o' | 'u') && !matches!(consonant, 'a' | 'e' | 'i' | 'o' | 'u');
    (is_long && word.chars().count() > LEAST).then(|| format!("{}{}", &word[..at], &word[last..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::stem;

    #[test]
    fn the_forms_of_a_word_have_one_stem() {
        for forms in [
            // English
            "laser lasers",
            "cutter cutters",
            "machine machines",
            "lathe lathes",
            "press presses",
            "box boxes",
            "bench benches",
            "battery batteries",
            "shelf shelves",
            "knife knives",
            "valve valves",
            "saw saws",
            "die dies",
            "bus buses",
            "mill mills",
            "oven ovens",
            "glass glasses",
            "tool tools",
            // Dutch
            "zaag zagen",
            "boor boren",
            "frees frezen",
            "werkbank werkbanken",
            "kantoor kantoren",
            "werkplaats werkplaatsen",
            "schaaf schaven",
            "glas glazen",
            "hal hallen",
            "loods loodsen",
            "pers persen",
            "ruimte ruimtes ruimten",
            "zeef zeven",
            "printer printers",
            "machine machines",
            "batterij batterijen",
            // French
            "bureau bureaux",
            "materiau materiaux",
            "cheval chevaux",
            "atelier ateliers",
            "decoupeuse decoupeuses",
            "scie scies",
            "perceuse perceuses",
            "tuyau tuyaux",
            "presse presses",
            "batterie batteries",
            "tour tours",
            "lieu lieux",
            "four fours",
            // German
            "maschine maschinen",
            "frase frasen",
            "sage sagen",
            "raum raume",
            "platz platze",
            "flache flachen",
            "halle hallen",
            "palette paletten",
            "werkbank werkbanke",
            "werkstatt werkstatten",
            "batterie batterien",
            "klammer klammern",
            "sensor sensoren",
            "regal regale",
            "presse pressen",
        ] {
            let mut stems: Vec<_> = forms.split(' ').map(stem).collect();
            stems.dedup();
            assert_eq!(stems.len(), 1, "{forms}: {stems:?}");
        }
    }

    #[test]
    fn different_words_keep_different_stems() {
        let words = [
            "laser", "lager", "lathe", "cutter", "cut", "machine", "mill", "press", "printer", "print", "saw", "sand", "scie",
            "tour", "four", "bank", "band", "drill", "weld", "welder", "storage", "store", "office", "robot", "booth", "boot",
            "oven", "over",
        ];
        for (at, word) in words.iter().enumerate() {
            for other in &words[at + 1..] {
                assert_ne!(stem(word), stem(other), "{word} {other}");
            }
        }
    }

    #[test]
    fn short_words_and_words_with_digits_are_their_own_stems() {
        for word in ["", "s", "es", "bus", "ees", "3ds", "4x4s", "1e5", "日本語"] {
            assert_eq!(stem(word), word);
        }
    }

    proptest! {
        #[test]
        fn the_stem_of_a_stem_is_itself_and_has_three_letters(word in "[a-z]{0,12}|[a-zé日ø]{0,6}") {
            let once = stem(&word);
            prop_assert_eq!(stem(&once), once.clone());
            prop_assert!(once.chars().count() >= word.chars().count().min(3));
        }
    }
}
