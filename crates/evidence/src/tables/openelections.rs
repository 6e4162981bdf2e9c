//! `openelections.csv`: votes in the columns of the OpenElections project.
//!
//! Source: OpenElections data-repository specification ("CSV Format"): `county, precinct, office, district,
//! party, candidate, votes`, one result a row. Here a *county* is an area of the widest level, by name where it
//! has one; a *precinct* is a polling table, by its id with its zeros; the *office* is the contest; *district*
//! stays empty, for there is one contest; *party* stays empty, since a candidate's votes may stand on several
//! ballot lines (`sheets-wide.csv` has them). "Registered Voters" and "Ballots Cast" are offices there, and
//! rows here where the figures are known. Only tables that count have rows, and no row is a total.

use std::io::{self, Write};

use tallyproof_core::tidy::Table;

use super::{BundleTable, Published, Spec};

pub(super) const SPECS: &[Spec] = &[
    Spec::text("county"),
    Spec::text("precinct").required(),
    Spec::text("office").required(),
    Spec::text("district"),
    Spec::text("party"),
    Spec::text("candidate"),
    Spec::integer("votes").required(),
];

/// Offices under which OpenElections files figures that are no votes.
const REGISTERED: &str = "Registered Voters";
const BALLOTS: &str = "Ballots Cast";

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let (facts, pack) = (published.facts, published.pack());
    let mut table = Table::new(out, BundleTable::OpenElections.header(pack))?;
    let mut county = ("", "");
    for sheet in published.counted() {
        let code = pack.area_of(sheet.table, 0);
        if county.0 != code {
            county = (code, facts.area_name(0, code).unwrap_or(code));
        }
        let values = sheet.values();
        let ballots = sheet.ballots().filter(|_| pack.gives_ballots(values));
        let mut row = |office: &str, candidate: &str, n: u64| {
            table.row([county.1, sheet.table.as_str(), office, "", "", candidate, &n.to_string()])
        };
        if let Some(electors) = sheet.electors {
            row(REGISTERED, "", u64::from(electors))?;
        }
        if let Some(ballots) = ballots {
            row(BALLOTS, "", ballots)?;
        }
        for (selection, votes) in pack.selections.iter().zip(&values.selections) {
            if let Some(votes) = votes.votes() {
                row(&pack.contest.en, &selection.name, votes)?;
            }
        }
    }
    table.finish()
}
