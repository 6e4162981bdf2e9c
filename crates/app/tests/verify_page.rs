//! `docs/verify.md`: every command of the page runs, on a real bundle.

use crate::bundle::{PUBLISHED, public};
use crate::pages::{Page, tools_are_there};
use crate::support::Temp;

#[test]
fn every_command_of_the_page_runs() {
    if !tools_are_there("verify.md", &["sha256sum", "ssh-keygen", "python3", "openssl", "diff"]) {
        return;
    }
    let page = Page::of("verify.md");
    let temp = Temp::new();
    crate::bundle::copy_tree(&PUBLISHED.bundle, &temp.join("bundle"));
    std::fs::copy(public(&PUBLISHED.key), temp.join("press.key.pub")).unwrap();
    assert_eq!(page.blocks().len(), 7, "one block for each step");
    for block in page.blocks() {
        page.run(block, &temp).ends(0);
    }
}
