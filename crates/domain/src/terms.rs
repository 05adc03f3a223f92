//! Terms: a host's versioned documents that a customer accepts before it books.

use sha2::{Digest as _, Sha256};

use super::fields::{Fields, InvalidFields};
use super::ids::{ResourceId, TermsId};
use super::rules::{Violation, ViolationCode};
use super::text_enum::text_enum;

text_enum! {
    /// What a document is about.
    pub enum TermsKind {
        /// How to behave at the place.
        HouseRules = "house_rules",
        /// How not to get hurt.
        Safety = "safety",
        /// What must not be told.
        Confidentiality = "confidentiality",
        /// Anything else.
        General = "general",
    }
}

/// What a document is, its text aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsFields {
    /// What it is about.
    pub kind: TermsKind,
    /// What it is called.
    pub name: String,
    /// Bookings of which resources it is for; those of all of the host's if left out.
    pub applies_to: Option<Vec<ResourceId>>,
    /// Whether it is out of use: nobody has to accept it any more.
    pub is_retired: bool,
}

impl TermsFields {
    /// Whether who books this resource must accept the document.
    pub fn is_for(&self, resource: ResourceId) -> bool {
        !self.is_retired && self.applies_to.as_ref().is_none_or(|listed| listed.contains(&resource))
    }
}

/// The text of one version. It is kept as it is, for its hash is what was agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsText {
    /// Plain text or Markdown.
    pub text: String,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl TermsText {
    /// The longest text, in characters.
    pub const LONGEST: usize = 100_000;

    /// Reads a text from the field `/text`.
    pub fn read(fields: &mut Fields, text: &str) -> Option<Self> {
        let text = fields.text("/text", text, Self::LONGEST)?;
        let sha256 = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
        Some(Self { text, sha256 })
    }
}

/// A version of a document, as it is named where it was accepted or is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terms_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "version": 1}))]
pub struct AgreedTerms {
    /// The document.
    pub terms_id: TermsId,
    /// The number of its version.
    #[schema(minimum = 1)]
    pub version: i32,
}

/// What stands in the way of a booking until these documents, each by its name and version, are accepted.
pub fn not_accepted(missing: &[(&str, i32)]) -> Option<Violation> {
    let named: Vec<_> = missing.iter().map(|(name, version)| format!("{name} (version {version})")).collect();
    let detail = format!("these terms of the host must be accepted first: {}", named.join(", "));
    (!named.is_empty()).then_some(Violation { code: ViolationCode::TermsNotAccepted, detail, overridable: false })
}

/// A document to be added, with its first version.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "house_rules", "name": "House rules", "text": "# House rules\n\nLeave the bench as you found it."}))]
pub struct NewTerms {
    /// What it is about.
    pub kind: TermsKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Bookings of which resources it is for; those of all of the host's if left out.
    #[schema(max_items = 200)]
    pub applies_to: Option<Vec<ResourceId>>,
    /// Plain text or Markdown.
    #[schema(min_length = 1, max_length = 100_000)]
    pub text: String,
}

impl NewTerms {
    /// The document as it is kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn read(&self) -> Result<(TermsFields, TermsText), InvalidFields> {
        let mut fields = Fields::default();
        let text = TermsText::read(&mut fields, &self.text);
        let edit =
            TermsSettings { kind: self.kind, name: self.name.clone(), applies_to: self.applies_to.clone(), is_retired: false };
        let terms = fields.nest("", edit.read());
        fields.finish(|| Some((terms?, text?)))
    }
}

/// A document as it is edited. Its text is not: another text is another version.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "House rules of the annex"}))]
pub struct TermsSettings {
    /// What it is about.
    pub kind: TermsKind,
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Bookings of which resources it is for; those of all of the host's if left out.
    #[schema(max_items = 200)]
    pub applies_to: Option<Vec<ResourceId>>,
    /// Whether it is out of use: nobody has to accept it any more.
    #[serde(default)]
    pub is_retired: bool,
}

impl TermsSettings {
    /// The fields as they are kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self) -> Result<TermsFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        if self.applies_to.as_ref().is_some_and(|listed| listed.len() > 200) {
            fields.refuse("/applies_to", "too_long", "must list at most 200 resources");
        }
        let (kind, applies_to, is_retired) = (self.kind, self.applies_to.clone(), self.is_retired);
        fields.finish(|| Some(TermsFields { kind, name: name?, applies_to, is_retired }))
    }
}

impl From<TermsFields> for TermsSettings {
    fn from(TermsFields { kind, name, applies_to, is_retired }: TermsFields) -> Self {
        Self { kind, name, applies_to, is_retired }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_text_is_the_one_that_anybody_computes() {
        let mut fields = Fields::default();
        let text = TermsText::read(&mut fields, " abc\n").unwrap();
        assert_eq!(text.text, "abc");
        // FIPS 180-2, appendix B.1.
        assert_eq!(text.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn all_that_is_not_accepted_is_named_at_once_and_no_manager_overrides_it() {
        assert_eq!(not_accepted(&[]), None);
        let violation = not_accepted(&[("House rules", 2), ("Laser safety", 1)]).unwrap();
        assert!(violation.detail.ends_with("House rules (version 2), Laser safety (version 1)"), "{}", violation.detail);
        assert!(!violation.overridable);
    }
}
