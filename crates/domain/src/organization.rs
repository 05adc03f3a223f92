//! Organizations: firms, start-ups and maker spaces.

use serde::{Deserialize, Serialize};

use super::email::Email;
use super::fields::{Fields, InvalidFields};
use super::limits;
use super::text_enum::text_enum;

text_enum! {
    /// The kind of an organization. Each kind can be a host and a customer.
    pub enum OrganizationKind {
        /// An established firm.
        Firm = "firm",
        /// A start-up.
        Startup = "startup",
        /// A maker space.
        Makerspace = "makerspace",
    }
}

/// How many days the token in a mail to a contact address is valid.
pub const CONTACT_TOKEN_DAYS: i64 = 7;

/// The fields of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrganizationFields {
    /// The kind.
    pub kind: OrganizationKind,
    /// The name.
    pub name: String,
    /// A description of the organization and its work.
    pub description: String,
    /// A web address. Can be empty.
    pub website: String,
    /// The address that gets the mails about the organization's bookings in addition to its managers. None: only the managers
    /// get them.
    pub contact_email: Option<Email>,
    /// Whether its members need a second factor.
    pub requires_second_factor: bool,
}

/// A new organization: a firm, start-up or maker space.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Rotor Works", "kind": "firm"}))]
pub struct NewOrganization {
    /// The kind of the organization.
    pub kind: OrganizationKind,
    /// The name of the organization.
    #[schema(value_type = limits::Name)]
    pub name: String,
    /// A description of the organization and its work. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Description)]
    pub description: String,
    /// A web address that starts with `https://` or `http://`. Default: empty.
    #[serde(default)]
    #[schema(value_type = limits::Website)]
    pub website: String,
    /// The address that gets the mails about the organization's bookings in addition to its managers. The service first sends a
    /// mail with a link to it; the mails start when a reader has opened the link. Until then each edit of the organization
    /// sends the link again, at most 5 times per hour. Default: empty, no address.
    #[serde(default)]
    #[schema(value_type = limits::EmailAddress)]
    pub contact_email: String,
    /// True: members can do nothing in the organization until their accounts have a second factor. API keys are not concerned. An owner
    /// who sets it needs one. Default: false.
    #[serde(default)]
    pub requires_second_factor: bool,
}

impl NewOrganization {
    /// Returns the validated fields, without surrounding blanks.
    ///
    /// # Errors
    /// All fields that are invalid.
    pub fn read(&self) -> Result<OrganizationFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.line("/name", &self.name, limits::Name::RANGE);
        let description = fields.text("/description", &self.description, limits::Description::RANGE);
        let website = fields.website("/website", &self.website);
        let contact_email = match self.contact_email.trim() {
            "" => Some(None),
            email => fields.take("/contact_email", email.parse()).map(Some),
        };
        fields.finish(|| {
            Some(OrganizationFields {
                kind: self.kind,
                name: name?,
                description: description?,
                website: website?,
                contact_email: contact_email?,
                requires_second_factor: self.requires_second_factor,
            })
        })
    }
}

impl From<OrganizationFields> for NewOrganization {
    fn from(fields: OrganizationFields) -> Self {
        let OrganizationFields { kind, name, description, website, contact_email, requires_second_factor } = fields;
        let contact_email = contact_email.map(|email| email.to_string()).unwrap_or_default();
        Self { kind, name, description, website, contact_email, requires_second_factor }
    }
}
