//! Sentences of the domain in the language of a reader.

use fluent_bundle::{FluentArgs, FluentValue};

use super::amount::{amount, decimal};
use super::catalogue::Texts;
use super::recognized::recognized;
use super::when;
use domain::said::{Said, Variable};
use domain::time::UtcTime;

/// The length of the longest text that is searched for a sentence, in bytes. Longer than all that the service stores. A client can send a long
/// text with one sentence within another many times, and each is searched within the one around it.
const LONGEST: usize = 1000;

/// The largest number that Fluent can hold exactly.
const MOST_EXACT: u64 = 1 << 53;

impl Texts {
    /// Returns a sentence in the language of the reader. English, and a sentence that the language lacks, is as the domain says it.
    pub fn said(&self, said: &Said) -> String {
        if self.language() == "en" {
            return said.to_string();
        }
        let variables = said.variables().iter().map(|(name, variable)| (*name, self.variable(variable))).collect();
        self.own_message(&said.id(), &variables).unwrap_or_else(|| self.heard(&said.to_string()))
    }

    /// Returns a sentence of which only the English text is known.
    fn heard(&self, english: &str) -> String {
        let found = Some(english).filter(|english| english.len() <= LONGEST).and_then(recognized);
        let Some((id, variables)) = found else { return english.to_owned() };
        let read = |value: &str| match UtcTime::parse(value) {
            Ok(at) => Variable::from(at),
            Err(_) => Variable::Said(Said::heard(value)),
        };
        let variables = variables.into_iter().map(|(name, value)| (name, self.variable(&read(value)))).collect();
        self.own_message(id, &variables).unwrap_or_else(|| english.to_owned())
    }

