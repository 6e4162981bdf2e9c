//! Keys and signatures that OpenSSH makes, reads and checks: Ed25519 alone.
//!
//! Key files, their encryption and the armour of signatures are the crate `ssh-key`'s; verification is
//! `ed25519-dalek`'s strict one, which accepts no key and no signature that another library could judge
//! otherwise.

mod agent;
mod key_file;
mod public;
mod signature;
mod signers;

pub use agent::{Agent, Identity};
pub use key_file::{KeyPair, is_encrypted, public_key_of};
pub use public::PublicKey;
pub use signature::{NAMESPACE, NAMESPACE_KEY, sign, sign_sha512, signer_of, verify};
pub use signers::{AllowedSigner, allowed_signers};

use crate::fault::Fault;

/// Who can sign: a key in memory ([`KeyPair`]) or one that an agent holds ([`Agent`]).
pub trait Signer {
    /// The key whose signatures these are.
    fn public_key(&self) -> PublicKey;

    /// Ed25519 signature (RFC 8032) over these bytes. Fails when an agent does.
    fn sign(&mut self, message: &[u8]) -> Result<[u8; 64], Fault>;
}
