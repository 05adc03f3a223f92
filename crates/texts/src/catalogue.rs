//! A catalogue of texts for each language. Each folder of `locales` is a language; its files are compiled in.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Pattern;
use unic_langid::LanguageIdentifier;

use domain::mail::Locale;

type Catalogue = FluentBundle<FluentResource>;

/// The name of each language, and its texts.
pub const SOURCES: &[(&str, &[&str])] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// Parsed once.
static CATALOGUES: LazyLock<Vec<(&str, Catalogue)>> =
    LazyLock::new(|| SOURCES.iter().map(|(language, texts)| (*language, catalogue(language, texts))).collect());

fn catalogue(language: &str, texts: &[&str]) -> Catalogue {
    let mut catalogue = Catalogue::new_concurrent(vec![language.parse::<LanguageIdentifier>().unwrap_or_default()]);
    // The marks around each value would be visible where a program does not know them.
    catalogue.set_use_isolating(false);
    for text in texts {
        catalogue.add_resource_overriding(parsed(text));
    }
    catalogue
}

/// Returns the messages of a file. A message that cannot be parsed is left out; a test makes sure that there is none.
pub(super) fn parsed(text: &str) -> FluentResource {
    FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource)
}

/// The texts in the language of one reader. A text that this language lacks is English.
#[derive(Clone)]
pub struct Texts {
    catalogues: Vec<(&'static str, &'static Catalogue)>,
}

impl Texts {
    /// Returns the texts for a locale such as `de-AT`: those of `de-AT`, else of `de`, else English.
    pub fn new(locale: &Locale) -> Self {
        let find = |name: &str| CATALOGUES.iter().find(|(language, _)| *language == name);
        let locales = locale.candidates();
        Self { catalogues: locales.filter_map(find).map(|(language, catalogue)| (*language, catalogue)).collect() }
    }

    /// Returns the language of the texts, as HTML names it.
    pub fn language(&self) -> &'static str {
        self.catalogues.first().map_or("en", |(language, _)| language)
    }

    /// Returns a message with its variables filled in.
    pub fn message(&self, id: &str, variables: &FluentArgs<'_>) -> String {
        let found = self.catalogues.iter().find_map(|(_, catalogue)| Some((*catalogue, catalogue.get_message(id)?.value()?)));
        found.map_or_else(|| id.to_owned(), |(catalogue, pattern)| format(catalogue, id, pattern, variables))
    }

    /// Returns a message in the language of the reader, if that has it.
    pub(super) fn own_message(&self, id: &str, variables: &FluentArgs<'_>) -> Option<String> {
        let (_, catalogue) = self.catalogues.first()?;
        Some(format(catalogue, id, catalogue.get_message(id)?.value()?, variables))
    }

    /// Returns an attribute of a message with its variables filled in; empty if the message does not have it.
    pub fn attribute(&self, id: &str, attribute: &str, variables: &FluentArgs<'_>) -> String {
        let found = self.catalogues.iter().find_map(|(_, catalogue)| Some((*catalogue, catalogue.get_message(id)?)));
        let pattern = found.and_then(|(catalogue, message)| Some((catalogue, message.get_attribute(attribute)?.value())));
        pattern.map_or_else(String::new, |(catalogue, pattern)| format(catalogue, id, pattern, variables))
    }

    /// Returns an attribute without variables of a message.
    pub fn attribute_text(&self, id: &str, attribute: &str) -> String {
        self.attribute(id, attribute, &FluentArgs::new())
    }

    /// Returns a message without variables.
    pub fn text(&self, id: &str) -> String {
        self.message(id, &FluentArgs::new())
    }
}

fn format(catalogue: &Catalogue, id: &str, pattern: &Pattern<&str>, variables: &FluentArgs<'_>) -> String {
    let mut faults = Vec::new();
    let text = catalogue.format_pattern(pattern, Some(variables), &mut faults).into_owned();
    // A variable that is not known stands in the text by its name; a test makes sure that there is none.
    #[cfg(feature = "observed")]
    observation::observe(id, &faults);
    #[cfg(not(feature = "observed"))]
    let _ = id;
    text
}

/// Returns the variables of a message, by name.
pub fn variables<'a, const N: usize>(of: [(&'static str, FluentValue<'a>); N]) -> FluentArgs<'a> {
    of.into_iter().collect()
}

/// Returns `yes` or `no`, for a message to choose by.
pub const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// Returns the text, or `none`, for a message to choose by.
pub const fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

#[cfg(feature = "observed")]
pub use observation::observed;

/// Tells the tests of other crates which messages were written.
#[cfg(feature = "observed")]
mod observation {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use fluent_bundle::FluentError;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    thread_local! {
        static USED: RefCell<(BTreeSet<String>, BTreeSet<String>)> = RefCell::default();
    }

    pub(super) fn observe(id: &str, faults: &[FluentError]) {
        USED.with_borrow_mut(|(used, found)| {
            used.insert(id.to_owned());
            found.extend(faults.iter().map(|fault| format!("{id}: {fault}")));
        });
    }

