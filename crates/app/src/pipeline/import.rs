//! Importing somebody else's table of numbers.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::json;
use tallyproof_core::facts::{NewestUnclear, newest_of};
use tallyproof_core::pack::{Delimiter, Encoding, Mapping, Pack};
use tallyproof_core::transcription::{Transcription, fitting_mappings};

use super::election::whoabouts;
use super::packs::read_limited;
use crate::store::{Import, Kept, Store};
use crate::trouble::{Outcome, PackTrouble, Trouble};

/// Bytes looked at to choose a mapping.
const HEADER_BYTES: u64 = 1 << 16;

/// Longest mapping file, bytes.
const MAX_MAPPING_BYTES: u64 = 1 << 20;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct ImportRequest {
    /// The file.
    pub file: PathBuf,
    /// Who published it.
    pub source: String,
    /// Which version of theirs it is.
    pub label: String,
    /// Versions it supersedes.
    pub supersedes: Vec<String>,
    /// A newer version, imported before, that supersedes it.
    pub superseded_by: Option<String>,
    /// Name of a mapping of the pack, or a mapping file.
    pub mapping: Option<String>,
    /// Encoding, where it is not the mapping's.
    pub encoding: Option<Encoding>,
    /// What separates its cells, where that is not the mapping's.
    pub delimiter: Option<Delimiter>,
    /// Record the import although rows were refused.
    pub allow_refused: bool,
}

/// What became of it.
#[derive(Debug)]
pub enum Imported {
    /// Recorded: the rows count.
    Recorded(Transcription, Mapping),
    /// Rows were refused and nothing was recorded.
    Refused(Transcription, Mapping),
    /// This very file is already in the journal under this label.
    Already(Import),
}

/// Imports a file: all of it becomes one event, or nothing does.
pub fn import(
    store: &Store,
    pack: &Pack,
    request: &ImportRequest,
    watch: impl FnOnce(File) -> Box<dyn Read>,
) -> Outcome<Imported> {
    check_id(&request.source)?;
    check_label(&request.label)?;
    // Kept first, and read from there: a pipe gives its bytes once.
    let kept = store.keep_source(&request.file)?;
    let imported = adopt(store, pack, request, &kept, watch);
    if !matches!(imported, Ok(Imported::Recorded(..))) {
        forget_unused(store, &kept)?;
    }
    imported
}

fn adopt(
    store: &Store,
    pack: &Pack,
    request: &ImportRequest,
    kept: &Kept,
    watch: impl FnOnce(File) -> Box<dyn Read>,
) -> Outcome<Imported> {
    let mut mapping = match request.delimiter {
        Some(delimiter) => choose_mapping(&delimited(pack, delimiter), request, &kept.path)?,
        None => choose_mapping(pack, request, &kept.path)?,
    };
    if let Some(encoding) = request.encoding {
        mapping.encoding = encoding;
    }
    let imports = store.imports()?;
    if let Some(existing) = imports.iter().find(|i| i.source == request.source && i.label == request.label) {
        return if existing.sha256 == kept.sha256 {
            Ok(Imported::Already(existing.clone()))
        } else {
            Err(Trouble::LabelTaken { source_id: request.source.clone(), label: request.label.clone() })
        };
    }
    check_newest(&imports, request)?;
    record(store, pack, request, mapping, kept, watch)
}

/// The pack as it would be if the cells of every table were separated so.
fn delimited(pack: &Pack, delimiter: Delimiter) -> Pack {
    let mut pack = pack.clone();
    pack.mappings.iter_mut().for_each(|mapping| mapping.delimiter = delimiter);
    pack
}

fn record(
    store: &Store,
    pack: &Pack,
    request: &ImportRequest,
    mapping: Mapping,
    kept: &Kept,
    watch: impl FnOnce(File) -> Box<dyn Read>,
) -> Outcome<Imported> {
    let file = File::open(&kept.path).map_err(Trouble::io(&kept.path))?;
    let read = Transcription::parse(watch(file), &mapping, pack);
    let transcription = read.map_err(|error| Trouble::Csv { file: request.file.clone(), error })?;
    if transcription.n_refused > 0 && !request.allow_refused {
        return Ok(Imported::Refused(transcription, mapping));
    }
    let body = json!({
        "source": request.source,
        "version": request.label,
        "supersedes": request.supersedes,
        "superseded_by": request.superseded_by,
        "sha256": kept.sha256,
        "bytes": kept.n_bytes,
        "mapping": serde_json::to_value(&mapping).expect("a mapping is plain text"),
        "adopted": transcription.readings.len(),
        "refused": transcription.n_refused,
    });
    store.append("source.imported", body, whoabouts(Some(&request.file)))?;
    Ok(Imported::Recorded(transcription, mapping))
}

/// The mapping asked for, else the pack's that fits the header of the bytes at `kept`.
fn choose_mapping(pack: &Pack, request: &ImportRequest, kept: &Path) -> Outcome<Mapping> {
    let known = || pack.mappings.iter().map(|m| m.id.clone()).collect();
    match &request.mapping {
        None => fit(pack, kept, &request.file),
        Some(name) => {
            if let Some(mapping) = pack.mappings.iter().find(|m| m.id == *name) {
                return Ok(mapping.clone());
            }
            let path = Path::new(name);
            let bytes = read_limited(path, MAX_MAPPING_BYTES)?
                .ok_or_else(|| Trouble::UnknownMapping { name: name.clone(), known: known() })?;
            let mut mapping = Mapping::parse(pack, &String::from_utf8_lossy(&bytes))
                .map_err(|faults| Trouble::BadPack { file: path.to_owned(), faults })?;
            mapping.delimiter = request.delimiter.unwrap_or(mapping.delimiter);
            Ok(mapping)
        }
    }
}

