//! Allowed-signers files (ssh-keygen(1), ALLOWED SIGNERS).

use super::PublicKey;
use crate::fault::Fault;

/// Most bytes in a file: more than a thousand signers.
const LARGEST: usize = 256 * 1024;

/// One line: who may sign, for what, with which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedSigner {
    /// The signer's name; empty where the line is a bare public key.
    pub principal: String,
    /// Purposes the key may sign for; `None` when the line names none, which means any.
    pub namespaces: Option<Vec<String>>,
    /// The key.
    pub key: PublicKey,
}

impl AllowedSigner {
    /// Whether the key may sign for this purpose.
    pub fn may_sign(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|names| names.iter().any(|name| name == namespace))
    }
}

/// Reads an allowed-signers file, or a file of bare public key lines such as `id_ed25519.pub`.
///
/// Comments and empty lines are skipped. Fails at a line that cannot be followed to the letter: another kind
/// of key, a certificate authority, a validity period, a pattern for a name.
pub fn allowed_signers(text: &str) -> Result<Vec<AllowedSigner>, Fault> {
    if text.len() > LARGEST {
        return Err(Fault::TooLarge { most: LARGEST });
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(i, line)| signer(line).ok_or(Fault::BadSigners { line: i + 1 })).collect()
}

fn signer(line: &str) -> Option<AllowedSigner> {
    if let Ok((key, _)) = PublicKey::parse_line(line) {
        return Some(AllowedSigner { principal: String::new(), namespaces: None, key });
    }
    let (principal, rest) = line.split_once(' ')?;
    if !is_principal(principal) {
        return None;
    }
    let (namespaces, rest) = match rest.strip_prefix("namespaces=\"") {
        Some(rest) => {
            let (names, rest) = rest.split_once("\" ")?;
            (Some(names.split(',').map(str::to_owned).collect::<Vec<_>>()), rest)
        }
        None => (None, rest),
    };
    // Patterns would have to be matched as ssh-keygen does; plain names need no matching.
    let all_plain = namespaces.iter().flatten().all(|name| is_principal(name));
    let (key, _) = PublicKey::parse_line(rest).ok()?;
    all_plain.then(|| AllowedSigner { principal: principal.to_owned(), namespaces, key })
}

/// Whether this is one plain name: no list, no pattern, no quotation.
pub(super) fn is_principal(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@._-+/:".contains(c);
    (1..=255).contains(&name.len()) && name.chars().all(plain)
}
