//! `tallyproof demo`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_analysis::results::analyse_with;

use super::output::{Format, count_bar, note, print, print_rows};
use super::read::{JobsArg, RecogniserArg, read_images};
use super::run::open_in_browser;
use super::tabulate::headline;
use super::{Context, Ended};
use crate::pipeline::demo::{Demo, DemoRequest, FaultKind, Verdict, prepare};
use crate::pipeline::{intake, load, packs, publish};
use crate::store::Store;
use crate::words::Words;

/// Run a synthetic election through the whole chain: photographs of sheets with faults in them, intake,
/// reading, rules, tabulation, report. Everything it makes is labelled SYNTHETIC.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof demo
  tallyproof demo my-demo --seed 7 --tables 60 --open
  tallyproof -C my-demo/work readings --faults      look into it afterwards")]
pub(super) struct DemoArgs {
    /// Where to make it; an earlier run with the same seed and size is continued.
    #[arg(value_name = "DIR", default_value = "tallyproof-demo")]
    dir: PathBuf,

    /// Seed of every random choice.
    #[arg(long, default_value_t = 2030)]
    seed: u64,

    /// Polling tables in the country.
    #[arg(long, default_value_t = 360, value_parser = clap::value_parser!(u32).range(12..=9_000))]
    tables: u32,

    /// Open the report in a browser.
    #[arg(long)]
    open: bool,

    #[command(flatten)]
    jobs: JobsArg,
}

impl DemoArgs {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        let (demo, store) = prepare(&self.dir, DemoRequest { seed: self.seed, n_tables: self.tables })?;
        let n_photos = demo.n_photos();
        note(&words.tell(
            "demo-made",
            &[
                ("tables", words.int(u64::from(self.tables))),
                ("photos", words.int(n_photos)),
                ("seed", self.seed.to_string()),
                ("path", self.dir.display().to_string()),
            ],
        ));
        let bar = count_bar(n_photos);
        let made = demo.make_photos(&|| bar.inc(1));
        bar.finish_and_clear();
        made?;
        intake::add(&store, std::slice::from_ref(&demo.photos), "observers", &|_| {})?;
        let loaded = packs::from_dir(&store.pack_dir("synthetic-demo"))?;
        read_images(context, &store, &loaded.pack, &self.jobs, &RecogniserArg::default(), false)?;
        let (facts, audits) = load::everything(&store, loaded)?;
        let analysis = analyse_with(&facts, &audits);
        let path = publish::publish(&store, &facts, &analysis, words)?;
        self.tell_faults(words, &demo, &store, &facts, &analysis)?;
        note(&headline(context, &analysis.results));
        print(&format!("{}\n", path.display()));
        if self.open {
            open_in_browser(&path)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// One row per kind of fault: injected and found.
    fn tell_faults(
        &self,
        words: &Words,
        demo: &Demo,
        store: &Store,
        facts: &tallyproof_core::facts::Facts,
        analysis: &tallyproof_analysis::results::Analysis,
    ) -> Result<(), crate::trouble::Trouble> {
        let judged = demo.judge(store, facts, analysis)?;
        let mut by_kind: BTreeMap<FaultKind, Vec<Verdict>> = BTreeMap::new();
        for (fault, verdict) in &judged {
            by_kind.entry(fault.kind).or_default().push(*verdict);
        }
        let found = judged.iter().filter(|(_, verdict)| *verdict == Verdict::Found).count();
        let args = [("n", words.int(judged.len() as u64)), ("found", words.int(found as u64))];
        note(&words.tell("demo-faults", &args));
        let rows: Vec<Vec<String>> = by_kind
            .iter()
            .map(|(kind, verdicts)| {
                let n_found = verdicts.iter().filter(|v| **v == Verdict::Found).count();
                let worst =
                    verdicts.iter().find(|v| **v != Verdict::Found).copied().unwrap_or(Verdict::Found);
                let name = words.say(&format!("demo-fault-{}", kind.code()));
                vec![
                    name,
                    verdicts.len().to_string(),
                    n_found.to_string(),
                    words.say(&format!("demo-{}", worst.code())),
                ]
            })
            .collect();
        let header: Vec<String> =
            ["fault", "injected", "found", "verdict"].map(|h| words.say(&format!("demo-head-{h}"))).into();
        let header: Vec<&str> = header.iter().map(String::as_str).collect();
        print_rows(Format::Table, &header, &rows, &[1, 2]);
        Ok(())
    }
}
