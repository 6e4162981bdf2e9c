//! Why a photograph's code was not read: a judgement from plain measurements, so that whoever took it can do better.
//!
//! [`measure`] looks at the picture alone, [`judge`] adds what the search for code and print saw. Words are the
//! application's. Thresholds come from the renderer's damages; `tests/triage.rs` holds what they tell apart.

mod grain;
mod paper;

use crate::Luma;
use crate::codes::Hints;
use crate::pixels::contrast;
use grain::Grain;
use paper::Paper;

/// The likeliest cause. One each: what a second photograph has to do better first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// When the ladder was not climbed to its end within the time allowed.
    TookTooLong,
    /// When the paper is so few px wide that a module of its code has less than two.
    TooSmall,
    /// When JPEG has left little but its blocks.
    OverCompressed,
    /// When edges are soft in every direction.
    OutOfFocus,
    /// When edges are soft in one direction only.
    MotionBlur,
    /// When print and paper have nearly one grey level.
    LowContrast,
    /// When a reflection has washed out a part of the paper.
    Glare,
    /// When something that is neither paper nor table lies over the sheet.
    Covered,
    /// When the picture ends before the paper does, and no whole code is on it.
    CutOff,
    /// When a corner or the foot of the paper is missing.
    Torn,
    /// When the end of the paper is blank: folded over what is printed there.
    FoldedOver,
    /// When neither print like the form's nor any part of a code is on the picture.
    NotASheet,
    /// When a code is there, and none of the above explains why it was not read.
    CodeDamaged,
    /// When a sheet is there, and no code.
    NoCodeFound,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 14] = [
        Self::TookTooLong,
        Self::TooSmall,
        Self::OverCompressed,
        Self::OutOfFocus,
        Self::MotionBlur,
        Self::LowContrast,
        Self::Glare,
        Self::Covered,
        Self::CutOff,
        Self::Torn,
        Self::FoldedOver,
        Self::NotASheet,
        Self::CodeDamaged,
        Self::NoCodeFound,
    ];

    /// Stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TookTooLong => "took-too-long",
            Self::TooSmall => "too-small",
            Self::OverCompressed => "over-compressed",
            Self::OutOfFocus => "out-of-focus",
            Self::MotionBlur => "motion-blur",
            Self::LowContrast => "low-contrast",
            Self::Glare => "glare",
            Self::Covered => "covered",
            Self::CutOff => "cut-off",
            Self::Torn => "torn",
            Self::FoldedOver => "folded-over",
            Self::NotASheet => "not-a-sheet",
            Self::CodeDamaged => "code-damaged",
            Self::NoCodeFound => "no-code-found",
        }
    }
}

/// What is measured of a picture. Shares are 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Grey levels between the 1st and 99th percentile.
    pub contrast: u8,
    /// Mean width of the paper across its longer axis, px.
    pub paper_width_px: f32,
    /// Share of the picture that is paper.
    pub paper: f32,
    /// Share of the paper's length that has print.
    pub printed: f32,
    /// Grey levels between the paper and the darker part of its darkest rows.
    pub ink: u8,
    /// Share of the paper's length, at its emptier end, that has none.
    pub blank_end: f32,
    /// Share of the paper that is as bright as a reflection.
    pub glare: f32,
    /// Share of the paper's hull where something else is seen.
    pub dent: f32,
    /// Grey levels by which that differs from what lies around the paper.
    pub dent_tone: f32,
    /// Share of the rectangle around the paper that its hull leaves empty.
    pub lost_corner: f32,
    /// Largest share of one short end of the picture that the paper covers.
    pub on_edge: f32,
    /// Steepness of edges in the sharpest direction: 1/36 of a slow gradient, half and more of sharp print.
    pub sharpest: f32,
    /// The same in the softest direction, as a share of the sharpest.
    pub evenness: f32,
    /// Step between JPEG blocks that are flat inside, grey levels.
    pub blockiness: f32,
}

