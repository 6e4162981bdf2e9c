//! One sheet through the chain, and what became of it.

use serde_json::Value;
use tallyproof::pipeline::weights::Weights;
use tallyproof::pipeline::{load, read};
use tallyproof_core::facts::{Facts, ImageReading, Standing};
use tallyproof_core::pack::Pack;
use tallyproof_core::reconcile::reconcile;
use tallyproof_core::sheet::{Channel, EvidenceClass, Reading, SheetStatus};

use crate::pack;
use crate::plant::Planted;
use crate::tally::{Outcome, Verdict};

/// The practice election.
pub(crate) fn load_pack() -> Result<Pack, String> {
    Pack::parse("practice", &pack::toml()).map_err(|faults| format!("the practice pack: {faults:?}"))
}

/// Reads a planted sheet as the product does, and compares what it makes of it with the truth.
pub(crate) fn judge(pack: &Pack, weights: &Weights, planted: &Planted) -> Verdict {
    let body = read::look_at(pack, weights, &planted.jpeg);
    let outcome = match load::outcome(pack, &body) {
        Ok(seen) => status(pack, seen, planted),
        Err(_) if body["outcome"] == "several" => Outcome::Conflict,
        Err(_) => Outcome::Unread,
    };
    Verdict { kind: planted.kind, outcome, misread: is_misread(&body, planted) }
}

/// Whether a code was read as something that is printed on no sheet of the photograph.
fn is_misread(body: &Value, planted: &Planted) -> bool {
    let text = body["payload"].as_str();
    text.is_some_and(|text| text != planted.payload && planted.second.as_deref() != Some(text))
}

fn status(pack: &Pack, seen: load::Seen, planted: &Planted) -> Outcome {
    let load::Seen { channel, table, values, print, unread } = seen;
    let reading = Reading { table, values, image: Some("planted".into()), line: 0 };
    let truth = |text: &str| pack.payload.as_ref()?.read(pack, text.as_bytes()).ok();
    // Of two sheets in one photograph, the one whose code was read is a sheet like any other.
    let right = [Some(&planted.payload), planted.second.as_ref()]
        .into_iter()
        .filter_map(|text| truth(text?))
        .any(|truth| truth.table == reading.table && truth.values == reading.values);
    let image = ImageReading {
        source: "planted".into(),
        channel,
        standing: Standing::Unreviewed,
        reading,
        print,
        unread,
    };
    let facts = Facts::new(pack.clone(), None, Vec::new()).with_images(vec![image], Vec::new(), 0);
    let sheets = reconcile(&facts);
    let Some(sheet) = sheets.first() else { return Outcome::Unread };
    match (sheet.status, sheet.class) {
        (SheetStatus::Definitive, _) if right && !planted.kind.is_altered() => Outcome::Definitive,
        (SheetStatus::Definitive, _) => Outcome::WrongDefinitive,
        (SheetStatus::InConflict | SheetStatus::Quarantined | SheetStatus::Rejected, _) => Outcome::Conflict,
        (_, EvidenceClass::Joint) => Outcome::Joint,
        (_, EvidenceClass::PrintOnly) => Outcome::PrintOnly,
        _ if channel == Channel::Joint => Outcome::Joint,
        _ => Outcome::CodeOnly,
    }
}
