//! Checkpoints (C2SP tlog-checkpoint) in signed notes (C2SP signed-note), and cosignatures (C2SP
//! tlog-cosignature).
//!
//! A checkpoint says which tree a log had at one size: its origin, its size and its root. Who signs it
//! vouches for that; nobody can take a leaf back without a second checkpoint that contradicts the first.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use crate::fault::Fault;
use crate::ssh::{PublicKey, Signer};
use crate::tree::Hash;

/// Most bytes in a signed checkpoint: room for every signature allowed.
const LARGEST: usize = 64 * 1024;
/// Most signature lines; verifiers must accept 16 at least (signed-note).
const MOST_SIGNATURES: usize = 64;
/// Most bytes in a name (tlog-cosignature allows 255 in a signed origin).
const LONGEST_NAME: usize = 255;
/// Begins every signature line: an em dash and a space.
const SIGNATURE_MARK: &str = "\u{2014} ";

/// The head of a log: which tree it had at one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    /// Leaves in the tree.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
    extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint of the log with this origin. Fails when the origin is not a plain name, such as
    /// `example.org/count`: narrower than the format, which only recommends it.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, Fault> {
        check_name(origin)?;
        Ok(Self { origin: origin.to_owned(), size, root, extensions: Vec::new() })
    }

    /// Which log this is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Lines after the root, which no reader of the log checks. We write none.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// The text that is signed, with its last end of line.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root));
        self.extensions.iter().for_each(|line| text += &format!("{line}\n"));
        text
    }

    /// SHA-256 of the text, in hex: what people compare by eye, in print or over the telephone.
    pub fn sha256(&self) -> String {
        tallyproof_core::journal::sha256_hex(self.text().as_bytes())
    }
}

/// What a signature by a key on a note means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The log's own signature over the text (signed-note type 0x01).
    Log,
    /// A witness: as of a time it saw no tree of this log that contradicts this one (type 0x04).
    Witness,
}

impl Role {
    fn byte(self) -> u8 {
        match self {
            Role::Log => 1,
            Role::Witness => 4,
        }
    }
}

/// Whose signature of which role is looked for: a name and a key, written `name+hash+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    role: Role,
    key: PublicKey,
}

impl VerifierKey {
    /// A key under a name. Fails when the name is not plain. The log's own name is its origin.
    pub fn new(name: &str, role: Role, key: PublicKey) -> Result<Self, Fault> {
        check_name(name)?;
        Ok(Self { name: name.to_owned(), role, key })
    }

    /// Reads `name+hash+base64`. Fails for other kinds of keys and a hash that is not the key's.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let bad = Fault::BadVerifierKey;
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(bad);
        };
        let bytes = BASE64.decode(key).map_err(|_| bad.clone())?;
        let (role, key) = match bytes.split_first() {
            Some((1, key)) => (Role::Log, key),
            Some((4, key)) => (Role::Witness, key),
            _ => return Err(bad),
        };
        let key = PublicKey::from_bytes(key.try_into().map_err(|_| bad.clone())?)?;
        let parsed = Self::new(name, role, key)?;
        if parsed.to_string() == text && hex(parsed.id()) == hash { Ok(parsed) } else { Err(bad) }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Short hash of name, role and key by which signature lines name it.
    pub fn id(&self) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', self.role.byte()])
            .chain_update(self.key.as_bytes())
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.role.byte()][..], self.key.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, hex(self.id()), BASE64.encode(bytes))
    }
}

fn hex(id: [u8; 4]) -> String {
    tallyproof_core::journal::hex(&id)
}

/// One signature line, whoever it is by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

impl NoteSignature {
    /// The name it claims.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A checkpoint with the signatures under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    signatures: Vec<NoteSignature>,
}

impl SignedCheckpoint {
    /// Signs a checkpoint as its log, under its origin's name.
    pub fn sign(checkpoint: Checkpoint, signer: &mut dyn Signer) -> Result<Self, Fault> {
        let mut signed = Self { checkpoint, signatures: Vec::new() };
        signed.add_log_signature(signer)?;
        Ok(signed)
    }

    /// Adds another signature as its log: of the next key, while keys change.
    pub fn add_log_signature(&mut self, signer: &mut dyn Signer) -> Result<(), Fault> {
        let key = VerifierKey::new(&self.checkpoint.origin, Role::Log, signer.public_key())?;
        let signature = signer.sign(self.checkpoint.text().as_bytes())?;
        self.put(&key, signature.to_vec())
    }

    /// Adds a witness's cosignature, as of a time in seconds since 1970. An earlier one of the same witness
    /// is replaced.
    ///
    /// A witness must have checked that this checkpoint extends the last one it saw of this log; that cannot
    /// be seen from here.
    pub fn cosign(&mut self, name: &str, signer: &mut dyn Signer, time_s: u64) -> Result<(), Fault> {
        let key = VerifierKey::new(name, Role::Witness, signer.public_key())?;
        let signature = signer.sign(&cosigned(&self.checkpoint, time_s))?;
        self.put(&key, [&time_s.to_be_bytes()[..], &signature].concat())
    }

