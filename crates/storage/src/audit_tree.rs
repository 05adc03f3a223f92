//! The tree over the entries of the audit log: its leaves, the hashes of its subtrees, and its signed checkpoints.

use diesel::prelude::*;

use super::connection::{Conn, EitherConn, WriteConn};
use super::error::StorageError;
use super::schema::audit;
use super::schema_audit::{audit_checkpoints, audit_leaves, audit_nodes, audit_tree};
use domain::audit_entry::{Salt, SealedEntry};
use domain::ids::AuditId;
use domain::merkle::{Edge, Hash, Subtree};
use domain::time::UtcTime;

/// The difference of the heights of the subtrees whose hashes are stored: those of 256 leaves, of 65,536 leaves, and so on.
const HEIGHT: u32 = 8;

/// How many leaves one statement adds.
const AT_ONCE: usize = 1000;

/// An entry as it is stored. Its identifiers are texts, so that an entry can be read whatever somebody has written into it.
#[derive(Debug, Clone, Queryable)]
pub struct StoredEntry {
    /// Its own identifier.
    pub id: String,
    /// The time.
    pub at: UtcTime,
    organization_id: Option<String>,
    user_id: Option<String>,
    api_key_id: Option<String>,
    action: String,
    object: String,
    object_id: String,
    detail: String,
    /// The JSON with what is personal.
    pub personal: Option<String>,
}

impl StoredEntry {
    /// Returns the entry as the tree has it.
    pub fn sealed(&self, commitment: Option<Hash>) -> SealedEntry<'_> {
        SealedEntry {
            id: &self.id,
            at: self.at,
            organization_id: self.organization_id.as_deref(),
            user_id: self.user_id.as_deref(),
            api_key_id: self.api_key_id.as_deref(),
            action: &self.action,
            object: &self.object,
            object_id: &self.object_id,
            commitment,
            detail: &self.detail,
        }
    }

    /// Whether a user or an API key acted. The service itself also writes entries of earlier instants, at which something was due.
    pub const fn is_of_caller(&self) -> bool {
        self.user_id.is_some() || self.api_key_id.is_some()
    }
}

type EntryColumns = (
    audit::id,
    audit::at,
    audit::organization_id,
    audit::user_id,
    audit::api_key_id,
    audit::action,
    audit::object,
    audit::object_id,
    audit::detail,
    audit::personal,
);

const fn entry_columns() -> EntryColumns {
    (
        audit::id,
        audit::at,
        audit::organization_id,
        audit::user_id,
        audit::api_key_id,
        audit::action,
        audit::object,
        audit::object_id,
        audit::detail,
        audit::personal,
    )
}

/// A leaf of the tree.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// The number of leaves before it.
    pub sequence: u64,
    /// The entry.
    pub entry_id: String,
    /// The salt of the commitment. None after it was erased.
    pub salt: Option<Salt>,
    /// The commitment to what is personal.
    pub commitment: Option<Hash>,
    /// Its hash.
    pub hash: Hash,
}

/// A row of `audit_leaves`.
#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = audit_leaves, treat_none_as_default_value = false)]
struct LeafRow {
    sequence: i64,
    entry_id: String,
    salt: Option<Vec<u8>>,
    commitment: Option<Vec<u8>>,
    hash: Vec<u8>,
}

impl LeafRow {
    fn new(leaf: &Leaf) -> Result<Self, StorageError> {
        Ok(Self {
            sequence: to_number(leaf.sequence)?,
            entry_id: leaf.entry_id.clone(),
            salt: leaf.salt.map(|salt| salt.to_vec()),
            commitment: leaf.commitment.map(|hash| hash.0.to_vec()),
            hash: leaf.hash.0.to_vec(),
        })
    }

    fn into_leaf(self) -> Result<Leaf, StorageError> {
        Ok(Leaf {
            sequence: u64::try_from(self.sequence).map_err(StorageError::corrupt)?,
            entry_id: self.entry_id,
            salt: self.salt.map(|salt| to_bytes(&salt)).transpose()?,
            commitment: self.commitment.map(|hash| to_bytes(&hash).map(Hash)).transpose()?,
            hash: Hash(to_bytes(&self.hash)?),
        })
    }
}

/// Rows of the tree are missing.
#[derive(Debug, thiserror::Error)]
#[error("the tree of the audit log lacks hashes below {0:?}")]
struct Incomplete(Subtree);

/// A signed checkpoint of the tree.
#[derive(Debug, Clone, Queryable)]
pub struct Checkpoint {
    /// The number of leaves.
    pub size: i64,
    /// The text, with its signature.
    pub note: String,
    /// When it was signed.
    pub signed_at: UtcTime,
}

fn to_bytes<const N: usize>(bytes: &[u8]) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(StorageError::corrupt)
}

