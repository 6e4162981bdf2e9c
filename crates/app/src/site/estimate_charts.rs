//! The pictures of the estimate: bars with intervals, the sensitivity line, the running result, and how
//! often intervals held the truth.

use tallyproof_analysis::calibrate::{Calibration, Row};
use tallyproof_analysis::results::{PublishedInterval, PublishedSelection};

use super::chart::{Canvas, Chart, Scale, Width, apart, shortened};
use super::estimate::{drawable, pair};
use super::html::Html;
use super::page::Material;
use super::summary::level_plural;

/// Estimated share of each contestant, with its interval and the share on the sheets.
pub(super) fn bars(material: &Material) -> Option<Chart> {
    let (pen, results) = (material.pen, material.results);
    if !drawable(&results.estimate) {
        return None;
    }
    let shown: Vec<_> = material
        .ranking()
        .into_iter()
        .take(12)
        .filter_map(|s| Some((s, share_of(material, &s.id)?)))
        .collect();
    let most = shown.iter().filter_map(|(_, share)| share.high.or(share.value)).fold(0.05, f64::max);
    let draw = |width: Width| {
        let (left, right, step) = width.of((190.0, 640.0, 30.0), (96.0, 296.0, 30.0));
        let x = Scale { figures: (0.0, most), units: (left, right) };
        let bottom = 10.0 + step * shown.len() as f64;
        let mut canvas = Canvas::default();
        canvas.axis_x(x, 6.0, bottom, |t| pen.label_percent(t, 0));
        for (i, (selection, share)) in shown.iter().enumerate() {
            let y = 10.0 + step * i as f64;
            let value = share.value.unwrap_or(0.0);
            let name = shortened(&material.short(&selection.id), left - 16.0);
            canvas.text("end", (left - 10.0, y + 16.0), &name);
            let paint = format!("fill=\"{}\"", material.color(&selection.id));
            canvas.bar("column", &paint, (left, y + 4.0), (x.at(value) - left, 16.0));
            if let (Some(low), Some(high)) = (share.low, share.high) {
                canvas.line("whisker-ground", (x.at(low) - 1.5, y + 12.0), (x.at(high) + 1.5, y + 12.0));
                canvas.line("whisker", (x.at(low), y + 12.0), (x.at(high), y + 12.0));
                for end in [low, high] {
                    canvas.line("whisker", (x.at(end), y + 1.0), (x.at(end), y + 23.0));
                }
            }
            let end = x.at(share.high.unwrap_or(value)).max(x.at(value));
            canvas.text("start", (end + 8.0, y + 16.0), &pen.label_percent(value, 2));
        }
        (canvas, bottom + 28.0)
    };
    let row = |(selection, share): &(&PublishedSelection, PublishedInterval)| {
        let seen = results.tabulation.shares.get(&selection.id).copied().flatten();
        let cells = [seen, share.value, share.low, share.high].map(|x| pen.elsewhere(x, true, 2));
        std::iter::once(Html::text(&material.name(&selection.id))).chain(cells).collect()
    };
    let head = ["contestant", "on-sheets", "estimate", "low", "high"];
    Some(Chart::new(material, "bars", draw, &head, shown.iter().map(row).collect()))
}

fn share_of(material: &Material, id: &str) -> Option<PublishedInterval> {
    material.results.estimate.shares.get(id).copied().flatten()
}

