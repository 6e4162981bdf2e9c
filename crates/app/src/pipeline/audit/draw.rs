//! Drawing: a public seed, then worksheets and the commands that redo them.

use std::path::PathBuf;

use serde_json::{Value, json};
use tallyproof_analysis::audit::draw::{Outcome as Drawn, is_seed};
use tallyproof_analysis::audit::inspection::Feature;
use tallyproof_analysis::results::{AuditFacts, AuditRecord};
use tallyproof_core::pack::Pack;
use tallyproof_core::people::PersonId;
use tallyproof_core::tidy::Table;
use tallyproof_evidence::audits::MAX_DRAWS;

use super::super::load;
use super::super::packs::LoadedPack;
use super::{redo, signed};
use crate::site::{Worksheet, WorksheetRow, worksheet_html};
use crate::store::Store;
use crate::trouble::{AuditFault, Outcome, Trouble};
use crate::words::Words;

/// What was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnSheets {
    /// The audit, with its draws.
    pub record: AuditRecord,
    /// Whether nothing was drawn that had not been drawn before.
    pub already: bool,
    /// Worksheets to fill in, one for each time sheets were drawn.
    pub worksheets: Vec<PathBuf>,
    /// Folder of the audit.
    pub dir: PathBuf,
}

/// What is to be drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct DrawRequest<'r> {
    /// The seed; that of the first draw where it is left out.
    pub seed: Option<&'r str>,
    /// Sheets in all.
    pub n: Option<u64>,
    /// Who asks at the desk.
    pub by: Option<&'r PersonId>,
}

/// Draws `n` sheets in all with `seed`: by default as many as confirm if every paper matches, or as many as
/// were drawn before. Without a seed, that of the first draw. Worksheets that are there are never written over.
pub fn draw(
    store: &Store,
    loaded: &LoadedPack,
    audits: &AuditFacts,
    record: &AuditRecord,
    request: DrawRequest,
    words: &Words,
) -> Outcome<DrawnSheets> {
    let seed = checked_seed(audits, record, request.seed)?;
    let clean = tallyproof_analysis::audit::status::fewest_draws(&record.frozen, &record.terms);
    let most = record.terms.most_draws.min(MAX_DRAWS);
    let wanted = request.n.unwrap_or_else(|| clean.unwrap_or(most)).max(record.n_wanted);
    if wanted > most {
        return Err(AuditFault::TooManyDraws { name: record.id.clone(), most }.into());
    }
    let already = record.n_wanted >= wanted;
    if !already {
        let body = json!({"audit": record.id, "seed": seed, "n": wanted});
        let (body, private) = signed(body, request.by, None);
        store.append("audit.drawn", body, private)?;
    }
    let record = AuditRecord { seed: Some(seed), n_wanted: wanted, ..record.clone() };
    let dir = store.audit_dir(&record.id);
    let worksheets = write_worksheets(store, loaded, &record, words)?;
    let list = record.frozen.to_bytes();
    store.replace(&dir.join("list.csv"), |out| out.write_all(&list))?;
    let script = redo::script(&record, words);
    store.replace(&dir.join("redo.sh"), |out| out.write_all(script.as_bytes()))?;
    Ok(DrawnSheets { record, already, worksheets, dir })
}

fn checked_seed(audits: &AuditFacts, record: &AuditRecord, seed: Option<&str>) -> Outcome<String> {
    if record.abandoned.is_some() {
        return Err(AuditFault::Abandoned(record.id.clone()).into());
    }
    let given = seed.map(|seed| seed.trim().to_owned());
    let fault = match (given, &record.seed) {
        (None, Some(known)) => return Ok(known.clone()),
        (Some(given), Some(known)) if given == *known => return Ok(given),
        (Some(_), Some(_)) => AuditFault::OtherSeed(record.id.clone()),
        (None, None) => AuditFault::SeedMissing,
        (Some(given), None) if !is_seed(&given) => AuditFault::BadSeed(given),
        (Some(given), None) => {
            if !audits.records.iter().any(|r| r.seed.as_ref() == Some(&given)) {
                return Ok(given);
            }
            AuditFault::SeedKnown(given)
        }
    };
    Err(fault.into())
}

