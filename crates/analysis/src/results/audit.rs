//! Audit plans and held audits as they are published.

use super::shape::*;
use crate::audit::frozen::Frozen;
use crate::audit::plan::{Plan, Refutation, Sizes, Treatment, clean_bounds, risk_limit};
use crate::audit::status::{Status, Terms};
use crate::number::{ratio, significant};

/// Digits of a published risk.
const RISK_DIGITS: usize = 6;

pub(super) fn audit(
    outcome_budget: Option<u64>,
    plans: &[Plan],
    refutations: &[Refutation],
    n_sheets: u64,
) -> PublishedAudit {
    PublishedAudit {
        outcome_budget,
        plans: plans.iter().map(plan).collect(),
        refutations: refutations.iter().map(refutation).collect(),
        clean_samples: clean_bounds(n_sheets)
            .into_iter()
            .map(|(draws, ppm, most_false)| PublishedCleanSample {
                id: format!("{draws}-{}", percent(ppm)),
                draws,
                risk_limit: risk_limit(ppm),
                most_false,
            })
            .collect(),
        held: Vec::new(),
    }
}

/// A risk limit as the text of its percent: `5`, `0.5`.
fn percent(ppm: u32) -> String {
    (f64::from(ppm) / 1e4).to_string()
}

fn plan(plan: &Plan) -> PublishedPlan {
    PublishedPlan {
        id: plan.cap.code(),
        total_bound: plan.total,
        largest_bound: plan.largest,
        treatments: plan.treatments.iter().map(treatment).collect(),
    }
}

fn treatment(treatment: &Treatment) -> PublishedTreatment {
    let sample = |sizes: &Sizes| PublishedSample {
        id: percent(sizes.risk_ppm),
        risk_limit: risk_limit(sizes.risk_ppm),
        simple: sizes.simple,
        kaplan_markov: sizes.kaplan_markov,
        alpha: sizes.alpha,
        alpha_all_in: sizes.alpha_all_in,
    };
    PublishedTreatment {
        id: treatment.id,
        v: treatment.v,
        k_min: treatment.k_min,
        u: treatment.u.and_then(|(total, v)| ratio(i128::from(total), i128::from(v), 6)),
        samples: treatment.sizes.iter().map(sample).collect(),
    }
}

fn refutation(refutation: &Refutation) -> PublishedRefutation {
    let draws = |&(ppm, draws): &(u32, Option<u64>)| PublishedDraws {
        id: percent(ppm),
        risk_limit: risk_limit(ppm),
        draws,
    };
    PublishedRefutation {
        id: refutation.claim.clone(),
        n_sheets: refutation.n_false,
        samples: refutation.sizes.iter().map(draws).collect(),
    }
}

/// What a held audit is called and was announced to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its name.
    pub id: String,
    /// Treatment of the missing tables.
    pub treatment: String,
    /// What a table's most votes are taken to be.
    pub cap: String,
    /// Whose paper is inspected.
    pub custody: String,
    /// How the seed was to be made.
    pub seed_procedure: String,
    /// Hash of the frozen list.
    pub list_sha256: String,
    /// The seed, once it is known.
    pub seed: Option<String>,
    /// What else was fixed.
    pub terms: Terms,
}

impl PublishedHeldAudit {
    /// A held audit as it is published.
    pub fn new(held: &Held, frozen: &Frozen, status: &Status) -> Self {
        let risk = |r: Option<f64>| r.and_then(|r| significant(r, RISK_DIGITS));
        let name = |s: usize| frozen.selections.get(s).cloned().unwrap_or_default();
        Self {
            id: held.id.clone(),
            method: held.terms.method.code(),
            treatment: held.treatment.clone(),
            cap: held.cap.clone(),
            risk_limit: risk_limit(held.terms.risk_ppm),
            custody: held.custody.clone(),
            seed_procedure: held.seed_procedure.clone(),
            list_sha256: held.list_sha256.clone(),
            n_sheets: frozen.sheets.len() as u64,
            most_draws: held.terms.most_draws,
            seed: held.seed.clone(),
            n_drawn: status.n_drawn,
            n_in_order: status.n_in_order,
            n_out_of_order: status.n_out_of_order,
            n_differing: status.n_differing,
            n_not_found: status.n_not_found,
            n_convenience: status.n_convenience,
            advice: status.advice.code(),
            most_false_95: status.most_false_95,
            assertions: status
                .standings
                .iter()
                .map(|s| PublishedAssertion {
                    id: format!("{}-over-{}", name(held.terms.sides.0), name(s.over)),
                    v: s.v,
                    risk: risk(s.risk()),
                    risks: s.risks.iter().map(|&r| risk(r)).collect(),
                })
                .collect(),
        }
    }
}
