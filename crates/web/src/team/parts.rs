//! The parts that the pages of an organization share.

use crate::catalogue::Choice;
use crate::page::{text, unless_refused};
use actions::Caller;
use actions::error::Error;
use api::caller::{
    ManageApiKeys, ManageBookings, ManageCertifications, ManageMembers, ManageOrganization, ManageWebhooks, View, ViewAudit,
};
use domain::ids::OrganizationId;
use domain::permissions::{Permission, Role};
use storage::db::ReadTx;
use texts::catalogue::Texts;

/// All that a member can do on these pages, as far as the role allows it.
pub(super) type Team = (
    (View, ManageMembers, ManageOrganization),
    (ManageApiKeys, ManageWebhooks, ViewAudit),
    (ManageBookings, ManageCertifications),
);

/// A page of the organization.
pub(crate) struct Tab {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) is_current: bool,
}

/// Returns whether the caller has a permission in an organization.
///
/// # Errors
/// When the database fails.
pub(super) fn may(tx: &mut ReadTx, caller: Caller, id: OrganizationId, permission: Permission) -> Result<bool, Error> {
    Ok(unless_refused(actions::authorize(tx, caller, id, permission, true))?.is_some())
}

/// The pages that a caller can open.
pub(super) struct Open {
    edits: bool,
    keys: bool,
    webhooks: bool,
    audit: bool,
    bookings: bool,
}

impl Open {
    /// Finds the pages.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) fn of(tx: &mut ReadTx, caller: Caller, id: OrganizationId) -> Result<Self, Error> {
        Ok(Self {
            edits: may(tx, caller, id, Permission::ManageOrganization)?,
            keys: may(tx, caller, id, Permission::ManageApiKeys)?,
            webhooks: may(tx, caller, id, Permission::ManageWebhooks)?,
            audit: may(tx, caller, id, Permission::ViewAudit)?,
            bookings: may(tx, caller, id, Permission::ManageBookings)?,
        })
    }

    /// Returns the pages as the tabs of each of them.
    pub(super) fn tabs(&self, texts: &Texts, id: OrganizationId, current: &str) -> Vec<Tab> {
        let all = [
            (true, format!("/organizations/{id}"), "web-team.title"),
            (self.edits, format!("/organizations/{id}/edit"), "web-team.data"),
            (self.keys, format!("/organizations/{id}/api-keys"), "web-keys.title"),
            (self.webhooks, format!("/organizations/{id}/webhooks"), "web-webhooks.title"),
            (self.audit, format!("/organizations/{id}/audit"), "web-audit.title"),
            (self.bookings, format!("/manage/{id}"), "web-manage.day"),
        ];
        let open = all.into_iter().filter(|(is_open, ..)| *is_open);
        open.map(|(_, href, name)| Tab { href, name: text(texts, name), is_current: name == current }).collect()
    }
}

/// Returns the name of a role.
pub(crate) fn role_name(texts: &Texts, role: Role) -> String {
    texts.attribute_text("web-role", role.as_str())
}

/// Returns the roles, the lowest first, as a choice.
pub(super) fn roles(texts: &Texts, chosen: &str) -> Vec<Choice> {
    let choice = |role: &Role| Choice {
        value: role.as_str().to_owned(),
        text: texts.attribute_text("web-role-about", role.as_str()),
        is_chosen: role.as_str() == chosen,
    };
    Role::ALL.iter().rev().map(choice).collect()
}
