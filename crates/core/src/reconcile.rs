//! From everything said about a table to where its sheet stands.
//!
//! Sources are never merged silently. Witnesses that agree support each other; witnesses that differ are a
//! conflict, unless the pack's stated policy or the trust tiers of its sources say which one counts. An
//! image from a less trusted source never unseats a table that a more trusted one supports: it becomes a
//! challenge shown beside it, else one altered image per table would erase an election.

mod clearance;

use std::collections::HashMap;

use crate::facts::{Facts, Standing};
use crate::form::Figure;
use crate::pack::{Pack, SourcesDiffer};
use crate::print::{Agreement, Misprint, Print};
use crate::sheet::{Channel, EvidenceClass, Field, FieldValue, Reading, SheetStatus, SheetValues};
use crate::table::TableId;
use clearance::Clearance;

/// One account of a sheet, with who gave it and how.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'f> {
    /// How the reading came about.
    pub channel: Channel,
    /// Who gave it.
    pub source: &'f str,
    /// What it says.
    pub reading: &'f Reading,
    /// The printed figures of the same image, where they were looked for.
    pub print: Option<&'f Print>,
    /// Code and print of this one image agree on every figure.
    pub confirmed: bool,
    /// Where people's review of the image has led.
    pub standing: Standing,
    /// Whether a coordinator said, while the sheet was quarantined, that this image does not speak for it.
    pub aside: bool,
    trust: u32,
}

/// A printed figure that is not what the code of the same image says.
#[derive(Clone, Debug)]
pub struct ChannelDifference<'f> {
    /// The image's witness.
    pub image: Witness<'f>,
    /// Figure and both values.
    pub misprint: Misprint,
    /// Whether the image was set aside because it is trusted less than what leads.
    pub set_aside: bool,
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
    /// Figures that code and print of one image give differently.
    pub misprints: Vec<ChannelDifference<'f>>,
    /// Whether people, or a person and a machine, differ on an image of it.
    pub disputed: bool,
    /// Figures of the leading image's code that its print does not confirm; empty where no code leads.
    pub unconfirmed: Vec<Figure>,
    /// Registered electors: as this sheet gives them, else as an older version of its sources did, else as
    /// the register does.
    pub electors: Option<u32>,
    leading: usize,
}

impl<'f> Witness<'f> {
    /// The image, or link to one, that it names.
    pub fn image(&self) -> Option<&'f str> {
        self.reading.image.as_deref()
    }

    /// Registered electors as the witness gives them, else as its image prints them.
    pub fn electors(&self) -> Option<u32> {
        let printed = || self.print?.figure(Figure::Field(Field::Electors))?.blind().count();
        self.reading.values.electors.count().or_else(printed)
    }

    /// Whether it would make a sheet definitive by itself.
    fn stands_alone(&self) -> bool {
        match self.standing {
            Standing::Settled { definitive, .. } => definitive,
            Standing::Reopened => false,
            Standing::Unreviewed | Standing::Disputed => self.confirmed,
        }
    }

    /// Whether it is an image, by whatever channel.
    pub fn is_image(&self) -> bool {
        self.channel != Channel::Transcription
    }
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

    /// Images, or links to images, that its witnesses name.
    pub(crate) fn images(&self) -> impl Iterator<Item = &'f str> {
        self.witnesses.iter().filter_map(|witness| witness.reading.image.as_deref())
    }

    /// Whether a witness contradicts the leading one and was set aside for being trusted less.
    fn is_set_aside(&self, witness: &Witness) -> bool {
        let same = |other: &Witness| std::ptr::eq(other.reading, witness.reading);
        self.differences.iter().any(|d| d.set_aside && same(&d.b.0))
            || self.misprints.iter().any(|d| d.set_aside && same(&d.image))
    }

    /// Whether a tabulation with this policy counts the sheet.
    pub fn counts(&self, pack: &Pack) -> bool {
        let settled = matches!(self.status, SheetStatus::Definitive | SheetStatus::Provisional);
        settled && pack.policy.admits.contains(&self.class)
    }

    /// Votes on the sheet, whatever it gives as their totals: a wrong total must not make bounds narrower
    /// ([`SheetValues::votes_cast`]).
    pub fn votes_cast(&self) -> Option<u64> {
        self.values().votes_cast()
    }

    /// Ballots on the sheet ([`SheetValues::ballots_cast`]).
    pub fn ballots(&self) -> Option<u64> {
        self.values().ballots_cast()
    }
}

