//! Areas: maps where boundaries are given, and tables down to the level a page can hold.

use std::collections::BTreeMap;

use tallyproof_analysis::results::{PublishedArea, PublishedLevel};
use tallyproof_core::tidy::plain;

use super::boundaries::outlines;
use super::html::{Html, key_id};
use super::map::Drawing;
use super::page::{Material, bar};
use super::result::top_two;
use super::{BoundariesFault, ReportError};

/// Most areas of a level on the page; the others are in `results.json`.
const MOST_AREAS: usize = 500;

/// Upper ends of the steps of the lead on the map, as a share of valid votes, with how strongly each is drawn.
const STEPS: [(f64, &str); 4] = [(0.10, "0.30"), (0.25, "0.52"), (0.50, "0.76"), (f64::INFINITY, "1")];

/// Upper ends of the coverage steps.
const COVERAGE_STEPS: [(f64, &str); 4] =
    [(0.50, "0.20"), (0.75, "0.42"), (0.90, "0.68"), (f64::INFINITY, "0.95")];

/// Coverage is nobody's colour.
const COVERAGE_COLOR: &str = "#0b6b5f";

/// How strongly each step is drawn, whatever the colour.
const NEUTRAL: &str = "#5a616b";

/// The section.
pub(super) struct Areas {
    pub(super) maps: Vec<Map>,
    pub(super) tables: Vec<AreaTable>,
    pub(super) left_out: Vec<Html>,
    pub(super) totals_known: bool,
}

/// One map.
pub(super) struct Map {
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) shapes: Vec<MapShape>,
    pub(super) legend: Vec<LegendRow>,
}

impl Map {
    /// Whether its shapes lead anywhere: links in a picture would be hidden from whoever hears the page.
    pub(super) fn is_linked(&self) -> bool {
        self.shapes.iter().any(|shape| shape.href.is_some())
    }
}

/// One area on a map.
pub(super) struct MapShape {
    /// Path data, in the first map only: others refer to it.
    pub(super) path: Option<String>,
    pub(super) number: usize,
    pub(super) name: String,
    /// The area's code, where the shape joins an area.
    pub(super) code: Option<String>,
    /// Page of the area, where there is one.
    pub(super) href: Option<String>,
    pub(super) fill: Fill,
    /// Patterns over the fill.
    pub(super) over: Vec<&'static str>,
}

/// How an area is drawn.
#[derive(Clone)]
pub(super) enum Fill {
    Color { color: String, opacity: &'static str },
    Tie,
    NoSheets,
    Pattern(&'static str),
}

/// Swatches of the legend with one heading.
pub(super) struct LegendRow {
    pub(super) name: String,
    pub(super) swatches: Vec<(Fill, String)>,
}

/// The areas of one level.
pub(super) struct AreaTable {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) head: String,
    pub(super) open: bool,
    pub(super) leaders: Vec<String>,
    pub(super) groups: Vec<Group>,
}

/// Areas that lie in one wider area.
pub(super) struct Group {
    pub(super) name: Option<String>,
    pub(super) rows: Vec<AreaRow>,
}

/// One area.
pub(super) struct AreaRow {
    pub(super) name: String,
    pub(super) parts: Vec<(String, String)>,
    pub(super) votes: Vec<Html>,
    pub(super) is_seen: bool,
    pub(super) leading: Option<(String, String)>,
    pub(super) margin: Html,
    pub(super) margin_share: Html,
    pub(super) seen: Html,
    pub(super) total: Option<Html>,
}

impl Areas {
    pub(super) fn new(material: &Material, boundaries: Option<&[u8]>) -> Result<Self, ReportError> {
        let areas = &material.results.tabulation.areas;
        let mut tables = Vec::new();
        let mut left_out = Vec::new();
        for level in &material.results.election.levels {
            let of_level: Vec<&PublishedArea> = areas.iter().filter(|a| a.level == level.id).collect();
            if of_level.len() > MOST_AREAS {
                let plural = Html::text(&material.pen.of(&level.plural));
                left_out.push(material.pen.tell("report-areas-left-out", &[("plural", plural)]));
            } else if !of_level.is_empty() {
                tables.push(table(material, level, &of_level, tables.is_empty()));
            }
        }
        Ok(Self {
            maps: boundaries.map(|bytes| maps(material, bytes)).transpose()?.unwrap_or_default(),
            tables,
            left_out,
            totals_known: areas.iter().any(|a| a.n_tables_total.is_some()),
        })
    }
}

/// An area's published name, or its code.
pub(super) fn area_name(area: &PublishedArea) -> String {
    plain(area.name.as_deref().unwrap_or(&area.code)).into_owned()
}

fn table(material: &Material, level: &PublishedLevel, areas: &[&PublishedArea], open: bool) -> AreaTable {
    let top = top_two(material);
    let parent = |area: &PublishedArea| (!open).then(|| parent_name(material, level, area)).flatten();
    let mut groups: Vec<Group> = Vec::new();
    for area in areas {
        let name = parent(area);
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name, rows: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row(material, &top, area));
        }
    }
    AreaTable {
        id: level.id.clone(),
        title: material.pen.of(&level.plural),
        head: material.pen.of(&level.name),
        open,
        leaders: top.iter().map(|id| material.short(id)).collect(),
        groups,
    }
}