/// The ratio of the whole result as the missing tables favour the second side more.
pub(super) fn line(material: &Material) -> Option<Chart> {
    let (pen, line) = (material.pen, material.results.sensitivity.as_ref()?);
    let tips: Vec<_> = line.tipping.iter().filter(|t| t.possible).collect();
    let far = tips.iter().filter_map(|t| t.shift).fold(0.20, f64::max) * 1.25;
    let points: Vec<(f64, f64)> = line
        .points
        .iter()
        .filter_map(|p| Some((p.shift?, p.ratio?)))
        .filter(|(shift, _)| (-0.15 - 1e-9..=far + 0.05).contains(shift))
        .collect();
    let (first, last) = (points.first()?, points.last()?);
    let most = points.iter().map(|p| p.1).fold(1.2, f64::max);
    let draw = |width: Width| {
        let (left, right, top, bottom) = width.of((64.0, 730.0, 24.0, 290.0), (40.0, 346.0, 24.0, 250.0));
        let edge = width.of(758.0, 358.0);
        let x = Scale { figures: (first.0, last.0), units: (left, right) };
        let y = Scale { figures: (0.0, most * 1.05), units: (bottom, top) };
        let mut canvas = Canvas::default();
        for shift in material.results.estimate.observed_shifts.iter().filter_map(|s| s.shift.value) {
            canvas.line("observed", (x.at(shift), top), (x.at(shift), bottom));
        }
        canvas.axis_x(x, top, bottom, |t| pen.label(t * 100.0, 0));
        canvas.axis_y(y, left, right, |t| pen.label(t, 1));
        let curve: Vec<(f64, f64)> = points.iter().map(|p| (x.at(p.0), y.at(p.1))).collect();
        canvas.curve("curve", &curve);
        for tip in &tips {
            let (Some(shift), ratio) = (tip.shift, f64::from(tip.ratio)) else { continue };
            canvas.line("threshold", (left, y.at(ratio)), (x.at(shift), y.at(ratio)));
            canvas.line("threshold", (x.at(shift), y.at(ratio)), (x.at(shift), bottom));
            canvas.dot("dot", (x.at(shift), y.at(ratio)), 5.0);
            let label = format!("{} → {} : 1", pen.label(shift * 100.0, 2), tip.ratio);
            canvas.text_beside((x.at(shift) + 9.0, y.at(ratio) - 8.0), edge, &label);
        }
        if let Some(ratio) = material.results.tabulation.ratio {
            canvas.dot("hollow", (x.at(0.0), y.at(ratio)), 5.0);
            let label = format!("{} : 1", pen.label(ratio, 2));
            canvas.text_beside((x.at(0.0) + 9.0, y.at(ratio) - 8.0), edge, &label);
        }
        canvas.text("end", (edge, bottom + 38.0), &pen.say("chart-line-x"));
        canvas.text("start", (width.of(14.0, 2.0), 12.0), &pen.say("chart-line-y"));
        (canvas, bottom + 46.0)
    };
    let rows = line.points.iter().map(|p| {
        let shift = Html::text(&pen.label(p.shift.unwrap_or(0.0) * 100.0, 2));
        let shares = [p.share_first, p.share_second].map(|s| pen.elsewhere(s, true, 2));
        [shift].into_iter().chain(shares).chain([pen.elsewhere(p.ratio, false, 4)]).collect()
    });
    Some(Chart::new(material, "line", draw, &["shift", "first", "second", "ratio"], rows.collect()))
}

/// The running result of each source.
pub(super) fn arrivals(material: &Material) -> Vec<Chart> {
    let (pen, names) = (material.pen, pair(material));
    let Some(names) = names else { return Vec::new() };
    let drawn = material.results.arrivals.iter().filter(|a| a.points.len() > 1).enumerate();
    drawn
        .map(|(i, source)| {
            let all = source.points.last().map_or(1, |p| p.n_tables) as f64;
            let shares = source.points.iter().flat_map(|p| [p.share_first, p.share_second]).flatten();
            let most = shares.fold(0.5, f64::max) * 1.05;
            let draw = |width: Width| {
                let (left, right, top, bottom) =
                    width.of((64.0, 640.0, 16.0, 260.0), (48.0, 274.0, 16.0, 230.0));
                let x = Scale { figures: (0.0, all), units: (left, right) };
                let y = Scale { figures: (0.0, most), units: (bottom, top) };
                let mut canvas = Canvas::default();
                canvas.axis_x(x, top, bottom, |t| pen.label(t, 0));
                canvas.axis_y(y, left, right, |t| pen.label_percent(t, 0));
                let at = |n_tables: u64, share: Option<f64>| Some((x.at(n_tables as f64), y.at(share?)));
                let points = || source.points.iter();
                let first: Vec<_> = points().filter_map(|p| at(p.n_tables, p.share_first)).collect();
                let second: Vec<_> = points().filter_map(|p| at(p.n_tables, p.share_second)).collect();
                let curves = [("curve", first), ("curve dashed", second)];
                curves.iter().for_each(|(class, curve)| canvas.curve(class, curve));
                let heights = curves.each_ref().map(|(_, curve)| curve.last().map_or(bottom, |end| end.1));
                for (name, height) in names.iter().zip(apart(heights)) {
                    let name = shortened(name, width.of(108.0, 78.0));
                    canvas.text("start", (right + 8.0, height + 4.0), &name);
                }
                let ends = source.points.windows(2).filter(|pair| pair[0].version != pair[1].version);
                for pair in ends {
                    let at = x.at(pair[0].n_tables as f64);
                    canvas.line("threshold", (at, top), (at, bottom));
                    canvas.text("end", (at - 6.0, top + 12.0), &pair[0].version);
                }
                canvas.text("end", (right, bottom + 38.0), &pen.say("chart-arrivals-x"));
                (canvas, bottom + 46.0)
            };
            let rows = source.points.iter().map(|p| {
                let shares = [p.share_first, p.share_second].map(|s| pen.elsewhere(s, true, 2));
                let tables = Html::text(&pen.label(p.n_tables as f64, 0));
                [tables, Html::text(&p.version)].into_iter().chain(shares).collect()
            });
            let head = ["tables", "version", "first", "second"];
            let mut chart = Chart::new(material, "arrivals", draw, &head, rows.collect());
            chart.id = format!("arrivals-{i}");
            chart
        })
        .collect()
}

