//! `results.json`: everything published, as a function of the set of facts and of nothing else.
//!
//! No time, order, thread count or build feature enters. Votes are integers; shares have six decimals,
//! mean and lead two, the ratio six. Every figure that is not a plain sum stands in `formulas`.

mod audit;
mod claim;
mod estimate;
mod forensics;
mod held;
mod shape;

use std::collections::BTreeMap;

use tallyproof_core::facts::{Facts, ImageFault};
use tallyproof_core::pack::Pack;
use tallyproof_core::print::Comparison;
use tallyproof_core::reconcile::{Sheet, reconcile};
use tallyproof_core::rules::{Finding, RULES, check_all};
use tallyproof_core::sheet::Channel;
use tallyproof_core::tabulate::{AreaTotals, Tabulation, Totals, UnitWins, tabulate};
use tallyproof_core::tidy::json;

pub use audit::{
    PublishedAudit, PublishedCleanSample, PublishedDraws, PublishedPlan, PublishedRefutation,
    PublishedSample, PublishedTreatment,
};
use claim::claim;
pub use estimate::{
    PublishedArrival, PublishedArrivals, PublishedClustering, PublishedEmptiness, PublishedEstimate,
    PublishedEstimator, PublishedGroup, PublishedInterval, PublishedPoint, PublishedProbability,
    PublishedSensitivity, PublishedShift, PublishedTipping, PublishedWording, level_id,
};
pub use held::{
    AuditFacts, AuditRecord, Choice, NoProposal, Proposal, PublishedAssertion, PublishedConvenience,
    PublishedHeldAudit, PublishedInspection,
};
pub use shape::*;

use crate::arrivals::arrivals;
use crate::audit::overstatement::{Bounds, Cap};
use crate::audit::plan::{plans, refutations};
use crate::bounds::{Bound, bounds, break_even};
use crate::claims::{TestedClaim, test_claims};
use crate::counted::Counted;
use crate::estimate::Estimation;
use crate::number::{ratio, share};
use crate::robustness::robustness;
use crate::sensitivity::sensitivity;
use crate::wording;

/// Version of the format of `results.json`; documented in `docs/reference/results.md`.
pub const RESULTS_SCHEMA_VERSION: u32 = 1;

/// The whole analysis of a set of facts.
pub struct Analysis<'f> {
    /// Every table anybody speaks of.
    pub sheets: Vec<Sheet<'f>>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// The sheets that count.
    pub counted: Counted<'f>,
    /// Every claim and its tests.
    pub claims: Vec<TestedClaim<'f>>,
    /// The estimate, as a calibration needs it.
    pub estimation: Estimation,
    /// What is published.
    pub results: Results,
}

/// Reconciles, checks, tabulates, bounds and tests: from facts to everything published.
pub fn analyse(facts: &Facts) -> Analysis<'_> {
    analyse_with(facts, &AuditFacts::default())
}

/// As [`analyse`], with what is known of audits.
pub fn analyse_with<'f>(facts: &'f Facts, audits: &AuditFacts) -> Analysis<'f> {
    analyse_sheets(facts, audits, reconcile(facts))
}

/// As [`analyse_with`], of sheets that are reconciled already.
pub fn analyse_sheets<'f>(facts: &'f Facts, audits: &AuditFacts, sheets: Vec<Sheet<'f>>) -> Analysis<'f> {
    let findings = check_all(facts, &sheets);
    let tabulation = tabulate(facts, &sheets);
    let counted = Counted::new(facts, &sheets);
    let claims = test_claims(facts, &counted);
    let estimation = Estimation::new(facts, &sheets, &tabulation);
    let results =
        Results::new(facts, &sheets, &tabulation, (&counted, &claims), &findings, &estimation, audits);
    Analysis { sheets, findings, counted, claims, estimation, results }
}

