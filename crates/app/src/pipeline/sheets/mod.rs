//! Practice sheets: photographs of made-up sheets for any pack that describes its form, with their truth, so that
//! reading, entry and report can be tried before there is a real sheet.
//!
//! Every sheet carries the renderer's mark, and beside them lies a copy of the pack that is marked as made up: what is
//! made from that copy says so everywhere. The pack itself is not touched.

mod face;
mod marked;
mod tables;
mod truth;

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tallyproof_core::form::{Form, Script};
use tallyproof_core::table::TableId;
use tallyproof_render::{Damage, SheetFace, Style, TotalsAt, Typeface, photograph, print_sheet};

pub use truth::{Truth, draw};

use super::packs::{self, LoadedPack};
use crate::trouble::{Outcome, PackTrouble, Trouble};

/// Folder of the photographs.
const PHOTOS: &str = "photos";

/// File with what every sheet says.
const TRUTH: &str = "truth.csv";

/// What practice sheets are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetsRequest {
    /// Sheets to make; never more than the country has tables.
    pub n_sheets: u32,
    /// Seed of every random choice.
    pub seed: u64,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Photographs.
    pub n_sheets: usize,
    /// Folder of the photographs.
    pub photos: PathBuf,
    /// Copy of the pack, marked as made up.
    pub pack: PathBuf,
    /// What every sheet says.
    pub truth: PathBuf,
    /// A table of numbers for every mapping of the pack: the mapping's id and the file.
    pub tables: Vec<(String, PathBuf)>,
}

/// Makes sheets of `loaded` in the new folder `dir`.
///
/// Fails when the pack describes no form, when a code cannot be written or does not fit on a sheet, and when `dir`
/// holds something.
pub fn make(
    dir: &Path,
    loaded: &LoadedPack,
    request: SheetsRequest,
    progress: &(dyn Fn(u64) + Sync),
) -> Outcome<Made> {
    let pack = &loaded.pack;
    let form = pack.form.as_ref().ok_or_else(|| PackTrouble::NoForm { pack: pack.id.clone() })?;
    if dir.exists() && std::fs::read_dir(dir).map_err(Trouble::io(dir))?.next().is_some() {
        return Err(Trouble::FolderExists(dir.to_owned()));
    }
    let trial = marked::marked(loaded)?;
    let sheets = truth::draw(loaded, request);
    // Whatever no sheet can say is found before a folder is made.
    let faces: Vec<(SheetFace, u64)> = sheets
        .iter()
        .zip(0u64..)
        .map(|(truth, i)| {
            let seed = request.seed.wrapping_mul(1_000_003).wrapping_add(i);
            let face = face::face(loaded, form, truth, seed);
            let face = face.ok_or_else(|| PackTrouble::NoPayload { table: truth.table.to_string() })?;
            Ok::<_, Trouble>((face, seed))
        })
        .collect::<Outcome<_>>()?;
    let print = |truth: &Truth, face: &SheetFace, seed| {
        print_sheet(face, &style(form, seed)).map_err(|_| PackTrouble::CodeTooLong {
            table: truth.table.to_string(),
            n_bytes: face.code.len(),
        })
    };
    if let (Some(truth), Some((face, seed))) = (sheets.first(), faces.first()) {
        print(truth, face, *seed)?;
    }
    let photos = dir.join(PHOTOS);
    std::fs::create_dir_all(&photos).map_err(Trouble::io(&photos))?;
    sheets.par_iter().zip(&faces).try_for_each(|(truth, (face, seed))| {
        let paper = print(truth, face, *seed)?;
        let jpeg = photograph(&paper, &Damage::everyday(*seed), *seed).to_jpeg();
        let path = photos.join(format!("{}.jpg", truth.table));
        std::fs::write(&path, jpeg).map_err(Trouble::io(&path))?;
        progress(1);
        Ok::<(), Trouble>(())
    })?;
    let truth = dir.join(TRUTH);
    std::fs::write(&truth, tables::truth(pack, &sheets)).map_err(Trouble::io(&truth))?;
    let mut tables = Vec::new();
    for mapping in &pack.mappings {
        // A mapping may have the truth's name.
        let name = if mapping.id == "truth" { "truth-mapping" } else { mapping.id.as_str() };
        let path = dir.join(format!("{name}.csv"));
        std::fs::write(&path, tables::by_mapping(loaded, mapping, &sheets)).map_err(Trouble::io(&path))?;
        tables.push((mapping.id.clone(), path));
    }
    // Last: a folder with the pack's copy is whole.
    let copy = dir.join(format!("{}-practice", pack.id));
    packs::write(&copy, &trial)?;
    Ok(Made { n_sheets: sheets.len(), photos, pack: copy, truth, tables })
}

/// A printer drawn from `seed`; where the form says that totals stand: beside the name.
fn style(form: &Form, seed: u64) -> Style {
    let style = Style { totals_at: TotalsAt::Name, ..Style::everyday(seed) };
    match form.script {
        Script::Printed => style,
        // Nobody's hand, but unlike a printer's.
        Script::Handwritten => Style { typeface: Typeface::Plain, slant: 0.18, ..style },
    }
}

/// Name of the area of `level` that a table lies in, as the pack or the register has it; else its code.
fn area_name(loaded: &LoadedPack, table: &TableId, level: usize) -> String {
    let key = (level, loaded.pack.area_of(table, level).to_owned());
    let listed = loaded.register.as_ref().and_then(|register| register.names.get(&key));
    loaded.pack.areas.get(&key).map(|area| &area.name).or(listed).cloned().unwrap_or(key.1)
}
