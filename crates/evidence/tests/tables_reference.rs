//! The reference page names every file and every column of the bundle's tables, with type and demand.

use tallyproof_evidence::tables::{BundleTable, Columns, Spec};

const PAGE: &str = include_str!("../../../docs/reference/bundle-tables.md");

/// The line of a column as the page must have it, up to its meaning.
fn line(spec: &Spec) -> String {
    let need = if spec.required { "always" } else { "where known" };
    format!("| `{}` | {} | {need} | ", spec.columns.written(), spec.kind.code())
}

/// The part of the page below a table's heading.
fn section(table: BundleTable) -> &'static str {
    let heading = format!("## `{}`\n", table.path());
    let (_, rest) = PAGE.split_once(&heading).unwrap_or_else(|| panic!("no heading {heading}"));
    rest.split("\n## ").next().unwrap()
}

#[test]
fn every_column_has_its_line_in_order() {
    for table in BundleTable::ALL {
        let lines: Vec<&str> = section(table).lines().filter(|l| l.starts_with("| `")).collect();
        let wanted: Vec<String> = table.specs().iter().map(line).collect();
        assert_eq!(lines.len(), wanted.len(), "{}: columns on the page", table.path());
        for (found, wanted) in lines.iter().zip(&wanted) {
            assert!(found.starts_with(wanted.as_str()), "{}: {found}\nshould start {wanted}", table.path());
            assert!(found.len() > wanted.len() + 10, "{}: {found} says nothing", table.path());
        }
    }
}

#[test]
fn every_code_stands_on_the_page() {
    for table in BundleTable::ALL {
        for spec in table.specs() {
            let line = section(table).lines().find(|l| l.starts_with(&line(spec))).unwrap();
            for code in spec.one_of.map(|codes| codes()).unwrap_or_default() {
                assert!(line.contains(&format!("`{code}`")), "{}: {line} lacks `{code}`", table.path());
            }
        }
    }
}

#[test]
fn keys_stand_on_the_page() {
    for table in BundleTable::ALL {
        let section = section(table);
        let key = table.primary_key();
        if !key.is_empty() {
            let names: Vec<String> = key.iter().map(|name| format!("`{name}`")).collect();
            assert!(section.contains(&format!("Key: {}.", names.join(", "))), "{}", table.path());
        }
        for foreign in table.foreign_keys() {
            let said = format!("`{}` is one of `{}` in `{}`", foreign.column, foreign.there, foreign.table);
            assert!(section.contains(&said), "{}: {said}", table.path());
        }
    }
    let one = |columns| matches!(columns, Columns::One(_));
    assert!(BundleTable::ALL.iter().any(|t| t.specs().iter().any(|s| !one(s.columns))));
}