impl Results {
    fn new(
        facts: &Facts,
        sheets: &[Sheet],
        tab: &Tabulation,
        (counted, claims): (&Counted, &[TestedClaim]),
        findings: &[Finding],
        estimation: &Estimation,
        audits: &AuditFacts,
    ) -> Self {
        let mut findings_by_rule: BTreeMap<&str, u64> = RULES.iter().map(|rule| (rule.code, 0)).collect();
        for finding in findings {
            *findings_by_rule.entry(finding.rule).or_default() += 1;
        }
        let even = break_even(tab);
        let bounds = bounds(facts, tab);
        let line = sensitivity(tab);
        let groups = robustness(facts, sheets, tab);
        let tabulated = tabulation(facts, sheets, tab);
        let evidence = wording::evidence(tab, &groups, tabulated.basis.sources.len());
        let lead = wording::lead(tab, estimation, line.as_ref(), &bounds, &groups);
        Self {
            schema_version: RESULTS_SCHEMA_VERSION,
            election: election(facts),
            tabulation: tabulated,
            audit: audit::audit(
                outcome_budget(tab, counted),
                &plans(tab, &bounds, counted),
                &refutations(claims, counted.len() as u64),
                counted,
                audits,
            ),
            forensics: forensics::forensics(facts, tab, counted),
            bounds: bounds.into_iter().map(bound).collect(),
            break_even: PublishedBreakEven {
                votes_per_missing_table: even.votes_per_missing_table,
                most_mean_tables: even.most_mean_tables,
                most_largest_tables: even.most_largest_tables,
            },
            estimate: estimate::estimate(facts, estimation),
            sensitivity: line.as_ref().map(estimate::sensitivity),
            arrivals: arrivals(facts, sheets, tab).iter().map(estimate::arrivals).collect(),
            robustness: groups.iter().map(|g| estimate::group(&facts.pack, g)).collect(),
            wording: PublishedWording { evidence: evidence.code(), lead: lead.code() },
            claims: claims.iter().map(|c| claim(facts, tab, c)).collect(),
            findings_by_rule,
            images: images(facts),
            sources: facts.sources.iter().map(|s| source(&facts.pack, s)).collect(),
            formulas: formulas(&facts.pack),
        }
    }

    /// The bytes of `results.json`: two-space indent, keys in the order documented, a line end.
    pub fn to_json(&self) -> Vec<u8> {
        // Serialising owned strings and finite numbers into memory has no way to fail.
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        let mut bytes = json(&text).into_owned().into_bytes();
        bytes.push(b'\n');
        bytes
    }
}

/// Fewest counted sheets that must be entirely reversed before the second side has as many votes.
fn outcome_budget(tab: &Tabulation, counted: &Counted) -> Option<u64> {
    let (first, second) = (tab.totals.winner()?, *tab.totals.ranking().get(1)?);
    Bounds::new(counted, (first, second), Cap::Turnout).fewest_for(tab.totals.margin())
}

