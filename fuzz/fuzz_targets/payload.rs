//! See `tallyproof_fuzz::payload`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tallyproof_fuzz::payload(bytes));
