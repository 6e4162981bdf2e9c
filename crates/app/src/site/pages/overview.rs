//! The overview: the result with interval, coverage and doubt, the map, and the way down into the areas.

use askama::Template;

use super::area::{self, AreaRow};
use super::frame::{self, Framed};
use super::tree::Tree;
use super::{Sink, SiteError, address};
use crate::site::areas::{Fill, Map, maps};
use crate::site::estimate::EstimateView;
use crate::site::headline::Headline;
use crate::site::html::{Html, Pen};
use crate::site::missing::Missing;
use crate::site::result::{ResultRow, rows_with_estimate};
use crate::site::summary::Summary;

#[derive(Template)]
#[template(path = "site/overview.html")]
struct Overview<'p> {
    pen: &'p Pen<'p>,
    title: String,
    contest: String,
    date: String,
    headline: Headline,
    summary: Summary,
    result: Vec<ResultRow>,
    estimated: bool,
    warnings: Vec<Html>,
    maps: Vec<Map>,
    head: String,
    plural: String,
    rows: Vec<AreaRow>,
    whole: Option<String>,
    missing: Missing,
    report: String,
}

pub(super) fn write(tree: &Tree, put: &mut Sink) -> Result<(), SiteError> {
    let (material, pen) = (&tree.material, tree.pen());
    let election = &material.results.election;
    let estimate = EstimateView::new(material);
    let widest = tree.country.levels.first();
    let level = widest.and_then(|widest| widest.level);
    let mut rows = match (widest, level) {
        (Some(widest), Some(level)) => area::rows(tree, level, &widest.areas),
        _ => Vec::new(),
    };
    rows.iter_mut().for_each(|row| row.href = format!("area/{}", row.href));
    let overview = Overview {
        pen,
        title: pen.of(&election.title),
        contest: pen.of(&election.contest),
        date: pen.date(&election.date),
        headline: Headline::new(material),
        summary: Summary::new(material),
        estimated: !estimate.rows.is_empty(),
        result: rows_with_estimate(&tree.material, &estimate),
        warnings: estimate.warnings,
        maps: linked_maps(tree)?,
        head: level.map(|level| tree.level_name(level)).unwrap_or_default(),
        plural: level.map(|level| tree.level_plural(level)).unwrap_or_default(),
        rows,
        whole: level.is_none().then(|| format!("area/{}.html", address::area(None, "", 0))),
        missing: Missing::new(material),
        report: format!("../files/report.{}.html", pen.lang()),
    };
    let title = pen.say("site-page-overview");
    frame::put(tree, Framed { path: "index", title, body: overview.render()?, scripts: &[] }, put)
}

/// The report's maps, whose areas lead to their pages.
fn linked_maps(tree: &Tree) -> Result<Vec<Map>, SiteError> {
    let Some(bytes) = tree.site.boundaries else { return Ok(Vec::new()) };
    let mut maps = maps(&tree.material, bytes).map_err(crate::site::ReportError::from)?;
    let level = tree.pack().boundaries.as_ref().map(|join| join.level);
    let has_page = |code: &str| {
        let areas = tree.country.levels.iter().find(|l| l.level == level).map(|l| l.areas.as_slice());
        areas.is_some_and(|areas| areas.binary_search_by(|a| a.code.as_str().cmp(code)).is_ok())
    };
    for shape in maps.iter_mut().flat_map(|map| &mut map.shapes) {
        let code = shape.code.as_deref().filter(|code| level.is_some() && has_page(code));
        shape.href = code.map(|code| format!("area/{}.html", address::area(level, code, 0)));
    }
    Ok(maps)
}
