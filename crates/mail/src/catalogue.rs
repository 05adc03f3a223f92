//! The texts of all mails, a catalogue for each language. Each folder of `locales` is a language; its files are compiled in.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::Pattern;
use unic_langid::LanguageIdentifier;

use domain::mail::Locale;

type Catalogue = FluentBundle<FluentResource>;

/// The name of each language, and its texts.
pub(super) const SOURCES: &[(&str, &[&str])] = include!(concat!(env!("OUT_DIR"), "/locales.rs"));

/// Parsed once.
static CATALOGUES: LazyLock<Vec<(&str, Catalogue)>> =
    LazyLock::new(|| SOURCES.iter().map(|(language, texts)| (*language, catalogue(language, texts))).collect());

fn catalogue(language: &str, texts: &[&str]) -> Catalogue {
    let mut catalogue = Catalogue::new_concurrent(vec![language.parse::<LanguageIdentifier>().unwrap_or_default()]);
    // The marks around each value would be visible where a program does not know them.
    catalogue.set_use_isolating(false);
    for text in texts {
        // What cannot be parsed is left out; a test makes sure that there is no such message.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(resource, _)| resource);
        catalogue.add_resource_overriding(resource);
    }
    catalogue
}

/// The texts in the language of one reader. A text that this language lacks is English.
#[derive(Clone)]
pub(super) struct Texts {
    catalogues: Vec<(&'static str, &'static Catalogue)>,
}

impl Texts {
    /// The texts for a locale such as `de-AT`: those of `de-AT`, else of `de`, else English.
    pub(super) fn new(locale: &Locale) -> Self {
        let find = |name: &str| CATALOGUES.iter().find(|(language, _)| *language == name);
        let locales = locale.candidates();
        Self { catalogues: locales.filter_map(find).map(|(language, catalogue)| (*language, catalogue)).collect() }
    }

    /// The language of the texts, as HTML names it.
    pub(super) fn language(&self) -> &'static str {
        self.catalogues.first().map_or("en", |(language, _)| language)
    }

    /// A message with its variables filled in.
    pub(super) fn message(&self, id: &str, variables: &FluentArgs<'_>) -> String {
        let found = self.catalogues.iter().find_map(|(_, catalogue)| Some((*catalogue, catalogue.get_message(id)?.value()?)));
        found.map_or_else(|| id.to_owned(), |(catalogue, pattern)| format(catalogue, id, pattern, variables))
    }

    /// An attribute of a message with its variables filled in; empty if the message does not have it.
    pub(super) fn attribute(&self, id: &str, attribute: &str, variables: &FluentArgs<'_>) -> String {
        let found = self.catalogues.iter().find_map(|(_, catalogue)| Some((*catalogue, catalogue.get_message(id)?)));
        let pattern = found.and_then(|(catalogue, message)| Some((catalogue, message.get_attribute(attribute)?.value())));
        pattern.map_or_else(String::new, |(catalogue, pattern)| format(catalogue, id, pattern, variables))
    }

    /// A message without variables.
    pub(super) fn text(&self, id: &str) -> String {
        self.message(id, &FluentArgs::new())
    }
}

fn format(catalogue: &Catalogue, id: &str, pattern: &Pattern<&str>, variables: &FluentArgs<'_>) -> String {
    let mut faults = Vec::new();
    let text = catalogue.format_pattern(pattern, Some(variables), &mut faults).into_owned();
    // A variable that is not known stands in the text by its name; a test makes sure that there is none.
    #[cfg(test)]
    tests::observe(id, &faults);
    #[cfg(not(test))]
    let _ = id;
    text
}

/// The variables of a message, by name.
pub(super) fn variables<'a, const N: usize>(of: [(&'static str, FluentValue<'a>); N]) -> FluentArgs<'a> {
    of.into_iter().collect()
}

/// `yes` or `no`, for a message to choose by.
pub(super) const fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "yes" } else { "no" }
}

/// The text, or `none`, for a message to choose by.
pub(super) const fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}

#[cfg(test)]
pub(super) use tests::observed;

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use fluent_bundle::FluentError;
    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    thread_local! {
        static USED: RefCell<(BTreeSet<String>, BTreeSet<String>)> = RefCell::default();
    }

    pub(in super::super) fn observe(id: &str, faults: &[FluentError]) {
        USED.with_borrow_mut(|(used, found)| {
            used.insert(id.to_owned());
            found.extend(faults.iter().map(|fault| format!("{id}: {fault}")));
        });
    }

    /// Which English messages are not used while `run` runs, neither by it nor by a message that it uses, and what is wrong with
    /// those that are.
    pub(in super::super) fn observed(run: impl FnOnce()) -> (Vec<String>, Vec<String>) {
        run();
        let (mut used, faults) = USED.take();
        let resources = SOURCES.iter().filter(|(language, _)| *language == "en").flat_map(|(_, texts)| texts.iter());
        let resources: Vec<_> = resources.map(|text| FluentResource::try_new((*text).to_owned()).unwrap()).collect();
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
