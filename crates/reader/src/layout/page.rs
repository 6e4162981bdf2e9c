//! The lie of the text: which way is up, how large letters are, how lines slope from place to place.

use super::ink::Blob;
use super::turn::Turn;
use crate::codes::Point;

/// Letters are at least this high at working size, px; below, figures cannot be told apart either.
const LEAST_LETTER_PX: f32 = 5.0;
const MOST_LETTER_PX: f32 = 80.0;
/// Blobs lower than this are no letters, in letter heights.
const LEAST_LETTER: f32 = 0.6;
/// Letters needed to call it text.
const LEAST_LETTERS: usize = 60;
/// Steepest line looked for, px down per px to the right: 17 degrees.
const STEEPEST: f32 = 0.30;
/// Steps of slope in the search over the whole page and in one window of it.
const SLOPE_STEP: f32 = 0.004;
/// Bins of a projection in one letter's height.
const BINS_PER_LETTER: f32 = 5.0;
/// How far a window's slope may differ from the page's: perspective and folds.
const LOCAL_STEEPEST: f32 = 0.075;
/// Distance of two windows and their half height, in letter heights.
const WINDOW_STEP: f32 = 4.0;
const WINDOW_REACH: f32 = 9.0;
/// Windows across the page, and how far each reaches to both sides, in their distance.
const N_ACROSS: usize = 4;
const COLUMN_REACH: f32 = 0.8;
/// Marks in a window that make its score worth all it can be.
const MARKS_TO_TRUST: f32 = 80.0;
/// Cost of a line that bends by 0.01 from its mean slope, in units of a window's best score: lines are straight
/// unless something says otherwise.
const STRAIGHTNESS: f32 = 0.004;
/// Cost of a change of slope by 0.01 from one window to the next, in units of a window's best score.
const BENDING_COST: f32 = 0.12;

/// Letters and their lie, upright, in px at working size.
pub(super) struct Page {
    pub(super) turn: Turn,
    /// Height of a capital or digit, px.
    pub(super) letter_px: f32,
    /// Letters, or words whose letters run together, sorted from top to foot.
    pub(super) letters: Vec<Blob>,
    field: Field,
}

/// How lines run: their slope at even distances across and down the page. Between, slopes are interpolated; a
/// line is followed by adding them up from the axis.
struct Field {
    /// Where levels are measured: the middle of the text, px.
    axis: f32,
    /// First window's middle and distance of windows, px.
    across: [f32; 2],
    down: [f32; 2],
    /// Slopes, px down per px to the right, row of windows by row of windows; `N_ACROSS` in each.
    slopes: Vec<[f32; N_ACROSS]>,
}

impl Page {
    /// The text of `blobs` as `turn` sets it upright; `None` when there is too little that looks like text.
    pub(super) fn new(blobs: &[Blob], turn: Turn, letter_px: f32) -> Option<Self> {
        let upright: Vec<Blob> = blobs.iter().map(|blob| turn.upright(blob)).collect();
        let turn = turn.level(slope(&letters(&upright, letter_px), letter_px)?);
        let upright: Vec<Blob> = blobs.iter().map(|blob| turn.upright(blob)).collect();
        let mut letters = letters(&upright, letter_px);
        if letters.len() < LEAST_LETTERS {
            return None;
        }
        letters.sort_by(|a, b| a.middle()[1].total_cmp(&b.middle()[1]));
        let guides =
            upright.iter().filter(|blob| blob.height() < 1.5 * letter_px && blob.width() < 14.0 * letter_px);
        let guides: Vec<Blob> = guides.filter(|blob| blob.area >= 3.0).copied().collect();
        let field = Field::of(&letters, &guides, letter_px);
        Some(Self { turn, letter_px, letters, field })
    }

    /// Where the line through a point crosses the axis: the point's height with the slope taken out, px.
    pub(super) fn level(&self, [x, y]: Point) -> f32 {
        const ROUNDS: usize = 3;
        (0..ROUNDS).fold(y, |level, _| y - self.field.rise(level, x))
    }

    /// The height of the line that crosses the axis at `level`, at `x`, px.
    pub(super) fn height_at(&self, level: f32, x: f32) -> f32 {
        level + self.field.rise(level, x)
    }