/// How figures that are not plain sums come about.
const FORMULAS: &[(&str, &str)] = &[
    ("tabulation.margin", "votes(leading) − votes(second)"),
    ("tabulation.ratio", "votes(leading) / votes(second)"),
    ("tabulation.shares", "votes / valid"),
    ("tabulation.valid", "sum of votes over selections"),
    ("tabulation.voters", "sum over counted tables of votes of all selections + null"),
    ("tabulation.share_of_tables", "n_tables_seen / n_tables_total"),
    ("tabulation.n_tables_missing", "n_tables_total − n_tables_seen"),
    ("tabulation.mean_valid_per_table", "valid / n_tables_seen"),
    (
        "tabulation.electors.floor",
        "sum over counted tables of max(electors, voters), voters where electors are unknown",
    ),
    ("tabulation.areas.margin_share", "(votes(first) − votes(second)) / valid"),
    (
        "claims.false_sheets",
        "sheets by votes, most first: leave out uncounted_tables, take the next until they cover surplus",
    ),
    (
        "audit.outcome_budget",
        "fewest sheets with sum of (votes(leading) − votes(second) + valid + null) ≥ margin",
    ),
    ("audit.plans.bound", "u = votes(leading) − votes(second) + electors, or + valid + null"),
    ("audit.plans.treatments.v", "margin − missing_votes, rounded down"),
    ("audit.plans.treatments.k_min", "fewest sheets whose u sum to v"),
    ("audit.plans.treatments.u", "sum of u / v"),
    ("audit.simple", "fewest n with product over j < n of (sheets − k_min − j) / (sheets − j) ≤ risk_limit"),
    ("audit.kaplan_markov", "⌈ln(risk_limit) / ln(1 − 1 / u)⌉"),
    ("audit.alpha_all_in", "⌈ln(risk_limit) / ln(1 − v / (sheets × largest_bound))⌉"),
    (
        "audit.most_false",
        "largest k with product over j < draws of (sheets − k − j) / (sheets − j) > risk limit",
    ),
    (
        "forensics.homogeneity.phi",
        "sum over tables of (y − V p)² / (V p (1 − p)) / sum over centres of (tables − 1)",
    ),
    (
        "forensics.integer_percent.expected",
        "sum over tables of the binomial probability of a whole percent at p = y / V",
    ),
    ("break_even.votes_per_missing_table", "margin / n_tables_missing"),
    ("break_even.most_mean_tables", "largest k with k × valid / n_tables_seen < margin"),
    ("break_even.most_largest_tables", "largest k with k × largest_table_valid < margin"),
];

/// Formulas that are others where blank votes are counted apart.
const FORMULAS_WITH_BLANK: &[(&str, &str)] = &[
    ("tabulation.voters", "sum over counted tables of votes of all selections + blank + null"),
    (
        "audit.outcome_budget",
        "fewest sheets with sum of (votes(leading) − votes(second) + valid + blank + null) ≥ margin",
    ),
    ("audit.plans.bound", "u = votes(leading) − votes(second) + electors, or + valid + blank + null"),
];

fn formulas(pack: &Pack) -> BTreeMap<&'static str, &'static str> {
    let with_blank = if pack.blank_votes { FORMULAS_WITH_BLANK } else { &[] };
    FORMULAS.iter().copied().chain(estimate::formulas()).chain(with_blank.iter().copied()).collect()
}

fn election(facts: &Facts) -> PublishedElection {
    let pack = &facts.pack;
    let level = |l: &tallyproof_core::pack::Level| PublishedLevel {
        id: l.id.clone(),
        name: (&l.name).into(),
        plural: (&l.plural).into(),
        count: l.count,
    };
    PublishedElection {
        id: pack.id.clone(),
        title: (&pack.title).into(),
        contest: (&pack.contest).into(),
        date: pack.date.clone(),
        synthetic: pack.synthetic,
        selections: pack
            .selections
            .iter()
            .map(|s| PublishedSelection {
                id: s.id.clone(),
                name: s.name.clone(),
                short: s.short.clone(),
                color: s.color.clone(),
            })
            .collect(),
        notes: pack.notes.iter().map(Words::from).collect(),
        totals_note: (&pack.totals_note).into(),
        electors: facts.electors(),
        levels: pack.levels.iter().map(level).collect(),
    }
}

