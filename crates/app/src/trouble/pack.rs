//! Why a pack, a register or a mapping cannot be used for what was asked.

use std::path::PathBuf;

use tallyproof_core::register::RegisterFault;

/// What a pack does not allow; each has `err-…` and `rec-…`.
#[derive(Debug, thiserror::Error)]
pub enum PackTrouble {
    /// When a row of a register cannot be used.
    #[error("{file:?}, line {line}, column {column}: {value:?} ({})", fault.code())]
    RegisterRow {
        /// The register.
        file: PathBuf,
        /// Line in it.
        line: u64,
        /// What is wrong there.
        fault: RegisterFault,
        /// Column at fault, or the template that names the table.
        column: String,
        /// What stands there.
        value: String,
        /// Form of table ids.
        pattern: String,
    },
    /// When the pack says nothing of what sheets print.
    #[error("{pack} has no form")]
    NoForm {
        /// The pack.
        pack: String,
    },
    /// When the grammar of the code has no room for a figure, or asks for one that no sheet has.
    #[error("no code says table {table}")]
    NoPayload {
        /// The table.
        table: String,
    },
    /// When a code is longer than the largest QR code.
    #[error("{n_bytes} bytes for table {table}")]
    CodeTooLong {
        /// The table.
        table: String,
        /// Length of its code's text.
        n_bytes: usize,
    },
    /// When a copy of the pack cannot be marked as made up.
    #[error("{pack} cannot be marked")]
    NotMarked {
        /// The pack.
        pack: String,
    },
    /// When several mappings of the pack fit a file equally well.
    #[error("{known:?} fit {file:?}")]
    SeveralMappings {
        /// The file.
        file: PathBuf,
        /// The mappings.
        known: Vec<String>,
    },
    /// When the pack has no mapping to read a file by.
    #[error("no mapping to read {0:?} by")]
    NoMappings(PathBuf),
}

impl PackTrouble {
    /// Every code, so that a test can demand words for each.
    pub const CODES: [&'static str; 7] = [
        "register-row",
        "no-form",
        "no-payload",
        "code-too-long",
        "not-marked",
        "several-mappings",
        "no-mappings",
    ];

    /// Code of the two messages.
    pub fn code(&self) -> &'static str {
        let [row, form, payload, long, marked, several, none] = Self::CODES;
        match self {
            PackTrouble::RegisterRow { .. } => row,
            PackTrouble::NoForm { .. } => form,
            PackTrouble::NoPayload { .. } => payload,
            PackTrouble::CodeTooLong { .. } => long,
            PackTrouble::NotMarked { .. } => marked,
            PackTrouble::SeveralMappings { .. } => several,
            PackTrouble::NoMappings(_) => none,
        }
    }

    /// What the messages name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            PackTrouble::RegisterRow { file, line, fault, column, value, pattern } => vec![
                ("path", file.display().to_string()),
                ("line", line.to_string()),
                ("why", fault.code().to_owned()),
                ("column", column.clone()),
                ("value", value.clone()),
                ("pattern", pattern.clone()),
            ],
            PackTrouble::NoForm { pack } | PackTrouble::NotMarked { pack } => vec![("pack", pack.clone())],
            PackTrouble::NoPayload { table } => vec![("table", table.clone())],
            PackTrouble::CodeTooLong { table, n_bytes } => {
                vec![("table", table.clone()), ("n", n_bytes.to_string())]
            }
            PackTrouble::SeveralMappings { file, known } => {
                vec![("path", file.display().to_string()), ("known", known.join(", "))]
            }
            PackTrouble::NoMappings(file) => vec![("path", file.display().to_string())],
        }
    }
}
