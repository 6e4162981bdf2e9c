//! `docs/verify.md`: every command of the page runs, on a real bundle.

use std::path::Path;
use std::process::Command;

use crate::bundle::{PUBLISHED, public};
use crate::support::{PROGRAM, Temp};

/// Tools the page uses; without one of them the page is not tried.
const TOOLS: [&str; 5] = ["sha256sum", "ssh-keygen", "python3", "openssl", "diff"];

#[test]
fn every_command_of_the_page_runs() {
    if let Some(missing) = TOOLS.iter().find(|tool| !is_there(tool)) {
        assert!(std::env::var_os("TALLYPROOF_REQUIRE_TOOLS").is_none(), "{missing} is not there");
        eprintln!("skipped: docs/verify.md (no {missing})");
        return;
    }
    let page =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/verify.md")).unwrap();
    let temp = Temp::new();
    crate::bundle::copy_tree(&PUBLISHED.bundle, &temp.join("bundle"));
    std::fs::copy(public(&PUBLISHED.key), temp.join("press.key.pub")).unwrap();
    let bin = temp.join("bin");
    std::fs::create_dir(&bin).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(PROGRAM, bin.join("tallyproof")).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 7, "one block for each step");
    for block in blocks {
        let run =
            Command::new("sh").args(["-e", "-c", block]).current_dir(temp.path()).env("PATH", &path).output();
        let run = run.unwrap();
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(run.status.success(), "{block}\n{}\n{}", said(&run.stdout), said(&run.stderr));
    }
}

fn is_there(tool: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output()
        .is_ok_and(|out| out.status.success())
}
