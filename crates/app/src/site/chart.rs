//! Pictures of numbers: SVG with title and description, and the same figures as a table.
//!
//! Readable in black and white: what differs, differs in form (filled or hollow, whole or dashed), never in
//! colour alone. Coordinates have one decimal, so that the same numbers give the same bytes.

use std::fmt::Write;

use super::html::Html;
use super::page::Material;

/// For which page a picture is drawn. Letters keep their size, so that a picture for a telephone is another
/// drawing, not a smaller one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// A wide page, and paper.
    Wide,
    /// A telephone.
    Narrow,
}

impl Width {
    const BOTH: [Width; 2] = [Width::Wide, Width::Narrow];

    /// Units across, about a pixel each.
    fn units(self) -> u32 {
        self.of(760, 360)
    }

    /// Whichever is meant for this width.
    pub(super) fn of<T>(self, wide: T, narrow: T) -> T {
        match self {
            Width::Wide => wide,
            Width::Narrow => narrow,
        }
    }
}

/// A finished picture.
pub(super) struct Chart {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    /// The same figures for a wide page and for a telephone; the page shows one of them.
    pub(super) drawings: [Drawing; 2],
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<Html>>,
}

/// One drawing of a picture.
pub(super) struct Drawing {
    pub(super) class: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) markup: Html,
}

/// Draws for both widths; `draw` gives what it drew and how high that is.
pub(super) fn drawings(draw: impl Fn(Width) -> (Canvas, f64)) -> [Drawing; 2] {
    Width::BOTH.map(|width| {
        let (canvas, height) = draw(width);
        Drawing {
            class: width.of("wide", "narrow"),
            width: width.units(),
            height: format!("{height:.0}").parse().unwrap_or(width.units()),
            markup: canvas.finish(),
        }
    })
}

impl Chart {
    /// A picture with the words of `kind`: title, description and heads of its table.
    pub(super) fn new(
        material: &Material,
        kind: &str,
        draw: impl Fn(Width) -> (Canvas, f64),
        head: &[&str],
        rows: Vec<Vec<Html>>,
    ) -> Self {
        let pen = material.pen;
        Self {
            id: kind.to_owned(),
            title: pen.say_of("chart-title", kind),
            description: pen.say_of("chart-description", kind),
            drawings: drawings(draw),
            head: head.iter().map(|key| pen.say_of("chart-head", key)).collect(),
            rows,
        }
    }
}

/// From figures to units of the drawing.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    /// First and last figure.
    pub(super) figures: (f64, f64),
    /// Where they stand.
    pub(super) units: (f64, f64),
}

impl Scale {
    /// Where a figure stands; figures beyond the ends stand at the ends.
    pub(super) fn at(&self, x: f64) -> f64 {
        let (from, to) = self.figures;
        let part = if to > from { ((x - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
        self.units.0 + part * (self.units.1 - self.units.0)
    }

    /// Round figures along the scale, at most `most` of them.
    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
        let (from, to) = self.figures;
        let steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter();
        let steps = steps.chain((0..=9).flat_map(|e| [1.0, 2.0, 5.0].map(|d| d * 10f64.powi(e))));
        let fits = |step: &f64| (to - from) / step <= most as f64;
        let step = steps.into_iter().find(fits).unwrap_or((to - from).max(1.0));
        let first = (from / step - 1e-9).ceil();
        (0..=most).map(|i| (first + i as f64) * step).filter(|x| *x <= to + step * 1e-9).collect()
    }
}

/// A name cut to so many units, with a mark where it was cut; the picture's table has it whole.
pub(super) fn shortened(name: &str, units: f64) -> String {
    let most = (1..200).take_while(|&n| f64::from(n) * LETTER <= units).count();
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let kept: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Heights of two labels, moved apart where they would touch.
pub(super) fn apart([a, b]: [f64; 2]) -> [f64; 2] {
    let (gap, middle) = ((a - b).abs(), (a + b) / 2.0);
    if gap >= LINE {
        return [a, b];
    }
    let half = if a <= b { -LINE / 2.0 } else { LINE / 2.0 };
    [middle + half, middle - half]
}

/// Height of a line of text.
const LINE: f64 = 17.0;

/// Width of a letter, with room to spare.
const LETTER: f64 = 8.2;

/// A drawing under way.
#[derive(Default)]
pub(super) struct Canvas(String);

impl Canvas {
    pub(super) fn finish(self) -> Html {
        Html::drawn(self.0)
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let _ = write!(
            self.0,
            "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
        );
    }

    pub(super) fn curve(&mut self, class: &str, points: &[(f64, f64)]) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(self.0, "<polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
    }

    /// A bar; `paint` is presentation attributes, which a policy without inline styles lets through.
    pub(super) fn bar(&mut self, class: &str, paint: &str, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let _ = write!(
            self.0,
            "<rect class=\"{class}\" {paint} x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
            width.max(0.0)
        );
    }

    /// Squares of one size and shade, by their upper left corners.
    pub(super) fn squares(&mut self, opacity: &str, corners: &[(f64, f64)], size: f64) {
        let _ = write!(self.0, "<path class=\"cell\" fill-opacity=\"{opacity}\" d=\"");
        for (x, y) in corners {
            let _ = write!(self.0, "M{x:.0} {y:.0}h{size:.0}v{size:.0}h-{size:.0}z");
        }
        self.0.push_str("\"/>");
    }

    pub(super) fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let _ = write!(self.0, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"/>");
    }

    /// A mark in the form of a cross.
    pub(super) fn cross(&mut self, (x, y): (f64, f64), reach: f64) {
        for class in ["cross-ground", "cross"] {
            self.line(class, (x - reach, y - reach), (x + reach, y + reach));
            self.line(class, (x - reach, y + reach), (x + reach, y - reach));
        }
    }

    /// A heading within the picture.
    pub(super) fn strong(&mut self, anchor: &str, (x, y): (f64, f64), text: &str) {
        let text = Html::text(text);
        let _ = write!(
            self.0,
            "<text class=\"strong\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
        );
    }

    /// A text to the right of a point, or drawn back from the edge at `right` where it would run over it.
    pub(super) fn text_beside(&mut self, (x, y): (f64, f64), right: f64, text: &str) {
        let wide = f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX)) * LETTER;
        if x + wide > right {
            self.text("end", (right, y), text);
        } else {
            self.text("start", (x, y), text);
        }
    }

