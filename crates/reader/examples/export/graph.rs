//! Our net as a graph of ONNX operators: gradients by direction, their gathering, and the second perceptron.
//!
//! A gradient's part along one of eight directions is `max(0, min(a, b))` of two linear functions that vanish along
//! the neighbouring directions; so the features are convolutions, a minimum, a rectifier and two products with
//! matrices. Nothing is left out but the first perceptron, which finds the cell that this one is shown.

use super::protobuf::{Message, model, node, tensor, value};

const GRID: usize = 8;
const DIRECTIONS: usize = 8;
const CHANNELS: usize = DIRECTIONS + 1;
const FEATURES: usize = GRID * GRID * CHANNELS;
const WINDOW: [usize; 2] = [24, 28];
const PLACE_OUTPUTS: usize = 3;
const CLASSES: usize = 14;
/// Digits, and everything that is none.
const SCORES: usize = 11;

/// Weights of a layer as numbers, a row per output, and biases.
struct Layer {
    weights: Vec<f32>,
    biases: Vec<f32>,
}

/// The model of a file of weights; `None` when it is none.
pub(crate) fn onnx(weights: &[u8]) -> Option<Vec<u8>> {
    let mut rest = weights.strip_prefix(b"tpdigit1")?;
    let size = |bytes: &[u8]| Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)));
    let (place, class) = (size(rest.get(..2)?)?, size(rest.get(2..4)?)?);
    rest = &rest[4..];
    take_layer(&mut rest, FEATURES, place)?;
    take_layer(&mut rest, place, PLACE_OUTPUTS)?;
    let hidden = take_layer(&mut rest, FEATURES, class)?;
    let output = take_layer(&mut rest, class, CLASSES)?;
    rest.is_empty().then(|| model(&graph(&hidden, &output)))
}

fn take_layer(rest: &mut &[u8], n_inputs: usize, n_outputs: usize) -> Option<Layer> {
    let (numbers, after) = rest.split_at_checked(8 * n_outputs)?;
    let (steps, after) = after.split_at_checked(n_inputs * n_outputs)?;
    *rest = after;
    let numbers = numbers.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    let numbers: Vec<f32> = numbers.collect();
    let (scales, biases) = numbers.split_at(n_outputs);
    let weight = |(at, step): (usize, &u8)| (f32::from(*step) - 128.0) * scales[at / n_inputs.max(1)];
    let weights = steps.iter().enumerate().map(weight).collect();
    Some(Layer { weights, biases: biases.to_vec() })
}

