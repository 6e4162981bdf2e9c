//! `tallyproof import`.

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::json;
use tallyproof_core::pack::{Delimiter, Encoding};
use tallyproof_core::transcription::{Refusal, Transcription};

use super::output::{Format, byte_bar, note, print_json, print_rows};
use super::{Context, Ended, FormatArg, exit};
use crate::pipeline::election;
use crate::pipeline::import::{ImportRequest, Imported, import};
use crate::store::Access;
use crate::words::Words;

/// Refusals shown to people; `--format csv` or `json` gives all that are kept.
const SHOWN: usize = 20;

/// Read somebody else's table of numbers. Every row is adopted, or refused with line, column, value and
/// reason; if any is refused, nothing is recorded unless you say --allow-refused.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof import v2.csv --source campaign
  tallyproof import v2.csv --source campaign --version V2 --supersedes V1
  tallyproof import v1.csv --source campaign --version V1 --superseded-by V2
  tallyproof import v2.csv --source campaign --delimiter ';'      as spreadsheets save it in many countries
  tallyproof import volunteers.csv --source volunteers --map my-mapping.toml --allow-refused")]
pub(super) struct ImportArgs {
    /// The file.
    file: PathBuf,

    /// Who published it: letters, digits, - and _. It is published: use a pseudonym where a name would expose
    /// somebody. Files of one source are versions of one table.
    #[arg(long, value_name = "NAME")]
    source: String,

    /// Label of this version.
    #[arg(long, value_name = "LABEL", default_value = "1")]
    version: String,

    /// An older version that this one supersedes. The newest version counts; it is declared, never guessed.
    #[arg(long, value_name = "LABEL")]
    supersedes: Vec<String>,

    /// A newer version, imported before, that supersedes this one.
    #[arg(long, value_name = "LABEL")]
    superseded_by: Option<String>,

    /// A mapping of the pack by name, or a file with one; by default the pack's that fits the header.
    #[arg(long = "map", value_name = "NAME|FILE")]
    mapping: Option<String>,

    /// Encoding of the file, if not the mapping's.
    #[arg(long, value_parser = encoding, value_name = "utf-8|latin-1")]
    encoding: Option<Encoding>,

    /// What separates the cells, if not the mapping's sign: , ; | or tab.
    #[arg(long, value_parser = delimiter, value_name = "SIGN")]
    delimiter: Option<Delimiter>,

    /// Record the import although rows were refused.
    #[arg(long)]
    allow_refused: bool,

    #[command(flatten)]
    format: FormatArg,
}

fn encoding(text: &str) -> Result<Encoding, String> {
    Encoding::parse(text).ok_or_else(|| "utf-8, latin-1".to_owned())
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    let known = |delimiter: &Delimiter| delimiter.word() == text;
    Delimiter::ALL
        .into_iter()
        .find(known)
        .or_else(|| Delimiter::parse(text))
        .ok_or_else(|| "one of , ; | tab".to_owned())
}

impl ImportArgs {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let request = ImportRequest {
            file: self.file.clone(),
            source: self.source.clone(),
            label: self.version.clone(),
            supersedes: self.supersedes.clone(),
            superseded_by: self.superseded_by.clone(),
            mapping: self.mapping.clone(),
            encoding: self.encoding,
            delimiter: self.delimiter,
            allow_refused: self.allow_refused,
        };
        let bar = byte_bar(std::fs::metadata(&self.file).map_or(0, |m| m.len()));
        let watched = bar.clone();
        let imported = import(&store, &loaded.pack, &request, move |file| -> Box<dyn Read> {
            Box::new(watched.wrap_read(std::io::BufReader::with_capacity(1 << 16, file)))
        });
        bar.finish_and_clear();
        let words = &context.words;
        let name = ("source", format!("{}@{}", self.source, self.version));
        match imported? {
            Imported::Recorded(transcription, mapping) => {
                self.account(words, &transcription, true);
                let args = [name, ("mapping", mapping.id), counts(words, &transcription)[0].clone()];
                note(&words.tell("import-recorded", &args));
                Ok(ExitCode::SUCCESS)
            }
            Imported::Refused(transcription, _) => {
                self.account(words, &transcription, false);
                note(&words.tell("import-refused", &[name]));
                Ok(exit(true))
            }
            Imported::Already(existing) => {
                if self.format.format == Format::Json {
                    print_json(&json!({
                        "adopted": existing.n_adopted, "refused": existing.n_refused, "recorded": true,
                        "already": true, "refusals": [],
                    }));
                }
                note(&words.tell("import-already", &[name]));
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    /// The account of every row: counts of adopted and refused, and the refused ones.
    fn account(&self, words: &Words, transcription: &Transcription, recorded: bool) {
        let refusals = &transcription.refusals;
        let header = ["line", "column", "value", "reason"];
        match self.format.format {
            Format::Json => print_json(&json!({
                "adopted": transcription.readings.len(),
                "refused": transcription.n_refused,
                "recorded": recorded,
                "refusals": refusals.iter().map(|r| json!({
                    "line": r.line, "column": r.column, "value": r.value, "reason": r.reason.code(),
                    "table": r.table.as_ref().map(ToString::to_string), "other_line": r.other_line,
                })).collect::<Vec<_>>(),
            })),
            Format::Csv => {
                let row = |r: &Refusal| {
                    vec![r.line.to_string(), r.column.clone(), r.value.clone(), r.reason.code().to_owned()]
                };
                print_rows(Format::Csv, &header, &refusals.iter().map(row).collect::<Vec<_>>(), &[]);
            }
            Format::Table => {
                for refusal in refusals.iter().take(SHOWN) {
                    note(&refusal_line(words, &self.file.display().to_string(), refusal));
                }
                if transcription.n_refused > SHOWN as u64 {
                    let more = words.int(transcription.n_refused - SHOWN as u64);
                    note(&words.tell("import-more", &[("n", more)]));
                }
                note(&words.tell("import-counts", &counts(words, transcription)));
            }
        }
    }
}

fn counts(words: &Words, transcription: &Transcription) -> [(&'static str, String); 2] {
    let adopted = words.int(transcription.readings.len() as u64);
    [("adopted", adopted), ("refused", words.int(transcription.n_refused))]
}

fn refusal_line(words: &Words, file: &str, refusal: &Refusal) -> String {
    let args = [
        ("line", refusal.line.to_string()),
        ("column", refusal.column.clone()),
        ("value", refusal.value.clone()),
        ("other", refusal.other_line.map(|n| n.to_string()).unwrap_or_default()),
    ];
    let reason = words.tell(&format!("refusal-{}", refusal.reason.code()), &args);
    format!("{}:{}: {reason}", tallyproof_core::tidy::plain(file), refusal.line)
}
