//! See `tallyproof_fuzz::desk::desk`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("desk"), |bytes: &[u8]| tallyproof_fuzz::desk::desk(bytes));