fn to_number(number: u64) -> Result<i64, StorageError> {
    i64::try_from(number).map_err(StorageError::corrupt)
}

/// Waits until no other transaction adds to the tree. None does so before this one ends.
///
/// # Errors
/// When the database fails.
pub fn lock(conn: &mut WriteConn) -> Result<(), StorageError> {
    conn.time_lock(|conn| diesel::update(audit_tree::table).set(audit_tree::id.eq(1)).execute(conn))?;
    Ok(())
}

/// The entries that are not in the tree, in the order of their insertion.
///
/// # Errors
/// When the database fails.
pub fn list_outside(conn: &mut WriteConn, limit: i64) -> Result<Vec<StoredEntry>, StorageError> {
    let settled: i64 = audit_tree::table.select(audit_tree::settled).get_result(conn.raw())?;
    let outside = audit::table.left_join(audit_leaves::table).filter(audit_leaves::sequence.is_null());
    let after = outside.filter(audit::position.gt(settled)).order(audit::position);
    Ok(after.limit(limit).select(entry_columns()).load(conn.raw())?)
}

/// Notes that all entries that could be seen are in the tree. So all entries before those that could be seen `overlap` ago are: by now
/// their transactions have ended, and this time they were seen.
///
/// # Errors
/// When the database fails.
pub fn note_all_seen(conn: &mut WriteConn, now: UtcTime, overlap: chrono::TimeDelta) -> Result<(), StorageError> {
    let state = (audit_tree::reached, audit_tree::reached_at);
    let (reached, reached_at): (i64, UtcTime) = audit_tree::table.select(state).get_result(conn.raw())?;
    if now - reached_at < overlap {
        return Ok(());
    }
    let last: Option<i64> = audit::table.select(diesel::dsl::max(audit::position)).get_result(conn.raw())?;
    let state = (
        audit_tree::settled.eq(reached),
        audit_tree::reached.eq(last.unwrap_or_default().max(reached)),
        audit_tree::reached_at.eq(now),
    );
    diesel::update(audit_tree::table).set(state).execute(conn.raw())?;
    Ok(())
}

/// The number of leaves.
///
/// # Errors
/// When the database fails.
pub fn count(conn: &mut Conn) -> Result<u64, StorageError> {
    let last: Option<i64> = audit_leaves::table.select(diesel::dsl::max(audit_leaves::sequence)).get_result(conn)?;
    last.map_or(Ok(0), |last| u64::try_from(last).map(|last| last + 1).map_err(StorageError::corrupt))
}

/// Adds leaves at the end.
///
/// # Errors
/// When the database fails.
pub fn insert(conn: &mut WriteConn, leaves: &[Leaf]) -> Result<(), StorageError> {
    for some in leaves.chunks(AT_ONCE) {
        let rows = some.iter().map(LeafRow::new).collect::<Result<Vec<_>, _>>()?;
        let insertion = diesel::insert_into(audit_leaves::table).values(&rows);
        match conn.raw().either() {
            EitherConn::Pg(conn) => insertion.execute(conn)?,
            EitherConn::Sqlite(conn) => insertion.execute(conn)?,
        };
    }
    Ok(())
}

/// Adds the hash of a subtree that is complete now, if it is one whose hash is stored.
///
/// # Errors
/// When the database fails.
pub fn insert_node(conn: &mut WriteConn, subtree: Subtree, hash: Hash) -> Result<(), StorageError> {
    let Some((level, number)) = place(subtree)? else { return Ok(()) };
    let row = (audit_nodes::level.eq(level), audit_nodes::number.eq(number), audit_nodes::hash.eq(hash.0.to_vec()));
    diesel::insert_into(audit_nodes::table).values(row).execute(conn.raw())?;
    Ok(())
}

/// The key of the stored hash of a subtree. None: its hash is not stored.
fn place(subtree: Subtree) -> Result<Option<(i32, i64)>, StorageError> {
    if subtree.height == 0 || !subtree.height.is_multiple_of(HEIGHT) {
        return Ok(None);
    }
    let level = i32::try_from(subtree.height / HEIGHT).map_err(StorageError::corrupt)?;
    Ok(Some((level, to_number(subtree.number)?)))
}

/// Whether the stored hash of a complete subtree is this one; also true if its hash is not stored in any case.
///
/// # Errors
/// When the database fails.
pub fn has_node(conn: &mut Conn, subtree: Subtree, hash: Hash) -> Result<bool, StorageError> {
    let Some(key) = place(subtree)? else { return Ok(true) };
    let stored: Option<Vec<u8>> = audit_nodes::table.find(key).select(audit_nodes::hash).get_result(conn).optional()?;
    Ok(stored.as_deref() == Some(hash.0.as_slice()))
}

