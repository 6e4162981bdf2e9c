//! The figures of STATISTICS §2.2 for Venezuela 2024, from the published tables themselves.

use tallyproof_analysis::calibrate::mask::{Scheme, mask, rng};
use tallyproof_analysis::calibrate::{Calibration, Request, calibrate, figures};
use tallyproof_analysis::estimate::Estimation;
use tallyproof_analysis::estimate::level::LevelReason;
use tallyproof_analysis::estimate::ratio::{Estimator, estimate};
use tallyproof_core::facts::Facts;
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::tabulate::tabulate;

use crate::venezuela_2024::{PACK, facts, published, version};

pub(crate) const STATE: usize = 0;
pub(crate) const MUNICIPALITY: usize = 1;
pub(crate) const PARISH: usize = 2;
pub(crate) const CENTRE: usize = 3;
pub(crate) const TABLE: usize = 4;

pub(crate) fn estimation(facts: &Facts) -> Estimation {
    let sheets = reconcile(facts);
    let tab = tabulate(facts, &sheets);
    Estimation::new(facts, &sheets, &tab)
}

pub(crate) fn level_id(pack: &Pack) -> impl Fn(usize) -> String {
    |level| pack.levels.get(level).map_or("table".to_owned(), |l| l.id.clone())
}

fn of(name: &str) -> Option<Facts> {
    let bytes = published(name)?;
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let only = version(&pack, "only", &[], &bytes);
    Some(facts(pack, vec![only]))
}

fn near(x: f64, expected: f64, half_a_digit: f64) {
    assert!((x - expected).abs() <= half_a_digit, "{x} is not {expected}");
}

#[test]
fn expansion_of_the_second_table() {
    let Some(facts) = of("tally-sheets-v2.csv") else { return };
    let estimation = estimation(&facts);
    let clustering = &estimation.clustering;
    assert_eq!((clustering.level, clustering.reason), (PARISH, LevelReason::Assumed));
    assert_eq!(estimation.default.0, Estimator::Expansion);
    let (eg, nm) = estimation.first_two.unwrap();
    let at = |level| estimation.at(Estimator::Expansion, level).unwrap();
    let parish = at(PARISH);
    assert_eq!(parish.n_clusters, 1_090);
    let share = parish.share(eg).unwrap();
    near(share.value, 0.670828, 5e-7);
    near(share.se.unwrap(), 0.001750, 5e-7);
    let ratio = parish.ratio(eg, nm).unwrap();
    near(ratio.value, 2.202403, 5e-7);
    near(ratio.se.unwrap(), 0.017995, 5e-7);
    let (low, high) = ratio.interval().unwrap();
    near(low, 2.1671, 5e-5);
    near(high, 2.2377, 5e-5);
    for (level, se) in [(PARISH, 47_356.8), (TABLE, 10_173.4), (CENTRE, 15_922.7), (MUNICIPALITY, 74_015.0)] {
        near(at(level).margin(eg, nm).se.unwrap(), se, 0.05);
    }
    assert!(parish.probability_of_ratio(eg, nm, 2.0).unwrap() > 0.999);
    assert!(at(STATE).margin(eg, nm).se.is_some());
}

#[test]
fn ratio_to_electors_of_the_first_table() {
    let Some(facts) = of("tally-sheets-v1.csv") else { return };
    let estimation = estimation(&facts);
    assert_eq!(estimation.whole.electors, Some(21_323_253));
    let (eg, nm) = estimation.first_two.unwrap();
    let parish = estimation.at(Estimator::Ratio, PARISH).unwrap();
    let margin = parish.margin(eg, nm);
    near(margin.value, 4_704_391.8, 0.05);
    near(margin.se.unwrap(), 40_458.9, 0.05);
    let share = parish.share(eg).unwrap();
    near(share.value, 0.671393, 5e-7);
    near(share.se.unwrap(), 0.001771, 5e-7);
    near(parish.ratio(eg, nm).unwrap().se.unwrap(), 0.018296, 5e-7);
}

