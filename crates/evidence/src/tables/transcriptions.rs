//! `transcriptions.csv`: every version of every source, with the file it came from.

use std::io::{self, Write};

use tallyproof_core::tidy::Table;

use super::{BundleTable, Published, Spec, flag};

pub(super) const SPECS: &[Spec] = &[
    Spec::text("source").required(),
    Spec::text("version").required(),
    Spec::text("supersedes"),
    Spec::flag("newest").required(),
    Spec::text("sha256").required().matching("[0-9a-f]{64}"),
    Spec::integer("adopted").required(),
    Spec::integer("refused").required(),
];

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Transcriptions.header(published.pack()))?;
    for source in &published.facts.sources {
        let newest = &source.newest().label;
        for version in &source.versions {
            table.row([
                source.id.as_str(),
                &version.label,
                &version.supersedes.join(" "),
                &flag(version.label == *newest),
                &version.sha256,
                &version.transcription.readings.len().to_string(),
                &version.transcription.n_refused.to_string(),
            ])?;
        }
    }
    table.finish()
}