fn graph(hidden: &Layer, output: &Layer) -> Message {
    let n_hidden = hidden.biases.len();
    let [a, b] = gradients();
    let constants = [
        tensor("a", &[DIRECTIONS, 1, 3, 3], &a),
        tensor("b", &[DIRECTIONS, 1, 3, 3], &b),
        tensor("middle", &[1, 1, 3, 3], &[0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
        tensor("columns", &[WINDOW[0], GRID], &gathering(WINDOW[0], |sample, part| sample * GRID + part)),
        tensor("rows", &[GRID, WINDOW[1]], &gathering(WINDOW[1], |sample, part| part * WINDOW[1] + sample)),
        tensor("gradient_scale", &[], &[48.0]),
        tensor("darkness_scale", &[], &[19.0]),
        tensor("zero", &[], &[0.0]),
        tensor("one", &[], &[1.0]),
        tensor("byte", &[], &[255.0]),
        tensor("hidden_weights", &[n_hidden, FEATURES], &by_channel(&hidden.weights)),
        tensor("hidden_biases", &[n_hidden], &hidden.biases),
        tensor("output_weights", &[CLASSES, n_hidden], &output.weights),
        tensor("output_biases", &[CLASSES], &output.biases),
        tensor("merge", &[CLASSES, SCORES], &merge()),
        tensor("least", &[], &[1e-9]),
    ];
    let rows = [("transB", &[1][..])];
    // rten takes the number of dimensions from it.
    let kernel = [("kernel_shape", &[3, 3][..])];
    let nodes = [
        node("Conv", &["cell", "a"], "along_a", &kernel),
        node("Conv", &["cell", "b"], "along_b", &kernel),
        node("Min", &["along_a", "along_b"], "along", &[]),
        node("Relu", &["along"], "gradient", &[]),
        node("MatMul", &["gradient", "columns"], "gradient_columns", &[]),
        node("MatMul", &["rows", "gradient_columns"], "gradient_parts", &[]),
        node("Sqrt", &["gradient_parts"], "gradient_roots", &[]),
        node("Mul", &["gradient_roots", "gradient_scale"], "gradient_steps", &[]),
        node("Conv", &["cell", "middle"], "inner", &kernel),
        node("Clip", &["inner", "zero", "one"], "darkness", &[]),
        node("MatMul", &["darkness", "columns"], "darkness_columns", &[]),
        node("MatMul", &["rows", "darkness_columns"], "darkness_parts", &[]),
        node("Mul", &["darkness_parts", "darkness_scale"], "darkness_steps", &[]),
        node("Concat", &["gradient_steps", "darkness_steps"], "steps", &[("axis", &[1])]),
        node("Clip", &["steps", "zero", "byte"], "clipped", &[]),
        node("Floor", &["clipped"], "bytes", &[]),
        node("Flatten", &["bytes"], "features", &[("axis", &[1])]),
        node("Gemm", &["features", "hidden_weights", "hidden_biases"], "sums", &rows),
        node("Relu", &["sums"], "activity", &[]),
        node("Gemm", &["activity", "output_weights", "output_biases"], "classes", &rows),
        node("Softmax", &["classes"], "shares", &[("axis", &[1])]),
        node("MatMul", &["shares", "merge"], "merged", &[]),
        node("Max", &["merged", "least"], "above_zero", &[]),
        node("Log", &["above_zero"], "scores", &[]),
    ];
    let graph = nodes.iter().fold(Message::default(), |graph, node| graph.bytes(1, &node.0));
    let graph = constants.iter().fold(graph.bytes(2, "digits"), |graph, tensor| graph.bytes(5, &tensor.0));
    let cell = value("cell", &[0, 1, WINDOW[1] + 2, WINDOW[0] + 2]);
    graph.bytes(11, cell.0).bytes(12, value("scores", &[0, SCORES]).0)
}

/// Filters of the two linear functions of each direction, from Sobel's for across and down.
fn gradients() -> [Vec<f32>; 2] {
    const ACROSS: [f32; 9] = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    const DOWN: [f32; 9] = [-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0];
    const AXES: [[f32; 2]; 5] = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]];
    let mut filters = [const { Vec::new() }; 2];
    for direction in 0..DIRECTIONS {
        let (one, next) = (AXES[direction / 2], AXES[direction / 2 + 1]);
        let pair = if direction % 2 == 0 {
            // An axis: what lies along it less what lies aside, on either side.
            [[one[0] - next[0], one[1] - next[1]], [one[0] + next[0], one[1] + next[1]]]
        } else {
            [one, next].map(|axis| axis.map(|part| part * std::f32::consts::SQRT_2))
        };
        for (filters, [across, down]) in filters.iter_mut().zip(pair) {
            let taps = ACROSS.iter().zip(&DOWN);
            filters.extend(taps.map(|(x, y)| 0.125 * (across * x + down * y)));
        }
    }
    filters
}

/// Overlapping weights of samples in parts of the grid.
fn gathering(n: usize, at: impl Fn(usize, usize) -> usize) -> Vec<f32> {
    let mut weights = vec![0.0; n * GRID];
    for sample in 0..n {
        let middle = (sample as f32 + 0.5) * GRID as f32 / n as f32 - 0.5;
        for part in 0..GRID {
            // Before the first part's middle and after the last one's there is no neighbour to share with.
            let near = middle.clamp(0.0, (GRID - 1) as f32);
            weights[at(sample, part)] = (1.0 - (near - part as f32).abs()).max(0.0);
        }
    }
    weights
}

/// Rows of weights for features ordered by channel before place.
fn by_channel(weights: &[f32]) -> Vec<f32> {
    let row = |row: &[f32]| -> Vec<f32> {
        (0..FEATURES).map(|at| row[at % (GRID * GRID) * CHANNELS + at / (GRID * GRID)]).collect()
    };
    weights.chunks_exact(FEATURES).flat_map(row).collect()
}

/// Both shapes of the zero are one digit; an empty cell, a leader and anything else are none.
fn merge() -> Vec<f32> {
    let score = |class: usize| match class {
        10 => 0,
        11.. => SCORES - 1,
        digit => digit,
    };
    (0..CLASSES * SCORES).map(|at| if score(at / SCORES) == at % SCORES { 1.0 } else { 0.0 }).collect()
}