    /// Slope at `x` of the line that crosses the axis at `level`, px down per px to the right.
    pub(super) fn slope(&self, level: f32, x: f32) -> f32 {
        self.field.at(level, x)
    }

    /// Slope of that line as a whole.
    pub(super) fn mean_slope(&self, level: f32) -> f32 {
        let [first, step] = self.field.across;
        let last = first + step * (N_ACROSS - 1) as f32;
        (self.field.rise(level, last) - self.field.rise(level, first)) / (last - first).max(1.0)
    }
}

/// Blobs as high as letters, and not too thin for them.
fn letters(upright: &[Blob], letter_px: f32) -> Vec<Blob> {
    let is_letter = |blob: &&Blob| {
        (LEAST_LETTER..1.5).contains(&(blob.height() / letter_px))
            && blob.width() < 14.0 * letter_px
            && blob.area > 0.08 * blob.width() * blob.height()
    };
    upright.iter().filter(is_letter).copied().collect()
}

/// The one slope at which letters gather best in lines.
fn slope(letters: &[Blob], letter_px: f32) -> Option<f32> {
    if letters.len() < LEAST_LETTERS {
        return None;
    }
    let axis = median(letters.iter().map(|letter| letter.middle()[0]).collect());
    let marks: Vec<Mark> = letters.iter().map(|letter| Mark::of(letter, axis, letter_px)).collect();
    let all = Steps::around(0.0, STEEPEST);
    Some(all.slope(best(&all.scores(&marks, letter_px))))
}

/// The quarter turn, 0 or 1, whose lines the letters stand along: a letter's nearest neighbour is the next letter
/// of its line, for letters stand closer than lines do.
pub(super) fn is_sideways(blobs: &[Blob]) -> bool {
    let lying = |sideways: bool| -> f32 {
        let turn = Turn::new(u8::from(sideways), 0.0, 0.0);
        let upright: Vec<Blob> = blobs.iter().map(|blob| turn.upright(blob)).collect();
        let Some(&letter_px) = letter_heights(&upright).first() else { return 0.0 };
        neighbours_beside(upright, letter_px)
    };
    lying(true) > lying(false)
}

/// Letters whose nearest neighbour of like height stands beside them rather than above or below.
fn neighbours_beside(blobs: Vec<Blob>, letter_px: f32) -> f32 {
    let like = |blob: &Blob| (0.7..1.4).contains(&(blob.height() / letter_px));
    let mut letters: Vec<Blob> = blobs.into_iter().filter(like).collect();
    letters.sort_by(|a, b| a.top.total_cmp(&b.top));
    let mut beside = 0.0;
    for (at, letter) in letters.iter().enumerate() {
        let near = letters[at + 1..].iter().take_while(|other| other.top < letter.bottom + letter_px);
        let gaps = near.map(|other| {
            let across = (other.left - letter.right).max(letter.left - other.right).max(0.0);
            let down = (other.top - letter.bottom).max(0.0);
            (across.max(down), across >= down)
        });
        if let Some((gap, is_beside)) = gaps.min_by(|a, b| a.0.total_cmp(&b.0))
            && gap < letter_px
        {
            beside += if is_beside { 1.0 } else { -1.0 };
        }
    }
    beside
}

