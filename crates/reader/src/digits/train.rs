//! Teaching the net: samples in, weights out, the same bytes from the same samples and seed.
//!
//! Both perceptrons are taught by Adam (D. Kingma, J. Ba, ICLR 2015) in batches, each on one thread in one order of
//! addition, and brought to bytes at the end. Nothing here knows where samples come from: sheets of our renderer, whose figures
//! are known, or a user's own sheets, whose figures are what their codes say.

use std::thread;

use super::features::{Features, N_FEATURES};
use super::net::{Layer, Perceptron};
use super::{CELL, CLASSES, Net, PLACE_OUTPUTS};

/// A window near a digit or near none.
#[derive(Clone)]
pub struct PlaceSample {
    pub(crate) features: Features,
    /// From the window's middle to the digit's, in samples of the strip; `None` where no digit is near.
    pub(crate) digit: Option<[f32; 2]>,
}

/// A window and what stands in it.
#[derive(Clone)]
pub struct ClassSample {
    pub(crate) features: Features,
    pub(crate) class: usize,
}

/// What a net is taught by.
#[derive(Clone, Default)]
pub struct Lessons {
    /// For finding digits.
    pub places: Vec<PlaceSample>,
    /// For telling them apart.
    pub classes: Vec<ClassSample>,
}

/// How a net is taught.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Hidden units for finding digits and for telling them apart; those of the net to start from, if there is one.
    pub n_hidden: [usize; 2],
    /// Times every sample is shown.
    pub n_rounds: usize,
    /// First step of Adam; steps shrink linearly to nothing.
    pub step: f32,
    /// Seed of first weights and of the order of samples.
    pub seed: u64,
}

impl Plan {
    /// How the shipped weights were taught.
    #[must_use]
    pub fn shipped() -> Self {
        Self { n_hidden: [40, 112], n_rounds: 12, step: 1.5e-3, seed: 1 }
    }
}

/// Weights taught by `lessons`, from scratch or from `start`.
#[must_use]
pub fn train(lessons: &Lessons, plan: &Plan, start: Option<&Net>) -> Net {
    let seed = |part: u64| Chance(plan.seed.wrapping_mul(2).wrapping_add(part));
    let (place, class) = thread::scope(|scope| {
        let start_place = start.map(|net| &net.place);
        let place = scope.spawn(move || teach(&lessons.places, plan, start_place, plan.n_hidden[0], seed(0)));
        let class = teach(&lessons.classes, plan, start.map(|net| &net.class), plan.n_hidden[1], seed(1));
        (place.join().expect("invariant: teaching has nothing to fail at"), class)
    });
    Net { place, class }
}

/// A sample that can say how wrong an answer is.
trait Lesson {
    const N_OUTPUTS: usize;
    fn features(&self) -> &Features;
    /// Slope of the loss by each output, written over the outputs.
    fn slope(&self, outputs: &mut [f32]);
}

impl Lesson for ClassSample {
    const N_OUTPUTS: usize = CLASSES;

    fn features(&self) -> &Features {
        &self.features
    }

    /// Cross entropy of the softmax.
    fn slope(&self, outputs: &mut [f32]) {
        let mut sums = [0.0; CLASSES];
        sums.copy_from_slice(outputs);
        outputs.copy_from_slice(&super::softmax(sums));
        outputs[self.class] -= 1.0;
    }
}

impl Lesson for PlaceSample {
    const N_OUTPUTS: usize = PLACE_OUTPUTS;

    fn features(&self) -> &Features {
        &self.features
    }

    /// Squared distance in cells where there is a digit, and cross entropy of there being one.
    fn slope(&self, outputs: &mut [f32]) {
        const WEIGHT: f32 = 4.0;
        let near = 1.0 / (1.0 + libm::expf(-outputs[2]));
        match self.digit {
            Some(to) => {
                outputs[0] = WEIGHT * (outputs[0] - to[0] / CELL as f32);
                outputs[1] = WEIGHT * (outputs[1] - to[1] / CELL as f32);
                outputs[2] = near - 1.0;
            }
            None => outputs.copy_from_slice(&[0.0, 0.0, near]),
        }
    }
}

/// Value of a feature's step while teaching: inputs of about 1 suit the first weights.
const INPUT_STEP: f32 = 1.0 / 64.0;
/// Samples between two steps.
const BATCH: usize = 64;

fn teach<L: Lesson>(
    lessons: &[L],
    plan: &Plan,
    start: Option<&Perceptron>,
    n_hidden: usize,
    mut chance: Chance,
) -> Perceptron {
    let mut pupil = start.map_or_else(
        || Pupil::new(n_hidden, L::N_OUTPUTS, &mut chance),
        |start| Pupil::of(start, L::N_OUTPUTS),
    );
    let mut order: Vec<usize> = (0..lessons.len()).collect();
    let n_batches = lessons.len().div_ceil(BATCH) * plan.n_rounds;
    let mut done = 0;
    for _ in 0..plan.n_rounds {
        chance.shuffle(&mut order);
        for batch in order.chunks(BATCH) {
            batch.iter().for_each(|&at| pupil.see(&lessons[at]));
            pupil.step(plan.step * (1.0 - done as f32 / n_batches as f32), batch.len());
            done += 1;
        }
    }
    pupil.graduate()
}

