//! Sentences of the domain in the language of a reader.

use fluent_bundle::FluentValue;

use super::amount::{amount, decimal};
use super::catalogue::Texts;
use super::when;
use domain::said::{Said, Variable};

/// The largest number that Fluent can hold exactly.
const MOST_EXACT: u64 = 1 << 53;

impl Texts {
    /// Returns a sentence in the language of the reader. English, and a sentence that the language lacks, is as the domain says it.
    pub fn said(&self, said: &Said) -> String {
        if self.language() == "en" {
            return said.to_string();
        }
        let variables = said.variables().iter().map(|(name, variable)| (*name, self.variable(variable))).collect();
        self.own_message(&said.id(), &variables).unwrap_or_else(|| said.to_string())
    }

    fn variable(&self, variable: &Variable) -> FluentValue<'static> {
        match variable {
            Variable::Number(number) if number.unsigned_abs() < MOST_EXACT => (*number).into(),
            variable => self.written(variable).into(),
        }
    }

    fn written(&self, variable: &Variable) -> String {
        let to_the_minute = |at: &domain::time::UtcTime| at.is_whole_minute();
        match variable {
            Variable::Decimal(number) => decimal(self, *number),
            Variable::Word(word) => self.word(word),
            Variable::At(at, Some(timezone)) if to_the_minute(at) => when::instant(self, *timezone, *at),
            Variable::At(at, None) if to_the_minute(at) => when::utc(self, *at),
            Variable::Local(at) => when::local(self, *at),
            Variable::Day(day) => when::day(self, *day),
            Variable::Money(money) => amount(self, *money),
            Variable::About(code) => self.attribute_text(&format!("problem-{}", code.as_str()), "about"),
            Variable::Said(said) => self.said(said),
            Variable::List(list) => list.iter().map(|one| self.written(one)).collect::<Vec<_>>().join(", "),
            other => other.to_string(),
        }
    }

    /// Returns a word of the service, such as a state, as people read it; a word that the language lacks is as it is.
    fn word(&self, word: &str) -> String {
        let id = format!("word-{}", word.replace('_', "-"));
        self.own_message(&id, &fluent_bundle::FluentArgs::new()).unwrap_or_else(|| word.to_owned())
    }
}
