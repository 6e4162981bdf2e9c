//! Claims against what the counted sheets leave possible, all on one axis of votes.

use tallyproof_analysis::results::{PublishedClaim, PublishedTest};

use super::chart::{Canvas, Chart, Scale, Width, shortened};
use super::html::Html;
use super::page::Material;
use super::result::top_two;

/// Claims drawn; the others have their tables.
const MOST_CLAIMS: usize = 8;

/// One claimed figure beside what is possible.
struct Row<'r> {
    claim: &'r PublishedClaim,
    id: String,
    claimed: u64,
    /// The least that the sheets allow.
    least: f64,
    /// The most with missing tables of mean size, or among so many sheets.
    most: f64,
    /// The most by the widest bound.
    widest: f64,
    /// Whether the test of this figure passed.
    passed: bool,
}

impl Row<'_> {
    fn mark(&self) -> Mark {
        if !self.passed {
            Mark::Excluded
        } else if self.claimed as f64 > self.most {
            Mark::Beyond
        } else {
            Mark::Within
        }
    }
}

#[derive(Clone, Copy)]
enum Mark {
    Within,
    Beyond,
    Excluded,
}

/// The picture; `None` without a figure of the first two to draw.
pub(super) fn against_bounds(material: &Material) -> Option<Chart> {
    let pen = material.pen;
    // A claim with a formula is about the number it states; its figures are another claim's.
    let drawn =
        material.results.claims.iter().filter(|claim| claim.area.is_none() && claim.statement.is_none());
    let groups: Vec<Vec<Row>> =
        drawn.map(|claim| rows(material, claim)).filter(|rows| !rows.is_empty()).take(MOST_CLAIMS).collect();
    let all = || groups.iter().flatten();
    let most = all().map(|row| row.widest.max(row.claimed as f64)).fold(0.0, f64::max);
    (most > 0.0).then_some(())?;
    let (unit, code) = match most {
        m if m >= 2e6 => (1e6, "millions"),
        m if m >= 2e4 => (1e3, "thousands"),
        _ => (1.0, "votes"),
    };
    let picture = |width: Width| {
        let (left, right, title, step) = width.of((150.0, 640.0, 26.0, 30.0), (86.0, 280.0, 26.0, 30.0));
        let heights = groups.iter().map(|rows| title + step * rows.len() as f64 + 6.0);
        let bottom = 6.0 + heights.sum::<f64>();
        let x = Scale { figures: (0.0, most * 1.02), units: (left, right) };
        let mut canvas = Canvas::default();
        canvas.axis_x(x, 6.0, bottom, |t| pen.label(t / unit, 0));
        let mut y = 6.0;
        for rows in &groups {
            if let Some(row) = rows.first() {
                let name = shortened(&pen.of(&row.claim.title), width.of(740.0, 356.0));
                canvas.strong("start", (width.of(8.0, 2.0), y + 18.0), &name);
            }
            y += title;
            for row in rows {
                draw(material, &mut canvas, x, y + step / 2.0, row);
                y += step;
            }
            y += 6.0;
        }
        canvas.text("end", (right, bottom + 38.0), &pen.say_of("chart-unit", code));
        (canvas, bottom + 46.0)
    };
    let cells = |row: &Row| {
        let votes = [row.claimed as f64, row.least, row.most, row.widest];
        let votes = votes.map(|n| pen.elsewhere(Some(n), false, 0));
        let names = [Html::text(&pen.of(&row.claim.title)), Html::text(&material.short(&row.id))];
        names.into_iter().chain(votes).collect()
    };
    let head = ["claim", "contestant", "claimed", "least", "most", "widest"];
    Some(Chart::new(material, "claims", picture, &head, all().map(cells).collect()))
}

fn draw(material: &Material, canvas: &mut Canvas, x: Scale, y: f64, row: &Row) {
    let at = x.at(row.claimed as f64);
    canvas.text("end", (x.units.0 - 10.0, y + 4.5), &shortened(&material.short(&row.id), x.units.0 - 16.0));
    canvas.line("reach", (x.at(row.least), y), (x.at(row.widest), y));
    canvas.bar("possible", "", (x.at(row.least), y - 7.0), (x.at(row.most) - x.at(row.least), 14.0));
    match row.mark() {
        Mark::Within => canvas.dot("dot ringed", (at, y), 5.5),
        Mark::Beyond => canvas.dot("hollow", (at, y), 5.5),
        Mark::Excluded => canvas.cross((at, y), 5.5),
    }
    canvas.text("start", (x.units.1 + 12.0, y + 4.5), &material.pen.label(row.claimed as f64, 0));
}

/// The first two's figures of one claim, where a test gives what is possible.
fn rows<'r>(material: &Material<'r>, claim: &'r PublishedClaim) -> Vec<Row<'r>> {
    let row = |id: String| {
        let figure = claim.figures.iter().find(|f| f.selections == [id.as_str()])?;
        let claimed = figure.votes?;
        let test = |kind: &str| claim.tests.iter().find(|t| t.id == kind && t.about == id);
        let input = |test: &PublishedTest, name: &str| test.inputs.get(name).map(|&n| n as f64);
        if let Some(test) = test("possible-among-sheets") {
            let (least, most) = (input(test, "least")?, input(test, "most")?);
            return Some(Row { claim, id, claimed, least, most, widest: most, passed: test.passed });
        }
        let test = test("subset")?;
        let on_sheets = input(test, "on_sheets")?;
        let missing = |bound: &str| {
            material.results.bounds.iter().find(|b| b.id == bound).and_then(|b| b.missing_votes)
        };
        let most = on_sheets + missing("mean-table").unwrap_or(0.0);
        let widest = material.results.bounds.iter().filter_map(|b| b.missing_votes).fold(0.0, f64::max);
        let least = on_sheets - input(test, "on_largest_sheets")?;
        // A bound on every table bounds part of them as well.
        let widest = (on_sheets + widest).max(most);
        Some(Row { claim, id, claimed, least, most, widest, passed: test.passed })
    };
    top_two(material).into_iter().filter_map(row).collect()
}