/// A perceptron that learns.
struct Pupil {
    n_hidden: usize,
    n_outputs: usize,
    /// One row per *input*, so that inputs that are 0 cost nothing.
    hidden: Adam,
    hidden_biases: Adam,
    /// One row per output.
    output: Adam,
    output_biases: Adam,
    activity: Vec<f32>,
    blame: Vec<f32>,
}

impl Pupil {
    fn new(n_hidden: usize, n_outputs: usize, chance: &mut Chance) -> Self {
        // He et al. 2015 for rectifiers, over the inputs that are usually not 0.
        let mut draw = |n: usize, spread: f32| Adam::new((0..n).map(|_| spread * chance.around()).collect());
        let hidden = draw(N_FEATURES * n_hidden, 0.1);
        let output = draw(n_hidden * n_outputs, 1.0 / (n_hidden as f32).sqrt());
        Self::with(
            n_hidden,
            n_outputs,
            hidden,
            Adam::new(vec![0.0; n_hidden]),
            output,
            Adam::new(vec![0.0; n_outputs]),
        )
    }

    fn of(start: &Perceptron, n_outputs: usize) -> Self {
        let n_hidden = start.hidden.n_outputs();
        let rows: Vec<f32> = start.hidden.weights().map(|weight| weight / INPUT_STEP).collect();
        let hidden = Adam::new(transposed(&rows, N_FEATURES));
        let output = Adam::new(start.output.weights().collect());
        let biases = |layer: &Layer| Adam::new(layer.biases().to_vec());
        Self::with(n_hidden, n_outputs, hidden, biases(&start.hidden), output, biases(&start.output))
    }

    fn with(
        n_hidden: usize,
        n_outputs: usize,
        hidden: Adam,
        hidden_biases: Adam,
        output: Adam,
        output_biases: Adam,
    ) -> Self {
        let (activity, blame) = (vec![0.0; n_hidden], vec![0.0; n_hidden]);
        Self { n_hidden, n_outputs, hidden, hidden_biases, output, output_biases, activity, blame }
    }

    /// Adds a sample's slopes.
    fn see<L: Lesson>(&mut self, lesson: &L) {
        let n_hidden = self.n_hidden;
        let inputs = || lesson.features().iter().enumerate().filter(|(_, byte)| **byte > 0);
        self.activity.copy_from_slice(&self.hidden_biases.values);
        for (at, byte) in inputs() {
            let row = &self.hidden.values[at * n_hidden..][..n_hidden];
            add(&mut self.activity, row, f32::from(*byte) * INPUT_STEP);
        }
        self.activity.iter_mut().for_each(|unit| *unit = unit.max(0.0));
        let rows = self.output.values.chunks_exact(n_hidden).zip(&self.output_biases.values);
        let sum =
            |row: &[f32]| row.iter().zip(&self.activity).fold(0.0, |sum, (weight, unit)| sum + weight * unit);
        let mut outputs: Vec<f32> = rows.map(|(row, bias)| sum(row) + bias).collect();
        lesson.slope(&mut outputs);
        self.blame.fill(0.0);
        for (output, slope) in outputs.iter().enumerate() {
            let range = output * n_hidden..(output + 1) * n_hidden;
            add(&mut self.blame, &self.output.values[range.clone()], *slope);
            add(&mut self.output.slopes[range], &self.activity, *slope);
        }
        add(&mut self.output_biases.slopes, &outputs, 1.0);
        let silent = self.blame.iter_mut().zip(&self.activity).filter(|(_, unit)| **unit <= 0.0);
        silent.for_each(|(blame, _)| *blame = 0.0);
        for (at, byte) in inputs() {
            let row = &mut self.hidden.slopes[at * n_hidden..][..n_hidden];
            add(row, &self.blame, f32::from(*byte) * INPUT_STEP);
        }
        add(&mut self.hidden_biases.slopes, &self.blame, 1.0);
    }

    fn step(&mut self, step: f32, n_samples: usize) {
        for part in [&mut self.hidden, &mut self.hidden_biases, &mut self.output, &mut self.output_biases] {
            part.step(step, 1.0 / n_samples as f32);
        }
    }

    fn graduate(&self) -> Perceptron {
        let hidden = transposed(&self.hidden.values, self.n_hidden);
        let perceptron = Perceptron {
            hidden: Layer::quantized(&hidden, &self.hidden_biases.values, INPUT_STEP),
            output: Layer::quantized(&self.output.values, &self.output_biases.values, 1.0),
        };
        debug_assert_eq!(perceptron.output.n_outputs(), self.n_outputs, "rows per output");
        perceptron
    }
}

