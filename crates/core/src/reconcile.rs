//! From everything said about a table to where its sheet stands.
//!
//! Sources are never merged silently. Witnesses that agree support each other; witnesses that differ are a
//! conflict, unless the pack's stated policy or the trust tiers of its sources say which one counts. An
//! image from a less trusted source never unseats a table that a more trusted one supports: it becomes a
//! challenge shown beside it, else one altered image per table would erase an election.

use std::collections::HashMap;

use crate::facts::Facts;
use crate::pack::{Pack, SourcesDiffer};
use crate::sheet::{Channel, EvidenceClass, Field, FieldValue, Reading, SheetStatus, SheetValues};
use crate::table::TableId;

/// One account of a sheet, with who gave it and how.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'f> {
    /// How the reading came about.
    pub channel: Channel,
    /// Who gave it.
    pub source: &'f str,
    /// What it says.
    pub reading: &'f Reading,
    trust: u32,
}

/// Two witnesses that read different numbers.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'f> {
    /// The figure.
    pub field: Field,
    /// The leading witness and its value.
    pub a: (Witness<'f>, FieldValue),
    /// The other witness and its value.
    pub b: (Witness<'f>, FieldValue),
    /// Whether the other one was set aside because it is trusted less.
    pub set_aside: bool,
}

/// All that is known of one polling table.
#[derive(Clone, Debug)]
pub struct Sheet<'f> {
    /// The table.
    pub table: &'f TableId,
    /// Who says what, most trusted first.
    pub witnesses: Vec<Witness<'f>>,
    /// Where the sheet stands.
    pub status: SheetStatus,
    /// What stands behind the figures.
    pub class: EvidenceClass,
    /// Figures that witnesses give differently.
    pub differences: Vec<Difference<'f>>,
    /// Registered electors: as this sheet gives them, else as an older version of its sources did, else as
    /// the register does.
    pub electors: Option<u32>,
    leading: usize,
}

impl<'f> Sheet<'f> {
    /// The witness whose figures stand for the sheet.
    pub fn leading(&self) -> Witness<'f> {
        self.witnesses[self.leading]
    }

    /// The figures that stand for the sheet.
    pub fn values(&self) -> &'f SheetValues {
        &self.leading().reading.values
    }

    /// Whether a witness contradicts the leading one and was set aside for being trusted less.
    fn is_set_aside(&self, witness: &Witness) -> bool {
        let same = |d: &Difference| std::ptr::eq(d.b.0.reading, witness.reading);
        self.differences.iter().any(|d| d.set_aside && same(d))
    }

    /// Whether a tabulation with this policy counts the sheet.
    pub fn counts(&self, pack: &Pack) -> bool {
        self.status == SheetStatus::Provisional && pack.policy.admits.contains(&self.class)
    }

    /// Votes on the sheet, valid and null, whatever it gives as their totals: a wrong total must not make
    /// bounds narrower. `None` while votes are missing.
    pub fn votes_cast(&self) -> Option<u64> {
        let values = self.values();
        Some(values.selection_sum()? + values.null.votes().unwrap_or(0))
    }

    /// Ballots on the sheet: as counted there, else valid + null, else the votes alone; `None` while votes
    /// are missing.
    pub fn ballots(&self) -> Option<u64> {
        let values = self.values();
        let summed = values.valid.votes().or_else(|| values.selection_sum());
        values.ballots.votes().or_else(|| Some(summed? + values.null.votes().unwrap_or(0)))
    }
}

/// Brings together all readings of every table. Sheets come sorted by table.
pub fn reconcile(facts: &Facts) -> Vec<Sheet<'_>> {
    let mut witnesses: Vec<Witness> = Vec::new();
    for source in &facts.sources {
        let trust = facts.pack.trust(&source.id);
        let readings = &source.newest().transcription.readings;
        let witness =
            |reading| Witness { channel: Channel::Transcription, source: &source.id, reading, trust };
        witnesses.extend(readings.iter().map(witness));
    }
    for code in &facts.codes {
        let trust = facts.pack.trust(&code.source);
        witnesses.push(Witness {
            channel: Channel::Code,
            source: &code.source,
            reading: &code.reading,
            trust,
        });
    }
    // Stable, and on short keys last: one source's rows are sorted already.
    witnesses.sort_by(|a, b| {
        let key = |w: &Witness<'_>| (w.trust, w.channel == Channel::Code);
        a.reading.table.cmp(&b.reading.table).then_with(|| {
            key(a).cmp(&key(b)).then_with(|| (a.source, &a.reading.image).cmp(&(b.source, &b.reading.image)))
        })
    });
    let mut sheets: Vec<Sheet> = witnesses
        .chunk_by(|a, b| a.reading.table == b.reading.table)
        .map(|group| settle(&facts.pack, group))
        .collect();
    reject_unknown(facts, &mut sheets);
    quarantine_shared_images(&mut sheets);
    learn_electors(facts, &mut sheets);
    sheets
}

/// A sheet of a table that the register does not have is shown, and does not count: it is none of the tables
/// that results are a part of.
fn reject_unknown(facts: &Facts, sheets: &mut [Sheet]) {
    if let Some(register) = &facts.register {
        let unknown = |sheet: &&mut Sheet| !register.tables.contains_key(sheet.table);
        sheets.iter_mut().filter(unknown).for_each(|sheet| sheet.status = SheetStatus::Rejected);
    }
}

