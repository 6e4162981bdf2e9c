//! From a public seed to sheets, so that a stranger can redo it with `sha256sum`.
//!
//! Draw i = 1, 2, … takes h = SHA-256 of the ASCII text `seed,i` as a whole number. Where h ≥ ⌊2²⁵⁶/m⌋ · m
//! the draw is void, so that no value is likelier than another; else h mod m points at a sheet:
//!
//! - simple random sample: m is the number of sheets, h mod m the place in the list, from 0; a sheet drawn
//!   before is skipped;
//! - proportional to u: m = Σu, and the sheet is the first whose running sum of u exceeds h mod m; repeats
//!   count again.
//!
//! By hand: `printf '%s' 'SEED,1' | sha256sum`, then `python3 -c 'print(int("HASH", 16) % M)'`.

use tallyproof_core::journal::sha256_hex;

use super::overstatement::Bounds;

/// Fewest characters of a seed: 20 decimal digits are 66 bits (STATISTICS §4).
const LEAST_SEED: usize = 20;

/// Most characters of a seed: a beacon's pulse has 128.
const MOST_SEED: usize = 512;

/// Counters tried per draw wanted, before a list is said to be exhausted.
const PATIENCE: u64 = 64;

/// How sheets are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Each with equal probability, without replacement.
    Simple,
    /// In proportion to u, with replacement.
    Proportional,
}

/// One draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Counter i.
    pub counter: u64,
    /// Hex of SHA-256(`seed,i`).
    pub hash: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Sheet at this place of the list, from 0.
    Sheet(usize),
    /// Void: the hash lies in the unequal rest.
    Void,
    /// The sheet at this place was drawn before.
    Again(usize),
}

/// Whether a text can be a seed: 20 to 512 letters and digits.
pub fn is_seed(seed: &str) -> bool {
    (LEAST_SEED..=MOST_SEED).contains(&seed.len()) && seed.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Draws until `n` sheets are drawn, or the list is exhausted; void and repeated counters are listed too.
pub fn draw(seed: &str, bounds: &Bounds, way: Way, n: u64) -> Vec<Draw> {
    let n_sheets = bounds.u.len();
    let m = if way == Way::Simple { n_sheets as u64 } else { bounds.total };
    let wanted = if way == Way::Simple { n.min(m) } else { n };
    let mut running = 0u64;
    let sums: Vec<u64> = bounds
        .u
        .iter()
        .map(|u| {
            running += u;
            running
        })
        .collect();
    let mut drawn = vec![false; n_sheets];
    let (mut draws, mut got, mut counter) = (Vec::new(), 0u64, 0u64);
    // A simple sample of all N sheets needs about N ln N counters.
    let most = wanted.saturating_mul(PATIENCE).saturating_add(1_000);
    while m > 0 && got < wanted && counter < most {
        counter += 1;
        let hash = sha256_hex(format!("{seed},{counter}").as_bytes());
        let outcome = match remainder(&hash, m) {
            None => Outcome::Void,
            Some(r) => {
                let place = match way {
                    Way::Simple => usize::try_from(r).unwrap_or(usize::MAX),
                    Way::Proportional => sums.partition_point(|&sum| sum <= r),
                };
                match drawn.get_mut(place) {
                    Some(true) if way == Way::Simple => Outcome::Again(place),
                    Some(seen) => {
                        *seen = true;
                        got += 1;
                        Outcome::Sheet(place)
                    }
                    None => Outcome::Void,
                }
            }
        };
        draws.push(Draw { counter, hash, outcome });
    }
    draws
}

/// h mod m, or `None` where h ≥ ⌊2²⁵⁶/m⌋ · m. `hash` is 64 hex digits, `m` at least 1.
fn remainder(hash: &str, m: u64) -> Option<u64> {
    let m = u128::from(m);
    // 2^256 mod m, by squaring 2^64 mod m twice.
    let step = (1u128 << 64) % m;
    let square = step * step % m;
    let rest = square * square % m;
    let mut limbs = [0u64; 4];
    for (i, limb) in limbs.iter_mut().enumerate() {
        *limb = u64::from_str_radix(hash.get(16 * i..16 * (i + 1))?, 16).ok()?;
    }
    // h ≥ 2^256 − rest, and rest < 2^64: only the lowest limb can fall short.
    let is_void = rest > 0 && limbs[..3] == [u64::MAX; 3] && u128::from(limbs[3]) >= (1u128 << 64) - rest;
    let value = limbs.iter().fold(0u128, |value, &limb| ((value << 64) | u128::from(limb)) % m);
    if is_void { None } else { u64::try_from(value).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `python3 -c 'import hashlib; print(int(hashlib.sha256(b"12345678901234567890,1").hexdigest(), 16) % 25073)'`
    /// and the same for 2 and 3.
    #[test]
    fn a_stranger_draws_the_same() {
        let bounds = Bounds::of(vec![1; 25_073]);
        let draws = draw("12345678901234567890", &bounds, Way::Simple, 3);
        let places: Vec<Outcome> = draws.iter().map(|d| d.outcome).collect();
        assert_eq!(places, [12_431, 8_403, 3_533].map(Outcome::Sheet));
        // With u = 1 everywhere, both ways point at the same sheets.
        let proportional = super::draw("12345678901234567890", &bounds, Way::Proportional, 3);
        assert_eq!(proportional, draws);
    }

    #[test]
    fn hashes_in_the_unequal_rest_are_void() {
        let last = "f".repeat(64);
        assert_eq!(remainder(&last, 10), None, "2^256 ends in 6: the last 6 values are void");
        let kept = format!("{}9", "f".repeat(63));
        assert_eq!(remainder(&kept, 10), Some(9));
        assert_eq!(remainder(&last, 16), Some(15));
        assert_eq!(remainder(&last, 1), Some(0));
    }

    #[test]
    fn a_small_list_is_drawn_to_its_end_and_no_farther() {
        let bounds = Bounds::of(vec![5, 0, 2]);
        let all = draw("00000000000000000000", &bounds, Way::Simple, 9);
        let sheets = |draws: &[Draw]| -> Vec<usize> {
            draws
                .iter()
                .filter_map(|d| match d.outcome {
                    Outcome::Sheet(i) => Some(i),
                    _ => None,
                })
                .collect()
        };
        let mut places = sheets(&all);
        places.sort_unstable();
        assert_eq!(places, [0, 1, 2]);
        let sized = sheets(&draw("00000000000000000000", &bounds, Way::Proportional, 50));
        assert!(sized.len() == 50 && !sized.contains(&1), "a bound of 0 is never drawn");
        assert!(draw("00000000000000000000", &Bounds::of(vec![]), Way::Simple, 5).is_empty());
        assert!(draw("00000000000000000000", &Bounds::of(vec![0]), Way::Proportional, 5).is_empty());
    }

    #[test]
    fn seeds_are_long_and_plain() {
        assert!(
            is_seed("12345678901234567890") && !is_seed("1234567890") && !is_seed("1234567890123456789,")
        );
    }
}
