//! Readers that die, hang or say nonsense: each costs one picture.

use std::panic::PanicHookInfo;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tallyproof::pipeline::weights::Weights;
use tallyproof::pipeline::workers::{Eyes, PATIENCE, Pool, VERB, survive};
use tallyproof_core::pack::Pack;

use crate::images::{CLEAN, JPEG};
use crate::support::{PROGRAM, Temp};

fn pack_folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../elections/venezuela-2024")
}

fn pack() -> Pack {
    let toml = std::fs::read_to_string(pack_folder().join("election.toml")).unwrap();
    Pack::parse("venezuela-2024", &toml).unwrap()
}

/// The program's own workers.
fn program() -> Command {
    let mut command = Command::new(PROGRAM);
    command.arg(VERB).arg(pack_folder());
    command
}

/// A worker that runs `first` when it is started for the first time, and is the program's own afterwards.
fn at_first(temp: &Temp, first: &str) -> impl Fn() -> Command + Send + Sync + 'static {
    let mark = temp.join("started");
    let script = format!("if mkdir \"$0\" 2>/dev/null; then {first}; fi; exec \"$@\"");
    move || {
        let mut command = Command::new("sh");
        command.arg("-c").arg(&script).arg(&mark).arg(PROGRAM).arg(VERB).arg(pack_folder());
        command
    }
}

fn fault(cause: &str) -> Value {
    json!({"outcome": "not-usable", "cause": cause})
}

#[test]
fn workers_say_what_the_process_itself_would_say() {
    let (pack, weights) = (pack(), Weights::shipped());
    let (here, apart) = (Eyes::Here(&pack, &weights), Eyes::Apart(Pool::new(program, PATIENCE)));
    let noise = vec![7; 1 << 20];
    for bytes in [&JPEG[..], &CLEAN[1].to_jpeg(), b"", b"no picture", &JPEG[..JPEG.len() / 2], &noise] {
        assert_eq!(apart.look(bytes).unwrap(), here.look(bytes).unwrap());
    }
    assert_eq!(here.look(&JPEG).unwrap()["outcome"], "read");
}

#[cfg(unix)]
#[test]
fn a_worker_that_dies_costs_one_picture() {
    // By abort, by a plain end in the middle of an answer, before it reads anything.
    for death in ["head -c 1000 >/dev/null; kill -ABRT $$", "printf '\\377\\0\\0\\0{'; exit 0", "exec true"] {
        let temp = Temp::new();
        let eyes = Eyes::Apart(Pool::new(at_first(&temp, death), PATIENCE));
        assert_eq!(eyes.look(&JPEG).unwrap(), fault("reader-failed"), "{death}");
        assert_eq!(eyes.look(&JPEG).unwrap()["outcome"], "read", "{death}");
    }
    // Nonsense, and an answer without end.
    for speech in ["printf '\\002\\0\\0\\0ab'; sleep 100", "cat /dev/zero"] {
        let temp = Temp::new();
        let eyes = Eyes::Apart(Pool::new(at_first(&temp, speech), PATIENCE));
        // Few bytes: they fit a pipe that nobody reads.
        assert_eq!(eyes.look(b"no picture").unwrap(), fault("reader-failed"), "{speech}");
        assert_eq!(eyes.look(&JPEG).unwrap()["outcome"], "read", "{speech}");
    }
}

#[cfg(unix)]
#[test]
fn a_worker_that_hangs_is_ended() {
    let temp = Temp::new();
    let hanging = || {
        let mut command = Command::new("sleep");
        command.arg("1000");
        command
    };
    let eyes = Eyes::Apart(Pool::new(hanging, Duration::from_millis(50)));
    // More than a pipe holds: nobody may wait for a worker that does not read.
    let large = vec![0; 4 << 20];
    assert_eq!(eyes.look(&large).unwrap(), fault("took-too-long"));
    drop(temp);
}

/// The system's own word on a worker that has answered once.
#[cfg(target_os = "linux")]
#[test]
fn a_worker_holds_itself_to_a_limit_of_memory() {
    use std::io::{Read, Write};
    use std::process::Stdio;
    let mut worker = program().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (worker.stdin.take().unwrap(), worker.stdout.take().unwrap());
    to.write_all(&[0; 4]).unwrap();
    let mut length = [0; 4];
    from.read_exact(&mut length).unwrap();
    let mut answer = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
    from.read_exact(&mut answer).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&answer).unwrap(), fault("empty-file"));
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", worker.id())).unwrap();
    let addresses = limits.lines().find(|line| line.starts_with("Max address space")).unwrap();
    assert!(addresses.contains("1073741824"), "{addresses}");
    drop(to);
    assert!(worker.wait().unwrap().success(), "it ends with its input");
}

#[test]
fn a_worker_that_cannot_be_started_is_an_error() {
    let eyes = Eyes::Apart(Pool::new(|| Command::new("/no/such/program"), PATIENCE));
    assert_eq!(eyes.look(&JPEG).unwrap_err().kind(), std::io::ErrorKind::NotFound);
}

#[test]
fn a_panic_of_the_reader_is_a_fault_and_says_nothing_on_the_terminal() {
    // In a process of its own: what is told of a panic is the whole process's, and other tests read pictures too.
    const ALONE: &str = "TALLYPROOF_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let this = "workers::a_panic_of_the_reader_is_a_fault_and_says_nothing_on_the_terminal";
        let tests = std::env::current_exe().unwrap();
        let ran = std::process::Command::new(tests).args(["--exact", this]).env(ALONE, "1").output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert!(ran.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let here = std::thread::current().id();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic: &PanicHookInfo<'_>| {
        if std::thread::current().id() == here {
            TOLD.fetch_add(1, Ordering::Relaxed);
        } else {
            before(panic);
        }
    }));
    let outside = || drop(std::panic::catch_unwind(|| panic!("outside")));
    outside();
    assert_eq!(TOLD.load(Ordering::Relaxed), 1);
    for _ in 0..2 {
        assert_eq!(survive(|| panic!("inside")), fault("reader-failed"));
        assert_eq!(TOLD.load(Ordering::Relaxed), 1);
    }
    assert_eq!(survive(|| json!(1)), json!(1));
    outside();
    assert_eq!(TOLD.load(Ordering::Relaxed), 2, "other panics are told of as before");
}
