//! `tallyproof audit record`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

use serde_json::json;
use tallyproof_analysis::audit::inspection::{Feature, Inspection, Sample};

use super::super::output::{Format, note, print_json, print_rows};
use super::super::{Context, Ended, FormatArg, exit};
use super::status::advice;
use crate::pipeline::audit;
use crate::pipeline::audit::record::{
    Reason, RecordRequest, Recorded, RefusedRow, Written, read_rows, record,
};
use crate::trouble::Trouble;
use crate::words::Words;

/// Record what the paper says: one sheet, or a filled-in worksheet.
///
/// Every row is recorded, or refused with line, column, value and reason; if any is refused, nothing is
/// recorded unless you say --allow-refused. Rows not filled in yet are skipped, and rows recorded before are
/// left as they are, so that the same worksheet can be given again as it fills.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof -C ve24 audit record 0412 --votes A=281,B=97,C=3 --null 2 --signatures yes --stamp yes
  tallyproof -C ve24 audit record 170601015.01 --not-found --custody campaign
  tallyproof -C ve24 audit record --from audit/audit-1/worksheet-1-53.csv --inspector i7
  tallyproof -C ve24 audit record 0413 --votes A=281,B=97,C=3 --custody press --convenience
  tallyproof -C ve24 audit record 0412 --votes A=280,B=97,C=3 --null 2 --correct

A sheet that was not drawn is recorded with --convenience and never given a risk. Who inspected and where exactly
stay in the private part of the journal.")]
#[command(group = clap::ArgGroup::new("paper").required(true).args(["votes", "lines", "not_found", "from"]).multiple(true))]
pub(in super::super) struct Record {
    /// The table.
    #[arg(required_unless_present = "from", conflicts_with = "from")]
    table: Option<String>,

    /// Votes on the paper for every selection: ID=COUNT, by commas.
    #[arg(long, value_name = "ID=N,…", value_delimiter = ',', value_parser = vote, conflicts_with_all = ["not_found", "from"])]
    votes: Vec<(String, String)>,

    /// Votes on every ballot line of the paper, in its order, by commas; added up by selection.
    #[arg(long, value_name = "N,…", allow_hyphen_values = true, conflicts_with_all = ["not_found", "from"])]
    lines: Option<String>,

    /// Null votes on the paper.
    #[arg(long, value_name = "N", allow_hyphen_values = true, conflicts_with_all = ["not_found", "from"])]
    null: Option<String>,

    /// The paper was looked for and not found.
    #[arg(long, conflicts_with = "from")]
    not_found: bool,

    /// A filled-in worksheet, or any CSV with its columns.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,

    /// In whose custody the paper is; for drawn sheets the announced one by default. It is published.
    #[arg(long, value_name = "WHO", conflicts_with = "from")]
    custody: Option<String>,

    /// Signatures of poll workers and witnesses: present (or yes), absent (or no), differs, not-checked.
    #[arg(long, value_name = "ANSWER", conflicts_with = "from")]
    signatures: Option<String>,
    /// The stamp.
    #[arg(long, value_name = "ANSWER", conflicts_with = "from")]
    stamp: Option<String>,
    /// The line of the machine's hash in the header.
    #[arg(long, value_name = "ANSWER", conflicts_with = "from")]
    hash_line: Option<String>,
    /// The line under the code.
    #[arg(long, value_name = "ANSWER", conflicts_with = "from")]
    code_line: Option<String>,
    /// Date and time of printing.
    #[arg(long, value_name = "ANSWER", conflicts_with = "from")]
    date_time: Option<String>,

    /// Nobody drew these sheets: record them without a risk.
    #[arg(long)]
    convenience: bool,

    /// Replace what was recorded of the same sheets; the journal keeps both.
    #[arg(long)]
    correct: bool,

    /// The paper does have more votes than the table has electors.
    #[arg(long)]
    as_written: bool,

    /// Record the other rows although some are refused.
    #[arg(long)]
    allow_refused: bool,

    /// Who inspected; private. A pseudonym does.
    #[arg(long, value_name = "WHO")]
    inspector: Option<String>,

    /// Where exactly; private.
    #[arg(long, value_name = "TEXT")]
    place: Option<String>,

    /// The audit; by default the last.
    #[arg(long, value_name = "NAME", conflicts_with = "convenience")]
    audit: Option<String>,

    #[command(flatten)]
    format: FormatArg,
}

fn vote(text: &str) -> Result<(String, String), String> {
    let (id, count) = text.split_once('=').ok_or("ID=COUNT")?;
    Ok((id.trim().to_owned(), count.trim().to_owned()))
}

