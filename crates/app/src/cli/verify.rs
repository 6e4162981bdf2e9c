//! `tallyproof verify`: the same as the program `tallyproof-verify`.

use std::process::ExitCode;

use tallyproof_verify::{Lang as VerifyLang, Verify};

use super::Context;
use crate::words::Lang;

/// Verifies in the language of the other verbs.
pub(super) fn run(verb: &Verify, context: &Context) -> ExitCode {
    verb.run(match context.words.lang() {
        Lang::En => VerifyLang::En,
        Lang::Es => VerifyLang::Es,
    })
}
