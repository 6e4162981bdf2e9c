//! See `tallyproof_fuzz::texts::form`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("form"), |bytes: &[u8]| tallyproof_fuzz::texts::form(bytes));
