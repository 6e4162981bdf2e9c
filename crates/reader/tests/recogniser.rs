//! A second recogniser reads figures where the layout finds them, and says nothing where it is not sure.

use tallyproof_core::form::Figure;
use tallyproof_reader::codes::Budget;
use tallyproof_reader::digits::Net;
use tallyproof_reader::image::{DecodeLimits, decode_luma};
use tallyproof_reader::print::{Printed, read_print};
use tallyproof_reader::recogniser::{ModelFault, Recogniser};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

use crate::forms;

#[path = "../examples/export/graph.rs"]
mod graph;
#[path = "../examples/export/protobuf.rs"]
mod protobuf;

#[test]
fn our_own_net_as_a_second_recogniser_reads_the_digits_that_it_reads_as_the_first() {
    let model = graph::onnx(&Net::shipped().to_bytes()).unwrap();
    if !Recogniser::IS_BUILT_IN {
        assert_eq!(Recogniser::from_bytes(model).unwrap_err(), ModelFault::NotBuiltIn);
        return;
    }
    let recogniser = Recogniser::from_bytes(model).unwrap();
    let (form, names) = forms::form(&forms::OURS);
    let (mut n, mut answered) = (0, 0);
    for seed in 1_960_010..1_960_014 {
        let mut face = specimen(seed).face;
        face.groups[1].lines[2].figure.clear();
        let paper = print_sheet(&face, &Style::everyday(seed)).unwrap();
        let photo = photograph(&paper, &Damage { defocus_px: 0.6, noise: 2.0, ..Damage::none() }, seed);
        let luma = decode_luma(&photo.to_jpeg(), &DecodeLimits::default()).unwrap().luma;
        let net = Net::shipped();
        let print = read_print(&luma, &form, net, None).unwrap();
        let ask =
            |figure: Figure| print.second_opinion(&luma, net, &recogniser, figure, &Budget::unlimited());
        for reading in &print.figures {
            let said = ask(reading.figure);
            match &reading.printed {
                Printed::Digits(digits) => {
                    n += 1;
                    answered += usize::from(said.is_some());
                    let truth = photo.fields.iter().find(|field| field.name == names[&reading.figure]);
                    assert_eq!(truth.unwrap().text, *digits);
                    assert!(said.as_ref().is_none_or(|said| said == digits), "{said:?} {digits}");
                }
                _ => assert_eq!(said, None, "{reading:?}"),
            }
        }
    }
    println!("{answered} of {n} figures");
    assert!(n == 4 * 52 && answered * 100 >= n * 97, "{answered} of {n}");
}