    /// Returns which English messages are not used while `run` runs, neither by it nor by a message that it uses, and what is wrong with
    /// those that are.
    pub fn observed(run: impl FnOnce()) -> (Vec<String>, Vec<String>) {
        run();
        let (mut used, faults) = USED.take();
        let resources = SOURCES.iter().filter(|(language, _)| *language == "en").flat_map(|(_, texts)| texts.iter());
        let resources: Vec<_> = resources.map(|text| parsed(text)).collect();
        let messages = || {
            resources.iter().flat_map(FluentResource::entries).filter_map(|entry| match entry {
                Entry::Message(message) => Some(message),
                _ => None,
            })
        };
        for message in messages() {
            let attributes = message.attributes.iter().map(|attribute| &attribute.value);
            message.value.iter().chain(attributes).for_each(|pattern| references(pattern, &mut used));
        }
        let unused = messages().map(|message| message.id.name.to_owned()).filter(|id| !used.contains(id));
        (unused.collect(), faults.into_iter().collect())
    }

    /// Which messages a pattern refers to.
    fn references(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            match element {
                PatternElement::Placeable { expression: Expression::Inline(InlineExpression::MessageReference { id, .. }) } => {
                    found.insert(id.name.to_owned());
                }
                PatternElement::Placeable { expression: Expression::Select { variants, .. } } => {
                    variants.iter().for_each(|variant| references(&variant.value, found));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use domain::language::Language;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    /// Each message, attribute and term of a language in order, with the variables of its text and of the texts to which it refers.
    fn messages(texts: &[&str]) -> Vec<(String, BTreeSet<String>)> {
        let mut found: Vec<(String, BTreeSet<String>)> = Vec::new();
        for text in texts {
            let resource = FluentResource::try_new((*text).to_owned());
            assert!(resource.is_ok(), "{:?}", resource.err().map(|(_, faults)| faults));
            let Ok(resource) = resource else { continue };
            for entry in resource.entries() {
                let (name, value, attributes) = match entry {
                    Entry::Message(message) => (message.id.name.to_owned(), message.value.as_ref(), &message.attributes),
                    Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value), &term.attributes),
                    _ => continue,
                };
                let named = attributes.iter().map(|attribute| (format!("{name}.{}", attribute.id.name), Some(&attribute.value)));
                for (name, pattern) in std::iter::once((name.clone(), value)).chain(named) {
                    let mut names = BTreeSet::new();
                    pattern.into_iter().for_each(|pattern| placed(pattern, &mut names));
                    found.push((name, names));
                }
            }
        }
        let by_name: BTreeMap<_, _> = found.iter().cloned().collect();
        for (_, names) in &mut found {
            let mut open: Vec<String> = names.iter().cloned().collect();
            while let Some(name) = open.pop() {
                let more = by_name.get(&name).into_iter().flatten().filter(|name| names.insert((*name).clone()));
                open.extend(more.cloned().collect::<Vec<_>>());
            }
            names.retain(|name| name.starts_with('$'));
        }
        found
    }

    /// The variables, messages and terms in a pattern.
    fn placed(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
        for element in &pattern.elements {
            let PatternElement::Placeable { expression } = element else { continue };
            let (inline, variants) = match expression {
                Expression::Inline(inline) => (inline, [].as_slice()),
                Expression::Select { selector, variants } => (selector, variants.as_slice()),
            };
            match inline {
                InlineExpression::VariableReference { id } => _ = found.insert(format!("${}", id.name)),
                InlineExpression::MessageReference { id, .. } => _ = found.insert(id.name.to_owned()),
                InlineExpression::TermReference { id, .. } => _ = found.insert(format!("-{}", id.name)),
                _ => {}
            }
            variants.iter().for_each(|variant| placed(&variant.value, found));
        }
    }

    #[test]
    fn every_language_has_the_messages_of_english_with_their_variables() {
        let of = |language: &str| SOURCES.iter().find(|(name, _)| *name == language).map(|(_, texts)| messages(texts));
        let english = of("en").unwrap();
        assert!(english.iter().any(|(name, variables)| name == "cancelled-host.intro" && variables.contains("$count")));
        let languages: Vec<_> = SOURCES.iter().map(|(language, _)| *language).collect();
        assert_eq!(languages.iter().copied().collect::<BTreeSet<_>>(), Language::ALL.iter().map(|one| one.as_str()).collect());
        for language in languages {
            let translated = of(language).unwrap();
            let missing: Vec<_> = english.iter().filter(|one| !translated.contains(one)).collect();
            assert!(missing.is_empty(), "{language} lacks these messages or their variables: {missing:#?}");
            let unknown: Vec<_> = translated.iter().filter(|one| !english.contains(one)).collect();
            assert!(unknown.is_empty(), "{language} has messages or variables that English has not: {unknown:#?}");
            let names = |all: &[(String, BTreeSet<String>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            assert_eq!(names(&translated), names(&english), "{language} has another order");
        }
    }
}
