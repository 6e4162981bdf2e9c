//! The overview: the result with interval and bounds, what is in doubt, the map, how far the work is.

use askama::Template;
use tallyproof_core::sheet::SheetStatus;

use super::super::frame::Frame;
use super::super::queue::Waiting as Waits;
use super::areas::{AreaQuery, AreaTable, COVERAGE_COLOR};
use super::sight::{Sight, Who, in_address};
use super::weight::Weight;
use crate::site::ReportError;
use crate::site::html::{Html, Pen};
use crate::site::room::{MapView, RuleFound};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OverviewQuery {
    pub(super) map: MapView,
    pub(super) level: Option<usize>,
    pub(super) areas: AreaQuery,
    pub(super) projector: bool,
}

/// How many sheets wait for what, with the room where it is done.
pub(super) struct Waiting {
    pub(super) code: &'static str,
    pub(super) name: String,
    pub(super) n: Html,
    pub(super) href: Option<&'static str>,
}

/// What one person did.
pub(super) struct PersonRow {
    pub(super) who: Who,
    pub(super) entries: String,
    pub(super) corrections: String,
    pub(super) decisions: String,
    pub(super) quarantine: String,
    pub(super) last: String,
}

/// A view of the map, or a level of areas, to switch to.
pub(super) struct Switch {
    pub(super) href: String,
    pub(super) says: String,
    pub(super) here: bool,
}

#[derive(Template)]
#[template(path = "desk/rooms/overview.html")]
pub(super) struct Overview<'p> {
    frame: Frame,
    pen: &'p Pen<'p>,
    age: Age,
    glance: Html,
    waiting: Vec<Waiting>,
    /// What waits for machines and for people.
    work: Html,
    weight: Weight,
    rules: Vec<RuleFound>,
    views: Vec<Switch>,
    map: Option<Html>,
    levels: Vec<Switch>,
    areas: Option<AreaTable>,
    map_code: &'static str,
    people: Vec<PersonRow>,
    missing: Html,
    projector: bool,
    /// Address that shows the same again.
    here: String,
    coverage_color: &'static str,
}

/// Of when the picture is.
pub(super) struct Age {
    pub(super) says: Html,
}

impl Age {
    pub(super) fn new(sight: &Sight) -> Self {
        // To the minute: a page that keeps itself current is the same until there is another picture.
        let minutes = sight.snapshot.age().as_secs() / 60;
        let ago = if minutes == 0 { "rooms-age-now" } else { "rooms-age-minutes" };
        let ago = sight.tell(ago, &[("n", &sight.n(minutes))]);
        let time = sight.snapshot.made_at.strftime("%H:%M:%S UTC").to_string();
        let slots = [
            ("event", Html::text(&sight.n(sight.snapshot.at_event))),
            ("time", Html::text(&time)),
            ("ago", ago),
        ];
        Self { says: sight.pen.tell("rooms-age", &slots) }
    }
}

impl<'p> Overview<'p> {
    pub(super) fn new(
        sight: &Sight<'p>,
        frame: Frame,
        query: &OverviewQuery,
        waits: Waits,
    ) -> Result<Self, ReportError> {
        let listed = sight.listed();
        let level = query.level.filter(|level| listed.contains(level)).or(listed.first().copied());
        let id = |level: usize| sight.pack().levels.get(level).map(|l| in_address(&l.id)).unwrap_or_default();
        let map_code = query.map.code();
        let switch = |view: MapView| Switch {
            href: format!("/overview?map={}&level={}#map", view.code(), level.map(id).unwrap_or_default()),
            says: sight.pen.say_of("rooms-map", view.code()),
            here: view == query.map,
        };
        let to_level = |&l: &usize| Switch {
            href: format!("/overview?map={map_code}&level={}#areas", id(l)),
            says: sight.level_plural(l),
            here: Some(l) == level,
        };
        let keep = format!("&map={map_code}");
        let areas = level.map(|level| {
            let all = 0..sight.snapshot.areas.get(level).map_or(0, Vec::len);
            AreaTable::new(sight, level, all, &query.areas, ("/overview", &keep))
        });
        Ok(Self {
            frame,
            pen: sight.pen,
            age: Age::new(sight),
            glance: sight.panels.glance(query.projector)?,
            waiting: waiting(sight),
            work: work(sight, waits),
            weight: Weight::new(sight, &["in-conflict", "quarantined"]),
            rules: sight.panels.found(),
            views: MapView::ALL.map(switch).into(),
            map: map(sight, query.map)?,
            levels: listed.iter().map(to_level).collect(),
            areas,
            map_code,
            people: if query.projector { Vec::new() } else { people(sight) },
            missing: sight.panels.missing()?,
            projector: query.projector,
            here: here(query, &level.map(id).unwrap_or_default()),
            coverage_color: COVERAGE_COLOR,
        })
    }
}

