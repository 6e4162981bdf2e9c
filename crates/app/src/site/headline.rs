//! The headline: what the sheets say, what it rests on, and under which assumption.

use super::html::{Html, Pen, key_id};
use super::page::Material;

/// Below this ratio of first to second, "1.04 to 1" says less than the lead in votes.
pub(super) const LEAST_TELLING_RATIO: f64 = 1.1;

/// The top of the page.
pub(super) struct Headline {
    pub(super) sentence: Html,
    pub(super) provisional: bool,
    /// What a reader must know about the numbers, from the pack.
    pub(super) notes: Vec<String>,
    /// The few figures everything else is about.
    pub(super) cells: Vec<Cell>,
    /// Verdicts of bounds and claims, each with the anchor of its section.
    pub(super) verdicts: Vec<Verdicts>,
}

/// A figure with its name.
pub(super) struct Cell {
    pub(super) name: String,
    pub(super) figure: Html,
    pub(super) under: Html,
}

/// Verdicts of one kind.
pub(super) struct Verdicts {
    pub(super) title: String,
    pub(super) anchor: &'static str,
    pub(super) lines: Vec<Verdict>,
}

/// One verdict, in words and as a mark.
pub(super) struct Verdict {
    pub(super) about: String,
    pub(super) mark: &'static str,
    pub(super) word: String,
    pub(super) kind: &'static str,
}

impl Headline {
    pub(super) fn new(material: &Material) -> Self {
        let pen = material.pen;
        let results = material.results;
        Self {
            sentence: sentence(material),
            provisional: results.tabulation.basis.provisional,
            notes: results.election.notes.iter().map(|note| pen.of(note)).collect(),
            cells: if material.has_sheets() { cells(material) } else { Vec::new() },
            verdicts: [bound_verdicts(material), claim_verdicts(material)]
                .into_iter()
                .filter(|verdicts| !verdicts.lines.is_empty())
                .collect(),
        }
    }
}

fn sentence(material: &Material) -> Html {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    if !material.has_sheets() {
        return pen.tell("report-headline-none", &[("total", total(material))]);
    }
    let place = if tab.n_tables_seen > tab.n_tables_total { "report-where-over" } else { "report-where" };
    let place = pen.tell(place, &[("seen", seen(material)), ("total", total(material))]);
    let mut slots = vec![("where", place), ("basis", basis(material))];
    let votes = |id: &str| {
        let n = tab.votes.get(id).copied().unwrap_or(0);
        pen.int(&format!("tabulation.votes.{}", key_id(id)), n)
    };
    let share = |id: &str| match tab.shares.get(id).copied().flatten() {
        Some(share) => pen.percent(&format!("tabulation.shares.{}", key_id(id)), share),
        None => pen.none(),
    };
    let Some(leading) = tab.leading.as_deref() else {
        return pen.tell("report-headline-nobody", &slots);
    };
    let first = material.ranking().first().and_then(|s| tab.votes.get(&s.id)).copied().unwrap_or(0);
    if first == 0 {
        return pen.tell("report-headline-nobody", &slots);
    }
    if tab.tied {
        slots.extend([("names", tied_names(material, first)), ("votes", votes(leading))]);
        return pen.tell("report-headline-tied", &slots);
    }
    slots.extend([("leading", Html::text(&material.name(leading))), ("votes", votes(leading))]);
    let Some(second) = tab.second.as_deref() else {
        return pen.tell("report-headline-alone", &slots);
    };
    slots.extend([
        ("second", Html::text(&material.name(second))),
        ("share", share(leading)),
        ("second-share", share(second)),
        ("second-votes", votes(second)),
    ]);
    if material.results.wording.lead == "disputed" {
        return pen.tell("report-headline-disputed", &slots);
    }
    match tab.ratio.filter(|&ratio| ratio >= LEAST_TELLING_RATIO) {
        Some(ratio) => {
            slots.push(("ratio", pen.decimal("tabulation.ratio", ratio, 2)));
            pen.tell("report-headline-ratio", &slots)
        }
        None => pen.tell("report-headline-close", &slots),
    }
}

