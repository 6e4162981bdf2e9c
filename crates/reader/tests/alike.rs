//! The ratchet of finding one picture twice: copies found, others left alone. The example `alike` measures the same on
//! thousands.

use tallyproof_reader::Luma;
use tallyproof_reader::alike::{Signature, candidates, compare};
use tallyproof_render::practice::specimen;
use tallyproof_render::{Damage, Style, photograph, print_sheet};

use crate::treat::{TREATMENTS, recompressed, treated};

/// A sheet's photograph; `code_of` gives the code another sheet's payload.
fn photo(sheet: u64, photo: u64, code_of: Option<u64>) -> Luma {
    let mut face = specimen(sheet).face;
    if let Some(other) = code_of {
        face.code = specimen(other).face.code;
    }
    // One printer for all, and each sheet its own paper and signatures.
    let style = Style { seed: Style::everyday(sheet).seed, ..Style::everyday(1) };
    let paper = print_sheet(&face, &style).unwrap();
    let picture = photograph(&paper, &Damage::everyday(photo), photo).picture.luma;
    recompressed(&Luma::new(picture.width, picture.height, picture.samples).unwrap(), 80)
}

#[test]
fn copies_are_found_and_nothing_else_is_taken_for_one() {
    let n = TREATMENTS.len();
    let originals: Vec<Luma> = (0..n as u64 + 4).map(|i| photo(900 + i, 900 + i, None)).collect();
    let copies = TREATMENTS.iter().zip(&originals).map(|(treatment, luma)| treated(luma, treatment));
    let mut pictures: Vec<Luma> = originals.iter().cloned().chain(copies).collect();
    // Three with another code, and three sheets photographed a second time.
    let (first_exchanged, first_again) = (pictures.len(), pictures.len() + 3);
    pictures.extend((0..3).map(|i| photo(900 + i, 900 + i, Some(7))));
    pictures.extend((3..6).map(|i| photo(900 + i, 7_000 + i, None)));
    let signatures: Vec<Signature> = pictures.iter().map(|luma| Signature::of(luma).unwrap()).collect();
    for signature in &signatures {
        assert_eq!(Signature::from_bytes(&signature.to_bytes()).as_ref(), Some(signature));
    }
    // The original that a picture is made of; a second photograph is made of none.
    let base = |i: usize| match i {
        i if i < originals.len() => i,
        i if i < first_exchanged => i - originals.len(),
        i if i < first_again => i - first_exchanged,
        i => i,
    };
    let mut found = vec![false; pictures.len()];
    let (mut n_false, mut wrong) = (0, Vec::new());
    let likely = candidates(&signatures, 2);
    assert_eq!(likely, candidates(&signatures, 1), "threads change nothing");
    for candidate in likely {
        let (a, b) = (candidate.a, candidate.b);
        let comparison = compare(&pictures[a], &pictures[b], &candidate.map);
        let same = base(a) == base(b);
        n_false += usize::from(!same);
        if same && comparison.is_same_picture() {
            found[b] = true;
        } else if comparison.is_same_picture() {
            wrong.push((a, b, comparison));
        }
    }
    let missed: Vec<&str> =
        (0..n).filter(|i| !found[originals.len() + i]).map(|i| TREATMENTS[i].name).collect();
    let exchanged = found[first_exchanged..first_again].iter().filter(|found| **found).count();
    println!(
        "{n} copies, not found: {missed:?}; exchanged found {exchanged} of 3; {n_false} others compared"
    );
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(missed.is_empty() && exchanged == 3);
}

#[test]
fn pictures_without_anything_on_them_have_no_signature_and_bytes_of_others_are_refused() {
    for (width, height) in [(1, 1), (40, 4000), (300, 300), (20_000, 3)] {
        assert_eq!(Signature::of(&Luma::new(width, height, vec![200; width * height]).unwrap()), None);
    }
    for bytes in [&[][..], &[0; 8], &[1; 9], &[255; 8 + 81 * 20]] {
        assert_eq!(Signature::from_bytes(bytes), None, "{} bytes", bytes.len());
    }
}

/// Signatures come from a file that somebody may have written: any bytes of the right length search without harm.
#[test]
fn any_features_can_be_searched() {
    let hostile: Vec<Signature> = (0..40_u8)
        .map(|i| {
            let mut bytes = vec![0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF];
            bytes.extend((0..80_u8).flat_map(|j| [[i / 8; 10], [j % 3; 10]].concat()));
            Signature::from_bytes(&bytes).unwrap()
        })
        .collect();
    assert!(candidates(&hostile, 1).len() <= 40 * 39 / 2);
}
