//! Ed25519 private keys, in memory and in OpenSSH's files.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{Cipher, Kdf, LineEnding, PrivateKey};
use zeroize::Zeroizing;

use super::{PublicKey, Signer};
use crate::fault::Fault;

/// Most bytes in a key file. An Ed25519 key has about 400 (or 460 encrypted); the rest is comment.
const LARGEST_FILE: usize = 16 * 1024;

/// Rounds of bcrypt-pbkdf in files written here: `ssh-keygen`'s default since OpenSSH 9.4.
const ROUNDS: u32 = 24;

/// Most rounds that are followed. `ssh-keygen -a` is used with 16 to a few hundred; a thousand take about seven
/// seconds, and a file that demands four thousand million would never open.
const MOST_ROUNDS: u32 = 2048;

/// A private key in memory; overwritten when dropped.
#[derive(Clone)]
pub struct KeyPair {
    key: SigningKey,
    comment: String,
}

impl KeyPair {
    /// The key of a seed (RFC 8032 §5.1.5): 32 random bytes, from a source fit for keys.
    ///
    /// The comment stands in the key file, and must have no control characters.
    pub fn from_seed(seed: &[u8; 32], comment: &str) -> Self {
        Self { key: SigningKey::from_bytes(seed), comment: comment.to_owned() }
    }

    /// Reads an OpenSSH private key file. Fails for other kinds of keys, and when the passphrase is missing
    /// or wrong.
    pub fn from_openssh(file: &str, passphrase: Option<&str>) -> Result<Self, Fault> {
        let mut private = parse(file)?;
        if private.is_encrypted() {
            if let Kdf::Bcrypt { rounds, .. } = *private.kdf()
                && rounds > MOST_ROUNDS
            {
                return Err(Fault::TooManyRounds { rounds });
            }
            let passphrase = passphrase.ok_or(Fault::PassphraseNeeded)?;
            private = private.decrypt(passphrase).map_err(|_| Fault::WrongPassphrase)?;
        }
        let KeypairData::Ed25519(pair) = private.key_data() else { return Err(Fault::KeyKind) };
        let key = SigningKey::from_bytes(pair.private.as_ref());
        // A file whose public half is another key's would sign what nobody can check, or leak the key.
        if key.verifying_key().as_bytes() != &pair.public.0 {
            return Err(Fault::BadKeyFile);
        }
        let comment = private.comment().as_str_lossy().chars().filter(|c| !c.is_control()).collect();
        Ok(Self { key, comment })
    }

    /// Writes an OpenSSH private key file: encrypted (bcrypt-pbkdf, AES-256 in counter mode) with the
    /// passphrase and 16 random bytes of salt, or open.
    pub fn to_openssh(&self, lock: Option<(&str, &[u8; 16])>) -> Result<Zeroizing<String>, Fault> {
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(self.key.verifying_key().to_bytes()),
            private: Ed25519PrivateKey::from_bytes(self.key.as_bytes()),
        };
        let private = PrivateKey::new(KeypairData::Ed25519(pair), self.comment.as_str());
        let mut private = private.map_err(|_| Fault::BadKeyFile)?;
        if let Some((passphrase, salt)) = lock {
            let kdf = Kdf::Bcrypt { salt: salt.to_vec(), rounds: ROUNDS };
            // OpenSSH's check of the passphrase is that one number stands twice; which one says nothing.
            let checkint = u32::from_be_bytes([salt[0], salt[1], salt[2], salt[3]]);
            let locked = private.encrypt_with(Cipher::Aes256Ctr, kdf, checkint, passphrase);
            private = locked.map_err(|_| Fault::BadKeyFile)?;
        }
        private.to_openssh(LineEnding::LF).map_err(|_| Fault::BadKeyFile)
    }

    /// What the key file says about the key.
    pub fn comment(&self) -> &str {
        &self.comment
    }
}

impl Signer for KeyPair {
    fn public_key(&self) -> PublicKey {
        let bytes = self.key.verifying_key().to_bytes();
        PublicKey::from_bytes(&bytes).expect("a private key's public key has full order")
    }

    fn sign(&mut self, message: &[u8]) -> Result<[u8; 64], Fault> {
        Ok(self.key.sign(message).to_bytes())
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyPair({})", self.public_key().fingerprint())
    }
}

/// Whether a key file needs a passphrase. Fails when it is no key file.
pub fn is_encrypted(file: &str) -> Result<bool, Fault> {
    Ok(parse(file)?.is_encrypted())
}

/// The public key that a key file names in the clear, with no passphrase. Fails when it is no key file, or of
/// another kind.
pub fn public_key_of(file: &str) -> Result<PublicKey, Fault> {
    PublicKey::of_key_data(parse(file)?.public_key().key_data())
}

fn parse(file: &str) -> Result<PrivateKey, Fault> {
    if file.len() > LARGEST_FILE {
        return Err(Fault::TooLarge { most: LARGEST_FILE });
    }
    PrivateKey::from_openssh(file).map_err(|_| Fault::BadKeyFile)
}
