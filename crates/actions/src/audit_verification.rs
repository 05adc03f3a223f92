//! The check of the audit log against its tree and its signed checkpoints.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;

use super::error::Error;
use domain::audit_entry;
use domain::merkle::{Edge, Hash, Subtree};
use domain::time::UtcTime;
use storage::audit_tree::{self, Checkpoint, Leaf, StoredEntry};
use storage::db::ReadTx;

/// How many rows are loaded at once.
const AT_ONCE: i64 = 1000;

/// How much older than the checkpoint before it an entry of a user or an API key can be. Transactions take less time.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// Returns the size and the root that a signed note names, or why its signature is not valid.
pub type CheckNote = Arc<dyn Fn(&str) -> Result<(u64, Hash), String> + Send + Sync>;

/// How far a verification has come.
pub struct Verification {
    check_note: CheckNote,
    /// The notes of checkpoints that were kept elsewhere, until the first step has read them.
    kept: Vec<String>,
    /// The roots of those checkpoints, by the number of entries.
    kept_roots: BTreeMap<u64, Vec<Hash>>,
    /// The edge of the tree that the leaves make up.
    edge: Edge,
    /// The number of the next leaf.
    next: u64,
    /// Whether all roots so far are those of the checkpoints. Otherwise later ones differ, too, and are not compared.
    agrees: bool,
    /// The checkpoints to come, each with its root if the signature is valid.
    checkpoints: VecDeque<(Checkpoint, Option<Hash>)>,
    /// The size of the last checkpoint that was loaded.
    loaded: u64,
    /// Whether no checkpoint is left to be loaded.
    are_all_loaded: bool,
    /// The size and the time of the last checkpoint that was passed.
    passed: (u64, Option<UtcTime>),
    /// The last entry without a leaf that was looked at, after all leaves.
    outside: Option<String>,
    /// The number of checkpoints.
    pub signed: usize,
    /// The number of entries that the job has not added to the tree yet.
    pub waiting: usize,
    /// The number of entries whose personal part was erased.
    pub erased: usize,
}

impl Verification {
    /// Begins with the first entry of the tree. The tree must also begin with the trees of the notes that were `kept` elsewhere.
    pub fn new(check_note: CheckNote, kept: Vec<String>) -> Self {
        Self {
            check_note,
            kept,
            kept_roots: BTreeMap::new(),
            edge: Edge::default(),
            next: 0,
            agrees: true,
            checkpoints: VecDeque::new(),
            loaded: 0,
            are_all_loaded: false,
            passed: (0, None),
            outside: None,
            signed: 0,
            waiting: 0,
            erased: 0,
        }
    }

    /// Returns the number of entries in the tree.
    pub const fn size(&self) -> u64 {
        self.next
    }

    /// Compares some entries with their leaves, the leaves with the stored hashes, and the roots with the checkpoints; at the end, looks for
    /// entries that are not in the tree. Returns what differs, and whether there is more to do.
    ///
    /// # Errors
    /// When the database fails.
    pub fn go_on(&mut self, tx: &mut ReadTx) -> Result<(Vec<String>, bool), Error> {
        let mut differ = Vec::new();
        if let Some(after) = self.outside.clone() {
            let has_more = self.look_outside(tx, &after, &mut differ)?;
            return Ok((differ, has_more));
        }
        for note in std::mem::take(&mut self.kept) {
            match (self.check_note)(&note) {
                Ok((size, root)) => self.kept_roots.entry(size).or_default().push(root),
                Err(reason) => differ.push(format!("checkpoint that was kept elsewhere: {reason}")),
            }
        }
        let leaves = audit_tree::list(&mut tx.conn, self.next, AT_ONCE)?;
        for (leaf, entry) in &leaves {
            self.pass_leaf(tx, leaf, entry.as_ref(), &mut differ)?;
        }
        if leaves.is_empty() {
            while let Some((checkpoint, _)) = self.next_checkpoint(tx, u64::MAX, &mut differ)? {
                differ.push(format!("checkpoint of {} entries: the tree has only {}", checkpoint.size, self.next));
            }
            for size in std::mem::take(&mut self.kept_roots).into_keys() {
                let reason = if size > self.next { "the tree has only" } else { "entries are missing from the tree of" };
                differ.push(format!("checkpoint of {size} entries that was kept elsewhere: {reason} {}", self.next));
            }
            self.outside = Some(String::new());
        }
        Ok((differ, true))
    }

