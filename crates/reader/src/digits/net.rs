//! The net: features in, classes or places out, in whole numbers up to the last layer.

#![allow(
    clippy::cast_precision_loss,
    reason = "sums of 576 products of bytes stay far below 2^24 steps of f32's grain"
)]

use super::features::{Features, N_FEATURES};
use super::{CLASSES, Net, PLACE_OUTPUTS};

/// Most hidden units a net may have.
const MAX_HIDDEN: usize = 512;
/// First bytes of a file of weights; the last one is its version.
const MAGIC: &[u8; 8] = b"tpdigit1";

/// Why bytes are no net.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetFault {
    /// When the first bytes are not those of a file of weights of this version.
    #[error("these bytes are no digit weights of this version")]
    Foreign,
    /// When a layer's size is 0 or above what is accepted.
    #[error("a layer of {n_hidden} units is outside 1 to {MAX_HIDDEN}")]
    Size {
        /// Units it says to have.
        n_hidden: usize,
    },
    /// When there are fewer or more bytes than the layers need.
    #[error("{found} bytes of weights where {expected} are needed")]
    Length {
        /// Bytes needed.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// When a scale or bias is no finite number of moderate size.
    #[error("a scale or bias is not a usable number")]
    Number,
}

/// A layer whose weights are bytes: each output's in 1/127 of its largest one.
#[derive(Clone, PartialEq)]
pub(super) struct Layer {
    n_inputs: usize,
    /// Per output, the value of a weight's step times that of an input's step.
    scales: Vec<f32>,
    /// One per output.
    biases: Vec<f32>,
    /// Per output, a row of one per input; kept in 16 bits so that products add up many at a time.
    weights: Vec<i16>,
}

/// Two layers with a rectifier between.
#[derive(Clone, PartialEq)]
pub(super) struct Perceptron {
    pub(super) hidden: Layer,
    pub(super) output: Layer,
}

impl Layer {
    /// Brings weights (one row per output) to bytes; inputs will come in whole numbers of `input_step`.
    pub(super) fn quantized(weights: &[f32], biases: &[f32], input_step: f32) -> Self {
        let n_inputs = (weights.len() / biases.len().max(1)).max(1);
        let mut layer = Self {
            n_inputs,
            scales: Vec::new(),
            biases: biases.to_vec(),
            weights: Vec::with_capacity(weights.len()),
        };
        for row in weights.chunks_exact(n_inputs) {
            let largest = row.iter().fold(0.0f32, |most, weight| most.max(weight.abs())).max(1e-6);
            #[allow(clippy::cast_possible_truncation, reason = "at most 127 steps of the largest")]
            let steps =
                row.iter().map(|weight| (weight / largest * 127.0).round().clamp(-127.0, 127.0) as i16);
            layer.weights.extend(steps);
            layer.scales.push(largest / 127.0 * input_step);
        }
        layer
    }

    pub(super) fn n_outputs(&self) -> usize {
        self.biases.len()
    }

    /// Weights for inputs in whole numbers, one row of `n_inputs` per output.
    pub(super) fn weights(&self) -> impl Iterator<Item = f32> {
        let rows = self.weights.chunks_exact(self.n_inputs).zip(&self.scales);
        rows.flat_map(|(row, scale)| row.iter().map(move |step| f32::from(*step) * scale))
    }

    pub(super) fn biases(&self) -> &[f32] {
        &self.biases
    }

    /// Sums for whole-number inputs: exact, so any order of addition gives the same.
    fn whole<const N: usize>(&self, inputs: &[i16; N]) -> impl Iterator<Item = f32> {
        let dot = move |row: &[i16]| -> i32 {
            row.iter().zip(inputs).fold(0, |sum, (weight, input)| {
                sum.wrapping_add(i32::from(*weight).wrapping_mul(i32::from(*input)))
            })
        };
        let rows = self.weights.chunks_exact(self.n_inputs).zip(self.scales.iter().zip(&self.biases));
        rows.map(move |(row, (scale, bias))| dot(row) as f32 * scale + bias)
    }

    /// Sums for any inputs, added in order.
    fn real(&self, inputs: &[f32], output: usize) -> f32 {
        let row = &self.weights[output * self.n_inputs..][..self.n_inputs];
        let sum = row.iter().zip(inputs).fold(0.0, |sum, (weight, input)| sum + f32::from(*weight) * input);
        sum * self.scales[output] + self.biases[output]
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        self.scales.iter().chain(&self.biases).for_each(|number| bytes.extend(number.to_le_bytes()));
        // Quantizing bounds weights to a signed byte, stored with 128 added.
        bytes.extend(self.weights.iter().map(|step| (step + 128).to_le_bytes()[0]));
    }

    fn n_bytes(n_inputs: usize, n_outputs: usize) -> usize {
        2 * 4 * n_outputs + n_inputs * n_outputs
    }

    fn take(bytes: &mut &[u8], n_inputs: usize, n_outputs: usize) -> Result<Self, NetFault> {
        let mut numbers = || (0..n_outputs).map(|_| take_number(bytes)).collect::<Result<Vec<_>, _>>();
        let (scales, biases) = (numbers()?, numbers()?);
        let (steps, rest) = bytes.split_at_checked(n_inputs * n_outputs).ok_or(NetFault::Number)?;
        *bytes = rest;
        let weights = steps.iter().map(|step| i16::from(*step) - 128).collect();
        Ok(Self { n_inputs, scales, biases, weights })
    }
}

