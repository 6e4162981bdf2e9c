//! Pictures of screening: turnout by share, and shares that are whole percents.

use tallyproof_analysis::results::PublishedPercent;

use super::chart::{Canvas, Chart, Scale, Width, shortened};
use super::forensics::side;
use super::html::Html;
use super::page::Material;

/// Fewest tables of a cell, and how dark it is drawn.
const SHADES: [(u64, &str); 6] =
    [(1, "0.10"), (3, "0.24"), (10, "0.40"), (30, "0.58"), (100, "0.78"), (300, "1")];

/// Tables by turnout and share of the first, the more the darker.
pub(super) fn fingerprint(material: &Material) -> Option<Chart> {
    let (pen, found) = (material.pen, &material.results.forensics.fingerprint);
    let n = found.cells.len();
    let first = material.results.tabulation.leading.as_deref()?;
    (n > 0).then_some(())?;
    let draw = |width: Width| {
        let (left, top, size) = width.of((84.0, 14.0, 400.0), (50.0, 14.0, 286.0));
        let (cell, bottom) = (size / n as f64, top + size);
        let x = Scale { figures: (0.0, 1.0), units: (left, left + size) };
        let y = Scale { figures: (0.0, 1.0), units: (bottom, top) };
        let mut canvas = Canvas::default();
        canvas.axis_x(x, top, bottom, |t| pen.label_percent(t, 0));
        canvas.axis_y(y, left, left + size, |t| pen.label_percent(t, 0));
        for (i, (least, shade)) in SHADES.iter().enumerate() {
            let most = SHADES.get(i + 1).map_or(u64::MAX, |(next, _)| next - 1);
            let at = |turnout: usize, share: usize| {
                (left + cell * turnout as f64, bottom - cell * (share + 1) as f64)
            };
            let rows = found.cells.iter().enumerate();
            let cells =
                rows.flat_map(|(t, row)| row.iter().enumerate().map(move |(s, &tables)| (t, s, tables)));
            let of_shade = cells.filter(|(.., tables)| (*least..=most).contains(tables));
            let corners: Vec<(f64, f64)> = of_shade.map(|(t, s, _)| at(t, s)).collect();
            canvas.squares(shade, &corners, cell);
        }
        canvas.line("axis", (left, top), (left, bottom));
        canvas.text("end", (left + size, bottom + 38.0), &pen.say("chart-fingerprint-x"));
        // Beside the square, or below it in two columns.
        let (legend, under) = width.of((left + size + 40.0, top), (left, bottom + 54.0));
        canvas.text("start", (legend, under + 12.0), &pen.say("chart-fingerprint-tables"));
        for (i, (least, shade)) in SHADES.iter().enumerate() {
            let (column, line) = width.of((0, i), (i / 3, i % 3));
            let (x, y) = (legend + 130.0 * column as f64, under + 26.0 + 24.0 * line as f64);
            canvas.bar("cell legend-cell", &format!("fill-opacity=\"{shade}\""), (x, y), (26.0, 16.0));
            let label = match SHADES.get(i + 1) {
                Some((next, _)) if next - 1 > *least => format!("{least} – {}", next - 1),
                Some(_) => least.to_string(),
                None => format!("≥ {least}"),
            };
            canvas.text("start", (x + 36.0, y + 12.5), &label);
        }
        (canvas, bottom + width.of(46.0, 158.0))
    };
    let percent = |bin: usize| pen.label_percent(bin as f64 / n as f64, 0);
    // One row per turnout with tables; a column per share.
    let rows = found.cells.iter().enumerate().filter(|(_, row)| row.iter().any(|&tables| tables > 0));
    let rows = rows.map(|(turnout, row)| {
        let figures = row.iter().map(|&tables| Html::text(&pen.label(tables as f64, 0)));
        std::iter::once(Html::text(&percent(turnout))).chain(figures).collect()
    });
    let mut chart = Chart::new(material, "fingerprint", draw, &["turnout"], rows.collect());
    chart.head.extend((0..n).map(percent));
    let slot = [("first", material.name(first))];
    chart.description = pen.try_tell("chart-description-fingerprint", &slot).unwrap_or_default();
    Some(chart)
}

