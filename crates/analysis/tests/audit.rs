//! Audit: STATISTICS §4 on the published table, and a second implementation in exact whole numbers.

use num_bigint::BigUint;
use proptest::prelude::*;
use tallyproof_analysis::audit::alpha::Alpha;
use tallyproof_analysis::audit::draw::{Draw, Outcome, draw};
use tallyproof_analysis::audit::frozen::{Frozen, FrozenSheet};
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample, Seen};
use tallyproof_analysis::audit::overstatement::{Bounds, Cap};
use tallyproof_analysis::audit::plan::{Plan, plans};
use tallyproof_analysis::audit::status::{Advice, Method, Terms, status};
use tallyproof_analysis::audit::{hypergeometric, kaplan_markov};
use tallyproof_analysis::bounds::bounds;
use tallyproof_analysis::counted::Counted;
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::tabulate::tabulate;

use crate::venezuela_2024::{PACK, facts, published, version};

fn venezuela(v1: bool) -> Option<Vec<Plan>> {
    let pack = Pack::parse("venezuela-2024", PACK).unwrap();
    let older: &[&str] = if v1 { &["V1"] } else { &[] };
    let mut versions = vec![version(&pack, "V2", older, &published("tally-sheets-v2.csv")?)];
    if v1 {
        versions.push(version(&pack, "V1", &[], &published("tally-sheets-v1.csv")?));
    }
    let facts = facts(pack, versions);
    let sheets = reconcile(&facts);
    let tab = tabulate(&facts, &sheets);
    Some(plans(&tab, &bounds(&facts, &tab), &Counted::new(&facts, &sheets)))
}

/// The table of STATISTICS §4; B = valid + null.
#[test]
fn the_audit_table() {
    let Some(plans) = venezuela(true) else { return };
    let plan = plans.iter().find(|p| p.cap == Cap::Turnout).unwrap();
    assert_eq!((plan.total, plan.largest), (14_875_813, 1_322));
    // id, V, k_min, U, simple 5 % and 1 %, Kaplan–Markov, ALPHA all in.
    let expected = [
        ("sheets-only", 3_987_338, 4_556, "3.730763", [15, 23], [10, 15], [24, 36]),
        ("mean-table", 1_836_633, 1_954, "8.099502", [37, 57], [23, 35], [53, 81]),
        ("claimed-voters", 2_489_144, 2_719, "5.976277", [27, 41], [17, 26], [39, 59]),
        ("every-elector", 567_386, 554, "26.218153", [134, 206], [78, 119], [174, 267]),
    ];
    for (id, v, k_min, u, simple, kaplan_markov, alpha) in expected {
        let t = plan.treatments.iter().find(|t| t.id == id).unwrap();
        assert_eq!((t.v, t.k_min), (Some(v), Some(k_min)), "{id}");
        let (above, below) = t.u.unwrap();
        assert_eq!(format!("{:.6}", above as f64 / below as f64), u, "{id}");
        let sizes = |of: fn(&tallyproof_analysis::audit::plan::Sizes) -> Option<u64>| {
            [1, 2].map(|i: usize| of(&t.sizes[i]).unwrap())
        };
        assert_eq!(sizes(|s| s.simple), simple, "{id}");
        assert_eq!(sizes(|s| s.kaplan_markov), kaplan_markov, "{id}");
        assert_eq!(sizes(|s| s.alpha_all_in), alpha, "{id}");
        // What survives mismatches costs more draws than what survives none.
        assert!(sizes(|s| s.alpha).iter().zip(alpha).all(|(&with, without)| with + 2 >= without), "{id}");
    }
    let largest = plan.treatments.iter().find(|t| t.id == "largest-table").unwrap();
    assert_eq!((largest.v, largest.sizes.len()), (None, 0), "no sample settles what the bound leaves open");
    let by_electors = plans.iter().find(|p| p.cap == Cap::Electors).unwrap();
    assert!(by_electors.treatments[0].k_min < plan.treatments[0].k_min, "unused ballots could be stuffed");
}

