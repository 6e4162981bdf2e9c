//! From the folder to the set of facts.

use std::collections::BTreeMap;

use serde_json::Value;
use tallyproof_core::facts::{Facts, FaultyImage, ImageFault, ImageReading, Source, Version};
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::payload::{Payload, PayloadFault};
use tallyproof_core::print::Print;
use tallyproof_core::sheet::{Channel, Reading, SheetValues};
use tallyproof_core::table::TableId;
use tallyproof_core::transcription::Transcription;

use super::packs::LoadedPack;
use super::witness;
use crate::store::{Import, Store};
use crate::trouble::{Outcome, Trouble};

/// Reads every fact of the folder. Kept files are hashed on the way; a changed one is an error.
pub fn facts(store: &Store, loaded: LoadedPack) -> Outcome<Facts> {
    let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
    for import in store.imports()? {
        let transcription = transcription(store, &loaded.pack, &import)?;
        let version = Version {
            label: import.label,
            supersedes: import.supersedes,
            sha256: import.sha256,
            transcription,
        };
        versions.entry(import.source).or_default().push(version);
    }
    let sources = versions
        .into_iter()
        .map(|(id, versions)| {
            Source::new(id.clone(), versions)
                .map_err(|unclear| Trouble::NewestUnclear { source_id: id, unclear })
        })
        .collect::<Outcome<Vec<_>>>()?;
    let images = images(store, &loaded.pack)?;
    let twins = store.twins()?.into_iter().filter(|twin| twin.same);
    let pairs: Vec<(String, String)> = twins.map(|twin| (twin.a, twin.b)).collect();
    let facts = Facts::new(loaded.pack, loaded.register, sources);
    Ok(facts.with_images(images.read, images.faulty, images.n_pending).with_same_pictures(&pairs))
}

#[derive(Default)]
struct Images {
    read: Vec<ImageReading>,
    faulty: Vec<FaultyImage>,
    n_pending: u64,
}

/// What the images say: raw payloads from the journal, parsed by the pack's grammar.
fn images(store: &Store, pack: &Pack) -> Outcome<Images> {
    let mut images = Images::default();
    for original in store.originals()? {
        let Some(body) = &original.reading else {
            images.n_pending += 1;
            continue;
        };
        // One original is one witness, however many hands it came through: the most trusted one's.
        let source = original.origins.iter().map(|(source, _)| source).min_by_key(|s| (pack.trust(s), *s));
        let source = source.cloned().unwrap_or_default();
        match outcome(pack, body) {
            Ok(Seen { channel, table, values, print, unread }) => {
                let image = Some(original.sha256.clone().into());
                let reading = Reading { table, values, image, line: 0 };
                images.read.push(ImageReading { source, channel, reading, print, unread });
            }
            Err(fault) => images.faulty.push(FaultyImage { image: original.sha256.clone(), source, fault }),
        }
    }
    Ok(images)
}

/// What an image says of a sheet.
pub struct Seen {
    /// How its figures came about.
    pub channel: Channel,
    /// The table it speaks for.
    pub table: TableId,
    /// Its figures.
    pub values: SheetValues,
    /// Its print, where lines like the form's were found.
    pub print: Option<Print>,
    /// Why its code by itself was not read.
    pub unread: Option<String>,
}

/// What an `image.read` event comes to under a pack.
pub fn outcome(pack: &Pack, body: &Value) -> Result<Seen, ImageFault> {
    let texts = |key: &str| -> Vec<String> {
        let all = body.get(key).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let cause = || body.get("cause").and_then(Value::as_str).unwrap_or_default().to_owned();
    let coded = |channel, unread| {
        let text = body.get("payload").and_then(Value::as_str).unwrap_or_default();
        let Payload { table, values, .. } =
            parse_payload(pack, text).map_err(|fault| foreign(&[fault], vec![text.to_owned()]))?;
        Ok(Seen { channel, table, values, print: witness::from_event(body), unread })
    };
    match body.get("outcome").and_then(Value::as_str) {
        Some("read") => coded(Channel::Code, None),
        Some("joint") => coded(Channel::Joint, Some(cause())),
        Some("several") => Err(ImageFault::Several(texts("accepted"))),
        Some("foreign") => {
            let texts = texts("others");
            let faults: Vec<PayloadFault> =
                texts.iter().filter_map(|text| parse_payload(pack, text).err()).collect();
            Err(foreign(&faults, texts))
        }
        Some("unread") => print_alone(pack, body, cause()).ok_or_else(|| ImageFault::Unread(cause())),
        _ => Err(ImageFault::NotUsable(cause())),
    }
}

/// The print of an image whose code was not read, if it says which table it speaks for.
fn print_alone(pack: &Pack, body: &Value, cause: String) -> Option<Seen> {
    let print = witness::from_event(body)?;
    let table = print.table(pack.form.as_ref()?, pack)?;
    let values = print.values(pack);
    Some(Seen { channel: Channel::Print, table, values, print: Some(print), unread: Some(cause) })
}

fn parse_payload(pack: &Pack, text: &str) -> Result<Payload, PayloadFault> {
    pack.payload.as_ref().ok_or(PayloadFault::NotText)?.read(pack, text.as_bytes())
}

/// A code with another number of lines is of this election all the same; the rest are strangers.
fn foreign(faults: &[PayloadFault], texts: Vec<String>) -> ImageFault {
    let lines = faults.iter().find_map(|fault| match fault {
        PayloadFault::WrongLineCount { found, expected } => Some((*found, *expected)),
        _ => None,
    });
    match lines {
        Some((found, expected)) => ImageFault::WrongLineCount { found, expected },
        None => ImageFault::Foreign(texts),
    }
}

/// The rows of one import, derived again from the kept file.
pub fn transcription(store: &Store, pack: &Pack, import: &Import) -> Outcome<Transcription> {
    let path = store.source_path(&import.sha256);
    let mapping: Mapping =
        serde_json::from_str(&import.mapping).map_err(|_| Trouble::KeptFileChanged(path.clone()))?;
    let mut source = store.open_source(&import.sha256)?;
    let parsed = Transcription::parse(&mut source, &mapping, pack);
    // The hash first: a damaged file explains whatever parsing says.
    source.finish(&import.sha256)?;
    let transcription = parsed.map_err(|error| Trouble::Csv { file: path, error })?;
    let adopted = transcription.readings.len() as u64;
    if (adopted, transcription.n_refused) != (import.n_adopted, import.n_refused) {
        let name = format!("{}@{}", import.source, import.label);
        let (n_adopted, n_refused) = (import.n_adopted, import.n_refused);
        return Err(Trouble::ImportChanged { name, n_adopted, n_refused });
    }
    Ok(transcription)
}
