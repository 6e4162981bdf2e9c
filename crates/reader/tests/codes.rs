//! Which payloads a picture gives, and what is said when it gives none.

use tallyproof_reader::Luma;
use tallyproof_reader::codes::{Budget, CodeReading, RUNGS, read_symbol};

use crate::make;

/// Real payloads as printed in 2024 (three tables), and a code of somebody else.
const SHEETS: [&[u8]; 3] = [
    b"201301006.01.1.0001!140,7,10,8,1,7,1,0,2,3,0,1,8,1,0,1,0,3,1,1,0,1,0,0,0,0,0,0,1,2,0,0,0,5,7,155,1,1!0!0",
    b"150702005.02.1.0001!105,7,2,0,4,1,0,1,1,1,0,2,44,2,1,0,0,1,0,1,0,0,0,1,0,0,0,0,1,0,1,0,0,7,13,350,0,2!0!0",
    b"110601011.04.1.0001!122,1,0,0,4,2,0,0,2,1,0,1,2,1,0,0,0,5,0,2,0,0,0,0,0,0,0,0,1,0,0,0,0,8,22,406,0,1!0!0",
];
const FOREIGN: &[u8] = b"https://example.org/menu";

fn is_sheet(payload: &[u8]) -> bool {
    payload.iter().filter(|&&byte| byte == b'!').count() == 3
}

fn read(picture: &Luma) -> CodeReading {
    read_symbol(picture, &is_sheet, &Budget::unlimited())
}

fn sheet_with(payload: &[u8]) -> (Luma, usize) {
    make::print_code(&make::page(700, 1100), payload, 200, 650, 5)
}

#[test]
fn a_payload_comes_back_byte_for_byte_with_its_place() {
    for payload in SHEETS {
        let (picture, side) = sheet_with(payload);
        let CodeReading::Read { symbol, others, undecoded } = read(&picture) else { panic!("not read") };
        assert_eq!(symbol.payload, payload);
        assert_eq!((others.len(), undecoded.len()), (0, 0));
        assert!(RUNGS.iter().any(|rung| rung.name == symbol.rung && rung.decoder.name() == symbol.decoder));
        let (left, top, side) = (200.0, 650.0, side as f32);
        let corners = [[left, top], [left + side, top], [left + side, top + side], [left, top + side]];
        for (got, wanted) in symbol.place.iter().flatten().zip(corners.iter().flatten()) {
            assert!((got - wanted).abs() < 6.0, "{:?} is not {corners:?}", symbol.place);
        }
    }
}

#[test]
fn bytes_outside_ascii_survive() {
    let payload = [b"!!!".as_slice(), &[0x00, 0xFF, 0x80, 0xC3, 0x28, b'\n', 0xE9]].concat();
    let CodeReading::Read { symbol, .. } = read(&sheet_with(&payload).0) else { panic!("not read") };
    assert_eq!(symbol.payload, payload);
}

#[test]
fn a_sheet_is_read_whichever_way_up_it_lies() {
    let mut picture = sheet_with(SHEETS[0]).0;
    for _ in 0..4 {
        picture = make::quarter_turn(&picture);
        assert!(matches!(read(&picture), CodeReading::Read { symbol, .. } if symbol.payload == SHEETS[0]));
    }
}

#[test]
fn two_sheets_in_one_photo_are_several_never_the_first() {
    let (picture, _) = make::print_code(&make::page(1200, 900), SHEETS[0], 80, 100, 6);
    let (picture, _) = make::print_code(&picture, SHEETS[1], 640, 400, 5);
    let CodeReading::Several { accepted, others } = read(&picture) else { panic!("not several") };
    let mut payloads: Vec<&[u8]> = accepted.iter().map(|symbol| symbol.payload.as_slice()).collect();
    payloads.sort_unstable();
    assert_eq!(payloads, [SHEETS[1], SHEETS[0]]);
    assert!(others.is_empty());
}

#[test]
fn the_same_code_twice_is_one_reading() {
    let (picture, _) = make::print_code(&make::page(1200, 900), SHEETS[0], 80, 100, 5);
    let (picture, _) = make::print_code(&picture, SHEETS[0], 640, 400, 5);
    assert!(matches!(read(&picture), CodeReading::Read { others, .. } if others.is_empty()));
}

#[test]
fn a_second_code_that_cannot_be_decoded_is_mentioned() {
    let (picture, _) = make::print_code(&make::page(1200, 900), SHEETS[0], 80, 100, 5);
    let (picture, side) = make::print_code(&picture, SHEETS[1], 640, 400, 5);
    let spoiled = with_stain(&picture, 640 + 40, 400 + 40, side - 80);
    let CodeReading::Read { symbol, undecoded, .. } = read(&spoiled) else { panic!("not read") };
    assert_eq!(symbol.payload, SHEETS[0]);
    assert_eq!(undecoded.len(), 1);
    assert!((undecoded[0][0][0] - 640.0).abs() < 12.0, "{undecoded:?}");
}

#[test]
fn a_foreign_code_is_kept_as_it_is() {
    let CodeReading::Foreign { symbols, .. } = read(&sheet_with(FOREIGN).0) else { panic!("not foreign") };
    assert_eq!(symbols.len(), 1);
    assert_eq!(symbols[0].payload, FOREIGN);
}

#[test]
fn a_foreign_code_beside_ours_does_not_hide_it() {
    let (picture, _) = make::print_code(&sheet_with(SHEETS[2]).0, FOREIGN, 60, 60, 6);
    let CodeReading::Read { symbol, others, .. } = read(&picture) else { panic!("not read") };
    assert_eq!(symbol.payload, SHEETS[2]);
    assert_eq!(others.iter().map(|other| other.payload.as_slice()).collect::<Vec<_>>(), [FOREIGN]);
}

#[test]
fn nothing_is_read_on_blank_paper_and_the_numbers_say_why() {
    let CodeReading::Unread { hints } = read(&make::page(400, 500)) else { panic!("read something") };
    assert_eq!((hints.width_px, hints.height_px, hints.contrast), (400, 500, 0));
    assert!(hints.sharpness.abs() < 1e-9);
    assert!(hints.undecoded.is_empty() && hints.n_finder_patterns == 0 && !hints.stopped);
}

#[test]
fn a_damaged_code_is_located_though_unread() {
    let (picture, side) = sheet_with(SHEETS[0]);
    let CodeReading::Unread { hints } = read(&with_stain(&picture, 240, 690, side - 80)) else {
        panic!("read something")
    };
    assert_eq!(hints.undecoded.len(), 1);
    assert!(hints.contrast > 100);
}

#[test]
fn a_spent_budget_stops_the_climb_and_says_so() {
    let reading = read_symbol(&sheet_with(SHEETS[0]).0, &is_sheet, &Budget::lasting_while(&|| false));
    assert!(matches!(reading, CodeReading::Unread { hints } if hints.stopped));
}

#[test]
fn rungs_have_names_of_their_own() {
    let mut names: Vec<&str> = RUNGS.iter().map(|rung| rung.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RUNGS.len());
}

/// `luma` with a square of ink at `left`, `top`.
fn with_stain(luma: &Luma, left: usize, top: usize, side: usize) -> Luma {
    let width = luma.width_px();
    let stained =
        |at: usize| (left..left + side).contains(&(at % width)) && (top..top + side).contains(&(at / width));
    let pixels = luma.pixels().iter().enumerate();
    let pixels = pixels.map(|(at, &pixel)| if stained(at) { make::INK } else { pixel }).collect();
    Luma::new(width, luma.height_px(), pixels).unwrap()
}
