//! See `tallyproof_fuzz::desk::boundaries`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("boundaries"), |bytes: &[u8]| tallyproof_fuzz::desk::boundaries(bytes));
