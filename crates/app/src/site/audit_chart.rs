//! The picture of an audit: its risk as inspections came in.

use tallyproof_analysis::results::{PublishedHeldAudit, PublishedInspection};

use super::chart::{Canvas, Chart, Scale, Width, drawings};
use super::html::Html;
use super::page::Material;

/// Most rows of the table beside the picture; the others are left out evenly.
const MOST_ROWS: usize = 150;

/// Most points of the curve.
const MOST_POINTS: usize = 1_500;

/// Largest risk over all assertions after each draw; `None` from where one has none.
fn risks(held: &PublishedHeldAudit) -> Vec<Option<f64>> {
    let n = held.assertions.first().map_or(0, |a| a.risks.len());
    let at = |i: usize| {
        let all: Option<Vec<f64>> =
            held.assertions.iter().map(|a| a.risks.get(i).copied().flatten()).collect();
        all.map(|risks| risks.into_iter().fold(0.0, f64::max))
    };
    (0..n).map(at).collect()
}

/// The picture; `None` before anything is inspected.
pub(super) fn risk_chart(material: &Material, index: usize, held: &PublishedHeldAudit) -> Option<Chart> {
    let pen = material.pen;
    let risks = risks(held);
    if risks.is_empty() {
        return None;
    }
    let name = [("name", Html::text(&held.id))];
    Some(Chart {
        id: format!("audit-risk-{index}"),
        title: pen.tell("chart-title-audit-risk", &name).to_string(),
        description: pen.say("chart-description-audit-risk"),
        drawings: drawings(|width| picture(material, width, held, &risks)),
        head: ["draw", "table", "outcome", "risk"].map(|h| pen.say_of("chart-head-audit", h)).into(),
        rows: rows(material, held, &risks),
    })
}

fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

fn picture(
    material: &Material,
    width: Width,
    held: &PublishedHeldAudit,
    risks: &[Option<f64>],
) -> (Canvas, f64) {
    let pen = material.pen;
    let (left, right, top, bottom) = width.of((74.0, 730.0, 20.0, 270.0), (64.0, 348.0, 20.0, 250.0));
    let x = Scale { figures: (0.0, count(risks.len())), units: (left, right) };
    // Powers of ten down to below the limit and the least risk, six at most.
    let least = risks.iter().flatten().copied().fold(held.risk_limit, f64::min);
    let low = libm::floor(libm::log10(least.max(1e-6)) - 0.01).clamp(-6.0, -1.0);
    let y = Scale { figures: (low, 0.0), units: (bottom, top) };
    let height = |risk: f64| y.at(libm::log10(risk.max(1e-9)));
    let mut canvas = Canvas::default();
    canvas.axis_x(x, top, bottom, |t| pen.label(t, 0));
    let mut power = low;
    while power <= 0.0 {
        let risk = libm::pow(10.0, power);
        let digits = if power < -2.0 { (-power - 2.0).to_string().parse().unwrap_or(4) } else { 0 };
        canvas.line("grid", (left, y.at(power)), (right, y.at(power)));
        canvas.text("end", (left - 8.0, y.at(power) + 4.0), &pen.label_percent(risk, digits));
        power += 1.0;
    }
    canvas.line("threshold", (left, height(held.risk_limit)), (right, height(held.risk_limit)));
    let digits = usize::from((held.risk_limit * 100.0).fract() > 1e-9);
    let limit = [("limit", Html::text(&pen.label_percent(held.risk_limit, digits)))];
    let label = pen.tell("chart-audit-limit", &limit).to_string();
    canvas.text("start", (left + 6.0, height(held.risk_limit) - 6.0), &label);
    let points: Vec<(f64, f64)> = std::iter::once((x.at(0.0), height(1.0)))
        .chain(risks.iter().enumerate().map_while(|(i, r)| Some((x.at(count(i + 1)), height((*r)?)))))
        .collect();
    let step = points.len().div_ceil(MOST_POINTS).max(1);
    let last = points.len() - 1;
    let kept: Vec<(f64, f64)> =
        points.iter().enumerate().filter(|(i, _)| i % step == 0 || *i == last).map(|(_, p)| *p).collect();
    canvas.curve("curve", &kept);
    if let Some(&end) = points.last() {
        canvas.dot("dot", end, 4.0);
    }
    if let Some(&end) = points.last().filter(|_| points.len() <= risks.len()) {
        canvas.line("threshold", end, (x.at(count(points.len())), top));
    }
    marks(&mut canvas, held, &points, (x, top));
    canvas.text("end", (right, bottom + 38.0), &pen.say("chart-audit-x"));
    (canvas, bottom + 46.0)
}

/// Papers that differed or were not found: on the curve, or along the top, at no confirmation at all, where there
/// is no risk any more.
fn marks(canvas: &mut Canvas, held: &PublishedHeldAudit, points: &[(f64, f64)], (x, top): (Scale, f64)) {
    for wrong in held.inspections.iter().filter(|i| i.in_order && i.outcome != "matches") {
        for draw in wrong.draws.iter().filter(|&&draw| draw <= held.n_in_order) {
            let n = usize::try_from(*draw).unwrap_or(usize::MAX);
            let place = f64::from(u32::try_from(*draw).unwrap_or(u32::MAX));
            let at = points.get(n).copied().unwrap_or((x.at(place), top));
            if wrong.outcome == "differs" {
                canvas.dot("hollow", at, 6.0);
            } else {
                canvas.line("whisker", (at.0 - 6.0, at.1 - 6.0), (at.0 + 6.0, at.1 + 6.0));
                canvas.line("whisker", (at.0 - 6.0, at.1 + 6.0), (at.0 + 6.0, at.1 - 6.0));
            }
        }
    }
}

fn rows(material: &Material, held: &PublishedHeldAudit, risks: &[Option<f64>]) -> Vec<Vec<Html>> {
    let pen = material.pen;
    let mut of_draw: Vec<Option<&PublishedInspection>> = vec![None; risks.len()];
    for inspection in &held.inspections {
        for draw in &inspection.draws {
            let slot = usize::try_from(*draw).ok().and_then(|n| of_draw.get_mut(n.wrapping_sub(1)));
            if let Some(slot) = slot {
                *slot = Some(inspection);
            }
        }
    }
    let step = risks.len().div_ceil(MOST_ROWS).max(1);
    let row = |(i, risk): (usize, &Option<f64>)| {
        let found = of_draw.get(i).copied().flatten();
        let outcome = found.map_or_else(String::new, |f| match f.outcome {
            "matches" => pen.say("audit-outcome-matches"),
            other => pen.say_of("audit-paper-outcome", other),
        });
        vec![
            Html::text(&(i + 1).to_string()),
            Html::text(found.map_or("", |f| f.id.as_str())),
            Html::text(&outcome),
            pen.elsewhere(*risk, true, 3),
        ]
    };
    let shown = |(i, _): &(usize, &Option<f64>)| {
        let wrong = of_draw.get(*i).copied().flatten().is_some_and(|f| f.outcome != "matches");
        i % step == 0 || i + 1 == risks.len() || wrong
    };
    risks.iter().enumerate().filter(shown).map(row).collect()
}
