//! The Merkle tree of a transparency log (RFC 6962 §2.1, RFC 9162 §2.1), over SHA-256.
//!
//! Own code rather than a crate: the tree must take stored leaf hashes (a crate at hand keeps every leaf's
//! bytes, a gigabyte for a country of a million tables), give proofs for any earlier size, compute a root in
//! a few hundred bytes of memory, and never panic on a size somebody else wrote. Tests compare it with that
//! crate.

use sha2::{Digest, Sha256};

use crate::fault::Fault;

/// A SHA-256 hash: of a leaf, a node or a whole tree.
pub type Hash = [u8; 32];

/// Hash of a leaf: `SHA-256(0x00 ‖ bytes)`.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(bytes).finalize().into()
}

/// Hash of an inner node: `SHA-256(0x01 ‖ left ‖ right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// A root computed leaf by leaf, in memory that grows with the logarithm of their number.
#[derive(Clone, Debug, Default)]
pub struct RunningRoot {
    /// Roots of the full subtrees that the leaves so far make up, largest first: one per set bit of `n`.
    peaks: Vec<Hash>,
    n: u64,
}

impl RunningRoot {
    /// Adds a leaf by its bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.push_hash(leaf_hash(bytes));
    }

    /// Adds a leaf by its hash.
    pub fn push_hash(&mut self, leaf: Hash) {
        let mut top = leaf;
        // Each trailing set bit is a full subtree of the size just completed.
        for _ in 0..self.n.trailing_ones() {
            let left = self.peaks.pop().expect("one peak per set bit");
            top = node_hash(&left, &top);
        }
        self.peaks.push(top);
        self.n += 1;
    }

    /// Leaves so far.
    pub fn n_leaves(&self) -> u64 {
        self.n
    }

    /// Root over the leaves so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return empty_root() };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// A whole tree: every full subtree's root is kept, 64 bytes a leaf, so that a proof costs no rehashing.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// `levels[k][i]` is the root over the leaves `i·2^k .. (i+1)·2^k`.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// Adds a leaf by its bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.push_hash(leaf_hash(bytes));
    }

    /// Adds a leaf by its hash.
    pub fn push_hash(&mut self, leaf: Hash) {
        let mut node = leaf;
        for k in 0.. {
            if k == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let level = &mut self.levels[k];
            level.push(node);
            match level.as_slice() {
                [.., left, right] if level.len().is_multiple_of(2) => node = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// Leaves in the tree.
    pub fn n_leaves(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Hash of a leaf.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// Root over all leaves.
    pub fn root(&self) -> Hash {
        self.span(0, self.n_leaves())
    }

    /// Root as it was at an earlier size; `None` for a size not reached yet.
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        (size <= self.n_leaves()).then(|| self.span(0, size))
    }

    /// Proof that the leaf at `index` is in the tree of the first `size` leaves (RFC 6962 §2.1.1): hashes
    /// from the leaf's sibling up. `None` where there is no such leaf.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.n_leaves() {
            return None;
        }
        let (mut lo, mut hi, mut path) = (0, size, Vec::new());
        while hi - lo > 1 {
            let middle = lo + split(hi - lo);
            if index < middle {
                path.push(self.span(middle, hi));
                hi = middle;
            } else {
                path.push(self.span(lo, middle));
                lo = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// Proof that the tree of `size` leaves extends the tree of the first `old` (RFC 6962 §2.1.2). `None`
    /// where a size is not reached yet; without hashes when either is the whole or nothing.
    pub fn consistency(&self, old: u64, size: u64) -> Option<Vec<Hash>> {
        if old > size || size > self.n_leaves() {
            return None;
        }
        if old == 0 || old == size {
            return Some(Vec::new());
        }
        let (mut lo, mut hi, mut path) = (0, size, Vec::new());
        while hi != old {
            let middle = lo + split(hi - lo);
            if old <= middle {
                path.push(self.span(middle, hi));
                hi = middle;
            } else {
                path.push(self.span(lo, middle));
                lo = middle;
            }
        }
        // The old tree itself is known to whoever checks; a part of it is not.
        if lo > 0 {
            path.push(self.span(lo, hi));
        }
        path.reverse();
        Some(path)
    }

    /// Root over the leaves `lo..hi`, where `lo` begins a full subtree at least as wide.
    fn span(&self, lo: u64, hi: u64) -> Hash {
        let (mut lo, mut lefts) = (lo, Vec::new());
        while lo < hi {
            let k = (hi - lo).ilog2();
            let index = usize::try_from(lo >> k).expect("an index of a vector in memory");
            lefts.push(self.levels[k as usize][index]);
            lo += 1 << k;
        }
        let Some(last) = lefts.pop() else { return empty_root() };
        lefts.iter().rev().fold(last, |right, left| node_hash(left, &right))
    }
}

/// Largest power of two below `n`, for `n` of at least 2: where RFC 6962 parts a tree.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Checks that `leaf` is at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
pub fn check_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> Result<(), Fault> {
    if index >= size {
        return Err(Fault::NotIncluded);
    }
    let (mut fn_, mut sn, mut hash) = (index, size - 1, *leaf);
    for sibling in path {
        if sn == 0 {
            return Err(Fault::NotIncluded);
        }
        if fn_ & 1 == 1 || fn_ == sn {
            hash = node_hash(sibling, &hash);
            while fn_ & 1 == 0 && fn_ != 0 {
                fn_ >>= 1;
                sn >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        fn_ >>= 1;
        sn >>= 1;
    }
    if sn == 0 && hash == *root { Ok(()) } else { Err(Fault::NotIncluded) }
}

/// Checks that the tree of `size` leaves with `root` extends the tree of `old` leaves with `old_root`
/// (RFC 9162 §2.1.4.2). From the empty tree every tree extends, and the proof has no hashes.
pub fn check_consistency(
    old: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    path: &[Hash],
) -> Result<(), Fault> {
    let extends = if old == 0 {
        path.is_empty() && *old_root == empty_root() && (size > 0 || old_root == root)
    } else if old == size {
        path.is_empty() && old_root == root
    } else {
        old < size && roots_of(old, size, old_root, path) == Some((*old_root, *root))
    };
    if extends { Ok(()) } else { Err(Fault::NotConsistent) }
}

/// The old and the new root that a consistency path leads to; `None` when it has a hash too many or too few.
fn roots_of(old: u64, size: u64, old_root: &Hash, path: &[Hash]) -> Option<(Hash, Hash)> {
    // A whole old tree is a subtree of the new one, and its root is not repeated in the path.
    let (first, rest) = if old.is_power_of_two() { (old_root, path) } else { path.split_first()? };
    let (mut fn_, mut sn) = (old - 1, size - 1);
    while fn_ & 1 == 1 {
        fn_ >>= 1;
        sn >>= 1;
    }
    let (mut fr, mut sr) = (*first, *first);
    for sibling in rest {
        if sn == 0 {
            return None;
        }
        if fn_ & 1 == 1 || fn_ == sn {
            fr = node_hash(sibling, &fr);
            sr = node_hash(sibling, &sr);
            while fn_ & 1 == 0 && fn_ != 0 {
                fn_ >>= 1;
                sn >>= 1;
            }
        } else {
            sr = node_hash(&sr, sibling);
        }
        fn_ >>= 1;
        sn >>= 1;
    }
    (sn == 0).then_some((fr, sr))
}
