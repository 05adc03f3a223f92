//! The words of a query, and which stored words they find.

use super::fold::fold;
use super::stem::{stem, stem_word};
use super::typing::is_correctable;

/// Words that say nothing about a resource, in English, Dutch, French and German. `s` is left of a possessive or a Dutch plural, `l`
/// and `d` are French articles.
const SMALL: &[&str] = &[
    "a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "s", "the", "to", "with", //
    "de", "een", "en", "het", "met", "op", "te", "van", "voor", //
    "au", "aux", "avec", "d", "des", "du", "et", "l", "la", "le", "les", "ou", "par", "pour", "sur", "un", "une", //
    "das", "dem", "den", "der", "die", "ein", "eine", "einem", "einen", "einer", "fur", "im", "mit", "oder", "und", "von", "zu",
    "zum",
];
/// How many words of a query are looked at for typing errors.
const MOST_CORRECTED: usize = 8;

/// A word to find among the stored ones: a whole word, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Letters and digits, of no meaning to any query language.
    pub word: String,
    /// Whether longer words are found, too.
    pub is_beginning: bool,
}

/// A query: each of its clauses must be met by one of the terms of that clause.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
    clauses: Vec<Vec<Term>>,
}

impl Query {
    /// Reads a text. A word finds the words that begin with it and the other forms of it. Two words that follow each other also find
    /// one that is both together. Small words count only where there are no others.
    pub fn new(text: &str) -> Self {
        let folded = fold([text]);
        let all = || folded.split(' ').filter(|word| !word.is_empty());
        let mut words: Vec<String> = all().filter(|word| !SMALL.contains(word)).map(str::to_owned).collect();
        if words.is_empty() {
            words = all().map(str::to_owned).collect();
        }
        let joined: Vec<String> = words.windows(2).map(|pair| pair.concat()).collect();
        let clause = |(at, word): (usize, &String)| {
            let before = at.checked_sub(1).and_then(|before| joined.get(before));
            [Some(word), before, joined.get(at)].into_iter().flatten().flat_map(|word| terms(word)).collect::<Vec<Term>>()
        };
        let mut clauses: Vec<Vec<Term>> = Vec::new();
        for clause in words.iter().enumerate().map(clause) {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        Self { words, clauses }
    }

    /// Whether it has no words, and so finds everything.
    pub const fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// The clauses.
    pub fn clauses(&self) -> &[Vec<Term>] {
        &self.clauses
    }

    /// The words that may contain typing errors.
    pub fn correctable(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| is_correctable(word)).take(MOST_CORRECTED)
    }

    /// The query that also finds the words that may have been meant, given as pairs of a word of this query and another word.
    #[must_use]
    pub fn corrected(&self, meant: &[(String, String)]) -> Self {
        let mut corrected = self.clone();
        for clause in &mut corrected.clauses {
            let typed = clause.first().map(|term| term.word.clone()).unwrap_or_default();
            let more = meant.iter().filter(|(word, _)| *word == typed);
            clause.extend(more.map(|(_, other)| Term { word: stem_word(&stem(other)), is_beginning: false }));
        }
        corrected
    }
}

/// The words that begin with this one, and those with the same stem.
fn terms(word: &str) -> [Term; 2] {
    [Term { word: word.to_owned(), is_beginning: true }, Term { word: stem_word(&stem(word)), is_beginning: false }]
}

#[cfg(test)]
mod tests {
    use super::Query;

    fn read(text: &str) -> Vec<String> {
        let term = |term: &super::Term| format!("{}{}", term.word, if term.is_beginning { "*" } else { "" });
        Query::new(text).clauses().iter().map(|clause| clause.iter().map(term).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_query_has_a_clause_for_each_word_that_says_something() {
        assert_eq!(read("The Lasers"), ["lasers* ßlaser"]);
        assert_eq!(read("CNC machines"), ["cnc* ßcnc cncmachines* ßcncmachin", "machines* ßmachin cncmachines* ßcncmachin"]);
        assert_eq!(read("l'atelier"), ["atelier* ßatelier"]);
        assert_eq!(read("for the"), ["for* ßfor forthe* ßforth", "the* ßthe forthe* ßforth"]);
        assert_eq!(read(" — "), [""; 0]);
        assert!(Query::new("").is_empty() && !Query::new("the").is_empty());
    }

    #[test]
    fn only_words_with_enough_letters_are_corrected_and_only_some_of_them() {
        let words = |text: &str| Query::new(text).correctable().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words("lazer cnc 4000 saw sawbench"), ["lazer", "sawbench"]);
        let many: Vec<_> = ('a'..='z').map(|letter| format!("word{letter}")).collect();
        assert_eq!(words(&many.join(" ")).len(), 8);
    }

    #[test]
    fn a_corrected_query_also_finds_the_words_that_may_have_been_meant() {
        let corrected =
            Query::new("lazer").corrected(&[("lazer".to_owned(), "lasers".to_owned()), ("x".to_owned(), "y".to_owned())]);
        let words: Vec<_> = corrected.clauses()[0].iter().map(|term| term.word.as_str()).collect();
        assert_eq!(words, ["lazer", "ßlazer", "ßlaser"]);
    }
}
