//! The targets without libFuzzer: seeds are shaken at random, with no word of what was reached. For where an instrumented
//! build cannot be had. `cargo run --features app --example shake -- TARGET [SECONDS] [SEED]` saves what panics, and what
//! takes more than twenty seconds, in `fuzz/artifacts/<target>/`; exit status 1 where there is any.

use std::collections::BTreeSet;
use std::panic::catch_unwind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tallyproof_fuzz::seeds::seeds;
use tallyproof_fuzz::{bundle, journal, payload, rows, texts};

/// Longest that an input may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What numbers, names and marks are replaced by.
const WORDS: [&str; 34] = [
    "0",
    "-1",
    "1",
    "18446744073709551615",
    "18446744073709551616",
    "9223372036854775808",
    "4294967296",
    "1e309",
    "0.5",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "[[[[",
    "{\"\":",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "..",
    "/",
    ",",
    ";",
    "\t",
    "\"",
    "'",
    "P99999",
    "$0",
    "$2",
    "blank",
    "illegible",
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let name = args.first().cloned().unwrap_or_default();
    let number = |at: usize, usual: u64| args.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (seconds, mut dice) = (number(1, 60), Dice(number(2, 1)));
    let Some(target) = target(&name) else {
        println!("no such target: {name:?}");
        return ExitCode::from(2);
    };
    let mut pool: Vec<Vec<u8>> = seeds(&name).into_iter().map(|(_, bytes)| bytes).collect();
    let n_seeds = pool.len();
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("artifacts").join(&name);
    std::fs::create_dir_all(&dir).expect("the folder can be made");
    let at_hand: Arc<Mutex<(Instant, Vec<u8>)>> = Arc::new(Mutex::new((Instant::now(), Vec::new())));
    watch(Arc::clone(&at_hand), dir.clone());
    let place: Arc<Mutex<String>> = Arc::default();
    let told = Arc::clone(&place);
    std::panic::set_hook(Box::new(move |info| {
        *told.lock().expect("nobody panics with it") = info.to_string();
    }));
    let (start, mut n, mut longest) = (Instant::now(), 0u64, Duration::ZERO);
    let mut found: BTreeSet<String> = BTreeSet::new();
    while start.elapsed() < Duration::from_secs(seconds) {
        let at = dice.below(pool.len());
        let mut bytes = pool[at].clone();
        if n >= n_seeds as u64 {
            let other = dice.below(pool.len());
            for _ in 0..1 + dice.below(6) {
                shake(&mut bytes, &pool[other], &mut dice);
            }
        } else {
            bytes = pool[usize::try_from(n).unwrap_or(0)].clone();
        }
        bytes.truncate(1 << 20);
        *at_hand.lock().expect("the watch does not panic") = (Instant::now(), bytes.clone());
        let begun = Instant::now();
        let ended = catch_unwind(|| target(&bytes));
        longest = longest.max(begun.elapsed());
        n += 1;
        if ended.is_err() {
            let text = place.lock().expect("nobody panics with it").clone();
            // One of each place.
            let line = text.lines().next().unwrap_or_default().to_owned();
            if found.insert(line) {
                println!("panic: {text}");
                std::fs::write(dir.join(format!("panic-{n}")), &bytes).expect("room on the disk");
            }
        } else if dice.below(50) == 0 && pool.len() < 2_000 {
            // Walks away from the seeds.
            pool.push(bytes);
        }
    }
    println!(
        "{name}: {n} executions in {} s, longest {} ms, {} panics",
        start.elapsed().as_secs(),
        longest.as_millis(),
        found.len()
    );
    if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn target(name: &str) -> Option<fn(&[u8])> {
    Some(match name {
        "payload" => payload,
        "pack" => texts::pack,
        "rows" => rows::rows,
        "texts" => texts::texts,
        "form" => texts::form,
        "journal" => journal::journal,
        "bundle" => bundle::bundle,
        #[cfg(feature = "app")]
        "boundaries" => tallyproof_fuzz::desk::boundaries,
        #[cfg(feature = "app")]
        "worksheet" => tallyproof_fuzz::desk::worksheet,
        #[cfg(feature = "app")]
        "desk" => tallyproof_fuzz::desk::desk,
        #[cfg(feature = "app")]
        "backup" => tallyproof_fuzz::desk::backup,
        #[cfg(feature = "app")]
        "intake" => tallyproof_fuzz::desk::intake,
        _ => return None,
    })
}

/// Ends the program when an input takes too long, and saves it.
fn watch(at_hand: Arc<Mutex<(Instant, Vec<u8>)>>, dir: PathBuf) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let (since, bytes) = &*at_hand.lock().expect("nobody panics with it");
            if since.elapsed() > PATIENCE {
                let _ = std::fs::write(dir.join("slow"), bytes);
                println!("an input takes more than {} s", PATIENCE.as_secs());
                std::process::exit(1);
            }
        }
    });
}

fn shake(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    let (from, to) = {
        let (a, b) = (dice.below(bytes.len() + 1), dice.below(bytes.len() + 1));
        let near = (a + dice.below(16)).min(bytes.len());
        if dice.below(3) == 0 { (a.min(b), a.max(b)) } else { (a, near) }
    };
    match dice.below(9) {
        0 if from < bytes.len() => bytes[from] ^= 1 << dice.below(8),
        1 if from < bytes.len() => bytes[from] = u8::try_from(dice.below(256)).unwrap_or(0),
        2 => drop(bytes.drain(from..to)),
        3 => {
            let part = bytes[from..to].to_vec();
            let at = dice.below(bytes.len() + 1);
            bytes.splice(at..at, part);
        }
        4 => {
            let at = dice.below(other.len() + 1);
            let end = (at + dice.below(200)).min(other.len());
            bytes.splice(from..to, other[at..end].iter().copied());
        }
        5 => {
            let word = WORDS[dice.below(WORDS.len())];
            bytes.splice(from..to, word.bytes());
        }
        // A whole number, word or text replaced.
        6 | 7 => {
            let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"-._".contains(byte);
            let begin = bytes[..from].iter().rposition(ends).map_or(0, |at| at + 1);
            let end = bytes[from..].iter().position(ends).map_or(bytes.len(), |at| from + at);
            let word = WORDS[dice.below(WORDS.len())];
            bytes.splice(begin..end.max(begin), word.bytes());
        }
        _ => {
            let part: Vec<u8> = bytes[from..to.min(from + 64)].repeat(1 + dice.below(400));
            bytes.splice(from..from, part);
        }
    }
}

/// Dice with a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (n.max(1) as u64)).unwrap_or(0)
    }
}
