//! Reading the published images of a bundle again, and comparing what they say with what the journal says of them.
//!
//! A masked picture, or another version of the program, may come to a reading by another way, or to none: only what is
//! said is compared. Print that is read blind is compared where both times it was sure.

use std::path::Path;

use rayon::prelude::*;
use serde_json::Value;
use tallyproof_core::print::{Match, PrintedFigure};
use tallyproof_evidence::facts;
use tallyproof_evidence::images::{ImageRow, published_images};
use tallyproof_evidence::layout::{ELECTION, IMAGES, SOURCES};
use tallyproof_evidence::seen::Look;
use tallyproof_evidence::verify::opened;
use tallyproof_verify::{Differing, Reread};

use super::intake::MAX_IMAGE_BYTES;
use super::weights::Weights;
use super::workers::Eyes;
use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Images read between two looks at the clock by whoever waits.
const CHUNK_PER_JOB: usize = 16;

/// Gives where pictures are looked at, for a pack in one folder and weights in one file.
pub type MakeEyes<'m> =
    dyn for<'p> Fn(&Path, &Path, &'p tallyproof_core::pack::Pack, &'p Weights) -> Eyes<'p> + 'm;

/// Reads every published image of the bundle in `root` again. Fails when the bundle's pack, weights or images cannot
/// be read.
pub fn reread(
    root: &Path,
    make_eyes: &MakeEyes<'_>,
    jobs: usize,
    progress: &dyn Fn(u64, u64),
) -> Outcome<Reread> {
    let of = || BundleTrouble::of(root);
    let (bag, ledger) = opened(root).map_err(of())?;
    let (pack, _) = facts::pack(&ledger, &bag).map_err(of())?;
    let own = ledger.weights.as_deref().filter(|sha256| !sha256.is_empty());
    let kept = root.join(SOURCES).join(own.unwrap_or_default());
    let weights = own.map_or_else(|| Ok(Weights::shipped()), |sha256| Weights::kept(&kept, sha256))?;
    let eyes = make_eyes(&root.join(ELECTION), &kept, &pack, &weights);
    let mut rows = published_images(&bag).map_err(of())?;
    rows.retain(|row| !row.published.is_empty());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(|error| {
        Trouble::Io { path: root.to_owned(), error: std::io::Error::other(error.to_string()) }
    })?;
    let (mut found, mut n_done) = (Reread::default(), 0);
    let nothing = Look::default();
    for chunk in rows.chunks(CHUNK_PER_JOB * jobs.max(1)) {
        let look = |row: &ImageRow| -> Outcome<(Value, String)> {
            // Files of the bag alone, whatever the table calls them.
            let bytes = bag.read(&format!("{IMAGES}{}", row.published), MAX_IMAGE_BYTES).map_err(of())?;
            Ok((eyes.look(&bytes).map_err(Trouble::io(root))?, row.original.clone()))
        };
        let looks: Vec<_> = pool.install(|| chunk.par_iter().map(look).collect());
        for look in looks {
            let (now, original) = look?;
            let was = ledger.originals.get(&original).and_then(|original| original.reading.as_ref());
            compare(&original, was.unwrap_or(&nothing), &Look::of(&now), &mut found);
            n_done += 1;
        }
        progress(n_done, rows.len() as u64);
    }
    Ok(found)
}

/// Takes into account what an image says now and what its reading said.
fn compare(original: &str, was: &Look, now: &Look, found: &mut Reread) {
    found.n_published += 1;
    let (body_was, body_now) = (was.body(), now.body());
    let (code_was, code_now) = (payload(&body_was), payload(&body_now));
    let mut differing: Vec<(String, String, String)> = Vec::new();
    if let (Some(was), Some(now)) = (code_was, code_now)
        && was != now
    {
        differing.push(("code".into(), was.into(), now.into()));
    }
    let (print_was, print_now) = (figures(was), figures(now));
    let mut n_confirmed = 0;
    for figure_was in print_was {
        let Some(figure_now) = print_now.iter().find(|now| now.figure == figure_was.figure) else { continue };
        let said = figure_was.sure_digits();
        let confirmed = figure_was.compared.as_ref().filter(|(_, found)| *found == Match::Same);
        let refuted = figure_now.compared.as_ref().filter(|(_, found)| *found == Match::Other);
        match (said, figure_now.sure_digits(), confirmed, refuted) {
            (Some(was), Some(now), ..) if was != now => {
                differing.push((figure_was.figure.code(), was.into(), now.into()));
            }
            (Some(_), Some(_), ..) => n_confirmed += 1,
            (_, _, Some((was, _)), Some((asked, _))) if was == asked => {
                let now = figure_now.sure_digits().unwrap_or("≠");
                differing.push((figure_was.figure.code(), was.to_string(), now.into()));
            }
            _ => {}
        }
    }
    let said = print_was.iter().any(|figure| figure.sure_digits().is_some());
    if !differing.is_empty() {
        let told = differing.into_iter().map(|(what, was, now)| Differing {
            original: original.to_owned(),
            what,
            was,
            now,
        });
        found.differing.extend(told);
        found.n_differing += 1;
    } else if code_was.is_some() && code_now.is_none() || said && n_confirmed == 0 {
        found.n_not_again += 1;
    } else if code_was.is_none() && code_now.is_some() {
        found.n_more += 1;
    } else {
        found.n_again += 1;
    }
}

/// What a reading says that the code says.
fn payload(reading: &Value) -> Option<&str> {
    let outcome = reading.get("outcome").and_then(Value::as_str);
    let says = matches!(outcome, Some("read" | "joint"));
    reading.get("payload").and_then(Value::as_str).filter(|_| says)
}

fn figures(look: &Look) -> &[PrintedFigure] {
    look.print.as_ref().map_or(&[], |print| print.figures.as_slice())
}
