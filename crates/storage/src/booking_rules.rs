//! The versions of what hosts rule, and which of their resources rule something.

use std::sync::Arc;

use diesel::prelude::*;

use super::connection::Conn;
use super::error::StorageError;
use super::schema::{booking_rules, resources};
use super::types::{CachedJson, CachedRules};
use domain::ids::{BookingRulesId, CertificationKindId, OrganizationId, ResourceId, SiteId};
use domain::resource::ResourceStatus;
use domain::rules::BookingRules;
use domain::time::UtcTime;
use domain::with_json::WithJson;

/// A version of the rules of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesVersion {
    /// Its identifier.
    pub id: BookingRulesId,
    /// The rules.
    pub rules: Arc<WithJson<BookingRules>>,
    /// Since when.
    pub created_at: UtcTime,
}

/// The versions of the rules of a resource that are older than `before`, the newest first.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, resource: ResourceId, before: Option<&str>, limit: i64) -> Result<Vec<RulesVersion>, StorageError> {
    let mut query = booking_rules::table
        .filter(booking_rules::resource_id.eq(resource))
        .order(booking_rules::id.desc())
        .limit(limit)
        .select((booking_rules::id, booking_rules::rules, booking_rules::created_at))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(booking_rules::id.lt(before.to_owned()));
    }
    let rows: Vec<(BookingRulesId, CachedRules, UtcTime)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, CachedJson(rules), created_at)| RulesVersion { id, rules, created_at }).collect())
}

/// Whether the rules of a resource at a site close it on public holidays.
///
/// # Errors
/// When the database fails.
pub fn is_any_closed_on_holidays(conn: &mut Conn, site: SiteId) -> Result<bool, StorageError> {
    let rules: Vec<CachedRules> = resources::table
        .inner_join(booking_rules::table)
        .filter(resources::site_id.eq(site))
        .select(booking_rules::rules)
        .load(conn)?;
    Ok(rules.iter().any(|CachedJson(rules)| rules.closed_on_public_holidays))
}

/// The names of the resources of these hosts that require a certification.
///
/// # Errors
/// When the database fails.
pub fn list_requiring(conn: &mut Conn, hosts: &[OrganizationId], kind: CertificationKindId) -> Result<Vec<String>, StorageError> {
    Ok(resources::table
        .inner_join(booking_rules::table)
        .filter(resources::organization_id.eq_any(hosts).and(resources::status.eq(ResourceStatus::Listed)))
        // Nothing else in the rules has this identifier.
        .filter(booking_rules::rules.like(format!("%\"{kind}\"%")))
        .order((resources::name, resources::id))
        .select(resources::name)
        .load(conn)?)
}
