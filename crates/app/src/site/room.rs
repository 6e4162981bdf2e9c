//! Parts of the report that the desk shows by themselves: the same views, templates and words, so that no figure on
//! the desk can differ from the report's.

use askama::Template;
use tallyproof_core::rules::Finding;
use tallyproof_core::tidy::plain;

use super::areas::{Fill, Map, maps};
use super::audit::{AuditView, HeldView};
use super::bounds::Bounds;
use super::chart::Chart;
use super::claim_chart;
use super::claims::ClaimView;
use super::estimate::EstimateView;
use super::findings::{Findings, sentence};
use super::headline::Headline;
use super::html::{Html, Pen};
use super::missing::Missing;
use super::page::Material;
use super::result::{ResultRow, rows_with_estimate};
use super::{Report, ReportError};

/// What a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum MapView {
    /// How much was seen.
    Coverage,
    /// Who leads by how much.
    Result,
    /// Both, and where the missing could change who leads.
    Doubt,
}

impl MapView {
    /// Every view, in the order of their links.
    pub(crate) const ALL: [MapView; 3] = [MapView::Coverage, MapView::Result, MapView::Doubt];

    /// Stable code, a part of addresses.
    pub(crate) fn code(self) -> &'static str {
        match self {
            MapView::Coverage => "coverage",
            MapView::Result => "result",
            MapView::Doubt => "doubt",
        }
    }

    /// The view with this code; the whole picture where there is none.
    pub(crate) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|view| view.code() == code).unwrap_or(MapView::Doubt)
    }

    fn map_id(self) -> &'static str {
        match self {
            MapView::Coverage => "coverage",
            MapView::Result => "lead",
            MapView::Doubt => "together",
        }
    }
}

/// The report's parts, one by one.
pub(crate) struct Panels<'r> {
    material: Material<'r>,
    boundaries: Option<&'r [u8]>,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-glance.html")]
struct GlancePart<'p> {
    pen: &'p Pen<'p>,
    headline: Headline,
    rows: Vec<ResultRow>,
    estimated: bool,
    lede: Vec<Html>,
    warnings: Vec<Html>,
    bounds: Bounds,
    formulas: Vec<(Html, Html)>,
    projector: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-claims.html")]
struct ClaimsPart<'p> {
    pen: &'p Pen<'p>,
    claims: Vec<ClaimView>,
    claims_chart: Option<Chart>,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-plans.html")]
struct PlansPart<'p> {
    pen: &'p Pen<'p>,
    audit: AuditView,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-held.html")]
struct HeldPart<'p> {
    pen: &'p Pen<'p>,
    held: HeldView,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-map.html")]
struct MapPart {
    maps: Vec<Map>,
}

#[derive(Template)]
#[template(path = "desk/rooms/part-missing.html")]
struct MissingPart<'p> {
    pen: &'p Pen<'p>,
    missing: Missing,
}

/// A rule that found something.
pub(crate) struct RuleFound {
    /// Its code.
    pub(crate) code: &'static str,
    /// Code of its severity.
    pub(crate) kind: &'static str,
    /// Its severity, in words.
    pub(crate) severity: String,
    /// What it looks for.
    pub(crate) title: String,
    /// How often it found it.
    pub(crate) count: Html,
}

impl<'r> Panels<'r> {
    /// The parts of a report, written with `pen`.
    pub(crate) fn new(report: &Report<'r>, pen: &'r Pen<'r>) -> Self {
        Self { material: Material::new(report, pen), boundaries: report.boundaries }
    }

    /// The result: sentence, few figures, contestants with interval, bounds with their arithmetic, every formula.
    pub(crate) fn glance(&self, projector: bool) -> Result<Html, ReportError> {
        let material = &self.material;
        let estimate = EstimateView::new(material);
        let part = GlancePart {
            pen: material.pen,
            headline: Headline::new(material),
            rows: rows_with_estimate(material, &estimate),
            estimated: !estimate.rows.is_empty(),
            lede: estimate.lede,
            warnings: estimate.warnings,
            bounds: Bounds::new(material),
            formulas: self.formulas(&["tabulation.", "bounds", "break_even.", "estimate."]),
            projector,
        };
        drawn(&part)
    }

    /// Formulas whose key begins so.
    pub(crate) fn formulas(&self, begins: &[&str]) -> Vec<(Html, Html)> {
        let of = self.material.results.formulas.iter();
        of.filter(|(key, _)| begins.iter().any(|start| key.starts_with(start)))
            .map(|(key, formula)| (Html::code(key), Html::code(formula)))
            .collect()
    }

