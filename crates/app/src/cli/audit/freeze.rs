//! `tallyproof audit freeze` and `tallyproof audit abandon`.

use std::process::ExitCode;

use tallyproof_analysis::audit::overstatement::Cap;
use tallyproof_analysis::audit::status::Method;
use tallyproof_analysis::results::{Choice, analyse_with};

use super::super::output::{note, print};
use super::super::{Context, Ended};
use super::{percent, percent_or_none};
use crate::pipeline::audit::{self, freeze};
use crate::pipeline::load;

/// Fix the list that is drawn from, its hash and every rule, before anybody can know the seed.
///
/// Writes DIR/audit/NAME/list.csv and announcement.txt. Hand both out before the seed is made: whoever holds
/// them can redo draw and risk.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 audit freeze --missing mean-table --custody campaign \\
      --seed-procedure \"20 throws of a ten-sided die, in public, on 3 May at noon\"
  tallyproof -C ve24 audit freeze --missing every-elector --method alpha --risk 5 --reserve 5 \\
      --custody authority --seed-procedure \"drand mainnet, round 5000000\"

--missing takes a treatment of the missing tables that `audit plan` lists; it has no default, because no risk
means anything without it. A simple sample survives no mismatch: choose alpha where mismatches are expected.")]
pub(in super::super) struct Freeze {
    /// Name of the audit; audit-1, audit-2 … by default.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Treatment of the missing tables: an id that `audit plan` lists, such as mean-table.
    #[arg(long, value_name = "ID")]
    missing: String,

    /// How risk is measured: simple, kaplan-markov or alpha.
    #[arg(long, value_parser = method, default_value = "simple")]
    method: Method,

    /// Risk limit, percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent, default_value = "5")]
    risk: u32,

    /// Risk set aside for another draw, should this one not confirm; percent.
    #[arg(long, value_name = "PERCENT", value_parser = percent_or_none, default_value = "0")]
    reserve: u32,

    /// A table's most votes: electors (where known) or turnout (valid and null votes, taken to be true).
    #[arg(long, value_parser = cap, value_name = "electors|turnout")]
    cap: Option<Cap>,

    /// In whose custody the paper is. It is published: use a pseudonym where a name would expose somebody.
    #[arg(long, value_name = "WHO")]
    custody: String,

    /// How the seed will be made, in public and later: dice, or a named future round of a beacon. It must give
    /// 20 or more digits.
    #[arg(long, value_name = "TEXT")]
    seed_procedure: String,

    /// For alpha: one full mismatch in so many sheets is expected.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    one_mismatch_in: u32,

    /// Most sheets drawn before the audit ends unconfirmed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    most_draws: Option<u64>,
}

fn method(text: &str) -> Result<Method, String> {
    Method::parse(text).ok_or_else(|| Method::ALL.map(Method::code).join(", "))
}

fn cap(text: &str) -> Result<Cap, String> {
    Cap::parse(text).ok_or_else(|| Cap::ALL.map(Cap::code).join(", "))
}

impl Freeze {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded, audits) = super::open(context)?;
        let facts = load::facts(&store, loaded)?;
        let request = freeze::FreezeRequest {
            name: self.name.clone(),
            choice: Choice {
                method: self.method,
                risk_ppm: self.risk,
                treatment: self.missing.clone(),
                cap: self.cap,
                expected_ppm: 1_000_000 - 1_000_000 / self.one_mismatch_in,
                most_draws: self.most_draws,
            },
            reserve_ppm: self.reserve,
            custody: self.custody.clone(),
            seed_procedure: self.seed_procedure.clone(),
            by: None,
        };
        let words = &context.words;
        let analysis = analyse_with(&facts, &audits);
        let frozen = freeze::freeze(&store, &analysis, &audits, &request, words)?;
        let args = [
            ("name", frozen.name.clone()),
            ("sheets", words.int(frozen.proposal.frozen.sheets.len() as u64)),
            ("sha256", frozen.list_sha256),
            ("clean", words.int(frozen.proposal.n_clean)),
            ("path", frozen.dir.join("announcement.txt").display().to_string()),
            ("folder", context.folder.display().to_string()),
        ];
        note(&words.tell(if frozen.already { "audit-frozen-already" } else { "audit-frozen" }, &args));
        // Drawn audits that did not confirm have spent their limits already.
        let spent = audits.records.iter().rfind(|r| r.seed.is_some() && r.id != frozen.name);
        if spent.is_some_and(|last| self.risk + self.reserve > last.reserve_ppm) {
            note(&words.say("audit-beyond-reserve"));
        }
        note(&words.tell("audit-frozen-next", &args));
        print(&format!("{}\n", frozen.dir.join("announcement.txt").display()));
        Ok(ExitCode::SUCCESS)
    }
}

/// Give an audit up. It stays in the journal and in every report, with the reason.
#[derive(clap::Args)]
#[command(after_help = "Example:
  tallyproof -C ve24 audit abandon audit-1 --why \"a newer version of the sheets was published\"")]
pub(in super::super) struct Abandon {
    /// Name of the audit.
    name: String,

    /// Why. It is published.
    #[arg(long, value_name = "TEXT")]
    why: String,
}

impl Abandon {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, _, audits) = super::open(context)?;
        let record = audit::choose(&audits, Some(&self.name))?;
        freeze::abandon(&store, record, &self.why, None)?;
        note(&context.words.tell("audit-given-up", &[("name", self.name.clone())]));
        Ok(ExitCode::SUCCESS)
    }
}
