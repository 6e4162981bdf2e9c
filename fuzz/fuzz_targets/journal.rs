//! See `tallyproof_fuzz::journal::journal`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("journal"), |bytes: &[u8]| tallyproof_fuzz::journal::journal(bytes));
