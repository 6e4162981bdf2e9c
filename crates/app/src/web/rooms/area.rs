//! One area: what its sheets say, how far the work is there, the areas within it, its tables.

use askama::Template;
use tallyproof_core::sheet::SheetStatus;

use super::super::frame::Frame;
use super::super::snapshot::{AreaWork, TableStanding};
use super::areas::{AreaQuery, AreaTable, COVERAGE_COLOR};
use super::overview::{Age, Switch};
use super::sight::{Pager, Sight, in_address};
use crate::site::bar;
use crate::site::html::{Html, Pen, key_id};

/// Tables on one page.
const PER_PAGE: usize = 100;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TablesQuery {
    /// Sheets of this status alone; `none` for tables without a sheet.
    pub(super) status: String,
    pub(super) page: usize,
}

/// A contestant's votes in the area.
pub(super) struct VoteRow {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) bar: String,
    pub(super) votes: Html,
}

/// One table.
pub(super) struct TableRow {
    pub(super) id: String,
    pub(super) status: String,
    pub(super) kind: &'static str,
    pub(super) class: String,
    pub(super) counts: Option<bool>,
    pub(super) found: String,
    pub(super) contradiction: bool,
}

/// A link upwards.
pub(super) struct Crumb {
    pub(super) href: String,
    pub(super) name: String,
}

#[derive(Template)]
#[template(path = "desk/rooms/area.html")]
pub(super) struct AreaPage<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    name: String,
    level: String,
    code: String,
    crumbs: Vec<Crumb>,
    lede: Option<Html>,
    votes: Vec<VoteRow>,
    statuses: Vec<Switch>,
    areas: Option<AreaTable>,
    map_code: &'static str,
    coverage_color: &'static str,
    tables: Vec<TableRow>,
    pager: Pager,
    formulas: Vec<(Html, Html)>,
}

/// Links to the areas that a table or an area lies in, widest first, down to and without `below`.
pub(super) fn crumbs(sight: &Sight, table: &str, below: usize) -> Vec<Crumb> {
    let levels = sight.pack().levels.iter().enumerate().take(below);
    levels
        .filter_map(|(place, level)| {
            let code = table.get(..level.chars)?;
            sight.snapshot.area(place, code)?;
            Some(Crumb { href: sight.area_href(place, code), name: sight.area_name(place, code) })
        })
        .collect()
}

impl<'p> AreaPage<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        frame: Frame,
        (level, area): (usize, &AreaWork),
        (areas, tables): (&AreaQuery, &TablesQuery),
    ) -> Self {
        let name = sight.area_name(level, &area.code);
        let href = sight.area_href(level, &area.code);
        let all = sight.snapshot.standings.get(area.tables.clone()).unwrap_or(&[]);
        let shown: Vec<&TableStanding> =
            all.iter().filter(|standing| fits(standing, &tables.status)).collect();
        let next = format!("{href}?status={}&page=", in_address(&tables.status));
        let (range, pager) = Pager::new(sight, shown.len(), PER_PAGE, tables.page, &next);
        Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            level: sight.level_name(level),
            crumbs: crumbs(sight, &area.code, level),
            lede: lede(sight, level, area),
            votes: votes(sight, level, area),
            statuses: statuses(sight, area, &href, &tables.status),
            areas: children(sight, level, area, areas, &href),
            map_code: "",
            coverage_color: COVERAGE_COLOR,
            tables: shown[range].iter().map(|standing| table_row(sight, standing)).collect(),
            pager,
            formulas: sight.panels.formulas(&["tabulation.valid", "tabulation.margin", "tabulation.areas."]),
            name,
            code: area.code.clone(),
        }
    }
}

fn fits(standing: &TableStanding, status: &str) -> bool {
    match (status, &standing.sheet) {
        ("", _) | ("none", None) => true,
        ("found", _) => !standing.findings.is_empty(),
        (status, Some(sheet)) => sheet.status.code() == status,
        _ => false,
    }
}

