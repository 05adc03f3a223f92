//! The languages that people read.

use super::text_enum::text_enum;

text_enum! {
    /// A language of mails and pages.
    pub enum Language {
        /// English.
        English = "en",
        /// Dutch.
        Dutch = "nl",
        /// French.
        French = "fr",
        /// German.
        German = "de",
    }
}

impl Language {
    /// Returns the language that the client prefers by its `Accept-Language` header (RFC 9110, section 12.5.4); none if it accepts
    /// none of these languages. A region is ignored: `de-AT` is German.
    pub fn accepted(header: &str) -> Option<Self> {
        let preference = |range: &str| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let (name, quality) = weight.trim().split_once('=')?;
            let quality: f64 = quality.parse().ok().filter(|quality| name.eq_ignore_ascii_case("q") && *quality > 0.0)?;
            let language = tag.trim().split('-').next()?.to_ascii_lowercase().parse().ok()?;
            Some((language, quality))
        };
        let mut best: Option<(Self, f64)> = None;
        for (language, quality) in header.split(',').filter_map(preference) {
            if best.is_none_or(|(_, other)| quality > other) {
                best = Some((language, quality));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_highest_quality_is_preferred() {
        for (header, expected) in [
            ("nl", Some(Language::Dutch)),
            ("de-AT, en;q=0.5", Some(Language::German)),
            ("en;q=0.8, FR-ca ; q=0.9, it", Some(Language::French)),
            ("nl;q=0.7,fr;q=0.7", Some(Language::Dutch)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("es, it;q=0.5, *;q=0.1", None),
            ("nl;level=1, fr;q=x, ,", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), expected, "{header}");
        }
    }
}