/// Brings together all readings of every table. Sheets come sorted by table.
pub fn reconcile(facts: &Facts) -> Vec<Sheet<'_>> {
    let mut witnesses: Vec<Witness> = Vec::new();
    for source in &facts.sources {
        let trust = facts.pack.trust(&source.id);
        let readings = &source.newest().transcription.readings;
        let witness = |reading| Witness {
            channel: Channel::Transcription,
            source: &source.id,
            reading,
            print: None,
            confirmed: false,
            standing: Standing::Unreviewed,
            aside: false,
            trust,
        };
        witnesses.extend(readings.iter().map(witness));
    }
    // Each agreement is worked out once, and kept where it says anything.
    let mut agreements: HashMap<*const Reading, Agreement> = HashMap::new();
    for image in &facts.images {
        let agreement = image.agreement(&facts.pack).unwrap_or_default();
        witnesses.push(Witness {
            channel: image.channel,
            source: &image.source,
            reading: &image.reading,
            print: image.print.as_deref(),
            confirmed: image.channel == Channel::Code && agreement.is_complete(),
            standing: image.standing,
            aside: false,
            trust: facts.pack.trust(&image.source),
        });
        agreements.insert(&raw const image.reading, agreement);
    }
    // Stable, and on short keys last: one source's rows are sorted already.
    witnesses.sort_by(|a, b| {
        let key = |w: &Witness<'_>| (w.trust, rank(w));
        a.reading.table.cmp(&b.reading.table).then_with(|| {
            key(a).cmp(&key(b)).then_with(|| (a.source, &a.reading.image).cmp(&(b.source, &b.reading.image)))
        })
    });
    let by_table = |a: &Witness, b: &Witness| a.reading.table == b.reading.table;
    let clearance = Clearance::of(facts, &mut witnesses, &agreements);
    let groups = witnesses.chunk_by(by_table);
    let mut sheets: Vec<Sheet> = groups.map(|group| settle(&facts.pack, group, &agreements)).collect();
    reject_unknown(facts, &mut sheets);
    quarantine_shared_pictures(facts, &clearance, &mut sheets);
    clearance.hold_back(&mut sheets);
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

/// One picture cannot be the sheet of two tables, in one file or in several: neither counts until a person has looked.
fn quarantine_shared_pictures(facts: &Facts, clearance: &Clearance<'_>, sheets: &mut [Sheet]) {
    let mut tables: HashMap<&str, (usize, bool)> = HashMap::with_capacity(sheets.len());
    for (i, sheet) in sheets.iter().enumerate() {
        for image in sheet.witnesses.iter().filter(|w| !w.aside).filter_map(Witness::image) {
            let entry = tables.entry(facts.picture(image)).or_insert((i, false));
            entry.1 |= entry.0 != i;
        }
    }
    if tables.values().all(|(_, shared)| !shared) {
        return;
    }
    let is_shared = |image: &str| tables.get(facts.picture(image)).is_some_and(|(_, shared)| *shared);
    for sheet in sheets.iter_mut() {
        let settled = matches!(sheet.status, SheetStatus::Definitive | SheetStatus::Provisional);
        let doubted = |w: &Witness| {
            !w.aside && w.image().is_some_and(|image| !clearance.is_ruled(image) && is_shared(image))
        };
        if settled && sheet.witnesses.iter().any(doubted) {
            sheet.status = SheetStatus::Quarantined;
        }
    }
}

/// Who speaks first among witnesses trusted alike.
fn rank(witness: &Witness) -> u8 {
    match witness.channel {
        Channel::Entry => 0,
        Channel::Code if witness.confirmed => 1,
        Channel::Transcription => 2,
        Channel::Code => 3,
        Channel::Joint => 4,
        Channel::Print => 5,
    }
}

/// Index of the witness whose figures stand for the sheet: the most trusted that gives all votes. Joint
/// readings and print alone never stand before people, a code or a transcription, however trusted their source.
fn leading(witnesses: &[Witness]) -> Option<usize> {
    let speaks = |w: &Witness| !w.aside && w.standing != Standing::Reopened;
    let complete = |w: &Witness| speaks(w) && w.reading.values.selection_sum().is_some();
    let whole = |w: &Witness| {
        matches!(w.channel, Channel::Entry | Channel::Code | Channel::Transcription) && complete(w)
    };
    let joint = |w: &Witness| w.channel == Channel::Joint && complete(w);
    witnesses.iter().position(whole).or_else(|| witnesses.iter().position(joint))
}

