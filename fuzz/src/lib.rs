//! What the fuzz targets do with hostile bytes. None may panic, hang or take more memory than its limits say.

pub mod bundle;
#[cfg(feature = "app")]
pub mod desk;
pub mod journal;
#[cfg(feature = "pictures")]
mod pictures;
pub mod rows;
pub mod seeds;
pub mod texts;

use std::sync::LazyLock;

use tallyproof_core::pack::Pack;

#[cfg(feature = "pictures")]
pub use pictures::{document, image, layout, to_runs, weights};

/// The pack whose grammar and form are tried.
pub static PACK: LazyLock<Pack> = LazyLock::new(|| {
    let toml = include_str!("../../elections/venezuela-2024/election.toml");
    Pack::parse("venezuela-2024", toml).expect("the pack is sound")
});

/// A small election with a register, levels, boundaries and claims.
pub const SMALL_TOML: &str = include_str!("../../crates/core/tests/small.toml");

/// The small election: everything that a pack may have, quick to go through.
pub static SMALL: LazyLock<Pack> =
    LazyLock::new(|| Pack::parse("small", SMALL_TOML).expect("the pack is sound"));

/// The first byte chooses among `n`; the others are what is tried.
fn chosen(bytes: &[u8], n: u8) -> Option<(u8, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    Some((first % n, rest))
}

/// A payload of the election's grammar: what is read is a number of lines as long as the pack's, read twice alike.
pub fn payload(bytes: &[u8]) {
    let grammar = PACK.payload.as_ref().expect("the pack has a grammar");
    let read = grammar.read(&PACK, bytes);
    assert_eq!(read, grammar.read(&PACK, bytes));
    if let Ok(payload) = read {
        assert_eq!(payload.values.lines.len(), PACK.lines.len());
        assert!(grammar.accepts(&PACK, bytes));
    }
}
