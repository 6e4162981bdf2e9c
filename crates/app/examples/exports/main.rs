//! Tables and exports by themselves: of a working folder, to be looked at with other people's tools, or of a made-up
//! country of any size, to see what they cost.
//!
//! `cargo run --release -p tallyproof --example exports -- --folder DIR --to OUT`
//! `cargo run --release -p tallyproof --example exports -- --tables 1000000 --to OUT`
#![allow(clippy::print_stdout, reason = "an example reports on the terminal")]

mod country;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use tallyproof::pipeline::{audit, election, exports, load};
use tallyproof::store::Access;
use tallyproof::words::{Lang, Words};
use tallyproof_analysis::results::{AuditFacts, analyse_with};
use tallyproof_core::facts::Facts;
use tallyproof_evidence::exports::nist_report;
use tallyproof_evidence::seen::Look;
use tallyproof_evidence::tables::{BundleTable, Published};

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1));
    let to = PathBuf::from(value("--to").ok_or("name a folder with --to")?);
    match (value("--folder"), value("--tables")) {
        (Some(folder), _) => {
            let (store, loaded) = election::open(folder.as_ref(), Access::Read)?;
            let facts = load::facts(&store, loaded)?;
            let audits = audit::facts(&store, &facts.pack)?;
            let boundaries = match store.setting("boundaries")? {
                Some(sha256) => Some(std::fs::read(store.source_path(&sha256))?),
                None => None,
            };
            let originals = store.originals()?;
            let looks: Vec<Option<Look>> =
                originals.iter().map(|original| original.reading.as_ref().map(Look::of)).collect();
            let images = originals.iter().zip(&looks).map(|(original, look)| {
                let source = original.origins.first().map_or("", |(source, _)| source.as_str());
                (original.sha256.as_str(), source, look.as_ref())
            });
            write(&to, &facts, &audits, images, boundaries.as_deref())
        }
        (None, Some(n)) => {
            let facts = country::facts(n.parse()?)?;
            said("facts", Instant::now());
            write(&to, &facts, &AuditFacts::default(), std::iter::empty(), None)
        }
        (None, None) => Err("name --folder DIR or --tables N".into()),
    }
}

fn write<'a>(
    to: &std::path::Path,
    facts: &'a Facts,
    audits: &'a AuditFacts,
    images: impl Iterator<Item = (&'a str, &'a str, Option<&'a Look>)>,
    boundaries: Option<&[u8]>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let analysis = analyse_with(facts, audits);
    said("analysis", start);
    let start = Instant::now();
    let published = Published::new(facts, &analysis, audits, images);
    said("sums", start);
    let words = Words::new(Lang::En);
    let issue = exports::issue(&published, &words);
    for table in BundleTable::ALL {
        let start = Instant::now();
        table.write(&published, std::io::BufWriter::new(std::io::sink()))?;
        said(table.name(), start);
    }
    let start = Instant::now();
    nist_report(&published, &issue, std::io::BufWriter::with_capacity(1 << 16, std::io::sink()))?;
    said("nist", start);
    let start = Instant::now();
    for file in exports::write(to, &published, &issue, boundaries, &words)? {
        println!("{} {:>12} {}", file.sha256, file.n_bytes, file.path);
    }
    said("all, to files and read back", start);
    Ok(())
}

/// A step with its seconds, and the most memory the program has held so far.
fn said(step: &str, start: Instant) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("", str::trim);
    println!("{step}: {:.2} s, most memory so far {most}", start.elapsed().as_secs_f64());
    let _ = std::io::stdout().flush();
}
