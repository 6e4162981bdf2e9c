//! The tabulation as an ElectionReport of NIST SP 1500-100, version 2, JSON.
//!
//! Source: NIST SP 1500-100r2, Election Results Common Data Format. The standard has no status for a count by
//! observers: it is `unofficial-partial`, and issuer and notes say whose. It has no place for estimates, so
//! there is none. Hashes of images and codes of boundaries go into `ExternalIdentifier`.
//!
//! Every counted polling table and every area is a ReportingUnit; those without a counted table have no counts
//! rather than zeros. Null votes are `BallotsRejected`, and ballots are given only where null votes are known.

use std::io::{self, Write};

use serde_json::{Map, Value, json};
use tallyproof_core::pack::{Level, Localized};
use tallyproof_core::reconcile::Sheet;
use tallyproof_core::tabulate::Totals;

use super::json::Stream;
use crate::tables::Published;

/// Who says so, and when: what facts do not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Who issues the report.
    pub issuer: String,
    /// The same, short.
    pub abbreviation: String,
    /// When, RFC 3339 to the second, `2024-08-03T00:00:00Z`: an argument, so that the same facts give the same
    /// bytes.
    pub generated: String,
    /// What a reader must know: that this is no authority's count, and what it rests on.
    pub notes: String,
}

/// Id of the unit that is the whole election.
const COUNTRY: &str = "country";

/// Writes the report. Memory does not grow with the number of tables. Fails when writing fails.
pub fn nist_report<W: Write>(published: &Published<'_>, issue: &Issue, out: W) -> io::Result<W> {
    let mut json = Stream::new(out);
    json.open(None, '{')?;
    for (name, value) in [
        ("@type", json!("ElectionResults.ElectionReport")),
        ("Format", json!("precinct-level")),
        ("Status", json!("unofficial-partial")),
        ("GeneratedDate", json!(issue.generated)),
        ("Issuer", json!(issue.issuer)),
        ("IssuerAbbreviation", json!(issue.abbreviation)),
        ("Notes", json!(issue.notes)),
        ("IsTest", json!(published.pack().synthetic)),
        ("SequenceStart", json!(1)),
        ("SequenceEnd", json!(1)),
        ("VendorApplicationId", json!("tallyproof")),
    ] {
        json.member(name, &value)?;
    }
    json.open(Some("GpUnit"), '[')?;
    units(published, &mut json)?;
    json.close(']')?;
    json.open(Some("Election"), '[')?;
    election(published, &mut json)?;
    json.close(']')?;
    json.close('}')?;
    json.finish()
}

fn area_id(level: &Level, code: &str) -> String {
    format!("area.{}.{code}", level.id)
}

fn table_id(table: &str) -> String {
    format!("table.{table}")
}

fn words(words: &Localized) -> Value {
    let languages = [("en", &words.en), ("es", &words.es)];
    let said = languages.into_iter().filter(|(_, text)| !text.is_empty());
    text(said.map(|(language, text)| (language, text.as_str())))
}

/// A name without a language of its own.
fn name(of: &str) -> Value {
    text(std::iter::once(("und", of)))
}

fn text<'t>(texts: impl Iterator<Item = (&'t str, &'t str)>) -> Value {
    let said = |(language, content): (&str, &str)| json!({"@type": "ElectionResults.LanguageString", "Content": content, "Language": language});
    json!({"@type": "ElectionResults.InternationalizedText", "Text": texts.map(said).collect::<Vec<_>>()})
}

fn identifier(kind: &str, value: &str) -> Value {
    json!({"@type": "ElectionResults.ExternalIdentifier", "Type": "other", "OtherType": kind, "Value": value})
}

/// A count of `seen` tables of so many is complete with all of them.
fn counted(seen: u64, total: Option<u64>) -> Value {
    let status = match total {
        _ if seen == 0 => "not-processed",
        Some(total) if seen >= total => "completed",
        _ => "in-process",
    };
    json!([{"@type": "ElectionResults.CountStatus", "Type": "total", "Status": status}])
}

/// Type of the unit that an area is, and its name where the standard has none.
fn unit_type(level: &Level) -> (&'static str, Option<&str>) {
    match level.id.as_str() {
        "state" => ("state", None),
        "county" => ("county", None),
        "municipality" => ("municipality", None),
        "city" => ("city", None),
        "ward" => ("ward", None),
        other => ("other", Some(other)),
    }
}

