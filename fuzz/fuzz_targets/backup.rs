//! See `tallyproof_fuzz::desk::backup`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("backup"), |bytes: &[u8]| tallyproof_fuzz::desk::backup(bytes));
