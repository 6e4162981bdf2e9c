//! How long one picture may be looked at: by the work of its thread, not by the clock, so that a machine that does other
//! things reads what an idle one reads.

use std::time::{Duration, Instant};

/// Longest by the clock, in as many times the work allowed: for a thread that waits for ever.
const BY_THE_CLOCK: u32 = 30;

/// So much work of this thread, from now on.
pub(super) struct Patience {
    most: Duration,
    began: Instant,
    worked_before: Option<Duration>,
}

impl Patience {
    /// Patience for so much work.
    pub(super) fn new(most: Duration) -> Self {
        Self { most, began: Instant::now(), worked_before: worked() }
    }

    /// Whether it lasts.
    pub(super) fn lasts(&self) -> bool {
        let by_clock = self.began.elapsed();
        // No thread works longer than the clock runs: the system is asked only then.
        if by_clock < self.most {
            return true;
        }
        let worked = self.worked_before.zip(worked()).map(|(before, now)| now.saturating_sub(before));
        by_clock < self.most * BY_THE_CLOCK && worked.is_some_and(|worked| worked < self.most)
    }
}

/// How long this thread was at work; `None` where the system does not tell.
fn worked() -> Option<Duration> {
    // Nanoseconds on a processor, nanoseconds of waiting for one, turns (Linux, sched-stats).
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_counts_and_waiting_does_not() {
        let patience = Patience::new(Duration::from_millis(200));
        if patience.worked_before.is_some() {
            std::thread::sleep(Duration::from_millis(250));
            assert!(patience.lasts(), "it waited only");
        }
        let mut n = 0u64;
        while patience.lasts() {
            n = std::hint::black_box(n + 1);
        }
        assert!(!patience.lasts() && !Patience::new(Duration::ZERO).lasts());
    }
}