    fn variable(&self, variable: &Variable) -> FluentValue<'static> {
        match variable {
            Variable::Number(number) if number.unsigned_abs() < MOST_EXACT => (*number).into(),
            variable => self.written(variable).into(),
        }
    }

    fn written(&self, variable: &Variable) -> String {
        match variable {
            Variable::Decimal(number) => decimal(self, *number),
            Variable::Word(word) => self.word(word),
            // Seconds have no other form.
            Variable::At(at, _) if !at.is_whole_minute() => at.to_string(),
            Variable::At(at, Some(timezone)) => when::instant(self, *timezone, *at),
            Variable::At(at, None) => when::utc(self, *at),
            Variable::Local(at) => when::local(self, *at),
            Variable::Day(day) => when::day(self, *day),
            Variable::Money(money) => amount(self, *money),
            Variable::About(code) => self.attribute_text(&format!("problem-{}", code.as_str()), "about"),
            Variable::Said(said) => self.said(said),
            Variable::List(list) => list.iter().map(|one| self.written(one)).collect::<Vec<_>>().join(", "),
            Variable::Number(_) | Variable::Text(_) => variable.to_string(),
        }
    }

    /// Returns a word of the service, such as a state, as people read it; a word that the language lacks is as it is.
    fn word(&self, word: &str) -> String {
        let id = format!("word-{}", word.replace('_', "-"));
        self.own_message(&id, &FluentArgs::new()).unwrap_or_else(|| word.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use chrono::NaiveDate;
    use domain::booking::BookingStatus;
    use domain::language::Language;
    use domain::money::Money;
    use domain::said;

    use super::*;

    const CRATES: [&str; 7] = ["domain", "documents", "pictures", "actions", "services", "api", "web"];

    /// The sources of a folder without their tests, each with its path.
    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
                let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.push((path.display().to_string(), lines.collect::<Vec<_>>().join("\n")));
            }
        }
    }

    fn all_sources() -> Vec<(String, String)> {
        let mut found = Vec::new();
        for name in CRATES {
            sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name).join("src"), &mut found);
        }
        found
    }

    /// The English words of each sentence in the sources, as the catalogue writes them.
    fn sentences() -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (path, code) in all_sources() {
            for (at, _) in code.match_indices("said!(") {
                let Some(literal) = code[at..].trim_start_matches("said!(").trim_start().strip_prefix('"') else { continue };
                let end = literal.match_indices('"').map(|(end, _)| end).find(|end| !literal[..*end].ends_with('\\')).unwrap();
                let english = literal[..end].replace("\\\"", "\"").replace("\\\\", "\\");
                let id = Said::heard(english.as_str()).id();
                let blank = english.replace("{{", "\u{1}").replace("}}", "\u{2}").replace('{', "{ $").replace('}', " }");
                let written = blank.replace('\u{1}', "{ \"{\" }").replace('\u{2}', "{ \"}\" }");
                let written = written.strip_prefix(' ').map_or(written.clone(), |rest| format!("{{ \" \" }}{rest}"));
                let known = found.insert(id, written.clone());
                assert!(known.is_none_or(|known| known == written), "{path}: another sentence has the same words as {written:?}");
            }
        }
        found
    }

    /// The sentences of a catalogue, without the advice on passwords and the words.
    fn catalogue(text: &str) -> BTreeMap<String, String> {
        let lines = text.split("\n## ").next().unwrap_or_default().lines();
        lines.filter_map(|line| line.split_once(" = ")).map(|(id, text)| (id.to_owned(), text.to_owned())).collect()
    }

    #[test]
    fn the_english_catalogue_has_the_sentences_of_the_sources_and_no_other() {
        let (used, known) = (sentences(), catalogue(include_str!("../locales/en/details.ftl")));
        assert!(used.len() > 400, "{}", used.len());
        let missing: Vec<_> = used.iter().filter(|(id, text)| known.get(*id) != Some(text)).collect();
        assert!(missing.is_empty(), "the catalogue lacks {missing:#?}");
        let unused: Vec<_> = known.keys().filter(|id| !used.contains_key(*id)).collect();
        assert!(unused.is_empty(), "nothing says {unused:#?}");
    }

    /// A sentence is a [`Said`] by its type, so only what comes from elsewhere can be another text.
    #[test]
    fn only_texts_from_elsewhere_are_taken_as_they_are() {
        let heard = all_sources().into_iter().filter(|(_, code)| code.contains("Said::heard"));
        let mut files: Vec<_> = heard.map(|(path, _)| path.rsplit_once("../").unwrap_or_default().1.to_owned()).collect();
        files.sort_unstable();
        let libraries = ["api/src/invoices.rs", "api/src/query.rs", "domain/src/fields.rs", "domain/src/password.rs"];
        assert_eq!(files, libraries);
    }

    fn in_german(said: &Said) -> String {
        Texts::new(&Language::German.into()).said(said)
    }

    #[test]
    fn variables_are_written_in_the_form_of_the_language() {
        let at = UtcTime::parse("2026-12-01T09:00:00Z").unwrap();
        let late = UtcTime::parse("2026-12-01T09:00:01Z").unwrap();
        let price = Money { amount: 125_000, currency: "EUR".parse().unwrap() };
        let german = |said: Said| in_german(&said);
        assert_eq!(german(said!("must end before {latest}", latest = at)), "muss vor Di., 1. Dez. 2026, 09:00 (UTC) enden");
        assert_eq!(german(said!("must end before {latest}", latest = late)), "muss vor 2026-12-01T09:00:01Z enden");
        let zone = chrono_tz::Europe::Berlin;
        assert_eq!(
            german(said!(
                "from {starts_at} to {ends_at}",
                starts_at = (at, zone),
                ends_at = NaiveDate::from_ymd_opt(2026, 12, 2)
            )),
            "von Di., 1. Dez. 2026, 10:00 (Europe/Berlin, CET) bis Mi., 2. Dez. 2026"
        );
        assert_eq!(
            german(said!("must be at most the deposit of {amount}", amount = price)),
            "darf höchstens die Kaution von 1.250,00\u{a0}EUR sein"
        );
        assert_eq!(
            german(said!("must be between {least} and {most}; it is {n}", least = -90.0, most = 90.0, n = 90.5)),
            "muss zwischen -90 und 90 liegen; der Wert ist 90,5"
        );
        let status = BookingStatus::Requested;
        let refusal = said!("The booking is already {status}.", status);
        assert_eq!(
            german(said!("{refusal} No action can change it now.", refusal)),
            "Die Buchung ist schon angefragt. Keine Aktion kann sie jetzt ändern."
        );
        assert_eq!(german(said!("must be one of: {values}", values = vec!["a", "b"])), "muss eines von diesen sein: a, b");
    }

    #[test]
    fn a_text_that_was_stored_is_recognized() {
        let stored = "the start is 2026-12-01T09:00:00Z; the earliest possible start is 2026-12-01T10:00:00Z (notice: 60 min of opening hours)";
        let german = "Der Beginn ist Di., 1. Dez. 2026, 09:00 (UTC); der früheste mögliche Beginn ist Di., 1. Dez. 2026, 10:00 (UTC) (Vorlauf: 60 min der Öffnungszeit)";
        assert_eq!(in_german(&Said::heard(stored)), german);
        assert_eq!(in_german(&Said::heard("must be an identifier")), "muss eine Kennung sein");
        assert_eq!(in_german(&Said::heard("Only Ada knows")), "Only Ada knows");
    }

    #[test]
    fn a_long_text_with_one_sentence_in_another_is_left_as_it_is() {
        let nested = |times: usize| " must be between 1 and".repeat(times);
        assert_ne!(in_german(&Said::heard(nested(LONGEST / 30))), nested(LONGEST / 30));
        assert_eq!(in_german(&Said::heard(nested(20_000))), nested(20_000));
    }

    #[test]
    fn states_and_roles_have_words_in_each_language() {
        let words = catalogue_of_words();
        use domain::{
            bank_statement, booking, certification, invitation, organization, permissions, resource, rules, training, waitlist,
        };
        let named = |all: &[&str]| {
            for word in all {
                assert!(words.contains(&format!("word-{}", word.replace('_', "-"))), "{word}");
            }
        };
        named(&BookingStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&booking::proposal::ProposalStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&bank_statement::LineState::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&certification::CertificationStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&invitation::InvitationStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&organization::OrganizationKind::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&permissions::Role::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&resource::ResourceStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&rules::QuotaPeriod::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&training::TrainingStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&training::SeatStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        named(&waitlist::WaitlistStatus::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>());
    }

    fn catalogue_of_words() -> Vec<String> {
        let lines = include_str!("../locales/en/details.ftl").lines();
        lines
            .filter(|line| line.starts_with("word-"))
            .filter_map(|line| line.split_once(" = "))
            .map(|(id, _)| id.to_owned())
            .collect()
    }
}
