//! Which of many pictures may be one picture: a search through all features, then a look at each pair's geometry.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by the numbers of features"
)]

use std::thread;

use super::geometry::{Turned, common_map};
use super::keys::{Keys, N_KEYS, TABLES};
use super::signature::Signature;
use super::transform::Affine;

/// Two pictures that may be one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Index of the first picture.
    pub a: usize,
    /// Index of the second, higher than the first.
    pub b: usize,
    /// Features of the first that lie in the second where [`Self::map`] says, and look alike.
    pub n_alike: usize,
    /// From the first picture's px to the second's.
    pub map: Affine,
}

/// Features of each picture that are looked up: those that fewest others resemble. What a form prints is on all
/// its sheets and tells none apart (the inverse document frequency of text search, K. Spärck Jones 1972).
const RAREST: usize = 32;
/// Differing bits up to which two descriptions are taken as one place in the search, of 128: far below
/// the 64 of unrelated places.
const ALIKE_BITS: u32 = 12;
/// Most features of one key that each is compared with, those that follow it, so that time stays linear.
const CROWD: usize = 24;
/// Features that a pair must share before its geometry is looked at.
const LEAST_SHARED: usize = 3;
/// Features that must agree with one map: 17 of 40 of the picture with fewer, and so many at least. Of 717,000 pairs of
/// sheets from three printers, a quarter of them flat scans, 1 in 10,000 share more; copies share 44 of 80 and more.
const LEAST_ALIKE: usize = 9;
/// Pictures looked up in one table after another, so that each table stays near the processor for all of them.
const AT_ONCE: usize = 256;

/// Pairs that may be one picture, by index; the order of the pictures changes nothing but the indices. `jobs` threads
/// search at once, and their number changes nothing.
#[must_use]
pub fn candidates(signatures: &[Signature], jobs: usize) -> Vec<Candidate> {
    let jobs = jobs.max(1);
    let rarest = rarest(signatures, jobs);
    let table = |tables: &mut Vec<Table>, table: u32| tables.push(Table::of(table, &rarest));
    let tables = over_tables(jobs, Vec::new, table).into_iter().flatten().collect::<Vec<_>>();
    let search = |first: usize| {
        let mut found = Vec::new();
        for (at, entries) in rarest.chunks(AT_ONCE * RAREST).enumerate().skip(first).step_by(jobs) {
            let first = (at * AT_ONCE * RAREST) as u32;
            let shared = look_up(signatures, &rarest, first..first + entries.len() as u32, &tables);
            let groups = shared.chunk_by(|x, y| x.pair() == y.pair());
            let enough = groups.filter(|group| group.len() >= LEAST_SHARED);
            found.extend(enough.filter_map(|group| candidate(signatures, group[0].pair())));
        }
        found
    };
    let mut found: Vec<Candidate> = thread::scope(|scope| {
        let search = &search;
        let threads: Vec<_> = (0..jobs).map(|first| scope.spawn(move || search(first))).collect();
        threads.into_iter().flat_map(joined).collect()
    });
    // Of several turns of one pair the better one.
    found.sort_by_key(|c| (c.a, c.b, std::cmp::Reverse(c.n_alike)));
    found.dedup_by_key(|c| (c.a, c.b));
    found
}

/// What `jobs` threads gather from all tables, each thread from its own.
fn over_tables<T: Send>(
    jobs: usize,
    start: impl Fn() -> T + Sync,
    look: impl Fn(&mut T, u32) + Sync,
) -> Vec<T> {
    let jobs = jobs.min(TABLES as usize);
    let gather = |first: usize| {
        let mut gathered = start();
        (first as u32..TABLES).step_by(jobs).for_each(|table| look(&mut gathered, table));
        gathered
    };
    thread::scope(|scope| {
        let gather = &gather;
        let threads: Vec<_> = (0..jobs).map(|first| scope.spawn(move || gather(first))).collect();
        threads.into_iter().map(joined).collect()
    })
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().expect("invariant: a search has nothing to fail at")
}

/// A pair whose geometry fits.
fn candidate(signatures: &[Signature], (a, b, quarters): (u32, u32, u32)) -> Option<Candidate> {
    let (a, b) = (a as usize, b as usize);
    let (one, other) = (&signatures[a], &signatures[b]);
    let (n_alike, map) = common_map(one, other, quarters)?;
    let enough = (one.features().len().min(other.features().len()) * 17 / 40).max(LEAST_ALIKE);
    (n_alike >= enough).then_some(Candidate { a, b, n_alike, map })
}

/// One feature of `a` that looks like one of `b` after turning `a` by `quarters`: in one number, so that millions are
/// sorted fast.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shared(u128);

impl Shared {
    fn new(a: u32, b: u32, quarters: u32, feature: u8) -> Self {
        Self(u128::from(a) << 64 | u128::from(b) << 32 | u128::from(quarters) << 8 | u128::from(feature))
    }

    fn pair(&self) -> (u32, u32, u32) {
        ((self.0 >> 64) as u32, (self.0 >> 32) as u32, (self.0 as u32) >> 8)
    }
}

