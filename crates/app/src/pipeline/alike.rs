//! One picture in several files: signatures are kept when images are read; here they are searched, and what is found
//! is confirmed on the pixels.
//!
//! That two files were made from one picture is a fact about their bytes. It is journalled once, with the version of the
//! reader's judgement, and results follow from it like from any other.

use std::collections::{BTreeMap, BTreeSet};

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
fn from_event(kept: &Value) -> Option<Signature> {
    if kept.get("v")?.as_u64()? != u64::from(VERSION) {
        return None;
    }
    Signature::from_bytes(&STANDARD.decode(kept.get("features")?.as_str()?).ok()?)
}

/// Searches all signatures and compares the pictures of every pair not compared before nor known to be one through
/// others, `jobs` at a time; gives the number of pairs found now to be one picture. Nothing is done when no image was added since the last search; a search
/// that is stopped leaves no trace.
pub fn link(store: &Store, jobs: usize) -> Outcome<u64> {
    link_by(store, store, jobs)
}

/// As [`link`], looking by a connection of its own: a country's signatures are much to read, and nobody who writes
/// waits for it.
pub fn link_by(look: &Store, write: &Store, jobs: usize) -> Outcome<u64> {
    let store = look;
    let (mut images, mut signatures) = (Vec::new(), Vec::new());
    store.each_signature(&mut |sha256, kept| {
        if let Some(signature) = from_event(kept) {
            images.push(sha256.to_owned());
            signatures.push(signature);
        }
    })?;
    let of = sha256_hex(format!("{VERSION}\n{}", images.join("\n")).as_bytes());
    if images.is_empty() || store.setting("pictures-compared")?.as_deref() == Some(&of) {
        return Ok(0);
    }
    let (mut groups, mut compared) = (Groups::default(), BTreeSet::new());
    for twin in store.twins()? {
        if twin.same {
            groups.join(&twin.a, &twin.b);
        }
        if twin.version == VERSION {
            compared.insert((twin.a, twin.b));
        }
    }
    let pair = |c: &Candidate| (images[c.a].clone(), images[c.b].clone());
    let mut left = candidates(&signatures, jobs);
    left.retain(|candidate| !compared.contains(&pair(candidate)));
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
    let mut pairs: Vec<Value> = Vec::new();
    // In rounds, each picture once in each with an earlier one: of a hundred copies that are one with the first, none is
    // compared with another.
    while !left.is_empty() {
        let mut later = BTreeSet::new();
        let (round, rest): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|candidate| later.insert(candidate.b));
        let judged: Outcome<Vec<Option<Value>>> = pool.install(|| round.par_iter().map(judge).collect());
        for pair in judged?.into_iter().flatten() {
            if pair["same"] == true {
                groups.join(pair["a"].as_str().unwrap_or_default(), pair["b"].as_str().unwrap_or_default());
            }
            pairs.push(pair);
        }
        left = rest;
        left.retain(|c| !groups.are_joined(&images[c.a], &images[c.b]));
    }
    let n = pairs.iter().filter(|pair| pair["same"] == true).count() as u64;
    let body = json!({"v": VERSION, "of": of, "images": images.len(), "pairs": pairs});
    write.append("pictures.compared", body, whoabouts(None))?;
    Ok(n)
}

/// Of every original whose picture is also in other files, those others' hashes, sorted.
pub fn same_pictures(store: &Store) -> Outcome<BTreeMap<String, Vec<String>>> {
    let mut groups = Groups::default();
    let mut images = BTreeSet::new();
    for twin in store.twins()?.into_iter().filter(|twin| twin.same) {
        groups.join(&twin.a, &twin.b);
        images.extend([twin.a, twin.b]);
    }
    let mut members: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for image in &images {
        members.entry(groups.first(image)).or_default().push(image);
    }
    let others = |image: &String| {
        let group = members.get(groups.first(image)).into_iter().flatten();
        (image.clone(), group.filter(|other| **other != image).map(|other| (*other).clone()).collect())
    };
    Ok(images.iter().map(others).collect())
}

/// Files known to be of one picture.
#[derive(Default)]
struct Groups(BTreeMap<String, String>);

impl Groups {
    fn first<'g>(&'g self, mut image: &'g str) -> &'g str {
        while let Some(earlier) = self.0.get(image) {
            image = earlier;
        }
        image
    }

    fn join(&mut self, a: &str, b: &str) {
        let (a, b) = (self.first(a).to_owned(), self.first(b).to_owned());
        if a != b {
            let (earlier, later) = if a < b { (a, b) } else { (b, a) };
            self.0.insert(later, earlier);
        }
    }

    fn are_joined(&self, a: &str, b: &str) -> bool {
        self.first(a) == self.first(b)
    }
}

/// The pixels of an original; `None` when it is gone or changed, which reading and checking say for themselves.
fn picture(store: &Store, sha256: &str) -> Outcome<Option<Luma>> {
    let Some(bytes) = read_limited(&store.original_path(sha256), MAX_IMAGE_BYTES)? else { return Ok(None) };
    let whole = sha256_hex(&bytes) == sha256;
    Ok(decode_luma(&bytes, &DecodeLimits::default()).ok().filter(|_| whole).map(|photo| photo.luma))
}
