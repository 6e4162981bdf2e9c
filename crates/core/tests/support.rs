//! A small made-up election, and short ways to state facts about it.

use tallyproof_core::facts::{Facts, ImageReading, Source, Standing, Version};
use tallyproof_core::form::Figure;
use tallyproof_core::pack::{Mapping, Pack};
use tallyproof_core::print::{Match, Print, Printed, PrintedFigure, expected};
use tallyproof_core::register::Register;
use tallyproof_core::sheet::{Channel, Field, Reading};
use tallyproof_core::transcription::Transcription;

/// Two selections on three ballot lines, towns of two digits, tables numbered from 1. Sources `one` and
/// `two` are independent of each other, `low` is trusted less.
pub(crate) const PACK: &str = include_str!("small.toml");

/// What makes an election count blank votes apart: something gives them.
pub(crate) const BLANK_APART: &str = r#"
[[mappings]]
id = "blank-apart"
encoding = "utf-8"
table = "{table:5}"
blank = "blank"
null = "null"
ballots = "ballots"
votes = { A = "A", B = "B" }
"#;

/// The small pack, with more TOML after it.
pub(crate) fn pack_with(more: &str) -> Pack {
    let text = format!("{PACK}\n{more}\n");
    Pack::parse("small", &text).unwrap_or_else(|faults| panic!("{faults:?}\n{text}"))
}

/// The small pack.
pub(crate) fn pack() -> Pack {
    pack_with("")
}

/// A mapping for a file of the small election, from the columns in its header.
pub(crate) fn mapping_for(pack: &Pack, header: &str) -> Mapping {
    let columns: Vec<&str> = header.trim().split(',').collect();
    let has = |name: &str| columns.contains(&name);
    let mut toml = String::from("id = \"test\"\nencoding = \"utf-8\"\n");
    if has("table") {
        toml.push_str("table = \"{table:5}\"\n");
    }
    for name in
        ["payload", "valid", "blank", "null", "ballots", "electors", "image"].into_iter().filter(|n| has(n))
    {
        toml.push_str(&format!("{name} = \"{name}\"\n"));
    }
    if has("A1") {
        toml.push_str("lines = [\"A1\", \"A2\", \"B1\"]\n");
    }
    if has("town") {
        toml.push_str("names = { town = \"town\" }\n");
    }
    if has("A") {
        toml.push_str("[votes]\nA = \"A\"\nB = \"B\"\n");
    }
    Mapping::parse(pack, &toml).unwrap_or_else(|faults| panic!("{faults:?}\n{toml}"))
}

/// Reads a table of numbers of the small election.
pub(crate) fn transcribe(pack: &Pack, csv: &str) -> Transcription {
    let mapping = mapping_for(pack, csv.lines().next().unwrap_or_default());
    Transcription::parse(csv.as_bytes(), &mapping, pack).unwrap()
}

/// One version of a source.
pub(crate) fn version(pack: &Pack, label: &str, supersedes: &[&str], csv: &str) -> Version {
    Version {
        label: label.into(),
        supersedes: supersedes.iter().map(|&s| s.into()).collect(),
        sha256: String::new(),
        transcription: transcribe(pack, csv),
    }
}

/// A source with one version.
pub(crate) fn source(pack: &Pack, id: &str, csv: &str) -> Source {
    Source::new(id.into(), vec![version(pack, "V1", &[], csv)]).unwrap()
}

/// A code read from an image.
pub(crate) fn code(pack: &Pack, source: &str, image: &str, payload: &str) -> ImageReading {
    let payload = pack.payload.as_ref().unwrap().read(pack, payload.as_bytes()).unwrap();
    let reading =
        Reading { table: payload.table, values: payload.values, image: Some(image.into()), line: 0 };
    ImageReading {
        source: source.into(),
        channel: Channel::Code,
        standing: Standing::Unreviewed,
        reading,
        print: None,
        unread: None,
    }
}

/// The print of an image, as the form would print what its code says, but for `edits`: digits surely read,
/// `blank`, `unsure` or `not-found`, by the figure's code.
pub(crate) fn printed(pack: &Pack, mut image: ImageReading, edits: &[(&str, &str)]) -> ImageReading {
    let (table, values) = (&image.reading.table, &image.reading.values);
    let figure = |(figure, asked, _): (Figure, String, bool)| {
        let edit = edits.iter().find(|(name, _)| *name == figure.code()).map(|(_, value)| *value);
        let (printed, confidence, found) = match edit {
            None => (Printed::Digits(asked.as_str().into()), 998, Match::Same),
            Some("blank") => (Printed::Blank, 0, Match::Unsure),
            Some("unsure") => (Printed::Illegible("unsure".into()), 0, Match::Unsure),
            Some("not-found") => (Printed::NotFound, 0, Match::Unsure),
            Some(digits) => (Printed::Digits(digits.into()), 998, Match::Other),
        };
        let compared = Some((asked.as_str().into(), found));
        PrintedFigure { figure, printed, confidence, compared, crop: Some([[0; 2], [9, 0], [9; 2], [0, 9]]) }
    };
    let mut figures: Vec<PrintedFigure> = expected(pack, table, values).into_iter().map(figure).collect();
    // The small form prints electors, which its code does not give.
    if let Some((_, digits)) = edits.iter().find(|(name, _)| *name == "electors") {
        let figure = Figure::Field(Field::Electors);
        let printed = Printed::Digits((*digits).into());
        figures.push(PrintedFigure { figure, printed, confidence: 998, compared: None, crop: None });
    }
    image.print = Some(std::sync::Arc::new(Print { figures }));
    image
}

/// A register of the small election, `table,electors`.
pub(crate) fn register(pack: &Pack, csv: &str) -> Register {
    let file = pack.register.as_ref().unwrap();
    let chars: Vec<usize> = pack.levels.iter().map(|l| l.chars).collect();
    Register::parse(csv.as_bytes(), file, &pack.pattern, &chars).unwrap()
}

/// Facts of transcriptions alone.
pub(crate) fn facts(pack: Pack, sources: Vec<Source>) -> Facts {
    Facts::new(pack, None, sources)
}

/// Facts of transcriptions and codes.
pub(crate) fn facts_with_codes(pack: Pack, sources: Vec<Source>, images: Vec<ImageReading>) -> Facts {
    facts(pack, sources).with_images(images, Vec::new(), 0)
}