#[test]
fn exact_tails_and_clean_samples() {
    let digits = |p: f64| format!("{p:.12}");
    assert_eq!(digits(hypergeometric::miss_all(25_073, 4_556, 15)), "0.049341156855");
    assert_eq!(digits(hypergeometric::miss_all(25_073, 554, 206)), "0.009834666384");
    assert_eq!(hypergeometric::most_wrong(25_073, 300, 0.05), 247);
    assert_eq!(hypergeometric::most_wrong(25_073, 300, 0.01), 379);
    // Refuting the second bulletin: 3,645 sheets must be false.
    assert_eq!([0.05, 0.01].map(|a| hypergeometric::fewest_draws(25_073, 3_645, a)), [Some(20), Some(30)]);
    let km = |e: i64| {
        kaplan_markov::p_values(
            14_875_813,
            3_987_338,
            (0..10).map(move |i| (if i == 3 { e } else { 0 }, 1_322)),
        )
    };
    assert_eq!(digits(km(0)[9]), "0.044143166198");
    assert_eq!(digits(km(10)[9]), "0.044479623257");
    assert_eq!(km(1_322)[9], 1.0, "an unfindable paper ends it for good");
}

fn choose(n: u64, k: u64) -> BigUint {
    if k > n {
        return BigUint::ZERO;
    }
    (0..k).fold(BigUint::from(1u8), |c, j| c * (n - j) / (j + 1))
}

/// P(at most `found` wrong among n of N, K wrong), numerator and denominator, by direct sums.
fn at_most(n_sheets: u64, k: u64, n: u64, found: u64) -> (BigUint, BigUint) {
    let ways = (0..=found.min(n)).map(|j| choose(k, j) * choose(n_sheets - k, n - j)).sum();
    (ways, choose(n_sheets, n))
}

/// p ≤ α exactly, α in parts per million.
fn within((above, below): &(BigUint, BigUint), ppm: u64) -> bool {
    above * 1_000_000u64 <= below * ppm
}

fn approximate((above, below): &(BigUint, BigUint)) -> f64 {
    let scaled = (above << 200u32) / below;
    // Digits of a 200-bit fraction.
    scaled.to_string().parse::<f64>().unwrap() / 2f64.powi(200)
}

