//! Firms, start-ups and maker spaces.

use serde::{Deserialize, Serialize};

use super::email::Email;
use super::fields::{Fields, InvalidFields};
use super::text_enum::text_enum;

text_enum! {
    /// What an organization is; any kind may host and any may book.
    pub enum OrganizationKind {
        /// An established firm.
        Firm = "firm",
        /// A start-up.
        Startup = "startup",
        /// A maker space.
        Makerspace = "makerspace",
    }
}

/// For how many days an address that an organization wants its mail sent to can prove that it wants to have it.
pub const CONTACT_TOKEN_DAYS: i64 = 7;

/// What an organization tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationFields {
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// An address on the web, or nothing.
    pub website: String,
    /// Where mail about its bookings goes besides its managers, if anywhere.
    pub contact_email: Option<Email>,
}

/// A firm, start-up or maker space to be founded.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Rotor Works", "kind": "firm"}))]
pub struct NewOrganization {
    /// What it is.
    pub kind: OrganizationKind,
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it does.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub description: String,
    /// An address on the web.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub website: String,
    /// Where mail about its bookings goes besides its managers, once whoever reads it has confirmed that by the link in a mail.
    /// Until then each edit of the organization has that mail sent again, but no more than five within an hour.
    #[serde(default)]
    #[schema(max_length = 254)]
    pub contact_email: String,
}

impl NewOrganization {
    /// The fields as they are kept, with surrounding blanks removed.
    ///
    /// # Errors
    /// With everything that is wrong with them.
    pub fn read(&self) -> Result<OrganizationFields, InvalidFields> {
        let mut fields = Fields::default();
        let name = fields.text("/name", &self.name, 200);
        let description = fields.note("/description", &self.description, 5000);
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
            })
        })
    }
}

impl From<OrganizationFields> for NewOrganization {
    fn from(fields: OrganizationFields) -> Self {
        let OrganizationFields { kind, name, description, website, contact_email } = fields;
        let contact_email = contact_email.map(|email| email.to_string()).unwrap_or_default();
        Self { kind, name, description, website, contact_email }
    }
}
