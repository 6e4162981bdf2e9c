//! Armoured SSH signatures (OpenSSH's PROTOCOL.sshsig), such as `ssh-keygen -Y sign` makes.

use sha2::{Digest, Sha512};
use ssh_key::{Algorithm, HashAlg, LineEnding, Signature, SshSig};

use super::{PublicKey, Signer};
use crate::fault::Fault;

/// What signatures over bundles are made for: a signature for another purpose proves nothing here.
pub const NAMESPACE: &str = "tallyproof";
/// What signatures over statements about keys are made for.
pub const NAMESPACE_KEY: &str = "tallyproof-key";

/// Most bytes in an armoured signature. An Ed25519 one has about 300.
const LARGEST: usize = 4096;

/// Signs a message; gives the armoured signature, with its end of line.
pub fn sign(signer: &mut dyn Signer, namespace: &str, message: &[u8]) -> Result<String, Fault> {
    sign_sha512(signer, namespace, &Sha512::digest(message).into())
}

/// Signs a message of any length by its SHA-512, which is what `ssh-keygen` signs over by default; gives the
/// armoured signature.
pub fn sign_sha512(signer: &mut dyn Signer, namespace: &str, sha512: &[u8; 64]) -> Result<String, Fault> {
    let hash = HashAlg::Sha512;
    let signed = SshSig::signed_data_for_prehash(namespace, hash, sha512);
    let signed = signed.map_err(|_| Fault::BadSignature)?;
    let signature = Signature::new(Algorithm::Ed25519, signer.sign(&signed)?.to_vec())
        .map_err(|_| Fault::BadSignature)?;
    let signature = SshSig::new(signer.public_key().key_data(), namespace, hash, signature);
    armour(&signature.map_err(|_| Fault::BadSignature)?)
}

/// Whose signature this is over the message, made for this namespace. Whether that key is trusted is the
/// caller's question.
///
/// Fails when the text is not in the one form in which OpenSSH writes such a signature, was made for another
/// namespace or with another kind of key, or does not verify.
pub fn signer_of(armoured: &str, namespace: &str, message: &[u8]) -> Result<PublicKey, Fault> {
    if armoured.len() > LARGEST {
        return Err(Fault::TooLarge { most: LARGEST });
    }
    let parsed = SshSig::from_pem(armoured).map_err(|_| Fault::BadSignature)?;
    // One form only: else bytes of a signature file could change and nobody would notice.
    if armour(&parsed)? != armoured || !parsed.reserved().is_empty() || parsed.version() != 1 {
        return Err(Fault::BadSignature);
    }
    if parsed.namespace() != namespace {
        return Err(Fault::OtherNamespace { found: parsed.namespace().to_owned() });
    }
    let key = PublicKey::of_key_data(parsed.public_key())?;
    if parsed.algorithm() != Algorithm::Ed25519 {
        return Err(Fault::KeyKind);
    }
    let signature = parsed.signature_bytes().try_into().map_err(|_| Fault::BadSignature)?;
    let signed =
        SshSig::signed_data(namespace, parsed.hash_alg(), message).map_err(|_| Fault::BadSignature)?;
    key.check(&signed, signature)?;
    Ok(key)
}

/// Checks that a message was signed by this key for this namespace. Fails as [`signer_of`] does, and when
/// another key signed.
pub fn verify(armoured: &str, namespace: &str, message: &[u8], key: &PublicKey) -> Result<(), Fault> {
    if signer_of(armoured, namespace, message)? == *key {
        Ok(())
    } else {
        Err(Fault::NotSigned(key.fingerprint()))
    }
}

fn armour(signature: &SshSig) -> Result<String, Fault> {
    let text = signature.to_pem(LineEnding::LF).map_err(|_| Fault::BadSignature)?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}