#[test]
fn a_second_implementation_agrees_on_the_reference_cases() {
    for (k, n) in [(4_556, 15), (1_954, 37), (2_719, 27), (554, 134), (554, 206), (247, 300)] {
        let exact = at_most(25_073, k, n, 0);
        let ours = hypergeometric::miss_all(25_073, k, n);
        assert!((ours / approximate(&exact) - 1.0).abs() < 1e-12, "{k} {n}");
    }
    assert!(!within(&at_most(25_073, 247, 300, 0), 50_000) && within(&at_most(25_073, 248, 300, 0), 50_000));
    // A risk of exactly 5 %: 7 in 140.
    assert_eq!(hypergeometric::fewest_draws(140, 133, 0.05), Some(1));
    assert!(within(&at_most(25_073, 554, 206, 0), 10_000) && !within(&at_most(25_073, 554, 205, 0), 10_000));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_second_implementation_agrees(n_sheets in 1u64..250, k in 0u64..250, n in 0u64..250, found in 0u64..4, ppm in prop::sample::select(vec![10_000u64, 50_000, 100_000])) {
        let (k, n) = (k.min(n_sheets), n.min(n_sheets));
        let found = found.min(n);
        let alpha = ppm as f64 / 1e6;
        let exact = at_most(n_sheets, k, n, 0);
        let ours = hypergeometric::miss_all(n_sheets, k, n);
        prop_assert!((ours - approximate(&exact)).abs() < 1e-12);
        let fewest = (1..=n_sheets).find(|&n| within(&at_most(n_sheets, k, n, 0), ppm));
        prop_assert_eq!(hypergeometric::fewest_draws(n_sheets, k, alpha), fewest.filter(|_| k > 0));
        let most = (0..=n_sheets).rev().find(|&k| !within(&at_most(n_sheets, k, n, found), ppm));
        prop_assert_eq!(hypergeometric::most_wrong_given(n_sheets, n, found, alpha), most.unwrap_or(0).max(found));
    }

    /// ALPHA by the book, multiplied out without logarithms.
    #[test]
    fn a_second_implementation_of_alpha_agrees(
        n_sheets in 1u64..60, largest in 1u64..500, part in 0.01f64..1.0, expected in 0.5f64..1.0,
        scores in prop::collection::vec(prop_oneof![3 => Just(1.0f64), 1 => 0.0f64..1.0, 1 => Just(0.0)], 0..60),
    ) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 30,000")]
        let v = ((n_sheets * largest) as f64 * part).ceil() as u64;
        let scores = &scores[..scores.len().min(n_sheets as usize)];
        let ours = Alpha { n_sheets, largest, v, expected }.p_values(scores.iter().copied());
        let (n, t) = (n_sheets as f64, 1.0 - v as f64 / (n_sheets * largest) as f64);
        let (mut product, mut sum, mut least) = (1.0f64, 0.0f64, 1.0f64);
        for (j, &x) in scores.iter().enumerate() {
            let (before, mu) = (j as f64, (n * t - sum) / (n - j as f64));
            // Two sums of the same scores may differ in the last digit: where that decides, no p is compared.
            prop_assume!(mu.abs() > 1e-9 && (mu - 1.0).abs() > 1e-9);
            let floor = mu + (expected - t).max(0.0) / 2.0 / (100.0 + before).sqrt();
            let eta = ((100.0 * expected + sum) / (100.0 + before)).max(floor).min((1.0 - 1e-6f64).max(mu));
            let bet = x * eta / mu + (1.0 - x) * (1.0 - eta) / (1.0 - mu);
            product = if mu < 0.0 { f64::INFINITY } else if mu > 1.0 { 0.0 } else { product * bet };
            sum += x;
            least = least.min(1.0 / product).min(1.0);
            prop_assert!((ours[j] - least).abs() <= 1e-9 * least.max(1e-12), "{} {least} at {j}", ours[j]);
            if !(0.0..=1.0).contains(&mu) {
                break;
            }
        }
    }

    /// Whatever is found, nothing is infinite and nothing panics.
    #[test]
    fn any_inspection_has_a_status(
        votes in prop::collection::vec((0u32..500, 0u32..500, 0u32..1_000), 0..8),
        paper in prop::collection::vec(prop::option::of((0u32..600, 0u32..600)), 0..8),
        method in prop::sample::select(Method::ALL.to_vec()),
        v in 0u64..3_000,
    ) {
        let sheet = |(i, &(a, b, extra)): (usize, &(u32, u32, u32))| FrozenSheet {
            table: format!("{i:03}"), u: u64::from(2 * a + extra), votes: vec![a, b],
        };
        let frozen = Frozen { selections: vec!["A".into(), "B".into()], sheets: votes.iter().enumerate().map(sheet).collect() };
        let draws = draw("31415926535897932384", &frozen.bounds(), method.way(), 6);
        let found: Vec<Inspection> = paper.iter().enumerate().map(|(i, p)| inspection(&format!("{i:03}"), p.map(|(a, b)| vec![a, b]))).collect();
        let terms = terms(method, v);
        let standing = status(&frozen, &terms, &draws, &found);
        for risk in standing.standings.iter().flat_map(|s| s.risks.iter().flatten()) {
            prop_assert!((0.0..=1.0).contains(risk));
        }
        prop_assert!(standing.n_in_order <= standing.n_drawn);
    }
}

fn terms(method: Method, v: u64) -> Terms {
    Terms {
        method,
        risk_ppm: 50_000,
        sides: (0, 1),
        margins: vec![(1, v)],
        expected_ppm: 999_000,
        most_draws: 40,
    }
}

fn inspection(table: &str, votes: Option<Vec<u32>>) -> Inspection {
    let features = Feature::ALL.map(|f| (f, Seen::Present)).into();
    Inspection {
        table: table.into(),
        sample: Sample::Drawn,
        custody: "publisher".into(),
        votes,
        null: None,
        features,
    }
}

/// Over every order in which a small population can be drawn, ALPHA confirms a wrong winner in at most α of
/// them, looking after every draw.
#[test]
fn alpha_keeps_its_risk_limit_over_all_orders() {
    fn orders(items: &mut Vec<f64>, at: usize, see: &mut impl FnMut(&[f64])) {
        if at == items.len() {
            see(items);
        }
        for i in at..items.len() {
            items.swap(at, i);
            orders(items, at + 1, see);
            items.swap(at, i);
        }
    }
    let plan = Alpha { n_sheets: 7, largest: 100, v: 280, expected: 0.9 };
    // t = 0.6: populations whose mean is exactly that, or a little less.
    for population in [
        vec![1.0, 1.0, 1.0, 1.0, 0.2, 0.0, 0.0],
        vec![0.6; 7],
        vec![1.0, 1.0, 0.9, 0.8, 0.3, 0.2, 0.0],
        vec![1.0, 1.0, 1.0, 0.6, 0.6, 0.0, 0.0],
    ] {
        for alpha in [0.05, 0.1, 0.3] {
            let (mut n, mut wrong) = (0u32, 0u32);
            orders(&mut population.clone(), 0, &mut |order| {
                n += 1;
                wrong += u32::from(*plan.p_values(order.iter().copied()).last().unwrap() <= alpha);
            });
            assert_eq!(n, 5_040);
            assert!(f64::from(wrong) <= alpha * f64::from(n), "{population:?} {alpha}: {wrong}");
        }
    }
}