    /// Every claim with its tests.
    pub(crate) fn claims(&self) -> Result<Html, ReportError> {
        let material = &self.material;
        let claims = material.results.claims.iter().map(|claim| ClaimView::new(material, claim)).collect();
        drawn(&ClaimsPart { pen: material.pen, claims, claims_chart: claim_chart::against_bounds(material) })
    }

    /// How many papers to inspect, for every treatment of the missing tables.
    pub(crate) fn plans(&self) -> Result<Html, ReportError> {
        drawn(&PlansPart { pen: self.material.pen, audit: AuditView::new(&self.material) })
    }

    /// Audits: name, state, and code and mark of the state.
    pub(crate) fn audits(&self) -> Vec<(String, Html, &'static str, &'static str)> {
        let held = AuditView::new(&self.material).held.into_iter();
        let names = self.material.results.audit.held.iter().map(|held| held.id.clone());
        names.zip(held).map(|(name, held)| (name, held.state, held.kind, held.mark)).collect()
    }

    /// Where one audit stands; `None` where there is none of that name.
    pub(crate) fn held(&self, id: &str) -> Result<Option<Html>, ReportError> {
        let place = self.material.results.audit.held.iter().position(|held| held.id == id);
        let Some(place) = place else { return Ok(None) };
        let held = AuditView::new(&self.material).held.into_iter().nth(place);
        held.map(|held| drawn(&HeldPart { pen: self.material.pen, held })).transpose()
    }

    /// What is missing: tables, sheets that do not count, pictures that could not be read.
    pub(crate) fn missing(&self) -> Result<Html, ReportError> {
        let mut missing = Missing::new(&self.material);
        // The second sentence points at the report's own table of areas.
        if self.material.results.tabulation.n_tables_missing > 0 && missing.sentences.len() > 1 {
            missing.sentences.remove(1);
        }
        drawn(&MissingPart { pen: self.material.pen, missing })
    }

    /// One map whose areas lead where `href` says; `None` where there are no boundaries.
    pub(crate) fn map(
        &self,
        view: MapView,
        href: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Html>, ReportError> {
        let Some(bytes) = self.boundaries else { return Ok(None) };
        let mut all = maps(&self.material, bytes)?;
        // Outlines stand in the first map only; the others refer to them.
        let paths: Vec<Option<String>> =
            all.first().map(|map| map.shapes.iter().map(|s| s.path.clone()).collect()).unwrap_or_default();
        // Without a register, nobody knows how much there is to be seen.
        let place = all.iter().position(|map| map.id == view.map_id()).unwrap_or(all.len().saturating_sub(1));
        if place >= all.len() {
            return Ok(None);
        }
        let mut map = all.swap_remove(place);
        for (shape, path) in map.shapes.iter_mut().zip(paths) {
            shape.path = path;
            shape.href = shape.code.as_deref().and_then(href);
        }
        Ok(Some(drawn(&MapPart { maps: vec![map] })?))
    }

    /// Rules that found something, gravest first.
    pub(crate) fn found(&self) -> Vec<RuleFound> {
        let rules = Findings::new(&self.material).rules.into_iter().filter(|rule| rule.found);
        let mut found: Vec<RuleFound> = rules
            .map(|rule| RuleFound {
                code: rule.code,
                kind: rule.kind,
                severity: rule.severity,
                title: rule.title,
                count: rule.count,
            })
            .collect();
        found.sort_by_key(|rule| ["contradiction", "warning", "note"].iter().position(|k| *k == rule.kind));
        found
    }

    /// A finding in the words of its rule.
    pub(crate) fn finding(&self, finding: &Finding) -> String {
        sentence(&self.material, finding)
    }

    /// A contestant's short name.
    pub(crate) fn short(&self, id: &str) -> String {
        self.material.short(id)
    }

    /// A contestant's name.
    pub(crate) fn name(&self, id: &str) -> String {
        self.material.name(id)
    }

    /// A contestant's colour.
    pub(crate) fn color(&self, id: &str) -> String {
        self.material.color(id)
    }

    /// Ids of contestants by votes, most first.
    pub(crate) fn ranking(&self) -> Vec<&'r str> {
        self.material.ranking().into_iter().map(|s| s.id.as_str()).collect()
    }

    /// A sentence as plain text, not yet HTML.
    pub(crate) fn plain_tell(&self, key: &str, slots: &[(&str, &str)]) -> String {
        let args: Vec<(&str, String)> =
            slots.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        self.material.pen.try_tell(key, &args).unwrap_or_default()
    }

    /// A source's name, or its id.
    pub(crate) fn source(&self, id: &str) -> String {
        let known = self.material.pack.known_source(id).map(|source| source.name.as_str());
        plain(known.unwrap_or(id)).into_owned()
    }
}

fn drawn(part: &impl Template) -> Result<Html, ReportError> {
    Ok(Html::drawn(part.render()?))
}
