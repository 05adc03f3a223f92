//! Errors as RFC 9457 defines them: every error is `application/problem+json`.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::accepted::Accepted;
use super::request_id;
use super::spoken::Spoken as _;
use actions::bookings::Clash;
use actions::error::Error;
use domain::alternatives::Alternative;
use domain::availability::Conflict;
use domain::booking_group::{self, RefusedBooking};
use domain::closing::BookingOutside;
use domain::fields::{FieldError, InvalidFields, MOST_ERRORS};
use domain::problem::Code;
use domain::rules::Violation;
use domain::said::{Said, said};
use domain::series::{self, Occurrence};
use storage::error::StorageError;
use texts::catalogue::Texts;

/// An error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// The address of the documentation of `code`.
    #[schema(example = "/api/problems/slot_unavailable")]
    r#type: String,
    /// A short title, the same for every problem with this code. All texts of a problem are in the language of `Accept-Language`:
    /// English, Dutch, French or German.
    title: String,
    /// The HTTP status.
    status: u16,
    /// The particular case: the wrong value and the next step for the client.
    #[schema(value_type = String)]
    detail: Box<Said>,
    /// A stable code for programs.
    #[schema(example = "slot_unavailable")]
    code: &'static str,
    /// The identifier of the request. Quote it when you report the problem.
    request_id: String,
    /// All invalid fields, at most 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldError>,
    /// All rules that the booking breaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    violations: Vec<Violation>,
    /// The times at which the quantity is not free. Never contains the name of a customer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    conflicts: Vec<Conflict>,
    /// The occurrences of a series that cannot be booked or rescheduled, each with its reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) occurrences: Vec<Occurrence>,
    /// The bookings of a group that cannot be made, confirmed, declined or cancelled, each with its reasons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) bookings: Vec<RefusedBooking>,
    /// The first 50 live bookings that new opening hours would leave outside, by start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    outside: Vec<BookingOutside>,
    /// Slots that can be booked instead, the best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    alternatives: Vec<Alternative>,
    /// The token for the second step of a sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    challenge: Option<String>,
    /// The kind.
    #[serde(skip)]
    kind: Code,
    #[serde(skip)]
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

fn title(code: Code, texts: &Texts) -> String {
    texts.text(&format!("problem-{}", code.as_str()))
}

impl Problem {
    /// Adds the conflicts and alternatives of a taken slot.
    #[must_use]
    pub fn explained(self, clash: Clash) -> Self {
        let Clash { conflicts, alternatives, next_step, .. } = clash;
        let detail = match next_step {
            Some(next_step) => Box::new(self.detail.as_ref().clone().then(next_step)),
            None => self.detail.clone(),
        };
        Self { conflicts, alternatives, detail, ..self }
    }