#[test]
fn a_mismatch_breaks_a_zero_mismatch_plan_and_not_alpha() {
    let sheets =
        (0..400).map(|i| FrozenSheet { table: format!("{i:03}"), u: 150, votes: vec![80, 40] }).collect();
    let frozen = Frozen { selections: vec!["A".into(), "B".into()], sheets };
    let v = 16_000;
    let seed = "27182818284590452353";
    let list = |method: Method| draw(seed, &frozen.bounds(), method.way(), 40);
    let inspect = |draws: &[Draw], wrong: Option<Option<Vec<u32>>>| -> Vec<Inspection> {
        let drawn = draws.iter().filter_map(|d| match d.outcome {
            Outcome::Sheet(i) => Some(i),
            _ => None,
        });
        let paper = |(n, i): (usize, usize)| {
            let votes = if n == 2 { wrong.clone().unwrap_or(Some(vec![80, 40])) } else { Some(vec![80, 40]) };
            inspection(&format!("{i:03}"), votes)
        };
        drawn.enumerate().map(paper).collect()
    };
    for method in Method::ALL {
        let draws = list(method);
        let clean = status(&frozen, &terms(method, v), &draws, &inspect(&draws, None));
        assert_eq!(clean.advice, Advice::Confirmed, "{method:?}");
        let one = status(&frozen, &terms(method, v), &draws, &inspect(&draws, Some(Some(vec![79, 41]))));
        let expected = if method == Method::Simple { Advice::Broken } else { Advice::Confirmed };
        assert_eq!((one.advice, one.n_differing), (expected, 1), "{method:?}");
        let lost = status(&frozen, &terms(method, v), &draws, &inspect(&draws, Some(None)));
        let expected = if method == Method::Alpha { Advice::Confirmed } else { Advice::Broken };
        assert_eq!((lost.advice, lost.n_not_found), (expected, 1), "{method:?}");
    }
    // A sheet left out leaves what comes after it without risk.
    let draws = list(Method::Simple);
    let mut gap = inspect(&draws, None);
    gap.remove(5);
    let status_with_gap = status(&frozen, &terms(Method::Simple, v), &draws, &gap);
    assert_eq!((status_with_gap.n_in_order, status_with_gap.n_out_of_order), (5, 34));
    // Convenience samples are recorded and change nothing.
    gap.push(Inspection { sample: Sample::Convenience, ..inspection("399", Some(vec![0, 0])) });
    let with_convenience = status(&frozen, &terms(Method::Simple, v), &draws, &gap);
    assert_eq!(with_convenience.n_convenience, 1);
    assert_eq!(with_convenience.standings, status_with_gap.standings);
}

#[test]
fn a_frozen_list_reads_back_and_hostile_bytes_do_not() {
    let sheets = vec![
        FrozenSheet { table: "01.01".into(), u: 7, votes: vec![5, 1] },
        FrozenSheet { table: "01.02".into(), u: 0, votes: vec![0, 0] },
    ];
    let frozen = Frozen { selections: vec!["A".into(), "B".into()], sheets };
    let bytes = frozen.to_bytes();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), "table,u,A,B\n01.01,7,5,1\n01.02,0,0,0\n");
    assert_eq!(Frozen::parse(&bytes).unwrap(), frozen);
    for (wrong, line) in [
        ("", 1),
        ("table,u\n", 1),
        ("table,u,A\n01,x,1\n", 2),
        ("table,u,A\n02,1,1\n01,1,1\n", 3),
        ("table,u,A\n01,1,1,1\n", 2),
        ("table,u,A\n\n", 2),
        ("table,u,A\n01,1,-1\n", 2),
        // What would read as another writing of the same list.
        ("table,u,A\r\r\r", 1),
        ("table,u,A\r\n", 1),
        ("table,u,A\n01,1,1", 2),
        ("table,u,A\n01,1,1\n02,01,1\n", 3),
        ("table,u,A\n01,1,+1\n", 2),
    ] {
        assert_eq!(Frozen::parse(wrong.as_bytes()).unwrap_err().line, line, "{wrong:?}");
    }
    assert_eq!(Bounds::of(vec![7, 0]), frozen.bounds());
}
