//! Kept files: whoever has them opens them by the hash of their bytes.

use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};
use tallyproof_core::journal::hex;

use crate::error::EvidenceError;

/// Somebody who keeps files by the hex SHA-256 of their bytes: a working folder or a bundle.
pub trait Keeper: Sync {
    /// Opens a kept file. Fails when there is none, or it cannot be read.
    fn open(&self, sha256: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A reader that hashes what passes.
struct Hashed<R> {
    inner: R,
    hasher: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.hasher.update(&buf[..n]);
        Ok(n)
    }
}

/// A writer that hashes and counts what passes.
pub struct Hashing<W> {
    out: W,
    hasher: Sha256,
    n_bytes: u64,
}

impl<W: Write> Hashing<W> {
    /// Hashes what is written to `out` from now on.
    pub fn new(out: W) -> Self {
        Self { out, hasher: Sha256::new(), n_bytes: 0 }
    }

    /// What is written to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// Hex SHA-256 and number of the bytes that passed.
    pub fn finish(self) -> (String, u64) {
        (hex(&self.hasher.finalize()), self.n_bytes)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Hex SHA-256 and number of all bytes that `source` has left. Fails when reading fails.
pub fn hash_of(source: &mut dyn Read) -> io::Result<(String, u64)> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 17];
    let mut n_bytes = 0u64;
    loop {
        match source.read(&mut buffer) {
            Ok(0) => return Ok((hex(&hasher.finalize()), n_bytes)),
            Ok(n) => {
                hasher.update(&buffer[..n]);
                n_bytes += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Gives the bytes of a kept file to `parse`, and its result once all bytes hash to the file's name. Bytes that
/// do not are an error, whatever `parse` made of them.
pub fn parse_kept<T>(
    keeper: &dyn Keeper,
    sha256: &str,
    parse: impl FnOnce(&mut dyn Read) -> T,
) -> Result<T, EvidenceError> {
    let open = keeper.open(sha256).map_err(EvidenceError::io(sha256))?;
    let mut hashed = Hashed { inner: open, hasher: Sha256::new() };
    let parsed = parse(&mut hashed);
    io::copy(&mut hashed, &mut io::sink()).map_err(EvidenceError::io(sha256))?;
    if hex(&hashed.hasher.finalize()) == sha256 {
        Ok(parsed)
    } else {
        Err(EvidenceError::KeptFileChanged(sha256.to_owned()))
    }
}

/// All bytes of a kept file of at most `most` bytes.
pub fn read_kept(keeper: &dyn Keeper, sha256: &str, most: u64) -> Result<Vec<u8>, EvidenceError> {
    let mut bytes = Vec::new();
    let read = parse_kept(keeper, sha256, |source| source.take(most).read_to_end(&mut bytes))?;
    read.map_err(EvidenceError::io(sha256))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tallyproof_core::journal::sha256_hex;

    struct One(&'static [u8]);

    impl Keeper for One {
        fn open(&self, _: &str) -> io::Result<Box<dyn Read + '_>> {
            Ok(Box::new(self.0))
        }
    }

    #[test]
    fn bytes_that_are_not_the_kept_ones_are_an_error_even_past_the_limit() {
        let name = sha256_hex(b"some bytes");
        assert_eq!(read_kept(&One(b"some bytes"), &name, 4).unwrap(), b"some");
        for wrong in [&b"some bytez"[..], b"some", b"some bytes and more"] {
            assert!(matches!(read_kept(&One(wrong), &name, 4), Err(EvidenceError::KeptFileChanged(_))));
        }
    }
}
