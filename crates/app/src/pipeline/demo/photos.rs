//! The demonstration's photographs: every surfaced table's sheet, printed and photographed, with the
//! faults in place.

use std::path::Path;

use rayon::prelude::*;
use tallyproof_render::{Damage, Group, Line, SheetFace, Style, photograph, print_sheet};

use super::faults::{FaultKind, Injected, unknown_id};
use super::model::{DemoElection, DemoTable, LISTS, REGIONS};
use crate::trouble::{Outcome, Trouble};

/// Folder of the photographs inside the demo's.
pub(super) const PHOTOS: &str = "photos";

/// A photograph of a sheet, to be made.
#[derive(Clone, Debug)]
pub struct Shot<'d> {
    /// The table whose sheet it shows.
    pub table: &'d DemoTable,
    /// What is done to it.
    pub fault: Option<FaultKind>,
    /// Another table's id, where the fault needs one.
    pub other_id: Option<String>,
    /// Seed of the paper, the light and the damage.
    pub seed: u64,
}

/// One picture to make.
struct Job<'d> {
    file: String,
    shot: Shot<'d>,
}

/// Makes every photograph that is not there yet. Stopping and starting again gives the same files.
pub(super) fn make(
    dir: &Path,
    demo: &DemoElection,
    faults: &[Injected],
    progress: &(dyn Fn() + Sync),
) -> Outcome<()> {
    std::fs::create_dir_all(dir).map_err(Trouble::io(dir))?;
    jobs(demo, faults).par_iter().try_for_each(|job| {
        let path = dir.join(&job.file);
        if !path.exists() {
            let part = dir.join(format!("{}.part", job.file));
            std::fs::write(&part, job.shot.bytes()).map_err(Trouble::io(&part))?;
            std::fs::rename(&part, &path).map_err(Trouble::io(&path))?;
        }
        progress();
        Ok(())
    })
}

/// Number of photographs `make` makes.
pub(super) fn count(demo: &DemoElection, faults: &[Injected]) -> u64 {
    jobs(demo, faults).len() as u64
}

fn jobs<'d>(demo: &'d DemoElection, faults: &[Injected]) -> Vec<Job<'d>> {
    let mut jobs = Vec::new();
    for (i, table) in demo.tables.iter().enumerate().filter(|(_, table)| table.surfaced) {
        let file = format!("{}.jpg", table.id);
        let seed = demo.seed.wrapping_mul(1_000_003).wrapping_add(i as u64 * 2);
        let fault = faults.iter().find(|fault| fault.table == i);
        let own = fault.filter(|fault| fault.file == file).map(|fault| fault.kind);
        let shot = Shot { table, fault: own, other_id: None, seed };
        jobs.push(Job { file: file.clone(), shot });
        if let Some(more) = fault.filter(|fault| fault.file != file) {
            // The same bytes and the same picture need the first photograph's seed.
            let same_picture = matches!(more.kind, FaultKind::SameBytes | FaultKind::PictureUnderTwoTables);
            let seed = if same_picture { seed } else { seed + 1 };
            let shot = Shot { table, fault: Some(more.kind), other_id: more.other_id.clone(), seed };
            jobs.push(Job { file: more.file.clone(), shot });
        }
    }
    jobs
}

