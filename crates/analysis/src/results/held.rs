//! Audits that were frozen in a folder: their facts, and how they are published.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Analysis, ById};
use crate::audit::draw::{Draw, Outcome, draw};
use crate::audit::frozen::Frozen;
use crate::audit::inspection::{Feature, Inspection, Seen};
use crate::audit::overstatement::{Bounds, Cap};
use crate::audit::plan::risk_limit;
use crate::audit::status::{Advice, Method, Status, Terms, fewest_draws, status};
use crate::counted::Counted;
use crate::number::significant;

/// Digits of a published risk.
const RISK_DIGITS: usize = 6;

/// Draws set aside for a plan that survives mismatches, in multiples of its clean sample.
const PATIENCE: u64 = 4;

/// What is known of audits: those frozen, in their order, and inspections of convenience.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditFacts {
    /// Frozen audits, the first frozen first.
    pub records: Vec<AuditRecord>,
    /// Inspections nobody drew. They are counted and never given a risk.
    pub convenience: Vec<Inspection>,
}

/// One audit: what was fixed, what was drawn, and what was found.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// Its name.
    pub id: String,
    /// Treatment of the missing tables.
    pub treatment: String,
    /// What a table's most votes are taken to be.
    pub cap: Cap,
    /// In whose custody the paper is that it inspects.
    pub custody: String,
    /// How the seed was to be made.
    pub seed_procedure: String,
    /// Risk set aside for another draw if this one does not confirm, parts per million.
    pub reserve_ppm: u32,
    /// What else was fixed.
    pub terms: Terms,
    /// The list.
    pub frozen: Frozen,
    /// The seed, once it is known.
    pub seed: Option<String>,
    /// Sheets drawn with it, repeats counted.
    pub n_wanted: u64,
    /// Why it was given up, if it was.
    pub abandoned: Option<String>,
    /// Inspections of drawn sheets, in the order recorded; the last of a table stands.
    pub inspections: Vec<Inspection>,
}

impl AuditRecord {
    /// Its draws; none before the seed is known.
    pub fn draws(&self) -> Vec<Draw> {
        let seed = self.seed.as_deref();
        seed.map(|seed| draw(seed, &self.frozen.bounds(), self.terms.method.way(), self.n_wanted))
            .unwrap_or_default()
    }

    /// Drawn sheets, the first drawn first, each with the numbers of its draws, from 1.
    pub fn sample(&self) -> Vec<(usize, Vec<u64>)> {
        let mut sample: Vec<(usize, Vec<u64>)> = Vec::new();
        let mut at: BTreeMap<usize, usize> = BTreeMap::new();
        let mut n = 0;
        for draw in self.draws() {
            let Outcome::Sheet(place) = draw.outcome else { continue };
            n += 1;
            let index = *at.entry(place).or_insert(sample.len());
            match sample.get_mut(index) {
                Some((_, draws)) => draws.push(n),
                None => sample.push((place, vec![n])),
            }
        }
        sample
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        status(&self.frozen, &self.terms, &self.draws(), &self.inspections)
    }

    /// Whether it is neither given up nor over: until then no other may be frozen.
    pub fn is_open(&self) -> bool {
        self.abandoned.is_none() && self.status().advice == Advice::GoOn
    }

    /// The standing inspection of a table.
    pub fn inspection(&self, table: &str) -> Option<&Inspection> {
        self.inspections.iter().rev().find(|i| i.table == table)
    }
}

/// What is chosen before a list is frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// How risk is measured.
    pub method: Method,
    /// Risk limit, parts per million.
    pub risk_ppm: u32,
    /// Treatment of the missing tables: an id of `audit.plans[].treatments`.
    pub treatment: String,
    /// What a table's most votes are taken to be; electors where known by default.
    pub cap: Option<Cap>,
    /// Expected mean score for ALPHA, parts per million.
    pub expected_ppm: u32,
    /// Most draws; by default the clean sample, or four times it where mismatches are survivable.
    pub most_draws: Option<u64>,
}

/// A list and terms, ready to be frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The list.
    pub frozen: Frozen,
    /// What a table's most votes are taken to be.
    pub cap: Cap,
    /// What else is fixed.
    pub terms: Terms,
    /// Draws that confirm if every paper matches.
    pub n_clean: u64,
}

/// Why there is nothing to freeze.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoProposal {
    /// When no selection leads.
    NoLead,
    /// When there is no plan by that cap; those there are.
    UnknownCap(Vec<String>),
    /// When there is no such treatment; those there are.
    UnknownTreatment(Vec<String>),
    /// When the treatment's worst case leaves no margin; treatments that leave one.
    NoMargin(Vec<String>),
    /// When no set of sheets could undo the margin, or no sample of the method confirms it.
    NothingToDraw,
}

