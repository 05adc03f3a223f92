//! Typing errors: which known words somebody may have meant.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::stem::stem;

/// The lengths of words in which errors are looked for, in letters.
const LETTERS: RangeInclusive<usize> = 4..=40;

/// Whether a folded word can be typed wrong and found all the same: it has letters only, and enough of them.
pub(super) fn is_correctable(word: &str) -> bool {
    LETTERS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
}

/// Returns how many errors a word of so many letters can contain.
const fn most_errors(letters: usize) -> usize {
    match letters {
        0..4 => 0,
        4..8 => 1,
        8.. => 2,
    }
}

/// Returns how many letters the words have that [`is_meant`] can accept for a word.
pub fn lengths(typed: &str) -> RangeInclusive<usize> {
    // Beside errors, one of the two may have the ending of a plural.
    let letters = typed.chars().count();
    let more = most_errors(letters) + 2;
    letters.saturating_sub(more)..=letters + more
}

/// Returns the parts of three letters of a word. One blank stands before and one after it.
pub fn trigrams(word: &str) -> BTreeSet<String> {
    let letters: Vec<_> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
    letters.windows(3).map(|three| three.iter().collect()).collect()
}

/// Whether somebody who typed one word may have meant the other: they or their stems differ by one error, or by two in a word of at
/// least eight letters. An error is a letter that is missing, wrong or too many, or two letters in the wrong order.
pub fn is_meant(typed: &str, word: &str) -> bool {
    let is_near = |one: &str, other: &str| {
        let (one, other): (Vec<_>, Vec<_>) = (one.chars().collect(), other.chars().collect());
        one != other && errors(&one, &other) <= most_errors(one.len().min(other.len()))
    };
    typed != word && (is_near(typed, word) || is_near(&stem(typed), &stem(word)))
}

/// Counts the errors between two words (optimal string alignment).
fn errors(one: &[char], other: &[char]) -> usize {
    let (mut two_before, mut before) = (Vec::new(), (0..=other.len()).collect::<Vec<_>>());
    for (at, letter) in one.iter().enumerate() {
        let mut row = vec![at + 1];
        for (to, opposite) in other.iter().enumerate() {
            let changed = before[to] + usize::from(letter != opposite);
            let mut least = changed.min(before[to + 1] + 1).min(row[to] + 1);
            if at > 0 && to > 0 && *letter == other[to - 1] && one[at - 1] == *opposite {
                least = least.min(two_before[to - 1] + 1);
            }
            row.push(least);
        }
        two_before = std::mem::replace(&mut before, row);
    }
    before.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{errors, is_correctable, is_meant, lengths, trigrams};

    fn between(one: &str, other: &str) -> usize {
        errors(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>())
    }

    /// The definition, without a table.
    fn naive(one: &[char], other: &[char]) -> usize {
        match (one, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([a, one @ ..], [b, other @ ..]) => {
                let changed = naive(one, other) + usize::from(a != b);
                let shifted = naive(one, [&[*b], other].concat().as_slice()).min(naive([&[*a], one].concat().as_slice(), other));
                let swapped = match (one, other) {
                    ([c, one @ ..], [d, other @ ..]) if a == d && c == b => naive(one, other) + 1,
                    _ => usize::MAX,
                };
                changed.min(shifted + 1).min(swapped)
            }
        }
    }

    #[test]
    fn short_words_allow_one_error_and_long_words_two() {
        for (typed, word) in [
            ("lazer", "laser"),
            ("lasr", "laser"),
            ("laesr", "laser"),
            ("lasser", "laser"),
            ("cuter", "cutter"),
            ("cuters", "cutter"),
            ("machien", "machine"),
            ("fraese", "frase"),
            ("lasercuter", "lasercutter"),
            ("macchines", "machine"),
            ("drehbnk", "drehbank"),
        ] {
            assert!(is_meant(typed, word), "{typed} {word}");
            assert!(is_correctable(typed) && lengths(typed).contains(&word.chars().count()), "{typed} {word}");
            assert!(trigrams(typed).intersection(&trigrams(word)).count() > 0, "{typed} {word}");
        }
        for (typed, word) in [("laser", "laser"), ("lazzer", "laser"), ("lathe", "laser"), ("saw", "law"), ("", "mill")] {
            assert!(!is_meant(typed, word), "{typed} {word}");
        }
        assert!(
            !is_correctable("saw") && !is_correctable("4000") && !is_correctable("cnc3018") && !is_correctable(&"a".repeat(41))
        );
    }

    #[test]
    fn a_word_has_the_trigrams_of_its_letters_with_a_blank_on_each_side() {
        assert_eq!(trigrams("säge").into_iter().collect::<Vec<_>>(), [" sä", "ge ", "säg", "äge"]);
        assert_eq!(trigrams("a").into_iter().collect::<Vec<_>>(), [" a "]);
    }

    proptest! {
        #[test]
        fn errors_are_counted_as_defined(one in "[abc]{0,5}", other in "[abc]{0,5}") {
            let naive = naive(&one.chars().collect::<Vec<_>>(), &other.chars().collect::<Vec<_>>());
            prop_assert_eq!(between(&one, &other), naive);
        }
    }
}
