//! Which of many pictures may be one picture: a search through all features, then a look at each pair's geometry.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded by the numbers of features"
)]

use std::thread;

use super::signature::Signature;
use super::transform::{Affine, PointPair};

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

/// Tables of the search (locality-sensitive hashing by sampled bits: P. Indyk & R. Motwani 1998, §4.2). With 6 of 128 bits
/// changed, a feature falls into the same place of at least one table with a chance of 1 − (1 − (122/128)^22)^10 = 98 %.
const TABLES: u32 = 10;
/// Bits of a key.
const KEY_BITS: u32 = 22;
/// Features of each picture that are looked up: those that fewest others resemble. What a form prints is on all
/// its sheets and tells none apart (the inverse document frequency of text search, K. Spärck Jones 1972).
const RAREST: usize = 32;
/// Differing bits up to which two descriptions are taken as one place in the search, of 128: far below
/// the 64 of unrelated places.
const ALIKE_BITS: u32 = 12;
/// The same once a pair is looked at by itself, where geometry has the last word.
const MAYBE_BITS: u32 = 16;
/// Most features of one key that each is compared with, those that follow it, so that time stays linear.
const CROWD: usize = 24;
/// Features that a pair must share before its geometry is looked at.
const LEAST_SHARED: usize = 3;
/// Farthest that a feature may lie from where the common map says, px of the frame: what compression and tilting
/// move a corner by. Folds and lenses move the same sheet's by more, somewhere.
const LEAST_FIT_PX: f32 = 1.5;
/// Features that must agree with one map: 17 of 40 of the picture with fewer, and so many at least. Of 717,000 pairs of
/// sheets from three printers, a quarter of them flat scans, 1 in 10,000 share more; copies share 44 of 80 and more.
const LEAST_ALIKE: usize = 9;
/// Farthest that a crop moves a feature, as a share of the frame's side.
const MOST_CROP: f32 = 0.07;
/// Range of scale between two frames: a crop of a twentieth on every side makes it 1.1.
const SCALES: std::ops::RangeInclusive<f32> = 0.8..=1.25;
/// Tangent of the widest tilt, 3°.
const MOST_LEAN: f32 = 0.053;
/// Skew of a map that is still no second look through a lens, as a share of its scale.
const MOST_SKEW: f32 = 0.015;
/// Pairs of features tried as a map.
const TRIES: usize = 400;

/// Pairs that may be one picture, by index; the order of the pictures changes nothing but the indices. `jobs` threads
/// search at once, and their number changes nothing.
#[must_use]
pub fn candidates(signatures: &[Signature], jobs: usize) -> Vec<Candidate> {
    let jobs = jobs.max(1);
    let rarest = rarest(signatures, jobs);
    let of_thread = over_tables(jobs, Vec::new, |shared, table| {
        look_up(signatures, &rarest, table, shared);
        shared.sort_unstable();
        shared.dedup();
    });
    let mut shared = of_thread.concat();
    shared.sort_unstable();
    shared.dedup();
    let groups: Vec<&[Shared]> =
        shared.chunk_by(|x, y| x.pair() == y.pair()).filter(|group| group.len() >= LEAST_SHARED).collect();
    let look = |group: &&[Shared]| candidate(signatures, group[0].pair());
    let mut found: Vec<Candidate> = thread::scope(|scope| {
        let parts = groups.chunks(groups.len().div_ceil(jobs).max(1));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().filter_map(look).collect::<Vec<_>>())).collect();
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

/// One feature of `a` that looks like one of `b` after turning `a` by `quarters`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Shared {
    a: u32,
    b: u32,
    quarters: u8,
    feature: u8,
}

impl Shared {
    fn pair(&self) -> (u32, u32, u32) {
        (self.a, self.b, u32::from(self.quarters))
    }
}

/// A feature under one key of a table.
#[derive(Clone, Copy, Default)]
struct Entry {
    bits: u128,
    picture: u32,
    feature: u8,
}

/// The features that fewest others fall together with, over all tables: for each picture at most [`RAREST`], as entries
/// sorted by picture.
fn rarest(signatures: &[Signature], jobs: usize) -> Vec<Entry> {
    let features = || signatures.iter().flat_map(Signature::features);
    let n_features = features().count();
    let of_thread = over_tables(
        jobs,
        || vec![0_u32; n_features],
        |company, table| {
            let sampled = sampled_bits(table);
            let keys: Vec<u32> = features().map(|feature| key(feature.turned(0), &sampled) as u32).collect();
            let mut sizes = vec![0_u32; 1 << KEY_BITS];
            keys.iter().for_each(|&key| sizes[key as usize] += 1);
            for (company, &key) in company.iter_mut().zip(&keys) {
                *company = company.saturating_add(sizes[key as usize]);
            }
        },
    );
    let mut company =
        (0..n_features).map(|at| of_thread.iter().fold(0_u32, |n, part| n.saturating_add(part[at])));
    let mut entries = Vec::with_capacity(RAREST * signatures.len());
    for (picture, signature) in (0..).zip(signatures) {
        let features = (0..).zip(signature.features()).zip(company.by_ref());
        let mut ranked: Vec<_> = features.map(|((feature, f), n)| (n, feature, f.turned(0))).collect();
        ranked.sort_unstable();
        let rarest = ranked.into_iter().take(RAREST);
        entries.extend(rarest.map(|(_, feature, bits)| Entry { bits, picture, feature }));
    }
    entries
}

