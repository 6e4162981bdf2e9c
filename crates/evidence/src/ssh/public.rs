//! An Ed25519 public key.

use std::cmp::Ordering;
use std::fmt;

use ed25519_dalek::{Signature, VerifyingKey};
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{HashAlg, public};

use crate::fault::Fault;

/// Most bytes in a public key line. An Ed25519 key has 80; the rest is comment.
const LONGEST_LINE: usize = 4096;

/// An Ed25519 public key, in its one canonical encoding and of full order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Takes 32 bytes (RFC 8032 §5.1.2). Fails for bytes that are no point, not in canonical form, or a point
    /// of small order, under which one signature verifies for many messages.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Fault> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| Fault::BadKey)?;
        let is_canonical = key.to_edwards().compress().to_bytes() == *bytes;
        if key.is_weak() || !is_canonical {
            return Err(Fault::BadKey);
        }
        Ok(Self(key))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Reads `ssh-ed25519 AAAA… comment`; gives the comment too, which may be empty.
    ///
    /// Fails for keys of other kinds, and for text that is not in the form [`PublicKey::line`] writes.
    pub fn parse_line(line: &str) -> Result<(Self, String), Fault> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.len() > LONGEST_LINE {
            return Err(Fault::TooLarge { most: LONGEST_LINE });
        }
        let parsed = public::PublicKey::from_openssh(line).map_err(|_| Fault::BadKey)?;
        let key = Self::of_key_data(parsed.key_data())?;
        let comment = parsed.comment().as_str().map_err(|_| Fault::BadKey)?.to_owned();
        if comment.chars().any(char::is_control) || key.line(&comment) != line {
            return Err(Fault::BadKey);
        }
        Ok((key, comment))
    }

    pub(super) fn of_key_data(key: &KeyData) -> Result<Self, Fault> {
        Self::from_bytes(&key.ed25519().ok_or(Fault::KeyKind)?.0)
    }

    pub(super) fn key_data(&self) -> KeyData {
        KeyData::Ed25519(Ed25519PublicKey(*self.as_bytes()))
    }

    /// The key as OpenSSH writes it, without an end of line. The comment must have no control characters.
    pub fn line(&self, comment: &str) -> String {
        let key = public::PublicKey::new(self.key_data(), comment);
        key.to_openssh().expect("an Ed25519 key has a line")
    }

    /// `SHA256:…`, as `ssh-keygen -l` and `ssh-add -l` print it.
    pub fn fingerprint(&self) -> String {
        self.key_data().fingerprint(HashAlg::Sha256).to_string()
    }

    /// A line for an allowed-signers file, by which `ssh-keygen -Y verify` knows who may sign what. Fails
    /// when the principal is not a plain name.
    pub fn allowed_signers_line(&self, principal: &str, namespaces: &[&str]) -> Result<String, Fault> {
        if !super::signers::is_principal(principal) {
            return Err(Fault::BadName(principal.to_owned()));
        }
        Ok(format!("{principal} namespaces=\"{}\" {}", namespaces.join(","), self.line("")))
    }

    /// Checks an Ed25519 signature over a message, strictly. Fails when it does not verify.
    pub fn check(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), Fault> {
        let signature = Signature::from_bytes(signature);
        self.0.verify_strict(message, &signature).map_err(|_| Fault::SignatureFails)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.fingerprint())
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
