//! See `tallyproof_fuzz::image`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tallyproof_fuzz::image(bytes));
