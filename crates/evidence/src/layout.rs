//! Where things lie in a bundle: paths below its root.

/// The log: one event a line.
pub const JOURNAL: &str = "data/journal.jsonl";
/// The log's head, signed (C2SP tlog-checkpoint).
pub const CHECKPOINT: &str = "data/checkpoint";
/// Earlier heads, each with the proof that the log only grew since.
pub const CHECKPOINTS: &str = "data/checkpoints.jsonl";
/// A proof for every published table; there only on demand.
pub const PROOFS: &str = "data/proofs.jsonl";
/// Statements about keys, one file each.
pub const STATEMENTS: &str = "data/keys/";
/// Signers, for `ssh-keygen -Y verify`.
pub const ALLOWED_SIGNERS: &str = "data/allowed_signers";
/// Files of the election pack.
pub const ELECTION: &str = "data/election/";
/// Imported files and frozen lists, by the hash of their bytes.
pub const SOURCES: &str = "data/sources/";
/// Which file in `data/images/` was made from which original.
pub const IMAGE_TABLE: &str = "data/images.csv";
/// Published images, by the hash of their bytes.
pub const IMAGES: &str = "data/images/";
/// How often the intervals held when sheets were hidden; there only when it was measured.
pub const CALIBRATION: &str = "data/calibration.json";
/// The reports, by language.
pub const REPORTS: [&str; 2] = ["data/report-en.html", "data/report-es.html"];

/// The log's name in its checkpoints: the journal is what its first event began.
pub fn origin(first_event_sha256: &str) -> String {
    format!("tallyproof.journal/{}", first_event_sha256.get(..32).unwrap_or(first_event_sha256))
}