    /// Adds the token for the second step of a sign-in.
    #[must_use]
    pub(super) fn challenge(self, challenge: String) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// Returns the token for the second step of a sign-in.
    pub fn second_step(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// Creates a problem with this code, of which there is no more to say.
    pub fn of(code: Code) -> Self {
        Self::new(code, Said::about(code))
    }

    /// Creates a problem with this code.
    pub fn new(code: Code, detail: Said) -> Self {
        Self {
            r#type: format!("/api/problems/{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            detail: Box::new(detail),
            code: code.as_str(),
            request_id: request_id::current(),
            errors: Vec::new(),
            violations: Vec::new(),
            conflicts: Vec::new(),
            occurrences: Vec::new(),
            bookings: Vec::new(),
            outside: Vec::new(),
            alternatives: Vec::new(),
            challenge: None,
            kind: code,
            headers: Vec::new(),
        }
    }

    /// Returns the code.
    pub const fn code(&self) -> Code {
        self.kind
    }

    /// Returns the title in the language of the texts.
    pub fn title(&self, texts: &Texts) -> String {
        title(self.kind, texts)
    }

    /// Returns the problem with all its texts in the language of the texts.
    fn in_language(&self, texts: &Texts) -> Self {
        let mut spoken = Self { title: self.title(texts), ..self.clone() };
        spoken.detail.speak(texts);
        spoken.errors.speak(texts);
        spoken.violations.speak(texts);
        spoken.occurrences.speak(texts);
        spoken.bookings.speak(texts);
        spoken
    }

    /// Returns the explanation of the problem, in one or several sentences for a person.
    pub fn sentences(&self, texts: &Texts) -> Vec<String> {
        match (self.errors.as_slice(), self.violations.as_slice()) {
            ([], []) => vec![texts.said(&self.detail)],
            ([], violations) => violations.iter().map(|violation| texts.said(&violation.detail)).collect(),
            (errors, _) => {
                let sentence =
                    |error: &FieldError| format!("{}: {}.", error.pointer.trim_start_matches('/'), texts.said(&error.detail));
                errors.iter().map(sentence).collect()
            }
        }
    }

    /// Returns the fields that are invalid.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// Returns the slots that can be booked instead, the best first.
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// Returns whether a slot is taken.
    pub(super) const fn has_conflicts(&self) -> bool {
        !self.conflicts.is_empty()
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        // The metrics count problems by their codes, and a browser gets them as pages.
        response.extensions_mut().insert(self.clone());
        for (name, value) in &self.headers {
            response.insert_header((name, value));
        }
        match self.kind.status() {
            401 => {
                response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
            }
            429 if matches!(self.kind, Code::TooManyGrants | Code::TooManyInvitations) => {
                response.insert_header((header::RETRY_AFTER, "3600"));
            }
            503 => {
                response.insert_header((header::RETRY_AFTER, "2"));
            }
            _ => {}
        }
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        let texts = Accepted::current().texts();
        response.insert_header((header::CONTENT_LANGUAGE, texts.language()));
        response.append_header((header::VARY, "accept-language"));
        let spoken = self.in_language(&texts);
        response.content_type("application/problem+json").body(serde_json::to_string(&spoken).unwrap_or_default())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(code, detail) => Self::new(code, detail),
            Error::Invalid(fields) => fields.into(),
            Error::TermsOutdated(InvalidFields(errors)) => Self { errors, ..Self::of(Code::TermsOutdated) },
            Error::RulesViolated(violations) => Self { violations, ..Self::of(Code::BookingRulesViolated) },
            Error::OutsideHours { bookings, total } => {
                let code = Code::BookingsOutsideHours;
                let detail = match total {
                    1 => said!("1 live booking would be outside the new opening hours."),
                    total => said!("{total} live bookings would be outside the new opening hours.", total),
                };
                Self { outside: bookings, ..Self::new(code, detail.then(Said::about(code))) }
            }
            Error::OccurrencesRefused(occurrences) => occurrences.into(),
            Error::BookingsRefused(bookings) => bookings.into(),
            Error::Storage(StorageError::Unavailable(cause) | StorageError::Conflict(cause)) => {
                tracing::warn!(cause, "the database is not available");
                Self::of(Code::Unavailable)
            }
            Error::Storage(cause) => {
                tracing::error!(%cause, "a request failed");
                Self::of(Code::InternalError)
            }
        }
    }
}

impl From<Vec<Occurrence>> for Problem {
    fn from(occurrences: Vec<Occurrence>) -> Self {
        let conflicts = distinct(occurrences.iter().flat_map(|occurrence| &occurrence.conflicts));
        let violations = distinct(occurrences.iter().flat_map(|occurrence| &occurrence.violations));
        let code = series::problem(&occurrences);
        Self { violations, conflicts, occurrences, ..Self::of(code) }
    }
}

impl From<Vec<RefusedBooking>> for Problem {
    fn from(bookings: Vec<RefusedBooking>) -> Self {
        let code = booking_group::problem(&bookings);
        let first = bookings.iter().find(|booking| booking.code == code);
        let detail = first.map_or_else(|| Said::about(code), |booking| booking.detail.clone());
        let errors = distinct(bookings.iter().flat_map(|booking| &booking.errors));
        let violations = distinct(bookings.iter().flat_map(|booking| &booking.violations));
        let conflicts = distinct(bookings.iter().flat_map(|booking| &booking.conflicts));
        Self { errors, violations, conflicts, bookings, ..Self::new(code, detail) }
    }
}

/// Returns each value once.
fn distinct<'a, T: Clone + PartialEq + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut distinct: Vec<T> = Vec::new();
    for one in all {
        if !distinct.contains(one) {
            distinct.push(one.clone());
        }
    }
    distinct
}

impl From<InvalidFields> for Problem {
    fn from(InvalidFields(mut errors): InvalidFields) -> Self {
        errors.truncate(MOST_ERRORS);
        Self { errors, ..Self::of(Code::InvalidFields) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_texts_in_the_catalogue() {
        for code in Code::ALL {
            let english = Texts::new(&Default::default());
            assert_eq!(title(*code, &english), code.title(), "{}", code.as_str());
            assert_eq!(english.attribute_text(&format!("problem-{}", code.as_str()), "about"), code.about());
        }
    }
}