/// The pack's mapping that fits the header of the bytes at `place`; the user calls the file `path`.
pub fn fit(pack: &Pack, place: &Path, path: &Path) -> Outcome<Mapping> {
    use tallyproof_core::transcription::csv_rows::{Columns, CsvError, rows_delimited};
    if pack.mappings.is_empty() {
        return Err(PackTrouble::NoMappings(path.to_owned()).into());
    }
    let mut header = Vec::new();
    let file = File::open(place).map_err(Trouble::io(path))?;
    file.take(HEADER_BYTES).read_to_end(&mut header).map_err(Trouble::io(path))?;
    match fitting_mappings(pack, &header).as_slice() {
        [] => {}
        [mapping] => return Ok((*mapping).clone()),
        several => {
            let known = several.iter().map(|mapping| mapping.id.clone()).collect();
            return Err(PackTrouble::SeveralMappings { file: path.to_owned(), known }.into());
        }
    }
    // Say what is wrong with the file itself before saying that no mapping fits; with a single mapping,
    // or one that all but fits, which column it misses. Each mapping has a separator of its own.
    let trouble = |error| Trouble::Csv { file: path.to_owned(), error };
    for found in Delimiter::ALL {
        if let Some(mapping) = fitting_mappings(&delimited(pack, found), &header).first() {
            let (file, mapping) = (path.to_owned(), mapping.id.clone());
            return Err(Trouble::OtherDelimiter { file, mapping, found });
        }
    }
    let mut nearest: Option<(&Mapping, Columns)> = None;
    // The largest share of columns; of none at all, the mapping that says most of what a table holds.
    let missing = |(m, columns): &(&Mapping, Columns)| {
        m.columns().into_iter().filter(|name| !columns.has(name)).count()
    };
    let lacks = |candidate: &(&Mapping, Columns)| {
        let n_columns = candidate.0.columns().len();
        (missing(candidate) * 100 / n_columns.max(1), std::cmp::Reverse(n_columns))
    };
    for mapping in &pack.mappings {
        let mut opened =
            rows_delimited(header.as_slice(), Encoding::Latin1, mapping.delimiter).map_err(trouble)?;
        let candidate = (mapping, Columns::new(&mut opened).map_err(trouble)?);
        if nearest.as_ref().is_none_or(|best| lacks(&candidate) < lacks(best)) {
            nearest = Some(candidate);
        }
    }
    let Some(nearest) = nearest else {
        return Err(trouble(CsvError::MissingColumn { name: "--map".into(), found: Vec::new() }));
    };
    let (mapping, columns) = &nearest;
    if missing(&nearest) * 2 < mapping.columns().len()
        && let Some(error) = mapping.columns().into_iter().find_map(|name| columns.index(name).err())
    {
        return Err(trouble(error));
    }
    let names = |all: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        all.map(|name| name.chars().take(60).collect()).collect()
    };
    let lacking = names(&mut mapping.columns().into_iter().filter(|name| !columns.has(name)));
    Err(Trouble::NoMapping {
        file: path.to_owned(),
        found: names(&mut columns.names().take(60)),
        nearest: (mapping.id.clone(), lacking),
    })
}

/// Which version is newest must be declared at import, while the user knows it.
fn check_newest(imports: &[Import], request: &ImportRequest) -> Outcome<()> {
    let mut versions: Vec<(&str, Vec<String>)> = imports
        .iter()
        .filter(|i| i.source == request.source)
        .map(|i| (i.label.as_str(), i.supersedes.clone()))
        .collect();
    if let Some(newer) = &request.superseded_by {
        let entry = versions.iter_mut().find(|(label, _)| label == newer);
        let (_, older) = entry.ok_or_else(|| Trouble::UnknownSource {
            name: format!("{}@{newer}", request.source),
            known: imports.iter().map(|i| format!("{}@{}", i.source, i.label)).collect(),
        })?;
        older.push(request.label.clone());
    }
    let known = |label: &String| versions.iter().any(|(other, _)| other == label);
    if let Some(unknown) = request.supersedes.iter().find(|label| !known(label)) {
        return Err(Trouble::UnknownSource {
            name: format!("{}@{unknown}", request.source),
            known: imports.iter().map(|i| format!("{}@{}", i.source, i.label)).collect(),
        });
    }
    versions.push((&request.label, request.supersedes.clone()));
    let labels: Vec<(&str, &[String])> =
        versions.iter().map(|(label, older)| (*label, older.as_slice())).collect();
    if newest_of(&labels).is_some() {
        return Ok(());
    }
    let unclear = NewestUnclear(versions.iter().map(|(label, _)| (*label).to_owned()).collect());
    Err(Trouble::NewestUnclear { source_id: request.source.clone(), unclear })
}

/// Removes the copy of a file that no event speaks of: not an import's, a pack's or boundaries'.
fn forget_unused(store: &Store, kept: &Kept) -> Outcome<()> {
    if store.speaks_of(&kept.sha256)? {
        return Ok(());
    }
    std::fs::remove_file(&kept.path).map_err(Trouble::io(&kept.path))
}

/// Whether an id may name a source or a version: letters, digits, - and _.
pub fn check_id(id: &str) -> Outcome<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let good = id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.len() <= 64 && id.chars().all(plain);
    if good { Ok(()) } else { Err(Trouble::BadId(id.to_owned())) }
}

fn check_label(label: &str) -> Outcome<()> {
    check_id(&label.replace('.', "-")).map_err(|_| Trouble::BadId(label.to_owned()))
}