impl Analysis<'_> {
    /// The list and terms of an audit of the counted sheets.
    ///
    /// Kaplan–Markov draws by the bounds over the second side and speaks of that assertion alone.
    pub fn propose(&self, choice: &Choice) -> Result<Proposal, NoProposal> {
        let (plans, tab) = (&self.results.audit.plans, &self.results.tabulation);
        let first_plan = plans.first().ok_or(NoProposal::NoLead)?;
        let cap = choice.cap.or(Cap::parse(first_plan.id)).ok_or(NoProposal::NoLead)?;
        let plan = plans.iter().find(|p| p.id == cap.code());
        let plan = plan.ok_or_else(|| NoProposal::UnknownCap(plans.iter().map(|p| p.id.into()).collect()))?;
        let ids = |keep: fn(Option<u64>) -> bool| -> Vec<String> {
            plan.treatments.iter().filter(|t| keep(t.v)).map(|t| t.id.into()).collect()
        };
        let treatment = plan.treatments.iter().find(|t| t.id == choice.treatment);
        let treatment = treatment.ok_or_else(|| NoProposal::UnknownTreatment(ids(|_| true)))?;
        let v = treatment.v.ok_or_else(|| NoProposal::NoMargin(ids(|v| v.is_some())))?;
        let selections: Vec<String> = self.results.election.selections.iter().map(|s| s.id.clone()).collect();
        let place = |id: &Option<String>| selections.iter().position(|s| Some(s) == id.as_ref());
        let (first, second) = place(&tab.leading).zip(place(&tab.second)).ok_or(NoProposal::NoLead)?;
        let votes = |s: usize| selections.get(s).and_then(|id| tab.votes.get(id)).copied().unwrap_or(0);
        // The same missing votes go to whoever the assertion is about, so only votes on the sheets differ.
        let mut margins = vec![(second, v)];
        if choice.method != Method::KaplanMarkov {
            let others = (0..selections.len()).filter(|s| ![first, second].contains(s));
            margins.extend(others.map(|s| (s, v + votes(second).saturating_sub(votes(s)))));
        }
        let bounds = Bounds::new(&self.counted, (first, second), cap);
        let frozen = Frozen::new(selections.clone(), &self.counted, &bounds);
        let mut terms = Terms {
            method: choice.method,
            risk_ppm: choice.risk_ppm,
            sides: (first, second),
            margins,
            expected_ppm: choice.expected_ppm,
            most_draws: 0,
        };
        let n_clean = fewest_draws(&frozen, &terms).filter(|&n| n > 0).ok_or(NoProposal::NothingToDraw)?;
        let patience = if choice.method == Method::Simple { 1 } else { PATIENCE };
        let most = choice.most_draws.unwrap_or(n_clean.saturating_mul(patience)).max(n_clean);
        let n_sheets = frozen.sheets.len() as u64;
        terms.most_draws = if choice.method == Method::KaplanMarkov { most } else { most.min(n_sheets) };
        Ok(Proposal { frozen, cap, terms, n_clean })
    }
}

impl PublishedHeldAudit {
    /// An audit as it is published.
    pub fn new(record: &AuditRecord) -> Self {
        let (terms, frozen) = (&record.terms, &record.frozen);
        let status = record.status();
        let risk = |r: Option<f64>| r.and_then(|r| significant(r, RISK_DIGITS));
        let name = |s: usize| frozen.selections.get(s).cloned().unwrap_or_default();
        let inspections = inspections(record, status.n_in_order);
        let mut custodies = BTreeMap::new();
        let mut features: BTreeMap<_, BTreeMap<_, u64>> = BTreeMap::new();
        for inspection in &inspections {
            *custodies.entry(inspection.custody.clone()).or_default() += 1;
            for (&feature, &seen) in &inspection.features {
                *features.entry(feature).or_default().entry(seen).or_default() += 1;
            }
        }
        Self {
            id: record.id.clone(),
            method: terms.method.code(),
            treatment: record.treatment.clone(),
            cap: record.cap.code(),
            risk_limit: risk_limit(terms.risk_ppm),
            reserve: risk_limit(record.reserve_ppm),
            custody: record.custody.clone(),
            seed_procedure: record.seed_procedure.clone(),
            list_sha256: frozen.sha256(),
            n_sheets: frozen.sheets.len() as u64,
            n_clean: fewest_draws(frozen, terms),
            most_draws: terms.most_draws,
            seed: record.seed.clone(),
            abandoned: record.abandoned.clone(),
            n_drawn: status.n_drawn,
            n_in_order: status.n_in_order,
            n_out_of_order: status.n_out_of_order,
            n_differing: status.n_differing,
            n_not_found: status.n_not_found,
            advice: if record.abandoned.is_some() { "abandoned" } else { status.advice.code() },
            most_false_95: status.most_false_95,
            assertions: status
                .standings
                .iter()
                .map(|s| PublishedAssertion {
                    id: format!("{}-over-{}", name(terms.sides.0), name(s.over)),
                    first: name(terms.sides.0),
                    over: name(s.over),
                    v: s.v,
                    risk: risk(s.risk()),
                    risks: s.risks.iter().map(|&r| risk(r)).collect(),
                })
                .collect(),
            custodies,
            features,
            inspections,
        }
    }
}