/// One picture cannot be the sheet of two tables: neither counts until a person has looked.
fn quarantine_shared_images(sheets: &mut [Sheet]) {
    let mut tables: HashMap<&str, (usize, bool)> = HashMap::with_capacity(sheets.len());
    for (i, sheet) in sheets.iter().enumerate() {
        for image in sheet.witnesses.iter().filter_map(|w| w.reading.image.as_deref()) {
            let entry = tables.entry(image).or_insert((i, false));
            entry.1 |= entry.0 != i;
        }
    }
    if tables.values().all(|(_, shared)| !shared) {
        return;
    }
    let shared = |sheet: &Sheet| {
        let images = sheet.witnesses.iter().filter_map(|w| w.reading.image.as_deref());
        images.into_iter().any(|image| tables.get(image).is_some_and(|(_, shared)| *shared))
    };
    let hit: Vec<usize> = sheets.iter().enumerate().filter(|(_, s)| shared(s)).map(|(i, _)| i).collect();
    for i in hit {
        if sheets[i].status == SheetStatus::Provisional {
            sheets[i].status = SheetStatus::Quarantined;
        }
    }
}

/// Where one table stands, given its witnesses, most trusted first.
fn settle<'f>(pack: &Pack, witnesses: &[Witness<'f>]) -> Sheet<'f> {
    let complete = |w: &Witness| w.reading.values.selection_sum().is_some();
    let leading = witnesses.iter().position(complete);
    let first = witnesses[leading.unwrap_or(0)];
    let mut differences = Vec::new();
    let mut conflict = false;
    for other in witnesses {
        let set_aside = other.trust > first.trust
            && (other.channel == Channel::Code || pack.policy.sources_differ == SourcesDiffer::PreferTrusted);
        for (field, mine, theirs) in first.reading.values.contradictions(&other.reading.values) {
            differences.push(Difference { field, a: (first, mine), b: (*other, theirs), set_aside });
            conflict |= !set_aside;
        }
    }
    let all_images = witnesses.iter().all(|w| w.channel == Channel::Code);
    let status = match (leading, conflict) {
        (_, true) if all_images => SheetStatus::Quarantined,
        (_, true) => SheetStatus::InConflict,
        (None, false) => SheetStatus::NeedsEntry,
        (Some(_), false) => SheetStatus::Provisional,
    };
    Sheet {
        table: &first.reading.table,
        class: class_of(pack, first, witnesses),
        witnesses: witnesses.to_vec(),
        status,
        differences,
        electors: None,
        leading: leading.unwrap_or(0),
    }
}

/// The strongest class the witnesses give. A transcription is never a witness that makes a sheet
/// definitive; two that the pack declares independent and that agree are a class of their own.
fn class_of(pack: &Pack, leading: Witness, witnesses: &[Witness]) -> EvidenceClass {
    let transcriptions = witnesses.iter().filter(|w| w.channel == Channel::Transcription);
    let agree = |w: &&Witness| {
        let (theirs, ours) = (&w.reading.values, &leading.reading.values);
        theirs.same_votes(ours) && ours.contradictions(theirs).is_empty()
    };
    let agreeing: Vec<&Witness> = transcriptions.filter(agree).collect();
    let independent = agreeing
        .iter()
        .enumerate()
        .any(|(i, a)| agreeing[..i].iter().any(|b| pack.independent(a.source, b.source)));
    // A transcription that lacks votes supports nothing: then the figures stand on the code alone.
    if independent {
        EvidenceClass::TwoSources
    } else if leading.channel == Channel::Transcription || !agreeing.is_empty() {
        EvidenceClass::SingleSource
    } else {
        EvidenceClass::CodeOnly
    }
}

/// Fills in electors that the leading witness does not give. A challenge gives none: one altered image
/// with a million electors would otherwise widen or close the bound that counts them.
fn learn_electors(facts: &Facts, sheets: &mut [Sheet]) {
    for sheet in sheets.iter_mut() {
        let heard = sheet.witnesses.iter().filter(|w| !sheet.is_set_aside(w));
        let leading_first = std::iter::once(&sheet.witnesses[sheet.leading]).chain(heard);
        sheet.electors = leading_first.copied().find_map(|w| w.reading.values.electors.count());
    }
    for source in &facts.sources {
        for older in source.older() {
            let mut known = older.transcription.readings.iter().peekable();
            for sheet in sheets.iter_mut() {
                while known.next_if(|r| r.table < *sheet.table).is_some() {}
                let speaks = sheet.witnesses.iter().any(|w| w.source == source.id);
                if sheet.electors.is_none()
                    && speaks
                    && let Some(reading) = known.next_if(|r| r.table == *sheet.table)
                {
                    sheet.electors = reading.values.electors.count();
                }
            }
        }
    }
    if let Some(register) = &facts.register {
        for sheet in sheets.iter_mut() {
            sheet.electors = sheet.electors.or_else(|| register.electors(sheet.table));
        }
    }
}
