//! See `tallyproof_fuzz::texts::texts`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("texts"), |bytes: &[u8]| tallyproof_fuzz::texts::texts(bytes));
