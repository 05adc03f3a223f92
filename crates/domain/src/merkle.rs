//! The Merkle tree of RFC 6962, section 2.1, over a list that only grows: its root, and the proofs that the list has an entry and that
//! it begins with an earlier list. A proof is a list of hashes, and each of them is the root over a range of leaves.

use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash of the tree. As text it is in base 64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of a leaf.
    pub fn of_leaf(data: &[u8]) -> Self {
        Self::of(&[&[0], data])
    }

    /// The hash of a node with two children.
    pub fn of_node(left: Self, right: Self) -> Self {
        Self::of(&[&[1], &left.0, &right.0])
    }

    /// The hash of some bytes, which is no part of a tree.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        parts.iter().for_each(|part| hasher.update(part));
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A complete subtree: the leaves from `number << height` to before `(number + 1) << height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    /// The height: 0 for one leaf.
    pub height: u32,
    /// The number of subtrees of this height to its left.
    pub number: u64,
}

/// Returns the complete subtrees of which the tree over some leaves consists, from left to right. The leaves must be those of a range that
/// this module returns, or begin at 0.
pub fn subtrees(leaves: Range<u64>) -> Vec<Subtree> {
    let (mut next, mut found) = (leaves.start, Vec::new());
    while let Some(largest) = leaves.end.saturating_sub(next).checked_ilog2() {
        let height = largest.min(next.trailing_zeros());
        found.push(Subtree { height, number: next >> height });
        next += 1 << height;
    }
    found
}

/// Returns the root over [`subtrees`], from their hashes.
pub fn root(subtrees: &[Hash]) -> Hash {
    subtrees.iter().copied().rev().reduce(|right, left| Hash::of_node(left, right)).unwrap_or_else(|| Hash::of(&[]))
}

/// Returns the ranges whose roots prove that a tree of `size` leaves has the leaf with this index: the lowest first. `index` must be less
/// than `size`.
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while let Some(middle) = middle(from, to) {
        path.push(if index < middle { middle..to } else { from..middle });
        (from, to) = if index < middle { (from, middle) } else { (middle, to) };
    }
    path.reverse();
    path
}

/// Returns the ranges whose roots prove that a tree of `size` leaves begins with the tree of its first `earlier` leaves, which are at
/// least one: the lowest first.
pub fn consistency(earlier: u64, size: u64) -> Vec<Range<u64>> {
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while earlier < to
        && let Some(middle) = middle(from, to)
    {
        path.push(if earlier <= middle { middle..to } else { from..middle });
        (from, to) = if earlier <= middle { (from, middle) } else { (middle, to) };
    }
    if from > 0 {
        path.push(from..to);
    }
    path.reverse();
    path
}

/// Where the two children of the tree over a range of leaves meet. None for one leaf.
fn middle(from: u64, to: u64) -> Option<u64> {
    Some(from + (1 << to.saturating_sub(from + 1).checked_ilog2()?))
}

/// The right edge of a tree, to which leaves can be added.
#[derive(Debug, Clone, Default)]
pub struct Edge {
    size: u64,
    hashes: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree with this many leaves, from the hashes of its [`subtrees`].
    pub const fn new(size: u64, hashes: Vec<Hash>) -> Self {
        Self { size, hashes }
    }

    /// Returns the number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf. Calls `complete` for each subtree of two or more leaves that it completes, the smallest first.
    pub fn add(&mut self, leaf: Hash, mut complete: impl FnMut(Subtree, Hash)) {
        let (mut hash, mut subtree) = (leaf, Subtree { height: 0, number: self.size });
        while subtree.number % 2 == 1
            && let Some(left) = self.hashes.pop()
        {
            hash = Hash::of_node(left, hash);
            subtree = Subtree { height: subtree.height + 1, number: subtree.number / 2 };
            complete(subtree, hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// Returns the root.
    pub fn root(&self) -> Hash {
        root(&self.hashes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// The root over some leaves, as the standard defines it.
    fn defined_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Hash::of(&[]),
            [leaf] => *leaf,
            several => {
                let mut split = 1;
                while split * 2 < several.len() {
                    split *= 2;
                }
                Hash::of_node(defined_root(&several[..split]), defined_root(&several[split..]))
            }
        }
    }

    /// PATH(m, D) of the standard.
    fn defined_inclusion(index: usize, leaves: &[Hash]) -> Vec<Hash> {
        if leaves.len() <= 1 {
            return Vec::new();
        }
        let split = (leaves.len() - 1).ilog2();
        let (left, right) = leaves.split_at(1 << split);
        let (mut path, last) = if index < left.len() {
            (defined_inclusion(index, left), defined_root(right))
        } else {
            (defined_inclusion(index - left.len(), right), defined_root(left))
        };
        path.push(last);
        path
    }

    /// SUBPROOF(m, D, b) of the standard.
    fn defined_consistency(earlier: usize, leaves: &[Hash], is_known: bool) -> Vec<Hash> {
        if earlier == leaves.len() {
            return if is_known { Vec::new() } else { vec![defined_root(leaves)] };
        }
        let split = (leaves.len() - 1).ilog2();
        let (left, right) = leaves.split_at(1 << split);
        let (mut path, last) = if earlier <= left.len() {
            (defined_consistency(earlier, left, is_known), defined_root(right))
        } else {
            (defined_consistency(earlier - left.len(), right, false), defined_root(left))
        };
        path.push(last);
        path
    }

    /// The root over a range of leaves, from complete subtrees alone.
    fn range_root(leaves: &[Hash], range: Range<u64>) -> Hash {
        let of = |Subtree { height, number }| {
            let (from, to) = (number << height, (number + 1) << height);
            defined_root(&leaves[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()])
        };
        root(&subtrees(range).into_iter().map(of).collect::<Vec<_>>())
    }

    fn roots(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
        ranges.into_iter().map(|range| range_root(leaves, range)).collect()
    }

    fn from_hex(text: &str) -> Vec<u8> {
        (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
    }

    fn hash(text: &Value) -> Hash {
        Hash(from_hex(text.as_str().unwrap()).try_into().unwrap())
    }

    fn hashes(texts: &Value) -> Vec<Hash> {
        texts.as_array().unwrap().iter().map(hash).collect()
    }

    #[test]
    fn the_roots_and_proofs_are_those_of_the_standard() {
        let vectors: Value = serde_json::from_str(include_str!("../../../tests/fixtures/rfc6962_vectors.json")).unwrap();
        let entries = vectors["entries"].as_array().unwrap();
        let leaves: Vec<_> = entries.iter().map(|entry| Hash::of_leaf(&from_hex(entry.as_str().unwrap()))).collect();
        assert_eq!((leaves.len(), root(&[])), (8, hash(&vectors["empty_root"])));
        for (size, root) in vectors["roots"].as_object().unwrap() {
            assert_eq!(range_root(&leaves, 0..size.parse().unwrap()), hash(root), "{size}");
        }
        let (included, consistent) = (vectors["inclusion"].as_array().unwrap(), vectors["consistency"].as_array().unwrap());
        assert_eq!((included.len(), consistent.len()), (36, 28));
        for proof in included {
            let (index, size) = (proof["index"].as_u64().unwrap(), proof["size"].as_u64().unwrap());
            assert_eq!(roots(&leaves, inclusion(index, size)), hashes(&proof["proof"]), "{proof}");
        }
        for proof in consistent {
            let (from, to) = (proof["from"].as_u64().unwrap(), proof["to"].as_u64().unwrap());
            assert_eq!(roots(&leaves, consistency(from, to)), hashes(&proof["proof"]), "{proof}");
        }
    }

    proptest! {
        #[test]
        fn roots_and_proofs_agree_with_their_definitions(size in 1_usize..300, one in 0_usize..300, other in 0_usize..300) {
            let leaves: Vec<_> = (0..size).map(|number| Hash::of_leaf(&number.to_be_bytes())).collect();
            let (index, earlier) = (one % size, other % size + 1);
            let (mut edge, mut completed) = (Edge::default(), Vec::new());
            for leaf in &leaves {
                edge.add(*leaf, |subtree, hash| completed.push((subtree, hash)));
            }
            prop_assert_eq!((edge.root(), edge.size()), (defined_root(&leaves), size as u64));
            for (subtree, hash) in completed {
                let range = subtree.number << subtree.height..(subtree.number + 1) << subtree.height;
                prop_assert_eq!(range_root(&leaves, range), hash);
            }
            prop_assert_eq!(roots(&leaves, inclusion(index as u64, size as u64)), defined_inclusion(index, &leaves));
            let proof = roots(&leaves, consistency(earlier as u64, size as u64));
            prop_assert_eq!(proof, defined_consistency(earlier, &leaves, true));
        }

        #[test]
        fn an_edge_goes_on_from_the_hashes_of_its_subtrees(size in 0_usize..200, more in 0_usize..100) {
            let leaves: Vec<_> = (0..size + more).map(|number| Hash::of_leaf(&number.to_be_bytes())).collect();
            let of = |Subtree { height, number }| {
                let (from, to) = (number << height, (number + 1) << height);
                defined_root(&leaves[usize::try_from(from).unwrap()..usize::try_from(to).unwrap()])
            };
            let mut edge = Edge::new(size as u64, subtrees(0..size as u64).into_iter().map(of).collect());
            leaves[size..].iter().for_each(|leaf| edge.add(*leaf, |_, _| {}));
            prop_assert_eq!(edge.root(), defined_root(&leaves));
        }
    }
}