fn tied_names(material: &Material, votes: u64) -> Html {
    let tied = material
        .ranking()
        .into_iter()
        .filter(|s| material.results.tabulation.votes.get(&s.id) == Some(&votes));
    let names: Vec<Html> = tied.map(|s| Html::text(&material.name(&s.id))).collect();
    list(material.pen, &names)
}

/// `a, b and c`.
pub(super) fn list(pen: &Pen, parts: &[Html]) -> Html {
    match parts {
        [] => Html::default(),
        [one] => one.clone(),
        [first @ .., last] => {
            pen.tell("report-list", &[("first", Html::join(first, ", ")), ("last", last.clone())])
        }
    }
}

/// What the tabulation rests on: "all from one published transcription".
fn basis(material: &Material) -> Html {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    if let [class] = tab.basis.classes.as_slice() {
        let one_source = tab.basis.sources.len() == 1;
        let kind = if one_source { "report-basis-all" } else { "report-basis-all-many" };
        return Html::text(&pen.say_of(kind, class));
    }
    let parts: Vec<Html> = tab
        .by_class
        .iter()
        .map(|(class, totals)| {
            let n = pen.int(&format!("tabulation.by_class.{class}.n_tables"), totals.n_tables);
            pen.tell(&format!("report-basis-some-{class}"), &[("n", n)])
        })
        .collect();
    list(pen, &parts)
}

fn seen(material: &Material) -> Html {
    material.pen.int("tabulation.n_tables_seen", material.results.tabulation.n_tables_seen)
}

fn total(material: &Material) -> Html {
    material.pen.int("tabulation.n_tables_total", material.results.tabulation.n_tables_total)
}

fn cells(material: &Material) -> Vec<Cell> {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    let percent = |key: &str, x: Option<f64>| x.map_or_else(|| pen.none(), |x| pen.percent(key, x));
    let cell = |code: &str, figure: Html, slots: &[(&str, Html)]| Cell {
        name: pen.say_of("report-cell", code),
        figure,
        under: pen.tell(&format!("report-cell-{code}-under"), slots),
    };
    let mut cells = Vec::new();
    if let (Some(leading), Some(second), false) = (&tab.leading, &tab.second, tab.tied) {
        let names = [
            ("leading", Html::text(&material.short(leading))),
            ("second", Html::text(&material.short(second))),
        ];
        cells.push(cell("lead", pen.int("tabulation.margin", tab.margin), &names));
        if let Some(ratio) = tab.ratio {
            cells.push(cell("ratio", pen.decimal("tabulation.ratio", ratio, 2), &names));
        }
    }
    let coverage = percent("tabulation.share_of_tables", tab.share_of_tables);
    cells.push(cell("coverage", coverage, &[("seen", seen(material)), ("total", total(material))]));
    cells.push(cell("valid", pen.int("tabulation.valid", tab.valid), &[]));
    cells
}

fn bound_verdicts(material: &Material) -> Verdicts {
    let line = |bound: &tallyproof_analysis::results::PublishedBound| {
        let (kind, mark) = super::bounds::verdict(bound);
        Verdict {
            about: material.pen.say_of("report-bound-short", bound.id),
            mark,
            word: material.pen.say_of("report-bound-verdict", kind),
            kind,
        }
    };
    Verdicts {
        title: material.pen.say("report-verdicts-bounds"),
        anchor: "bounds",
        // Where every table is counted, none is missing that could change anything.
        lines: material
            .results
            .bounds
            .iter()
            .filter(|_| !material.has_sheets() || material.results.tabulation.n_tables_missing > 0)
            .map(line)
            .collect(),
    }
}

fn claim_verdicts(material: &Material) -> Verdicts {
    let line = |claim: &tallyproof_analysis::results::PublishedClaim| Verdict {
        about: material.pen.of(&claim.title),
        mark: super::claims::mark(claim.verdict),
        word: material.pen.say_of("report-verdict", claim.verdict),
        kind: claim.verdict,
    };
    Verdicts {
        title: material.pen.say("report-verdicts-claims"),
        anchor: "claims",
        lines: material.results.claims.iter().map(line).collect(),
    }
}
