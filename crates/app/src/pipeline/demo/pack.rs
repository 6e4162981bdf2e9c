//! The demonstration's pack and register, written from the model.

use std::fmt::Write;

use super::geography;
use super::model::{DemoElection, LISTS, REGIONS};

/// Id of the pack.
pub(super) const ID: &str = "synthetic-demo";

/// `election.toml`.
pub(super) fn toml(demo: &DemoElection) -> String {
    let mut out = format!(
        r#"# SYNTHETIC: a made-up election, drawn from seed {seed}.
schema_version = 1

[election]
title = {{ en = "SYNTHETIC election, seed {seed}", es = "Elección SINTÉTICA (SYNTHETIC), semilla {seed}" }}
contest = {{ en = "President (SYNTHETIC)", es = "Presidencia (SYNTHETIC)" }}
date = "2030-01-01"
rule = "plurality"
synthetic = true

[tables]
pattern = "{pattern}"
count = {n}
electors = {electors}
numbered_from = 1
note.en = "Drawn from a model; no such country exists."
note.es = "Extraída de un modelo; ese país no existe."

[[levels]]
id = "region"
chars = 2
count = 12
name = {{ en = "region", es = "región" }}
plural = {{ en = "regions", es = "regiones" }}

[[levels]]
id = "district"
chars = 4
name = {{ en = "district", es = "distrito" }}
plural = {{ en = "districts", es = "distritos" }}

[[levels]]
id = "centre"
chars = 6
listed = false
name = {{ en = "polling centre", es = "centro de votación" }}
plural = {{ en = "polling centres", es = "centros de votación" }}

[boundaries]
level = "region"
property = "{property}"

[register]
file = "register.csv"
encoding = "utf-8"
table = "{{table:9}}"
electors = "electors"
names = {{ region = "region" }}

[payload]
grammar = "{{table}}.{{digits:1}}.{{digits:1-6}}!{{lines:,}}!{{null}}!{{reserved}}"

[form]
script = "printed"
private_below = true
masking_reviewed = {{ who = "demo", when = "2030-01-01" }}
header = [
    {{ label = "REGIÓN" }},
    {{ label = "DISTRITO" }},
    {{ label = "CENTRO", table = 6 }},
    {{ label = "MESA", table = 2 }},
    {{ label = "ELECTORES INSCRITOS", figure = "electors" }},
]
totals = [
    {{ label = "VOTOS VÁLIDOS", figure = "valid" }},
    {{ label = "VOTOS NULOS", figure = "null" }},
]

[rules.S302]
largest = 900
"#,
        seed = demo.seed,
        // Apart from the raw string, which its quote and # would end.
        pattern = "######.##",
        n = demo.tables.len(),
        electors = demo.electors(),
        property = geography::PROPERTY,
    );
    // Writing into a String cannot fail.
    for (i, name) in REGIONS.iter().enumerate() {
        let code = i + 1;
        let _ = write!(
            out,
            "\n[[areas]]\nlevel = \"region\"\ncode = \"{code:02}\"\nname = \"{name}\"\nboundary = \"{}\"\n",
            geography::code(i)
        );
    }
    let mut from = 1;
    for (id, name, short, color, labels) in LISTS {
        let quoted: Vec<String> = labels.iter().map(|label| format!("\"{label}\"")).collect();
        let _ = write!(
            out,
            "\n[[selections]]\nid = \"{id}\"\nname = \"{name}\"\nshort = \"{short}\"\ncolor = \"{color}\"\n\
             \n[[lines]]\nfrom = {from}\nselection = \"{id}\"\nlabels = [{}]\n",
            quoted.join(", ")
        );
        from += labels.len();
    }
    out.push_str(&claim(demo));
    out
}

/// A made-up authority announces the two first lists' votes exchanged, from rounded shares.
fn claim(demo: &DemoElection) -> String {
    let mut votes = [0u64; 4];
    for table in &demo.tables {
        votes.iter_mut().zip(table.votes()).for_each(|(sum, n)| *sum += u64::from(n));
    }
    let null: u64 = demo.tables.iter().map(|t| u64::from(t.null)).sum();
    let valid: u64 = votes.iter().sum();
    format!(
        r#"
[[claims]]
id = "announcement"
who = "SYNTHETIC election authority"
when = "2030-01-02"
source = "Made up: the votes of the two first lists exchanged"
scope = "country"
title = {{ en = "SYNTHETIC announcement", es = "Anuncio SINTÉTICO (SYNTHETIC)" }}
valid = {valid}
null = {null}
voters = {voters}
votes = {{ AF = {af}, BC = {bc}, CM = {cm}, DO = {d} }}
"#,
        voters = valid + null,
        af = votes[1],
        bc = votes[0],
        cm = votes[2],
        d = votes[3],
    )
}

/// `register.csv`: every table with its electors.
pub(super) fn register(demo: &DemoElection) -> String {
    let rows = demo.tables.iter().map(|t| format!("{},{},{}\n", t.id, t.electors, REGIONS[t.region]));
    std::iter::once("table,electors,region\n".to_owned()).chain(rows).collect()
}
