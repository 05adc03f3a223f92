//! The bodies of commands: `application/x-www-form-urlencoded` with names such as `metadata[id]`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that are written with `%`. Brackets stay, as in Stripe's documentation.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'[').remove(b']');

/// The fields of a command.
#[derive(Debug, Default)]
pub(super) struct Form(String);

impl Form {
    /// Adds a field.
    pub(super) fn add(&mut self, name: &str, value: &str) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(utf8_percent_encode(name, ESCAPED));
        self.0.push('=');
        self.0.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        self
    }

    /// Returns the body.
    pub(super) fn into_body(self) -> String {
        self.0
    }
}

/// A value as a part of a path or of a query.
pub(super) fn part(value: &str) -> String {
    utf8_percent_encode(value, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_brackets_and_values_are_escaped() {
        let mut form = Form::default();
        form.add("metadata[id]", "a b&c=d").add("name", "Fräse [2]");
        assert_eq!(form.into_body(), "metadata[id]=a%20b%26c%3Dd&name=Fr%C3%A4se%20%5B2%5D");
        assert_eq!(part("pi_1/../x?y"), "pi_1%2F..%2Fx%3Fy");
    }
}
