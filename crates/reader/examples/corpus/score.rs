//! Counting, timing and the interval that goes with a rate.

use std::io::{Write, stdout};

use crate::{Outcome, Sheet};

/// What became of one sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The payload is the printed one.
    Right,
    /// Another payload, or more than one.
    Wrong,
    /// No payload.
    Unread,
}

/// One line of the table.
pub(crate) struct Score {
    name: String,
    right: usize,
    wrong: usize,
    missed: Vec<String>,
}

impl Score {
    pub(crate) const HEADER: &str =
        "what                              read wrong unread    rate  95 % (Wilson)   CPU ms/image";

    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), right: 0, wrong: 0, missed: Vec::new() }
    }

    pub(crate) fn add(&mut self, sheet: &Sheet, verdict: Verdict) {
        match verdict {
            Verdict::Right => self.right += 1,
            Verdict::Wrong => self.wrong += 1,
            Verdict::Unread => {
                self.missed.push(sheet.file.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
    }

    pub(crate) fn print(&self, cpu_ms: f64) -> Outcome<()> {
        let total = self.right + self.wrong + self.missed.len();
        let (low, high) = wilson(self.right, total);
        let rate = 100.0 * self.right as f64 / total.max(1) as f64;
        write!(
            stdout(),
            "{:<34}{:>4} {:>5} {:>6} {rate:>6.1}% {low:>6.1}..{high:<5.1}% {:>10.1}",
            self.name,
            self.right,
            self.wrong,
            self.missed.len(),
            cpu_ms / total.max(1) as f64
        )?;
        let missed = if self.missed.len() <= 4 { self.missed.join(" ") } else { String::new() };
        Ok(writeln!(stdout(), "  {missed}")?)
    }
}

/// Wilson score interval at 95 %, in percent (E. B. Wilson 1927).
fn wilson(right: usize, total: usize) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let n = total.max(1) as f64;
    let share = right as f64 / n;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 100.0 / (1.0 + Z * Z / n);
    ((middle - reach) * scale, (middle + reach) * scale)
}

/// CPU time of this process and of the children it waited for, from `/proc` (Linux; elsewhere it says 0).
pub(crate) struct CpuClock(f64);

impl CpuClock {
    pub(crate) fn start() -> Self {
        Self(Self::now_ms())
    }

    pub(crate) fn elapsed_ms(&self) -> f64 {
        Self::now_ms() - self.0
    }

    /// Fields 14 to 17 of `/proc/self/stat` are user and system time, own and children's, in ticks of 10 ms.
    fn now_ms() -> f64 {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        10.0 * fields.skip(11).take(4).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>()
    }
}
