//! Our own net, exported and run by rten, says what it says here; hostile models are refused.

use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

use super::{CELL_PICTURE, ModelFault, NO_DIGIT, Recogniser};
use crate::digits::{BLANK, CLASSES, Gradients, MARKED_ZERO, Net, Strip};
use crate::image::{DecodeLimits, decode_luma};
use crate::layout::FigurePlace;

#[path = "../../examples/export/graph.rs"]
mod graph;
#[path = "../../examples/export/protobuf.rs"]
mod protobuf;

use protobuf::{Message, model, node, tensor, value};

fn exported() -> Vec<u8> {
    graph::onnx(&Net::shipped().to_bytes()).expect("they are weights")
}

/// The place that a layout would name for a figure of a flat photograph.
#[allow(clippy::cast_possible_truncation, reason = "px")]
fn place([[left, top], _, [right, foot], _]: tallyproof_render::Quad, n: usize) -> FigurePlace {
    let [left, top, right, foot] = [left, top, right, foot].map(|px| px as f32);
    let cell = [(right - left) / n as f32, 0.0];
    FigurePlace {
        right: [right, (top + foot) / 2.0],
        cell,
        half_height: [0.0, (foot - top) / 2.0],
        max_cells: 6,
    }
}

#[test]
fn rten_gives_our_nets_probabilities_on_cells_of_rendered_sheets() {
    let (net, recogniser) = (Net::shipped(), Recogniser::from_bytes(exported()).unwrap());
    let (mut n, mut sure, mut farthest) = (0, [0; super::SCORES], 0.0f32);
    for seed in 1_960_000..1_960_006 {
        let paper = print_sheet(&specimen(seed).face, &Style::everyday(seed)).unwrap();
        let photo = photograph(&paper, &Damage { defocus_px: 0.6, noise: 2.0, ..Damage::none() }, seed);
        let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
        for field in photo.fields.iter().filter(|field| field.text.bytes().all(|b| b.is_ascii_digit())) {
            let strip = Strip::sample(&luma, &place(field.quad, field.text.len()));
            let gradients = Gradients::of(&strip, strip.contrast);
            for from_last in -1..4 {
                let at = strip.cell(from_last);
                let ours = net.classify(&gradients.features(at));
                let theirs = recogniser.probabilities(&strip.cell_picture(at, strip.contrast)).unwrap();
                let mut merged = [0.0; super::SCORES];
                for (class, share) in ours.iter().enumerate() {
                    let score = if class == MARKED_ZERO { 0 } else { class.min(NO_DIGIT) };
                    merged[if class >= BLANK { NO_DIGIT } else { score }] += share;
                }
                for (score, (our, their)) in merged.iter().zip(&theirs).enumerate() {
                    farthest = farthest.max((our - their).abs());
                    sure[score] += usize::from(*our >= super::SURE);
                    assert_eq!(*our >= 0.95, *our >= 0.95 && *their >= super::SURE, "{our} {their}");
                }
                n += 1;
            }
        }
    }
    assert!(n > 1_500 && CLASSES == 14 && sure.iter().all(|n| *n > 5), "{n} {sure:?}");
    // A feature rounded to the other byte would move a probability by hundredths.
    assert!(farthest < 0.02, "{farthest}");
}

#[test]
fn bytes_that_are_no_model_are_refused_and_none_panics() {
    let whole = exported();
    let refused = |bytes: &[u8]| Recogniser::from_bytes(bytes.to_vec()).unwrap_err();
    for bytes in [&b""[..], b"no model", b"RTEN\0\0\0\0", &[8; 4096], &whole[..whole.len() / 2]] {
        assert!(matches!(refused(bytes), ModelFault::NotAModel(_) | ModelFault::Contract(_)));
    }
    assert_eq!(refused(&vec![0; super::MAX_MODEL_BYTES + 1]), ModelFault::TooLarge);
    // Bytes changed all over the file's structure: refused or taken, and a model that is taken answers or not.
    let mut n_refused = 0;
    for at in 0..300 {
        let mut bytes = whole.clone();
        let at = if at < 150 { at } else { bytes.len() - at };
        bytes[at] ^= 0x55;
        match Recogniser::from_bytes(bytes) {
            Ok(model) => drop(model.look(&[1.0; CELL_PICTURE[0] * CELL_PICTURE[1]])),
            Err(_) => n_refused += 1,
        }
    }
    assert!(n_refused > 50);
}

/// A model of one product with a matrix of 780 × `n`.
fn product(input: &[usize], n: usize, weight: f32, operator: &str) -> Vec<u8> {
    let n_inputs = CELL_PICTURE[0] * CELL_PICTURE[1];
    let graph = Message::default()
        .bytes(1, node("Flatten", &["cell"], "flat", &[("axis", &[1])]).0)
        .bytes(1, node("MatMul", &["flat", "weights"], "sums", &[]).0)
        .bytes(1, node(operator, &["sums"], "scores", &[]).0)
        .bytes(2, "product")
        .bytes(5, tensor("weights", &[n_inputs, n], &vec![weight; n_inputs * n]).0)
        .bytes(11, value("cell", input).0)
        .bytes(12, value("scores", &[0, n]).0);
    model(&graph)
}

#[test]
fn a_model_that_is_not_of_the_contract_is_refused_with_the_reason() {
    let right = [1, 1, 30, 26];
    let load =
        |input: &[usize], n, weight, operator| Recogniser::from_bytes(product(input, n, weight, operator));
    let fits = load(&right, 11, 0.0, "Relu").unwrap();
    assert_eq!(fits.look(&[1.0; 780]), None, "eleven equal scores are no answer");
    for (model, reason) in [
        (load(&[1, 1, 28, 28], 11, 0.0, "Relu"), "input"),
        (load(&[1, 780], 11, 0.0, "Relu"), "input"),
        (load(&right, 10, 0.0, "Relu"), "[1, 11]"),
        (load(&right, 11, 0.0, "Log"), "finite"),
    ] {
        let Err(ModelFault::Contract(why)) = model else { panic!("{model:?}") };
        assert!(why.contains(reason), "{why}");
    }
    // Operators whose work depends on numbers are not there.
    assert!(matches!(load(&right, 11, 0.0, "NonZero"), Err(ModelFault::NotAModel(_))));
}