/// Coverage of the default's intervals for each way of hiding: filled where clustered as chosen, hollow where
/// tables are taken for independent.
pub(super) fn coverage(material: &Material, calibration: &Calibration) -> Chart {
    let pen = material.pen;
    let at = |row: &Row, level: &str, figure: &str| {
        let same = |r: &&Row| {
            (&r.hidden, &r.hidden_level, r.figure.as_str(), r.level.as_str())
                == (&row.hidden, &row.hidden_level, figure, level)
                && r.estimator == calibration.default_estimator
        };
        calibration.rows.iter().find(same).and_then(|r| r.coverage)
    };
    let ways: Vec<_> = calibration
        .rows
        .iter()
        .filter(|r| {
            (r.estimator == calibration.default_estimator)
                && r.level == calibration.clustering_level
                && r.figure == "margin"
        })
        .collect();
    let chosen = &calibration.clustering_level;
    let name = |way: &Row| match way.hidden.as_str() {
        "units" => level_plural(material, &way.hidden_level),
        hidden => pen.say_of("chart-hidden", hidden),
    };
    let draw = |width: Width| {
        // On a telephone names stand above their dots.
        let (left, right, step) = width.of((300.0, 730.0, 30.0), (18.0, 334.0, 46.0));
        let bottom = 12.0 + step * ways.len() as f64;
        let x = Scale { figures: (0.0, 1.0), units: (left, right) };
        let mut canvas = Canvas::default();
        canvas.axis_x(x, 4.0, bottom, |t| pen.label_percent(t, 0));
        canvas.line("threshold", (x.at(0.95), 4.0), (x.at(0.95), bottom));
        for (i, way) in ways.iter().enumerate() {
            let y = 12.0 + step * i as f64 + width.of(15.0, 33.0);
            match width {
                Width::Wide => canvas.text("end", (left - 12.0, y + 4.0), &name(way)),
                Width::Narrow => canvas.text("start", (left, y - 14.0), &name(way)),
            }
            if let Some(c) = at(way, "table", "margin") {
                canvas.dot("hollow", (x.at(c), y), 6.0);
            }
            if let Some(c) = at(way, chosen, "margin") {
                canvas.dot("dot", (x.at(c), y), 5.0);
            }
        }
        (canvas, bottom + 30.0)
    };
    let row = |way: &&Row| {
        let cells = [
            at(way, chosen, "margin"),
            at(way, chosen, "share"),
            at(way, chosen, "ratio"),
            at(way, "table", "margin"),
        ];
        let cells = cells.map(|c| pen.elsewhere(c, true, 1));
        let wide = [pen.elsewhere(way.rmse, false, 0), pen.elsewhere(way.mean_width, false, 0)];
        std::iter::once(Html::text(&name(way))).chain(cells).chain(wide).collect()
    };
    let level = [("level", level_plural(material, &calibration.clustering_level))];
    let mut chart = Chart::new(
        material,
        "coverage",
        draw,
        &["hidden", "margin", "share", "ratio", "by-table", "rmse", "width"],
        ways.iter().map(row).collect(),
    );
    chart.description = pen.try_tell("chart-description-coverage", &level).unwrap_or_default();
    chart
}
