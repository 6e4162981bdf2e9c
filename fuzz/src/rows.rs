//! Tables of text: transcriptions by every mapping, registers, and frozen lists of audits.

use tallyproof_analysis::audit::frozen::Frozen;
use tallyproof_core::pack::{Delimiter, Encoding, Mapping, Pack};
use tallyproof_core::register::Register;
use tallyproof_core::transcription::{Transcription, fitting_mapping};

use crate::{PACK, SMALL, chosen};

/// Mapping files besides those of the packs: every kind of column, by lines and by payload.
const MAPPINGS: [&str; 3] = [
    "id = \"lines\"\nencoding = \"windows-1252\"\ndelimiter = \"semicolon\"\ntable = \"{a:2}.{b:2}\"\nlines = [\"A1\", \"A2\", \"B1\"]\n\
     null = \"null\"\nballots = \"ballots\"\nelectors = \"electors\"\nimage = \"url\"\nnames = { town = \"town\" }\n",
    "id = \"codes\"\nencoding = \"utf-8\"\ndelimiter = \"tab\"\npayload = \"code\"\n",
    "id = \"both\"\nencoding = \"utf-8\"\ntable = \"{table:5}\"\npayload = \"code\"\nimage = \"url\"\n",
];

fn mappings(pack: &Pack) -> Vec<Mapping> {
    let own = pack.mappings.iter().cloned();
    own.chain(MAPPINGS.iter().filter_map(|toml| Mapping::parse(pack, toml).ok())).collect()
}

/// The mapping that a kind stands for.
pub(crate) fn mapping_of(pack: &Pack, kind: u8) -> Mapping {
    let mut mappings = mappings(pack);
    mappings.swap_remove(usize::from(kind / 2) % mappings.len())
}

/// A table of text: the first byte says what it is taken for.
pub fn rows(bytes: &[u8]) {
    let Some((kind, rest)) = chosen(bytes, 32) else { return };
    match kind {
        0..8 => register(rest, kind),
        8..12 => frozen(rest),
        12..16 => {
            for pack in [&*PACK, &*SMALL] {
                let _ = fitting_mapping(pack, rest);
            }
        }
        _ => {
            let pack: &Pack = if kind % 2 == 0 { &PACK } else { &SMALL };
            transcription(rest, &mapping_of(pack, kind), pack);
        }
    }
}

/// Every row is adopted or refused, the same way twice, and no table is adopted twice.
fn transcription(bytes: &[u8], mapping: &Mapping, pack: &Pack) {
    let read = Transcription::parse(bytes, mapping, pack);
    let Ok(read) = read else { return };
    assert_eq!(read, Transcription::parse(bytes, mapping, pack).expect("it was read a moment ago"));
    assert!(read.readings.windows(2).all(|pair| pair[0].table < pair[1].table));
    for reading in &read.readings {
        assert_eq!(reading.values.selections.len(), pack.selections.len());
        assert!(pack.pattern.matches(reading.table.as_str().as_bytes()));
    }
}

fn register(bytes: &[u8], kind: u8) {
    let mut file = SMALL.register.clone().expect("the pack has a register");
    file.encoding = if kind % 2 == 0 { Encoding::Utf8 } else { Encoding::Latin1 };
    file.delimiter = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab][usize::from(kind / 2) % 3];
    file.names.insert(0, "town".to_owned());
    let chars: Vec<usize> = SMALL.levels.iter().map(|level| level.chars).collect();
    if let Ok(register) = Register::parse(bytes, &file, &SMALL.pattern, &chars) {
        assert!(!register.tables.is_empty());
    }
}

fn frozen(bytes: &[u8]) {
    let Ok(list) = Frozen::parse(bytes) else { return };
    for (place, sheet) in list.sheets.iter().enumerate() {
        assert_eq!(list.place(&sheet.table), Some(place));
    }
    assert_eq!(Frozen::parse(&list.to_bytes()).as_ref(), Ok(&list));
    let _ = list.bounds();
}
