//! What was measured, on the terminal.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::night::{Moments, Night};

/// Requests told of, in this order.
const KINDS: [&str; 13] = [
    "page",
    "save",
    "draft",
    "picture",
    "overview",
    "projector",
    "put",
    "upload of 40",
    "events",
    "conflict",
    "decision",
    "suspects",
    "ruling",
];

/// How long requests took.
pub(crate) fn requests(night: &Night) {
    let times = night.met.times.lock().expect("nobody panics");
    println!("{:14} {:>7} {:>9} {:>9} {:>9}", "request", "n", "p50 ms", "p99 ms", "max ms");
    for kind in KINDS {
        let took = times.iter().filter(|(k, _)| *k == kind).map(|(_, took)| took.as_secs_f64() * 1e3);
        if let Some(spread) = Spread::of(took.collect()) {
            println!(
                "{kind:14} {:>7} {:>9.1} {:>9.1} {:>9.1}",
                spread.n, spread.p50, spread.p99, spread.most
            );
        }
    }
}

/// How long after its sending something first happened to images.
pub(crate) fn since_sent(night: &Night, what: &str, moments: &Moments) {
    let sent = night.sent.lock().expect("nobody panics");
    let then = moments.lock().expect("nobody panics");
    let lag = |(image, at): (&String, &Instant)| {
        Some(at.saturating_duration_since(*sent.get(image)?).as_secs_f64())
    };
    if let Some(spread) = Spread::of(then.iter().filter_map(lag).collect()) {
        println!(
            "sent until {what:26} n {:>5}  p50 {:>6.1} s  p99 {:>6.1} s  longest {:>6.1} s",
            spread.n, spread.p50, spread.p99, spread.most
        );
    }
}

/// Images read within the busiest minute, a second.
pub(crate) fn busiest(night: &Night) -> f64 {
    let mut all: Vec<Instant> = night.read.lock().expect("nobody panics").values().copied().collect();
    all.sort_unstable();
    let minute = Duration::from_secs(60);
    let within = |from: usize| all[from..].partition_point(|at| at.duration_since(all[from]) < minute);
    let most = (0..all.len()).map(within).max().unwrap_or(0);
    let span = all.last().zip(all.first()).map_or(minute, |(last, first)| last.duration_since(*first));
    most as f64 / span.min(minute).as_secs_f64().max(1.0)
}

/// What the software costs whoever types.
pub(crate) fn typing(night: &Night) {
    let saves = night.saves.load(Ordering::Relaxed);
    if saves == 0 {
        return println!("nothing was typed");
    }
    let each = |total: u64| total as f64 / saves as f64;
    println!(
        "{saves} sheets or parts of sheets saved; of each {:.1} ms waiting for the desk, {:.1} keys",
        each(night.waited_ns.load(Ordering::Relaxed)) / 1e6,
        each(night.keys.load(Ordering::Relaxed))
    );
    println!(
        "{} decisions, {} words on quarantined images",
        night.decisions.load(Ordering::Relaxed),
        night.rulings.load(Ordering::Relaxed)
    );
}

/// Bytes of the files below a folder.
pub(crate) fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |meta| meta.len());
    };
    entries.flatten().map(|entry| size(&entry.path())).sum()
}

struct Spread {
    n: usize,
    p50: f64,
    p99: f64,
    most: f64,
}

impl Spread {
    fn of(mut all: Vec<f64>) -> Option<Self> {
        all.sort_by(f64::total_cmp);
        let at = |share: usize| all.get((all.len() * share / 100).min(all.len().saturating_sub(1))).copied();
        Some(Self { n: all.len(), p50: at(50)?, p99: at(99)?, most: *all.last()? })
    }
}
