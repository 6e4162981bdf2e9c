//! Time at the desk: one clock that only goes forward while the server runs, and the wall's, which may jump.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

/// A moment by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Seconds that the server has run; never goes back.
    pub run_s: i64,
    /// Seconds since 1970 by the wall clock; may jump either way.
    pub wall_s: i64,
}

impl Moment {
    /// Seconds since an earlier moment: by whichever clock says more. A wall clock set back takes nothing away; a
    /// machine that slept, where the running clock stands still, has aged all the same.
    pub fn since(self, earlier: Moment) -> i64 {
        (self.run_s.saturating_sub(earlier.run_s)).max(self.wall_s.saturating_sub(earlier.wall_s))
    }
}

/// The clocks.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    stopped: OnceLock<Moment>,
    run_ahead_s: AtomicI64,
    wall_ahead_s: AtomicI64,
}

impl Default for Clock {
    fn default() -> Self {
        let zero = || AtomicI64::new(0);
        Self { start: Instant::now(), stopped: OnceLock::new(), run_ahead_s: zero(), wall_ahead_s: zero() }
    }
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Moment {
        let now = self.stopped.get().copied().unwrap_or_else(|| self.running());
        Moment {
            run_s: now.run_s.saturating_add(self.run_ahead_s.load(Ordering::Relaxed)),
            wall_s: now.wall_s.saturating_add(self.wall_ahead_s.load(Ordering::Relaxed)),
        }
    }

    fn running(&self) -> Moment {
        let run_s = i64::try_from(self.start.elapsed().as_secs()).unwrap_or(i64::MAX);
        Moment { run_s, wall_s: jiff::Timestamp::now().as_second() }
    }

    /// Stops both clocks: for tests, whose machine may be slow.
    pub fn stop(&self) {
        let _ = self.stopped.set(self.running());
    }

    /// The wall clock's time as events record it (RFC 3339).
    pub fn timestamp(&self) -> String {
        self.timestamp_before(0)
    }

    /// The wall clock's time so many seconds ago, written alike.
    pub fn timestamp_before(&self, seconds: i64) -> String {
        jiff::Timestamp::from_second(self.now().wall_s - seconds).unwrap_or_default().to_string()
    }

    /// Lets time pass on both clocks: for tests, which wait for nothing.
    pub fn pass(&self, seconds: i64) {
        self.run_ahead_s.fetch_add(seconds, Ordering::Relaxed);
        self.jump(seconds);
    }

    /// Sets the wall clock alone, as a person or a time server might: for tests.
    pub fn jump(&self, seconds: i64) {
        self.wall_ahead_s.fetch_add(seconds, Ordering::Relaxed);
    }
}