/// Address that shows the same again.
fn here(query: &OverviewQuery, level: &str) -> String {
    let areas = &query.areas;
    let (search, sort) = (in_address(&areas.search), areas.sort.code());
    let projector = if query.projector { "&projector" } else { "" };
    let map = query.map.code();
    format!("/overview?map={map}&level={level}&q={search}&sort={sort}&page={}{projector}", areas.page)
}

/// The map, drawn once for each picture, view and language.
pub(super) fn map(sight: &Sight, view: MapView) -> Result<Option<Html>, ReportError> {
    let level = sight.pack().boundaries.as_ref().map(|join| join.level);
    if sight.snapshot.boundaries.is_none() || level.is_none() {
        return Ok(None);
    }
    let mut failed = None;
    let drawn = sight.snapshot.drawn((view.code(), sight.pen.lang()), || {
        let href = |code: &str| {
            let level = level.filter(|&level| sight.snapshot.area(level, code).is_some())?;
            Some(sight.area_href(level, code))
        };
        match sight.panels.map(view, &href) {
            Ok(map) => map.map(|map| map.to_string()).unwrap_or_default(),
            Err(error) => {
                failed = Some(error);
                String::new()
            }
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok((!drawn.is_empty()).then(|| Html::drawn(drawn.to_string()))),
    }
}

fn waiting(sight: &Sight) -> Vec<Waiting> {
    let by_status = &sight.snapshot.results.tabulation.by_status;
    let status = |status: SheetStatus| Waiting {
        code: status.code(),
        name: sight.status(status),
        n: match by_status.get(status.code()) {
            Some(&n) => sight.pen.int(&format!("tabulation.by_status.{}", status.code()), n),
            None => Html::text(&sight.n(0)),
        },
        href: match status {
            SheetStatus::InConflict => Some("/conflicts"),
            SheetStatus::Quarantined => Some("/quarantine"),
            _ => None,
        },
    };
    SheetStatus::ALL.map(status).into()
}

/// What waits for machines, as the picture has it, and what waits for people, as it is now.
fn work(sight: &Sight, waits: Waits) -> Html {
    let n = |n: usize| sight.n(n as u64);
    let slots = [
        ("pending", sight.n(sight.snapshot.facts.n_images_pending)),
        ("first", n(waits.n_first)),
        ("second", n(waits.n_second)),
        ("corrections", n(waits.n_corrections)),
        ("held", n(waits.n_held)),
    ];
    let slots: Vec<(&str, &str)> = slots.iter().map(|(name, text)| (*name, text.as_str())).collect();
    sight.tell("rooms-work", &slots)
}

fn people(sight: &Sight) -> Vec<PersonRow> {
    let row = |(id, work): (&str, &super::super::snapshot::Work)| PersonRow {
        who: sight.who(id),
        entries: sight.n(work.n("entry.made")),
        corrections: sight.n(work.n("entry.corrected")),
        decisions: sight.n(work.n("entry.decided")),
        quarantine: sight.n(work.n("image.set-aside") + work.n("image.cleared")),
        last: sight.n(work.last),
    };
    sight.snapshot.trail.people().map(row).collect()
}