/// One worksheet for each `audit.drawn` event: the sheets that it was the first to draw.
fn write_worksheets(
    store: &Store,
    loaded: &LoadedPack,
    record: &AuditRecord,
    words: &Words,
) -> Outcome<Vec<PathBuf>> {
    let drawn = load::ledger(store)?.audits.into_iter().filter(|e| e.kind == "audit.drawn");
    let own = drawn
        .map(|event| event.body())
        .filter(|e| e.get("audit").and_then(Value::as_str) == Some(&record.id));
    let rounds: Vec<u64> = own.filter_map(|e| e.get("n")?.as_u64()).collect();
    let (sample, script) = (rows(loaded, record), redo::script(record, words));
    let mut paths = Vec::new();
    let mut from = 0;
    for to in rounds {
        let rows: Vec<&WorksheetRow> =
            sample.iter().filter(|r| r.draws.first().is_some_and(|&d| d > from && d <= to)).collect();
        let path = store.audit_dir(&record.id).join(format!("worksheet-{}-{to}.csv", from + 1));
        if !path.exists() {
            let bytes = csv(&loaded.pack, record, &rows).map_err(Trouble::io(&path))?;
            store.replace(&path, |out| out.write_all(&bytes))?;
        }
        let page = Worksheet {
            record,
            pack: &loaded.pack,
            rows: &rows,
            script: &script,
            csv_name: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
        };
        let html = worksheet_html(&page, words).map_err(|e| Trouble::io(&path)(std::io::Error::other(e)))?;
        store.replace(&path.with_extension("html"), |out| out.write_all(html.as_bytes()))?;
        paths.push(path);
        from = to;
    }
    Ok(paths)
}

/// Drawn sheets with what helps to find the paper.
fn rows(loaded: &LoadedPack, record: &AuditRecord) -> Vec<WorksheetRow> {
    let pack = &loaded.pack;
    let draws = record.draws();
    let counters: Vec<u64> =
        draws.iter().filter(|d| matches!(d.outcome, Drawn::Sheet(_))).map(|d| d.counter).collect();
    let row = |(place, draws): (usize, Vec<u64>)| {
        let table = record.frozen.sheets.get(place).map(|s| s.table.clone()).unwrap_or_default();
        let id = pack.pattern.id(&table);
        let area = |(level, l): (usize, &tallyproof_core::pack::Level)| {
            let code = id.as_ref()?.area_code(l.chars).to_owned();
            let register = loaded.register.as_ref().and_then(|r| r.names.get(&(level, code.clone())));
            let named = pack.areas.get(&(level, code.clone())).map(|a| &a.name);
            Some(register.or(named).cloned().unwrap_or(code))
        };
        let first = draws.first().and_then(|&n| counters.get(usize::try_from(n).ok()? - 1));
        WorksheetRow {
            table,
            areas: pack.levels.iter().enumerate().filter_map(area).collect(),
            counter: first.copied().unwrap_or(0),
            draws,
        }
    };
    record.sample().into_iter().map(row).collect()
}

/// The worksheet as a table to fill in; `audit record --from` reads it back. Published figures are not on it:
/// who inspects writes down what the paper says.
fn csv(pack: &Pack, record: &AuditRecord, rows: &[&WorksheetRow]) -> std::io::Result<Vec<u8>> {
    let mut header: Vec<String> = ["draws", "counter", "table"].map(str::to_owned).into();
    header.extend(pack.levels.iter().map(|level| format!("area-{}", level.id)));
    header.extend(["custody", "found"].map(str::to_owned));
    header.extend(record.frozen.selections.iter().cloned());
    header.push("null".into());
    header.extend(Feature::ALL.map(|f| f.code().to_owned()));
    let mut table = Table::new(Vec::new(), &header)?;
    for row in rows {
        let draws: Vec<String> = row.draws.iter().map(u64::to_string).collect();
        let mut cells = vec![draws.join(" "), row.counter.to_string(), row.table.clone()];
        cells.extend(row.areas.iter().cloned());
        cells.push(record.custody.clone());
        cells.resize(header.len(), String::new());
        table.row(&cells)?;
    }
    table.finish()
}
