//! See `tallyproof_fuzz::texts::pack`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("pack"), |bytes: &[u8]| tallyproof_fuzz::texts::pack(bytes));
