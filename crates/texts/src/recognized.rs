//! Sentences of which only the English text is known: they were stored, or have come through a library.

use std::sync::LazyLock;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};

use super::catalogue::{SOURCES, parsed};

/// The least number of characters by which a sentence is recognized. Shorter ones, such as `{one} {other}`, are in too many texts.
const LEAST: usize = 8;

/// The English words of a sentence between its variables.
struct Words {
    id: String,
    /// The text before each variable, and its name.
    parts: Vec<(String, String)>,
    /// The text after the last variable.
    end: String,
}

/// All sentences with variables, those with the most words first.
static SENTENCES: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let english = SOURCES.iter().filter(|(language, _)| *language == "en").flat_map(|(_, texts)| texts.iter());
    let mut all: Vec<_> = english.flat_map(|text| sentences(&parsed(text))).filter(|words| words.count() >= LEAST).collect();
    all.sort_by_key(|words| std::cmp::Reverse(words.count()));
    all
});

fn sentences(resource: &FluentResource) -> Vec<Words> {
    let read = |entry: &Entry<&str>| {
        let Entry::Message(message) = entry else { return None };
        let mut words = Words { id: message.id.name.to_owned(), parts: Vec::new(), end: String::new() };
        for element in &message.value.as_ref().filter(|_| words.id.starts_with("detail-"))?.elements {
            match element {
                PatternElement::TextElement { value } => words.end.push_str(value),
                PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
                    words.end.push_str(value);
                }
                PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
                    words.parts.push((std::mem::take(&mut words.end), id.name.to_owned()));
                }
                PatternElement::Placeable { .. } => return None,
            }
        }
        Some(words).filter(|words| !words.parts.is_empty())
    };
    resource.entries().filter_map(read).collect()
}

impl Words {
    fn count(&self) -> usize {
        self.parts.iter().map(|(before, _)| before.len()).sum::<usize>() + self.end.len()
    }

    /// The variables of a text that has these words.
    fn variables<'t>(&self, text: &'t str) -> Option<Vec<(&str, &'t str)>> {
        let mut rest = text.strip_suffix(self.end.as_str())?;
        let mut found: Vec<(&str, &str)> = Vec::new();
        for (at, (before, name)) in self.parts.iter().enumerate() {
            let start = if at == 0 { rest.starts_with(before.as_str()).then_some(0)? } else { rest.find(before.as_str())? };
            if let Some((_, value)) = found.last_mut() {
                *value = &rest[..start];
            }
            rest = &rest[start + before.len()..];
            found.push((name, rest));
        }
        Some(found)
    }
}

/// Returns the identifier of the sentence that an English text is, and its variables.
pub(super) fn recognized(text: &str) -> Option<(&'static str, Vec<(&'static str, &str)>)> {
    SENTENCES.iter().find_map(|words| Some((words.id.as_str(), words.variables(text)?)))
}

#[cfg(test)]
mod tests {
    use super::recognized;

    #[test]
    fn a_sentence_is_recognized_by_its_words() {
        let (id, variables) = recognized("the booking lasts 90 min; it must last at most 60 min").unwrap();
        assert_eq!(id, "detail-the-booking-lasts-minutes-min-it-must-last-at-most-most-min");
        assert_eq!(variables, [("minutes", "90"), ("most", "60")]);
        assert_eq!(recognized("the booking lasts forever"), None);
    }
}
