//! Search words, the same on both databases: how texts are folded, and which stored words a query finds.

mod fold;
mod query;
mod stem;
mod typing;

use std::collections::BTreeSet;

pub use fold::fold;
pub use query::{Query, Term};
pub use typing::{is_meant, lengths, trigrams};

use stem::{stem, stem_word};
use typing::is_correctable;

/// The version of the texts that are stored for searches. A change of what this module returns for the same text needs another
/// version: stored texts of any other version are written anew when a program opens the database.
pub const VERSION: i32 = 2;

/// Returns the words that are stored for a resource, from its name and category and from other texts: the words themselves, their
/// stems, and each two words of a name that follow each other as one.
pub fn stored(names: &[&str], others: &[&str]) -> String {
    let mut words = fold(names.iter().chain(others).copied());
    let mut more: BTreeSet<String> =
        words.split(' ').filter(|word| !word.is_empty()).map(|word| stem_word(&stem(word))).collect();
    for joined in names.iter().flat_map(|name| joined(name)) {
        more.insert(stem_word(&stem(&joined)));
        more.insert(joined);
    }
    for word in more {
        words.push(' ');
        words.push_str(&word);
    }
    words
}

/// Returns the words of the same texts that a typing error can be corrected to.
pub fn correct(names: &[&str], others: &[&str]) -> BTreeSet<String> {
    let folded = fold(names.iter().chain(others).copied());
    let joined = names.iter().flat_map(|name| joined(name));
    folded.split(' ').map(str::to_owned).chain(joined).filter(|word| is_correctable(word)).collect()
}

/// Each two words of a text that follow each other, as one.
fn joined(text: &str) -> Vec<String> {
    let folded = fold([text]);
    let words: Vec<_> = folded.split(' ').collect();
    words.windows(2).map(<[&str]>::concat).collect()
}

#[cfg(test)]
mod tests {
    use super::{correct, stored};

    #[test]
    fn words_are_stored_with_their_stems_and_those_of_a_name_as_one() {
        let words = stored(&["Laser cutters"], &["In Liège"]);
        assert_eq!(words, "laser cutters in liege lasercutters ßcutter ßin ßlaser ßlasercutter ßlieg");
        assert_eq!(stored(&["", "—"], &[""]), "");
    }

    #[test]
    fn an_error_is_corrected_to_a_long_enough_word_of_letters() {
        let words: Vec<_> = correct(&["CNC mill 3000"], &["Hall 4", "in Bow"]).into_iter().collect();
        assert_eq!(words, ["cncmill", "hall", "mill"]);
    }
}
