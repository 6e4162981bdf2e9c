//! The country, and the photographs that come in: which sheets surface, when, by whom, and what is wrong with them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tallyproof::pipeline::demo::{DemoElection, DemoRequest, DemoTable, FaultKind, Shot, prepare};
use tallyproof_core::journal::sha256_hex;

use crate::load::clerk::Dice;
use crate::load::country::Truth;

/// Seed of the country and of every photograph.
const SEED: u64 = 2030;

/// Of a thousand tables that surface, so many have this done to their sheet. Made up, but for the torn codes: 3 to 8 of a
/// hundred codes of the sheets published in 2024 could not be read.
const PER_MILLE: [(FaultKind, u64); 13] = [
    (FaultKind::TornCode, 45),
    (FaultKind::SecondPhoto, 30),
    (FaultKind::SameBytes, 25),
    (FaultKind::AlteredPrint, 15),
    (FaultKind::WrongSum, 10),
    (FaultKind::AlteredCode, 6),
    (FaultKind::UnknownTable, 5),
    (FaultKind::MoreVotesThanElectors, 5),
    (FaultKind::ForeignCode, 5),
    (FaultKind::TruncatedFile, 5),
    (FaultKind::PictureUnderTwoTables, 3),
    (FaultKind::NotAnImage, 3),
    (FaultKind::MissingLine, 2),
];

/// Faults that come as a file of their own, beside the table's own photograph.
const BESIDE: [FaultKind; 4] =
    [FaultKind::SameBytes, FaultKind::SecondPhoto, FaultKind::AlteredCode, FaultKind::PictureUnderTwoTables];

/// How willing each of the twelve regions' witnesses are to send: coverage is anything but even.
const WILLING: [u64; 12] = [60, 8, 35, 20, 3, 50, 12, 25, 2, 40, 15, 5];

/// One file that is sent.
pub(crate) struct Photo {
    pub(crate) path: PathBuf,
    pub(crate) sha256: String,
    pub(crate) fault: Option<FaultKind>,
}

/// All that comes in.
pub(crate) struct Plan {
    /// The working folder.
    pub(crate) folder: PathBuf,
    /// In the order of their arrival.
    pub(crate) photos: Vec<Photo>,
    /// What a person reads on each picture.
    truths: HashMap<String, Truth>,
    /// Pictures that do not show their table's sheet as it was printed.
    altered: HashMap<String, FaultKind>,
}

impl Plan {
    /// Makes country, working folder and about `n_photos` photographs below `dir`.
    pub(crate) fn make(dir: &Path, n_tables: u32, n_photos: usize) -> Self {
        let (demo, store) = prepare(dir, DemoRequest { seed: SEED, n_tables }).expect("a folder to be made");
        drop(store);
        let shots = shots(&demo.election, n_photos);
        let photos_dir = dir.join("photos");
        std::fs::create_dir_all(&photos_dir).expect("room on the disk");
        let made: Vec<(Photo, Truth)> = shots
            .par_iter()
            .enumerate()
            .map(|(at, shot)| {
                let path = photos_dir.join(format!("{at:05}-{}.jpg", shot.table.id));
                let bytes = shot.bytes();
                std::fs::write(&path, &bytes).expect("room on the disk");
                (Photo { path, sha256: sha256_hex(&bytes), fault: shot.fault }, truth(shot))
            })
            .collect();
        let (mut photos, mut truths, mut altered) = (Vec::new(), HashMap::new(), HashMap::new());
        for (photo, truth) in made {
            truths.insert(photo.sha256.clone(), truth);
            if let Some(fault @ (FaultKind::AlteredCode | FaultKind::PictureUnderTwoTables)) = photo.fault {
                altered.insert(photo.sha256.clone(), fault);
            }
            photos.push(photo);
        }
        Self { folder: demo.folder, photos, truths, altered }
    }

    /// What a person reads on a picture.
    pub(crate) fn truth(&self, image: &str) -> Option<&Truth> {
        self.truths.get(image)
    }

    /// Whether a picture is its table's sheet as it was printed, as a coordinator finds out by telephone.
    pub(crate) fn is_genuine(&self, image: &str) -> bool {
        !self.altered.contains_key(image)
    }
}

/// Which photographs are made, in the order they come in.
fn shots(election: &DemoElection, n_photos: usize) -> Vec<Shot<'_>> {
    let mut dice = Dice(SEED);
    let unseen: Vec<&DemoTable> = election.tables.iter().filter(|table| !table.surfaced).collect();
    // A willing region's tables come early, and more of them: the least of as many throws as it is willing.
    let mut order: Vec<(u64, usize)> = Vec::new();
    for (at, table) in election.tables.iter().enumerate().filter(|(_, table)| table.surfaced) {
        let throws = WILLING[table.region % WILLING.len()];
        let least = (0..throws).map(|_| dice.next() >> 20).min().unwrap_or(u64::MAX);
        order.push((least, at));
    }
    order.sort_unstable();
    let mut coming: Vec<(usize, Shot<'_>)> = Vec::new();
    for (place, (_, at)) in order.into_iter().enumerate() {
        if coming.len() >= n_photos {
            break;
        }
        let (table, seed) = (&election.tables[at], SEED.wrapping_mul(1_000_003).wrapping_add(at as u64 * 2));
        let fault = fault(dice.next() % 1_000);
        let beside = fault.filter(|fault| BESIDE.contains(fault));
        let own = fault.filter(|_| beside.is_none());
        coming.push((place, Shot { table, fault: own, other_id: None, seed }));
        if let Some(fault) = beside {
            let is_same = matches!(fault, FaultKind::SameBytes | FaultKind::PictureUnderTwoTables);
            let other = unseen.get(place % unseen.len().max(1)).map(|other| other.id.clone());
            let other_id = other.filter(|_| fault == FaultKind::PictureUnderTwoTables);
            let seed = if is_same { seed } else { seed + 1 };
            // It comes a while after the first.
            let later = place + 1 + usize::try_from(dice.next() % 400).unwrap_or(0);
            coming.push((later, Shot { table, fault: Some(fault), other_id, seed }));
        }
    }
    coming.sort_by_key(|(place, _)| *place);
    coming.into_iter().map(|(_, shot)| shot).collect()
}

fn fault(thrown: u64) -> Option<FaultKind> {
    let mut up_to = 0;
    PER_MILLE
        .into_iter()
        .find(|(_, share)| {
            up_to += share;
            thrown < up_to
        })
        .map(|(fault, _)| fault)
}

/// What a person reads on a sheet, by the codes of the form's figures.
fn truth(shot: &Shot<'_>) -> Truth {
    let (id, lines) = shot.printed();
    let valid: u32 = lines.iter().sum();
    let (centre, number) = id.split_once('.').expect("an id of the pack's pattern");
    let mut truth: Truth =
        lines.iter().enumerate().map(|(at, n)| (format!("line-{}", at + 1), n.to_string())).collect();
    let others = [
        ("table", id.clone()),
        ("table-1", centre.to_owned()),
        ("table-2", number.to_owned()),
        ("valid", valid.to_string()),
        ("null", shot.table.null.to_string()),
        ("ballots", (valid + shot.table.null).to_string()),
        ("electors", shot.table.electors.to_string()),
    ];
    truth.extend(others.map(|(code, text)| (code.to_owned(), text)));
    truth
}
