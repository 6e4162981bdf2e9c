//! The result in words: one paragraph for a newspaper, one for a court, one on the published claims. Which
//! sentences are said is decided by the codes of `results.wording` and of the verdicts; every figure and name
//! comes in slots. Each paragraph names the election and says what it takes for granted, since it will be copied
//! without the others.

use tallyproof_analysis::results::{PublishedBound, PublishedClaim, Results};
use tallyproof_core::tidy::plain;

use super::claim_workings::{fewest_false, stated};
use super::headline::list;
use super::html::{Html, key_id};
use super::page::Desk;

/// The section.
pub(super) struct Summary {
    pub(super) paragraphs: Vec<Paragraph>,
}

/// One paragraph and for whom it is.
pub(super) struct Paragraph {
    pub(super) title: String,
    pub(super) text: Html,
}

impl Summary {
    pub(super) fn new(desk: &Desk) -> Self {
        let slots = slots(desk);
        let paragraph = |whom: &str| {
            let mut said: Vec<Html> = Vec::new();
            for key in sentences(desk, whom) {
                said.push(desk.pen.tell(&key, &slots));
                if key.contains("-evidence-") {
                    said.extend(source_notes(desk));
                }
            }
            Paragraph { title: desk.pen.say_of("words-title", whom), text: Html::join(&said, " ") }
        };
        let mut paragraphs: Vec<Paragraph> = ["news", "court"].map(paragraph).into();
        paragraphs.extend(claims(desk));
        Self { paragraphs }
    }
}

/// Who published a count that rests on one source alone, in the pack's words: a reader of the paragraph must know.
fn source_notes(desk: &Desk) -> Option<Html> {
    let [only] = desk.results.tabulation.basis.sources.as_slice() else { return None };
    let note = desk.results.sources.iter().find(|s| s.id == *only)?.note.as_ref()?;
    let note = Some(desk.pen.of(note)).filter(|note| !note.is_empty())?;
    Some(desk.pen.tell("words-source-note", &[("note", Html::text(&note))]))
}

/// What became of the published claims, one sentence each; `None` where none is under test.
fn claims(desk: &Desk) -> Option<Paragraph> {
    let pen = desk.pen;
    let claims = &desk.results.claims;
    (desk.has_sheets() && !claims.is_empty()).then_some(())?;
    let [election, date] = election(desk);
    let mut said = vec![pen.tell("words-claims-seen", &[election, date])];
    said.extend(claims.iter().map(|claim| claim_sentence(desk, claim)));
    said.push(Html::text(&pen.say("words-claims-condition")));
    Some(Paragraph { title: pen.say("words-title-claims"), text: Html::join(&said, " ") })
}

fn claim_sentence(desk: &Desk, claim: &PublishedClaim) -> Html {
    let pen = desk.pen;
    let mut slots = vec![
        ("claim", Html::text(&pen.of(&claim.title))),
        ("who", Html::text(&claim.who)),
        ("when", Html::text(&pen.date(&claim.when))),
    ];
    let mut key = format!("words-claims-{}", claim.verdict);
    let false_sheets = fewest_false(desk, claim).filter(|_| claim.verdict == "contradicted");
    let number = stated(desk, claim).filter(|_| claim.verdict == "not-derivable");
    if let Some([sheets, share]) = false_sheets {
        key += "-false";
        slots.extend([("sheets", sheets), ("share", share)]);
    } else if let Some([stated, computed]) = number {
        key += "-number";
        slots.extend([("stated", stated), ("computed", computed)]);
    }
    pen.tell(&key, &slots)
}

