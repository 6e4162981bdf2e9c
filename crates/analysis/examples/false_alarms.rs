//! How often screening raises a finding about honest elections, and how often it finds what was planted:
//! `cargo run --release -p tallyproof-analysis --example false_alarms [N]`.
#![allow(
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_macros,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "prints the figures of docs/forensics.md"
)]

#[path = "../tests/elections.rs"]
mod elections;

use std::collections::BTreeMap;

use elections::{Election, Planted, plant};

fn main() {
    let n: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let mut raised: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let (mut any, mut spoke, mut tables) = (0, BTreeMap::<&str, u64>::new(), 0);
    for seed in 0..n {
        let election = Election::honest(seed);
        tables += election.tables.len();
        let found = election.screened().outcomes;
        any += u64::from(found.iter().any(|o| o.is_finding()));
        for outcome in &found {
            *spoke.entry(outcome.id).or_default() += u64::from(outcome.p.is_some());
            if outcome.is_finding() {
                raised.entry(outcome.id).or_default().push(seed);
            }
        }
    }
    println!("{n} honest elections (seeds 0..{n}), {tables} tables: {any} raise a finding");
    println!("  tests that spoke: {spoke:?}\n  seeds by test: {raised:?}");
    for what in [Planted::Swap, Planted::Transfer] {
        let tried: Vec<(bool, bool, f64)> = (0..n).filter_map(|seed| plant(seed, what)).collect();
        let of = |low: f64, high: f64| {
            let some: Vec<_> = tried.iter().filter(|t| (low..high).contains(&t.2)).collect();
            let (found, listed) = (some.iter().filter(|t| t.0).count(), some.iter().filter(|t| t.1).count());
            format!("{low}–{high} points: {} tried, {found} findings, {listed} on the list", some.len())
        };
        println!("{what:?}: {}", of(0.0, 101.0));
        for (low, high) in [(0.0, 5.0), (5.0, 10.0), (10.0, 20.0), (20.0, 30.0), (30.0, 101.0)] {
            println!("  {}", of(low, high));
        }
    }
}
