//! What a backup says of itself: a head of a few lines, and a list of every file.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::trouble::{BackupTrouble, Outcome, Trouble};

/// Name of the head; a backup is what its head says, so it is written last.
pub(super) const HEAD: &str = "backup.json";

/// Form of head and list.
const VERSION: u32 = 1;

/// Longest head, bytes.
const MAX_HEAD_BYTES: u64 = 64 << 10;
/// Longest line of a list, bytes: a path of 4,096 bytes (Linux's `PATH_MAX`), a hash and a number.
const MAX_LINE_BYTES: u64 = 4_096 + 128;

/// Top-level folders of a working folder that a backup may hold. Keys to sign with are not among them, and neither
/// are reports and sites, which are made again from the rest.
pub(super) const PARTS: [&str; 6] = ["election", "originals", "sources", "published", "masking", "audit"];

/// A part of a backup by its hash and length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
    /// Its length, bytes.
    pub bytes: u64,
}

/// The head of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    v: u32,
    /// Program that made it.
    pub program: String,
    /// When it was made, RFC 3339.
    pub made: String,
    /// The pack's id.
    pub election: String,
    /// Number of events in its journal.
    pub events: u64,
    /// Hash of the last one.
    pub head: String,
    /// The database.
    pub database: Part,
    /// The list of files.
    pub list: Part,
    /// Number of files in the list.
    pub files: u64,
    /// Their length together, bytes.
    pub files_bytes: u64,
}

/// Files by path in the working folder, with `/`.
pub(super) type List = BTreeMap<String, Part>;

impl Head {
    pub(super) fn new(election: String, (events, head): (u64, String), database: Part, list: Part) -> Self {
        let program = concat!("tallyproof ", env!("CARGO_PKG_VERSION")).to_owned();
        let made = jiff::Timestamp::now().to_string();
        Self { v: VERSION, program, made, election, events, head, database, list, files: 0, files_bytes: 0 }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        // Plain owned values always serialise.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Fails when the bytes are no head of this version.
    pub(super) fn parse(source: &mut dyn Read, place: &Path) -> Outcome<Self> {
        let mut bytes = Vec::new();
        source.take(MAX_HEAD_BYTES).read_to_end(&mut bytes).map_err(Trouble::io(place))?;
        let head: Self = serde_json::from_slice(&bytes).map_err(|_| damaged(place, HEAD))?;
        let sound = head.v == VERSION && is_hash(&head.database.sha256) && is_hash(&head.list.sha256);
        if sound { Ok(head) } else { Err(damaged(place, HEAD)) }
    }

    /// Name of the database in the backup.
    pub(super) fn database_name(&self) -> String {
        format!("database/{}.db", self.database.sha256)
    }

    /// Name of the list in the backup.
    pub(super) fn list_name(&self) -> String {
        format!("lists/{}.txt", self.list.sha256)
    }
}

/// Name of a file in the backup: by its bytes, so that what did not change is there already.
pub(super) fn file_name(sha256: &str) -> String {
    format!("files/{}/{sha256}", sha256.get(..2).unwrap_or("xx"))
}

/// Writes a list: `hash length path`, one file a line.
pub(super) fn write_list(list: &List, out: &mut dyn Write) -> std::io::Result<()> {
    list.iter().try_for_each(|(path, part)| writeln!(out, "{} {} {path}", part.sha256, part.bytes))
}

/// Gives every file of a list to `take`. Fails on the first line that is none, and on a path that leads anywhere but
/// into one of the folder's parts.
pub(super) fn each_file(
    source: &mut dyn Read,
    place: &Path,
    take: &mut dyn FnMut(&str, Part) -> Outcome<()>,
) -> Outcome<()> {
    let mut source = BufReader::new(source);
    let mut line = String::new();
    loop {
        line.clear();
        let read = source.by_ref().take(MAX_LINE_BYTES).read_line(&mut line);
        if read.map_err(|_| damaged(place, "lists"))? == 0 {
            return Ok(());
        }
        let mut fields = line.strip_suffix('\n').unwrap_or_default().splitn(3, ' ');
        let (sha256, bytes, path) = (fields.next(), fields.next(), fields.next());
        let part = sha256.filter(|sha256| is_hash(sha256)).zip(bytes.and_then(|bytes| bytes.parse().ok()));
        match (part, path) {
            (Some((sha256, bytes)), Some(path)) if is_safe(path) => {
                take(path, Part { sha256: sha256.to_owned(), bytes })?;
            }
            _ => return Err(damaged(place, "lists")),
        }
    }
}

pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a path stays in one of the folder's parts.
fn is_safe(path: &str) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    let first = path.split('/').next().unwrap_or_default();
    PARTS.contains(&first)
        && path.contains('/')
        && !path.chars().any(|c| c.is_control() || c == '\\')
        && !path.split('/').any(|name| matches!(name, "" | "." | ".."))
        && Path::new(path).components().all(is_plain)
}

pub(super) fn damaged(path: &Path, part: &str) -> Trouble {
    BackupTrouble::Damaged { path: path.to_owned(), part: part.to_owned() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_folder() {
        for path in ["sources/ab", "election/x/election.toml", "originals/aa/aa00"] {
            assert!(is_safe(path), "{path}");
        }
        let bad = [
            "",
            "sources",
            "sources/",
            "../x",
            "sources/../../x",
            "/etc/passwd",
            "sources//x",
            "tallyproof.db",
        ];
        for path in bad.into_iter().chain([
            "sources/a\u{0}b",
            "sources\\x",
            "report/x",
            "sources/./x",
            "sources/a\nb",
        ]) {
            assert!(!is_safe(path), "{path:?}");
        }
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let part = |n: u64| Part { sha256: format!("{n:064x}"), bytes: n };
        let list =
            List::from([("sources/a b".to_owned(), part(7)), ("election/e/x.csv".to_owned(), part(0))]);
        let (mut bytes, mut back) = (Vec::new(), List::new());
        write_list(&list, &mut bytes).unwrap();
        let place = Path::new("b");
        let mut take = |path: &str, part: Part| {
            back.insert(path.to_owned(), part);
            Ok(())
        };
        each_file(&mut bytes.as_slice(), place, &mut take).unwrap();
        assert_eq!(back, list);
        let good = String::from_utf8(bytes).unwrap();
        for bad in [
            good.trim_end().to_owned(),
            good.replace("sources/", "../"),
            good.replace(" 7 ", " -7 "),
            good.replacen('0', "g", 1),
            "x".repeat(1 << 20),
        ] {
            assert!(each_file(&mut bad.as_bytes(), place, &mut |_, _| Ok(())).is_err(), "{bad:.80}");
        }
    }
}
