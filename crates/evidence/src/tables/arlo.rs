//! Arlo's two files of a batch comparison audit: a polling table is a batch.
//!
//! Source: Arlo (VotingWorks), `server/api/ballot_manifest.py` and `batch_tallies.py`: the manifest has `Batch
//! Name` and `Number of Ballots`; the totals have `Batch Name` and one column per choice, called as the choice is
//! in Arlo. Arlo refuses totals that are more than a batch's ballots, and batches that only one file has.

use std::io::{self, Write};

use tallyproof_core::tidy::Table;

use super::{BundleTable, Columns, Published, Spec};

pub(super) const BATCH_NAME: &str = "Batch Name";

pub(super) const MANIFEST: &[Spec] =
    &[Spec::text(BATCH_NAME).required().unique(), Spec::integer("Number of Ballots").required()];

pub(super) const BATCH_TOTALS: &[Spec] =
    &[Spec::text(BATCH_NAME).required().unique(), Spec::integers(Columns::SelectionNames).required()];

pub(super) fn write_manifest<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::ArloManifest.header(published.pack()))?;
    for sheet in published.counted() {
        // A sheet whose own count of ballots is short of its votes keeps room for the votes.
        let ballots = sheet.ballots().max(sheet.votes_cast()).unwrap_or(0);
        table.row([sheet.table.as_str(), &ballots.to_string()])?;
    }
    table.finish()
}

pub(super) fn write_batch_totals<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::ArloBatchTotals.header(published.pack()))?;
    for sheet in published.counted() {
        // A sheet that counts has every selection's votes.
        let votes = sheet.values().selections.iter().map(|v| v.votes().unwrap_or(0).to_string());
        table.row(std::iter::once(sheet.table.to_string()).chain(votes))?;
    }
    table.finish()
}