/// Where one table stands, given its witnesses, most trusted first.
fn settle<'f>(
    pack: &Pack,
    witnesses: &[Witness<'f>],
    agreements: &HashMap<*const Reading, Agreement>,
) -> Sheet<'f> {
    let leading = leading(witnesses);
    let heard = || witnesses.iter().position(|w| !w.aside);
    let first = witnesses[leading.or_else(heard).unwrap_or(0)];
    let (class, definitive) = class_of(pack, first, witnesses);
    let mut sheet = Sheet {
        table: &first.reading.table,
        witnesses: witnesses.to_vec(),
        status: SheetStatus::NeedsEntry,
        class,
        differences: Vec::new(),
        misprints: Vec::new(),
        disputed: witnesses
            .iter()
            .any(|w| w.standing == Standing::Disputed && !w.aside && w.trust <= first.trust),
        unconfirmed: Vec::new(),
        electors: None,
        leading: leading.or_else(heard).unwrap_or(0),
    };
    let (mut conflict, mut among_images) = (false, witnesses.iter().all(Witness::is_image));
    for &other in witnesses {
        let less = other.trust > first.trust;
        let set_aside = other.aside
            || less && (other.is_image() || pack.policy.sources_differ == SourcesDiffer::PreferTrusted);
        for (field, mine, theirs) in first.reading.values.contradictions(&other.reading.values) {
            sheet.differences.push(Difference { field, a: (first, mine), b: (other, theirs), set_aside });
            conflict |= !set_aside;
        }
    }
    // Only images that contradict each other are quarantined; one that contradicts itself is a conflict.
    among_images &= conflict;
    conflict |= sheet.disputed;
    for &image in witnesses {
        let Some(agreement) = agreements.get(&std::ptr::from_ref(image.reading)) else { continue };
        let set_aside = image.aside || image.trust > first.trust;
        for misprint in agreement.misprints.iter().cloned() {
            sheet.misprints.push(ChannelDifference { image, misprint, set_aside });
            conflict |= !set_aside;
        }
        if std::ptr::eq(image.reading, first.reading) && image.channel != Channel::Print {
            sheet.unconfirmed.clone_from(&agreement.unconfirmed);
        }
    }
    sheet.status = match leading {
        // Set aside one and all, nothing speaks for the table, and nothing became better.
        _ if among_images || first.aside => SheetStatus::Quarantined,
        _ if conflict => SheetStatus::InConflict,
        None if first.channel == Channel::Entry => SheetStatus::Illegible,
        None => SheetStatus::NeedsEntry,
        Some(_) if definitive => SheetStatus::Definitive,
        Some(_) => SheetStatus::Provisional,
    };
    sheet
}

/// The strongest class the witnesses give, and whether it makes the sheet definitive. A transcription is never a
/// witness that does; two that the pack declares independent and that agree are a class of their own.
fn class_of(pack: &Pack, leading: Witness, witnesses: &[Witness]) -> (EvidenceClass, bool) {
    let agree = |w: &&Witness| {
        let (theirs, ours) = (&w.reading.values, &leading.reading.values);
        !w.aside && theirs.same_votes(ours) && ours.contradictions(theirs).is_empty()
    };
    let agreeing: Vec<&Witness> = witnesses.iter().filter(agree).collect();
    let stands = |w: &&Witness| match w.standing {
        Standing::Settled { class, definitive } => Some((class, definitive)),
        Standing::Reopened => None,
        Standing::Unreviewed | Standing::Disputed => {
            w.confirmed.then_some((EvidenceClass::CodeAndPrint, true))
        }
    };
    let standing: Vec<(EvidenceClass, bool)> = agreeing.iter().filter_map(stands).collect();
    if let Some(strongest) = standing.iter().map(|(class, _)| *class).min() {
        return (strongest, standing.iter().any(|(_, definitive)| *definitive));
    }
    let transcribed: Vec<_> = agreeing.iter().filter(|w| w.channel == Channel::Transcription).collect();
    let independent = transcribed
        .iter()
        .enumerate()
        .any(|(i, a)| transcribed[..i].iter().any(|b| pack.independent(a.source, b.source)));
    // A transcription that lacks votes supports nothing: then the figures stand on the image alone.
    if independent {
        return (EvidenceClass::TwoSources, false);
    }
    let class = match (leading.channel, leading.standing) {
        _ if !transcribed.is_empty() => EvidenceClass::SingleSource,
        (_, Standing::Settled { class, .. }) => class,
        (Channel::Transcription, _) => EvidenceClass::SingleSource,
        (Channel::Entry, _) => EvidenceClass::Decision,
        (Channel::Code, _) => EvidenceClass::CodeOnly,
        (Channel::Joint, _) => EvidenceClass::Joint,
        (Channel::Print, _) => EvidenceClass::PrintOnly,
    };
    (class, false)
}

/// Fills in electors that the leading witness does not give. A challenge gives none: one altered image
/// with a million electors would otherwise widen or close the bound that counts them.
fn learn_electors(facts: &Facts, sheets: &mut [Sheet]) {
    for sheet in sheets.iter_mut() {
        let heard = sheet.witnesses.iter().filter(|w| !sheet.is_set_aside(w));
        let leading_first = std::iter::once(&sheet.witnesses[sheet.leading]).chain(heard);
        sheet.electors = leading_first.copied().find_map(|w| w.electors());
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
