//! See `tallyproof_fuzz::desk::intake`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("intake"), |bytes: &[u8]| tallyproof_fuzz::desk::intake(bytes));