/// Heights that letters may have, px, likeliest first: those that most of the ink in letter-like blobs has.
pub(super) fn letter_heights(blobs: &[Blob]) -> Vec<f32> {
    const PER_OCTAVE: f32 = 12.0;
    const MOST: usize = 3;
    let bin_of = |height: f32| (height / LEAST_LETTER_PX).log2() * PER_OCTAVE;
    let n_bins = bin_of(MOST_LETTER_PX) as usize + 1;
    let mut weights = vec![0.0f32; n_bins];
    for blob in blobs {
        let (width, height) = (blob.width(), blob.height());
        // Slanted lines of a leader are wide and nearly empty.
        let is_like_letters = (0.12..8.0).contains(&(width / height)) && blob.area > 0.16 * width * height;
        if !(LEAST_LETTER_PX..MOST_LETTER_PX).contains(&height) || !is_like_letters {
            continue;
        }
        // Wide words count as a few letters only: a rule or a fold is no word.
        let weight = height * width.min(4.0 * height);
        let bin = bin_of(height) as usize;
        for (near, share) in [(bin.wrapping_sub(1), 0.5), (bin, 1.0), (bin + 1, 0.5)] {
            if let Some(sum) = weights.get_mut(near) {
                *sum += share * weight;
            }
        }
    }
    let mut order: Vec<usize> = (0..n_bins).filter(|&bin| weights[bin] > 0.0).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let mut taken: Vec<usize> = Vec::new();
    for bin in order {
        if taken.len() < MOST && taken.iter().all(|other| other.abs_diff(bin) > 3) {
            taken.push(bin);
        }
    }
    taken.iter().map(|&bin| LEAST_LETTER_PX * ((bin as f32 + 0.5) / PER_OCTAVE).exp2()).collect()
}

impl Field {
    /// Slopes of lines down the page first, from letters alone; then what they differ by from side to side, where
    /// dots and dashes that lead to figures are followed as well.
    fn of(letters: &[Blob], guides: &[Blob], letter_px: f32) -> Self {
        let axis = median(letters.iter().map(|letter| letter.middle()[0]).collect());
        let marks: Vec<Mark> = letters.iter().map(|letter| Mark::of(letter, axis, letter_px)).collect();
        let down = [marks[0].y, WINDOW_STEP * letter_px];
        let n_down = ((marks[marks.len() - 1].y - down[0]) / down[1]) as usize + 1;
        let reach = WINDOW_REACH * letter_px;
        let level = |mark: &Mark| mark.y;
        let local = Steps::around(0.0, LOCAL_STEEPEST);
        let scores: Vec<Vec<f32>> = (0..n_down)
            .map(|window| {
                let near = between(&marks, level, down[0] + window as f32 * down[1], reach);
                local.trusted_scores(&near, letter_px)
            })
            .collect();
        let means: Vec<f32> = smoothest(&scores).into_iter().map(|step| local.slope(step)).collect();
        let mut places: Vec<f32> = letters.iter().map(|letter| letter.middle()[0]).collect();
        places.sort_by(f32::total_cmp);
        // Specks on the table around the sheet are no text.
        let few = places.len() / 100;
        let (left, right) = (places[few], places[places.len() - 1 - few]);
        let width = (right - left).max(1.0) / N_ACROSS as f32;
        let mut field = Self {
            axis,
            across: [left + width / 2.0, width],
            down,
            slopes: means.iter().map(|&mean| [mean; N_ACROSS]).collect(),
        };
        field.follow(guides, letter_px);
        field
    }

    /// Corrects each column of windows by the slope its own marks gather at best.
    fn follow(&mut self, guides: &[Blob], letter_px: f32) {
        let change = Steps::around(0.0, LOCAL_STEEPEST);
        for column in 0..N_ACROSS {
            let middle = self.across[0] + column as f32 * self.across[1];
            let is_here = |blob: &&Blob| (blob.middle()[0] - middle).abs() < COLUMN_REACH * self.across[1];
            let mut marks: Vec<Mark> =
                guides.iter().filter(is_here).map(|blob| Mark::of(blob, middle, letter_px)).collect();
            // Slopes down the page are taken out first, so that a window is cut along its lines.
            for mark in &mut marks {
                let level = mark.y - self.rise(mark.y, middle);
                mark.y -= self.mean(level) * mark.x;
            }
            marks.sort_by(|a, b| a.y.total_cmp(&b.y));
            let scores: Vec<Vec<f32>> = (0..self.slopes.len())
                .map(|window| {
                    let level = self.down[0] + window as f32 * self.down[1];
                    let here = level + self.rise(level, middle);
                    let near = between(&marks, |mark| mark.y, here, WINDOW_REACH * letter_px);
                    let mut scores = change.trusted_scores(&near, letter_px);
                    for (step, score) in scores.iter_mut().enumerate() {
                        *score -= STRAIGHTNESS * (change.slope(step) / 0.01).powi(2);
                    }
                    scores
                })
                .collect();
            for (window, step) in smoothest(&scores).into_iter().enumerate() {
                self.slopes[window][column] += change.slope(step);
            }
        }
    }

