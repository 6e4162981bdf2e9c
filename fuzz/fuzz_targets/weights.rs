//! See `tallyproof_fuzz::weights`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("weights"), |bytes: &[u8]| tallyproof_fuzz::weights(bytes));