fn take_number(bytes: &mut &[u8]) -> Result<f32, NetFault> {
    const LARGEST: f32 = 1e6;
    let (first, rest) = bytes.split_first_chunk::<4>().ok_or(NetFault::Number)?;
    *bytes = rest;
    let number = f32::from_le_bytes(*first);
    if number.abs() <= LARGEST { Ok(number) } else { Err(NetFault::Number) }
}

impl Perceptron {
    /// What the output layer says of a window.
    pub(super) fn outputs<const N: usize>(&self, features: &Features) -> [f32; N] {
        let inputs: [i16; N_FEATURES] = features.map(i16::from);
        let hidden: Vec<f32> = self.hidden.whole(&inputs).map(|sum| sum.max(0.0)).collect();
        std::array::from_fn(|output| self.output.real(&hidden, output))
    }
}

impl Net {
    /// The net in bytes, as [`Net::from_bytes`] takes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for part in [&self.place, &self.class] {
            let n_hidden = u16::try_from(part.hidden.n_outputs()).unwrap_or(u16::MAX);
            bytes.extend(n_hidden.to_le_bytes());
        }
        for part in [&self.place, &self.class] {
            part.hidden.put(&mut bytes);
            part.output.put(&mut bytes);
        }
        bytes
    }

    /// A net from bytes of any origin.
    ///
    /// # Errors
    /// [`NetFault`] when the bytes are not exactly a net's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NetFault> {
        let sizes = bytes.strip_prefix(MAGIC).ok_or(NetFault::Foreign)?;
        let (sizes, mut rest) = sizes.split_first_chunk::<4>().ok_or(NetFault::Foreign)?;
        let sizes =
            [[sizes[0], sizes[1]], [sizes[2], sizes[3]]].map(|size| usize::from(u16::from_le_bytes(size)));
        if let Some(&n_hidden) = sizes.iter().find(|n_hidden| !(1..=MAX_HIDDEN).contains(*n_hidden)) {
            return Err(NetFault::Size { n_hidden });
        }
        let outputs = [PLACE_OUTPUTS, CLASSES];
        let needed = |(n_hidden, n_outputs): (&usize, &usize)| {
            Layer::n_bytes(N_FEATURES, *n_hidden) + Layer::n_bytes(*n_hidden, *n_outputs)
        };
        let expected = sizes.iter().zip(&outputs).map(needed).sum();
        if rest.len() != expected {
            return Err(NetFault::Length { expected, found: rest.len() });
        }
        let mut take = |part: usize| {
            Ok(Perceptron {
                hidden: Layer::take(&mut rest, N_FEATURES, sizes[part])?,
                output: Layer::take(&mut rest, sizes[part], outputs[part])?,
            })
        };
        Ok(Self { place: take(0)?, class: take(1)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(n_inputs: usize, n_outputs: usize) -> Layer {
        let weight = |at: usize| ((at * 37 % 101) as f32 - 50.0) / 300.0;
        let weights: Vec<f32> = (0..n_inputs * n_outputs).map(weight).collect();
        Layer::quantized(&weights, &vec![0.25; n_outputs], 1.0)
    }

    fn net() -> Net {
        let part = |n_hidden, n_outputs| Perceptron {
            hidden: layer(N_FEATURES, n_hidden),
            output: layer(n_hidden, n_outputs),
        };
        Net { place: part(3, PLACE_OUTPUTS), class: part(5, CLASSES) }
    }

    #[test]
    fn bytes_there_and_back() {
        let bytes = net().to_bytes();
        let back = Net::from_bytes(&bytes).unwrap();
        assert!(back == net());
        assert_eq!(back.to_bytes(), bytes);
    }

    #[test]
    fn bytes_that_are_no_net_are_refused_with_a_reason() {
        let bytes = net().to_bytes();
        assert_eq!(Net::from_bytes(b"").err(), Some(NetFault::Foreign));
        assert_eq!(Net::from_bytes(&bytes[..10]).err(), Some(NetFault::Foreign));
        let cut = Net::from_bytes(&bytes[..bytes.len() - 1]).err();
        assert!(matches!(cut, Some(NetFault::Length { expected, found }) if expected == found + 1));
        let mut huge = bytes.clone();
        huge[8..10].copy_from_slice(&[255, 255]);
        assert_eq!(Net::from_bytes(&huge).err(), Some(NetFault::Size { n_hidden: 65535 }));
        let mut wild = bytes;
        wild[12..16].copy_from_slice(&f32::NAN.to_le_bytes());
        assert_eq!(Net::from_bytes(&wild).err(), Some(NetFault::Number));
    }

    #[test]
    fn bytes_of_weights_change_the_numbers_little() {
        let weights: Vec<f32> = (0..40).map(|i| (i as f32 - 20.0) / 10.0).collect();
        let layer = Layer::quantized(&weights, &[0.0; 4], 0.5);
        for (weight, back) in weights.iter().zip(layer.weights()) {
            assert!((weight - back / 0.5).abs() <= 2.0 / 127.0 / 2.0 + 1e-6);
        }
    }
}