/// A feature that is looked up, with all that is asked of it, so that memory is gone to once.
#[derive(Clone, Copy, Default)]
struct Entry {
    bits: u128,
    from_middle: [f32; 2],
    feature: u8,
    /// Whether there is one: a picture with few features leaves some of its [`RAREST`] places empty.
    is_taken: bool,
}

/// The features that fewest others fall together with, over all tables: for each picture [`RAREST`] entries,
/// some of them empty.
fn rarest(signatures: &[Signature], jobs: usize) -> Vec<Entry> {
    let features = || signatures.iter().flat_map(Signature::features);
    let n_features = features().count();
    let of_thread = over_tables(
        jobs,
        || vec![0_u32; n_features],
        |company, table| {
            let keys = Keys::of_table(table);
            let keys: Vec<u32> = features().map(|feature| keys.key(feature.bits)).collect();
            // What falls together with more than 65,535 is on every sheet.
            let mut sizes = vec![0_u16; N_KEYS];
            for &key in &keys {
                let size = &mut sizes[key as usize];
                *size = size.saturating_add(1);
            }
            for (company, &key) in company.iter_mut().zip(&keys) {
                *company = company.saturating_add(u32::from(sizes[key as usize]));
            }
        },
    );
    let mut company =
        (0..n_features).map(|at| of_thread.iter().fold(0_u32, |n, part| n.saturating_add(part[at])));
    let mut entries = Vec::with_capacity(RAREST * signatures.len());
    for (picture, signature) in signatures.iter().enumerate() {
        let features = (0..).zip(signature.features()).zip(company.by_ref());
        let mut ranked: Vec<_> = features.map(|((feature, f), n)| (n, feature, f.bits)).collect();
        ranked.sort_unstable();
        let upright = Turned::new(signature.frame_px(), 0);
        entries.extend(ranked.into_iter().take(RAREST).map(|(_, feature, bits)| {
            let from_middle = upright.off_middle(signature.features()[usize::from(feature)].place());
            Entry { bits, from_middle, feature, is_taken: true }
        }));
        entries.resize((picture + 1) * RAREST, Entry::default());
    }
    entries
}

/// Entries by their key in one table, and under one key by picture.
struct Table {
    keys: Keys,
    /// Keys in the upper half, numbers of entries in the lower one, sorted.
    sorted: Vec<u64>,
    /// Where keys with the same first bits begin.
    starts: Vec<u32>,
}

/// First bits of a key by which [`Table::starts`] leads to it.
const FIRST_BITS: u32 = 18;

impl Table {
    fn of(table: u32, entries: &[Entry]) -> Self {
        let keys = Keys::of_table(table);
        let taken = (0_u64..).zip(entries).filter(|(_, entry)| entry.is_taken);
        let mut sorted: Vec<u64> =
            taken.map(|(at, entry)| u64::from(keys.key(entry.bits)) << 32 | at).collect();
        sorted.sort_unstable();
        let mut starts = vec![0_u32; (1 << FIRST_BITS) + 1];
        sorted.iter().for_each(|key| starts[Self::first_bits(key >> 32) + 1] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        Self { keys, sorted, starts }
    }

    fn first_bits(key: u64) -> usize {
        (key >> (N_KEYS.ilog2() - FIRST_BITS)) as usize
    }

    /// Up to [`CROWD`] entries with the key of `bits`, from number `from` on.
    fn later(&self, bits: u128, from: u32) -> impl Iterator<Item = u32> {
        let key = u64::from(self.keys.key(bits));
        let first_bits = Self::first_bits(key);
        let near = &self.sorted[self.starts[first_bits] as usize..self.starts[first_bits + 1] as usize];
        let later = &near[near.partition_point(|other| *other < (key << 32 | u64::from(from)))..];
        later.iter().take(CROWD).take_while(move |other| **other >> 32 == key).map(|other| *other as u32)
    }
}

/// What the entries `range` share with those of later pictures: each is looked up in each of its four turns. Sorted.
fn look_up(
    signatures: &[Signature],
    entries: &[Entry],
    range: std::ops::Range<u32>,
    tables: &[Table],
) -> Vec<Shared> {
    let mut shared = Vec::new();
    for table in tables {
        for picture in range.start / RAREST as u32..range.end / RAREST as u32 {
            let a = &signatures[picture as usize];
            let (own, next) = (picture as usize * RAREST, (picture + 1) * RAREST as u32);
            for quarters in 0..4 {
                let turned = Turned::new(a.frame_px(), quarters);
                for own in entries[own..own + RAREST].iter().filter(|entry| entry.is_taken) {
                    let bits = own.bits.rotate_left(32 * quarters);
                    let from = turned.off_middle(a.features()[usize::from(own.feature)].place());
                    for at in table.later(bits, next) {
                        let other = &entries[at as usize];
                        let is_near = turned.is_near(from, other.from_middle);
                        if is_near && (bits ^ other.bits).count_ones() <= ALIKE_BITS {
                            shared.push(Shared::new(picture, at / RAREST as u32, quarters, own.feature));
                        }
                    }
                }
            }
        }
    }
    shared.sort_unstable();
    shared.dedup();
    shared
}
