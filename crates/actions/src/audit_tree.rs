//! The tree over the audit log: a job adds the entries to it and signs it, and whoever has a checkpoint can check what they were told.

use chrono::TimeDelta;

use super::error::Error;
use domain::audit_entry::{self, Salt};
use domain::fields::Fields;
use domain::ids::AuditId;
use domain::merkle::{Edge, Hash, consistency, inclusion, root, subtrees};
use domain::said::said;
use storage::audit_tree::{self, Leaf};
use storage::db::{ReadTx, Tx};

/// The time for which entries are looked at again on PostgreSQL: a transaction that began before can still commit entries with lower
/// positions. Every transaction of every server takes less time. On SQLite one write ends before the next begins.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// The proof that the tree of a signed checkpoint has an entry.
#[derive(Debug)]
pub struct InclusionProof {
    /// The data of the leaf.
    pub leaf: String,
    /// The number of leaves before it.
    pub sequence: u64,
    /// The number of leaves of the tree.
    pub tree_size: u64,
    /// The hashes from the leaf to the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint of the tree.
    pub checkpoint: String,
}

/// Adds entries to the tree, those that were inserted first before others. Returns their number, which is less than `limit` when all that
/// could be seen are in the tree.
///
/// # Errors
/// When the database fails.
pub fn add_entries(tx: &mut Tx<'_>, limit: usize) -> Result<usize, Error> {
    audit_tree::lock(tx.conn)?;
    let entries = audit_tree::list_outside(tx.conn, i64::try_from(limit).unwrap_or(i64::MAX))?;
    if !entries.is_empty() {
        let mut edge = edge(tx)?;
        let (mut leaves, mut completed) = (Vec::with_capacity(entries.len()), Vec::new());
        for entry in &entries {
            let salt: Option<Salt> = entry.personal.is_some().then(rand::random);
            let sealed = salt.zip(entry.personal.as_deref());
            let commitment = sealed.map(|(salt, personal)| audit_entry::commitment(&salt, personal));
            let hash = entry.sealed(commitment).hash();
            leaves.push(Leaf { sequence: edge.size(), entry_id: entry.id.clone(), salt, commitment, hash });
            edge.add(hash, |subtree, hash| completed.push((subtree, hash)));
        }
        audit_tree::insert(tx.conn, &leaves)?;
        for (subtree, hash) in completed {
            audit_tree::insert_node(tx.conn, subtree, hash)?;
        }
    }
    if entries.len() < limit {
        let overlap = if tx.conn.is_sqlite() { TimeDelta::zero() } else { OVERLAP };
        audit_tree::note_all_seen(tx.conn, tx.now, overlap)?;
    }
    Ok(entries.len())
}

/// Stores a checkpoint of the tree, with the note that `sign` returns for its size and root, unless it has not grown since the last one.
///
/// # Errors
/// The error of `sign`, or that the database fails.
pub fn add_checkpoint(tx: &mut Tx<'_>, sign: impl FnOnce(u64, Hash) -> Result<String, Error>) -> Result<(), Error> {
    audit_tree::lock(tx.conn)?;
    let edge = edge(tx)?;
    let last = audit_tree::find_last_checkpoint(tx.conn)?.map_or(0, |last| last.size);
    if i64::try_from(edge.size()).is_ok_and(|size| size > last) {
        audit_tree::insert_checkpoint(tx.conn, edge.size(), &sign(edge.size(), edge.root())?, tx.now)?;
    }
    Ok(())
}

/// The right edge of the tree as it is stored.
fn edge(tx: &mut ReadTx) -> Result<Edge, Error> {
    let size = audit_tree::count(&mut tx.conn)?;
    let hashes = subtrees(0..size).into_iter().map(|subtree| audit_tree::hash_of(&mut tx.conn, subtree));
    Ok(Edge::new(size, hashes.collect::<Result<_, _>>()?))
}

/// Returns the last signed checkpoint.
///
/// # Errors
/// `not_found` before the first one.
pub fn get_checkpoint(tx: &mut ReadTx) -> Result<String, Error> {
    let last = audit_tree::find_last_checkpoint(&mut tx.conn)?;
    Ok(last.ok_or_else(Error::not_found)?.note)
}

/// Returns the proof that the tree of a signed checkpoint has an entry. None while no checkpoint has it.
pub(super) fn prove_inclusion(tx: &mut ReadTx, id: AuditId) -> Result<Option<InclusionProof>, Error> {
    let Some(checkpoint) = audit_tree::find_last_checkpoint(&mut tx.conn)? else { return Ok(None) };
    let tree_size = u64::try_from(checkpoint.size).unwrap_or_default();
    let found = audit_tree::find_leaf(&mut tx.conn, id)?.filter(|(leaf, _)| leaf.sequence < tree_size);
    let Some((leaf, entry)) = found else { return Ok(None) };
    let hashes = roots(tx, inclusion(leaf.sequence, tree_size))?;
    let data = entry.sealed(leaf.commitment).leaf();
    Ok(Some(InclusionProof { leaf: data, sequence: leaf.sequence, tree_size, hashes, checkpoint: checkpoint.note }))
}

/// Returns the proof that the tree with `to` leaves begins with the tree with `from` leaves.
///
/// # Errors
/// `invalid_fields` unless 1 ≤ `from` ≤ `to` ≤ the number of leaves.
pub fn prove_consistency(tx: &mut ReadTx, from: u64, to: u64) -> Result<Vec<Hash>, Error> {
    let (size, mut fields) = (audit_tree::count(&mut tx.conn)?, Fields::default());
    if to > size || to == 0 {
        fields.refuse("to", "out_of_range", said!("must be from 1 to {size}, the number of entries in the tree", size));
    }
    if from > to || from == 0 {
        fields.refuse("from", "out_of_range", said!("must be at least 1 and at most `to`"));
    }
    fields.finish(|| Some(()))?;
    roots(tx, consistency(from, to))
}

/// The roots over some ranges of leaves.
fn roots(tx: &mut ReadTx, ranges: Vec<std::ops::Range<u64>>) -> Result<Vec<Hash>, Error> {
    let root_over = |range| {
        let hashes = subtrees(range).into_iter().map(|subtree| audit_tree::hash_of(&mut tx.conn, subtree));
        Ok(root(&hashes.collect::<Result<Vec<_>, _>>()?))
    };
    ranges.into_iter().map(root_over).collect()
}
