//! A line for every kill, so that a run can be gone on with, and the table of them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Verb;
use super::fault::{Ended, How};

/// Counts of one verb.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    killed: u64,
    at_calls: u64,
    by_itself: u64,
    rounds: u64,
    amiss: u64,
}

/// The log.
pub(crate) struct Log {
    path: PathBuf,
    file: File,
    counts: BTreeMap<Verb, Count>,
    n_lines: u64,
}

impl Log {
    /// Opens the log of a folder, and counts what is in it.
    pub(crate) fn open(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("the folder can be made");
        let path = folder.join("kills.jsonl");
        let text = fs::read_to_string(&path).unwrap_or_default();
        let file = File::options().create(true).append(true).open(&path).expect("the log can be written");
        let mut log = Self { path, file, counts: BTreeMap::new(), n_lines: 0 };
        // The last line may be half of one, where this program itself was stopped.
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(|line| log.count_in(&line));
        log
    }

    pub(crate) fn n_lines(&self) -> u64 {
        self.n_lines
    }

    /// How often a verb was killed.
    pub(crate) fn count(&self, verb: Verb) -> u64 {
        self.counts.get(&verb).map_or(0, |count| count.killed)
    }

    /// How often something was amiss.
    pub(crate) fn amiss(&self) -> u64 {
        self.counts.values().map(|count| count.amiss).sum()
    }

    /// Notes one start of a verb.
    pub(crate) fn note(&mut self, verb: Verb, how: &How, ended: &Ended, faults: &[String], folder: &Path) {
        let mut faults = faults.to_vec();
        if let Ended::Failed(code, said) = ended {
            faults.push(format!("ended with {code:?}: {said}"));
        }
        let how = match how {
            How::After { ms, of } => json!({"ms": ms, "of": of}),
            How::AtCall { call, n, of } => json!({"call": call, "n": n, "of": of}),
        };
        let killed = *ended == Ended::Killed;
        self.write(
            &json!({"verb": format!("{verb:?}"), "killed": killed, "at": how, "faults": faults}),
            folder,
        );
    }

    /// Notes that a folder was gone on with to the end.
    pub(crate) fn end_of_round(&mut self, verb: Verb, faults: &[String], folder: &Path) {
        self.write(&json!({"verb": format!("{verb:?}"), "round": true, "faults": faults}), folder);
    }

    fn write(&mut self, line: &Value, folder: &Path) {
        writeln!(self.file, "{line}").expect("the log can be written");
        let amiss = line["faults"].as_array().is_some_and(|faults| !faults.is_empty());
        if amiss {
            println!("amiss: {line}");
            let kept = self.path.with_file_name(format!("amiss-{}", self.n_lines));
            copy_dir(folder, &kept);
        }
        self.count_in(line);
    }

    fn count_in(&mut self, line: &Value) {
        self.n_lines += 1;
        let Some(verb) = Verb::ALL.into_iter().find(|verb| line["verb"] == format!("{verb:?}")) else {
            return;
        };
        let count = self.counts.entry(verb).or_default();
        let killed = line["killed"] == true;
        count.rounds += u64::from(line["round"] == true);
        count.killed += u64::from(killed);
        count.at_calls += u64::from(killed && line["at"]["call"].is_string());
        count.by_itself += u64::from(line["killed"] == false);
        count.amiss += u64::from(line["faults"].as_array().is_some_and(|faults| !faults.is_empty()));
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        println!(
            "{:10} {:>6} {:>9} {:>10} {:>7} {:>6}",
            "", "kills", "at calls", "by itself", "rounds", "amiss"
        );
        let mut all = Count::default();
        for (verb, count) in &self.counts {
            let Count { killed, at_calls, by_itself, rounds, amiss } = *count;
            println!(
                "{:10} {killed:>6} {at_calls:>9} {by_itself:>10} {rounds:>7} {amiss:>6}",
                format!("{verb:?}")
            );
            all.killed += killed;
            all.at_calls += at_calls;
            all.by_itself += by_itself;
            all.rounds += rounds;
            all.amiss += amiss;
        }
        let Count { killed, at_calls, by_itself, rounds, amiss } = all;
        println!("{:10} {killed:>6} {at_calls:>9} {by_itself:>10} {rounds:>7} {amiss:>6}", "all");
    }
}

/// Copies a folder.
pub(crate) fn copy_dir(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            // SQLite closes a database in the background, and takes the files beside it away.
            match fs::copy(entry.path(), target) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                copied => drop(copied.expect("the file can be copied")),
            }
        }
    }
}