fn election(desk: &Desk) -> [(&'static str, Html); 2] {
    let election = &desk.results.election;
    [
        ("election", Html::text(&desk.pen.of(&election.title))),
        ("date", Html::text(&desk.pen.date(&election.date))),
    ]
}

/// Keys of the sentences, in order.
fn sentences(desk: &Desk, whom: &str) -> Vec<String> {
    let results = desk.results;
    let (lead, evidence) = (results.wording.lead, results.wording.evidence);
    let say = |what: &str, code: &str| format!("words-{whom}-{what}-{code}");
    let mut keys = vec![say("seen", if desk.has_sheets() { "some" } else { "none" })];
    if desk.has_sheets() || evidence == "contradictory" {
        keys.push(say("evidence", evidence));
    }
    keys.push(say("lead", lead));
    let tips = |ratio: u32| {
        let found = results.sensitivity.iter().flat_map(|s| &s.tipping).find(|t| t.ratio == ratio);
        found.map(|t| if t.possible { "possible" } else { "impossible" })
    };
    let interval = results.estimate.margin.is_some_and(|m| m.low.is_some());
    let firm = matches!(lead, "narrow" | "clear" | "settled");
    if firm && interval && results.tabulation.n_tables_missing > 0 {
        keys.push(say("estimate", if results.estimate.ratio.is_some() { "ratio" } else { "margin" }));
        if matches!(lead, "clear" | "narrow") {
            keys.extend(tips(1).map(|code| say("winner-tips", code)));
        }
        if let Some(ratio) = whole_ratio(desk) {
            keys.extend(tips(ratio).map(|code| say("ratio-tips", code)));
        }
        if whom == "court" {
            keys.push(say("level", results.estimate.clustering.reason));
            keys.push(say("probability", if whole_ratio(desk).is_some() { "ratio" } else { "lead" }));
            if shift(desk).is_some() {
                keys.push(say("shifts", "observed"));
            }
        }
    }
    // A bound that settles nothing is said beside those that settle something.
    if firm && lead != "narrow" && open_bounds(results).next().is_some() {
        keys.push(say("bounds", "open"));
    }
    keys.push(say("condition", if matches!(lead, "none" | "disputed") { lead } else { "genuine" }));
    keys
}

/// Bounds that can be computed and do not exclude another winner.
fn open_bounds(results: &Results) -> impl Iterator<Item = &PublishedBound> {
    results.bounds.iter().filter(|bound| !bound.flip_excluded && bound.lead_left.is_some())
}

/// The whole number next below the ratio, where it is 2 or more.
fn whole_ratio(desk: &Desk) -> Option<u32> {
    desk.results.estimate.probabilities.iter().map(|p| p.ratio).find(|&ratio| ratio >= 2)
}

/// The comparison of late sheets shown in words: that of the level above the chosen one, else the widest.
fn shift<'r>(desk: &Desk<'r>) -> Option<&'r tallyproof_analysis::results::PublishedShift> {
    let shifts = &desk.results.estimate.observed_shifts;
    let above = desk.results.estimate.clustering.above.as_ref();
    shifts.iter().find(|s| Some(&s.level) == above).or(shifts.first())
}

fn slots<'r>(desk: &Desk<'r>) -> Vec<(&'static str, Html)> {
    let (pen, results) = (desk.pen, desk.results);
    let (tab, estimate) = (&results.tabulation, &results.estimate);
    let name = |id: &Option<String>| id.as_ref().map_or_else(|| pen.none(), |id| Html::text(&desk.name(id)));
    let share = |id: &Option<String>| {
        let id = id.as_deref().unwrap_or_default();
        let share = tab.shares.get(id).copied().flatten();
        share.map_or_else(|| pen.none(), |x| pen.percent(&format!("tabulation.shares.{}", key_id(id)), x))
    };
    let or_none = |figure: Option<Html>| figure.unwrap_or_else(|| pen.none());
    let margin = |field: &str, x: Option<f64>| {
        or_none(x.map(|x| pen.decimal(&format!("estimate.margin.{field}"), x, 0)))
    };
    let ratio = |field: &str, x: Option<f64>| {
        or_none(x.map(|x| pen.decimal(&format!("estimate.ratio.{field}"), x, 2)))
    };
    let disputed: u64 =
        ["in-conflict", "quarantined"].iter().filter_map(|status| tab.by_status.get(status)).sum();
    let mut slots = vec![
        ("seen", pen.int("tabulation.n_tables_seen", tab.n_tables_seen)),
        ("total", pen.int("tabulation.n_tables_total", tab.n_tables_total)),
        ("missing", pen.int("tabulation.n_tables_missing", tab.n_tables_missing)),
        ("leading", name(&tab.leading)),
        ("second", name(&tab.second)),
        ("share", share(&tab.leading)),
        ("second-share", share(&tab.second)),
        ("margin", pen.int("tabulation.margin", tab.margin)),
        ("ratio", or_none(tab.ratio.map(|x| pen.decimal("tabulation.ratio", x, 2)))),
        ("margin-low", margin("low", estimate.margin.and_then(|m| m.low))),
        ("margin-high", margin("high", estimate.margin.and_then(|m| m.high))),
        ("ratio-low", ratio("low", estimate.ratio.and_then(|m| m.low))),
        ("ratio-high", ratio("high", estimate.ratio.and_then(|m| m.high))),
        ("sources", sources(desk)),
        // A sum of two published counts: no figure of its own.
        ("disputed", Html::text(&pen.label(disputed as f64, 0))),
        ("level", Html::text(&level_plural(desk, &estimate.clustering.level))),
        ("electors", or_none(electors(desk))),
        ("bounds", list(pen, &open_bounds(results).map(|bound| bound_name(desk, bound)).collect::<Vec<_>>())),
    ];
    slots.extend(election(desk));
    slots.extend(tipping_slots(desk));
    slots
}

