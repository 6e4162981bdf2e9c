//! Running the program, and what every test needs around it.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The built program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tallyproof");

/// Longest any single call may take before the test says that it hangs: a whole demonstration on a busy machine does
/// not.
const PATIENCE: Duration = Duration::from_secs(600);

/// A folder that goes away with the test.
pub(crate) struct Temp(PathBuf);

impl Temp {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let path = root.join(format!("tallyproof-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program, in the C locale.
pub(crate) fn tallyproof() -> Command {
    in_c_locale(Command::new(PROGRAM))
}

pub(crate) fn in_c_locale(mut command: Command) -> Command {
    command.env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES").stdin(Stdio::null());
    command
}

/// The program as a user whom permissions bind: ourselves, or nobody where we are root; `None` with a word
/// where that cannot be had.
#[cfg(unix)]
pub(crate) fn without_privileges() -> Option<impl Fn() -> Command> {
    use std::os::unix::fs::MetadataExt;
    let is_root = std::fs::metadata(Temp::new().path()).unwrap().uid() == 0;
    let program = move || {
        let mut command = Command::new(if is_root { "setpriv" } else { PROGRAM });
        if is_root {
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", PROGRAM]);
        }
        in_c_locale(command)
    };
    let ended = program().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if ended.is_ok_and(|status| status.success()) {
        return Some(program);
    }
    eprintln!("skipped: root cannot become nobody here");
    None
}

/// How a call ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    /// Exit status; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Demands an exit status.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }

    /// Demands that stderr says each of these, in any order.
    #[track_caller]
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.err.contains(part), "no {part:?} in stderr:\n{}", self.err);
        }
        self
    }

    /// Demands a message with a remedy: an error line, and what to do on the next.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, parts: &[&str]) -> Self {
        let ran = self.ends(code).says(parts);
        assert!(ran.err.starts_with("error: "), "{}", ran.err);
        assert!(ran.err.trim_end().lines().last().unwrap().starts_with("  "), "no remedy: {}", ran.err);
        ran
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// Runs a command to its end.
#[track_caller]
pub(crate) fn run_command(mut command: Command) -> Ran {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let watched = Watched::new(child);
    let ended = watched.wait();
    Ran {
        code: ended.status.code(),
        out: String::from_utf8(ended.stdout).unwrap(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// Runs the program with these arguments.
#[track_caller]
pub(crate) fn run<A: AsRef<OsStr>>(args: &[A]) -> Ran {
    let mut command = tallyproof();
    command.args(args);
    run_command(command)
}

/// Runs the program in a working folder.
#[track_caller]
pub(crate) fn run_in<A: AsRef<OsStr>>(folder: &Path, args: &[A]) -> Ran {
    run(&args_in(folder, args))
}

pub(crate) fn args_in<A: AsRef<OsStr>>(folder: &Path, args: &[A]) -> Vec<OsString> {
    let own = args.iter().map(|arg| arg.as_ref().to_owned());
    [OsString::from("-C"), folder.as_os_str().to_owned()].into_iter().chain(own).collect()
}

/// A child that is ended when it hangs.
struct Watched(Child);

impl Watched {
    fn new(child: Child) -> Self {
        Self(child)
    }

    fn wait(self) -> std::process::Output {
        let id = self.0.id();
        let (done, hangs) = std::sync::mpsc::channel::<()>();
        let watch = std::thread::spawn(move || {
            if hangs.recv_timeout(PATIENCE) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                eprintln!("a call hangs; ending it");
                let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            }
        });
        let output = self.0.wait_with_output().unwrap();
        drop(done);
        watch.join().unwrap();
        output
    }
}

/// Starts the program, and kills it (SIGKILL on Unix) when `ripe` says so or after `longest`.
pub(crate) fn kill_when<A: AsRef<OsStr>>(args: &[A], longest: Duration, ripe: impl Fn() -> bool) {
    let mut child = tallyproof().args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while start.elapsed() < longest && !ripe() {
        if child.try_wait().unwrap().is_some() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let _ = child.kill();
    child.wait().unwrap();
}

/// Makes a working folder.
#[track_caller]
pub(crate) fn new_folder(temp: &Temp, name: &str, pack: &str) -> PathBuf {
    let folder = temp.join(name);
    run(&["new".as_ref(), folder.as_os_str(), "--pack".as_ref(), pack.as_ref()]).ends(0);
    folder
}

/// `report/results.json` of a folder.
#[track_caller]
pub(crate) fn results(folder: &Path) -> Value {
    serde_json::from_slice(&report_file(folder, "results.json")).unwrap()
}

#[track_caller]
pub(crate) fn report_file(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join("report").join(name)).unwrap()
}

/// Demands that journal, private parts, kept files and projections agree.
#[track_caller]
pub(crate) fn journal_is_sound(folder: &Path) {
    run_in(folder, &["journal", "check"]).ends(0).says(&["The journal is sound"]);
}

/// The journal's events by kind.
#[track_caller]
pub(crate) fn events_by_kind(folder: &Path) -> BTreeMap<String, usize> {
    let shown = run_in(folder, &["journal", "show"]).ends(0).out;
    let mut kinds = BTreeMap::new();
    for line in shown.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        *kinds.entry(event["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    kinds
}

/// A file or folder of published data, or `None` with a word on stderr where it is not at hand.
pub(crate) fn published(name: &str) -> Option<PathBuf> {
    let root = std::env::var_os("TALLYPROOF_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    if path.exists() {
        return Some(path);
    }
    let required = std::env::var_os("TALLYPROOF_REQUIRE_DATA").is_some();
    assert!(!required, "TALLYPROOF_REQUIRE_DATA is set, and {} is not there", path.display());
    eprintln!("skipped: {} is not there", path.display());
    None
}

/// Demands text that moves no cursor and reorders nothing: no control but the line end, no bidi mark.
#[track_caller]
pub(crate) fn is_harmless(text: &str) {
    let bidi = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| c != '\n' && (c.is_control() || bidi(c))) {
        let from = text[..at].char_indices().rev().nth(60).map_or(0, |(i, _)| i);
        panic!("live {c:?} after {:?}", &text[from..at]);
    }
}

/// Rows of a CSV file of ours.
pub(crate) fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quoted) {
            ('"', true) if chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\n', false) => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            _ => cell.push(c),
        }
    }
    assert!(cell.is_empty() && row.is_empty() && !quoted, "the last row has no end");
    rows
}

/// Demands CSV with rows of one length, whose cells run nowhere.
#[track_caller]
pub(crate) fn csv_is_harmless(text: &str) {
    is_harmless(text);
    let rows = csv_rows(text);
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        for cell in row {
            let is_number = cell.parse::<f64>().is_ok();
            let runs = cell.trim_start().starts_with(['=', '+', '-', '@']);
            assert!(is_number || !runs, "{cell:?} runs in a spreadsheet");
        }
    }
}
