//! `tallyproof compare`.

use serde_json::json;
use tallyproof_core::rules::field_name;

use super::output::{Format, note, print_json, print_rows};
use super::{Context, Ended, FormatArg, exit};
use crate::pipeline::bundle::{Opened, bundle, bundles};
use crate::pipeline::compare::compare;
use crate::pipeline::election;
use crate::store::Access;
use crate::trouble::BundleTrouble;

/// Compare two tables of numbers cell by cell, or two bundles table by table. Exit status 1 when they differ.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof compare campaign@V1 campaign@V2
  tallyproof compare campaign volunteers --format csv
  tallyproof compare campaign another-copy.csv --format json
  tallyproof compare bundle-of-friday bundle-of-sunday.zip")]
pub(super) struct Compare {
    /// A source, SOURCE@VERSION, or a file; or a bundle.
    a: String,
    /// The other.
    b: String,
    #[command(flatten)]
    format: FormatArg,
}

impl Compare {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let not_one = |none: &str, one: &str| BundleTrouble::NotOne(none.into(), one.into()).into();
        match (bundle(&self.a)?, bundle(&self.b)?) {
            (Some(a), Some(b)) => return self.compare_bundles(&a, &b, context),
            (Some(_), None) => return Err(not_one(&self.b, &self.a)),
            (None, Some(_)) => return Err(not_one(&self.a, &self.b)),
            (None, None) => {}
        }
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let compared = compare(&store, &loaded.pack, &self.a, &self.b)?;
        let found = &compared.comparison;
        let field = |f| field_name(&loaded.pack, f);
        match self.format.format {
            Format::Json => print_json(&json!({
                "a": self.a, "b": self.b, "n_common": found.n_common,
                "refused_a": compared.refused_a, "refused_b": compared.refused_b,
                "only_in_a": found.only_in_a.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "only_in_b": found.only_in_b.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "cells": found.cells.iter().map(|c| json!({
                    "table": c.table.to_string(), "field": field(c.field), "a": c.a.code(), "b": c.b.code(),
                })).collect::<Vec<_>>(),
                "images": found.images.iter().map(|(table, a, b)| json!({
                    "table": table.to_string(), "a": a, "b": b,
                })).collect::<Vec<_>>(),
            })),
            format => {
                let row = |table: String, field: &str, a: &str, b: &str| {
                    vec![table, field.into(), a.into(), b.into()]
                };
                let mut rows: Vec<Vec<String>> = Vec::new();
                rows.extend(found.only_in_a.iter().map(|t| row(t.to_string(), "", "+", "")));
                rows.extend(found.only_in_b.iter().map(|t| row(t.to_string(), "", "", "+")));
                rows.extend(
                    found
                        .cells
                        .iter()
                        .map(|c| row(c.table.to_string(), &field(c.field), &c.a.code(), &c.b.code())),
                );
                if format == Format::Csv {
                    rows.extend(found.images.iter().map(|(t, a, b)| row(t.to_string(), "image", a, b)));
                }
                print_rows(format, &["table", "field", &self.a, &self.b], &rows, &[2, 3]);
            }
        }
        let words = &context.words;
        let n = |n: usize| words.int(n as u64);
        note(&words.tell(
            "compare-counts",
            &[
                ("a", self.a.clone()),
                ("b", self.b.clone()),
                ("common", words.int(found.n_common)),
                ("only-a", n(found.only_in_a.len())),
                ("only-b", n(found.only_in_b.len())),
                ("cells", n(found.cells.len())),
                ("images", n(found.images.len())),
            ],
        ));
        for (name, refused) in [(&self.a, compared.refused_a), (&self.b, compared.refused_b)] {
            if refused > 0 {
                note(&words.tell("compare-refused", &[("name", name.clone()), ("n", words.int(refused))]));
            }
        }
        Ok(exit(!found.is_equal() || compared.refused_a + compared.refused_b > 0))
    }

    fn compare_bundles(&self, a: &Opened, b: &Opened, context: &Context) -> Ended {
        let found = bundles((a, &self.a), (b, &self.b))?;
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        match self.format.format {
            Format::Json => print_json(&json!({
                "a": self.a, "b": self.b, "n_common": found.n_common,
                "added": found.added, "withdrawn": found.withdrawn,
                "changed": found.changed.iter().map(|c| json!({
                    "table": c.table, "field": c.field, "a": c.a, "b": c.b,
                })).collect::<Vec<_>>(),
                "relinked": found.relinked.iter().map(|r| json!({
                    "table": r.table, "a": r.a, "b": r.b,
                })).collect::<Vec<_>>(),
            })),
            format => {
                let row = |table: &String, field: &str, a: String, b: String| {
                    vec![table.clone(), field.to_owned(), a, b]
                };
                let mut rows: Vec<Vec<String>> = Vec::new();
                rows.extend(found.withdrawn.iter().map(|t| row(t, "", "+".into(), String::new())));
                rows.extend(found.added.iter().map(|t| row(t, "", String::new(), "+".into())));
                rows.extend(
                    found.changed.iter().map(|c| row(&c.table, &c.field, optional(&c.a), optional(&c.b))),
                );
                rows.extend(
                    found.relinked.iter().map(|r| row(&r.table, "images", r.a.join(" "), r.b.join(" "))),
                );
                print_rows(format, &["table", "field", &self.a, &self.b], &rows, &[2, 3]);
            }
        }
        let n = |n: usize| context.words.int(n as u64);
        let counts = [
            ("common", context.words.int(found.n_common)),
            ("added", n(found.added.len())),
            ("withdrawn", n(found.withdrawn.len())),
            ("changed", n(found.changed.len())),
            ("relinked", n(found.relinked.len())),
        ];
        note(&context.words.tell("compare-bundles", &counts));
        Ok(exit(!found.is_same()))
    }
}
