//! `tallyproof status`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::{Value, json};
use tallyproof_core::pack::Pack;
use tallyproof_core::print::Comparison;
use tallyproof_core::review::{Machine, Review, replay};
use tallyproof_core::sheet::Channel;
use tallyproof_core::table::TableId;

use super::output::{Format, note, print_json, print_rows};
use super::prints::Prints;
use super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load};
use crate::store::{Access, Original, Store};
use crate::trouble::Outcome;
use crate::words::Words;

/// Show what the folder holds: election, images, people's work on them, sources and versions, journal.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 status
  tallyproof -C ve24 status --format json")]
pub(super) struct Status {
    #[command(flatten)]
    format: FormatArg,
}

/// What became of the images.
#[derive(Default)]
struct Images {
    n: u64,
    pending: u64,
    /// Images without a code of their own.
    uncoded: u64,
    by_print: BTreeMap<Comparison, u64>,
    /// Images whose code was not read: by source, area of the widest level where the print tells, and cause.
    by_cause: BTreeMap<(String, Option<String>, String), u64>,
}

impl Images {
    fn of(pack: &Pack, originals: &[Original]) -> Self {
        let mut images = Self { n: originals.len() as u64, ..Self::default() };
        for original in originals {
            let Some(body) = &original.reading else {
                images.pending += 1;
                continue;
            };
            let outcome = load::outcome(pack, body);
            if let Some(cause) = body.get("cause").and_then(Value::as_str) {
                let source = original.origins.first().map(|(source, _)| source.clone()).unwrap_or_default();
                let table = outcome.as_ref().ok().map(|seen| &seen.table);
                let widest = |table: &TableId| Some(table.area_code(pack.levels.first()?.chars).to_owned());
                let area = table.and_then(widest);
                *images.by_cause.entry((source, area, cause.to_owned())).or_default() += 1;
            }
            let seen = outcome.ok();
            match &seen {
                Some(seen) if seen.channel != Channel::Print => {
                    let comparison = Prints::new(pack, Some(body), Some(seen)).comparison();
                    *images.by_print.entry(comparison).or_default() += 1;
                }
                _ => images.uncoded += 1,
            }
        }
        images
    }

    /// Where people's work on the images stands: how many are in each stage of review. Empty where nobody has an account.
    fn by_review(store: &Store, pack: &Pack, originals: &[Original]) -> Outcome<BTreeMap<&'static str, u64>> {
        let mut stages = BTreeMap::new();
        if store.accounts()?.is_empty() {
            return Ok(stages);
        }
        let pictures = originals
            .iter()
            .filter(|original| original.reading.as_ref().is_some_and(|body| body.get("document").is_none()));
        let machine = |original: &Original| {
            let seen = load::outcome(pack, original.reading.as_ref()?).ok()?;
            Some(Machine::of(pack, &seen.reading_of(&original.sha256, String::new())))
        };
        let machines: BTreeMap<&str, Machine> = pictures
            .map(|original| (original.sha256.as_str(), machine(original).unwrap_or_default()))
            .collect();
        let reviews = replay(pack, &load::ledger(store)?.desk, |image| machines.get(image));
        let untouched = Review::new();
        for (image, machine) in &machines {
            let review = reviews.by_image.get(*image).unwrap_or(&untouched);
            *stages.entry(review.stage(pack, machine).code()).or_default() += 1;
        }
        Ok(stages)
    }

    fn count(&self, comparison: Comparison) -> u64 {
        self.by_print.get(&comparison).copied().unwrap_or(0)
    }

    fn json(&self) -> Value {
        json!({
            "n": self.n, "pending": self.pending, "without_code": self.uncoded,
            "by_cause": self.by_cause.iter().map(|((source, area, cause), n)| json!({
                "source": source, "area": area, "cause": cause, "n": n,
            })).collect::<Vec<_>>(),
            "by_print": Comparison::ALL.map(|c| (c.code(), self.count(c))).into_iter().collect::<BTreeMap<_, _>>(),
        })
    }

    fn args(&self, words: &Words) -> [(&'static str, String); 6] {
        let unconfirmed = self.count(Comparison::Unconfirmed) + self.count(Comparison::NoPrint);
        [
            ("n", words.int(self.n)),
            ("agrees", words.int(self.count(Comparison::Agrees))),
            ("differs", words.int(self.count(Comparison::Differs))),
            ("unconfirmed", words.int(unconfirmed)),
            ("uncoded", words.int(self.uncoded)),
            ("pending", words.int(self.pending)),
        ]
    }
}

impl Status {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let (imports, n_events) = (store.imports()?, store.n_events()?);
        let words = &context.words;
        let originals = store.originals()?;
        let images = Images::of(&loaded.pack, &originals);
        let stages = Images::by_review(&store, &loaded.pack, &originals)?;
        if self.format.format == Format::Json {
            print_json(&json!({
                "pack": loaded.pack.id,
                "synthetic": loaded.pack.synthetic,
                "n_tables": loaded.register.as_ref().map_or(loaded.pack.n_tables, |r| r.tables.len() as u64),
                "n_events": n_events,
                "images": images.json(),
                "reviews": stages,
                "imports": imports.iter().map(|i| json!({
                    "source": i.source, "version": i.label, "supersedes": i.supersedes, "sha256": i.sha256,
                    "adopted": i.n_adopted, "refused": i.n_refused,
                })).collect::<Vec<_>>(),
            }));
            return Ok(ExitCode::SUCCESS);
        }
        if self.format.format == Format::Table {
            let args = [("pack", loaded.pack.id), ("n", words.int(n_events))];
            note(&words.tell("status-head", &args));
            if images.n > 0 {
                note(&words.tell("status-images", &images.args(words)));
            }
            if !stages.is_empty() {
                let stage = |(code, n): (&&str, &u64)| {
                    format!("{} {}", words.int(*n), words.say(&format!("status-review-{code}")))
                };
                let stages: Vec<String> = stages.iter().map(stage).collect();
                note(&words.tell("status-reviews", &[("stages", stages.join(" · "))]));
            }
            for ((source, area, cause), n) in &images.by_cause {
                let area = area.clone().unwrap_or_else(|| "none".to_owned());
                let cause = words.say(&format!("cause-{cause}"));
                let args =
                    [("n", words.int(*n)), ("source", source.clone()), ("area", area), ("cause", cause)];
                note(&words.tell("status-cause", &args));
            }
        }
        let rows: Vec<Vec<String>> = imports
            .iter()
            .map(|i| {
                let supersedes = i.supersedes.join(" ");
                let counts = [i.n_adopted.to_string(), i.n_refused.to_string()];
                [
                    vec![i.source.clone(), i.label.clone(), supersedes],
                    counts.into(),
                    vec![i.sha256[..12].to_owned()],
                ]
                .concat()
            })
            .collect();
        let header = ["source", "version", "supersedes", "adopted", "refused", "sha256"];
        print_rows(self.format.format, &header, &rows, &[3, 4]);
        Ok(ExitCode::SUCCESS)
    }
}
