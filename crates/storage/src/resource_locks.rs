//! Locking resources, and the token that proves the lock.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::resource_links::list_linked;
use super::schema::{allocations, resources, waitlist_entries};
use super::shared_quotas;
use domain::ids::ResourceId;
use domain::time::UtcTime;
use domain::waitlist::WaitlistStatus;

/// Resources that this transaction has locked: until it ends, no other transaction claims, frees or edits them. Only [`lock`]
/// makes this token, and each function that claims, sweeps or frees capacity takes it, so that no caller can forget the lock.
#[derive(Debug)]
#[must_use]
pub struct LockedResources {
    ids: Vec<ResourceId>,
    needs_sweep: bool,
}

impl LockedResources {
    /// The locked resources: those that were asked for, and those that are linked to them.
    pub fn ids(&self) -> &[ResourceId] {
        &self.ids
    }

    /// Refuses a change of a resource that is not locked.
    ///
    /// # Errors
    /// [`StorageError::NotLocked`].
    pub(super) fn check(&self, id: ResourceId) -> Result<(), StorageError> {
        if self.ids.contains(&id) { Ok(()) } else { Err(StorageError::NotLocked(id)) }
    }

    /// Whether a claim on one of the resources has lapsed, or an entry of the waitlist waits for one of them. Then the claim
    /// must end and the entry must get its offer before anybody else claims capacity.
    pub const fn needs_sweep(&self) -> bool {
        self.needs_sweep
    }

    /// Notes that all that has lapsed has ended, and that entries of the waitlist have their offers.
    pub const fn mark_swept(&mut self) {
        self.needs_sweep = false;
    }

    /// Notes that an entry waits that did not wait when the resources were locked.
    pub const fn mark_awaited(&mut self) {
        self.needs_sweep = true;
    }
}

/// Makes this transaction the only one that claims capacity of these resources, and of those that are linked to them, or edits
/// them, or claims capacity under a shared quota of them, until it ends. All transactions lock resources in one order, so that two of them never wait for each other. On
/// PostgreSQL a claim that waited for another claim here sees all that the other wrote, or, above READ COMMITTED, must begin
/// again, because each claim writes the row (Law 1 in the migrations). On SQLite the transaction has been the only one since it
/// began.
///
/// # Errors
/// When a resource does not exist, or the database fails.
pub fn lock(conn: &mut WriteConn, ids: &[ResourceId], now: UtcTime) -> Result<LockedResources, StorageError> {
    // Most calls lock one resource without links. A transaction that waits here for the one that adds the first link then locks
    // out of order. If two wait for each other PostgreSQL ends one of them, and it is tried again.
    if let [id] = ids {
        let unlinked = resources::table.find(id).filter(resources::has_links.eq(false)).select(resources::has_shared_quotas);
        let query = |conn: &mut Conn| match conn.either() {
            EitherConn::Pg(conn) => unlinked.for_no_key_update().get_result(conn),
            EitherConn::Sqlite(conn) => unlinked.get_result(conn),
        };
        let has_shared_quotas: Option<bool> = conn.time_lock(query).optional()?;
        if let Some(has_shared_quotas) = has_shared_quotas {
            if has_shared_quotas {
                shared_quotas::lock(conn, ids)?;
            }
            return Ok(LockedResources { ids: vec![*id], needs_sweep: needs_sweep(conn, *id, now)? });
        }
    }
    let mut locked = LockedResources { ids: Vec::new(), needs_sweep: false };
    let mut has_shared_quotas = false;
    for id in list_linked(conn, ids)? {
        let row = resources::table.find(id).select(resources::has_shared_quotas);
        has_shared_quotas |= conn.time_lock(|conn| match conn.either() {
            EitherConn::Pg(conn) => row.for_no_key_update().get_result::<bool>(conn),
            EitherConn::Sqlite(conn) => row.get_result(conn),
        })?;
        locked.ids.push(id);
        locked.needs_sweep |= needs_sweep(conn, id, now)?;
    }
    if has_shared_quotas {
        shared_quotas::lock(conn, &locked.ids)?;
    }
    Ok(locked)
}

/// Whether a claim on the resource has lapsed, or an entry of the waitlist waits for it.
fn needs_sweep(conn: &mut Conn, id: ResourceId, now: UtcTime) -> Result<bool, StorageError> {
    let has_lapsed = allocations::table.filter(allocations::resource_id.eq(id)).filter(allocations::lapses_at.le(now));
    let is_awaited = waitlist_entries::table
        .filter(waitlist_entries::resource_id.eq(id))
        .filter(waitlist_entries::status.eq(WaitlistStatus::Waiting));
    let query = diesel::select(exists(has_lapsed).or(exists(is_awaited)));
    Ok(query.get_result(conn)?)
}
