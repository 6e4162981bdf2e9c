//! Random tokens, and comparing them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tallyproof_core::journal::sha256_hex;

use crate::trouble::{DeskTrouble, Outcome};

/// A token nobody can guess: 256 random bits, in letters that fit an address and a header.
pub(super) fn token() -> Outcome<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| DeskTrouble::System(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a token: whoever reads the database or the memory cannot use it.
pub(super) fn kept(token: &str) -> String {
    sha256_hex(token.as_bytes())
}

/// Whether two tokens are one; how long it takes says nothing about where they differ.
pub(super) fn same(a: &str, b: &str) -> bool {
    // Hashes of both: whoever chooses `a` cannot steer how the hashes compare.
    kept(a) == kept(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_long() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert_eq!(a.len(), 43);
        assert!(!same(&a, &b) && same(&a, &a.clone()) && !same(&a, ""));
    }
}
