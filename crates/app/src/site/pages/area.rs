//! Pages of areas: the area's figures, what lies in it, and its tables.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use askama::Template;
use tallyproof_analysis::results::PublishedArea;

use super::address;
use super::country::{Area, MOST_TABLES};
use super::entry;
use super::frame::{self, Framed};
use super::tree::Tree;
use super::{Sink, SiteError};
use crate::site::html::{Html, Pen, key_id};
use crate::site::page::bar;

/// Writes the pages of every area.
pub(super) fn write(tree: &Tree, put: &mut Sink) -> Result<(), SiteError> {
    for (at, level) in tree.country.levels.iter().enumerate() {
        for area in &level.areas {
            // An area whose pages show no tables has one page.
            for part in 0..area.parts.len().max(1) {
                page(tree, at, level.level, area, part, put)?;
            }
        }
    }
    Ok(())
}

/// A row of a table of areas.
pub(super) struct AreaRow {
    pub(super) href: String,
    pub(super) code: String,
    pub(super) name: String,
    /// Colour, start and length of each piece of the bar, percent.
    pub(super) pieces: Vec<(String, String, String)>,
    pub(super) leading: Option<(String, String)>,
    pub(super) margin: Option<Html>,
    pub(super) seen: Option<Html>,
    pub(super) total: Option<Html>,
}

struct VoteRow {
    name: String,
    color: String,
    bar: String,
    votes: Html,
}

/// A link to a centre of this area.
struct Centre {
    href: String,
    name: String,
    code: String,
}

#[derive(Template)]
#[template(path = "site/area.html")]
struct Page<'p> {
    pen: &'p Pen<'p>,
    name: String,
    code: String,
    level: String,
    above: Vec<(String, String)>,
    lede: Vec<Html>,
    votes: Vec<VoteRow>,
    head: String,
    rows: Vec<AreaRow>,
    centres_title: String,
    centres: Vec<Centre>,
    part: usize,
    parts: Vec<(String, String)>,
    tables: Html,
}

fn page(
    tree: &Tree,
    at: usize,
    level: Option<usize>,
    area: &Area,
    part: usize,
    put: &mut Sink,
) -> Result<(), SiteError> {
    let pen = tree.pen();
    let name = match level.map(|level| (level, tree.area_name(level, &area.code))) {
        Some((level, name)) if name == area.code => format!("{} {name}", tree.level_name(level)),
        Some((_, name)) => name,
        None => pen.say("site-whole"),
    };
    let children = tree.country.children(at, area);
    let below = tree.country.levels.get(at + 1).and_then(|below| below.level);
    let published = tree.published(level, &area.code);
    let page = Page {
        pen,
        name: name.clone(),
        code: area.code.clone(),
        level: level.map(|level| tree.level_name(level)).unwrap_or_default(),
        above: tree.above(at, area),
        lede: lede(tree, area, published),
        votes: if part == 0 { votes(tree, published) } else { Vec::new() },
        head: below.map(|below| tree.level_name(below)).unwrap_or_default(),
        rows: below.map(|below| rows(tree, below, children)).unwrap_or_default(),
        centres_title: tree.country.section.map(|s| tree.level_plural(s)).unwrap_or_default(),
        centres: if part == 0 { centres(tree, level, area) } else { Vec::new() },
        part,
        parts: parts(tree, level, area),
        tables: Html::drawn(area.parts.get(part).map(|range| tables(tree, area, range)).unwrap_or_default()),
    };
    let path = format!("area/{}", address::area(level, &area.code, part));
    let title = if part == 0 { name } else { format!("{name} ({})", part + 1) };
    frame::put(tree, Framed { path: &path, title, body: page.render()?, scripts: &[] }, put)
}

/// What the sheets of the area say, and how many tables there are of which kind.
fn lede(tree: &Tree, area: &Area, published: Option<&PublishedArea>) -> Vec<Html> {
    let pen = tree.pen();
    let mut lede = Vec::new();
    if let Some(published) = published.filter(|p| p.n_tables_seen > 0) {
        lede.push(leading(tree, published));
    }
    let entries = &tree.country.entries[area.entries.clone()];
    let counted = entries.iter().filter(|e| e.sheet.is_some_and(|s| s.counts(tree.pack()))).count();
    let without = entries.iter().filter(|e| e.sheet.is_none()).count();
    let n = |n: usize| Html::text(&pen.label_int(i64::try_from(n).unwrap_or(i64::MAX)));
    let slots = [
        ("n", n(entries.len())),
        ("counted", n(counted)),
        ("uncounted", n(entries.len() - counted - without)),
        ("without", n(without)),
    ];
    lede.push(pen.tell("site-area-tables", &slots));
    if let Some((published, total)) = published.and_then(|p| Some((p, p.n_tables_total?))) {
        let key = key_of(published, "n_tables_total");
        lede.push(pen.tell("site-area-total", &[("total", pen.int(&key, total))]));
    }
    lede
}

fn leading(tree: &Tree, area: &PublishedArea) -> Html {
    let pen = tree.pen();
    let valid = pen.int(&key_of(area, "valid"), area.valid);
    let Some(id) = &area.leading else { return pen.tell("site-area-tied", &[("valid", valid)]) };
    let share =
        area.margin_share.map_or_else(|| pen.none(), |s| pen.points(&key_of(area, "margin_share"), s));
    let slots = [
        ("name", Html::text(&tree.material.name(id))),
        ("margin", pen.int(&key_of(area, "margin"), area.margin)),
        ("points", share),
        ("valid", valid),
    ];
    pen.tell("site-area-leads", &slots)
}

