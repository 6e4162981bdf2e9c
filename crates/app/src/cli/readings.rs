//! `tallyproof readings`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::{Value, json};
use tallyproof_core::facts::ImageFault;
use tallyproof_core::pack::Pack;
use tallyproof_core::sheet::Channel;

use super::output::{Format, note, print_json, print_rows};
use super::prints::Prints;
use super::{Context, Ended, FormatArg};
use crate::pipeline::alike::same_pictures;
use crate::pipeline::crops::write_crops;
use crate::pipeline::{election, load};
use crate::store::{Access, Original};
use crate::words::Words;

/// List what was read on each image, by its code and by its print: one row per original.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof readings
  tallyproof readings --faults
  tallyproof readings --crops doubtful       figures to look at, one PNG each
  tallyproof readings --format json | jq '.[] | select(.status != \"read\")'")]
pub(super) struct Readings {
    /// Only images without a reading.
    #[arg(long)]
    faults: bool,

    /// Also write a picture of every printed figure in doubt, and of every handwritten one, into this folder.
    #[arg(long, value_name = "DIR")]
    crops: Option<PathBuf>,

    #[command(flatten)]
    format: FormatArg,
}

/// One image with what its reading comes to.
pub(super) struct Row<'o> {
    original: &'o Original,
    outcome: Option<Result<load::Seen, ImageFault>>,
    prints: Prints,
    /// Hashes of other originals made from the same picture.
    same_picture: Vec<String>,
}

impl Row<'_> {
    fn seen(&self) -> Option<&load::Seen> {
        self.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok())
    }

    fn status(&self) -> &'static str {
        match &self.outcome {
            None => "pending",
            Some(Ok(seen)) => match seen.channel {
                Channel::Code | Channel::Transcription | Channel::Entry => "read",
                Channel::Joint => "joint",
                Channel::Print => "print-only",
            },
            Some(Err(fault)) => fault.code(),
        }
    }

    fn file(&self) -> &str {
        self.original.origins.first().map_or("", |(_, file)| file)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.original.reading.as_ref()?.get(key)?.as_str()
    }

    /// More on a fault; the raw texts of strangers' codes are shown here and nowhere that is published.
    fn detail(&self, fault: &ImageFault) -> String {
        let private = self.original.reading.as_ref().and_then(|body| body.get("private_others")?.as_array());
        match (fault, private) {
            (ImageFault::Foreign(_), Some(texts)) => {
                texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ")
            }
            _ => fault.detail(),
        }
    }

    fn faults(&self) -> Vec<Value> {
        let mut faults = Vec::new();
        if let Some(Err(fault)) = &self.outcome {
            faults.push(json!({"code": fault.code(), "detail": self.detail(fault)}));
        }
        if let Some(cause) = self.seen().and_then(|seen| seen.unread.as_ref()) {
            faults.push(json!({"code": "unread", "detail": cause}));
        }
        if let Some(damage) = self.text("damage") {
            faults.push(json!({"code": damage, "detail": ""}));
        }
        let more =
            |key: &str| self.original.reading.as_ref().and_then(|body| body.get(key)?.as_u64()).unwrap_or(0);
        if more("undecoded") > 0 {
            faults.push(json!({"code": "further-code-unread", "detail": more("undecoded").to_string()}));
        }
        faults
    }

    fn json(&self, words: &Words, pack: &Pack) -> Value {
        let seen = self.seen();
        let coded = seen.filter(|seen| seen.channel != Channel::Print);
        let mut object = json!({
            "file": self.file(),
            "files": self.original.origins.iter().map(|(_, file)| file).collect::<Vec<_>>(),
            "sha256": self.original.sha256,
            "status": self.status(),
            "payload": coded.and(self.text("payload")),
            "table": seen.map(|s| s.table.to_string()),
            "lines": seen.map(|s| s.values.lines.iter().map(|v| v.count()).collect::<Vec<_>>()),
            "votes": seen.map(|s| votes(pack, s)),
            "null": seen.and_then(|s| s.values.null.count()),
            "decoder": self.text("decoder"),
            "rung": self.text("rung"),
            "place_px": self.original.reading.as_ref().and_then(|body| body.get("place").cloned()),
            "print": self.prints.json(pack),
            "same_picture_as": self.same_picture,
            "faults": self.faults(),
            "advice": self.cause().map(|cause| words.say(&format!("cause-{cause}"))),
            "measured": self.original.reading.as_ref().and_then(|body| body.get("measured").cloned()),
        });
        if pack.blank_votes {
            object["blank"] = json!(seen.and_then(|s| s.values.blank_votes.count()));
        }
        object
    }

    /// Why the image's code was not read, or its file was of no use.
    fn cause(&self) -> Option<&str> {
        match &self.outcome {
            Some(Err(ImageFault::Unread(cause) | ImageFault::NotUsable(cause))) => Some(cause),
            _ => self.seen()?.unread.as_deref(),
        }
    }

    fn cells(&self, context: &Context, pack: &Pack) -> Vec<String> {
        let detail = match (&self.outcome, self.cause()) {
            (_, Some(cause)) => context.words.say(&format!("cause-{cause}")),
            (Some(Err(fault)), None) => self.detail(fault),
            _ => String::new(),
        };
        vec![
            self.original.sha256.get(..12).unwrap_or_default().to_owned(),
            self.status().to_owned(),
            self.seen().map(|s| s.table.to_string()).unwrap_or_default(),
            self.prints.comparison().code().to_owned(),
            self.prints.in_doubt(pack),
            self.text("decoder").unwrap_or_default().to_owned(),
            self.text("rung").unwrap_or_default().to_owned(),
            self.file().rsplit('/').next().unwrap_or_default().to_owned(),
            detail,
        ]
    }
}

impl Readings {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let pack = &loaded.pack;
        let originals = store.originals()?;
        let same_picture = same_pictures(&store)?;
        let rows: Vec<Row> = originals
            .iter()
            .map(|o| row(pack, o, &same_picture))
            .filter(|r| !self.faults || r.status() != "read")
            .collect();
        if self.format.format == Format::Json {
            print_json(&rows.iter().map(|r| r.json(&context.words, pack)).collect::<Vec<_>>());
        } else {
            let header =
                ["sha256", "status", "table", "print", "figures", "decoder", "rung", "file", "detail"];
            let cells: Vec<_> = rows.iter().map(|r| r.cells(context, pack)).collect();
            print_rows(self.format.format, &header, &cells, &[]);
        }
        if let Some(dir) = &self.crops {
            let wanted = rows.iter().map(|r| (r.original.sha256.as_str(), r.prints.crops(pack)));
            let n = write_crops(&store, dir, wanted)?;
            let args = [("n", context.words.int(n)), ("path", dir.display().to_string())];
            note(&context.words.tell("crops-written", &args));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn row<'o>(pack: &Pack, original: &'o Original, same_picture: &BTreeMap<String, Vec<String>>) -> Row<'o> {
    let outcome = original.reading.as_ref().map(|body| load::outcome(pack, body));
    let seen = outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
    let prints = Prints::new(pack, original.reading.as_ref(), seen);
    let same_picture = same_picture.get(&original.sha256).cloned().unwrap_or_default();
    Row { original, outcome, prints, same_picture }
}

/// Votes by selection, as far as they are numbers: sums of the lines, or what the sheet says itself.
fn votes(pack: &Pack, seen: &load::Seen) -> BTreeMap<String, Option<u32>> {
    let values = seen.values.selections.iter().map(|value| value.count());
    pack.selections.iter().map(|selection| selection.id.clone()).zip(values).collect()
}
