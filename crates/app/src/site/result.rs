//! The result: votes and shares, what they rest on, and who won how many units.

use tallyproof_core::tidy::plain;

use super::estimate::EstimateView;
use super::html::{Html, key_id};
use super::page::{Material, bar};

/// The result section.
pub(super) struct ResultTable {
    pub(super) rows: Vec<Row>,
    pub(super) facts: Vec<(String, Html)>,
    pub(super) winners: Vec<String>,
    pub(super) wins: Vec<Wins>,
    pub(super) class_names: [String; 2],
    pub(super) classes: Vec<Class>,
    pub(super) unknown: Vec<Html>,
}

/// One contestant.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) bar: String,
    pub(super) votes: Html,
    pub(super) share: Html,
}

/// The same, with the estimate where there is one.
pub(super) struct ResultRow {
    pub(super) name: String,
    pub(super) color: String,
    pub(super) bar: String,
    pub(super) votes: Html,
    pub(super) share: Html,
    /// Estimated share of all tables, and its interval.
    pub(super) estimate: Option<(Html, Html)>,
}

/// Who won how many units of one level; `won` in the order of `winners`.
pub(super) struct Wins {
    pub(super) level: String,
    pub(super) won: Vec<Html>,
    pub(super) ties: Html,
    pub(super) seen: Html,
}

/// Totals of one evidence class.
pub(super) struct Class {
    pub(super) name: String,
    pub(super) tables: Html,
    pub(super) votes: Vec<Html>,
    pub(super) valid: Html,
}

/// Both tables list contestants by rank; names can be alike, places are not.
pub(super) fn rows_with_estimate(material: &Material, estimate: &EstimateView) -> Vec<ResultRow> {
    let rows = ResultTable::new(material).rows.into_iter().enumerate();
    rows.map(|(rank, row)| ResultRow {
        estimate: estimate.rows.get(rank).map(|row| (row.share.clone(), row.share_interval.clone())),
        name: row.name,
        color: row.color,
        bar: row.bar,
        votes: row.votes,
        share: row.share,
    })
    .collect()
}

impl ResultTable {
    pub(super) fn new(material: &Material) -> Self {
        let top = top_two(material);
        let winners = winners(material);
        let tab = &material.results.tabulation;
        let unknown = [("blank", tab.n_blank_unknown.unwrap_or(0)), ("null", tab.n_null_unknown)];
        let unknown = unknown.into_iter().filter(|(_, n)| *n > 0).map(|(kind, n)| {
            let n = material.pen.int(&format!("tabulation.n_{kind}_unknown"), n);
            material.pen.tell(&format!("report-{kind}-unknown"), &[("n", n)])
        });
        Self {
            rows: rows(material),
            facts: facts(material),
            winners: winners.iter().map(|id| material.short(id)).collect(),
            wins: wins(material, &winners),
            class_names: [0, 1].map(|i| top.get(i).map(|id| material.short(id)).unwrap_or_default()),
            classes: classes(material, &top),
            unknown: unknown.collect(),
        }
    }
}

/// Ids of the first two contestants.
pub(super) fn top_two(material: &Material) -> Vec<String> {
    material.ranking().into_iter().take(2).map(|s| s.id.clone()).collect()
}

fn rows(material: &Material) -> Vec<Row> {
    let tab = &material.results.tabulation;
    let votes = |id: &str| tab.votes.get(id).copied().unwrap_or(0);
    let most = material.ranking().first().map_or(0, |s| votes(&s.id));
    let row = |id: &str| Row {
        name: material.name(id),
        color: material.color(id),
        bar: bar(votes(id), most),
        votes: material.pen.int(&format!("tabulation.votes.{}", key_id(id)), votes(id)),
        share: match tab.shares.get(id).copied().flatten() {
            Some(share) => material.pen.percent(&format!("tabulation.shares.{}", key_id(id)), share),
            None => material.pen.none(),
        },
    };
    material.ranking().into_iter().map(|s| row(&s.id)).collect()
}

fn facts(material: &Material) -> Vec<(String, Html)> {
    let (pen, tab) = (material.pen, &material.results.tabulation);
    let mut facts = vec![("valid", pen.int("tabulation.valid", tab.valid))];
    // Of votes that no counted sheet gives, the sum is not 0 but unknown.
    let given = |key: &str, votes, n_unknown| match tab.n_tables_seen {
        seen if seen > 0 && n_unknown == seen => pen.none(),
        _ => pen.int(key, votes),
    };
    let n_blank_unknown = tab.n_blank_unknown.unwrap_or(0);
    facts.extend(tab.blank.map(|blank| ("blank", given("tabulation.blank", blank, n_blank_unknown))));
    facts.extend([
        ("null", given("tabulation.null", tab.null, tab.n_null_unknown)),
        ("voters", pen.int("tabulation.voters", tab.voters)),
        (
            "mean",
            tab.mean_valid_per_table
                .map_or_else(|| pen.none(), |mean| pen.exact("tabulation.mean_valid_per_table", mean)),
        ),
        ("largest", pen.int("tabulation.largest_table_valid", tab.largest_table_valid)),
    ]);
    if tab.electors.n_tables_known > 0 {
        facts.push(("electors", pen.int("tabulation.electors.known", tab.electors.known)));
        facts.push((
            "electors-tables",
            pen.int("tabulation.electors.n_tables_known", tab.electors.n_tables_known),
        ));
    }
    facts.into_iter().map(|(code, figure)| (pen.say_of("report-fact", code), figure)).collect()
}

/// Ids of contestants who won any unit of any level, by rank.
fn winners(material: &Material) -> Vec<String> {
    let won = |id: &str| {
        material.results.tabulation.units_won.values().any(|wins| wins.won.get(id).is_some_and(|&n| n > 0))
    };
    material.ranking().into_iter().filter(|s| won(&s.id)).map(|s| s.id.clone()).collect()
}

/// Tables first, then levels from the lowest up.
fn wins(material: &Material, winners: &[String]) -> Vec<Wins> {
    let pen = material.pen;
    let levels = material.results.election.levels.iter().rev();
    let named = levels.map(|level| (level.id.as_str(), pen.of(&level.plural)));
    std::iter::once(("table", pen.say("report-tables")))
        .chain(named)
        .filter_map(|(id, name)| {
            let units = material.results.tabulation.units_won.get(id)?;
            let key = |field: &str| format!("tabulation.units_won.{}.{field}", key_id(id));
            let won = |winner: &String| {
                let n = units.won.get(winner).copied().unwrap_or(0);
                pen.int(&key(&format!("won.{}", key_id(winner))), n)
            };
            Some(Wins {
                level: plain(&name).into_owned(),
                won: winners.iter().map(won).collect(),
                ties: pen.int(&key("ties"), units.ties),
                seen: pen.int(&key("n_seen"), units.n_seen),
            })
        })
        .collect()
}

fn classes(material: &Material, top: &[String]) -> Vec<Class> {
    let pen = material.pen;
    let class = |(class, totals): (&&'static str, &tallyproof_analysis::results::PublishedTotals)| {
        let key = |field: &str| format!("tabulation.by_class.{class}.{field}");
        let votes = |id: &String| {
            let n = totals.votes.get(id).copied().unwrap_or(0);
            pen.int(&key(&format!("votes.{}", key_id(id))), n)
        };
        Class {
            name: pen.say_of("report-class", class),
            tables: pen.int(&key("n_tables"), totals.n_tables),
            votes: top.iter().map(votes).collect(),
            valid: pen.int(&key("valid"), totals.valid),
        }
    };
    material.results.tabulation.by_class.iter().map(class).collect()
}
