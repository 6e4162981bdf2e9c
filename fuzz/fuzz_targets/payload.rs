//! See `tallyproof_fuzz::payload`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("payload"), |bytes: &[u8]| tallyproof_fuzz::payload(bytes));