    /// Mean slope across the page.
    fn mean(&self, level: f32) -> f32 {
        let (window, next, share) = self.window(level);
        let mean = |slopes: &[f32; N_ACROSS]| slopes.iter().sum::<f32>() / N_ACROSS as f32;
        mean(&self.slopes[window]) * (1.0 - share) + mean(&self.slopes[next]) * share
    }

    fn window(&self, level: f32) -> (usize, usize, f32) {
        let last = self.slopes.len() - 1;
        let place = ((level - self.down[0]) / self.down[1]).clamp(0.0, last as f32);
        let window = place as usize;
        (window, (window + 1).min(last), place - window as f32)
    }

    /// Slope where the line that crosses the axis at `level` passes `x`.
    fn at(&self, level: f32, x: f32) -> f32 {
        let (window, next, share) = self.window(level);
        let place = ((x - self.across[0]) / self.across[1]).clamp(0.0, (N_ACROSS - 1) as f32);
        let (column, beside) = (place as usize, (place as usize + 1).min(N_ACROSS - 1));
        let along = place.fract();
        let of = |slopes: &[f32; N_ACROSS]| slopes[column] * (1.0 - along) + slopes[beside] * along;
        of(&self.slopes[window]) * (1.0 - share) + of(&self.slopes[next]) * share
    }

    /// How far the line that crosses the axis at `level` has come down at `x`, px: its slopes added up.
    fn rise(&self, level: f32, x: f32) -> f32 {
        let (window, next, share) = self.window(level);
        let slopes: [f32; N_ACROSS] =
            std::array::from_fn(|i| self.slopes[window][i] * (1.0 - share) + self.slopes[next][i] * share);
        self.integral(&slopes, x) - self.integral(&slopes, self.axis)
    }

    /// The integral of piecewise linear slopes from the first window's middle to `x`.
    fn integral(&self, slopes: &[f32; N_ACROSS], x: f32) -> f32 {
        let [first, step] = self.across;
        let place = (x - first) / step;
        if place <= 0.0 {
            return slopes[0] * place * step;
        }
        let mut sum = 0.0;
        for column in 0..N_ACROSS - 1 {
            let part = (place - column as f32).clamp(0.0, 1.0);
            let end = slopes[column] * (1.0 - part) + slopes[column + 1] * part;
            sum += part * (slopes[column] + end) / 2.0;
        }
        (sum + slopes[N_ACROSS - 1] * (place - (N_ACROSS - 1) as f32).max(0.0)) * step
    }
}

/// Marks whose level is within `reach` of `middle`.
fn between(marks: &[Mark], level: impl Fn(&Mark) -> f32, middle: f32, reach: f32) -> Vec<Mark> {
    marks.iter().filter(|mark| (level(mark) - middle).abs() < reach).copied().collect()
}

/// A letter's middle, x from the axis.
#[derive(Clone, Copy)]
struct Mark {
    x: f32,
    y: f32,
    weight: f32,
    /// A dot, a dash or an accent: none stands at the height letters do, so they are gathered apart from them.
    is_small: bool,
}

impl Mark {
    fn of(letter: &Blob, axis: f32, letter_px: f32) -> Self {
        let [x, y] = letter.middle();
        Self {
            x: x - axis,
            y,
            weight: letter.width().min(6.0 * letter.height()),
            is_small: letter.height() < LEAST_LETTER * letter_px,
        }
    }
}

/// Slopes that are tried.
struct Steps {
    first: f32,
    n: usize,
}

impl Steps {
    fn around(middle: f32, reach: f32) -> Self {
        Self { first: middle - reach, n: (2.0 * reach / SLOPE_STEP) as usize + 1 }
    }

    fn slope(&self, step: usize) -> f32 {
        self.first + step as f32 * SLOPE_STEP
    }

