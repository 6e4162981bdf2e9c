//! Whether a bag is whole: every byte is the listed one, nothing is missing and nothing was added.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::open::{Bag, MOST_FAULTS};
use super::{BAG_INFO, BAGIT, BAGIT_TXT, MANIFEST, MAX_PATH, TAG_MANIFEST, is_plain_path, is_signature};
use crate::error::EvidenceError;
use crate::kept::hash_of;

/// Longest manifest, bytes: four million lines.
const MAX_MANIFEST_BYTES: u64 = 1 << 30;

/// Longest `bag-info.txt`, bytes: a dozen lines.
const MAX_INFO_BYTES: u64 = 64 << 10;

/// What is wrong with a file of a bag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BagFaultCode {
    /// When a path is not of the plain kind.
    BadName,
    /// When it is a link.
    Link,
    /// When it is neither file nor folder, or a folder too deep.
    NoFile,
    /// When two paths differ only in capitals.
    NamesCollide,
    /// When there are more files than a bag may have.
    TooManyFiles,
    /// When `bagit.txt` does not declare BagIt 1.0.
    BadDeclaration,
    /// When a manifest is not one sorted list of hashes and plain paths.
    BadManifest,
    /// When a listed file is not there.
    Missing,
    /// When a file is not listed.
    Unlisted,
    /// When the bytes of a file are not the listed ones.
    Changed,
    /// When a file cannot be read.
    Unreadable,
    /// When `bag-info.txt` gives another number of bytes or files than `data/` has (`Payload-Oxum`).
    WrongCount,
}

impl BagFaultCode {
    /// Every code; each has words in both languages.
    pub const ALL: [BagFaultCode; 12] = [
        BagFaultCode::BadName,
        BagFaultCode::Link,
        BagFaultCode::NoFile,
        BagFaultCode::NamesCollide,
        BagFaultCode::TooManyFiles,
        BagFaultCode::BadDeclaration,
        BagFaultCode::BadManifest,
        BagFaultCode::Missing,
        BagFaultCode::Unlisted,
        BagFaultCode::Changed,
        BagFaultCode::Unreadable,
        BagFaultCode::WrongCount,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            BagFaultCode::BadName => "bad-name",
            BagFaultCode::Link => "link",
            BagFaultCode::NoFile => "no-file",
            BagFaultCode::NamesCollide => "names-collide",
            BagFaultCode::TooManyFiles => "too-many-files",
            BagFaultCode::BadDeclaration => "bad-declaration",
            BagFaultCode::BadManifest => "bad-manifest",
            BagFaultCode::Missing => "missing",
            BagFaultCode::Unlisted => "unlisted",
            BagFaultCode::Changed => "changed",
            BagFaultCode::Unreadable => "unreadable",
            BagFaultCode::WrongCount => "wrong-count",
        }
    }
}

/// One thing that is wrong with a bag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BagFault {
    /// What.
    pub code: BagFaultCode,
    /// Path of the file.
    pub path: String,
}

/// What a bag's manifests say, and what is wrong with its files.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Hex SHA-256 of every file in `data/`, by its path below the bag's root.
    pub hashes: BTreeMap<String, String>,
    /// Bytes hashed.
    pub n_bytes: u64,
    /// In order of path.
    pub faults: Vec<BagFault>,
}

