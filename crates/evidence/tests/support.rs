//! Keys of fixed seeds, folders, and other people's tools.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use tallyproof_evidence::ssh::KeyPair;

/// A key of a fixed seed.
pub(crate) fn key(seed: u8) -> KeyPair {
    KeyPair::from_seed(&[seed; 32], &format!("key {seed}"))
}

/// Bytes of hex.
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A folder that goes away with the test.
pub(crate) struct Temp(PathBuf);

impl Temp {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        // A Unix socket's path has 107 bytes at most, so that the folder lies close to the root.
        let path = std::env::temp_dir().join(format!("tallyproof-evidence-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file that only its owner reads, as ssh-keygen demands of keys.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(crate) fn join(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Whether another program is at hand; a word on stderr where it is not.
pub(crate) fn has(tool: &str, probe: &str) -> bool {
    let there = Command::new(tool).arg(probe).output().is_ok();
    let required = std::env::var_os("TALLYPROOF_REQUIRE_TOOLS").is_some();
    assert!(there || !required, "TALLYPROOF_REQUIRE_TOOLS is set, and {tool} is not there");
    if !there {
        eprintln!("skipped: {tool} is not there");
    }
    there
}

/// Runs a program to its end, with this on its standard input.
#[track_caller]
pub(crate) fn run(command: &mut Command, input: &[u8]) -> Output {
    use std::io::Write;
    use std::process::Stdio;
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Runs a program that must end well; gives what it printed.
#[track_caller]
pub(crate) fn good(command: &mut Command, input: &[u8]) -> String {
    let output = run(command, input);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {err}");
    String::from_utf8(output.stdout).unwrap()
}
