//! What the programs were built with.

use std::fmt::Write;
use std::sync::LazyLock;

/// Version of the workspace, and so of both programs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Commit of the sources, `+` behind it if they were changed since; empty where it is not known, and in builds for
/// development.
pub const COMMIT: &str = env!("TALLYPROOF_COMMIT");
/// Target triple.
pub const TARGET: &str = env!("TALLYPROOF_TARGET");

/// What `--version` says of every program: commit, target, profile, compiler, a line each.
pub fn lines() -> String {
    let commit = if COMMIT.is_empty() { "not known" } else { COMMIT };
    let libraries = if cfg!(target_feature = "crt-static") { "static" } else { "of the system" };
    let mut text = format!("commit: {commit}\n");
    let _ = writeln!(text, "built for: {TARGET}, C library {libraries}");
    let _ = writeln!(text, "profile: {}", env!("TALLYPROOF_PROFILE"));
    let _ = write!(text, "compiler: {}", env!("TALLYPROOF_RUSTC"));
    text
}

/// What `tallyproof-verify --version` says behind the program's name.
pub(crate) fn long_version() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| format!("{VERSION}\n{}", lines()));
    &TEXT
}
