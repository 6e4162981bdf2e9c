//! The real server, as a process of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::Browser;

/// Longest that a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server; it ends when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    taken.expect("a port on loopback").port()
}

impl Server {
    /// Starts `command` (the program and what comes before its verb) as the desk of a folder, and waits until it answers.
    pub(crate) fn start(mut command: Command, folder: &Path, port: u16) -> Self {
        command.arg("-C").arg(folder).args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let mut server = Self { child: child.expect("the program starts"), port };
        let start = Instant::now();
        while Browser::new(port, "").get("/login").is_err() {
            if let Ok(Some(ended)) = server.child.try_wait() {
                panic!("the server ended: {ended}");
            }
            assert!(start.elapsed() < PATIENCE, "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Ends it as a power cut would (SIGKILL).
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