/// `to += factor * from`, number by number.
fn add(to: &mut [f32], from: &[f32], factor: f32) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += factor * from);
}

/// Rows of `n` numbers as columns.
fn transposed(values: &[f32], n: usize) -> Vec<f32> {
    let n_rows = values.len() / n.max(1);
    (0..values.len()).map(|at| values[at % n_rows * n + at / n_rows]).collect()
}

/// Weights with Adam's memory of their slopes.
struct Adam {
    values: Vec<f32>,
    slopes: Vec<f32>,
    mean: Vec<f32>,
    square: Vec<f32>,
    /// Powers of the two rates of forgetting.
    forgotten: [f32; 2],
}

/// Rates of forgetting slopes and their squares, as Kingma and Ba recommend.
const KEEP: [f32; 2] = [0.9, 0.999];
/// Share of a weight lost with every step at full length (I. Loshchilov, F. Hutter, ICLR 2019).
const DECAY: f32 = 0.01;

impl Adam {
    fn new(values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self { values, slopes: zeros.clone(), mean: zeros.clone(), square: zeros, forgotten: [1.0; 2] }
    }

    fn step(&mut self, step: f32, per_sample: f32) {
        self.forgotten = [0, 1].map(|i| self.forgotten[i] * KEEP[i]);
        let unbiased = self.forgotten.map(|forgotten| 1.0 / (1.0 - forgotten));
        let memory = self.mean.iter_mut().zip(&mut self.square);
        for ((value, slope), (mean, square)) in self.values.iter_mut().zip(&mut self.slopes).zip(memory) {
            let now = *slope * per_sample;
            *slope = 0.0;
            *mean = KEEP[0] * *mean + (1.0 - KEEP[0]) * now;
            *square = KEEP[1] * *square + (1.0 - KEEP[1]) * now * now;
            let scaled = *mean * unbiased[0] / ((*square * unbiased[1]).sqrt() + 1e-8);
            *value -= step * (scaled + DECAY * *value);
        }
    }
}

/// Seeded chance: SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014).
pub struct Chance(u64);

impl Chance {
    /// Chance that follows from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Uniform in -1..1, mean square 1/3.
    pub fn around(&mut self) -> f32 {
        let [high, low, ..] = self.bits().to_le_bytes();
        f32::from(u16::from_le_bytes([low, high])) / 32768.0 - 1.0
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.bits().is_multiple_of(n)
    }

    /// Below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.bits() % (n as u64).max(1)).unwrap_or(0)
    }

    /// R. Fisher and F. Yates' shuffle, as D. Knuth has it.
    fn shuffle(&mut self, order: &mut [usize]) {
        for last in (1..order.len()).rev() {
            let other = self.below(last + 1);
            order.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Windows that differ in where they are bright.
    fn lessons() -> Lessons {
        let mut lessons = Lessons::default();
        for i in 0..400 {
            let class = i % CLASSES;
            let mut features = [0; N_FEATURES];
            features[class * 40..][..20].fill(100 + [0, 3, 6][i % 3]);
            features[i % 40 + 530] = 90;
            lessons.classes.push(ClassSample { features, class });
            let digit = (class < 10).then_some([class as f32 - 5.0, 2.0]);
            lessons.places.push(PlaceSample { features, digit });
        }
        lessons
    }

    #[test]
    fn it_learns_what_it_is_shown_and_the_same_lessons_give_the_same_bytes() {
        let plan = Plan { n_hidden: [32, 32], n_rounds: 80, step: 3e-3, seed: 3 };
        let net = train(&lessons(), &plan, None);
        assert_eq!(net.to_bytes(), train(&lessons(), &plan, None).to_bytes());
        for sample in &lessons().classes {
            assert!(net.classify(&sample.features)[sample.class] > 0.9);
        }
        for sample in &lessons().places {
            let nudge = net.place(&sample.features);
            match sample.digit {
                Some(to) => {
                    assert!(nudge.digit > 0.9 && (nudge.by[0] - to[0]).abs() < 1.5, "{nudge:?} {to:?}");
                }
                None => assert!(nudge.digit < 0.1, "{nudge:?}"),
            }
        }
    }

    #[test]
    fn learning_goes_on_where_it_stopped() {
        let plan = Plan { n_hidden: [32, 32], n_rounds: 80, step: 3e-3, seed: 3 };
        let net = train(&lessons(), &plan, None);
        let again = train(&lessons(), &Plan { n_rounds: 1, step: 1e-6, ..plan }, Some(&net));
        let features = &lessons().classes[5].features;
        assert!((net.classify(features)[5] - again.classify(features)[5]).abs() < 0.05);
    }
}
