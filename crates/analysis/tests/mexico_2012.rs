//! A complete election as the truth: Mexico 2012, 143,132 tables (STATISTICS §2.2).

use tallyproof_analysis::calibrate::figures;
use tallyproof_analysis::calibrate::mask::{Scheme, mask, rng};
use tallyproof_analysis::estimate::population::{Population, Whole};
use tallyproof_analysis::estimate::ratio::{Absent, Estimator, estimate};
use tallyproof_core::facts::{Facts, Source, Version};
use tallyproof_core::pack::{Encoding, Pack, RegisterFile, Template};
use tallyproof_core::register::Register;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

use crate::estimate::{SEED, estimation};
use crate::venezuela_2024::published_in;

const PACK: &str = include_str!("../../../elections/mexico-2012/election.toml");
const DISTRICT: usize = 1;
const SECTION: usize = 2;
const TABLE: usize = 3;

fn casillas() -> Option<Vec<u8>> {
    published_in("mexico-2012", "casillas.csv")
}

/// The whole election, with the table itself as its register.
fn whole(bytes: &[u8]) -> Facts {
    let pack = Pack::parse("mexico-2012", PACK).unwrap();
    let mapping = fitting_mapping(&pack, bytes).expect("a mapping fits");
    let transcription = Transcription::parse(bytes, mapping, &pack).unwrap();
    assert_eq!((transcription.readings.len(), transcription.n_refused), (143_132, 0));
    let file = RegisterFile {
        file: String::new(),
        encoding: Encoding::Utf8,
        delimiter: Default::default(),
        table: mapping.table.clone().unwrap_or_else(|| Template::parse("{a:1}").unwrap()),
        electors: Some("ln".into()),
        names: Default::default(),
    };
    let chars: Vec<usize> = pack.levels.iter().map(|level| level.chars).collect();
    let register = Register::parse(bytes, &file, &pack.pattern, &chars).unwrap();
    let version = Version { label: "1".into(), supersedes: vec![], sha256: String::new(), transcription };
    Facts::new(pack, Some(register), vec![Source::new("ine".into(), vec![version]).unwrap()])
}

/// Coverage of margin, share and ratio, clustered at `level`.
fn coverage(population: &Population, whole: &Whole, hide: usize, level: usize, n_masks: u64) -> [f64; 3] {
    let truth = figures(&estimate(population, whole, Estimator::Expansion, TABLE, None).unwrap());
    let mut covered = [0u32; 3];
    for number in 0..n_masks {
        let n_hidden = population.len() * 165 / 1000;
        let seen = mask(population, Scheme::Units(hide), n_hidden, &mut rng(SEED, hide, number));
        let found = estimate(population, whole, Estimator::Expansion, level, Some(&seen)).unwrap();
        for ((count, figure), truth) in covered.iter_mut().zip(figures(&found)).zip(truth) {
            *count += u32::from(figure.unwrap().covers(truth.unwrap().value));
        }
    }
    covered.map(|n| f64::from(n) / n_masks as f64)
}

/// 100 masks: within three standard errors of the published coverages (1,000 runs, whose own error is added).
#[test]
fn coverage_on_a_complete_election() {
    let Some(bytes) = casillas() else { return };
    let facts = whole(&bytes);
    let estimation = estimation(&facts);
    let (first, second) = estimation.first_two.unwrap();
    let population = estimation.population.in_three(first, second);
    let all = population.as_whole();
    let published = [
        (TABLE, TABLE, [0.945, 0.939, 0.944]),
        (SECTION, TABLE, [0.741, 0.750, 0.735]),
        (SECTION, SECTION, [0.951, 0.944, 0.950]),
        (DISTRICT, TABLE, [0.110, 0.116, 0.106]),
        (DISTRICT, SECTION, [0.168, 0.203, 0.169]),
        (DISTRICT, DISTRICT, [0.963, 0.953, 0.963]),
    ];
    for (hide, level, expected) in published {
        let found = coverage(&population, &all, hide, level, 100);
        eprintln!("hidden {hide}, clustered {level}: {found:?} ({expected:?} published)");
        for (found, expected) in found.into_iter().zip(expected) {
            let expected: f64 = expected;
            let error = (expected * (1.0 - expected) * (1.0 / 100.0 + 1.0 / 1000.0)).sqrt();
            assert!((found - expected).abs() <= 3.0 * error, "hidden {hide}, clustered {level}");
        }
    }
}

/// With everything seen every estimator gives the totals themselves and no error; with a fifth of the
/// districts hidden, ratios to electors come nearer than expansion, for they know how large the hidden are.
#[test]
fn electors_known_by_area() {
    let Some(bytes) = casillas() else { return };
    let facts = whole(&bytes);
    let estimation = estimation(&facts);
    assert_eq!(estimation.default.0, Estimator::PostStratified);
    assert_eq!(estimation.whole, estimation.population.as_whole());
    for estimator in Estimator::ALL {
        let all = estimation.at(estimator, DISTRICT).unwrap();
        let totals = [19_220_407.0, 15_881_019.0, 12_769_479.0];
        for (found, expected) in all.totals.iter().zip(totals) {
            assert!((found - expected).abs() < 1e-3, "{estimator:?}: {found}");
        }
        assert_eq!(all.margin(0, 1).se, Some(0.0));
    }
    let population = estimation.population.in_three(0, 1);
    let mut square_error = [0.0; 3];
    let mut n = 0;
    for number in 0..30 {
        let seen = mask(&population, Scheme::Uneven(DISTRICT), 143_132 / 5, &mut rng(SEED, 9, number));
        let margin = |estimator| {
            let found = estimate(&population, &estimation.whole, estimator, DISTRICT, Some(&seen))?;
            Ok(found.margin(0, 1).value)
        };
        let found: Result<Vec<f64>, Absent> = Estimator::ALL.into_iter().map(margin).collect();
        match found {
            Ok(found) => {
                n += 1;
                square_error.iter_mut().zip(found).for_each(|(sum, m)| *sum += (m - 3_339_388.0).powi(2));
            }
            // A state of two districts can lose both.
            Err(absent) => assert_eq!(absent, Absent::AreaWithoutSheets),
        }
    }
    let [expansion, ratio, post_stratified] = square_error.map(|sum: f64| (sum / f64::from(n)).sqrt());
    eprintln!("rmse of the margin, {n} masks: E0 {expansion:.0}, E1 {ratio:.0}, E2 {post_stratified:.0}");
    assert!(n >= 10 && post_stratified < expansion.min(ratio), "a register by area helps");
}