fn tabulation(facts: &Facts, sheets: &[Sheet], tab: &Tabulation) -> PublishedTabulation {
    let pack = &facts.pack;
    let totals = &tab.totals;
    let ranking = totals.ranking();
    let id = |rank: usize| ranking.get(rank).map(|&i| pack.selections[i].id.clone());
    let votes = |rank: usize| ranking.get(rank).map_or(0, |&i| i128::from(totals.votes[i]));
    let seen = (tab.n_tables_seen() > 0).then_some(());
    let mut units_won = BTreeMap::from([("table".to_owned(), wins(pack, &tab.tables_won))]);
    units_won.extend(pack.levels.iter().zip(&tab.areas_won).map(|(l, w)| (l.id.clone(), wins(pack, w))));
    let listed = pack.levels.iter().enumerate().filter(|(_, level)| level.listed);
    PublishedTabulation {
        n_tables_total: tab.n_tables_total,
        n_tables_seen: tab.n_tables_seen(),
        n_tables_missing: tab.n_tables_missing(),
        share_of_tables: share(tab.n_tables_seen(), tab.n_tables_total),
        votes: by_id(pack, |i| totals.votes[i]),
        shares: by_id(pack, |i| share(totals.votes[i], totals.valid())),
        valid: totals.valid(),
        blank: pack.blank_votes.then_some(totals.blank),
        n_blank_unknown: pack.blank_votes.then_some(totals.n_blank_unknown),
        null: totals.null,
        n_null_unknown: totals.n_null_unknown,
        voters: tab.voters,
        leading: seen.and_then(|()| id(0)),
        second: seen.and_then(|()| id(1)),
        tied: seen.is_some() && totals.winner().is_none(),
        margin: totals.margin(),
        ratio: ratio(votes(0), votes(1), 6),
        mean_valid_per_table: ratio(i128::from(totals.valid()), i128::from(tab.n_tables_seen()), 4),
        largest_table_valid: tab.largest_valid,
        electors: PublishedElectors {
            n_tables_known: tab.n_electors_known,
            known: tab.electors_known,
            floor: tab.electors_floor,
            n_tables_over: tab.n_over_electors,
        },
        basis: basis(facts, sheets, tab),
        by_class: tab
            .by_class
            .iter()
            .map(|(class, totals)| (class.code(), published_totals(pack, totals)))
            .collect(),
        by_status: tab.by_status.iter().map(|(status, n)| (status.code(), *n)).collect(),
        units_won,
        areas: listed
            .flat_map(|(level, _)| tab.areas[level].iter().map(move |area| (level, area)))
            .map(|(level, totals)| area(facts, level, totals))
            .collect(),
    }
}

fn basis<'s>(facts: &Facts, sheets: &'s [Sheet<'_>], tab: &Tabulation) -> Basis {
    use tallyproof_core::pack::SourcesDiffer;
    use tallyproof_core::sheet::EvidenceClass;
    let pack = &facts.pack;
    let counted = sheets.iter().filter(|s| s.counts(pack));
    // Two sources that agree both stand behind a sheet; elsewhere the leading one does.
    let behind = |sheet: &'s Sheet<'_>| {
        let values = sheet.values();
        let second = sheet.witnesses.iter().filter(move |witness| {
            sheet.class == EvidenceClass::TwoSources && witness.reading.values.same_votes(values)
        });
        second.map(|witness| witness.source).chain([sheet.leading().source])
    };
    let sources: std::collections::BTreeSet<&str> = counted.flat_map(behind).collect();
    Basis {
        classes: tab.by_class.keys().map(|class| class.code()).collect(),
        admits: pack.policy.admits.iter().map(|class| class.code()).collect(),
        sources_differ: match pack.policy.sources_differ {
            SourcesDiffer::Conflict => "conflict",
            SourcesDiffer::PreferTrusted => "prefer-trusted",
        },
        sources: sources.into_iter().map(str::to_owned).collect(),
        provisional: tab.by_class.contains_key(&EvidenceClass::CodeOnly),
    }
}

fn area(facts: &Facts, level: usize, area: &AreaTotals) -> PublishedArea {
    let pack = &facts.pack;
    let totals = &area.totals;
    let ranking = totals.ranking();
    let votes = |rank: usize| ranking.get(rank).map_or(0, |&i| i128::from(totals.votes[i]));
    let known = pack.areas.get(&(level, area.code.clone()));
    PublishedArea {
        level: pack.levels[level].id.clone(),
        code: area.code.clone(),
        name: facts.area_name(level, &area.code).map(str::to_owned),
        boundary: known.and_then(|a| a.boundary.clone()),
        n_tables_seen: totals.n_tables,
        n_tables_total: area.n_tables_total,
        votes: by_id(pack, |i| totals.votes[i]),
        valid: totals.valid(),
        blank: pack.blank_votes.then_some(totals.blank),
        null: totals.null,
        electors_known: area.electors,
        leading: totals.winner().map(|i| pack.selections[i].id.clone()),
        margin: totals.margin(),
        margin_share: share(totals.margin(), totals.valid()),
        ratio: ratio(votes(0), votes(1), 4),
    }
}

