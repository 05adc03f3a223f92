//! Folding: how texts and queries become words that both databases compare alike.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Letters that have no decomposition and that people type without, and the letters that they type instead. With lower case and
/// without marks this is the full case folding of Unicode.
const PLAIN: &[(char, &str)] = &[
    ('ß', "ss"),
    ('æ', "ae"),
    ('œ', "oe"),
    ('ø', "o"),
    ('ł', "l"),
    ('đ', "d"),
    ('ð', "d"),
    ('þ', "th"),
    ('ı', "i"),
    ('ħ', "h"),
    ('ŧ', "t"),
    ('ŋ', "n"),
    ('ĸ', "k"),
    ('ƒ', "f"),
    ('ə', "e"),
    ('ς', "σ"),
];

/// Returns the words of texts in lower case, in plain letters without accents, separated by blanks.
pub fn fold<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for text in texts {
        let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        for letter in letters {
            if letter.is_alphanumeric() {
                match PLAIN.iter().find(|(other, _)| !letter.is_ascii() && *other == letter) {
                    Some((_, plain)) => folded.push_str(plain),
                    None => folded.push(letter),
                }
            } else if !folded.ends_with(' ') && !folded.is_empty() {
                folded.push(' ');
            }
        }
        if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn words_lose_case_accents_and_punctuation() {
        assert_eq!(fold(["CNC-Fräse, 3-axis", "  Liège "]), "cnc frase 3 axis liege");
        assert_eq!(fold(["", "—"]), "");
    }

    #[test]
    fn letters_without_a_decomposition_become_those_that_people_type() {
        for (text, folded) in [
            ("Straße STRASSE GROẞ", "strasse strasse gross"),
            ("Łódź", "lodz"),
            ("Ørsted Ǿ", "orsted o"),
            ("Œuvre Æsir Ǽ", "oeuvre aesir ae"),
            ("Kırıkkale İstanbul", "kirikkale istanbul"),
            ("Đorđe Ðað Þing", "dorde dad thing"),
            ("Ħamrun Ŧ ŋ ĸ ƒ Əə", "hamrun t n k f ee"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("ﬁne Ĳssel ſ", "fine ijssel s"),
        ] {
            assert_eq!(fold([text]), folded, "{text}");
        }
    }

    #[test]
    fn folded_words_stay_as_they_are_and_never_begin_as_stems_do() {
        for letter in ('\0'..=char::MAX).filter(|letter| letter.is_alphanumeric()) {
            let folded = fold([letter.to_string().as_str()]);
            assert_eq!(fold([folded.as_str()]), folded, "{letter}");
            assert!(!folded.contains('ß'), "{letter}");
        }
    }
}