fn bound_name(desk: &Desk, bound: &PublishedBound) -> Html {
    let name = Html::text(&desk.pen.say_of("report-bound-short", bound.id));
    desk.pen.tell("words-bound", &[("bound", name)])
}

fn tipping_slots(desk: &Desk) -> Vec<(&'static str, Html)> {
    let (pen, results) = (desk.pen, desk.results);
    let none = || pen.none();
    let whole = whole_ratio(desk).unwrap_or(1).to_string();
    let tipping = |id: &str| results.sensitivity.iter().flat_map(|s| &s.tipping).find(|t| t.id == id);
    let points = |id: &str| {
        let x = tipping(id).and_then(|t| t.shift);
        x.map_or_else(none, |x| pen.points(&format!("sensitivity.tipping[{id}].shift"), x))
    };
    let of_missing = tipping(&whole).and_then(|t| t.share_of_missing);
    let of_missing =
        of_missing.map(|x| pen.percent(&format!("sensitivity.tipping[{whole}].share_of_missing"), x));
    let probability = results.estimate.probabilities.iter().find(|p| p.id == whole);
    let p = probability.and_then(|p| {
        Some(pen.probability(&format!("estimate.probabilities[{whole}].probability"), p.probability?))
    });
    let observed = |field: &str| {
        let shift = shift(desk)?;
        let key = format!("estimate.observed_shifts[{}].shift.{field}", key_id(&shift.id));
        let x = if field == "value" { shift.shift.value } else { shift.shift.se };
        Some(pen.points(&key, x?))
    };
    let level = shift(desk).map(|s| Html::text(&level_name(desk, &s.level)));
    vec![
        ("whole-ratio", Html::text(&whole)),
        ("winner-shift", points("1")),
        ("ratio-shift", points(&whole)),
        ("ratio-share", of_missing.unwrap_or_else(none)),
        ("probability", p.unwrap_or_else(none)),
        ("shift", observed("value").unwrap_or_else(none)),
        ("shift-se", observed("se").unwrap_or_else(none)),
        ("shift-level", level.unwrap_or_else(none)),
    ]
}

fn electors(desk: &Desk) -> Option<Html> {
    desk.results.election.electors.map(|n| desk.pen.int("election.electors", n))
}

fn sources(desk: &Desk) -> Html {
    let known = |id: &String| {
        let found = desk.results.sources.iter().find(|s| s.id == *id);
        plain(found.and_then(|s| s.name.as_deref()).unwrap_or(id)).into_owned()
    };
    let names: Vec<Html> =
        desk.results.tabulation.basis.sources.iter().map(|id| Html::text(&known(id))).collect();
    list(desk.pen, &names)
}

/// Name of several units of a level.
pub(super) fn level_plural(desk: &Desk, id: &str) -> String {
    let found = desk.results.election.levels.iter().find(|l| l.id == id);
    found.map_or_else(|| desk.pen.say("report-tables"), |l| desk.pen.of(&l.plural))
}

/// Name of one unit of a level.
pub(super) fn level_name(desk: &Desk, id: &str) -> String {
    let found = desk.results.election.levels.iter().find(|l| l.id == id);
    found.map_or_else(|| desk.pen.say("estimate-table"), |l| desk.pen.of(&l.name))
}