fn inspections(record: &AuditRecord, n_in_order: u64) -> Vec<PublishedInspection> {
    let frozen = &record.frozen;
    let last: BTreeMap<&str, &Inspection> =
        record.inspections.iter().map(|i| (i.table.as_str(), i)).collect();
    let published = |(place, draws): (usize, Vec<u64>)| {
        let sheet = frozen.sheets.get(place)?;
        let found = *last.get(sheet.table.as_str())?;
        let paper = |votes: &Vec<u32>| frozen.selections.iter().cloned().zip(votes.iter().copied()).collect();
        Some(PublishedInspection {
            id: sheet.table.clone(),
            in_order: draws.first().is_some_and(|&draw| draw <= n_in_order),
            draws,
            outcome: outcome(found, &sheet.votes),
            overstatement: found.overstatement(&sheet.votes, record.terms.sides, sheet.u),
            custody: found.custody.clone(),
            published: paper(&sheet.votes),
            votes: found.votes.as_ref().map(paper),
            null: found.null,
            features: found.features.iter().map(|(f, s): &(Feature, Seen)| (f.code(), s.code())).collect(),
        })
    };
    record.sample().into_iter().filter_map(published).collect()
}

fn outcome(found: &Inspection, published: &[u32]) -> &'static str {
    match &found.votes {
        None => "not-found",
        Some(_) if found.matches(published) => "matches",
        Some(_) => "differs",
    }
}

impl PublishedConvenience {
    /// Inspections of convenience against the sheets that count now. The last of a table stands.
    pub fn new(inspections: &[Inspection], counted: &Counted) -> Self {
        let last: BTreeMap<&str, &Inspection> = inspections.iter().map(|i| (i.table.as_str(), i)).collect();
        let mut all = Self { n_sheets: last.len() as u64, ..Self::default() };
        for (table, found) in last {
            let place = counted.tables.binary_search_by(|t| t.as_str().cmp(table)).ok();
            let count = match place.map(|place| outcome(found, counted.votes(place))) {
                None => &mut all.n_not_counted,
                Some("matches") => &mut all.n_matching,
                Some("differs") => &mut all.n_differing,
                Some(_) => &mut all.n_not_found,
            };
            *count += 1;
        }
        all
    }
}

/// An audit that was frozen, and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedHeldAudit {
    pub id: String,
    pub method: &'static str,
    pub treatment: String,
    pub cap: &'static str,
    pub risk_limit: f64,
    pub reserve: f64,
    pub custody: String,
    pub seed_procedure: String,
    pub list_sha256: String,
    pub n_sheets: u64,
    pub n_clean: Option<u64>,
    pub most_draws: u64,
    pub seed: Option<String>,
    pub abandoned: Option<String>,
    pub n_drawn: u64,
    pub n_in_order: u64,
    pub n_out_of_order: u64,
    pub n_differing: u64,
    pub n_not_found: u64,
    pub advice: &'static str,
    pub most_false_95: Option<u64>,
    pub assertions: Vec<PublishedAssertion>,
    pub custodies: BTreeMap<String, u64>,
    pub features: BTreeMap<&'static str, BTreeMap<&'static str, u64>>,
    pub inspections: Vec<PublishedInspection>,
}

/// One assertion of an audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedAssertion {
    pub id: String,
    pub first: String,
    pub over: String,
    pub v: u64,
    pub risk: Option<f64>,
    pub risks: Vec<Option<f64>>,
}

/// One drawn sheet that was inspected.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedInspection {
    pub id: String,
    pub draws: Vec<u64>,
    pub in_order: bool,
    pub outcome: &'static str,
    pub overstatement: i64,
    pub custody: String,
    pub published: ById<u32>,
    pub votes: Option<ById<u32>>,
    pub null: Option<u32>,
    pub features: BTreeMap<&'static str, &'static str>,
}

/// Inspections of convenience.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedConvenience {
    pub n_sheets: u64,
    pub n_matching: u64,
    pub n_differing: u64,
    pub n_not_found: u64,
    pub n_not_counted: u64,
}
