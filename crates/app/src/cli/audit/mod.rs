//! `tallyproof audit`: one file per step.

mod draw;
mod freeze;
mod plan;
mod record;
mod status;

use tallyproof_analysis::results::AuditFacts;

use super::{Context, Ended};
use crate::pipeline::packs::LoadedPack;
use crate::pipeline::{audit, election};
use crate::store::{Access, Store};
use crate::trouble::Trouble;

/// Check published sheets against the paper: plan, freeze, draw, record, status.
///
/// An audit draws published sheets at random, somebody finds the paper, and every count is compared. It ties
/// what is published to the paper in somebody's custody, and says nothing of whether that paper is genuine.
/// The steps have a fixed order: what is drawn from is fixed and announced before anybody can know the seed.
#[derive(clap::Subcommand)]
#[command(after_help = "A whole audit:
  tallyproof -C ve24 audit plan
  tallyproof -C ve24 audit freeze --missing mean-table --risk 5 --custody campaign \\
      --seed-procedure \"20 throws of a ten-sided die, in public, on 3 May at noon\"
  (hand out audit/audit-1/announcement.txt; then throw the dice)
  tallyproof -C ve24 audit draw --seed 31415926535897932384
  (find the papers, fill in audit/audit-1/worksheet-1-53.csv)
  tallyproof -C ve24 audit record --from audit/audit-1/worksheet-1-53.csv
  tallyproof -C ve24 audit status
  tallyproof -C ve24 report

docs/audit.md explains every step, and how a stranger redoes the draw with sha256sum.")]
pub(super) enum Audit {
    Plan(plan::Plan),
    Freeze(freeze::Freeze),
    Draw(draw::Draw),
    Record(Box<record::Record>),
    Status(status::Status),
    Abandon(freeze::Abandon),
}

impl Audit {
    pub(super) fn run(&self, context: &Context) -> Ended {
        match self {
            Audit::Plan(verb) => verb.run(context),
            Audit::Freeze(verb) => verb.run(context),
            Audit::Draw(verb) => verb.run(context),
            Audit::Record(verb) => verb.run(context),
            Audit::Status(verb) => verb.run(context),
            Audit::Abandon(verb) => verb.run(context),
        }
    }
}

/// Opens the folder for a step.
fn open(context: &Context) -> Result<(Store, LoadedPack, AuditFacts), Trouble> {
    let (store, loaded) = election::open(&context.folder, Access::Write)?;
    let audits = audit::facts(&store, &loaded.pack)?;
    Ok((store, loaded, audits))
}

/// A risk limit in percent, as parts per million.
fn percent(text: &str) -> Result<u32, String> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let wrong = || "a percentage from 0.0001 to 50, such as 5 or 0.5".to_owned();
    if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 4 {
        return Err(wrong());
    }
    let ppm: u32 = format!("{whole}{decimals:0<4}").parse().map_err(|_| wrong())?;
    (1..=500_000).contains(&ppm).then_some(ppm).ok_or_else(wrong)
}

/// A risk that may be none at all.
fn percent_or_none(text: &str) -> Result<u32, String> {
    if text.trim() == "0" { Ok(0) } else { percent(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risk_limits_are_exact() {
        let parsed = ["5", "0.5", "1.25%", "50", "0.0001"].map(percent);
        assert_eq!(parsed, [50_000, 5_000, 12_500, 500_000, 1].map(Ok));
        for wrong in ["", "0", "51", "-1", "5,0", ".5", "1e1", "0.00001", "NaN", "99999999999"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
        assert_eq!(percent_or_none("0"), Ok(0));
    }
}
