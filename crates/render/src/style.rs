//! How a printer prints: face, spacing, darkness, and what the poll workers added by hand.

use crate::dice::{Dice, Stream};

/// A printer's letter shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typeface {
    /// Our strokes, smooth and plain.
    Plain,
    /// Our strokes with slab serifs, in the manner of a typewriter.
    Slab,
    /// Our strokes without curves, in the manner of a plotter.
    Square,
    /// Noto Sans Mono as the crate `noto-sans-mono-bitmap` carries it.
    Mono,
    /// The same, bold.
    MonoBold,
}

/// What marks a zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// Nothing.
    Open,
    /// A stroke across.
    Slashed,
    /// A dot in the middle.
    Dotted,
}

/// What leads the eye from a label to its figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leader {
    /// Blank.
    Blank,
    /// `. . . .`
    Dots,
    /// `_____`
    Underscores,
}

/// Where a group's total stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TotalsAt {
    /// On the line of the selection's name, above its lines.
    Name,
    /// On a line of its own under them.
    Foot,
}

/// One printer and one evening. Out-of-range values are brought into range when printing.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// Letter shapes.
    pub typeface: Typeface,
    /// Mark of the zero in our own faces.
    pub zero: Zero,
    /// Which of the drawn forms of each digit our own faces use; any number.
    pub digit_forms: u64,
    /// Width of a stroke over the width of a cell, 0.08..=0.3.
    pub weight: f64,
    /// Sideways lean of our own faces, px per px of height, -0.2..=0.2.
    pub slant: f64,
    /// Width of the strip, px, 400..=2000.
    pub width_px: u32,
    /// Unprinted border left and right, px, 0..=100.
    pub margin_px: f64,
    /// Letters in a line, 32..=64.
    pub columns: usize,
    /// Capital height over cell width, 0.9..=1.9.
    pub tallness: f64,
    /// Distance of baselines over cell width, 1.6..=3.
    pub pitch: f64,
    /// Letters that lead to figures.
    pub leader: Leader,
    /// Where group totals stand.
    pub totals_at: TotalsAt,
    /// Indent of a group's lines, letters, 0..=6.
    pub indent: usize,
    /// Blackness of the print, 0.2..=1.
    pub darkness: f64,
    /// Unevenness of the print along the strip, 0..=1.
    pub banding: f64,
    /// Dead dots of the print head: white lines along the strip, 0..=12.
    pub dead_dots: u32,
    /// Side of a code module, px of paper, 3..=12.
    pub module_px: u32,
    /// Error correction M instead of L.
    pub medium_correction: bool,
    /// Extra code versions over the smallest that fits, 0..=3.
    pub roomier: u8,
    /// Sideways place of the code, -1 (left) ..= 1 (right).
    pub code_at: f64,
    /// Signatures, 0..=8.
    pub signatures: usize,
    /// Whether a round stamp is pressed on the sheet.
    pub stamp: bool,
    /// Brightness of blank paper, 180..=250.
    pub paper_luma: u8,
    /// Yellowness of the paper, 0..=1.
    pub warmth: f64,
    /// Seed of everything that is not a choice above: grain, strokes, places.
    pub seed: u64,
}

impl Style {
    /// A plausible printer drawn from `seed`.
    pub fn everyday(seed: u64) -> Self {
        let dice = &mut Dice::new(seed, Stream::Style);
        let typeface = dice.pick(&[
            Typeface::Plain,
            Typeface::Plain,
            Typeface::Slab,
            Typeface::Slab,
            Typeface::Square,
            Typeface::Mono,
            Typeface::Mono,
            Typeface::MonoBold,
        ]);
        Self {
            typeface,
            zero: dice.pick(&[Zero::Open, Zero::Open, Zero::Slashed, Zero::Dotted]),
            digit_forms: dice.bits(),
            weight: dice.between(0.11, 0.2),
            slant: if dice.chance(0.15) { dice.between(0.0, 0.1) } else { 0.0 },
            width_px: dice.pick(&[840, 860, 880]),
            margin_px: dice.between(14.0, 36.0),
            columns: dice.pick(&[44, 46, 46, 48]),
            tallness: dice.between(1.15, 1.45),
            pitch: dice.between(1.84, 2.08),
            leader: dice.pick(&[Leader::Dots, Leader::Dots, Leader::Blank, Leader::Underscores]),
            totals_at: dice.pick(&[TotalsAt::Name, TotalsAt::Name, TotalsAt::Foot]),
            indent: dice.pick(&[1, 2, 2, 3]),
            darkness: dice.between(0.66, 0.96),
            banding: dice.between(0.05, 0.5),
            dead_dots: dice.pick(&[0, 0, 0, 0, 0, 0, 1, 1, 2, 3]),
            module_px: dice.pick(&[6, 7, 7, 8, 8, 9]),
            medium_correction: dice.chance(0.5),
            roomier: dice.pick(&[0, 0, 0, 1]),
            code_at: dice.around(0.25),
            signatures: dice.pick(&[2, 3, 4, 5]),
            stamp: dice.chance(0.7),
            paper_luma: dice.pick(&[226, 232, 238, 242]),
            warmth: dice.between(0.05, 0.6),
            seed: dice.bits(),
        }
    }

    /// The same style with every value in its range; what is not a number becomes the low end.
    pub(crate) fn in_range(&self) -> Self {
        let fit = |x: f64, low: f64, high: f64| if x.is_nan() { low } else { x.clamp(low, high) };
        Self {
            weight: fit(self.weight, 0.08, 0.3),
            slant: fit(self.slant, -0.2, 0.2),
            width_px: self.width_px.clamp(400, 2000),
            margin_px: fit(self.margin_px, 0.0, 100.0),
            columns: self.columns.clamp(32, 64),
            tallness: fit(self.tallness, 0.9, 1.9),
            pitch: fit(self.pitch, 1.6, 3.0),
            indent: self.indent.min(6),
            darkness: fit(self.darkness, 0.2, 1.0),
            banding: fit(self.banding, 0.0, 1.0),
            dead_dots: self.dead_dots.min(12),
            module_px: self.module_px.clamp(3, 12),
            roomier: self.roomier.min(3),
            code_at: fit(self.code_at, -1.0, 1.0),
            signatures: self.signatures.min(8),
            paper_luma: self.paper_luma.clamp(180, 250),
            warmth: fit(self.warmth, 0.0, 1.0),
            ..self.clone()
        }
    }
}
