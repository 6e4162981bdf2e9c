//! What everybody of the night shares: where the desk is, what was sent and seen when, and when it is over.

use std::collections::HashMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::load::clerk::{Met, said};
use crate::load::http::Answer;
use crate::plan::Plan;

/// Moments by image.
pub(crate) type Moments = Mutex<HashMap<String, Instant>>;

/// One night.
pub(crate) struct Night {
    pub(crate) port: u16,
    pub(crate) plan: Plan,
    /// How long people think over a sheet.
    pub(crate) think: Duration,
    pub(crate) met: Met,
    /// When the sending of an image began.
    pub(crate) sent: Moments,
    /// When the journal said that it was read.
    pub(crate) read: Moments,
    /// Images by the number of the event that says what was read on them.
    pub(crate) seq_of: Mutex<Vec<(u64, String)>>,
    /// When the overview spoke of it.
    pub(crate) shown: Moments,
    /// When it first stood on a clerk's screen.
    pub(crate) on_screen: Moments,
    /// Files whose sending was acknowledged.
    pub(crate) n_sent: AtomicU64,
    /// Keys struck, sheets saved, and nanoseconds that people waited for the desk over them.
    pub(crate) keys: AtomicU64,
    pub(crate) saves: AtomicU64,
    pub(crate) waited_ns: AtomicU64,
    /// What coordinators did.
    pub(crate) decisions: AtomicU64,
    pub(crate) rulings: AtomicU64,
    /// The power is off.
    pub(crate) is_dark: AtomicBool,
    /// Whether people are to go home.
    pub(crate) stop: AtomicBool,
}

impl Night {
    pub(crate) fn new(port: u16, plan: Plan, think: Duration) -> Self {
        Self {
            port,
            plan,
            think,
            met: Met::default(),
            sent: Moments::default(),
            read: Moments::default(),
            seq_of: Mutex::default(),
            shown: Moments::default(),
            on_screen: Moments::default(),
            n_sent: AtomicU64::new(0),
            keys: AtomicU64::new(0),
            saves: AtomicU64::new(0),
            waited_ns: AtomicU64::new(0),
            decisions: AtomicU64::new(0),
            rulings: AtomicU64::new(0),
            is_dark: AtomicBool::new(false),
            stop: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Asks the desk, and notes how long the answer took. What fails while the power is off is no failure.
    pub(crate) fn ask(
        &self,
        kind: &'static str,
        good: &[u16],
        ask: impl FnOnce() -> io::Result<Answer>,
    ) -> Option<Answer> {
        let was_dark = self.is_dark.load(Ordering::Relaxed);
        let start = Instant::now();
        let answer = ask();
        let took = start.elapsed();
        let why = match answer {
            Ok(answer) if good.contains(&answer.status) => {
                self.met.times.lock().expect("nobody panics").push((kind, took));
                return Some(answer);
            }
            Ok(answer) => format!("{kind}: {} {}", answer.status, said(&answer.text())),
            Err(error) => format!("{kind}: {error}"),
        };
        if !was_dark && !self.is_dark.load(Ordering::Relaxed) {
            self.met.failed.lock().expect("nobody panics").push(why);
        }
        None
    }

    /// Notes when something first happened to an image.
    pub(crate) fn note(moments: &Moments, image: &str, at: Instant) {
        moments.lock().expect("nobody panics").entry(image.to_owned()).or_insert(at);
    }
}

/// What stands between two marks of a page.
pub(crate) fn between<'p>(page: &'p str, from: &str, to: &str) -> Option<&'p str> {
    page.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}

/// The token that every form carries.
pub(crate) fn csrf(page: &str) -> String {
    between(page, "name=\"csrf\" value=\"", "\"").unwrap_or_default().to_owned()
}