impl Record {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded, audits) = super::open(context)?;
        let chosen =
            if self.convenience { None } else { Some(audit::choose(&audits, self.audit.as_deref())?) };
        let written = match &self.from {
            Some(path) => {
                let file = File::open(path).map_err(Trouble::io(path))?;
                let csv = |error| Trouble::Csv { file: path.clone(), error };
                read_rows(std::io::BufReader::new(file), &loaded.pack).map_err(csv)?
            }
            None => vec![self.written()],
        };
        let request = RecordRequest {
            convenience: self.convenience,
            correct: self.correct,
            as_written: self.as_written,
            allow_refused: self.allow_refused,
            inspector: self.inspector.clone(),
            place: self.place.clone(),
            file: self.from.clone(),
            by: None,
        };
        let outcome = record(&store, &loaded, &audits, chosen, &written, &request)?;
        self.account(&context.words, &outcome);
        if outcome.is_recorded
            && let Some(chosen) = chosen
        {
            let now = audit::facts(&store, &loaded.pack)?;
            let now = audit::choose(&now, Some(&chosen.id))?;
            note(&advice(context, &tallyproof_analysis::results::PublishedHeldAudit::new(now)));
        }
        Ok(exit(!outcome.refused.is_empty()))
    }

    fn written(&self) -> Written {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let features = [&self.signatures, &self.stamp, &self.hash_line, &self.code_line, &self.date_time];
        Written {
            cells: None,
            line: 0,
            table: text(&self.table),
            custody: text(&self.custody),
            found: if self.not_found { "no".into() } else { "yes".into() },
            votes: self.votes.iter().cloned().collect::<BTreeMap<_, _>>(),
            lines: text(&self.lines),
            null: text(&self.null),
            features: Feature::ALL.iter().zip(features).map(|(f, answer)| (f.code(), text(answer))).collect(),
        }
    }

    /// The account of every row.
    fn account(&self, words: &Words, outcome: &Recorded) {
        match self.format.format {
            Format::Json => print_json(&json!({
                "recorded": if outcome.is_recorded { outcome.new.len() } else { 0 },
                "already": outcome.n_already, "blank": outcome.n_blank,
                "refused": outcome.refused.iter().map(|r| json!({
                    "line": r.line, "table": r.table, "column": r.column, "value": r.value,
                    "reason": r.reason.code(),
                })).collect::<Vec<_>>(),
            })),
            Format::Csv => {
                let row = |r: &RefusedRow| {
                    let texts = [&r.table, &r.column, &r.value].map(Clone::clone);
                    [vec![r.line.to_string()], texts.into(), vec![r.reason.code().to_owned()]].concat()
                };
                let rows: Vec<Vec<String>> = outcome.refused.iter().map(row).collect();
                print_rows(Format::Csv, &["line", "table", "column", "value", "reason"], &rows, &[]);
            }
            Format::Table => {
                // Of a whole worksheet, only papers that do not match.
                let told = |(i, published): &&(Inspection, Option<Vec<u32>>)| {
                    self.from.is_none() || published.as_deref().is_none_or(|p| !i.matches(p))
                };
                if outcome.is_recorded {
                    let new = outcome.new.iter().filter(told);
                    new.for_each(|(i, published)| note(&found(words, i, published.as_deref())));
                }
                outcome.refused.iter().for_each(|r| note(&self.refusal(words, r)));
            }
        }
        let n = |n: usize| words.int(n as u64);
        let args = [
            ("new", n(if outcome.is_recorded { outcome.new.len() } else { 0 })),
            ("already", words.int(outcome.n_already)),
            ("blank", words.int(outcome.n_blank)),
            ("refused", n(outcome.refused.len())),
        ];
        if self.from.is_some() || outcome.n_already > 0 {
            note(&words.tell("audit-recorded", &args));
        }
        if !outcome.is_recorded {
            let key = if self.from.is_some() { "audit-nothing-recorded" } else { "audit-not-recorded" };
            note(&words.say(key));
        }
    }

    fn refusal(&self, words: &Words, refused: &RefusedRow) -> String {
        let args = [
            ("table", refused.table.clone()),
            ("column", refused.column.clone()),
            ("value", refused.value.clone()),
        ];
        let mut key = format!("audit-refusal-{}", refused.reason.code());
        if refused.reason == Reason::Custody && refused.value.is_empty() {
            key.push_str("-none");
        }
        let said = words.tell(&key, &args);
        let place = self.from.as_ref().map(|file| format!("{}:{}: ", file.display(), refused.line));
        format!("{}{said}", tallyproof_core::tidy::plain(&place.unwrap_or_default()))
    }
}

/// What one paper came to.
fn found(words: &Words, inspection: &Inspection, published: Option<&[u32]>) -> String {
    let key = match (&inspection.votes, inspection.sample, published) {
        (None, ..) => "audit-found-none",
        (Some(_), Sample::Convenience, _) => "audit-found-convenience",
        (Some(_), _, Some(published)) if inspection.matches(published) => "audit-found-match",
        _ => "audit-found-differs",
    };
    let list = |votes: &[u32]| votes.iter().map(u32::to_string).collect::<Vec<_>>().join(" ");
    let args = [
        ("table", inspection.table.clone()),
        ("custody", inspection.custody.clone()),
        ("published", published.map(list).unwrap_or_default()),
        ("paper", inspection.votes.as_deref().map(list).unwrap_or_default()),
    ];
    words.tell(key, &args)
}