pub(super) fn table_row(sight: &Sight, standing: &TableStanding) -> TableRow {
    let sheet = standing.sheet.as_ref();
    TableRow {
        id: standing.table.as_str().to_owned(),
        status: sheet.map_or_else(|| sight.pen.say("rooms-no-sheet"), |sheet| sight.status(sheet.status)),
        kind: sheet.map_or("none", |sheet| sheet.status.code()),
        class: sheet.map(|sheet| sight.pen.say_of("report-class", sheet.class.code())).unwrap_or_default(),
        counts: sheet.map(|sheet| sheet.counts),
        found: sight.n(standing.findings.len() as u64),
        contradiction: standing.contradiction,
    }
}

/// Areas of the next listed level within this one.
fn children(
    sight: &Sight,
    level: usize,
    area: &AreaWork,
    query: &AreaQuery,
    href: &str,
) -> Option<AreaTable> {
    let below = sight.listed().into_iter().find(|&l| l > level)?;
    let all = sight.snapshot.areas.get(below)?;
    let from = all.partition_point(|a| a.tables.start < area.tables.start);
    let to = all.partition_point(|a| a.tables.start < area.tables.end);
    (from < to).then(|| AreaTable::new(sight, below, from..to, query, (href, "")))
}

fn lede(sight: &Sight, level: usize, area: &AreaWork) -> Option<Html> {
    let published = sight.published(level, &area.code).filter(|p| p.n_tables_seen > 0)?;
    let valid = sight.pen.int(&Sight::key_of(published, "valid"), published.valid);
    let Some(id) = &published.leading else {
        return Some(sight.pen.tell("site-area-tied", &[("valid", valid)]));
    };
    let points = published.margin_share.map_or_else(
        || sight.pen.none(),
        |share| sight.pen.points(&Sight::key_of(published, "margin_share"), share),
    );
    let slots = [
        ("name", Html::text(&sight.panels.name(id))),
        ("margin", sight.pen.int(&Sight::key_of(published, "margin"), published.margin)),
        ("points", points),
        ("valid", valid),
    ];
    Some(sight.pen.tell("site-area-leads", &slots))
}

fn votes(sight: &Sight, level: usize, area: &AreaWork) -> Vec<VoteRow> {
    let Some(published) = sight.published(level, &area.code).filter(|p| p.n_tables_seen > 0) else {
        return Vec::new();
    };
    let votes = |id: &str| published.votes.get(id).copied().unwrap_or(0);
    let most = published.votes.values().copied().max().unwrap_or(0);
    let row = |id: &str| VoteRow {
        name: sight.panels.name(id),
        color: sight.panels.color(id),
        bar: bar(votes(id), most),
        votes: sight.pen.int(&Sight::key_of(published, &format!("votes.{}", key_id(id))), votes(id)),
    };
    sight.panels.ranking().into_iter().map(row).collect()
}

/// The area's tables by status, each a link that shows those alone.
fn statuses(sight: &Sight, area: &AreaWork, href: &str, here: &str) -> Vec<Switch> {
    let switch = |code: &str, name: String, n: u64| Switch {
        href: format!("{href}?status={code}#tables"),
        says: format!("{name}: {}", sight.n(n)),
        here: here == code,
    };
    let mut all = vec![switch("", sight.pen.say("rooms-all-tables"), area.tables.len() as u64)];
    let of = SheetStatus::ALL.into_iter().filter(|status| area.n(*status) > 0);
    all.extend(of.map(|status| switch(status.code(), sight.status(status), area.n(status))));
    if area.n_without > 0 {
        all.push(switch("none", sight.pen.say("rooms-no-sheet"), area.n_without));
    }
    if area.n_found > 0 {
        all.push(switch("found", sight.pen.say("rooms-with-findings"), area.n_found));
    }
    all
}
