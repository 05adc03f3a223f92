//! Search words, the same on both databases.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Returns the words of texts in lower case, without accents, separated by blanks.
pub fn fold<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut folded = String::new();
    for text in texts {
        let letters = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        for letter in letters {
            if letter.is_alphanumeric() {
                folded.push(letter);
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
}
