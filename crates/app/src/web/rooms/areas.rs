//! Areas as rows: how far the work is, who leads, what is in doubt.

use tallyproof_core::sheet::SheetStatus;
use tallyproof_core::tidy::plain;

use super::super::snapshot::AreaWork;
use super::sight::{Pager, Sight, in_address};
use crate::site::bar;
use crate::site::html::Html;

/// Areas on one page.
const PER_PAGE: usize = 50;
/// Nobody's colour, for how much was seen.
pub(super) const COVERAGE_COLOR: &str = "#0b6b5f";
/// Longest text that is searched for, characters.
const MOST_SEARCHED: usize = 80;

/// One area.
pub(super) struct AreaRow {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) code: String,
    pub(super) counted: Html,
    pub(super) total: Option<Html>,
    /// Length of the bar of what was counted, percent.
    pub(super) bar: Option<String>,
    pub(super) needs_entry: String,
    pub(super) in_conflict: String,
    pub(super) quarantined: String,
    pub(super) without: String,
    pub(super) found: String,
    pub(super) leading: Option<(String, String)>,
    pub(super) points: Option<Html>,
}

/// What part of the areas is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AreaQuery {
    pub(super) search: String,
    pub(super) sort: Sort,
    pub(super) page: usize,
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// By code, as the country counts its areas.
    #[default]
    Code,
    /// The least covered first.
    Coverage,
    /// Most sheets in doubt first.
    Doubt,
}

impl Sort {
    pub(super) const ALL: [Sort; 3] = [Sort::Code, Sort::Coverage, Sort::Doubt];

    pub(super) fn code(self) -> &'static str {
        match self {
            Sort::Code => "code",
            Sort::Coverage => "coverage",
            Sort::Doubt => "doubt",
        }
    }

    pub(super) fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.code() == code).unwrap_or_default()
    }
}

/// A searchable page of the areas of one level.
pub(super) struct AreaTable {
    pub(super) level: String,
    pub(super) head: String,
    pub(super) plural: String,
    pub(super) search: String,
    pub(super) sort: &'static str,
    pub(super) rows: Vec<AreaRow>,
    pub(super) pager: Pager,
    /// Whether it is known how many tables the areas have.
    pub(super) totals_known: bool,
}

impl AreaTable {
    /// Areas of a level, of all or of those whose places in the level's list are given. `within` begins the address of
    /// the pages, up to and without the first question mark.
    pub(super) fn new(
        sight: &Sight,
        level: usize,
        places: std::ops::Range<usize>,
        query: &AreaQuery,
        (within, keep): (&str, &str),
    ) -> Self {
        let all = sight.snapshot.areas.get(level).map_or(&[][..], |areas| areas.get(places).unwrap_or(&[]));
        let search: String = plain(query.search.trim()).chars().take(MOST_SEARCHED).collect();
        let needle = search.to_lowercase();
        let fits = |area: &&AreaWork| {
            needle.is_empty()
                || area.code.to_lowercase().contains(&needle)
                || sight.area_name(level, &area.code).to_lowercase().contains(&needle)
        };
        let mut found: Vec<&AreaWork> = all.iter().filter(fits).collect();
        sort(sight, level, &mut found, query.sort);
        let id = sight.pack().levels.get(level).map(|l| in_address(&l.id)).unwrap_or_default();
        let href =
            format!("{within}?level={id}&q={}&sort={}{keep}&page=", in_address(&search), query.sort.code());
        let (shown, pager) = Pager::new(sight, found.len(), PER_PAGE, query.page, &href);
        Self {
            level: sight.pack().levels.get(level).map(|l| l.id.clone()).unwrap_or_default(),
            head: sight.level_name(level),
            plural: sight.level_plural(level),
            search,
            sort: query.sort.code(),
            rows: found[shown].iter().map(|area| row(sight, level, area)).collect(),
            pager,
            totals_known: sight.snapshot.facts.register.is_some(),
        }
    }
}

fn total(sight: &Sight, level: usize, area: &AreaWork) -> Option<u64> {
    sight.published(level, &area.code)?.n_tables_total
}

fn sort(sight: &Sight, level: usize, areas: &mut [&AreaWork], by: Sort) {
    match by {
        Sort::Code => {}
        // a/b < c/d as a·d < c·b: the same order on every machine.
        Sort::Coverage => areas.sort_by_cached_key(|area| {
            let all = total(sight, level, area).unwrap_or(area.tables.len() as u64).max(1);
            area.n_counted * 1_000_000 / all
        }),
        Sort::Doubt => areas.sort_by_key(|area| {
            std::cmp::Reverse(area.n(SheetStatus::InConflict) + area.n(SheetStatus::Quarantined))
        }),
    }
}

fn row(sight: &Sight, level: usize, area: &AreaWork) -> AreaRow {
    let published = sight.published(level, &area.code);
    let counted = published.filter(|p| p.n_tables_seen > 0);
    let total = published.and_then(|p| p.n_tables_total);
    let n = |status| area.n(status);
    let [entry, conflict, quarantined] =
        [SheetStatus::NeedsEntry, SheetStatus::InConflict, SheetStatus::Quarantined].map(n);
    AreaRow {
        href: sight.area_href(level, &area.code),
        name: sight.area_name(level, &area.code),
        code: area.code.clone(),
        counted: match published {
            Some(p) => sight.pen.int(&Sight::key_of(p, "n_tables_seen"), p.n_tables_seen),
            None => Html::text(&sight.n(area.n_counted)),
        },
        total: published
            .and_then(|p| Some(sight.pen.int(&Sight::key_of(p, "n_tables_total"), p.n_tables_total?))),
        bar: total.map(|total| bar(area.n_counted, total)),
        needs_entry: sight.n(entry),
        in_conflict: sight.n(conflict),
        quarantined: sight.n(quarantined),
        without: sight.n(area.n_without),
        found: sight.n(area.n_found),
        leading: counted
            .and_then(|p| p.leading.as_deref())
            .map(|id| (sight.panels.short(id), sight.panels.color(id))),
        points: counted
            .and_then(|p| Some(sight.pen.points(&Sight::key_of(p, "margin_share"), p.margin_share?))),
    }
}
