//! See `tallyproof_fuzz::desk::worksheet`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("worksheet"), |bytes: &[u8]| tallyproof_fuzz::desk::worksheet(bytes));