/// Place of an area's figure in `results.json`.
fn key_of(area: &PublishedArea, field: &str) -> String {
    format!("tabulation.areas[{}:{}].{field}", key_id(&area.level), key_id(&area.code))
}

fn votes(tree: &Tree, published: Option<&PublishedArea>) -> Vec<VoteRow> {
    let Some(area) = published.filter(|area| area.n_tables_seen > 0) else { return Vec::new() };
    let votes = |id: &str| area.votes.get(id).copied().unwrap_or(0);
    let most = area.votes.values().copied().max().unwrap_or(0);
    let row = |id: &str| VoteRow {
        name: tree.material.name(id),
        color: tree.material.color(id),
        bar: bar(votes(id), most),
        votes: tree.pen().int(&key_of(area, &format!("votes.{}", key_id(id))), votes(id)),
    };
    tree.material.ranking().into_iter().map(|selection| row(&selection.id)).collect()
}

/// Rows of the areas of one level, from the folder of area pages.
pub(super) fn rows(tree: &Tree, level: usize, areas: &[Area]) -> Vec<AreaRow> {
    let top: Vec<&str> = tree.material.ranking().into_iter().take(2).map(|s| s.id.as_str()).collect();
    let row = |area: &Area| {
        let published = tree.published(Some(level), &area.code);
        let counted = published.filter(|p| p.n_tables_seen > 0);
        AreaRow {
            href: format!("{}.html", address::area(Some(level), &area.code, 0)),
            code: area.code.clone(),
            name: tree.area_name(level, &area.code),
            pieces: counted.map(|p| pieces(tree, &top, p)).unwrap_or_default(),
            leading: counted
                .and_then(|p| p.leading.as_deref())
                .map(|id| (tree.material.short(id), tree.material.color(id))),
            margin: counted.map(|p| tree.pen().int(&key_of(p, "margin"), p.margin)),
            seen: published.map(|p| tree.pen().int(&key_of(p, "n_tables_seen"), p.n_tables_seen)),
            total: published
                .and_then(|p| Some(tree.pen().int(&key_of(p, "n_tables_total"), p.n_tables_total?))),
        }
    };
    areas.iter().map(row).collect()
}

/// The bar of the first two contestants, piece by piece.
fn pieces(tree: &Tree, top: &[&str], area: &PublishedArea) -> Vec<(String, String, String)> {
    let mut before = 0;
    let piece = |id: &&str| {
        let votes = area.votes.get(*id).copied().unwrap_or(0);
        let start = bar(before, area.valid);
        before += votes;
        (tree.material.color(id), start, bar(votes, area.valid))
    };
    top.iter().map(piece).collect()
}

/// Links to the centres of an area, on whichever of its pages they stand.
fn centres(tree: &Tree, level: Option<usize>, area: &Area) -> Vec<Centre> {
    let Some(section) = tree.country.section.filter(|_| !area.parts.is_empty()) else { return Vec::new() };
    let chars = tree.pack().levels.get(section).map(|l| l.chars);
    let mut pages: BTreeMap<usize, String> = BTreeMap::new();
    let centre = |range: Range<usize>| {
        let code = tree.country.entries.get(range.start)?.table.area_code(chars?);
        let part = area.parts.iter().position(|part| part.contains(&range.start))?;
        let page =
            pages.entry(part).or_insert_with(|| format!("{}.html", address::area(level, &area.code, part)));
        let name = tree.area_name(section, code);
        Some(Centre { href: format!("{page}#{}", address::anchor('c', code)), name, code: code.to_owned() })
    };
    tree.country.sections(&area.entries, chars).into_iter().filter_map(centre).collect()
}

/// Links to all pages of the area, with the first and last table of each.
fn parts(tree: &Tree, level: Option<usize>, area: &Area) -> Vec<(String, String)> {
    if area.parts.len() < 2 {
        return Vec::new();
    }
    let id = |index: usize| tree.country.entries.get(index).map_or("", |entry| entry.table.as_str());
    let part = |(part, range): (usize, &Range<usize>)| {
        let href = format!("{}.html", address::area(level, &area.code, part));
        (href, format!("{} – {}", id(range.start), id(range.end.saturating_sub(1))))
    };
    area.parts.iter().enumerate().map(part).collect()
}

/// The tables of one page, centre by centre.
fn tables(tree: &Tree, area: &Area, range: &Range<usize>) -> String {
    let section = tree.country.section;
    let chars = section.and_then(|s| tree.pack().levels.get(s)).map(|level| level.chars);
    let mut out = String::with_capacity(range.len().min(MOST_TABLES) * 1_200);
    for group in tree.country.sections(range, chars) {
        let Some(first) = tree.country.entries.get(group.start) else { continue };
        let code = chars.map_or(area.code.as_str(), |chars| first.table.area_code(chars));
        let anchor = address::anchor('c', code);
        let _ = write!(out, "<div class=centre><h3 id={anchor}>");
        match section {
            Some(section) => {
                let name = tree.area_name(section, code);
                let level = Html::text(&tree.level_name(section));
                let _ = if name == code {
                    write!(out, "<span class=\"cap\">{level}</span> {code}</h3>")
                } else {
                    write!(out, "{} <small>{level} {code}</small></h3>", Html::text(&name))
                };
            }
            None => {
                let _ = write!(out, "{}</h3>", tree.say("site-tables"));
            }
        }
        out.push_str("<div class=cards>\n");
        for index in group {
            entry::write(tree, &tree.country.entries[index], code, &mut out);
        }
        out.push_str("</div></div>\n");
    }
    out
}
