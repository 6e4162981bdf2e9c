//! See `tallyproof_fuzz::layout`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tallyproof_fuzz::layout(bytes));