    /// A text; `anchor` is `start`, `middle` or `end`.
    pub(super) fn text(&mut self, anchor: &str, (x, y): (f64, f64), text: &str) {
        let text = Html::text(text);
        let _ = write!(self.0, "<text text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>");
    }

    /// Grid lines and labels along the bottom.
    pub(super) fn axis_x(&mut self, x: Scale, top: f64, bottom: f64, label: impl Fn(f64) -> String) {
        // A label needs about 50 units.
        let most = match x.units.1 - x.units.0 {
            wide if wide > 520.0 => 10,
            wide if wide > 260.0 => 6,
            _ => 4,
        };
        for tick in x.ticks(most) {
            self.line("grid", (x.at(tick), top), (x.at(tick), bottom));
            self.text("middle", (x.at(tick), bottom + 18.0), &label(tick));
        }
        self.line("axis", (x.units.0, bottom), (x.units.1, bottom));
    }

    /// Grid lines and labels along the left.
    pub(super) fn axis_y(&mut self, y: Scale, left: f64, right: f64, label: impl Fn(f64) -> String) {
        for tick in y.ticks(6) {
            self.line("grid", (left, y.at(tick)), (right, y.at(tick)));
            self.text("end", (left - 8.0, y.at(tick) + 4.0), &label(tick));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_few() {
        let scale = |from, to| Scale { figures: (from, to), units: (0.0, 100.0) };
        assert_eq!(scale(0.0, 3.0).ticks(6), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
        assert_eq!(scale(0.0, 25_073.0).ticks(6), [0.0, 5_000.0, 10_000.0, 15_000.0, 20_000.0, 25_000.0]);
        assert_eq!(scale(0.0, 1_100.0).ticks(6), [0.0, 200.0, 400.0, 600.0, 800.0, 1_000.0]);
        assert_eq!(scale(1.0, 1.0).at(5.0), 0.0);
    }

    #[test]
    fn names_are_cut_and_labels_kept_apart() {
        assert_eq!(shortened("Maduro", 140.0), "Maduro");
        assert_eq!(shortened("Anselmo Quintanilla", 82.0), "Anselmo Q…");
        assert_eq!(apart([100.0, 40.0]), [100.0, 40.0]);
        assert_eq!(apart([100.0, 102.0]), [92.5, 109.5]);
        assert_eq!(apart([102.0, 100.0]), [109.5, 92.5]);
    }

    #[test]
    fn texts_cannot_break_out() {
        let mut canvas = Canvas::default();
        canvas.text("end", (0.0, 0.0), "</text><script>");
        assert!(!canvas.finish().to_string().contains("<script"));
    }
}
