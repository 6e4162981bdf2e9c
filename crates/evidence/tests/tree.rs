//! The tree: published vectors, another implementation, and laws.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::tree::{
    Hash, RunningRoot, Tree, check_consistency, check_inclusion, empty_root, leaf_hash,
};

use crate::support::unhex;

/// Leaves and roots of the eight-leaf tree of Certificate Transparency's own tests (google/certificate-transparency,
/// cpp/merkletree/merkle_tree_test.cc; also transparency-dev/merkle, testonly/constants.go).
const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
/// Paths from the same tests: place from 0, size, hashes.
const PATHS: [(u64, u64, &[&str]); 5] = [
    (0, 1, &[]),
    (
        0,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        &[
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, &["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        &[
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];
/// Consistency proofs from the same tests: old size, size, hashes.
const CONSISTENT: [(u64, u64, &[&str]); 4] = [
    (1, 1, &[]),
    (
        1,
        8,
        &[
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        &[
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        &[
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
];

fn hashes(texts: &[&str]) -> Vec<Hash> {
    texts.iter().map(|text| unhex(text).try_into().unwrap()).collect()
}

#[test]
fn certificate_transparency_vectors() {
    let (mut tree, mut running) = (Tree::default(), RunningRoot::default());
    assert_eq!([tree.root(), running.root()], [empty_root(); 2]);
    // RFC 6962 §2.1: the hash of an empty list is the hash of an empty string.
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(empty_root().to_vec(), unhex(empty));
    for (leaf, root) in LEAVES.iter().zip(hashes(&ROOTS)) {
        tree.push(&unhex(leaf));
        running.push(&unhex(leaf));
        assert_eq!([tree.root(), running.root()], [root; 2]);
    }
    assert_eq!((tree.n_leaves(), running.n_leaves()), (8, 8));
    for (index, size, path) in PATHS {
        assert_eq!(tree.inclusion(index, size).unwrap(), hashes(path), "{index} of {size}");
    }
    for (old, size, path) in CONSISTENT {
        assert_eq!(tree.consistency(old, size).unwrap(), hashes(path), "{old} in {size}");
    }
}

fn leaves(n: u64) -> Vec<Vec<u8>> {
    (0..n).map(|i| format!("leaf {i}").into_bytes()).collect()
}

fn tree_of(n: u64) -> Tree {
    let mut tree = Tree::default();
    leaves(n).iter().for_each(|leaf| tree.push(leaf));
    tree
}

#[test]
fn every_proof_of_every_small_tree_verifies_and_no_other_size_or_place_does() {
    let tree = tree_of(40);
    for size in 1..=40 {
        let root = tree.root_at(size).unwrap();
        for index in 0..size {
            let (leaf, path) = (tree.leaf(index).unwrap(), tree.inclusion(index, size).unwrap());
            assert_eq!(check_inclusion(&leaf, index, size, &path, &root), Ok(()));
            let elsewhere = (0..size + 2).filter(|&other| other != index);
            for other in elsewhere {
                assert!(
                    check_inclusion(&leaf, other, size, &path, &root).is_err(),
                    "{index} as {other} of {size}"
                );
            }
        }
        for old in 0..=size {
            let (old_root, path) = (tree.root_at(old).unwrap(), tree.consistency(old, size).unwrap());
            assert_eq!(check_consistency(old, &old_root, size, &root, &path), Ok(()), "{old} in {size}");
            let others = (0..size + 2).filter(|&other| other != old);
            for other in others {
                let taken = check_consistency(other, &old_root, size, &root, &path);
                assert_eq!(taken, Err(Fault::NotConsistent), "{old} as {other} in {size}");
            }
        }
    }
    assert_eq!((tree.inclusion(40, 40), tree.inclusion(0, 41), tree.inclusion(0, 0)), (None, None, None));
    assert_eq!((tree.consistency(5, 4), tree.consistency(1, 41), tree.root_at(41)), (None, None, None));
}

#[test]
fn sizes_that_nobody_has_are_refused_and_not_followed() {
    let hash = [7; 32];
    for (index, size) in [(0, 0), (u64::MAX, u64::MAX), (u64::MAX - 1, u64::MAX), (0, u64::MAX)] {
        assert!(check_inclusion(&hash, index, size, &[hash; 64], &hash).is_err());
        assert!(check_consistency(index, &hash, size, &hash, &[hash; 64]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The crate `ct-merkle` computes the same roots and the same proofs.
    #[test]
    fn another_implementation_agrees(size in 1_u64..600, at in 0.0_f64..1.0) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
                 reason = "a place below 600")]
        let index = (at * size as f64) as u64;
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves(size).into_iter().for_each(|leaf| theirs.push(leaf));
        let ours = tree_of(size);
        prop_assert_eq!(ours.root().to_vec(), theirs.root().as_bytes().to_vec());
        let place = usize::try_from(index).unwrap();
        let path = ours.inclusion(index, size).unwrap().concat();
        let proof = theirs.prove_inclusion(place);
        prop_assert_eq!(path.as_slice(), proof.as_bytes());
        // Theirs speaks of additions, and of no empty old tree.
        let old = index + 1;
        if old < size {
            let path = ours.consistency(old, size).unwrap().concat();
            let proof = theirs.prove_consistency(usize::try_from(size - old).unwrap());
            prop_assert_eq!(path.as_slice(), proof.as_bytes());
        }
    }

    /// No bit of a proof can change, and none of its hashes can be left out, added or moved.
    #[test]
    fn any_bit_flipped_fails(size in 2_u64..300, a in any::<u64>(), b in any::<u64>()) {
        let tree = tree_of(size);
        let (index, old, root) = (a % size, 1 + b % (size - 1), tree.root());
        let (leaf, old_root) = (tree.leaf(index).unwrap(), tree.root_at(old).unwrap());
        let path = tree.inclusion(index, size).unwrap();
        let included = |parts: &[Hash]| check_inclusion(&parts[1], index, size, &parts[2..], &parts[0]);
        all_changes_fail(&[&[root, leaf], path.as_slice()].concat(), 2, included)?;
        let path = tree.consistency(old, size).unwrap();
        let extends = |parts: &[Hash]| check_consistency(old, &parts[1], size, &parts[0], &parts[2..]);
        all_changes_fail(&[&[root, old_root], path.as_slice()].concat(), 2, extends)?;
    }

    /// Whatever somebody writes is refused or verifies; it never panics.
    #[test]
    fn anything_is_judged(
        index in any::<u64>(), size in any::<u64>(), path in prop::collection::vec(any::<Hash>(), 0..70)
    ) {
        prop_assert!(check_inclusion(&leaf_hash(b"x"), index, size, &path, &[0; 32]).is_err());
        prop_assert!(check_consistency(index, &[1; 32], size, &[0; 32], &path).is_err());
    }
}

fn all_changes_fail(
    good: &[Hash],
    fixed: usize,
    check: impl Fn(&[Hash]) -> Result<(), Fault>,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(check(good), Ok(()));
    for bit in 0..good.len() * 256 {
        let mut bad = good.to_vec();
        bad[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
        prop_assert!(check(&bad).is_err(), "bit {}", bit);
    }
    for i in fixed..good.len() {
        let mut less = good.to_vec();
        less.remove(i);
        prop_assert!(check(&less).is_err());
        let mut moved = good.to_vec();
        moved.swap(i, good.len() - 1);
        prop_assert!(i + 1 == good.len() || check(&moved).is_err());
    }
    let more = [good, &[[9; 32]]].concat();
    prop_assert!(check(&more).is_err());
    Ok(())
}
