//! Audits: those there are, how many papers a plan takes, and terms to be frozen.

use askama::Template;
use tallyproof_analysis::audit::overstatement::Cap;
use tallyproof_analysis::audit::status::Method;
use tallyproof_analysis::results::{Choice, Proposal};

use super::super::frame::Frame;
use super::super::refusal::Refusal;
use super::fields::{Fields, percent, refused};
use super::overview::Age;
use super::sight::Sight;
use crate::site::ReportError;
use crate::site::html::{Html, Pen};

/// Risk limits above this say nothing: parts per million.
const MOST_RISK: u32 = 500_000;
/// One mismatch in so many sheets is expected, unless said otherwise; as the program's own default.
const ONE_MISMATCH_IN: u64 = 1_000;

/// The terms that a form asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TermsAsked {
    pub(super) choice: Choice,
    pub(super) reserve_ppm: u32,
    pub(super) risk: String,
    pub(super) reserve: String,
    pub(super) one_mismatch_in: u64,
}

impl TermsAsked {
    /// Reads them; `None` where the form was not sent.
    pub(super) fn read(fields: &Fields) -> Result<Option<Self>, Refusal> {
        if fields.text("missing").is_empty() {
            return Ok(None);
        }
        let or = |name: &str, default: &str| match fields.text(name) {
            "" => default.to_owned(),
            text => text.to_owned(),
        };
        let (risk, reserve) = (or("risk", "5"), or("reserve", "0"));
        let bad = |value: &str| refused("rooms-audit-bad-risk", &[("value", value)]);
        let risk_ppm = percent(&risk, MOST_RISK).filter(|&ppm| ppm > 0).ok_or_else(|| bad(&risk))?;
        let reserve_ppm = percent(&reserve, MOST_RISK).ok_or_else(|| bad(&reserve))?;
        let method = Method::parse(&or("method", Method::Simple.code()));
        let one_in = fields.number("one-mismatch-in")?.unwrap_or(ONE_MISMATCH_IN).clamp(2, 1_000_000);
        let most_draws = fields.number("most-draws")?.map(|n| n.clamp(1, 1_000_000));
        let choice = Choice {
            method: method.ok_or(Refusal::Unreadable)?,
            risk_ppm,
            treatment: fields.text("missing").to_owned(),
            cap: Cap::parse(fields.text("cap")),
            expected_ppm: 1_000_000 - 1_000_000 / u32::try_from(one_in).unwrap_or(1_000),
            most_draws,
        };
        Ok(Some(Self { choice, reserve_ppm, risk, reserve, one_mismatch_in: one_in }))
    }
}

/// What the asked terms come to.
pub(super) struct ProposalView {
    pub(super) n_sheets: String,
    pub(super) n_clean: String,
    pub(super) most_draws: String,
    pub(super) margins: Vec<(String, String)>,
    /// Names and values that the form for freezing carries on.
    pub(super) carried: Vec<(&'static str, String)>,
}

impl ProposalView {
    pub(super) fn new(sight: &Sight, asked: &TermsAsked, proposal: &Proposal) -> Self {
        let terms = &proposal.terms;
        let id = |s: usize| proposal.frozen.selections.get(s).map_or("", String::as_str);
        let margin = |&(over, v): &(usize, u64)| {
            let (first, other) = (sight.panels.name(id(terms.sides.0)), sight.panels.name(id(over)));
            (format!("{first} – {other}"), sight.n(v))
        };
        let mut carried = vec![
            ("missing", asked.choice.treatment.clone()),
            ("method", asked.choice.method.code().to_owned()),
            ("risk", asked.risk.clone()),
            ("reserve", asked.reserve.clone()),
            ("cap", proposal.cap.code().to_owned()),
            ("one-mismatch-in", asked.one_mismatch_in.to_string()),
        ];
        carried.extend(asked.choice.most_draws.map(|n| ("most-draws", n.to_string())));
        Self {
            n_sheets: sight.n(proposal.frozen.sheets.len() as u64),
            n_clean: sight.n(proposal.n_clean),
            most_draws: sight.n(terms.most_draws),
            margins: terms.margins.iter().map(margin).collect(),
            carried,
        }
    }
}

/// An audit in the list.
pub(super) struct AuditRow {
    pub(super) name: String,
    pub(super) state: Html,
    pub(super) kind: &'static str,
    pub(super) mark: &'static str,
}

/// A choice of a form: its code, its words, whether it is chosen.
pub(super) struct Pick {
    pub(super) code: String,
    pub(super) says: String,
    pub(super) chosen: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/audits.html")]
pub(super) struct AuditsPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    audits: Vec<AuditRow>,
    plans: Html,
    formulas: Vec<(Html, Html)>,
    may_act: bool,
    treatments: Vec<Pick>,
    methods: Vec<Pick>,
    caps: Vec<Pick>,
    risk: String,
    reserve: String,
    one_mismatch_in: u64,
    most_draws: String,
    proposal: Option<ProposalView>,
    /// Why the asked terms come to nothing.
    fault: Option<String>,
}

impl<'p> AuditsPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        frame: Frame,
        may_act: bool,
        asked: Option<(&TermsAsked, &Result<Proposal, String>)>,
    ) -> Result<Self, ReportError> {
        let results = &sight.snapshot.results.audit;
        let choice = asked.map(|(asked, _)| &asked.choice);
        let option = |code: &str, says: String, chosen: bool| Pick { code: code.to_owned(), says, chosen };
        let treatments = results.plans.first().map(|plan| plan.treatments.as_slice()).unwrap_or_default();
        let treatment = |t: &tallyproof_analysis::results::PublishedTreatment| {
            option(
                t.id,
                sight.pen.say_of("audit-treatment", t.id),
                choice.is_some_and(|c| c.treatment == t.id),
            )
        };
        let method = |m: Method| {
            let chosen = choice.map_or(m == Method::Simple, |c| c.method == m);
            option(m.code(), sight.pen.say_of("audit-method", m.code()), chosen)
        };
        let cap = |plan: &tallyproof_analysis::results::PublishedPlan| {
            let chosen = choice.and_then(|c| c.cap).is_some_and(|cap| cap.code() == plan.id);
            option(plan.id, sight.pen.say_of("rooms-audit-cap", plan.id), chosen)
        };
        let (proposal, fault) = match asked {
            Some((asked, Ok(proposal))) => (Some(ProposalView::new(sight, asked, proposal)), None),
            Some((_, Err(fault))) => (None, Some(fault.clone())),
            None => (None, None),
        };
        let terms = asked.map(|(asked, _)| asked);
        Ok(Self {
            pen: sight.pen,
            age: Age::new(sight),
            audits: sight
                .panels
                .audits()
                .into_iter()
                .map(|(name, state, kind, mark)| AuditRow { name, state, kind, mark })
                .collect(),
            plans: sight.panels.plans()?,
            formulas: sight.panels.formulas(&["audit."]),
            may_act,
            treatments: treatments.iter().map(treatment).collect(),
            methods: Method::ALL.map(method).into(),
            caps: results.plans.iter().map(cap).collect(),
            risk: terms.map_or_else(|| "5".to_owned(), |t| t.risk.clone()),
            reserve: terms.map_or_else(|| "0".to_owned(), |t| t.reserve.clone()),
            one_mismatch_in: terms.map_or(ONE_MISMATCH_IN, |t| t.one_mismatch_in),
            most_draws: choice.and_then(|c| c.most_draws).map(|n| n.to_string()).unwrap_or_default(),
            proposal,
            fault,
            frame,
        })
    }
}
