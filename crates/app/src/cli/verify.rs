//! `tallyproof verify`: the same as the program `tallyproof-verify`, and reading images again.

use std::path::Path;
use std::process::ExitCode;

use tallyproof_verify::{Lang as VerifyLang, Reread, Verify as Core};

use super::Context;
use super::output::count_bar;
use super::read::JobsArg;
use crate::pipeline::reread::reread;
use crate::pipeline::workers::eyes_of;
use crate::words::Lang;

// Its words are those of what it flattens.
#[derive(clap::Args)]
pub(super) struct VerifyHere {
    #[command(flatten)]
    core: Core,

    /// Then read every published image again, and compare what it says with what was published of it.
    #[arg(long)]
    reread: bool,

    #[command(flatten)]
    jobs: JobsArg,
}

impl VerifyHere {
    /// Verifies in the language of the other verbs.
    pub(super) fn run(&self, context: &Context) -> ExitCode {
        let lang = match context.words.lang() {
            Lang::En => VerifyLang::En,
            Lang::Es => VerifyLang::Es,
        };
        let again = |root: &Path| self.again(root).map_err(|trouble| trouble.to_string());
        let again: &dyn Fn(&Path) -> Result<Reread, String> = &again;
        self.core.run_with(lang, self.reread.then_some(again))
    }

    fn again(&self, root: &Path) -> Result<Reread, crate::trouble::Trouble> {
        let bar = count_bar(1);
        let told = |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let found = reread(root, &eyes_of, self.jobs.count(), &told);
        bar.finish_and_clear();
        found
    }
}
