//! The result in words: one paragraph for a newspaper, one for a court, one on the published claims. Which
//! sentences are said is decided by the codes of `results.wording` and of the verdicts; every figure and name
//! comes in slots. Each paragraph names the election and says what it takes for granted, since it will be copied
//! without the others.

use tallyproof_analysis::results::{PublishedBound, PublishedClaim, Results, Words};
use tallyproof_core::tidy::plain;

use super::claim_workings::{fewest_false, stated};
use super::headline::{LEAST_TELLING_RATIO, list};
use super::html::{Html, key_id};
use super::page::Material;

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
    pub(super) fn new(material: &Material) -> Self {
        let slots = slots(material);
        let paragraph = |whom: &str| {
            let mut said: Vec<Html> = Vec::new();
            for key in sentences(material, whom) {
                said.push(material.pen.tell(&key, &slots));
                // Where the sentence names the source.
                if key.contains("-evidence-") && !key.ends_with("-contradictory") {
                    said.extend(source_notes(material));
                }
            }
            Paragraph { title: material.pen.say_of("words-title", whom), text: Html::join(&said, " ") }
        };
        let mut paragraphs: Vec<Paragraph> = ["news", "court"].map(paragraph).into();
        paragraphs.extend(claims(material));
        Self { paragraphs }
    }
}

/// Who published a count that rests on one source alone, in the pack's words: a reader of the paragraph must know.
fn source_notes(material: &Material) -> Option<Html> {
    let [only] = material.results.tabulation.basis.sources.as_slice() else { return None };
    let note = Words::from(&material.pack.known_source(only)?.note);
    let note = Some(material.pen.of(&note)).filter(|note| !note.is_empty())?;
    Some(material.pen.tell("words-source-note", &[("note", Html::text(&note))]))
}

/// What became of the published claims, one sentence each; `None` where none is under test.
fn claims(material: &Material) -> Option<Paragraph> {
    let pen = material.pen;
    let claims = &material.results.claims;
    (material.has_sheets() && !claims.is_empty()).then_some(())?;
    let [election, date] = election(material);
    let mut said = vec![pen.tell("words-claims-seen", &[election, date])];
    said.extend(claims.iter().map(|claim| claim_sentence(material, claim)));
    said.push(Html::text(&pen.say("words-claims-condition")));
    Some(Paragraph { title: pen.say("words-title-claims"), text: Html::join(&said, " ") })
}

fn claim_sentence(material: &Material, claim: &PublishedClaim) -> Html {
    let pen = material.pen;
    let mut slots = vec![
        ("claim", Html::text(&pen.of(&claim.title))),
        ("who", Html::text(&claim.who)),
        ("when", Html::text(&pen.date(&claim.when))),
    ];
    let mut key = format!("words-claims-{}", claim.verdict);
    let false_sheets = fewest_false(material, claim).filter(|_| claim.verdict == "contradicted");
    let number = stated(material, claim).filter(|_| claim.verdict == "not-derivable");
    if let Some([sheets, share]) = false_sheets {
        key += "-false";
        slots.extend([("sheets", sheets), ("share", share)]);
    } else if let Some([stated, computed]) = number {
        key += "-number";
        slots.extend([("stated", stated), ("computed", computed)]);
    }
    pen.tell(&key, &slots)
}

