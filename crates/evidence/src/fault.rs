//! Why a key, a signature, a checkpoint, a proof or a statement cannot be accepted.

use std::io;

/// A fault of something signed or proved. Words for each [`Fault::code`] live with the programs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// When a text is longer than anything of its kind can be.
    #[error("longer than {most} bytes")]
    TooLarge {
        /// Most bytes allowed.
        most: usize,
    },
    /// When a key is of another kind than Ed25519.
    #[error("not an Ed25519 key")]
    KeyKind,
    /// When a text or 32 bytes are no usable Ed25519 public key.
    #[error("not a public key")]
    BadKey,
    /// When a text is no OpenSSH private key file.
    #[error("not an OpenSSH private key")]
    BadKeyFile,
    /// When a key file is encrypted and no passphrase was given.
    #[error("the key file needs a passphrase")]
    PassphraseNeeded,
    /// When a passphrase does not open a key file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// When a key file demands more rounds of passphrase hashing than any honest one.
    #[error("{rounds} rounds")]
    TooManyRounds {
        /// Rounds demanded.
        rounds: u32,
    },
    /// When a line of an allowed-signers file cannot be used.
    #[error("allowed signers, line {line}")]
    BadSigners {
        /// From 1.
        line: usize,
    },
    /// When a text is no armoured SSH signature in its one written form.
    #[error("not an SSH signature")]
    BadSignature,
    /// When a signature was made for another purpose.
    #[error("namespace {found:?}")]
    OtherNamespace {
        /// What it was made for.
        found: String,
    },
    /// When a signature does not verify.
    #[error("the signature does not verify")]
    SignatureFails,
    /// When an origin or key name is empty, too long, or has a space, a control or a plus sign.
    #[error("bad name {0:?}")]
    BadName(String),
    /// When a verifier key is not `name+hash+base64` of Ed25519.
    #[error("not a verifier key")]
    BadVerifierKey,
    /// When a line of a checkpoint is not as the format demands.
    #[error("checkpoint, line {line}")]
    BadCheckpoint {
        /// From 1.
        line: usize,
    },
    /// When a checkpoint bears no signature by the key in question.
    #[error("not signed by {0:?}")]
    NotSigned(String),
    /// When a checkpoint is of another log.
    #[error("origin {found:?}")]
    OtherOrigin {
        /// The checkpoint's origin.
        found: String,
    },
    /// When a line of a proof is not as the format demands.
    #[error("proof, line {line}")]
    BadProof {
        /// From 1.
        line: usize,
    },
    /// When hashes do not lead from the leaf to the root.
    #[error("the leaf is not in the tree")]
    NotIncluded,
    /// When hashes do not show that one tree extends another.
    #[error("the tree does not extend the earlier one")]
    NotConsistent,
    /// When a leaf is no event that publishes the table in question, at its place.
    #[error("the leaf does not publish the table")]
    NotTheTable,
    /// When a line of a witness policy cannot be used.
    #[error("witnesses, line {line}")]
    BadWitnesses {
        /// From 1; 0 when the policy as a whole cannot be met.
        line: usize,
    },
    /// When a text is no signed statement about a key.
    #[error("not a statement about a key")]
    BadStatement,
    /// When a statement lacks a signature that it needs.
    #[error("the statement is not signed by {fingerprint}")]
    StatementNotSigned {
        /// Whose signature is missing.
        fingerprint: String,
    },
    /// When one key was given two successors.
    #[error("{fingerprint} has two successors")]
    TwoSuccessors {
        /// The key.
        fingerprint: String,
    },
    /// When keys succeed each other in a circle.
    #[error("{fingerprint} succeeds itself")]
    Circle {
        /// One key of the circle.
        fingerprint: String,
    },
    /// When the agent does not hold the key.
    #[error("the agent does not hold the key")]
    NotInAgent,
    /// When the agent refuses.
    #[error("the agent refuses")]
    AgentRefuses,
    /// When the agent's answer is not of its protocol.
    #[error("the agent's answer cannot be read")]
    AgentAnswer,
    /// When the connection to the agent fails.
    #[error("the agent: {0}")]
    AgentConnection(io::ErrorKind),
}

impl Fault {
    /// The code of its words.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::TooLarge { .. } => "signed-too-large",
            Fault::KeyKind => "key-kind",
            Fault::BadKey => "bad-key",
            Fault::BadKeyFile => "bad-key-file",
            Fault::PassphraseNeeded => "passphrase-needed",
            Fault::WrongPassphrase => "wrong-passphrase",
            Fault::TooManyRounds { .. } => "too-many-rounds",
            Fault::BadSigners { .. } => "bad-signers",
            Fault::BadSignature => "bad-signature",
            Fault::OtherNamespace { .. } => "other-namespace",
            Fault::SignatureFails => "signature-fails",
            Fault::BadName(_) => "bad-key-name",
            Fault::BadVerifierKey => "bad-verifier-key",
            Fault::BadCheckpoint { .. } => "bad-checkpoint",
            Fault::NotSigned(_) => "not-signed",
            Fault::OtherOrigin { .. } => "other-origin",
            Fault::BadProof { .. } => "bad-proof",
            Fault::NotIncluded => "not-included",
            Fault::NotConsistent => "not-consistent",
            Fault::NotTheTable => "not-the-table",
            Fault::BadWitnesses { .. } => "bad-witnesses",
            Fault::BadStatement => "bad-statement",
            Fault::StatementNotSigned { .. } => "statement-not-signed",
            Fault::TwoSuccessors { .. } => "two-successors",
            Fault::Circle { .. } => "key-circle",
            Fault::NotInAgent => "not-in-agent",
            Fault::AgentRefuses => "agent-refuses",
            Fault::AgentAnswer => "agent-answer",
            Fault::AgentConnection(_) => "agent-connection",
        }
    }

    /// Every code, so that a test can demand words for each.
    pub const CODES: &'static [&'static str] = &[
        "signed-too-large",
        "key-kind",
        "bad-key",
        "bad-key-file",
        "passphrase-needed",
        "wrong-passphrase",
        "too-many-rounds",
        "bad-signers",
        "bad-signature",
        "other-namespace",
        "signature-fails",
        "bad-key-name",
        "bad-verifier-key",
        "bad-checkpoint",
        "not-signed",
        "other-origin",
        "bad-proof",
        "not-included",
        "not-consistent",
        "not-the-table",
        "bad-witnesses",
        "bad-statement",
        "statement-not-signed",
        "two-successors",
        "key-circle",
        "not-in-agent",
        "agent-refuses",
        "agent-answer",
        "agent-connection",
    ];

    /// What the words name.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            Fault::TooLarge { most } => vec![("most", most.to_string())],
            Fault::TooManyRounds { rounds } => vec![("rounds", rounds.to_string())],
            Fault::BadSigners { line }
            | Fault::BadCheckpoint { line }
            | Fault::BadProof { line }
            | Fault::BadWitnesses { line } => vec![("line", line.to_string())],
            Fault::OtherNamespace { found } | Fault::OtherOrigin { found } => vec![("found", found.clone())],
            Fault::BadName(name) | Fault::NotSigned(name) => vec![("name", name.clone())],
            Fault::StatementNotSigned { fingerprint }
            | Fault::TwoSuccessors { fingerprint }
            | Fault::Circle { fingerprint } => vec![("fingerprint", fingerprint.clone())],
            Fault::AgentConnection(kind) => vec![("detail", kind.to_string())],
            _ => Vec::new(),
        }
    }
}
