//! ONNX models run by rten, each step in a thread of its own.
//!
//! A panic in rten ends that thread, and the join says so. A thread that belongs to nobody's pool also waits where
//! a thread of a caller's pool would begin another picture in the middle of this one.

use std::sync::Arc;

use rten::{DataType, ValueType, op_types as op};
use rten::{Dimension, Model, ModelOptions, NodeId, OpRegistry, RegisterOp, RunOptions, ThreadPool, Value};

use super::{ModelFault, SCORES};
use crate::digits::{CELL_PICTURE, CellPicture};

/// Operators whose work does not depend on what they are given.
const OPERATORS: &[&(dyn RegisterOp + Sync)] = &[
    &op::Abs,
    &op::Add,
    &op::AveragePool,
    &op::BatchNormalization,
    &op::Clip,
    &op::Concat,
    &op::Conv,
    &op::Div,
    &op::Elu,
    &op::Exp,
    &op::Flatten,
    &op::Floor,
    &op::Gelu,
    &op::Gemm,
    &op::GlobalAveragePool,
    &op::HardSigmoid,
    &op::HardSwish,
    &op::Identity,
    &op::LayerNormalization,
    &op::LeakyRelu,
    &op::Log,
    &op::LogSoftmax,
    &op::MatMul,
    &op::Max,
    &op::MaxPool,
    &op::Min,
    &op::Mul,
    &op::Neg,
    &op::PRelu,
    &op::Relu,
    &op::Reshape,
    &op::Sigmoid,
    &op::Softmax,
    &op::Sqrt,
    &op::Squeeze,
    &op::Sub,
    &op::Tanh,
    &op::Transpose,
    &op::Unsqueeze,
];

/// The shape of what a model is given: one picture of one channel.
const SHAPE: [usize; 4] = [1, 1, CELL_PICTURE[1], CELL_PICTURE[0]];

/// A model that takes cells and gives scores.
pub(super) struct Engine {
    model: Model,
    input: NodeId,
    output: NodeId,
    threads: Arc<ThreadPool>,
}

impl Engine {
    pub(super) fn load(bytes: Vec<u8>) -> Result<Self, ModelFault> {
        let load = || {
            let operators: Vec<&dyn RegisterOp> =
                OPERATORS.iter().map(|operator| *operator as &dyn RegisterOp).collect();
            let mut options = ModelOptions::with_ops(OpRegistry::with_ops(&operators));
            // Optimizing runs parts of the model before anything of it was checked.
            options.enable_optimization(false);
            options.load(bytes).map_err(|error| error.to_string())
        };
        let model = apart(load).map_err(ModelFault::NotAModel)?;
        let ([input], [output]) = (model.input_ids(), model.output_ids()) else {
            return Err(ModelFault::Contract("a model with one input and one output is needed".into()));
        };
        let (input, output) = (*input, *output);
        let node = model.node_info(input);
        let shape = node.as_ref().and_then(|node| node.shape()).unwrap_or_default();
        let fits = |(dimension, needed): (&Dimension, &usize)| match dimension {
            Dimension::Fixed(n) => n == needed,
            Dimension::Symbolic(_) => true,
        };
        if shape.len() != SHAPE.len() || !shape.iter().zip(&SHAPE).all(fits) {
            return Err(ModelFault::Contract(format!("its input is {shape:?} instead of {SHAPE:?}")));
        }
        let dtype = node.and_then(|node| node.dtype());
        if dtype.is_some_and(|dtype| dtype != ValueType::Tensor(DataType::Float)) {
            return Err(ModelFault::Contract("its input is not made of 32-bit floats".into()));
        }
        let threads = Arc::new(ThreadPool::with_num_threads(1));
        Ok(Self { model, input, output, threads })
    }

    /// Scores of a cell, or why there are none.
    pub(super) fn run(&self, cell: &CellPicture) -> Result<Vec<f32>, String> {
        let run = || {
            let cell = Value::from_shape(&SHAPE, cell.to_vec()).map_err(|error| error.to_string())?;
            let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
            let given = vec![(self.input, cell.into())];
            let [scores] =
                self.model.run_n(given, [self.output], Some(options)).map_err(|error| error.to_string())?;
            let ([1, SCORES], scores) =
                scores.into_shape_vec::<f32, 2>().map_err(|error| error.to_string())?
            else {
                return Err(format!("its output is not [1, {SCORES}]"));
            };
            Ok(scores)
        };
        apart(run)
    }
}

/// What `step` gives, done in a thread that may die of it.
fn apart<T: Send>(step: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("recogniser".into());
        let thread = thread.spawn_scoped(scope, step).map_err(|error| error.to_string())?;
        thread.join().unwrap_or_else(|_| Err("it makes its runtime fail".into()))
    })
}
