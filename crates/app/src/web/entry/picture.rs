//! Images at the desk: the picture alone, upright, without a word of what its file says beside it.
//!
//! Whoever may still enter a sheet sees one image: that of their own lease. Others see what their role sees.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, Query, State};
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tallyproof_core::form::Figure;
use tallyproof_core::people::Role;
use tallyproof_core::print::Crop;
use tallyproof_evidence::seen::print_of;
use tallyproof_reader::Luma;
use tallyproof_reader::image::{DecodeLimits, Orientation, decode_luma, strip};
use tallyproof_render::encode_grey;
use tokio::sync::Semaphore;

use crate::pipeline::crops::{crop_png, upright};
use crate::pipeline::read::original;
use crate::store::LeaseState;
use crate::trouble::{Outcome, Trouble};
use crate::web::caller::Caller;
use crate::web::desk::Desk;
use crate::web::refusal::Refusal;

/// Pictures made at once: a decoded photograph takes 100 MB at most.
static GATE: Semaphore = Semaphore::const_new(3);

/// Pictures decoded last: a correction asks for many places of one picture at once. The first is the oldest.
static DECODED: Mutex<Vec<(String, Arc<Luma>)>> = Mutex::new(Vec::new());
/// How many of them are kept.
const MOST_DECODED: usize = 3;

/// Quality of pictures that are coded anew: digits of 12 px stay as they are to the eye.
const QUALITY: u8 = 90;

/// A picture never changes under its hash, and is nobody's but the person's who asked.
const KEPT_BY_BROWSERS: &str = "private, max-age=3600";

/// What is asked of a picture.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// The lease under which a clerk asks.
    #[serde(rename = "for")]
    lease: Option<String>,
    /// Only the place of this figure.
    figure: Option<String>,
}

/// `GET /images/{image}`.
pub(super) async fn picture(
    State(desk): State<Arc<Desk>>,
    caller: Caller,
    Path(image): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    if !is_hash(&image) || !may_see(&desk, &caller, &image, asked.lease.as_deref()) {
        return Err(Refusal::NotFound);
    }
    let figure = match asked.figure.as_deref() {
        Some(code) => Some(Figure::from_code(code).ok_or(Refusal::NotFound)?),
        None => None,
    };
    let _one = GATE.acquire().await.map_err(|_| Refusal::Busy)?;
    let made = Desk::blocking(&desk, move |desk| match figure {
        Some(figure) => crop(desk, &image, figure),
        None => whole(desk, &image),
    });
    let (bytes, kind) = made.await??.ok_or(Refusal::NotFound)?;
    let headers: [(HeaderName, &str); 2] = [(CONTENT_TYPE, kind), (CACHE_CONTROL, KEPT_BY_BROWSERS)];
    Ok((headers, bytes).into_response())
}

/// Whether this person may see this image: a clerk's answer never tells whether there is such an image.
fn may_see(desk: &Desk, caller: &Caller, image: &str, lease: Option<&str>) -> bool {
    let on_board = || desk.board.with(image, |_| ()).is_some();
    match caller.role {
        Role::Clerk => lease
            .and_then(|token| desk.queue.lease(token, &caller.id))
            .is_some_and(|lease| *lease.image == *image && lease.state != LeaseState::Saved),
        Role::Administrator | Role::Coordinator | Role::Observer => on_board(),
    }
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

type Made = Option<(Vec<u8>, &'static str)>;

/// The whole picture. Its coded pixels are kept where they lie upright; else it is turned and coded anew, in grey.
fn whole(desk: &Desk, image: &str) -> Outcome<Made> {
    let bytes = original(&desk.store.original_path(image), image)?;
    if Orientation::of(&bytes) == Orientation::Upright
        && let Ok(stripped) = strip(&bytes)
    {
        let kind = match stripped.extension {
            "png" => "image/png",
            "webp" => "image/webp",
            _ => "image/jpeg",
        };
        return Ok(Some((stripped.bytes, kind)));
    }
    let Ok(photo) = decode_luma(&bytes, &DecodeLimits::default()) else { return Ok(None) };
    let (width, height) = (photo.luma.width_px(), photo.luma.height_px());
    let coded = encode_grey(width, height, photo.luma.pixels().to_vec(), QUALITY);
    Ok(coded.map(|bytes| (bytes, "image/jpeg")))
}

/// The place of one figure, with some paper around it.
fn crop(desk: &Desk, image: &str, figure: Figure) -> Outcome<Made> {
    let Some(corners) = place(desk, image, figure)? else { return Ok(None) };
    let Some(luma) = decoded(desk, image)? else { return Ok(None) };
    Ok(crop_png(&luma, &widened(&corners)).map(|bytes| (bytes, "image/png")))
}

/// The upright picture, decoded once for all who ask at the same time.
fn decoded(desk: &Desk, image: &str) -> Outcome<Option<Arc<Luma>>> {
    let mut kept = DECODED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, luma)) = kept.iter().find(|(known, _)| known == image) {
        return Ok(Some(Arc::clone(luma)));
    }
    let Some(luma) = upright(&desk.store, image)?.map(Arc::new) else { return Ok(None) };
    if kept.len() >= MOST_DECODED {
        kept.remove(0);
    }
    kept.push((image.to_owned(), Arc::clone(&luma)));
    Ok(Some(luma))
}

fn place(desk: &Desk, image: &str, figure: Figure) -> Result<Option<Crop>, Trouble> {
    let print = desk.store.reading_of(image)?.as_ref().and_then(print_of);
    Ok(print.and_then(|print| print.figure(figure)?.crop))
}

/// The corners moved outward by half the figure's height.
fn widened(corners: &Crop) -> Crop {
    let [top_left, top_right, bottom_right, bottom_left] = corners.map(|at| at.map(f64::from));
    let between = |a: [f64; 2], b: [f64; 2]| [b[0] - a[0], b[1] - a[1]];
    let (along, down) = (between(top_left, top_right), between(top_left, bottom_left));
    let (width, height) = (along[0].hypot(along[1]).max(1.0), down[0].hypot(down[1]).max(1.0));
    let share = [0.5 * height / width, 0.5];
    let moved = |at: [f64; 2], right: f64, below: f64| {
        [0, 1].map(|axis| whole_px(at[axis] + along[axis] * share[0] * right + down[axis] * share[1] * below))
    };
    [
        moved(top_left, -1.0, -1.0),
        moved(top_right, 1.0, -1.0),
        moved(bottom_right, 1.0, 1.0),
        moved(bottom_left, -1.0, 1.0),
    ]
}

#[allow(clippy::cast_possible_truncation, reason = "casts from float saturate")]
fn whole_px(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crop_gets_half_its_height_of_paper_on_every_side() {
        let level = [[100, 100], [160, 100], [160, 120], [100, 120]];
        assert_eq!(widened(&level), [[90, 90], [170, 90], [170, 130], [90, 130]]);
        let upside_down = [[160, 120], [100, 120], [100, 100], [160, 100]];
        assert_eq!(widened(&upside_down), [[170, 130], [90, 130], [90, 90], [170, 90]]);
        assert_eq!(widened(&[[5, 5]; 4]), [[5, 5]; 4]);
    }

    #[test]
    fn only_hashes_name_images() {
        assert!(is_hash(&"0af".repeat(22)[..64]));
        for wrong in ["", "..%2f", "../../etc/passwd", &"A".repeat(64), &"a".repeat(65)] {
            assert!(!is_hash(wrong), "{wrong}");
        }
    }
}
