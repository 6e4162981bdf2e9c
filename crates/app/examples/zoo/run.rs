//! One visit: a file through a door, within a clock and a limit of memory.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::animals::Animal;
use super::doors::{Door, Place};

/// Longest visit: what holds for a slow machine that does other things.
const PATIENCE: Duration = Duration::from_secs(60);

/// Addresses that a visit may have, KiB: programs of many threads reserve much that they never use.
const MOST_KIB: u64 = 3 << 20;

/// Largest file a visit may write, blocks of 512 bytes: an endless source must not fill the disk.
const MOST_BLOCKS: u64 = 4 << 20;

/// How a visit went.
pub(crate) struct Visited {
    pub(crate) code: Option<i32>,
    pub(crate) ms: u128,
    pub(crate) said: String,
    /// What must not be; empty where all is well.
    pub(crate) amiss: String,
}

/// How a child ended, if it did within our patience.
fn awaited(child: &mut Child, start: Instant) -> Option<ExitStatus> {
    while start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
        if let Some(ended) = child.try_wait().expect("a child of ours") {
            return Some(ended);
        }
    }
    None
}

/// Pushes a file through a door.
pub(crate) fn visit(place: &Place, door: &Door, animal: &Animal, lang: &str) -> Visited {
    let Some(path) = place.ready(door, &animal.path) else {
        return Visited { code: None, ms: 0, said: String::new(), amiss: String::new() };
    };
    let args: Vec<&str> = ["--lang", lang].into_iter().chain(door.args.iter().copied()).collect();
    let command = place.command(&args, &path);
    let (start, mut amiss) = (Instant::now(), Vec::new());
    let feeder = Feeder::of(&path);
    let mut child = limited(&command).spawn().expect("the shell starts");
    let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let readers = [std::thread::spawn(move || text_of(out)), std::thread::spawn(move || text_of(err))];
    let ended = awaited(&mut child, start);
    if ended.is_none() {
        amiss.push("it hangs".to_owned());
        let _ = child.kill();
    }
    let _ = child.wait();
    drop(feeder);
    let ms = start.elapsed().as_millis();
    let [out, err] = readers.map(|reader| reader.join().expect("it only reads"));
    let code = ended.and_then(|status| status.code());
    match code {
        Some(0..=3) => {}
        Some(code) => amiss.push(format!("status {code}")),
        None if ended.is_some() => amiss.push(format!("{ended:?}")),
        None => {}
    }
    if err.contains("panicked") || err.contains("RUST_BACKTRACE") {
        amiss.push("a panic".to_owned());
    }
    if [&out, &err].iter().any(|text| text.contains(['\u{1b}', '\u{202e}', '\u{7}'])) {
        amiss.push("a terminal is moved".to_owned());
    }
    if code.is_some_and(|code| code >= 2) && ended.is_some() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let shown: String = tallyproof_core::tidy::plain(&name).chars().take(40).collect();
        // Of what lies in a folder, the folder that was named will do.
        let within = door.put_at.and_then(|at| at.split('/').next());
        let within = within.is_some_and(|first| err.contains(&*place.at(first).to_string_lossy()));
        if !err.contains(&shown) && !err.contains(&*path.to_string_lossy()) && !within {
            amiss.push("the file is not named".to_owned());
        }
        if err.trim().lines().count() < 2 {
            amiss.push("no remedy".to_owned());
        }
    }
    let said: String = format!("{out}\n{err}").trim().chars().take(600).collect();
    Visited { code, ms, said, amiss: amiss.join(", ") }
}

/// Writes a line into a pipe, once, as a shell does for `<(command)`. Whoever opens it a second time waits for ever.
struct Feeder(Arc<AtomicBool>, Option<JoinHandle<()>>);

impl Feeder {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
        let kind = std::fs::metadata(path).ok()?.file_type();
        if !kind.is_fifo() {
            return None;
        }
        let (ended, path) = (Arc::new(AtomicBool::new(false)), path.to_owned());
        let over = Arc::clone(&ended);
        let feed = move || {
            while !over.load(Ordering::Relaxed) {
                // Not waiting for a reader (O_NONBLOCK, Linux): there may be none.
                let opened = std::fs::File::options().write(true).custom_flags(0o4000).open(&path);
                if let Ok(mut pipe) = opened {
                    let _ = std::io::Write::write_all(&mut pipe, b"table,A\n");
                    return;
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        Some(Self(ended, Some(std::thread::spawn(feed))))
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
        self.1.take().map(JoinHandle::join);
    }
}

fn text_of(mut source: impl std::io::Read) -> String {
    let mut bytes = Vec::new();
    let _ = std::io::Read::read_to_end(&mut source, &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same command behind the shell's limits.
fn limited(command: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -v {MOST_KIB}; ulimit -f {MOST_BLOCKS}; exec \"$@\"")).arg("sh");
    limited.arg(command.get_program()).args(command.get_args());
    limited.env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    limited
}

/// Runs a command that must succeed.
pub(crate) fn done(mut command: Command) {
    let ended = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(ended.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&ended.stderr));
}
