//! The bundle's container: a BagIt directory (RFC 8493), so that stock tools check its bytes.
//!
//! ```text
//! BAG/bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt  tagmanifest-sha256.txt[.<n>].sig
//! BAG/data/…     everything else
//! ```
//! The tag manifest covers the manifest, which covers `data/`; a signature on the tag manifest covers all. Paths are
//! of plain ASCII letters, digits and `-_.`, so that no two of them look alike or meet on any file system.

pub mod archive;
mod check;
mod open;
mod write;

pub use check::{BagFault, BagFaultCode, check};
pub use open::{Bag, MAX_FILES};
pub use write::{BagWriter, Sealed, Written};

/// What every `bagit.txt` of ours says (RFC 8493, section 2.1.1).
pub const BAGIT_TXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// The bag's declaration.
pub const BAGIT: &str = "bagit.txt";
/// Words about the bag.
pub const BAG_INFO: &str = "bag-info.txt";
/// Hashes of everything in `data/`.
pub const MANIFEST: &str = "manifest-sha256.txt";
/// Hashes of the three files above: what is signed.
pub const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// Whether a file beside the tag manifest is a signature on it: `tagmanifest-sha256.txt.sig`, and for more signers
/// `tagmanifest-sha256.txt.2.sig` and so on.
pub fn is_signature(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(TAG_MANIFEST).and_then(|rest| rest.strip_suffix(".sig")) else {
        return false;
    };
    let number = rest.strip_prefix('.').unwrap_or_default();
    rest.is_empty()
        || (number.len() <= 3 && number.parse::<u32>().is_ok_and(|n| n >= 2 && n.to_string() == number))
}

/// Longest path in a bag, bytes.
pub const MAX_PATH: usize = 200;

/// Whether a path in a bag is of the plain kind: parts of ASCII letters, digits and `-_.`, none starting or ending
/// with a dot nor being a name that Windows keeps for itself.
pub fn is_plain_path(path: &str) -> bool {
    let plain = |part: &str| {
        let signs = part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        !part.is_empty() && signs && !part.starts_with('.') && !part.ends_with('.') && !is_reserved(part)
    };
    path.len() <= MAX_PATH && path.split('/').all(plain)
}

/// Names that Windows takes for devices, with any ending (Microsoft, "Naming Files, Paths, and Namespaces").
fn is_reserved(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |name: &str| {
        stem.strip_prefix(name).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_paths_of_a_bag() {
        for good in ["bagit.txt", "data/images/00ff.jpg", "data/election/election.toml", "a-b_c.D"] {
            assert!(is_plain_path(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "data/../x",
            "data//x",
            "data/.hidden",
            "data/x.",
            "data\\x",
            "a b",
            "dаta/x",
            "data/con",
            "data/CON.txt",
            "data/lpt1",
            "data/x\u{202e}",
            "data/é",
            "a/",
            "C:/x",
        ] {
            assert!(!is_plain_path(bad), "{bad}");
        }
        assert!(!is_plain_path(&"a".repeat(201)));
    }

    #[test]
    fn signatures_are_numbered_from_two() {
        for good in
            ["tagmanifest-sha256.txt.sig", "tagmanifest-sha256.txt.2.sig", "tagmanifest-sha256.txt.17.sig"]
        {
            assert!(is_signature(good), "{good}");
        }
        for bad in [
            "tagmanifest-sha256.txt",
            "x.sig",
            "tagmanifest-sha256.txt.1.sig",
            "tagmanifest-sha256.txt.02.sig",
            "tagmanifest-sha256.txt.+2.sig",
            "tagmanifest-sha256.txt.1000.sig",
            "tagmanifest-sha256.txt..sig",
        ] {
            assert!(!is_signature(bad), "{bad}");
        }
    }
}