    fn pass_leaf(
        &mut self,
        tx: &mut ReadTx,
        leaf: &Leaf,
        entry: Option<&StoredEntry>,
        differ: &mut Vec<String>,
    ) -> Result<(), Error> {
        if leaf.sequence > self.next {
            differ.push(format!("entries {} to {} of the tree are missing", self.next, leaf.sequence - 1));
            // Without them no root can be computed.
            self.agrees = false;
        }
        self.next = leaf.sequence + 1;
        let name = format!("entry {} of the tree, {}", leaf.sequence, leaf.entry_id);
        match entry {
            None => differ.push(format!("{name}: it was removed from the audit log")),
            Some(entry) => self.compare(leaf, entry, &name, differ),
        }
        let mut completed: Vec<(Subtree, Hash)> = Vec::new();
        self.edge.add(leaf.hash, |subtree, hash| completed.push((subtree, hash)));
        for (subtree, hash) in completed.into_iter().filter(|_| self.agrees) {
            if !audit_tree::has_node(&mut tx.conn, subtree, hash)? {
                let (from, to) = (subtree.number << subtree.height, (subtree.number + 1) << subtree.height);
                differ.push(format!("entries {from} to {} of the tree: their stored hash is another one", to - 1));
            }
        }
        for root in self.kept_roots.remove(&self.next).unwrap_or_default() {
            if root != self.edge.root() {
                differ.push(format!(
                    "checkpoint of {} entries that was kept elsewhere: it was signed for other entries",
                    self.next
                ));
            }
        }
        while let Some((checkpoint, root)) = self.next_checkpoint(tx, self.next, differ)? {
            let size = u64::try_from(checkpoint.size).unwrap_or_default();
            if self.agrees && root.is_some_and(|root| root != self.edge.root()) {
                let (from, to) = (self.passed.0, size.saturating_sub(1));
                differ.push(format!(
                    "checkpoint of {size} entries: it was signed for other entries; one of the entries {from} to {to} of the tree was \
                     altered, removed or inserted"
                ));
                self.agrees = false;
            }
            self.passed = (size, Some(checkpoint.signed_at));
        }
        Ok(())
    }

    fn compare(&mut self, leaf: &Leaf, entry: &StoredEntry, name: &str, differ: &mut Vec<String>) {
        if entry.sealed(leaf.commitment).hash() != leaf.hash {
            differ.push(format!("{name}: it was altered"));
        }
        let commitment = match (&leaf.salt, &entry.personal) {
            (Some(salt), Some(personal)) => Some(audit_entry::commitment(salt, personal)),
            (None, None) => {
                self.erased += usize::from(leaf.commitment.is_some());
                leaf.commitment
            }
            _ => None,
        };
        if commitment != leaf.commitment || (leaf.commitment.is_none() && entry.personal.is_some()) {
            differ.push(format!("{name}: what is personal in it was altered"));
        }
        if self.is_late(entry) {
            differ.push(format!("{name}: it is of {}, but was added after a later checkpoint was signed", entry.at));
        }
    }

    /// Whether an entry would have been in the last checkpoint that was passed, had it been written at its time.
    fn is_late(&self, entry: &StoredEntry) -> bool {
        entry.is_of_caller() && self.passed.1.is_some_and(|signed_at| entry.at < signed_at - LATEST)
    }

    /// The next checkpoint if it has at most this many entries.
    fn next_checkpoint(
        &mut self,
        tx: &mut ReadTx,
        most: u64,
        differ: &mut Vec<String>,
    ) -> Result<Option<(Checkpoint, Option<Hash>)>, Error> {
        self.load_checkpoints(tx, differ)?;
        let is_due = self.checkpoints.front().is_some_and(|(next, _)| u64::try_from(next.size).is_ok_and(|size| size <= most));
        Ok(if is_due { self.checkpoints.pop_front() } else { None })
    }

    /// Loads the next checkpoints, if those before are passed, and checks their signatures.
    fn load_checkpoints(&mut self, tx: &mut ReadTx, differ: &mut Vec<String>) -> Result<(), Error> {
        if !self.checkpoints.is_empty() || self.are_all_loaded {
            return Ok(());
        }
        let loaded = audit_tree::list_checkpoints(&mut tx.conn, self.loaded, AT_ONCE)?;
        (self.signed, self.are_all_loaded) = (self.signed + loaded.len(), loaded.is_empty());
        for checkpoint in loaded {
            self.loaded = u64::try_from(checkpoint.size).unwrap_or_default();
            let root = match (self.check_note)(&checkpoint.note) {
                Ok((size, root)) if i64::try_from(size) == Ok(checkpoint.size) => Some(root),
                Ok((size, _)) => {
                    differ.push(format!("checkpoint of {} entries: its note is about {size} entries", checkpoint.size));
                    None
                }
                Err(reason) => {
                    differ.push(format!("checkpoint of {} entries: {reason}", checkpoint.size));
                    None
                }
            };
            self.checkpoints.push_back((checkpoint, root));
        }
        Ok(())
    }

    fn look_outside(&mut self, tx: &mut ReadTx, after: &str, differ: &mut Vec<String>) -> Result<bool, Error> {
        let entries = audit_tree::list_without_leaf(&mut tx.conn, after, AT_ONCE)?;
        for (entry, is_awaited) in &entries {
            if *is_awaited && !self.is_late(entry) {
                self.waiting += 1;
            } else {
                differ.push(format!("entry {} of {}: it was inserted, and is not in the tree", entry.id, entry.at));
            }
        }
        self.outside = entries.last().map(|(entry, _)| entry.id.clone());
        Ok(self.outside.is_some())
    }
}