fn units<W: Write>(published: &Published<'_>, json: &mut Stream<W>) -> io::Result<()> {
    let (pack, tab) = (published.pack(), &published.tabulation);
    let mut country = unit(COUNTRY, "country", &words(&pack.title));
    country.insert("CountStatus".into(), counted(tab.n_tables_seen(), Some(tab.n_tables_total)));
    country.insert("SubUnitsReported".into(), json!(tab.n_tables_seen()));
    country.insert("TotalSubUnits".into(), json!(tab.n_tables_total));
    if let Some(electors) = published.facts.electors() {
        country.insert("VotersRegistered".into(), json!(electors));
    }
    composed(published, json, &country, None)?;
    for (index, (level, areas)) in pack.levels.iter().zip(&tab.areas).enumerate() {
        for area in areas {
            let (kind, other) = unit_type(level);
            let called = published.facts.area_name(index, &area.code).unwrap_or(&area.code);
            let mut all = unit(&area_id(level, &area.code), kind, &name(called));
            if let Some(other) = other {
                all.insert("OtherType".into(), json!(other));
            }
            all.insert("Number".into(), json!(area.code));
            all.insert("CountStatus".into(), counted(area.totals.n_tables, area.n_tables_total));
            all.insert("SubUnitsReported".into(), json!(area.totals.n_tables));
            if let Some(total) = area.n_tables_total {
                all.insert("TotalSubUnits".into(), json!(total));
            }
            let boundary = pack.areas.get(&(index, area.code.clone())).and_then(|a| a.boundary.as_deref());
            if let Some(boundary) = boundary {
                all.insert("ExternalIdentifier".into(), json!([identifier("boundary-code", boundary)]));
            }
            composed(published, json, &all, Some((index, &area.code)))?;
        }
    }
    for sheet in published.counted() {
        table_unit(json, sheet)?;
    }
    Ok(())
}