/// Hashes every file and compares with the manifests, in which every file must be listed once. Fails when a manifest
/// is not there or cannot be read.
pub fn check(bag: &Bag) -> Result<Checked, EvidenceError> {
    let mut faults = Vec::new();
    if bag.read(BAGIT, 1 << 10)? != BAGIT_TXT.as_bytes() {
        faults.push(BagFault { code: BagFaultCode::BadDeclaration, path: BAGIT.to_owned() });
    }
    let tags = manifest(bag, TAG_MANIFEST, |path| !path.contains('/'), &mut faults)?;
    let payload = manifest(bag, MANIFEST, |path| path.starts_with("data/"), &mut faults)?;
    let expected = [BAGIT, BAG_INFO, MANIFEST];
    for expected in expected.into_iter().filter(|name| !tags.contains_key(*name)) {
        faults.push(BagFault { code: BagFaultCode::Unlisted, path: expected.to_owned() });
    }
    // A page beside the payload would be signed, and looked at by no step.
    for added in tags.keys().filter(|name| !expected.contains(&name.as_str())) {
        faults.push(BagFault { code: BagFaultCode::BadManifest, path: added.clone() });
    }
    let listed = |path: &str| tags.get(path).or_else(|| payload.get(path));
    let unlisted = bag.files.keys().filter(|path| {
        let signature = *path == TAG_MANIFEST || is_signature(path);
        listed(path).is_none() && !signature
    });
    faults.extend(unlisted.map(|path| BagFault { code: BagFaultCode::Unlisted, path: path.clone() }));
    let missing = tags.keys().chain(payload.keys()).filter(|path| !bag.has(path));
    faults.extend(missing.map(|path| BagFault { code: BagFaultCode::Missing, path: path.clone() }));

    let there: Vec<(&String, &String)> =
        tags.iter().chain(&payload).filter(|(path, _)| bag.has(path)).collect();
    let hashed = |(path, sha256): &(&String, &String)| {
        let found =
            bag.open_file(path).and_then(|mut file| hash_of(&mut file).map_err(EvidenceError::io(*path)));
        match found {
            Ok((found, n_bytes)) if found == **sha256 => Ok(n_bytes),
            Ok(_) => Err(BagFault { code: BagFaultCode::Changed, path: (*path).clone() }),
            Err(_) => Err(BagFault { code: BagFaultCode::Unreadable, path: (*path).clone() }),
        }
    };
    let results: Vec<Result<u64, BagFault>> = there.par_iter().with_max_len(1).map(hashed).collect();
    let (mut n_bytes, mut n_payload) = (0u64, 0u64);
    for (result, (path, _)) in results.into_iter().zip(&there) {
        match result {
            Ok(n) => {
                n_bytes = n_bytes.saturating_add(n);
                n_payload += if payload.contains_key(*path) { n } else { 0 };
            }
            Err(fault) => faults.push(fault),
        }
    }
    // Of a bag that is not whole the count says nothing more.
    if faults.is_empty() && !counts(bag, n_payload, payload.len())? {
        faults.push(BagFault { code: BagFaultCode::WrongCount, path: BAG_INFO.to_owned() });
    }
    faults.sort_by(|a, b| (&a.path, a.code).cmp(&(&b.path, b.code)));
    faults.dedup();
    faults.truncate(MOST_FAULTS);
    Ok(Checked { hashes: payload, n_bytes, faults })
}

/// Whether `bag-info.txt` gives these numbers, once (RFC 8493, section 2.2.2).
fn counts(bag: &Bag, n_bytes: u64, n_files: usize) -> Result<bool, EvidenceError> {
    let info = bag.read(BAG_INFO, MAX_INFO_BYTES)?;
    let text = String::from_utf8_lossy(&info);
    let mut said = text.lines().filter_map(|line| line.strip_prefix("Payload-Oxum: "));
    Ok(said.next() == Some(&format!("{n_bytes}.{n_files}")) && said.next().is_none())
}

/// Reads a manifest: lines of a hash in small hex, two spaces and a path, in order of path, each once (RFC 8493,
/// section 2.1.3, and what `sha256sum -c` takes).
fn manifest(
    bag: &Bag,
    name: &str,
    belongs: impl Fn(&str) -> bool,
    faults: &mut Vec<BagFault>,
) -> Result<BTreeMap<String, String>, EvidenceError> {
    let most = (bag.files.len() + MOST_FAULTS) as u64 * (2 * 32 + 2 + MAX_PATH as u64 + 1);
    let bytes = bag.read(name, most.min(MAX_MANIFEST_BYTES))?;
    let mut listed = BTreeMap::new();
    let mut sound = bytes.ends_with(b"\n");
    let text = String::from_utf8_lossy(&bytes);
    let mut last = "";
    for line in text.split_terminator('\n') {
        let Some((sha256, path)) = line.split_once("  ").filter(|(sha256, path)| {
            let hex = sha256.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
            sha256.len() == 64 && hex && is_plain_path(path) && belongs(path)
        }) else {
            sound = false;
            continue;
        };
        sound &= last < path;
        last = path;
        // More than are there: what is missing is told, and a list of millions costs no memory.
        if listed.len() >= bag.files.len() + MOST_FAULTS {
            sound = false;
            break;
        }
        listed.insert(path.to_owned(), sha256.to_owned());
    }
    if !sound {
        faults.push(BagFault { code: BagFaultCode::BadManifest, path: name.to_owned() });
    }
    Ok(listed)
}
