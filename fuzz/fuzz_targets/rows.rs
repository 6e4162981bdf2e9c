//! See `tallyproof_fuzz::rows::rows`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("rows"), |bytes: &[u8]| tallyproof_fuzz::rows::rows(bytes));
