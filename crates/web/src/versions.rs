//! Forms that edit an object say which version they were made from, so that they never overwrite what somebody else has changed.

use actions::precondition::IfMatch;
use api::problem::Problem;
use domain::problem::Code;

/// A value of a form that is not the stored one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) name: String,
    pub(crate) stored: String,
    pub(crate) typed: String,
}

/// Returns the condition of an edit by a form that was made from this version.
pub(crate) fn made_from(version: &str) -> IfMatch {
    if version.is_empty() { IfMatch::Any } else { IfMatch::OneOf(vec![version.parse().unwrap_or(-1)]) }
}

/// Whether a form was refused because the object has changed since the form was made.
pub(crate) fn is_outdated(refused: Option<&Problem>) -> bool {
    refused.is_some_and(|problem| problem.code() == Code::PreconditionFailed)
}

/// Compares the values of two forms with the same fields, each with its name.
pub(crate) fn differences(stored: Vec<(String, String)>, typed: Vec<(String, String)>) -> Vec<Difference> {
    let both = stored.into_iter().zip(typed).filter(|((_, stored), (_, typed))| stored != typed);
    both.map(|((name, stored), (_, typed))| Difference { name, stored, typed }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_edits_only_the_version_that_it_was_made_from() {
        assert_eq!(made_from(""), IfMatch::Any);
        assert_eq!(made_from("7"), IfMatch::OneOf(vec![7]));
        assert!(made_from("x").check(1).is_err());
    }

    #[test]
    fn only_values_that_differ_are_shown() {
        let form = |name: &str, rate: &str| vec![("Name".to_owned(), name.to_owned()), ("Price".to_owned(), rate.to_owned())];
        let found = differences(form("Saw", "2.00"), form("Saw", "3.00"));
        assert_eq!(found, [Difference { name: "Price".to_owned(), stored: "2.00".to_owned(), typed: "3.00".to_owned() }]);
    }
}
