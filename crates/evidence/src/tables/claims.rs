//! `claims.csv`: every test of every claim; a claim that nothing here can test has one row, number 0.

use std::io::{self, Write};

use tallyproof_analysis::claims::{ClaimTest, Verdict};
use tallyproof_core::tidy::Table;

use super::{BundleTable, Published, Spec, flag};

pub(super) const SPECS: &[Spec] = &[
    Spec::text("claim").required(),
    Spec::integer("number").required(),
    Spec::text("who").required(),
    Spec::date("when").required(),
    Spec::text("verdict").required().one_of(verdicts),
    Spec::text("test"),
    Spec::text("about"),
    Spec::flag("passed"),
    Spec::text("formula"),
    Spec::text("inputs"),
];

fn verdicts() -> Vec<&'static str> {
    use Verdict::{Consistent, Contradicted, NotDerivable, NotTestable};
    [Contradicted, NotDerivable, Consistent, NotTestable].map(Verdict::code).to_vec()
}

pub(super) fn write<W: Write>(published: &Published<'_>, out: W) -> io::Result<W> {
    let mut table = Table::new(out, BundleTable::Claims.header(published.pack()))?;
    for tested in &published.analysis.claims {
        let claim = tested.claim;
        let common = [claim.who.as_str(), &claim.when, tested.verdict.code()];
        let start = |number: usize| {
            let [who, when, verdict] = common.map(str::to_owned);
            vec![claim.id.clone(), number.to_string(), who, when, verdict]
        };
        if tested.tests.is_empty() {
            let mut cells = start(0);
            cells.resize(SPECS.len(), String::new());
            table.row(&cells)?;
        }
        for (test, number) in tested.tests.iter().zip(1..) {
            let mut cells = start(number);
            cells.extend([test.id.to_owned(), test.about.clone(), flag(test.passed)]);
            cells.extend([test.formula.to_owned(), inputs(test)]);
            table.row(&cells)?;
        }
    }
    table.finish()
}

fn inputs(test: &ClaimTest) -> String {
    let pairs: Vec<String> = test.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("; ")
}
