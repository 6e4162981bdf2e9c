//! The real server, with a key to publish by; a power cut ends it with all it started.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::load::http::Browser;
use crate::night::{Night, csrf};

/// Longest that a server may take to answer, and a bundle to be made.
const PATIENCE: Duration = Duration::from_secs(900);

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// The link that makes the first administrator, where there was none.
    pub(crate) first: Option<String>,
    /// Until it answered.
    pub(crate) answered_after: Duration,
}

/// A program of the same build: examples lie in a folder beside it.
pub(crate) fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    own.parent().and_then(Path::parent).expect("target/<profile>/examples").join(name)
}

/// Runs one of our programs to its end.
pub(crate) fn run(name: &str, args: &[&str]) {
    let ended = Command::new(program(name)).args(args).stdout(Stdio::null()).status();
    let ended = ended.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(ended.success(), "{name} {args:?}: {ended}");
}

impl Server {
    pub(crate) fn start(folder: &Path, port: u16, key: &Path) -> Self {
        let start = Instant::now();
        let mut command = Command::new(program("tallyproof"));
        command.arg("-C").arg(folder).args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--key"]);
        // A group of its own, so that what it starts can be ended with it.
        command.arg(key).process_group(0).stdin(Stdio::null()).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("it was asked for")).lines();
        let _address = lines.next().expect("the desk listens").expect("a line of text");
        while Browser::new(port, "").get("/login").is_err() {
            assert!(start.elapsed() < PATIENCE, "the server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        let answered_after = start.elapsed();
        let (sender, receiver) = std::sync::mpsc::channel();
        // The pipe is read to its end: a server that cannot write would wait.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let first =
            receiver.recv_timeout(Duration::from_millis(500)).ok().filter(|line| line.contains("/first"));
        Self { child, first, answered_after }
    }

    /// Kills it and every process that it started.
    pub(crate) fn cut_the_power(mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }

    /// Asks it to end, as Ctrl-C does.
    pub(crate) fn end(mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }

    /// The most memory it had, kB.
    pub(crate) fn peak_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        most.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    }

    /// Seconds of the processor it took.
    pub(crate) fn cpu_s(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        let after = stat.rsplit(") ").next().unwrap_or_default();
        // Clock ticks, a hundred a second on Linux: proc_pid_stat(5).
        let ticks: u64 = after.split(' ').skip(11).take(2).filter_map(|text| text.parse::<u64>().ok()).sum();
        ticks as f64 / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.child.wait();
    }
}

/// Publishes at the desk and fetches the bundle; gives how long that took.
pub(crate) fn publish(night: &Night, browser: &mut Browser, to: &Path) -> Duration {
    let start = Instant::now();
    let page = browser.get("/exports/bundle").expect("the desk answers").text();
    let token = csrf(&page);
    let fields = [("csrf", token.as_str()), ("passphrase", ""), ("agreed", "yes")];
    let answer = browser.post("/exports/bundle", &fields).expect("the desk answers");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let path = loop {
        let page = browser.get("/exports").expect("the desk answers").text();
        if let Some(rest) = page.split("href=\"/exports/bundle/").nth(1) {
            break format!("/exports/bundle/{}", rest.split('"').next().unwrap_or_default());
        }
        assert!(!page.contains("class=\"problem\""), "{}", crate::load::clerk::said(&page));
        assert!(start.elapsed() < PATIENCE, "the bundle takes too long");
        std::thread::sleep(Duration::from_millis(500));
    };
    let took = start.elapsed();
    let bundle = night.ask("bundle fetched", &[200], || browser.get(&path)).expect("a bundle");
    std::fs::write(to, &bundle.body).expect("room on the disk");
    took
}
