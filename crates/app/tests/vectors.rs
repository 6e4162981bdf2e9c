//! Bundles kept as they once were: `crates/verify/tests/vectors/`. Made again by `TALLYPROOF_BLESS=1`, when the format of
//! bundles changes; that program's own tests say what each must come to.

use std::path::{Path, PathBuf};

use tallyproof_evidence::bag::archive::{Kind, pack};
use tallyproof_evidence::layout;
use tallyproof_evidence::ssh::{KeyPair, Signer};

use crate::bundle::{copy_tree, import};
use crate::report::{PACK, SHEETS};
use crate::support::{Temp, run, run_in};
use crate::tamper::{reseal, resign_head, rewrite_journal};

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../verify/tests/vectors")
}

fn signer() -> KeyPair {
    KeyPair::from_seed(&[7; 32], "vectors")
}

#[test]
fn vectors_are_made_again_when_asked() {
    if std::env::var_os("TALLYPROOF_BLESS").is_none() {
        assert!(vectors().join("good.tar.zst").is_file(), "TALLYPROOF_BLESS=1 makes the vectors");
        return;
    }
    let temp = Temp::new();
    let key = temp.write("key", signer().to_openssh(None).unwrap().as_bytes());
    std::fs::create_dir_all(vectors()).unwrap();
    std::fs::write(vectors().join("signer.pub"), signer().public_key().line("vectors") + "\n").unwrap();
    temp.write("islands/election.toml", PACK);
    let pack_dir = temp.join("islands");
    let folder = temp.join("work");
    run(&["new", folder.to_str().unwrap(), "--pack", pack_dir.to_str().unwrap()]).ends(0);
    let sheets = temp.write("sheets.csv", SHEETS);
    import(&folder, &sheets, &["--source", "paper", "--version", "V1"]);
    let publish = |name: &str| {
        let out = temp.join(name);
        let args = ["publish", out.to_str().unwrap(), "--key", key.to_str().unwrap(), "--proofs", "--yes"];
        run_in(&folder, &args).ends(0);
        out
    };
    let earlier = publish("earlier");
    let newer = temp.write("newer.csv", SHEETS.replace("1,1,60,40", "1,1,61,39"));
    import(&folder, &newer, &["--source", "paper", "--version", "V2", "--supersedes", "V1"]);
    let good = publish("good");
    std::fs::copy(earlier.join(layout::CHECKPOINT), vectors().join("earlier.checkpoint")).unwrap();
    let spoiled = |name: &str, spoil: &dyn Fn(&Path)| {
        let root = temp.join(format!("vector-{name}"));
        copy_tree(&good, &root);
        spoil(&root);
        pack(&root, Kind::TarZst, &vectors().join(format!("{name}.tar.zst"))).unwrap();
    };
    spoiled("good", &|_| {});
    spoiled("added-file", &|root| std::fs::write(root.join("data/more.csv"), "a\n").unwrap());
    spoiled("other-signer", &|root| reseal(root, &mut KeyPair::from_seed(&[8; 32], "")));
    spoiled("changed-result", &|root| {
        let path = root.join("data/results.json");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("\"margin\": ", "\"margin\": 1", 1)).unwrap();
        reseal(root, &mut signer());
    });
    spoiled("rewritten-history", &|root| {
        rewrite_journal(root, |events| events[1].2 = "00".repeat(32));
        std::fs::remove_file(root.join(layout::CHECKPOINTS)).unwrap();
        resign_head(root, &mut signer());
        reseal(root, &mut signer());
    });
}
