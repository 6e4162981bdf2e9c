//! See `tallyproof_fuzz::bundle::bundle`.
#![no_main]

libfuzzer_sys::fuzz_target!(init: tallyproof_fuzz::seeds::plant("bundle"), |bytes: &[u8]| tallyproof_fuzz::bundle::bundle(bytes));