/// Tables by the distance of a share from the nearest whole percent, beside what chance gives.
pub(super) fn offsets(material: &Material) -> Option<Chart> {
    let (pen, sides) = (material.pen, &material.results.forensics.integer_percent);
    let bins = sides.first()?.seen_by_offset.len();
    let expected = |of: &PublishedPercent| -> Vec<f64> {
        of.expected_by_offset.iter().map(|x| x.unwrap_or(0.0)).collect()
    };
    let seen = sides.iter().flat_map(|s| &s.seen_by_offset).map(|&n| n as f64);
    let most = seen.chain(sides.iter().flat_map(expected)).fold(1.0, f64::max);
    let draw = |width: Width| {
        // Side by side, or one under the other.
        let (left, right, gap, high) = width.of((64.0, 744.0, 26.0, 200.0), (46.0, 352.0, 58.0, 150.0));
        let panels = width.of(sides.len(), 1) as f64;
        let wide = (right - left - gap * (panels - 1.0)) / panels;
        let mut canvas = Canvas::default();
        let mut under = 0.0;
        for (i, of) in sides.iter().enumerate() {
            let (start, top) =
                width.of((left + (wide + gap) * i as f64, 36.0), (left, 36.0 + (high + gap) * i as f64));
            let bottom = top + high;
            under = bottom;
            let y = Scale { figures: (0.0, most * 1.06), units: (bottom, top) };
            let labelled = i == 0 || width == Width::Narrow;
            canvas.axis_y(y, start, start + wide, |t| if labelled { pen.label(t, 0) } else { String::new() });
            canvas.line("axis", (start, bottom), (start + wide, bottom));
            canvas.strong("start", (start, top - 16.0), &shortened(&side(material, &of.id), wide));
            let step = wide / bins as f64;
            for (bin, (&tables, expected)) in of.seen_by_offset.iter().zip(expected(of)).enumerate() {
                let at = start + step * bin as f64;
                let class = if bin == WHOLE { "column whole" } else { "column plain" };
                let height = y.at(tables as f64);
                canvas.bar(class, "", (at + step * 0.14, height), (step * 0.72, bottom - height));
                let level = y.at(expected);
                canvas.line("expected-ground", (at, level), (at + step, level));
                canvas.line("expected", (at, level), (at + step, level));
            }
            for bin in [0, WHOLE] {
                let middle = start + step * (bin as f64 + 0.5);
                canvas.text("middle", (middle, bottom + 18.0), &pen.label(offset(bin), 1));
            }
            canvas.text("middle", (start + step * 9.5, bottom + 18.0), &pen.label(offset(9), 1));
        }
        canvas.text("end", (right, under + 40.0), &pen.say("chart-offsets-x"));
        (canvas, under + 48.0)
    };
    let row = |bin: usize| {
        let figures = sides.iter().flat_map(|of| {
            let expected = of.expected_by_offset.get(bin).copied().flatten();
            [
                pen.elsewhere(of.seen_by_offset.get(bin).map(|&n| n as f64), false, 0),
                pen.elsewhere(expected, false, 1),
            ]
        });
        std::iter::once(Html::text(&pen.label(offset(bin), 1))).chain(figures).collect()
    };
    let rows = (0..bins).map(row).collect();
    let mut chart = Chart::new(material, "offsets", draw, &["offset"], rows);
    for of in sides {
        let heads = ["seen", "expected"].map(|what| format!("chart-head-{what}"));
        let slot = [("side", side(material, &of.id))];
        chart.head.extend(heads.iter().filter_map(|key| pen.try_tell(key, &slot)));
    }
    Some(chart)
}

/// The bin of whole percents.
const WHOLE: usize = 5;

/// Middle of a bin, in points from the nearest whole percent.
fn offset(bin: usize) -> f64 {
    (bin as f64 - WHOLE as f64) / 10.0
}