    fn put(&mut self, key: &VerifierKey, bytes: Vec<u8>) -> Result<(), Fault> {
        let id = key.id();
        self.signatures.retain(|line| line.name != key.name || line.id != id);
        if self.signatures.len() == MOST_SIGNATURES {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        self.signatures.push(NoteSignature { name: key.name.clone(), id, bytes });
        Ok(())
    }

    /// Checks that this key signed; gives the time of a witness's cosignature.
    ///
    /// Fails when there is no signature by the key, or one that does not verify. Signatures by other keys say
    /// nothing here.
    pub fn check(&self, key: &VerifierKey) -> Result<Option<u64>, Fault> {
        let id = key.id();
        let line = self.signatures.iter().find(|line| line.name == key.name && line.id == id);
        let line = line.ok_or_else(|| Fault::NotSigned(key.name.clone()))?;
        let (time, signature) = match key.role {
            Role::Log => (None, line.bytes.as_slice()),
            Role::Witness => {
                let (time, rest) = line.bytes.split_first_chunk().ok_or(Fault::SignatureFails)?;
                (Some(u64::from_be_bytes(*time)), rest)
            }
        };
        let signature = signature.try_into().map_err(|_| Fault::SignatureFails)?;
        let message = match time {
            None => self.checkpoint.text().into_bytes(),
            // tlog-cosignature: times do not exceed 2^63 − 1.
            Some(time) if i64::try_from(time).is_err() => return Err(Fault::SignatureFails),
            Some(time) => cosigned(&self.checkpoint, time),
        };
        key.key.check(&message, signature)?;
        Ok(time)
    }

    /// The signature lines.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The signed note.
    pub fn to_text(&self) -> String {
        let mut text = self.checkpoint.text() + "\n";
        for NoteSignature { name, id, bytes } in &self.signatures {
            text += &format!("{SIGNATURE_MARK}{name} {}\n", BASE64.encode([&id[..], bytes].concat()));
        }
        text
    }

    /// Reads a signed note. Checks no signature.
    ///
    /// Fails at the first line that is not exactly as [`SignedCheckpoint::to_text`] writes it, when a key
    /// signed twice, and when there is no signature or too many.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > LARGEST {
            return Err(Fault::TooLarge { most: LARGEST });
        }
        let bad = |line: usize| Fault::BadCheckpoint { line };
        let lines: Vec<&str> = text.split('\n').collect();
        let n_lines = lines.len();
        let blank = lines.iter().position(|line| line.is_empty()).unwrap_or(n_lines);
        if let Some(i) = lines.iter().position(|line| line.chars().any(char::is_control)) {
            return Err(bad(i + 1));
        }
        // The last line has its end, so that the last piece is empty.
        if lines.last() != Some(&"") {
            return Err(bad(n_lines));
        }
        if blank < 3 {
            return Err(bad(blank + 1));
        }
        if blank + 2 >= n_lines {
            return Err(bad(n_lines));
        }
        let mut checkpoint = Checkpoint::new(lines[0], decimal(lines[1]).ok_or_else(|| bad(2))?, [0; 32])
            .map_err(|_| bad(1))?;
        checkpoint.root = hash_of(lines[2]).ok_or_else(|| bad(3))?;
        checkpoint.extensions = lines[3..blank].iter().map(|&line| line.to_owned()).collect();
        let mut signatures: Vec<NoteSignature> = Vec::new();
        for (i, line) in lines[blank + 1..n_lines - 1].iter().enumerate() {
            let signature = signature_line(line).ok_or_else(|| bad(blank + 2 + i))?;
            let again = signatures.iter().any(|s| s.name == signature.name && s.id == signature.id);
            if again || signatures.len() == MOST_SIGNATURES {
                return Err(bad(blank + 2 + i));
            }
            signatures.push(signature);
        }
        Ok(Self { checkpoint, signatures })
    }
}

fn signature_line(line: &str) -> Option<NoteSignature> {
    let (name, signature) = line.strip_prefix(SIGNATURE_MARK)?.split_once(' ')?;
    check_name(name).ok()?;
    let bytes = BASE64.decode(signature).ok()?;
    let (id, bytes) = bytes.split_first_chunk()?;
    (!bytes.is_empty()).then(|| NoteSignature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

/// What a witness signs.
fn cosigned(checkpoint: &Checkpoint, time_s: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time_s}\n{}", checkpoint.text()).into_bytes()
}

/// A number without leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A hash in base64.
pub(crate) fn hash_of(text: &str) -> Option<Hash> {
    BASE64.decode(text).ok()?.try_into().ok()
}

/// Names are what no reader can mistake: no spaces, no controls, no plus sign, not too long.
fn check_name(name: &str) -> Result<(), Fault> {
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    if (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(is_plain) {
        Ok(())
    } else {
        Err(Fault::BadName(name.to_owned()))
    }
}
