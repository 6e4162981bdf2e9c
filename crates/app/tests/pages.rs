//! Pages of the documentation whose commands are run: what a reader would type, in the order of the page.

use std::path::Path;
use std::process::Command;

use crate::support::{PROGRAM, Ran, Temp, in_c_locale, run_command};

/// Blocks of `sh` on one page, in order.
pub(crate) struct Page {
    name: &'static str,
    text: String,
}

impl Page {
    /// A page by its name below `docs/`.
    pub(crate) fn of(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name, text }
    }

    pub(crate) fn blocks(&self) -> Vec<&str> {
        self.fenced("sh")
    }

    /// Blocks of `text`: what commands answer.
    pub(crate) fn answers(&self) -> Vec<&str> {
        self.fenced("text")
    }

    fn fenced(&self, kind: &str) -> Vec<&str> {
        let fence = format!("```{kind}\n");
        self.text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
    }

    /// Runs one block as a shell would that stops at the first command that fails, in `temp`, the built program on the
    /// path. Exit status and output are the caller's to judge.
    pub(crate) fn run(&self, block: &str, temp: &Temp) -> Ran {
        eprintln!("docs/{}:\n{block}", self.name);
        let programs = Path::new(PROGRAM).parent().unwrap();
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let mut command = in_c_locale(Command::new("sh"));
        command.current_dir(temp.path()).env("PATH", path).args(["-e", "-c", block]);
        run_command(command)
    }

    /// Runs every block, each of which must succeed; what each said.
    pub(crate) fn run_all(&self, temp: &Temp) -> Vec<String> {
        let said = |block: &&str| {
            let ran = self.run(block, temp).ends(0);
            ran.out + &ran.err
        };
        self.blocks().iter().map(said).collect()
    }
}

/// Whether the tools that a page uses are there; if not, says that the page is skipped. Where
/// `TALLYPROOF_REQUIRE_TOOLS` is set, a missing tool fails the test.
pub(crate) fn tools_are_there(page: &str, tools: &[&str]) -> bool {
    let has = |tool: &&&str| {
        let look = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output();
        look.is_ok_and(|out| out.status.success())
    };
    let Some(missing) = tools.iter().find(|tool| !has(tool)) else { return true };
    assert!(std::env::var_os("TALLYPROOF_REQUIRE_TOOLS").is_none(), "{missing} is not there");
    eprintln!("skipped: docs/{page} (no {missing})");
    false
}