fn published_totals(pack: &Pack, totals: &Totals) -> PublishedTotals {
    PublishedTotals {
        n_tables: totals.n_tables,
        votes: by_id(pack, |i| totals.votes[i]),
        valid: totals.valid(),
        blank: pack.blank_votes.then_some(totals.blank),
        null: totals.null,
    }
}

fn wins(pack: &Pack, wins: &UnitWins) -> PublishedWins {
    PublishedWins { n_seen: wins.n_seen, won: by_id(pack, |i| wins.won[i]), ties: wins.ties }
}

fn bound(bound: Bound) -> PublishedBound {
    PublishedBound {
        id: bound.id,
        assumption: bound.assumption,
        formula: bound.formula,
        inputs: bound.inputs.into_iter().collect(),
        missing_votes: bound.missing_votes,
        lead_left: bound.lead_left,
        flip_excluded: bound.flip_excluded,
    }
}

fn images(facts: &Facts) -> PublishedImages {
    let mut by_fault = BTreeMap::new();
    for faulty in &facts.faulty_images {
        *by_fault.entry(faulty.fault.code()).or_default() += 1;
    }
    // Print alone is no read code: such an image is one that could not be read, whatever its print says.
    let print_alone = facts.images.iter().filter(|image| image.channel == Channel::Print).count() as u64;
    if print_alone > 0 {
        *by_fault.entry("unread").or_default() += print_alone;
    }
    let n_read = facts.images.len() as u64 - print_alone;
    let mut by_print = BTreeMap::new();
    for image in &facts.images {
        let agreement = image.agreement(&facts.pack);
        let comparison = Comparison::of(image.print.as_deref(), agreement.as_ref());
        *by_print.entry(comparison.code()).or_default() += 1;
    }
    PublishedImages { n_read, n_pending: facts.n_images_pending, by_fault, by_cause: causes(facts), by_print }
}

/// Why codes were not read, by source, area and cause.
fn causes(facts: &Facts) -> Vec<PublishedCause> {
    let faulty = facts.faulty_images.iter().filter_map(|image| match &image.fault {
        ImageFault::Unread(cause) | ImageFault::NotUsable(cause) => Some((&image.source, None, cause)),
        _ => None,
    });
    let uncoded = facts.images.iter().filter_map(|image| {
        let widest = facts.pack.levels.first();
        let area = widest.map(|level| image.reading.table.area_code(level.chars).to_owned());
        Some((&image.source, area, image.unread.as_ref()?))
    });
    let mut counts: BTreeMap<_, u64> = BTreeMap::new();
    for cause in faulty.chain(uncoded) {
        *counts.entry(cause).or_default() += 1;
    }
    let published = |((source, area, cause), n): ((&String, Option<String>, &String), u64)| PublishedCause {
        id: format!("{source}:{}:{cause}", area.as_deref().unwrap_or_default()),
        source: source.clone(),
        area,
        cause: cause.clone(),
        n,
    };
    counts.into_iter().map(published).collect()
}

fn source(pack: &Pack, source: &tallyproof_core::facts::Source) -> PublishedSource {
    let known = pack.known_source(&source.id);
    PublishedSource {
        id: source.id.clone(),
        name: known.map(|k| k.name.clone()),
        note: known.map(|k| (&k.note).into()),
        newest: source.newest().label.clone(),
        versions: source
            .versions
            .iter()
            .map(|v| PublishedVersion {
                label: v.label.clone(),
                supersedes: v.supersedes.clone(),
                sha256: v.sha256.clone(),
                n_tables: v.transcription.readings.len() as u64,
                n_refused: v.transcription.n_refused,
            })
            .collect(),
    }
}

fn by_id<T>(pack: &Pack, value: impl Fn(usize) -> T) -> ById<T> {
    pack.selections.iter().enumerate().map(|(i, s)| (s.id.clone(), value(i))).collect()
}
