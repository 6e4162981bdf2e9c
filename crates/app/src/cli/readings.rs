//! `tallyproof readings`.

use std::process::ExitCode;

use serde_json::{Value, json};
use tallyproof_core::facts::ImageFault;
use tallyproof_core::pack::Pack;
use tallyproof_core::payload::Payload;

use super::output::{Format, print_json, print_rows};
use super::{Context, Ended, FormatArg};
use crate::pipeline::{election, load};
use crate::store::{Access, Original};

/// List what was read on each image: one row per original.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof readings
  tallyproof readings --faults
  tallyproof readings --format json | jq '.[] | select(.status != \"read\")'")]
pub(super) struct Readings {
    /// Only images without a reading.
    #[arg(long)]
    faults: bool,
    #[command(flatten)]
    format: FormatArg,
}

/// One image with what its reading comes to.
struct Row<'o> {
    original: &'o Original,
    outcome: Option<Result<Payload, ImageFault>>,
}

impl Row<'_> {
    fn status(&self) -> &'static str {
        match &self.outcome {
            None => "pending",
            Some(Ok(_)) => "read",
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

    fn json(&self) -> Value {
        let payload = self.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
        json!({
            "file": self.file(),
            "files": self.original.origins.iter().map(|(_, file)| file).collect::<Vec<_>>(),
            "sha256": self.original.sha256,
            "status": self.status(),
            "payload": payload.and(self.text("payload")),
            "table": payload.map(|p| p.table.to_string()),
            "lines": payload.map(|p| p.values.lines.iter().map(|v| v.count()).collect::<Vec<_>>()),
            "null": payload.and_then(|p| p.values.null.count()),
            "decoder": self.text("decoder"),
            "rung": self.text("rung"),
            "place_px": self.original.reading.as_ref().and_then(|body| body.get("place").cloned()),
            "faults": self.faults(),
        })
    }
}

impl Readings {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Read)?;
        let originals = store.originals()?;
        let row = |original| row(&loaded.pack, original);
        let rows: Vec<Row> =
            originals.iter().map(row).filter(|r| !self.faults || r.status() != "read").collect();
        if self.format.format == Format::Json {
            print_json(&rows.iter().map(Row::json).collect::<Vec<_>>());
            return Ok(ExitCode::SUCCESS);
        }
        let cells = |r: &Row| {
            let payload = r.outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
            let detail = match &r.outcome {
                Some(Err(ImageFault::Unread(cause) | ImageFault::NotUsable(cause))) => {
                    context.words.say(&format!("cause-{cause}"))
                }
                Some(Err(fault)) => r.detail(fault),
                _ => String::new(),
            };
            vec![
                r.original.sha256.get(..12).unwrap_or_default().to_owned(),
                r.status().to_owned(),
                payload.map(|p| p.table.to_string()).unwrap_or_default(),
                r.text("decoder").unwrap_or_default().to_owned(),
                r.text("rung").unwrap_or_default().to_owned(),
                r.file().rsplit('/').next().unwrap_or_default().to_owned(),
                detail,
            ]
        };
        let header = ["sha256", "status", "table", "decoder", "rung", "file", "detail"];
        print_rows(self.format.format, &header, &rows.iter().map(cells).collect::<Vec<_>>(), &[]);
        Ok(ExitCode::SUCCESS)
    }
}

fn row<'o>(pack: &Pack, original: &'o Original) -> Row<'o> {
    let outcome = original.reading.as_ref().map(|body| load::outcome(pack, body));
    Row { original, outcome }
}
