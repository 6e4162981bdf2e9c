//! Bundles kept as they once were, each with what the program must say of it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn vector(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name)
}

fn verify(args: &[&str]) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallyproof-verify"));
    let output = command.args(args).args(["--format", "json"]).env("LANG", "C").output().unwrap();
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

/// What is wrong, as `step/code file`.
fn wrong(found: &Value) -> Vec<String> {
    let text = |d: &Value, key: &str| d[key].as_str().unwrap_or_default().to_owned();
    let all = found["discrepancies"].as_array().into_iter().flatten();
    all.map(|d| format!("{}/{} {}", text(d, "step"), text(d, "code"), text(d, "file"))).collect()
}

/// File, exit status with the signer and the earlier checkpoint given, and everything that is wrong.
const OUTCOMES: [(&str, i32, &[&str]); 5] = [
    ("good", 0, &[]),
    ("added-file", 1, &["files/unlisted data/more.csv"]),
    (
        "other-signer",
        1,
        &[
            "signatures/checkpoint-not-signed data/checkpoint",
            "signatures/earlier-not-signed data/checkpoints.jsonl",
            "signatures/signer-not-pinned tagmanifest-sha256.txt",
        ],
    ),
    ("changed-result", 1, &["results/result-differs data/results.json"]),
    ("rewritten-history", 1, &["history/history-rewritten data/checkpoint"]),
];

#[test]
fn every_vector_comes_to_its_outcome() {
    let (signer, earlier) = (vector("signer.pub"), vector("earlier.checkpoint"));
    for (name, exit, expected) in OUTCOMES {
        let bundle = vector(&format!("{name}.tar.zst"));
        let args = [bundle.to_str().unwrap(), "--signer", signer.to_str().unwrap(), "--since"];
        let (code, found) = verify(&[&args[..], &[earlier.to_str().unwrap()]].concat());
        assert_eq!(wrong(&found), expected, "{name}");
        assert_eq!(code, Some(exit), "{name}");
    }
}

/// A key somewhere else is no word of the signer's: the verdict says so.
#[test]
fn a_good_bundle_of_an_unknown_signer_is_not_intact_enough() {
    let bundle = vector("good.tar.zst");
    let (code, found) = verify(&[bundle.to_str().unwrap()]);
    assert_eq!((code, &found["verdict"]), (Some(1), &"intact-signer-unknown".into()));
    let (code, _) = verify(&[bundle.to_str().unwrap(), "--no-signer"]);
    assert_eq!(code, Some(0));
}

#[test]
fn what_is_no_bundle_is_said_so() {
    let half = std::env::temp_dir().join(format!("tallyproof-half-{}.tar.zst", std::process::id()));
    let good = std::fs::read(vector("good.tar.zst")).unwrap();
    std::fs::write(&half, &good[..good.len() / 2]).unwrap();
    for path in [half.to_str().unwrap(), "/nowhere", env!("CARGO_MANIFEST_DIR")] {
        assert_eq!(verify(&[path, "--no-signer"]).0, Some(3), "{path}");
    }
    std::fs::remove_file(half).unwrap();
}