/// Name of the area of the level above in which this one lies: its code is the beginning of this one's.
fn parent_name(material: &Material, level: &PublishedLevel, area: &PublishedArea) -> Option<String> {
    let levels = &material.results.election.levels;
    let above = levels.iter().position(|l| l.id == level.id)?.checked_sub(1)?;
    let is_parent =
        |a: &&PublishedArea| a.level == levels[above].id && area.code.starts_with(a.code.as_str());
    material.results.tabulation.areas.iter().find(is_parent).map(area_name)
}

fn row(material: &Material, top: &[String], area: &PublishedArea) -> AreaRow {
    let pen = material.pen;
    let key =
        |field: &str| format!("tabulation.areas[{}:{}].{field}", key_id(&area.level), key_id(&area.code));
    let votes = |id: &String| area.votes.get(id).copied().unwrap_or(0);
    AreaRow {
        name: area_name(area),
        parts: top.iter().map(|id| (material.color(id), bar(votes(id), area.valid))).collect(),
        votes: top.iter().map(|id| pen.int(&key(&format!("votes.{}", key_id(id))), votes(id))).collect(),
        is_seen: area.n_tables_seen > 0,
        leading: area.leading.as_deref().map(|id| (material.short(id), material.color(id))),
        margin: pen.int(&key("margin"), area.margin),
        margin_share: area
            .margin_share
            .map_or_else(|| pen.none(), |share| pen.percent(&key("margin_share"), share)),
        seen: pen.int(&key("n_tables_seen"), area.n_tables_seen),
        total: area.n_tables_total.map(|n| pen.int(&key("n_tables_total"), n)),
    }
}

/// The map of the lead, and where tables in all are known the map of coverage.
pub(super) fn maps(material: &Material, bytes: &[u8]) -> Result<Vec<Map>, BoundariesFault> {
    let drawing = Drawing::new(&outlines(bytes, material.pack)?)?;
    let joined = joined_areas(material);
    let mut maps = vec![map(material, &drawing, "lead", &joined, |area| lead_fill(material, area))];
    if joined.values().any(|joined| joined.area.is_some_and(|a| a.n_tables_total.is_some())) {
        let mut coverage = map(material, &drawing, "coverage", &joined, |area| coverage_fill(material, area));
        coverage.shapes.iter_mut().for_each(|shape| shape.path = None);
        maps.push(coverage);
    }
    maps.push(together(material, &drawing, &joined));
    Ok(maps)
}

/// Coverage, result and doubt on one map, readable without colour: the darker, the more was seen; dotted where
/// another leads than in the whole; lined where the missing could change who leads in the area.
fn together(material: &Material, drawing: &Drawing, joined: &Joined) -> Map {
    let pen = material.pen;
    let overall = material.results.tabulation.leading.as_deref();
    let mut map = map(material, drawing, "together", joined, |area| {
        let Some(leading) = &area.leading else { return (Fill::Tie, pen.say("report-map-tie")) };
        let (opacity, seen) = match area.n_tables_total {
            Some(_) => match coverage_fill(material, area) {
                (Fill::Color { opacity, .. }, says) => (opacity, says),
                (_, says) => ("1", says),
            },
            None => ("0.68", pen.say("report-map-coverage-unknown")),
        };
        let doubt = if in_doubt(area) { "doubt" } else { "firm" };
        let says = format!("{}, {seen}, {}", material.short(leading), pen.say_of("report-map", doubt));
        (Fill::Color { color: material.color(leading), opacity }, says)
    });
    for (shape, outline) in map.shapes.iter_mut().zip(&drawing.shapes) {
        shape.path = None;
        let Some(area) = joined.get(&outline.join).and_then(|joined| joined.area) else { continue };
        if area.leading.is_some() && area.leading.as_deref() != overall {
            shape.over.push("elsewhere");
        }
        if area.leading.is_some() && in_doubt(area) {
            shape.over.push("doubt");
        }
    }
    map
}

