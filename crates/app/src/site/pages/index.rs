//! The search index: scripts of ours that a page opened from a folder can load, where it could fetch nothing.
//!
//! `search/index.js` names areas and chunks; `search/<n>.js` hold centres with their tables, in order of their
//! codes, so that a number needs one chunk and only words need all. Both languages share them.

use serde_json::{Value, json};
use tallyproof_core::tidy::plain;

use super::country::Country;
use super::{Sink, SiteError, SiteFacts, address};

/// Tables of one chunk, about 40 kB.
const CHUNK_TABLES: usize = 1_500;

/// A centre, or the tables of one page where centres are no level.
struct Place {
    code: String,
    n_tables: usize,
    row: Value,
}

pub(super) fn write(site: &SiteFacts, country: &Country, put: &mut Sink) -> Result<(), SiteError> {
    let mut chunks: Vec<Value> = Vec::new();
    let mut chunk: Vec<Place> = Vec::new();
    let all = places(site, country);
    let mut all = all.into_iter().peekable();
    while let Some(place) = all.next() {
        chunk.push(place);
        let n: usize = chunk.iter().map(|place| place.n_tables).sum();
        if n >= CHUNK_TABLES || all.peek().is_none() {
            let ends = [chunk.first(), chunk.last()].map(|place| place.map(|p| p.code.clone()));
            let rows: Vec<Value> = chunk.drain(..).map(|place| place.row).collect();
            put(
                &format!("search/{}.js", chunks.len()),
                script("chunk", &json!([chunks.len(), rows])).as_bytes(),
            )?;
            chunks.push(json!(ends));
        }
    }
    let index = json!({ "levels": levels(site, country), "areas": areas(site, country), "chunks": chunks });
    put("search/index.js", script("index", &index).as_bytes())?;
    Ok(())
}

/// A call of the page's script. JSON is JavaScript (ECMA-262, 2019), and these are files of their own, so no
/// markup can end them.
fn script(name: &str, value: &Value) -> String {
    format!("tallyproof.{name}({value});\n")
}

/// Length of an area's code, level by level.
fn levels(site: &SiteFacts, country: &Country) -> Vec<usize> {
    let listed = country.levels.iter().filter_map(|level| level.level);
    listed.map(|level| site.facts.pack.levels[level].chars).collect()
}

fn name(site: &SiteFacts, level: usize, code: &str) -> String {
    site.facts.area_name(level, code).map(|name| plain(name).into_owned()).unwrap_or_default()
}

/// Level (index into `levels`), code, name, page.
fn areas(site: &SiteFacts, country: &Country) -> Vec<Value> {
    let mut rows = Vec::new();
    for (at, level) in country.levels.iter().enumerate() {
        let Some(index) = level.level else { continue };
        rows.extend(level.areas.iter().map(|area| {
            json!([at, area.code, name(site, index, &area.code), address::area(Some(index), &area.code, 0)])
        }));
    }
    rows
}

/// Code, name, page, and what follows the code in the id of each table with `y` where it counts, `n` where it does
/// not and `-` where there is no sheet.
fn places(site: &SiteFacts, country: &Country) -> Vec<Place> {
    let pack = &site.facts.pack;
    let section = country.section.filter(|&s| s < pack.levels.len());
    let chars = section.map(|section| pack.levels[section].chars);
    let leaves = country.leaves();
    let mut places = Vec::new();
    for area in &leaves.areas {
        for (part, range) in area.parts.iter().enumerate() {
            for group in country.sections(range, chars) {
                let tables = &country.entries[group];
                let Some(first) = tables.first() else { continue };
                let code = chars.map_or(area.code.as_str(), |chars| first.table.area_code(chars));
                let marked: Vec<String> = tables
                    .iter()
                    .map(|entry| {
                        let mark = match entry.sheet {
                            Some(sheet) if sheet.counts(pack) => 'y',
                            Some(_) => 'n',
                            None => '-',
                        };
                        format!("{}{mark}", entry.table.as_str().get(code.len()..).unwrap_or_default())
                    })
                    .collect();
                let name = section.map(|section| name(site, section, code)).unwrap_or_default();
                let page = address::area(leaves.level, &area.code, part);
                let row = json!([code, name, page, marked.join(" ")]);
                places.push(Place { code: code.to_owned(), n_tables: tables.len(), row });
            }
        }
    }
    places
}
