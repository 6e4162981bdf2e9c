//! From the journal's events and the kept files to the set of facts that everything published follows from.

use std::collections::BTreeMap;

use serde::Deserialize;
use tallyproof_core::facts::{Facts, FaultyImage, ImageReading, Source, Version};
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::register::Register;
use tallyproof_core::transcription::Transcription;

use crate::error::EvidenceError;
use crate::kept::{Keeper, parse_kept, read_kept};
use crate::ledger::{Import, Ledger};

/// Name of a pack's own file.
pub const PACK_FILE: &str = "election.toml";

/// Longest `election.toml`, bytes: Venezuela's has 14 kB, a thousand selections 200 kB.
pub const MAX_PACK_BYTES: u64 = 4 << 20;

/// Longest register, bytes: a million tables at 200 bytes each.
pub const MAX_REGISTER_BYTES: u64 = 256 << 20;

/// The pack in force and its register, from the kept files the journal names.
pub fn pack(ledger: &Ledger, keeper: &dyn Keeper) -> Result<(Pack, Option<Register>), EvidenceError> {
    let adopted = ledger.pack.as_ref().ok_or(EvidenceError::NoPack)?;
    let file = |name: &str, most: u64| {
        let sha256 = adopted.files.get(name).ok_or(EvidenceError::NoPack)?;
        read_kept(keeper, sha256, most)
    };
    let toml = file(PACK_FILE, MAX_PACK_BYTES)?;
    let text = String::from_utf8_lossy(&toml);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let pack = Pack::parse(&adopted.id, text).map_err(EvidenceError::BadPack)?;
    let register = match &pack.register {
        Some(described) => {
            let bytes = file(&described.file, MAX_REGISTER_BYTES)?;
            let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
            let parsed = Register::parse(&bytes, described, &pack.pattern, &chars);
            Some(parsed.map_err(EvidenceError::Register)?)
        }
        None => None,
    };
    Ok((pack, register))
}

/// Every fact. Kept files are hashed on the way; a changed one is an error.
pub fn facts(
    ledger: &Ledger,
    known: (Pack, Option<Register>),
    keeper: &dyn Keeper,
) -> Result<Facts, EvidenceError> {
    facts_with(ledger, known, &mut |pack, name, import| transcription(keeper, pack, name, import))
}

/// Gives the rows of one import, by source and version label.
pub type RowsOf<'k> = dyn FnMut(&Pack, (&str, &str), &Import) -> Result<Transcription, EvidenceError> + 'k;

/// As [`facts`], where the rows of imports come from whoever may have parsed them before.
pub fn facts_with(
    ledger: &Ledger,
    (pack, register): (Pack, Option<Register>),
    rows_of: &mut RowsOf,
) -> Result<Facts, EvidenceError> {
    let mut versions: BTreeMap<&str, Vec<Version>> = BTreeMap::new();
    for ((source, label), import) in &ledger.imports {
        let version = Version {
            label: label.clone(),
            supersedes: import.supersedes.clone(),
            sha256: import.sha256.clone(),
            transcription: rows_of(&pack, (source, label), import)?,
        };
        versions.entry(source).or_default().push(version);
    }
    let source = |(id, versions): (&str, Vec<Version>)| {
        Source::new(id.to_owned(), versions)
            .map_err(|unclear| EvidenceError::NewestUnclear { source_id: id.to_owned(), unclear })
    };
    let sources = versions.into_iter().map(source).collect::<Result<Vec<_>, _>>()?;
    let images = images(ledger, &pack);
    let same = ledger.twins.iter().filter(|(_, same)| **same);
    let pairs: Vec<(String, String)> = same.map(|(pair, _)| pair.clone()).collect();
    let facts = Facts::new(pack, register, sources);
    let facts = facts.with_images(images.read, images.faulty, images.n_pending);
    let facts = facts.with_reviews(&ledger.desk).with_same_pictures(&pairs);
    // Only words on quarantined images ask who came first.
    let arrivals = match facts.reviews.rulings.is_empty() {
        true => BTreeMap::new(),
        false => ledger.originals.iter().map(|(image, original)| (image.clone(), original.seq)).collect(),
    };
    Ok(facts.with_arrivals(arrivals))
}

/// The rows of one import, derived again from the kept file by the mapping it was read by.
pub fn transcription(
    keeper: &dyn Keeper,
    pack: &Pack,
    (source, label): (&str, &str),
    import: &Import,
) -> Result<Transcription, EvidenceError> {
    let sha256 = &import.sha256;
    let mapping =
        Mapping::deserialize(&import.mapping).map_err(|_| EvidenceError::KeptFileChanged(sha256.clone()))?;
    // A damaged file explains whatever parsing says, so the hash comes first.
    let parsed = parse_kept(keeper, sha256, |bytes| Transcription::parse(bytes, &mapping, pack))?;
    let transcription = parsed.map_err(|error| EvidenceError::Csv { sha256: sha256.clone(), error })?;
    let counts = (transcription.readings.len() as u64, transcription.n_refused);
    if counts != (import.n_adopted, import.n_refused) {
        let (n_adopted, n_refused) = (import.n_adopted, import.n_refused);
        return Err(EvidenceError::ImportChanged { name: format!("{source}@{label}"), n_adopted, n_refused });
    }
    Ok(transcription)
}

#[derive(Default)]
struct Images {
    read: Vec<ImageReading>,
    faulty: Vec<FaultyImage>,
    n_pending: u64,
}

/// What the images say: raw payloads from the journal, parsed by the pack's grammar.
fn images(ledger: &Ledger, pack: &Pack) -> Images {
    let mut images = Images::default();
    for (sha256, original) in ledger.pictures() {
        let Some(look) = &original.reading else {
            images.n_pending += 1;
            continue;
        };
        // One original is one witness, however many hands it came through: the most trusted one's.
        let source = original.sources.iter().min_by_key(|s| (pack.trust(s), *s)).cloned().unwrap_or_default();
        match look.outcome(pack) {
            Ok(seen) => images.read.push(seen.reading_of(sha256, source)),
            Err(fault) => images.faulty.push(FaultyImage { image: sha256.to_owned(), source, fault }),
        }
    }
    images
}
