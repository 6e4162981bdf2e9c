//! One picture in several files: signatures are kept when images are read; here they are searched, and what is found
//! is confirmed on the pixels.
//!
//! That two files were made from one picture is a fact about their bytes. It is journalled once, with the version of the
//! reader's judgement, and results follow from it like from any other.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde_json::{Value, json};
use tallyproof_core::journal::sha256_hex;
use tallyproof_reader::Luma;
use tallyproof_reader::alike::{Candidate, Signature, VERSION, candidates, compare};
use tallyproof_reader::image::{DecodeLimits, decode_luma};

use super::election::whoabouts;
use super::intake::MAX_IMAGE_BYTES;
use super::packs::read_limited;
use crate::store::Store;
use crate::trouble::{Outcome, Trouble};

/// A picture's signature as an `image.read` event holds it; null of a picture with nothing on it.
pub(super) fn signature(picture: &Luma) -> Value {
    match Signature::of(picture) {
        Some(signature) => json!({"v": VERSION, "features": STANDARD.encode(signature.to_bytes())}),
        None => Value::Null,
    }
}

/// The signature that an `image.read` event holds, if this version of the reader can compare it.
fn from_event(body: &Value) -> Option<Signature> {
    let kept = body.get("signature")?;
    if kept.get("v")?.as_u64()? != u64::from(VERSION) {
        return None;
    }
    Signature::from_bytes(&STANDARD.decode(kept.get("features")?.as_str()?).ok()?)
}

/// Searches all signatures and compares the pictures of every pair not compared before, `jobs` at a time; gives the
/// number of pairs found now to be one picture. Nothing is done when no image was added since the last search; a search
/// that is stopped leaves no trace.
pub fn link(store: &Store, jobs: usize) -> Outcome<u64> {
    let (mut images, mut signatures) = (Vec::new(), Vec::new());
    for original in store.originals()? {
        if let Some(signature) = original.reading.as_ref().and_then(from_event) {
            images.push(original.sha256);
            signatures.push(signature);
        }
    }
    let of = sha256_hex(format!("{VERSION}\n{}", images.join("\n")).as_bytes());
    if images.is_empty() || store.setting("pictures-compared")?.as_deref() == Some(&of) {
        return Ok(0);
    }
    let compared: BTreeSet<(String, String)> =
        store.twins()?.into_iter().filter(|t| t.version == VERSION).map(|t| (t.a, t.b)).collect();
    let pair = |c: &Candidate| (images[c.a].clone(), images[c.b].clone());
    let new: Vec<Candidate> =
        candidates(&signatures).into_iter().filter(|c| !compared.contains(&pair(c))).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.max(1)).build().map_err(|error| {
        Trouble::Io { path: store.root().to_owned(), error: std::io::Error::other(error.to_string()) }
    })?;
    let judge = |candidate: &Candidate| -> Outcome<Option<Value>> {
        let (a, b) = pair(candidate);
        let (Some(one), Some(other)) = (picture(store, &a)?, picture(store, &b)?) else { return Ok(None) };
        let comparison = compare(&one, &other, &candidate.map);
        Ok(Some(json!({
            "a": a, "b": b, "same": comparison.is_same_picture(),
            "blocks": comparison.n_blocks, "agree": comparison.n_agree,
            "bands_differ": comparison.n_bands_differ,
        })))
    };
    let judged: Outcome<Vec<Option<Value>>> = pool.install(|| new.par_iter().map(judge).collect());
    let pairs: Vec<Value> = judged?.into_iter().flatten().collect();
    let n = pairs.iter().filter(|pair| pair["same"] == true).count() as u64;
    let body = json!({"v": VERSION, "of": of, "images": images.len(), "pairs": pairs});
    store.append("pictures.compared", body, whoabouts(None))?;
    Ok(n)
}

/// The pixels of an original; `None` when it is gone or changed, which reading and checking say for themselves.
fn picture(store: &Store, sha256: &str) -> Outcome<Option<Luma>> {
    let Some(bytes) = read_limited(&store.original_path(sha256), MAX_IMAGE_BYTES)? else { return Ok(None) };
    let whole = sha256_hex(&bytes) == sha256;
    Ok(decode_luma(&bytes, &DecodeLimits::default()).ok().filter(|_| whole).map(|photo| photo.luma))
}