/// Measures a picture; a few ms of a megapixel photograph.
#[must_use]
pub fn measure(picture: &Luma) -> Measures {
    let paper = Paper::of(picture);
    let grain = Grain::of(picture);
    Measures {
        contrast: contrast(picture),
        paper_width_px: paper.width_px,
        paper: paper.share,
        printed: paper.printed,
        ink: paper.ink,
        blank_end: paper.blank_end,
        glare: paper.glare,
        dent: paper.dent,
        dent_tone: paper.dent_tone,
        lost_corner: paper.lost_corner,
        on_edge: paper.on_edge,
        sharpest: grain.sharpest,
        evenness: grain.evenness,
        blockiness: grain.blockiness,
    }
}

/// Narrowest paper whose code can have 2 px a module: codes of 65 modules with their margin take half its width.
const LEAST_PAPER_PX: f32 = 270.0;
/// Shortest side of a picture likewise.
const LEAST_SIDE_PX: usize = 180;
/// Steps between flat blocks from which strokes of print are lost, grey levels: JPEG quality 10 and less.
const MOST_BLOCKINESS: f32 = 9.0;
/// Edges softer than this in every direction are out of focus.
const LEAST_SHARPEST: f32 = 0.1;
/// Edges whose softest direction is less than this share of the sharpest were smeared.
const LEAST_EVENNESS: f32 = 0.58;
/// Grey levels between print and paper below which nothing is told apart.
const LEAST_CONTRAST: u8 = 40;
/// The same of print and the paper around it, once averaged over some px.
const LEAST_INK: u8 = 40;
/// Share of the paper that a reflection may wash out.
const MOST_GLARE: f32 = 0.04;
/// Share of the paper's hull that curls and shadows may take.
const MOST_DENT: f32 = 0.011;
/// The same of a straight edge: what tears leave between their teeth is more.
const MOST_JAG: f32 = 0.0015;
/// Grey levels that tell a thing on the paper from the table beside it.
const LEAST_TONE: f32 = 12.0;
/// Share of a picture's short end under paper from which the paper goes on outside.
const MOST_ON_EDGE: f32 = 0.4;
/// Share of the rectangle that perspective may leave empty.
const MOST_LOST: f32 = 0.045;
/// Blank end from which print is hidden there.
const MOST_BLANK_END: f32 = 0.03;
/// Printed share below which there is nothing to read.
const LEAST_PRINTED: f32 = 0.25;

/// The likeliest cause why no code was read. `print_found`: whether lines like the form's were.
#[must_use]
pub fn judge(m: &Measures, hints: &Hints, print_found: bool) -> Cause {
    let no_code = hints.undecoded.is_empty() && hints.n_finder_patterns == 0;
    let is_small = hints.width_px.min(hints.height_px) < LEAST_SIDE_PX || m.paper_width_px < LEAST_PAPER_PX;
    let causes = [
        (hints.stopped, Cause::TookTooLong),
        (is_small, Cause::TooSmall),
        (m.printed < LEAST_PRINTED && !print_found && no_code, Cause::NotASheet),
        (m.blockiness > MOST_BLOCKINESS, Cause::OverCompressed),
        (m.sharpest < LEAST_SHARPEST, Cause::OutOfFocus),
        (m.contrast < LEAST_CONTRAST || m.ink < LEAST_INK, Cause::LowContrast),
        (m.evenness < LEAST_EVENNESS, Cause::MotionBlur),
        (m.dent > MOST_DENT && m.dent_tone > LEAST_TONE, Cause::Covered),
        (m.on_edge > MOST_ON_EDGE, Cause::CutOff),
        (m.glare > MOST_GLARE, Cause::Glare),
        (m.lost_corner > MOST_LOST || m.dent > MOST_JAG, Cause::Torn),
        (m.blank_end > MOST_BLANK_END, Cause::FoldedOver),
        (!print_found && no_code, Cause::NotASheet),
        (!no_code, Cause::CodeDamaged),
    ];
    causes.into_iter().find(|(holds, _)| *holds).map_or(Cause::NoCodeFound, |(_, cause)| cause)
}
