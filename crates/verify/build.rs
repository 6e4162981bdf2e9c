//! What the programs were built with, for `--version`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TALLYPROOF_COMMIT");
    let set = |name: &str| std::env::var(name).unwrap_or_default();
    let is_release = set("PROFILE") == "release";
    // Asking for the commit means building anew after each one, which only programs that are given away are worth.
    let commit = match set("TALLYPROOF_COMMIT") {
        named if !named.is_empty() => named,
        _ if is_release => commit(Path::new(&set("CARGO_MANIFEST_DIR"))).unwrap_or_default(),
        _ => String::new(),
    };
    let rustc = Command::new(set("RUSTC")).arg("--version").output();
    let rustc = rustc.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    for (name, value) in
        [("COMMIT", commit), ("PROFILE", set("PROFILE")), ("TARGET", set("TARGET")), ("RUSTC", rustc)]
    {
        println!("cargo::rustc-env=TALLYPROOF_{name}={value}");
    }
}

/// The commit of the sources, `+` behind it where they differ from it; nothing where they are no clone of the repository.
fn commit(package: &Path) -> Option<String> {
    let root = package.ancestors().nth(2)?.canonicalize().ok()?;
    let git = |words: &[&str]| {
        let out = Command::new("git").arg("-C").arg(&root).args(words).output().ok()?;
        out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    // Unpacked sources that lie in somebody else's clone are not of that clone's commit.
    let top = Path::new(&git(&["rev-parse", "--show-toplevel"])?).canonicalize().ok()?;
    if top != root {
        return None;
    }
    let head = git(&["rev-parse", "--short=12", "HEAD"])?;
    let mut watched: Vec<String> = ["crates", "elections", "Cargo.toml", "Cargo.lock"].map(Into::into).into();
    let places = [
        "HEAD".to_owned(),
        "packed-refs".to_owned(),
        git(&["symbolic-ref", "-q", "HEAD"]).unwrap_or_default(),
    ];
    watched
        .extend(places.iter().filter(|p| !p.is_empty()).filter_map(|p| git(&["rev-parse", "--git-path", p])));
    for path in watched.iter().map(|path| root.join(path)).filter(|path| path.exists()) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    let differs = !git(&["status", "--porcelain", "--untracked-files=no"])?.is_empty();
    Some(if differs { head + "+" } else { head })
}
