//! Terms: versioned documents of a host that a customer accepts before it books.

use super::fields::{Fields, InvalidFields};
use super::ids::{ResourceId, TermsId};
use super::limits;
use super::rules::{Violation, ViolationCode};
use super::sha256::sha256;
use super::text_enum::text_enum;
use crate::said::said;

text_enum! {
    /// The subject of a document.
    pub enum TermsKind {
        /// Behaviour at the site.
        HouseRules = "house_rules",
        /// Safety at work.
        Safety = "safety",
        /// Information that must stay confidential.
        Confidentiality = "confidentiality",
        /// Other subjects.
        General = "general",
    }
}

/// The fields of a document, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsFields {
    /// The subject.
    pub kind: TermsKind,
    /// The name.
    pub name: String,
    /// The resources whose bookings require the document. None: all resources of the host.
    pub applies_to: Option<Vec<ResourceId>>,
    /// True: the document is out of use, and customers no longer have to accept it.
    pub is_retired: bool,
}

impl TermsFields {
    /// Returns whether a booking of this resource requires the document.
    pub fn is_for(&self, resource: ResourceId) -> bool {
        !self.is_retired && self.applies_to.as_ref().is_none_or(|listed| listed.contains(&resource))
    }
}

/// The text of one version. It is stored unchanged, because customers accept its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsText {
    /// Plain text or Markdown.
    pub text: String,
    /// The SHA-256 of the text, in hexadecimal digits.
    pub sha256: String,
}

impl TermsText {
    /// Reads a text from the field `/text`.
    pub fn read(fields: &mut Fields, text: &str) -> Option<Self> {
        let text = fields.verbatim("/text", text, limits::TermsBody::RANGE)?;
        let sha256 = sha256(&text);
        Some(Self { text, sha256 })
    }
}

/// A version of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"terms_id": "019acb2e-5d00-7a31-8c55-0a4b1f6f2f10", "version": 1}))]
pub struct AgreedTerms {
    /// The document.
    pub terms_id: TermsId,
    /// The number of the version.
    #[schema(value_type = limits::VersionNumber)]
    pub version: i32,
}

/// Returns the violation for documents that are not accepted, each with its name and version.
pub fn not_accepted(missing: &[(TermsId, &str, i32)]) -> Option<Violation> {
    let named: Vec<_> = missing.iter().map(|(_, name, version)| said!("{name} (version {version})", name, version)).collect();
    let detail = said!("accept these terms of the host first: {named}", named = &named);
    let violation = Violation::not_overridable(ViolationCode::TermsNotAccepted, detail);
    let terms_ids = missing.iter().map(|(id, ..)| *id).collect();
    (!named.is_empty()).then_some(Violation { terms_ids, ..violation })
}

/// A new document with its first version.
#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"kind": "house_rules", "name": "House rules", "text": "# House rules\n\nLeave the bench as you found it."}))]
pub struct NewTerms {
    /// The subject of the document.
    pub kind: TermsKind,
    /// The name of the document.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// The resources whose bookings require the document. Default: all resources of the host.
    #[schema(value_type = Option<limits::TermsResources<ResourceId>>)]
    pub applies_to: Option<Vec<ResourceId>>,
    /// The text, plain or Markdown.
    #[schema(value_type = limits::TermsBody)]
    pub text: String,
}

impl NewTerms {
    /// Returns the validated document.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<(TermsFields, TermsText), InvalidFields> {
        let mut fields = Fields::default();
        let text = TermsText::read(&mut fields, &self.text);
        let edit =
            TermsSettings { kind: self.kind, name: self.name.clone(), applies_to: self.applies_to.clone(), is_retired: false };
        let terms = fields.nest("", edit.read());
        fields.finish(|| Some((terms?, text?)))
    }
}

/// The fields of a document that can be edited. The text cannot be edited; another text is a new version.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "House rules of the annex"}))]
pub struct TermsSettings {
    /// The subject of the document.
    pub kind: TermsKind,
    /// The name of the document.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// The resources whose bookings require the document. Default: all resources of the host.
    #[schema(value_type = Option<limits::TermsResources<ResourceId>>)]
    pub applies_to: Option<Vec<ResourceId>>,
    /// True: the document is out of use, and customers no longer have to accept it. Default: false.
    #[serde(default)]
    pub is_retired: bool,
}

impl TermsSettings {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<TermsFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        if let Some(listed) = &self.applies_to {
            fields.list("/applies_to", listed, limits::TermsResources::RANGE, said!("resources"));
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
        // FIPS 180-2, appendix B.1, and `printf ' abc\r\n\n' | sha256sum`.
        for (text, sha256) in [
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (" abc\r\n\n", "9b4deeabbacc5859aa4cd6acbdc91d7f34e067407df3c722e070671b96775e49"),
        ] {
            let read = TermsText::read(&mut fields, text).unwrap();
            assert_eq!((read.text.as_str(), read.sha256.as_str()), (text, sha256));
        }
    }

    #[test]
    fn all_that_is_not_accepted_is_named_at_once_and_no_manager_overrides_it() {
        assert_eq!(not_accepted(&[]), None);
        let [house, laser] = [1, 2].map(|number| <TermsId as crate::ids::Identifier>::new(number, [0; 10]));
        let violation = not_accepted(&[(house, "House rules", 2), (laser, "Laser safety", 1)]).unwrap();
        assert_eq!(violation.terms_ids, [house, laser]);
        assert!(
            violation.detail.to_string().ends_with("House rules (version 2), Laser safety (version 1)"),
            "{}",
            violation.detail
        );
        assert!(!violation.overridable);
    }
}
