//! Audit plans as they are published; audits that were held are in `held`.

use serde::Serialize;

use super::held::{AuditFacts, PublishedConvenience, PublishedHeldAudit};
use crate::audit::plan::{Plan, Refutation, Sizes, Treatment, clean_bounds, risk_limit};
use crate::counted::Counted;
use crate::number::ratio;

pub(super) fn audit(
    outcome_budget: Option<u64>,
    plans: &[Plan],
    refutations: &[Refutation],
    counted: &Counted,
    held: &AuditFacts,
) -> PublishedAudit {
    PublishedAudit {
        outcome_budget,
        plans: plans.iter().map(plan).collect(),
        refutations: refutations.iter().map(refutation).collect(),
        clean_samples: clean_bounds(counted.len() as u64)
            .into_iter()
            .map(|(draws, ppm, most_false)| PublishedCleanSample {
                id: format!("{draws}-{}", percent(ppm)),
                draws,
                risk_limit: risk_limit(ppm),
                most_false,
            })
            .collect(),
        held: held.records.iter().map(PublishedHeldAudit::new).collect(),
        convenience: PublishedConvenience::new(&held.convenience, counted),
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

/// Plans, what they refute, and audits held.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedAudit {
    pub outcome_budget: Option<u64>,
    pub plans: Vec<PublishedPlan>,
    pub refutations: Vec<PublishedRefutation>,
    pub clean_samples: Vec<PublishedCleanSample>,
    pub held: Vec<PublishedHeldAudit>,
    pub convenience: PublishedConvenience,
}

/// Sample sizes under one cap.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedPlan {
    pub id: &'static str,
    pub total_bound: u64,
    pub largest_bound: u64,
    pub treatments: Vec<PublishedTreatment>,
}

/// Sample sizes for one treatment of the missing tables.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedTreatment {
    pub id: &'static str,
    pub v: Option<u64>,
    pub k_min: Option<u64>,
    pub u: Option<f64>,
    pub samples: Vec<PublishedSample>,
}

/// Clean draws needed at one risk limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedSample {
    pub id: String,
    pub risk_limit: f64,
    pub simple: Option<u64>,
    pub kaplan_markov: Option<u64>,
    pub alpha: Option<u64>,
    pub alpha_all_in: Option<u64>,
}

/// Clean draws that refute a claim.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedRefutation {
    pub id: String,
    pub n_sheets: u64,
    pub samples: Vec<PublishedDraws>,
}

/// Draws at one risk limit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedDraws {
    pub id: String,
    pub risk_limit: f64,
    pub draws: Option<u64>,
}

/// What a clean sample leaves possible.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "see Results")]
pub struct PublishedCleanSample {
    pub id: String,
    pub draws: u64,
    pub risk_limit: f64,
    pub most_false: u64,
}
