//! The pack of the invented election whose sheets are planted.

use std::fmt::Write;

use tallyproof_render::practice::PARTIES;

/// `election.toml`.
pub(crate) fn toml() -> String {
    let mut out = String::from(
        r#"schema_version = 1

[election]
title = { en = "Practice (SYNTHETIC)", es = "Práctica (SYNTHETIC)" }
contest = { en = "President (SYNTHETIC)", es = "Presidencia (SYNTHETIC)" }
date = "2031-02-28"
rule = "plurality"
synthetic = true

[tables]
pattern = "PATTERN"
count = 100000
electors = 50000000
note = { en = "None such.", es = "No existe." }

[[levels]]
id = "state"
chars = 2
name = { en = "state", es = "estado" }
plural = { en = "states", es = "estados" }

[payload]
grammar = "{table}.{digits:1}.{digits:1-6}!{lines:,}!{null}!{reserved}"

[form]
script = "printed"
header = [
    { label = "ESTADO" },
    { label = "MUNICIPIO" },
    { label = "PARROQUIA" },
    { label = "CENTRO", table = 9 },
    { label = "NOMBRE" },
    { label = "MESA", table = 2 },
    { label = "ELECTORES" },
]
totals = [
    { label = "TOTAL VOTOS VÁLIDOS", figure = "valid" },
    { label = "TOTAL VOTOS NULOS", figure = "null" },
    { label = "TOTAL VOTOS ESCRUTADOS", figure = "ballots" },
]
"#,
    );
    // Apart from the raw string, which its quote and # would end.
    out = out.replace("PATTERN", "#########.##");
    let mut from = 1;
    for (i, parties) in PARTIES.iter().enumerate() {
        let labels: Vec<String> = parties.iter().map(|label| format!("\"{label}\"")).collect();
        // Writing into a String cannot fail.
        let _ = write!(
            out,
            "\n[[selections]]\nid = \"S{i}\"\nname = \"PERSON NUMBER {i}\"\nshort = \"P{i}\"\ncolor = \"#1f6fb4\"\n\
             \n[[lines]]\nfrom = {from}\nselection = \"S{i}\"\nlabels = [{}]\n",
            labels.join(", ")
        );
        from += parties.len();
    }
    out
}
