//! Sentences in a response, in the language of the client.

use super::accepted::Accepted;
use domain::booking_group::RefusedBooking;
use domain::fields::FieldError;
use domain::rules::Violation;
use domain::said::Said;
use domain::series::Occurrence;
use texts::catalogue::Texts;

/// Something with sentences in it.
pub(super) trait Spoken {
    /// Says all sentences in the language of the texts.
    fn speak(&mut self, texts: &Texts);
}

impl Spoken for Said {
    fn speak(&mut self, texts: &Texts) {
        *self = Self::heard(texts.said(self));
    }
}

impl Spoken for FieldError {
    fn speak(&mut self, texts: &Texts) {
        self.detail.speak(texts);
    }
}

impl Spoken for Violation {
    fn speak(&mut self, texts: &Texts) {
        self.detail.speak(texts);
    }
}

impl Spoken for Occurrence {
    fn speak(&mut self, texts: &Texts) {
        self.violations.speak(texts);
    }
}

impl Spoken for RefusedBooking {
    fn speak(&mut self, texts: &Texts) {
        self.detail.speak(texts);
        self.violations.speak(texts);
        self.errors.speak(texts);
    }
}

impl<T: Spoken> Spoken for Vec<T> {
    fn speak(&mut self, texts: &Texts) {
        self.iter_mut().for_each(|one| one.speak(texts));
    }
}

/// Returns the same in the language of the client of the current request.
pub(super) fn spoken<T: Spoken>(mut all: Vec<T>) -> Vec<T> {
    if !all.is_empty() {
        all.speak(&Accepted::current().texts());
    }
    all
}