impl Shot<'_> {
    /// The bytes of its file.
    pub fn bytes(&self) -> Vec<u8> {
        if self.fault == Some(FaultKind::NotAnImage) {
            return b"SYNTHETIC: a text file with the name of an image.\n".to_vec();
        }
        let face = face(self);
        let mut damage = Damage::everyday(self.seed);
        if self.fault == Some(FaultKind::TornCode) {
            damage.torn_code = 0.6;
        }
        // Every face of the demo fits the largest code; one that did not would be an empty file, and a fault.
        let Ok(paper) = print_sheet(&face, &Style::everyday(self.seed)) else { return Vec::new() };
        if self.fault == Some(FaultKind::PictureUnderTwoTables) {
            // Files that went through a messenger are compressed once more.
            damage.quality = 55;
        }
        let mut jpeg = photograph(&paper, &damage, self.seed).to_jpeg();
        if self.fault == Some(FaultKind::TruncatedFile) {
            jpeg.truncate(300);
        }
        jpeg
    }

    /// What a person reads on the paper: the table's id, and the votes line by line.
    pub fn printed(&self) -> (String, Vec<u32>) {
        let mut lines = self.table.lines.clone();
        match self.fault {
            Some(FaultKind::AlteredPrint) => lines.swap(0, LISTS[0].4.len()),
            Some(FaultKind::MoreVotesThanElectors) => lines[0] += self.table.electors,
            _ => {}
        }
        let is_unknown = self.fault == Some(FaultKind::UnknownTable);
        (if is_unknown { unknown_id(self.table) } else { self.table.id.clone() }, lines)
    }

    /// What the code says: the table's id, and the votes line by line.
    fn coded(&self) -> (String, Vec<u32>) {
        let (printed_id, mut lines) = self.printed();
        match self.fault {
            Some(FaultKind::AlteredCode | FaultKind::AlteredPrint) => lines.swap(0, LISTS[0].4.len()),
            Some(FaultKind::MissingLine) => drop(lines.pop()),
            _ => {}
        }
        // One picture under two tables keeps its printed id; only the code is another.
        let other = self.other_id.clone().filter(|_| self.fault == Some(FaultKind::PictureUnderTwoTables));
        (other.unwrap_or(printed_id), lines)
    }
}

/// What the sheet prints: figures for people, and the payload for machines.
fn face(shot: &Shot) -> SheetFace {
    let table = shot.table;
    let (printed_id, printed) = shot.printed();
    let (id, coded) = shot.coded();
    let lines: Vec<String> = coded.iter().map(u32::to_string).collect();
    let payload = match shot.fault {
        Some(FaultKind::ForeignCode) => "https://example.org/synthetic".to_owned(),
        _ => format!("{id}.1.{:04}!{}!{}!0", 1 + shot.seed % 9_000, lines.join(","), table.null),
    };
    let wrong_sum = u32::from(shot.fault == Some(FaultKind::WrongSum)) * 10;
    let valid: u32 = printed.iter().sum();
    SheetFace {
        title: vec!["ACTA DE ESCRUTINIO".into(), "PRESIDENCIA (SYNTHETIC)".into()],
        hash: digest(&[b"header", payload.as_bytes()].concat()),
        header: vec![
            Line::new("", "REGIÓN", REGIONS[table.region]),
            Line::new("", "DISTRITO", &printed_id[2..4]),
            Line::new("centre", "CENTRO", &printed_id[..6]),
            Line::new("table", "MESA", &printed_id[7..]),
            Line::new("electors", "ELECTORES INSCRITOS", table.electors.to_string()),
        ],
        groups: groups(&printed, wrong_sum),
        totals: vec![
            Line::new("valid", "VOTOS VÁLIDOS", valid.to_string()),
            Line::new("null", "VOTOS NULOS", table.null.to_string()),
        ],
        closing: vec!["01/01/2030  18:40".into()],
        signatures_caption: "FIRMAS (SYNTHETIC)".into(),
        code_caption: String::new(),
        authentication: digest(payload.as_bytes()),
        code: payload.into_bytes(),
    }
}

/// What real sheets print as a hash: here, of nothing but the payload.
fn digest(bytes: &[u8]) -> String {
    tallyproof_core::journal::sha256_hex(bytes).to_ascii_uppercase().chars().take(32).collect()
}

fn groups(printed: &[u32], wrong_sum: u32) -> Vec<Group> {
    let mut rest = printed;
    LISTS
        .iter()
        .enumerate()
        .map(|(i, (id, name, _, _, labels))| {
            let (own, others) = rest.split_at(labels.len().min(rest.len()));
            rest = others;
            let total = own.iter().sum::<u32>() + if i == 0 { wrong_sum } else { 0 };
            let lines = labels.iter().zip(own).enumerate();
            let line = |(n, (label, votes)): (usize, (&&str, &u32))| {
                Line::new(format!("{id}-{n}"), *label, votes.to_string())
            };
            Group { total: Line::new(*id, *name, total.to_string()), lines: lines.map(line).collect() }
        })
        .collect()
}
