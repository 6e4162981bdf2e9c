//! One kill: when, and how a verb ended.

use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Calls that leave something on the disk, or are about to.
pub(crate) const CALLS: [&str; 10] = [
    "openat",
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "unlink",
    "unlinkat",
    "ftruncate",
    "rmdir",
];

/// Longest that a verb may take before it counts as hanging.
const PATIENCE: Duration = Duration::from_secs(300);

/// When a verb is killed.
#[derive(Clone, Debug)]
pub(crate) enum How {
    /// After so many milliseconds; undisturbed it takes `of`.
    After { ms: u64, of: u64 },
    /// As a thread makes its Nth call of this name; undisturbed there are `of` in all.
    AtCall { call: &'static str, n: u64, of: u64 },
}

/// What a verb does undisturbed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calm {
    pub(crate) ms: u64,
    /// How often it makes each of [`CALLS`]; empty where calls cannot be traced.
    pub(crate) calls: Vec<(&'static str, u64)>,
}

impl How {
    /// One of both kinds, anywhere in the verb's life.
    pub(crate) fn thrown(dice: &mut Dice, calm: &Calm) -> Self {
        if calm.calls.is_empty() || dice.below(2) == 0 {
            return How::After { ms: dice.below(calm.ms * 6 / 5 + 1), of: calm.ms };
        }
        let at = usize::try_from(dice.below(calm.calls.len() as u64)).unwrap_or(0);
        let (call, of) = calm.calls[at];
        How::AtCall { call, n: 1 + dice.below(of), of }
    }
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By the kill.
    Killed,
    /// By itself, done.
    Done,
    /// By itself, with another status: its code, and what it said.
    Failed(Option<i32>, String),
}

/// Runs a command to its end, or to the kill.
pub(crate) fn end_of(command: Command, how: &How) -> Ended {
    let mut command = match how {
        How::After { .. } => command,
        How::AtCall { call, n, .. } => {
            let inject = format!("inject={call}:signal=SIGKILL:when={n}");
            under_strace(&command, &["-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject])
        }
    };
    // A group of its own, so that nothing of it lives on.
    let child = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("the program starts");
    let start = Instant::now();
    let longest = match how {
        How::After { ms, .. } => Duration::from_millis(*ms),
        How::AtCall { .. } => PATIENCE,
    };
    while start.elapsed() < longest {
        if child.try_wait().expect("a child of ours").is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(1).min(longest.saturating_sub(start.elapsed())));
    }
    kill_group(child.id());
    let ended = child.wait_with_output().expect("a child of ours");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    match (ended.status.signal(), ended.status.code()) {
        (Some(9), _) if start.elapsed() < PATIENCE => Ended::Killed,
        (_, Some(0)) => Ended::Done,
        (signal, code) => Ended::Failed(code.or(signal), said),
    }
}

fn kill_group(id: u32) {
    let group = format!("-{id}");
    let _ = Command::new("kill").args(["-9", "--", &group]).stderr(Stdio::null()).status();
}

/// The same command under `strace`, of which nobody is told.
fn under_strace(command: &Command, options: &[&str]) -> Command {
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq"]).args(options).arg("--").arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    traced
}

/// Runs a command undisturbed, and says how long it took and which calls it makes. It is run once by the clock; `again`
/// gives the command that is traced.
pub(crate) fn calm(command: Command, again: impl FnOnce() -> Command, traces: &std::path::Path) -> Calm {
    let start = Instant::now();
    done(command);
    let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let again = again();
    let has_strace =
        Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok_and(|s| s.success());
    if !has_strace {
        return Calm { ms, calls: Vec::new() };
    }
    let file = traces.to_string_lossy().into_owned();
    done(under_strace(&again, &["-o", &file, "-e", &format!("trace={}", CALLS.join(","))]));
    let text = std::fs::read_to_string(traces).expect("strace writes where it was told");
    let count = |call: &&'static str| {
        let n = text.lines().filter(|line| line.contains(&format!(" {call}("))).count() as u64;
        (n > 0).then_some((*call, n))
    };
    Calm { ms, calls: CALLS.iter().filter_map(count).collect() }
}

/// Runs a command that must succeed.
pub(crate) fn done(mut command: Command) {
    let ended = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(ended.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&ended.stderr));
}

/// Dice with a seed (SplitMix64, Steele and others 2014): the same seed throws the same.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to `n - 1`; 0 where there is none.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(n).unwrap_or(0)
    }
}
