//! A journal's events, whatever their bodies say: the fold, the facts, the analysis, and everything derived.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tallyproof_analysis::results::analyse_with;
use tallyproof_core::journal::{Event, sha256_hex};
use tallyproof_core::people::People;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::rules::check_all;
use tallyproof_evidence::audits::audits;
use tallyproof_evidence::derived;
use tallyproof_evidence::facts::{facts, pack};
use tallyproof_evidence::kept::Keeper;
use tallyproof_evidence::ledger::Ledger;
use tallyproof_evidence::published::changes;

use crate::SMALL_TOML;

/// The register of the small election.
pub const REGISTER: &str = "table,electors\n01.01,400\n01.02,400\n02.01,350\n02.02,\n";
/// A published table of its numbers.
pub const ROWS: &str = "table,A,B,valid,null\n01.01,100,90,190,3\n01.02,120,70,190,0\n02.01,10,20,30,1\n";
/// A frozen list of an audit.
pub const LIST: &str = "table,u,A,B\n01.01,400,100,90\n01.02,400,120,70\n02.01,350,10,20\n";

/// Kept files by hash; `$0` to `$3` in a body stand for their hashes.
static KEPT: LazyLock<BTreeMap<String, &'static [u8]>> = LazyLock::new(|| {
    let files = [SMALL_TOML.as_bytes(), REGISTER.as_bytes(), ROWS.as_bytes(), LIST.as_bytes()];
    files.map(|bytes| (sha256_hex(bytes), bytes)).into()
});

struct Kept;

impl Keeper for Kept {
    fn open(&self, sha256: &str) -> io::Result<Box<dyn Read + '_>> {
        match KEPT.get(sha256) {
            Some(bytes) => Ok(Box::new(*bytes)),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

/// The events: lines of a kind, a blank and a body. The pack is adopted before the first.
pub fn journal(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let files = [SMALL_TOML, REGISTER, ROWS, LIST].map(|text| sha256_hex(text.as_bytes()));
    let adopted = json!({"id": "small", "files": {"election.toml": files[0], "register.csv": files[1]}});
    let (mut ledger, mut people) = (Ledger::default(), People::new());
    let told = text.lines().take(200).filter_map(|line| {
        let (kind, body) = line.split_once(' ')?;
        let body = (0..4).fold(body.to_owned(), |body, i| body.replace(&format!("${i}"), &files[i]));
        Some((kind.to_owned(), serde_json::from_str::<Value>(&body).ok()?))
    });
    for (seq, (kind, body)) in (1..).zip(std::iter::once(("pack.adopted".to_owned(), adopted)).chain(told)) {
        let event = Event { seq, kind, body, private_commitment: String::new(), prev: String::new() };
        ledger.take(&event);
        let _ = people.take(&event.kind, &event.body);
    }
    let Ok(known) = pack(&ledger, &Kept) else { return };
    let Ok(facts) = facts(&ledger, known, &Kept) else { return };
    let Ok(audits) = audits(&ledger.audits, &facts.pack, &Kept) else { return };
    let sheets = reconcile(&facts);
    let _ = check_all(&facts, &sheets);
    let _ = changes(&facts, &sheets, &ledger).count();
    let analysis = analyse_with(&facts, &audits);
    let published = derived::published(&facts, &analysis, &audits, &ledger);
    for path in derived::paths() {
        derived::write(path, &published, &mut io::sink()).expect("a sink takes everything");
    }
}
