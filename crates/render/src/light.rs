//! Light on the sheet: exposure, slope, vignette, one cast shadow, one reflection; and the fading of the print.

use crate::damage::Damage;
use crate::dice::{Dice, Stream};
use crate::geometry::Point;

/// What light does to a grey level: `level * gain + lift`.
#[derive(Clone, Copy)]
pub(crate) struct Tone {
    pub(crate) gain: f64,
    pub(crate) lift: f64,
}

/// The light of one photograph.
pub(crate) struct Light {
    size: Point,
    exposure: f64,
    slope: Point,
    vignette: f64,
    shadow: Shadow,
    glare: Glare,
    fade: Fade,
}

/// Darkness on one side of a line.
struct Shadow {
    normal: Point,
    offset: f64,
    softness: f64,
    depth: f64,
}

/// A reflection: an ellipse of light that washes out what lies under it.
struct Glare {
    centre: Point,
    reach: Point,
    strength: f64,
}

/// Contrast lost by the print, in slow patches along the strip.
struct Fade {
    depth: f64,
    step: f64,
    start: f64,
    blank: f64,
}

impl Light {
    /// The light of a photograph of `size` px of paper whose blank has the grey level `blank`.
    pub(crate) fn new(size: Point, blank: f64, damage: &Damage, seed: u64) -> Self {
        let dice = &mut Dice::new(seed, Stream::Light);
        let (sin, cos) = libm::sincos(dice.between(0.0, std::f64::consts::TAU));
        let centre = [dice.between(0.15, 0.85) * size[0], dice.between(0.1, 0.95) * size[1]];
        let short = size[0].min(size[1]);
        Self {
            size,
            exposure: dice.between(0.82, 1.04),
            slope: [
                damage.light_slope * 0.35 * dice.around(1.0),
                damage.light_slope * 0.45 * dice.around(1.0),
            ],
            vignette: 0.05 + damage.light_slope * 0.2 * dice.unit(),
            shadow: Shadow {
                normal: [cos, sin],
                offset: cos * centre[0] + sin * centre[1],
                softness: dice.between(0.015, 0.12) * short,
                depth: damage.shadow * 0.75,
            },
            glare: Glare {
                centre: [dice.between(0.2, 0.8) * size[0], dice.between(0.05, 0.97) * size[1]],
                reach: [dice.between(0.18, 0.5) * short, dice.between(0.18, 0.6) * short],
                strength: damage.glare,
            },
            fade: Fade {
                depth: damage.fade * 0.9,
                step: dice.between(0.001, 0.004),
                start: dice.between(0.0, std::f64::consts::TAU),
                blank,
            },
        }
    }

    /// Tone at `p` of the photograph, which shows the place `paper`, brightened by `shade`.
    pub(crate) fn at(&self, p: Point, paper: Point, shade: f64) -> Tone {
        let gain = self.on_table(p) * shade;
        let contrast = 1.0 - self.fade.at(paper);
        let paper_tone = Tone { gain: gain * contrast, lift: gain * self.fade.blank * (1.0 - contrast) };
        let wash = self.glare.at(p);
        Tone { gain: paper_tone.gain * (1.0 - wash), lift: paper_tone.lift * (1.0 - wash) + 262.0 * wash }
    }

    /// Light that falls on the table at `p`.
    pub(crate) fn on_table(&self, p: Point) -> f64 {
        let [x, y] = [p[0] / self.size[0] - 0.5, p[1] / self.size[1] - 0.5];
        let even = self.exposure * (1.0 + self.slope[0] * x + self.slope[1] * y);
        even * (1.0 - self.vignette * 2.0 * (x * x + y * y)) * (1.0 - self.shadow.at(p))
    }
}

impl Shadow {
    fn at(&self, [x, y]: Point) -> f64 {
        let t =
            ((self.normal[0] * x + self.normal[1] * y - self.offset) / self.softness + 0.5).clamp(0.0, 1.0);
        self.depth * t * t * (3.0 - 2.0 * t)
    }
}

impl Glare {
    fn at(&self, [x, y]: Point) -> f64 {
        if self.strength <= 0.0 {
            return 0.0;
        }
        let [dx, dy] = [(x - self.centre[0]) / self.reach[0], (y - self.centre[1]) / self.reach[1]];
        self.strength * libm::exp(-(dx * dx + dy * dy))
    }
}

impl Fade {
    fn at(&self, [x, y]: Point) -> f64 {
        let patch = libm::sin(self.start + self.step * y + 1.3 * libm::sin(self.step * 2.3 * x));
        self.depth * (0.8 + 0.2 * patch)
    }
}
