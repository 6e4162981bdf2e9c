//! Lessons for the net from sheets whose figures are known.

use super::features::Gradients;
use super::strip::Strip;
use super::train::{Chance, ClassSample, Lessons, PlaceSample};
use super::{BLANK, CELL, DIGITS, HALF, LEADER, MARKED_ZERO, OTHER, around};
use crate::Luma;
use crate::codes::Point;
use crate::layout::FigurePlace;

/// A figure that is known, and the line it ends.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where a layout believes it to be; strips are sampled there.
    pub believed: FigurePlace,
    /// Middle of the right edge of its last cell, px.
    pub right: Point,
    /// One cell to the right, px.
    pub cell: Point,
    /// What is printed up to that edge, one letter a cell, as far to the left as is known: `PSUV .... 104`; `Ø` for
    /// a zero that is slashed or dotted.
    pub line: String,
}

/// Letters that a glance takes for digits: no lesson for a net that should never meet them.
const LIKE_DIGITS: &str = "OQDISBZGTLA";

impl Lessons {
    /// Adds what the figures of one sheet teach.
    pub fn show(&mut self, luma: &Luma, figures: &[Shown], chance: &mut Chance) {
        let mut strips: Vec<Strip> =
            figures.iter().map(|shown| Strip::sample(luma, &shown.believed)).collect();
        for (strip, shown) in strips.iter_mut().zip(figures) {
            if chance.one_in(2) {
                strip.bend(shown.in_strip(strip, 0), chance);
            }
            strip.worsen(chance);
        }
        let surroundings = around(&strips);
        for ((shown, strip), around) in figures.iter().zip(&strips).zip(surroundings) {
            self.show_cells(&shown.letters(strip), strip, around.contrast, chance);
        }
    }

    /// Adds what letters teach whose cells' middles are known, last first.
    pub(crate) fn show_cells(
        &mut self,
        letters: &[(char, Point)],
        strip: &Strip,
        contrast: f32,
        chance: &mut Chance,
    ) {
        let gradients = Gradients::of(strip, contrast);
        for (i, &(letter, at)) in letters.iter().enumerate() {
            if !strip.holds(at) || LIKE_DIGITS.contains(letter) {
                continue;
            }
            self.show_cell(letter, at, strip, &gradients, chance);
            let is_digit = |letter: char| letter.is_ascii_digit() || letter == 'Ø';
            let is_between = is_digit(letter) && letters.get(i + 1).is_some_and(|next| is_digit(next.0));
            if is_between && chance.one_in(5) {
                let halfway = moved(at, [-0.5 * CELL as f32 + chance.around(), 2.0 * chance.around()]);
                self.classes.push(ClassSample { features: gradients.features(halfway), class: OTHER });
            }
        }
    }

    fn show_cell(
        &mut self,
        letter: char,
        at: Point,
        strip: &Strip,
        gradients: &Gradients,
        chance: &mut Chance,
    ) {
        /// What is left of a digit's displacement after the window was moved to it, samples.
        const LEFT_OVER: Point = [1.6, 1.8];
        /// Farthest a digit is from where the layout believes it, samples.
        const FAR: Point = [6.0, 6.5];
        let class = match letter {
            ' ' => BLANK,
            '.' | '_' => LEADER,
            'Ø' => MARKED_ZERO,
            _ => letter.to_digit(10).map_or(OTHER, |digit| digit as usize),
        };
        let times = if class < DIGITS { 2 } else { usize::from(class == OTHER || chance.one_in(3)) };
        for _ in 0..times {
            let features = gradients.features(moved(at, LEFT_OVER.map(|reach| reach * chance.around())));
            self.classes.push(ClassSample { features, class });
            let by = FAR.map(|reach| reach * chance.around());
            let far = if class < DIGITS { by } else { [by[0] * 0.5, by[1]] };
            if strip.holds(moved(at, far)) {
                let features = gradients.features(moved(at, far));
                let digit = (class < DIGITS).then(|| far.map(|part| -part));
                self.places.push(PlaceSample { features, digit });
            }
        }
    }
}

impl Shown {
    /// Letters whose cells are in its strip and their middles, last first; right of the last there is paper.
    fn letters(&self, strip: &Strip) -> Vec<(char, Point)> {
        let letters = std::iter::once(' ').chain(self.line.chars().rev()).take(strip.n_cells() + 2);
        letters.zip(-1..).map(|(letter, from_last)| (letter, self.in_strip(strip, from_last))).collect()
    }

    /// Middle of a cell in its strip, samples.
    fn in_strip(&self, strip: &Strip, from_last: i16) -> Point {
        let back = f32::from(from_last) + 0.5;
        let from_right =
            [0, 1].map(|axis| self.right[axis] - back * self.cell[axis] - self.believed.right[axis]);
        let (along, down) = (self.believed.cell, self.believed.half_height);
        let area = along[0] * down[1] - along[1] * down[0];
        let across = (from_right[0] * down[1] - from_right[1] * down[0]) / area;
        let below = (along[0] * from_right[1] - along[1] * from_right[0]) / area;
        let [x, y] = strip.cell(0);
        [x + (across + 0.5) * CELL as f32, y + below * HALF as f32]
    }
}

fn moved([x, y]: Point, [dx, dy]: Point) -> Point {
    [x + dx, y + dy]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_line_teaches_its_digits_where_they_stand() {
        let luma = Luma::new(300, 80, vec![200; 24000]).unwrap();
        let believed =
            FigurePlace { right: [203.0, 42.0], cell: [14.5, 0.4], half_height: [-0.3, 9.5], max_cells: 6 };
        let shown = Shown { believed, right: [200.0, 40.0], cell: [14.0, 0.0], line: "MUD ... 70".into() };
        let strip = Strip::sample(&luma, &believed);
        let [x, y] = shown.in_strip(&strip, 0);
        let [believed_x, believed_y] = strip.cell(0);
        // 3 px too far right and 2 px too low, in samples of about one px.
        assert!((x - believed_x + 2.9).abs() < 0.5 && (y - believed_y + 2.0).abs() < 0.5, "{x} {y}");
        let mut lessons = Lessons::default();
        lessons.show(&luma, &[shown], &mut Chance::new(1));
        let taught = |class| lessons.classes.iter().filter(|sample| sample.class == class).count();
        assert_eq!([taught(7), taught(0), taught(3)], [2, 2, 0]);
    }
}