    /// How well letters gather in lines at each slope: the sum of squares of their projection, which is largest
    /// where lines fall on lines and gaps on gaps (Postl 1986; Bloomberg et al. 1995).
    fn scores(&self, marks: &[Mark], letter_px: f32) -> Vec<f32> {
        let reach = marks.iter().map(|mark| mark.x.abs()).fold(0.0, f32::max);
        let lean = reach * self.slope(0).abs().max(self.slope(self.n - 1).abs());
        let low = marks.iter().map(|mark| mark.y).fold(f32::INFINITY, f32::min) - lean;
        let high = marks.iter().map(|mark| mark.y).fold(f32::NEG_INFINITY, f32::max) + lean;
        if marks.is_empty() {
            return vec![0.0; self.n];
        }
        // Places in 1/256 of a bin: this is the layout's innermost loop.
        let per_px = 256.0 * BINS_PER_LETTER / letter_px;
        // Small marks are gathered beyond all letters.
        let apart = high - low + letter_px;
        let fixed: Vec<[i32; 3]> = marks
            .iter()
            .map(|mark| {
                let y = mark.y - low + if mark.is_small { apart } else { 0.0 };
                [(y * per_px) as i32, (mark.x * per_px * SLOPE_STEP * 256.0) as i32, mark.weight as i32]
            })
            .collect();
        let mut bins = vec![0i32; ((high - low + apart) * per_px / 256.0) as usize + 4];
        (0..self.n)
            .map(|step| {
                bins.fill(0);
                let slope = (self.slope(step) / SLOPE_STEP * 16.0) as i32;
                for &[y, x, weight] in &fixed {
                    let place = y.wrapping_sub(x.wrapping_mul(slope) >> 12).max(0);
                    let share = place & 255;
                    if let Some([one, other]) =
                        bins.get_mut((place >> 8) as usize..).and_then(|bins| bins.first_chunk_mut())
                    {
                        *one = one.wrapping_add(weight.wrapping_mul(256 - share));
                        *other = other.wrapping_add(weight.wrapping_mul(share));
                    }
                }
                squares(&bins)
            })
            .collect()
    }

    /// The same as shares of the best, worth less where there are few marks.
    fn trusted_scores(&self, marks: &[Mark], letter_px: f32) -> Vec<f32> {
        let mut scores = self.scores(marks, letter_px);
        let most = scores.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
        let trust = (marks.len() as f32 / MARKS_TO_TRUST).min(1.0);
        scores.iter_mut().for_each(|score| *score *= trust / most);
        scores
    }
}

/// The sum of squares of weights in 1/256, in eight sums that do not wait for each other.
fn squares(bins: &[i32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let mut add = |bins: &[i32]| {
        for (sum, &weight) in sums.iter_mut().zip(bins) {
            let weight = weight as f32 / 256.0;
            *sum += weight * weight;
        }
    };
    let (eights, rest) = bins.as_chunks::<8>();
    eights.iter().for_each(|eight| add(eight));
    add(rest);
    sums.iter().sum()
}

fn best(scores: &[f32]) -> usize {
    (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0)
}

/// The steps, one per window, with the best sum of scores less the cost of bending (Viterbi 1967).
fn smoothest(scores: &[Vec<f32>]) -> Vec<usize> {
    let cost = |from: usize, to: usize| {
        let change = (from.abs_diff(to)) as f32 * SLOPE_STEP / 0.01;
        BENDING_COST * change * change
    };
    let mut sums = scores[0].clone();
    let mut came_from: Vec<Vec<usize>> = Vec::with_capacity(scores.len());
    for here in &scores[1..] {
        let (next, from): (Vec<f32>, Vec<usize>) = here
            .iter()
            .enumerate()
            .map(|(to, score)| {
                let best = (0..sums.len())
                    .map(|from| (sums[from] - cost(from, to), from))
                    .max_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((0.0, 0));
                (score + best.0, best.1)
            })
            .unzip();
        sums = next;
        came_from.push(from);
    }
    let mut path = vec![best(&sums)];
    for from in came_from.iter().rev() {
        path.push(from[path[path.len() - 1]]);
    }
    path.reverse();
    path
}

/// The middle value; 0 for none.
pub(super) fn median(mut values: Vec<f32>) -> f32 {
    if values.is_empty() {
        return 0.0;
    }
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}
