//! `datapackage.json`: what every table holds, for `frictionless validate` and for people.
//!
//! Source: Data Package v2 and Table Schema (<https://datapackage.org>). No day but the election's stands in it.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use tallyproof_core::pack::Pack;
use tallyproof_core::tidy;

use super::{BundleTable, Column, Kind};

/// Profiles of Data Package v2.
const PACKAGE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
const RESOURCE: &str = "https://datapackage.org/profiles/2.0/dataresource.json";
const SCHEMA: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// A table as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Which.
    pub table: BundleTable,
    /// Its length, bytes.
    pub n_bytes: u64,
    /// Hex SHA-256 of its bytes.
    pub sha256: String,
}

/// Writes `datapackage.json` for tables that were written. Fails when writing fails.
pub fn datapackage<W: Write>(pack: &Pack, written: &[Resource], mut out: W) -> io::Result<W> {
    let package = json!({
        "$schema": PACKAGE,
        "name": pack.id,
        "title": pack.title.en,
        "version": "1",
        "keywords": ["election", pack.date],
        "resources": written.iter().map(|r| resource(pack, r)).collect::<Vec<_>>(),
    });
    // Maps are sorted, and plain values always serialise.
    let text = serde_json::to_string_pretty(&package)?;
    out.write_all(tidy::json(&text).as_bytes())?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(out)
}

fn resource(pack: &Pack, written: &Resource) -> Value {
    let table = written.table;
    json!({
        "$schema": RESOURCE,
        "name": table.name(),
        "path": table.path(),
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": written.n_bytes,
        "hash": format!("sha256:{}", written.sha256),
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"", "doubleQuote": true},
        "schema": schema(pack, table),
    })
}

fn schema(pack: &Pack, table: BundleTable) -> Value {
    let fields: Vec<Value> = table.columns(pack).iter().map(field).collect();
    let mut schema = json!({"$schema": SCHEMA, "fields": fields, "missingValues": [""]});
    if !table.primary_key().is_empty() {
        schema["primaryKey"] = json!(table.primary_key());
    }
    let keys = table.foreign_keys().iter().map(|key| {
        json!({
            "fields": [key.column],
            "reference": {"resource": key.table, "fields": [key.there]},
        })
    });
    if !table.foreign_keys().is_empty() {
        schema["foreignKeys"] = keys.collect();
    }
    schema
}

fn field(column: &Column) -> Value {
    let spec = &column.spec;
    let mut constraints = Map::new();
    let mut demand = |name: &str, value: Value| constraints.insert(name.to_owned(), value);
    if spec.required {
        demand("required", json!(true));
    }
    if spec.unique {
        demand("unique", json!(true));
    }
    if spec.not_negative {
        demand("minimum", json!(0));
    }
    if let Some(codes) = spec.one_of {
        demand("enum", json!(codes()));
    }
    if let Some(pattern) = spec.pattern {
        demand("pattern", json!(format!("^({pattern})$")));
    }
    let mut field = json!({"name": column.name, "type": spec.kind.code()});
    if let Some(title) = &column.title {
        field["title"] = json!(title);
    }
    if spec.kind == Kind::Flag {
        field["trueValues"] = json!(["1"]);
        field["falseValues"] = json!(["0"]);
    }
    if !constraints.is_empty() {
        field["constraints"] = Value::Object(constraints);
    }
    field
}