/// Adds what one table finds: every feature, in each of its four turns, is looked up among those of later pictures.
fn look_up(signatures: &[Signature], entries: &[Entry], table: u32, shared: &mut Vec<Shared>) {
    let sampled = sampled_bits(table);
    // Counting sort: the bucket of `key` is `starts[key]..starts[key + 1]`, its entries by picture.
    let mut starts = vec![0_usize; (1 << KEY_BITS) + 1];
    entries.iter().for_each(|entry| starts[key(entry.bits, &sampled) + 1] += 1);
    for i in 1..starts.len() {
        starts[i] += starts[i - 1];
    }
    let mut sorted = vec![Entry::default(); entries.len()];
    let mut next = starts.clone();
    for entry in entries {
        let place = &mut next[key(entry.bits, &sampled)];
        sorted[*place] = *entry;
        *place += 1;
    }
    for own in entries {
        for quarters in 0..4 {
            let bits = own.bits.rotate_left(32 * quarters);
            let key = key(bits, &sampled);
            let bucket = &sorted[starts[key]..starts[key + 1]];
            let later = bucket.partition_point(|entry| entry.picture <= own.picture);
            for other in bucket[later..].iter().take(CROWD) {
                let alike = (bits ^ other.bits).count_ones() <= ALIKE_BITS;
                let [a, b] = [own, other].map(|entry| &signatures[entry.picture as usize]);
                if alike && is_near(a, own.feature, quarters, b, other.feature) {
                    let Entry { picture: a, feature, .. } = *own;
                    shared.push(Shared { a, b: other.picture, quarters: quarters as u8, feature });
                }
            }
        }
    }
}

/// Whether a feature of `a`, turned by `quarters`, lies as far from the frame's middle as one of `b` does, but for what a
/// crop and a tilt change.
fn is_near(a: &Signature, one: u8, quarters: u32, b: &Signature, other: u8) -> bool {
    let ([from, size], [to, _]) = (middled(a, one, quarters), middled(b, other, 0));
    (0..2).all(|k| (from[k] - to[k]).abs() <= MOST_CROP * size[k] + MOST_LEAN * from[1 - k].abs())
}

/// Where a feature lies from the middle of the turned frame, and the frame's sides, px.
fn middled(signature: &Signature, feature: u8, quarters: u32) -> [[f32; 2]; 2] {
    let [width, height] = signature.frame_px();
    let place = signature.features()[usize::from(feature)].place();
    let [x, y] = Affine::quarter_turns(quarters, width, height).apply(place);
    let [width, height] = if quarters.is_multiple_of(2) { [width, height] } else { [height, width] };
    [[x - width / 2.0, y - height / 2.0], [width, height]]
}

/// The bits that make a key in `table`: as many from each of a description's four orientations.
fn sampled_bits(table: u32) -> [u32; KEY_BITS as usize] {
    // Strides prime to 32 spread each table's bits and make tables differ.
    std::array::from_fn(|i| {
        let i = i as u32;
        let (quarter, step) = (i % 4, i / 4);
        32 * quarter + (step * (2 * table + 5) + 7 * table + 3 * quarter) % 32
    })
}

fn key(bits: u128, sampled: &[u32; KEY_BITS as usize]) -> usize {
    sampled.iter().enumerate().fold(0, |key, (i, &bit)| key | ((bits >> bit) as usize & 1) << i)
}

/// The map under which most features of `a`, turned by `quarters`, lie where alike ones of `b` do, and their number.
///
/// Every two matches give a similarity (RANSAC, M. Fischler & R. Bolles 1981, with all pairs in a fixed order in
/// place of random ones); the best one is refined by least squares.
fn common_map(a: &Signature, b: &Signature, quarters: u32) -> Option<(usize, Affine)> {
    let [width, height] = a.frame_px();
    let turn = Affine::quarter_turns(quarters, width, height);
    let matches = matches(a, b, quarters, &turn);
    let mut best: (usize, Affine) = (0, Affine::IDENTITY);
    let mut tries = 0;
    // Strongest features come first; partners from far away make steadier maps.
    'tried: for step in (1..matches.len()).rev() {
        for i in 0..matches.len() - step {
            let (one, other) = (matches[i], matches[i + step]);
            let Some(map) = Affine::between([one.0, other.0], [one.1, other.1]) else { continue };
            if !SCALES.contains(&map.scale()) || map.tilt().abs() > MOST_LEAN {
                continue;
            }
            let n = matches.iter().filter(|m| fits(&map, m)).count();
            if n > best.0 {
                best = (n, map);
            }
            tries += 1;
            // A map that nearly all agree with is not bettered.
            if tries == TRIES || best.0 * 10 >= matches.len() * 9 {
                break 'tried;
            }
        }
    }
    let inliers: Vec<_> = matches.iter().filter(|m| fits(&best.1, m)).copied().collect();
    let refined = Affine::fit(&inliers).filter(|map| map.skew() <= MOST_SKEW)?;
    let n = matches.iter().filter(|m| fits(&refined, m)).count();
    let map = a.to_frame().then(&turn).then(&refined).then(&b.to_picture());
    Some((n, map))
}

fn fits(map: &Affine, (from, to): &PointPair) -> bool {
    let [x, y] = map.apply(*from);
    (x - to[0]).powi(2) + (y - to[1]).powi(2) <= LEAST_FIT_PX * LEAST_FIT_PX
}

/// Places in both frames, the first's turned, of features that look alike.
fn matches(a: &Signature, b: &Signature, quarters: u32, turn: &Affine) -> Vec<PointPair> {
    let mut matches = Vec::new();
    for (i, feature) in (0..).zip(a.features()) {
        let bits = feature.turned(quarters);
        let near = b.features().iter().enumerate().filter(|(j, other)| {
            (bits ^ other.bits).count_ones() <= MAYBE_BITS && is_near(a, i, quarters, b, *j as u8)
        });
        if let Some((_, nearest)) = near.min_by_key(|(_, other)| (bits ^ other.bits).count_ones()) {
            matches.push((turn.apply(feature.place()), nearest.place()));
        }
    }
    matches
}
