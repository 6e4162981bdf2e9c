//! `results.geojson`: the user's boundaries with the totals of their areas (RFC 7946).
//!
//! Of the user's properties only the one that joins is kept: what else a file holds is nobody's business here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use geojson::{Feature, FeatureCollection};
use serde_json::{Map, Value, json};
use tallyproof_core::tabulate::AreaTotals;
use tallyproof_core::tidy;
use tallyproof_evidence::tables::Published;

use super::differs;
use crate::site::check_boundaries;
use crate::trouble::{Outcome, Trouble};

/// Digits of a double that are compared: parsing may be off by the last bit.
const SAME_DEGREES: f64 = 1e-9;

/// Writes the boundaries in the order given. Fails when they cannot be used, or writing fails.
pub(super) fn write(published: &Published<'_>, boundaries: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let collection = joined(published, boundaries).map_err(io::Error::other)?;
    let text = serde_json::to_string(&collection)?;
    out.write_all(tidy::json(&text).as_bytes())?;
    out.write_all(b"\n")
}

fn joined(published: &Published<'_>, bytes: &[u8]) -> Result<FeatureCollection, String> {
    let pack = published.pack();
    check_boundaries(bytes, pack).map_err(|fault| fault.to_string())?;
    let join = pack.boundaries.as_ref().ok_or("the pack does not say how boundaries join")?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut collection: FeatureCollection = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    let called = |code: &str| {
        let known = pack.areas.get(&(join.level, code.to_owned())).and_then(|area| area.boundary.clone());
        known.unwrap_or_else(|| code.to_owned())
    };
    let areas = published.tabulation.areas.get(join.level).into_iter().flatten();
    let areas: BTreeMap<String, &AreaTotals> = areas.map(|area| (called(&area.code), area)).collect();
    for feature in &mut collection.features {
        let value = feature.property(&join.property).cloned().unwrap_or_default();
        let name = match &value {
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        let mut properties = Map::new();
        properties.insert(join.property.clone(), value);
        if let Some(area) = areas.get(&name) {
            properties.extend(totals(published, join.level, area));
        }
        *feature = Feature {
            bbox: None,
            geometry: feature.geometry.take(),
            id: None,
            properties: Some(properties),
            foreign_members: None,
        };
    }
    collection.bbox = None;
    collection.foreign_members = None;
    Ok(collection)
}

fn totals(published: &Published<'_>, level: usize, area: &AreaTotals) -> Map<String, Value> {
    let (pack, sums) = (published.pack(), &area.totals);
    let votes: Map<String, Value> =
        pack.selections.iter().zip(&sums.votes).map(|(s, votes)| (s.id.clone(), json!(votes))).collect();
    let all = [
        ("area", json!(area.code)),
        ("level", json!(pack.levels.get(level).map(|level| &level.id))),
        ("name", json!(published.facts.area_name(level, &area.code))),
        ("votes", Value::Object(votes)),
        ("valid", json!(sums.valid())),
        ("null", json!(sums.null)),
        ("tables_seen", json!(sums.n_tables)),
        ("tables_total", json!(area.n_tables_total)),
        ("leading", json!(sums.winner().map(|i| &pack.selections[i].id))),
        ("margin", json!(sums.margin())),
    ];
    let blank = pack.blank_votes.then(|| ("blank", json!(sums.blank)));
    all.into_iter().chain(blank).map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Reads the file back: the same features, properties to the letter, positions to a billionth of a degree.
pub(super) fn read_back(published: &Published<'_>, boundaries: &[u8], path: &Path) -> Outcome<()> {
    let wanted = joined(published, boundaries).map_err(|fault| differs(path, fault))?;
    let file = BufReader::new(File::open(path).map_err(Trouble::io(path))?);
    let found: FeatureCollection = serde_json::from_reader(file).map_err(|error| differs(path, error))?;
    if wanted.features.len() != found.features.len() {
        return Err(differs(path, format!("{} features", found.features.len())));
    }
    for ((wanted, found), number) in wanted.features.iter().zip(&found.features).zip(1..) {
        let shapes = [wanted, found].map(|feature| json!(feature.geometry));
        if wanted.properties != found.properties || !alike(&shapes[0], &shapes[1]) {
            return Err(differs(path, format!("feature {number}")));
        }
    }
    Ok(())
}

/// Whether two shapes are the same but for the last bits of their numbers.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && alike(a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            a.as_f64().zip(b.as_f64()).is_some_and(|(a, b)| (a - b).abs() < SAME_DEGREES)
        }
        _ => a == b,
    }
}