/// Largest shift seen on late sheets in 2024, as in the words' "narrow": with coverage unknown, a lead that a
/// shift of that size on all its tables would end is in doubt.
const DOUBT_SHIFT: f64 = 0.03;

/// Whether the missing tables, as large as the area's mean one, could change who leads in the area.
fn in_doubt(area: &PublishedArea) -> bool {
    match area.n_tables_total {
        Some(total) => {
            let missing = u128::from(total.saturating_sub(area.n_tables_seen));
            missing * u128::from(area.valid) >= u128::from(area.margin) * u128::from(area.n_tables_seen)
        }
        None => area.margin_share.is_none_or(|share| share <= 2.0 * DOUBT_SHIFT),
    }
}

type Joined<'r> = BTreeMap<String, JoinedArea<'r>>;

/// An area that boundaries join.
struct JoinedArea<'r> {
    code: String,
    name: String,
    area: Option<&'r PublishedArea>,
}

/// Areas of the boundary level by what boundaries call them: name, and figures where sheets exist. Where
/// the pack gives no area a boundary, areas join by code.
fn joined_areas<'r>(material: &Material<'r>) -> Joined<'r> {
    let Some(join) = &material.pack.boundaries else { return Joined::new() };
    let Some(level) = material.pack.levels.get(join.level) else { return Joined::new() };
    let mut joined = Joined::new();
    for ((_, code), area) in material.pack.areas.iter().filter(|((l, _), _)| *l == join.level) {
        let key = area.boundary.clone().unwrap_or_else(|| code.clone());
        let name = plain(&area.name).into_owned();
        joined.insert(key, JoinedArea { code: code.clone(), name, area: None });
    }
    for area in material.results.tabulation.areas.iter().filter(|a| a.level == level.id) {
        let key = area.boundary.clone().unwrap_or_else(|| area.code.clone());
        let name = area_name(area);
        joined.insert(key, JoinedArea { code: area.code.clone(), name, area: Some(area) });
    }
    joined
}

fn map(
    material: &Material,
    drawing: &Drawing,
    id: &'static str,
    joined: &Joined,
    fill: impl Fn(&PublishedArea) -> (Fill, String),
) -> Map {
    let pen = material.pen;
    let shapes: Vec<MapShape> = drawing
        .shapes
        .iter()
        .enumerate()
        .map(|(number, shape)| {
            let known = joined.get(&shape.join);
            let (fill, says) = known
                .and_then(|joined| joined.area.map(&fill))
                .unwrap_or_else(|| (Fill::NoSheets, pen.say("report-map-no-sheets")));
            let name = known.map_or_else(|| plain(&shape.join).into_owned(), |joined| joined.name.clone());
            MapShape {
                path: Some(shape.path.clone()),
                number,
                name: format!("{name}: {says}"),
                code: known.map(|joined| joined.code.clone()),
                href: None,
                fill,
                over: Vec::new(),
            }
        })
        .collect();
    let legend = match id {
        "lead" => lead_legend(material, &shapes),
        "coverage" => coverage_legend(material, &shapes, COVERAGE_COLOR),
        _ => together_legend(material, &shapes),
    };
    Map {
        id,
        title: pen.say_of("report-map-title", id),
        description: pen.say_of("report-map-description", id),
        width: drawing.width,
        height: drawing.height,
        shapes,
        legend,
    }
}

