//! `docs/verify.md`: every command of the page runs, on a real bundle, and what it says of each forgery is what
//! `verify` answers.

use crate::bundle::{PUBLISHED, public};
use crate::pages::{Page, tools_are_there};
use crate::support::Temp;

#[test]
fn every_command_of_the_page_runs_and_every_forgery_is_noticed() {
    let tools = ["sha256sum", "ssh-keygen", "python3", "openssl", "diff", "sed", "xargs"];
    if !tools_are_there("verify.md", &tools) {
        return;
    }
    let page = Page::of("verify.md");
    let temp = Temp::new();
    crate::bundle::copy_tree(&PUBLISHED.bundle, &temp.join("bundle"));
    std::fs::copy(public(&PUBLISHED.key), temp.join("press.key.pub")).unwrap();
    let blocks = page.blocks();
    assert_eq!(blocks.len(), 7 + 5, "one block for each step, and for each forgery");
    for block in &blocks[..7] {
        page.run(block, &temp).ends(0);
    }
    let answers = page.answers();
    assert_eq!(answers.len(), 5, "one answer for each forgery");
    for (block, answer) in blocks[7..].iter().zip(answers) {
        let said = page.run(block, &temp).ends(1).out;
        for line in answer.lines() {
            assert!(said.contains(line), "no {line:?} in:\n{said}");
        }
        assert!(said.contains("NOT AS CLAIMED: see the lines marked ✗"), "{said}");
    }
}