/// The hash of a complete subtree, of at most 255 stored hashes.
///
/// # Errors
/// When the tree is too small, or the database fails.
pub fn hash_of(conn: &mut Conn, subtree: Subtree) -> Result<Hash, StorageError> {
    let (level, height) = (subtree.height / HEIGHT, subtree.height % HEIGHT);
    let (first, count) = (to_number(subtree.number << height)?, 1_i64 << height);
    let hashes: Vec<Vec<u8>> = if level == 0 {
        let leaves = audit_leaves::table.filter(audit_leaves::sequence.ge(first).and(audit_leaves::sequence.lt(first + count)));
        leaves.order(audit_leaves::sequence).select(audit_leaves::hash).load(conn)?
    } else {
        let level = i32::try_from(level).map_err(StorageError::corrupt)?;
        let nodes = audit_nodes::table.filter(audit_nodes::level.eq(level));
        let nodes = nodes.filter(audit_nodes::number.ge(first).and(audit_nodes::number.lt(first + count)));
        nodes.order(audit_nodes::number).select(audit_nodes::hash).load(conn)?
    };
    if i64::try_from(hashes.len()) != Ok(count) {
        return Err(StorageError::corrupt(Incomplete(subtree)));
    }
    let mut edge = Edge::default();
    for hash in hashes {
        edge.add(Hash(to_bytes(&hash)?), |_, _| {});
    }
    Ok(edge.root())
}

/// The leaf of an entry, and the entry.
///
/// # Errors
/// When the database fails.
pub fn find_leaf(conn: &mut Conn, id: AuditId) -> Result<Option<(Leaf, StoredEntry)>, StorageError> {
    let found = audit_leaves::table.inner_join(audit::table).filter(audit_leaves::entry_id.eq(id.as_str()));
    let found: Option<(LeafRow, StoredEntry)> =
        found.select((audit_leaves::all_columns, entry_columns())).get_result(conn).optional()?;
    found.map(|(row, entry)| Ok((row.into_leaf()?, entry))).transpose()
}

/// The leaves from a number on, in their order, each with its entry if there is one.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &mut Conn, from: u64, limit: i64) -> Result<Vec<(Leaf, Option<StoredEntry>)>, StorageError> {
    let leaves = audit_leaves::table.left_join(audit::table).filter(audit_leaves::sequence.ge(to_number(from)?));
    let leaves: Vec<(LeafRow, Option<StoredEntry>)> = leaves
        .order(audit_leaves::sequence)
        .limit(limit)
        .select((audit_leaves::all_columns, entry_columns().nullable()))
        .load(conn)?;
    leaves.into_iter().map(|(row, entry)| Ok((row.into_leaf()?, entry))).collect()
}

/// The entries without a leaf whose identifiers follow one, in the order of the identifiers, each with whether the job would still add it
/// to the tree.
///
/// # Errors
/// When the database fails.
pub fn list_without_leaf(conn: &mut Conn, after: &str, limit: i64) -> Result<Vec<(StoredEntry, bool)>, StorageError> {
    let settled: i64 = audit_tree::table.select(audit_tree::settled).get_result(conn)?;
    let outside = audit::table.left_join(audit_leaves::table).filter(audit_leaves::sequence.is_null());
    let after = outside.filter(audit::id.gt(after)).order(audit::id);
    let entries: Vec<(StoredEntry, i64)> = after.limit(limit).select((entry_columns(), audit::position)).load(conn)?;
    Ok(entries.into_iter().map(|(entry, position)| (entry, position > settled)).collect())
}

/// The last checkpoint, if there is one.
///
/// # Errors
/// When the database fails.
pub fn find_last_checkpoint(conn: &mut Conn) -> Result<Option<Checkpoint>, StorageError> {
    Ok(audit_checkpoints::table.order(audit_checkpoints::size.desc()).limit(1).get_result(conn).optional()?)
}

/// The checkpoints of larger trees, the smallest first.
///
/// # Errors
/// When the database fails.
pub fn list_checkpoints(conn: &mut Conn, after: u64, limit: i64) -> Result<Vec<Checkpoint>, StorageError> {
    let after = audit_checkpoints::table.filter(audit_checkpoints::size.gt(to_number(after)?)).order(audit_checkpoints::size);
    Ok(after.limit(limit).load(conn)?)
}

/// Adds a checkpoint.
///
/// # Errors
/// When there is one of a larger tree, or the database fails.
pub fn insert_checkpoint(conn: &mut WriteConn, size: u64, note: &str, now: UtcTime) -> Result<(), StorageError> {
    let size = audit_checkpoints::size.eq(to_number(size)?);
    let row = (size, audit_checkpoints::note.eq(note), audit_checkpoints::signed_at.eq(now));
    diesel::insert_into(audit_checkpoints::table).values(row).execute(conn.raw())?;
    Ok(())
}