#[test]
fn late_sheets_against_early_ones_of_their_municipality() {
    let (Some(v1), Some(v2)) = (published("tally-sheets-v1.csv"), published("tally-sheets-v2.csv")) else {
        return;
    };
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let versions = vec![version(&pack, "V1", &[], &v1), version(&pack, "V2", &["V1"], &v2)];
    let facts = facts(pack, versions);
    let shifts = estimation(&facts).shifts;
    assert_eq!(shifts.len(), 4, "one comparison per level");
    let municipality = shifts.iter().find(|s| s.level == MUNICIPALITY).unwrap();
    assert_eq!(municipality.n_late, 543);
    near(municipality.shift.value, 0.0264, 5e-5);
    near(municipality.shift.se.unwrap(), 0.0063, 5e-5);
}

/// Coverage of the margin's interval, masks of whole units.
pub(crate) fn coverage(calibration: &Calibration, hidden: &str, level: &str, figure: &str) -> f64 {
    let row = calibration.rows.iter().find(|row| {
        row.hidden == "units"
            && row.hidden_level == hidden
            && row.estimator == "expansion"
            && row.level == level
            && row.figure == figure
    });
    row.and_then(|row| row.coverage).unwrap()
}

/// The seed of every published calibration of this project.
pub(crate) const SEED: u64 = 20_240_728;

/// 1,000 masks of whole parishes: intervals clustered by parish cover the truth, those that take tables for
/// independent do not.
#[test]
fn parish_clusters_cover_a_thousand_masks_and_independent_tables_do_not() {
    let Some(facts) = of("tally-sheets-v1.csv") else { return };
    let estimation = estimation(&facts);
    let (first, second) = estimation.first_two.unwrap();
    let population = estimation.population.in_three(first, second);
    let whole = population.as_whole();
    let at = |level: usize, seen: Option<&[bool]>| {
        figures(&estimate(&population, &whole, Estimator::Expansion, level, seen).unwrap())
    };
    let truth = at(TABLE, None).map(|figure| figure.unwrap().value);
    let mut covered = [[0u32; 3]; 2];
    for number in 0..1_000 {
        let n_hidden = population.len() * 165 / 1_000;
        let seen = mask(&population, Scheme::Units(PARISH), n_hidden, &mut rng(SEED, PARISH, number));
        for (counts, level) in covered.iter_mut().zip([PARISH, TABLE]) {
            for ((count, figure), truth) in counts.iter_mut().zip(at(level, Some(&seen))).zip(truth) {
                *count += u32::from(figure.unwrap().covers(truth));
            }
        }
    }
    eprintln!("margin, share, ratio in a thousand: by parish {:?}, by table {:?}", covered[0], covered[1]);
    assert!(covered[0].iter().all(|n| (900..=1_000).contains(n)), "by parish: {:?}", covered[0]);
    assert!(covered[1].iter().all(|n| *n < 500), "by table: {:?}", covered[1]);
}

/// 100 masks: within three standard errors of the published coverages, and the published ± of these.
#[test]
fn masking_the_first_table() {
    let Some(facts) = of("tally-sheets-v1.csv") else { return };
    let estimation = estimation(&facts);
    let request = Request { seed: SEED, n_masks: 100, hidden_per_mille: Some(165) };
    let ids = level_id(&facts.pack);
    let calibration = calibrate(&estimation, request, &ids, |s| facts.pack.selections[s].id.clone()).unwrap();
    let published = [
        ("table", [0.94, 1.0, 1.0]),
        ("centre", [0.78, 1.0, 1.0]),
        ("parish", [0.33, 0.95, 0.99]),
        ("municipality", [0.21, 0.79, 0.94]),
    ];
    for (hidden, coverages) in published {
        for (level, expected) in ["table", "parish", "municipality"].into_iter().zip(coverages) {
            let found = coverage(&calibration, hidden, level, "margin");
            let tolerance = 3.0 * f64::max(expected * (1.0 - expected), 0.01).sqrt() / 10.0 + 0.015;
            eprintln!("{hidden} hidden, by {level}: {found} ({expected} published)");
            assert!((found - expected).abs() <= tolerance, "{hidden} hidden, by {level}: {found}");
        }
    }
    let again = calibrate(&estimation, request, &ids, |s| facts.pack.selections[s].id.clone()).unwrap();
    assert_eq!(calibration, again);
}