fn step(steps: &[(f64, &'static str)], share: f64) -> (usize, &'static str) {
    let found = steps.iter().position(|(end, _)| share < *end).unwrap_or(steps.len() - 1);
    (found, steps[found].1)
}

fn lead_fill(material: &Material, area: &PublishedArea) -> (Fill, String) {
    let Some(leading) = &area.leading else { return (Fill::Tie, material.pen.say("report-map-tie")) };
    let (number, opacity) = step(&STEPS, area.margin_share.unwrap_or(0.0));
    let says = material.pen.say_of("report-map-lead", &number.to_string());
    (Fill::Color { color: material.color(leading), opacity }, format!("{}, {says}", material.short(leading)))
}

fn coverage_fill(material: &Material, area: &PublishedArea) -> (Fill, String) {
    match area.n_tables_total {
        Some(total) if total > 0 => {
            let (number, opacity) = step(&COVERAGE_STEPS, area.n_tables_seen as f64 / total as f64);
            let says = material.pen.say_of("report-map-coverage", &number.to_string());
            (Fill::Color { color: COVERAGE_COLOR.into(), opacity }, says)
        }
        _ => (Fill::NoSheets, material.pen.say("report-map-no-sheets")),
    }
}

fn lead_legend(material: &Material, shapes: &[MapShape]) -> Vec<LegendRow> {
    let pen = material.pen;
    let drawn =
        |color: &str| shapes.iter().any(|s| matches!(&s.fill, Fill::Color { color: c, .. } if c == color));
    let mut legend: Vec<LegendRow> = material
        .ranking()
        .into_iter()
        .filter(|s| drawn(&material.color(&s.id)))
        .map(|s| LegendRow {
            name: material.short(&s.id),
            swatches: STEPS
                .iter()
                .enumerate()
                .map(|(i, (_, opacity))| {
                    let says = pen.say_of("report-map-lead", &i.to_string());
                    (Fill::Color { color: material.color(&s.id), opacity }, says)
                })
                .collect(),
        })
        .collect();
    legend.extend(other_legend(material, shapes));
    legend
}

fn coverage_legend(material: &Material, shapes: &[MapShape], color: &str) -> Vec<LegendRow> {
    let swatch = |(i, (_, opacity)): (usize, &(f64, &'static str))| {
        let says = material.pen.say_of("report-map-coverage", &i.to_string());
        (Fill::Color { color: color.to_owned(), opacity }, says)
    };
    let name = material.pen.say("report-map-coverage");
    let steps = LegendRow { name, swatches: COVERAGE_STEPS.iter().enumerate().map(swatch).collect() };
    std::iter::once(steps).chain(other_legend(material, shapes)).collect()
}

fn together_legend(material: &Material, shapes: &[MapShape]) -> Vec<LegendRow> {
    let pen = material.pen;
    let patterns = ["elsewhere", "doubt"].map(|code| (Fill::Pattern(code), pen.say_of("report-map", code)));
    let marks = LegendRow { name: pen.say("report-map-patterns"), swatches: patterns.into() };
    let coverage_known = material.results.tabulation.areas.iter().any(|area| area.n_tables_total.is_some());
    let ahead = material.ranking().into_iter().filter_map(|s| {
        let color = material.color(&s.id);
        let drawn = shapes.iter().find_map(|shape| match &shape.fill {
            Fill::Color { color: c, opacity } if *c == color => Some(*opacity),
            _ => None,
        })?;
        let opacity = if coverage_known { "1" } else { drawn };
        Some((Fill::Color { color, opacity }, material.short(&s.id)))
    });
    let mut legend = vec![LegendRow { name: pen.say("report-ahead"), swatches: ahead.collect() }, marks];
    if coverage_known {
        legend.extend(coverage_legend(material, shapes, NEUTRAL));
    } else {
        legend.extend(other_legend(material, shapes));
    }
    legend
}

/// Ties and areas without sheets, where there are any.
fn other_legend(material: &Material, shapes: &[MapShape]) -> Option<LegendRow> {
    let mut swatches = Vec::new();
    if shapes.iter().any(|s| matches!(s.fill, Fill::Tie)) {
        swatches.push((Fill::Tie, material.pen.say("report-map-tie")));
    }
    if shapes.iter().any(|s| matches!(s.fill, Fill::NoSheets)) {
        swatches.push((Fill::NoSheets, material.pen.say("report-map-no-sheets")));
    }
    (!swatches.is_empty()).then(|| LegendRow { name: material.pen.say("report-map-other"), swatches })
}
