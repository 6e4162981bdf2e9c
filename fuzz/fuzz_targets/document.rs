//! See `tallyproof_fuzz::document`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tallyproof_fuzz::document(bytes));