fn election(material: &Material) -> [(&'static str, Html); 2] {
    let election = &material.results.election;
    [
        ("election", Html::text(&material.pen.of(&election.title))),
        ("date", Html::text(&material.pen.date(&election.date))),
    ]
}

/// Keys of the sentences, in order.
fn sentences(material: &Material, whom: &str) -> Vec<String> {
    let results = material.results;
    let (lead, evidence) = (results.wording.lead, results.wording.evidence);
    let say = |what: &str, code: &str| format!("words-{whom}-{what}-{code}");
    let (n_seen, n_total) = (results.tabulation.n_tables_seen, results.tabulation.n_tables_total);
    let seen = match material.has_sheets() {
        true if n_seen > n_total => "over",
        true => "some",
        false => "none",
    };
    let mut keys = vec![say("seen", seen)];
    if material.has_sheets() || evidence == "contradictory" {
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
        if let Some(ratio) = whole_ratio(material) {
            keys.extend(tips(ratio).map(|code| say("ratio-tips", code)));
        }
        if whom == "court" {
            keys.push(say("level", results.estimate.clustering.reason));
            keys.push(say("probability", if whole_ratio(material).is_some() { "ratio" } else { "lead" }));
            if shift(material).is_some() {
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
    let some_are_missing = results.tabulation.n_tables_missing > 0;
    results.bounds.iter().filter(move |b| some_are_missing && !b.flip_excluded && b.lead_left.is_some())
}

/// The whole number next below the ratio, where it is 2 or more.
fn whole_ratio(material: &Material) -> Option<u32> {
    material.results.estimate.probabilities.iter().map(|p| p.ratio).find(|&ratio| ratio >= 2)
}

/// The comparison of late sheets shown in words: that of the level above the chosen one, else the widest.
fn shift<'r>(material: &Material<'r>) -> Option<&'r tallyproof_analysis::results::PublishedShift> {
    let shifts = &material.results.estimate.observed_shifts;
    let above = material.results.estimate.clustering.above.as_ref();
    shifts.iter().find(|s| Some(&s.level) == above).or(shifts.first())
}

fn slots<'r>(material: &Material<'r>) -> Vec<(&'static str, Html)> {
    let (pen, results) = (material.pen, material.results);
    let (tab, estimate) = (&results.tabulation, &results.estimate);
    let name =
        |id: &Option<String>| id.as_ref().map_or_else(|| pen.none(), |id| Html::text(&material.name(id)));
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
        ("by", by(material)),
        ("sources", sources(material)),
        ("classes", classes(material)),
        // A sum of two published counts: no figure of its own.
        ("disputed", Html::text(&pen.label(disputed as f64, 0))),
        ("level", Html::text(&level_plural(material, &estimate.clustering.level))),
        ("electors", or_none(electors(material))),
        (
            "bounds",
            list(pen, &open_bounds(results).map(|bound| bound_name(material, bound)).collect::<Vec<_>>()),
        ),
    ];
    slots.extend(election(material));
    slots.extend(tipping_slots(material));
    slots
}

fn bound_name(material: &Material, bound: &PublishedBound) -> Html {
    let name = Html::text(&material.pen.say_of("report-bound-short", bound.id));
    material.pen.tell("words-bound", &[("bound", name)])
}

fn tipping_slots(material: &Material) -> Vec<(&'static str, Html)> {
    let (pen, results) = (material.pen, material.results);
    let none = || pen.none();
    let whole = whole_ratio(material).unwrap_or(1).to_string();
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
        let shift = shift(material)?;
        let key = format!("estimate.observed_shifts[{}].shift.{field}", key_id(&shift.id));
        let x = if field == "value" { shift.shift.value } else { shift.shift.se };
        Some(pen.points(&key, x?))
    };
    let level = shift(material).map(|s| Html::text(&level_name(material, &s.level)));
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

fn electors(material: &Material) -> Option<Html> {
    material.results.election.electors.map(|n| material.pen.int("election.electors", n))
}

/// By how much the first leads: by a ratio where it tells something.
fn by(material: &Material) -> Html {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    match tab.ratio.filter(|&ratio| ratio >= LEAST_TELLING_RATIO) {
        Some(ratio) => pen.tell("words-by-ratio", &[("ratio", pen.decimal("tabulation.ratio", ratio, 2))]),
        None => pen.tell("words-by-margin", &[("margin", pen.int("tabulation.margin", tab.margin))]),
    }
}

/// What stands behind the figures that count.
fn classes(material: &Material) -> Html {
    let classes = &material.results.tabulation.basis.classes;
    let said: Vec<Html> =
        classes.iter().map(|class| Html::text(&material.pen.say_of("class", class))).collect();
    list(material.pen, &said)
}

fn sources(material: &Material) -> Html {
    // Whom images came from is known to the pack alone.
    let known = |id: &String| {
        let found = material.pack.known_source(id);
        plain(found.map_or(id.as_str(), |source| source.name.as_str())).into_owned()
    };
    let names: Vec<Html> =
        material.results.tabulation.basis.sources.iter().map(|id| Html::text(&known(id))).collect();
    list(material.pen, &names)
}

/// Name of several units of a level.
pub(super) fn level_plural(material: &Material, id: &str) -> String {
    let found = material.results.election.levels.iter().find(|l| l.id == id);
    found.map_or_else(|| material.pen.say("report-tables"), |l| material.pen.of(&l.plural))
}

/// Name of one unit of a level.
pub(super) fn level_name(material: &Material, id: &str) -> String {
    let found = material.results.election.levels.iter().find(|l| l.id == id);
    found.map_or_else(|| material.pen.say("estimate-table"), |l| material.pen.of(&l.name))
}
