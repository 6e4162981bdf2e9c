//! How the campaign stands: counts per kind and outcome, kept in a file so that it can go on another day.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::plant::Kind;

/// What became of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Definitive by machine, and every figure is the sheet's.
    Definitive,
    /// Definitive by machine though a figure is wrong or one channel was altered: must never happen.
    WrongDefinitive,
    /// Code and print differ, or two codes are in the picture: people look.
    Conflict,
    /// The code was read, the print does not confirm all of it: provisional.
    CodeOnly,
    /// The code was completed from the print: one joint reading.
    Joint,
    /// The code was not read, the print was: people enter.
    PrintOnly,
    /// Nothing was read, or another form's code: people enter.
    Unread,
}

impl Outcome {
    pub(crate) const ALL: [Outcome; 7] = [
        Outcome::Definitive,
        Outcome::WrongDefinitive,
        Outcome::Conflict,
        Outcome::CodeOnly,
        Outcome::Joint,
        Outcome::PrintOnly,
        Outcome::Unread,
    ];

    fn name(self) -> &'static str {
        match self {
            Outcome::Definitive => "definitive",
            Outcome::WrongDefinitive => "WRONG",
            Outcome::Conflict => "conflict",
            Outcome::CodeOnly => "code only",
            Outcome::Joint => "joint",
            Outcome::PrintOnly => "print only",
            Outcome::Unread => "unread",
        }
    }
}

/// One sheet's result.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) kind: Kind,
    pub(crate) outcome: Outcome,
    /// A code or joint reading whose text is not the one printed: must never happen.
    pub(crate) misread: bool,
}

/// Counts so far, of sheets 0..`next`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) next: u64,
    counts: BTreeMap<(Kind, Outcome), u64>,
    misread: u64,
    /// Sheets to look at again.
    pub(crate) bad: Vec<u64>,
}

impl Tally {
    /// The tally kept at `path` under this seed and build; an empty one where there is none.
    pub(crate) fn load(path: &Path, seed: u64) -> Result<Self, String> {
        let Ok(bytes) = std::fs::read(path) else { return Ok(Self::default()) };
        let kept: Value =
            serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        if kept["seed"] != json!(seed) {
            return Err(format!("{} was made with another seed: name another file", path.display()));
        }
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let mut tally =
            Self { next: number(&kept["next"]), misread: number(&kept["misread"]), ..Self::default() };
        tally.bad = kept["bad"].as_array().into_iter().flatten().map(number).collect();
        for (kind, _) in Kind::SHARES {
            for outcome in Outcome::ALL {
                let n = number(&kept["counts"][format!("{kind:?}")][outcome.name()]);
                if n > 0 {
                    tally.counts.insert((kind, outcome), n);
                }
            }
        }
        Ok(tally)
    }

    /// Keeps it, in one step.
    pub(crate) fn save(&self, path: &Path, seed: u64) -> std::io::Result<()> {
        let mut counts = json!({});
        for ((kind, outcome), n) in &self.counts {
            counts[format!("{kind:?}")][outcome.name()] = json!(n);
        }
        let all = json!({"seed": seed, "next": self.next, "misread": self.misread, "bad": self.bad, "counts": counts});
        let part = path.with_extension("part");
        std::fs::write(&part, all.to_string())?;
        std::fs::rename(&part, path)
    }

    pub(crate) fn add(&mut self, i: u64, verdict: &Verdict) {
        *self.counts.entry((verdict.kind, verdict.outcome)).or_default() += 1;
        if verdict.misread || verdict.outcome == Outcome::WrongDefinitive {
            self.misread += u64::from(verdict.misread);
            self.bad.push(i);
        }
        self.next = self.next.max(i + 1);
    }

    /// Whether anything happened that must never happen.
    pub(crate) fn failed(&self) -> bool {
        !self.bad.is_empty()
    }

    /// The table, and what it bounds.
    pub(crate) fn table(&self) -> String {
        let mut out = format!("{:<18}{:>8}", "kind", "sheets");
        for outcome in Outcome::ALL {
            let _ = write!(out, "{:>12}", outcome.name());
        }
        let (mut total, mut wrong) = (0u64, 0u64);
        for (kind, _) in Kind::SHARES {
            let n_of = |outcome| self.counts.get(&(kind, outcome)).copied().unwrap_or_default();
            let n: u64 = Outcome::ALL.iter().map(|&outcome| n_of(outcome)).sum();
            let _ = write!(out, "\n{:<18}{n:>8}", format!("{kind:?}"));
            for outcome in Outcome::ALL {
                let _ = write!(out, "{:>12}", n_of(outcome));
            }
            total += n;
            wrong += n_of(Outcome::WrongDefinitive);
        }
        let _ = write!(
            out,
            "\n{total} sheets: {wrong} accepted with a wrong value, {} misread codes",
            self.misread
        );
        if wrong == 0 && total > 0 {
            // Rule of three: Hanley & Lippman-Hand 1983.
            let _ = write!(
                out,
                "; accepted wrongly: at most 1 in {} sheets of this mixture (95 %, 3/n)",
                total / 3
            );
        }
        if !self.bad.is_empty() {
            let _ = write!(out, "\nlook at: {:?}", self.bad);
        }
        out
    }
}