fn unit(id: &str, kind: &str, name: &Value) -> Map<String, Value> {
    let all = json!({"@type": "ElectionResults.ReportingUnit", "@id": id, "Type": kind, "Name": name});
    match all {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// By hand, as there are as many as tables: ids of tables, hashes and codes are plain ASCII.
fn table_unit<W: Write>(json: &mut Stream<W>, sheet: &Sheet<'_>) -> io::Result<()> {
    let table = sheet.table.as_str();
    let electors = sheet.electors.map(|n| format!(r#""VotersRegistered":{n},"#)).unwrap_or_default();
    // Links of transcriptions are other people's; originals go by their hash.
    let is_hash = |image: &&str| image.len() == 64 && image.bytes().all(|b| b.is_ascii_hexdigit());
    let mut images: Vec<&str> =
        sheet.witnesses.iter().filter_map(|w| w.reading.image.as_deref()).filter(is_hash).collect();
    images.sort_unstable();
    images.dedup();
    let named = images.into_iter().map(|image| ("image-sha256", image));
    let identifier = |(kind, value)| {
        format!(
            r#"{{"@type":"ElectionResults.ExternalIdentifier","Type":"other","OtherType":"{kind}","Value":"{value}"}}"#
        )
    };
    let identifiers: Vec<String> =
        named.chain([("evidence-class", sheet.class.code())]).map(identifier).collect();
    let identifiers = identifiers.join(",");
    json.raw(format_args!(
        concat!(
            r#"{{"@type":"ElectionResults.ReportingUnit","@id":"table.{table}","Type":"precinct","Number":"{table}","#,
            r#""Name":{{"@type":"ElectionResults.InternationalizedText","Text":[{{"#,
            r#""@type":"ElectionResults.LanguageString","Content":"{table}","Language":"und"}}]}},{electors}"#,
            r#""CountStatus":[{{"@type":"ElectionResults.CountStatus","Type":"total","Status":"completed"}}],"#,
            r#""ExternalIdentifier":[{identifiers}]}}"#
        ),
        table = table,
        electors = electors,
        identifiers = identifiers
    ))
}

/// A unit with the ids of the units right below it: areas of the next level, or tables.
fn composed<W: Write>(
    published: &Published<'_>,
    json: &mut Stream<W>,
    unit: &Map<String, Value>,
    area: Option<(usize, &str)>,
) -> io::Result<()> {
    json.open(None, '{')?;
    for (name, value) in unit {
        json.member(name, value)?;
    }
    let (below, prefix) = area.map_or((0, ""), |(level, code)| (level + 1, code));
    json.open(Some("ComposingGpUnitIds"), '[')?;
    match published.pack().levels.get(below) {
        Some(level) => {
            for area in within(&published.tabulation.areas[below], prefix, |area| &area.code) {
                json.element(&json!(area_id(level, &area.code)))?;
            }
        }
        None => {
            let sheets = within(&published.analysis.sheets, prefix, |sheet| sheet.table.as_str());
            for sheet in sheets.iter().filter(|sheet| sheet.counts(published.pack())) {
                json.element(&json!(table_id(sheet.table.as_str())))?;
            }
        }
    }
    json.close(']')?;
    json.close('}')
}

/// Of a list sorted by code, what begins with a prefix.
fn within<'a, T>(all: &'a [T], prefix: &str, code: impl Fn(&T) -> &str) -> &'a [T] {
    let from = all.partition_point(|one| code(one) < prefix);
    let n = all[from..].partition_point(|one| code(one).starts_with(prefix));
    &all[from..from + n]
}

fn election<W: Write>(published: &Published<'_>, json: &mut Stream<W>) -> io::Result<()> {
    let pack = published.pack();
    json.open(None, '{')?;
    for (name, value) in [
        ("@type", json!("ElectionResults.Election")),
        ("Name", words(&pack.title)),
        // A pack does not say which kind of election it is.
        ("Type", json!("other")),
        ("OtherType", json!("not-stated")),
        ("StartDate", json!(pack.date)),
        ("EndDate", json!(pack.date)),
        ("ElectionScopeId", json!(COUNTRY)),
        ("ExternalIdentifier", json!([identifier("election-pack", &pack.id)])),
    ] {
        json.member(name, &value)?;
    }
    json.open(Some("Candidate"), '[')?;
    for (selection, n) in pack.selections.iter().zip(1..) {
        json.element(&json!({
            "@type": "ElectionResults.Candidate", "@id": format!("candidate-{n}"),
            "BallotName": name(&selection.name),
            "ExternalIdentifier": [identifier("selection", &selection.id)],
        }))?;
    }
    json.close(']')?;
    json.open(Some("BallotCounts"), '[')?;
    ballots(published, json)?;
    json.close(']')?;
    json.open(Some("Contest"), '[')?;
    contest(published, json)?;
    json.close(']')?;
    json.close('}')
}

/// Calls `each` with every unit that has a counted table, and what it counts.
fn areas(published: &Published<'_>, mut each: impl FnMut(&str, &Totals) -> io::Result<()>) -> io::Result<()> {
    let tab = &published.tabulation;
    let some = |totals: &Totals| totals.n_tables > 0;
    if some(&tab.totals) {
        each(COUNTRY, &tab.totals)?;
    }
    for (level, areas) in published.pack().levels.iter().zip(&tab.areas) {
        for area in areas.iter().filter(|area| some(&area.totals)) {
            each(&area_id(level, &area.code), &area.totals)?;
        }
    }
    Ok(())
}

fn ballots<W: Write>(published: &Published<'_>, json: &mut Stream<W>) -> io::Result<()> {
    let mut count = |unit: &str, cast: u64, rejected: u64| {
        json.raw(format_args!(
            r#"{{"@type":"ElectionResults.BallotCounts","GpUnitId":"{unit}","Type":"total","BallotsCast":{cast},"BallotsRejected":{rejected}}}"#
        ))
    };
    let pack = published.pack();
    areas(published, |unit, totals| match totals.cast(pack) {
        Some(cast) => count(unit, cast, totals.null),
        None => Ok(()),
    })?;
    for sheet in published.counted() {
        let values = sheet.values();
        let cast = sheet.votes_cast().filter(|_| pack.gives_not_valid(values));
        if let (Some(cast), Some(null)) = (cast, values.null.votes()) {
            count(&table_id(sheet.table.as_str()), cast, null)?;
        }
    }
    Ok(())
}

fn contest<W: Write>(published: &Published<'_>, json: &mut Stream<W>) -> io::Result<()> {
    let (pack, tab) = (published.pack(), &published.tabulation);
    json.open(None, '{')?;
    for (name, value) in [
        ("@type", json!("ElectionResults.CandidateContest")),
        ("@id", json!("contest-1")),
        ("Name", json!(pack.contest.en)),
        ("BallotTitle", words(&pack.contest)),
        ("ElectionDistrictId", json!(COUNTRY)),
        ("VotesAllowed", json!(1)),
        ("NumberElected", json!(1)),
        ("VoteVariation", json!("plurality")),
        ("CountStatus", counted(tab.n_tables_seen(), Some(tab.n_tables_total))),
        ("SubUnitsReported", json!(tab.n_tables_seen())),
        ("TotalSubUnits", json!(tab.n_tables_total)),
    ] {
        json.member(name, &value)?;
    }
    json.open(Some("ContestSelection"), '[')?;
    for index in 0..pack.selections.len() {
        selection(published, json, index)?;
    }
    json.close(']')?;
    json.close('}')
}

fn selection<W: Write>(published: &Published<'_>, json: &mut Stream<W>, index: usize) -> io::Result<()> {
    let n = index + 1;
    json.open(None, '{')?;
    json.member("@type", &json!("ElectionResults.CandidateSelection"))?;
    json.member("@id", &json!(format!("selection-{n}")))?;
    json.member("SequenceOrder", &json!(n))?;
    json.member("CandidateIds", &json!([format!("candidate-{n}")]))?;
    json.open(Some("VoteCounts"), '[')?;
    // By hand: there are as many as tables times selections. Ids of areas and tables are plain ASCII.
    let mut count = |unit: &str, votes: u64| {
        json.raw(format_args!(
            r#"{{"@type":"ElectionResults.VoteCounts","GpUnitId":"{unit}","Type":"total","Count":{votes}}}"#
        ))
    };
    areas(published, |unit, totals| count(unit, totals.votes.get(index).copied().unwrap_or(0)))?;
    for sheet in published.counted() {
        if let Some(votes) = sheet.values().selections.get(index).and_then(|v| v.votes()) {
            count(&table_id(sheet.table.as_str()), votes)?;
        }
    }
    json.close(']')?;
    json.close('}')
}
