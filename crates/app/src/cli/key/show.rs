//! `tallyproof key show`.

use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_core::tidy::plain;
use tallyproof_evidence::checkpoint::{Role, VerifierKey};
use tallyproof_evidence::ssh::{NAMESPACE, NAMESPACE_KEY};

use super::super::output::{Format, print, print_json, print_rows};
use super::super::{Context, Ended, FormatArg};
use crate::pipeline::keys;
use crate::trouble::KeyTrouble;

/// Show a key as others need it: its public line, its fingerprint, a line for allowed-signers files, and its
/// verifier keys as a log and as a witness.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof key show press.key
  tallyproof key show press.key.pub --name press.example.org/count
  tallyproof key show press.key --format json")]
pub(in crate::cli) struct Show {
    /// A private key file, which needs no passphrase for this, or a file with a public line.
    file: PathBuf,

    /// Name in signature lines and allowed-signers files: a log's origin, a witness's name. By default the key's
    /// comment where it can be one, else `tallyproof`.
    #[arg(long)]
    name: Option<String>,

    #[command(flatten)]
    format: FormatArg,
}

impl Show {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (key, comment) = keys::public_key(&self.file)?;
        let of_comment = || VerifierKey::new(&comment, Role::Log, key).is_ok() && is_plain(&comment);
        let name = match &self.name {
            Some(name) => name.as_str(),
            None if of_comment() => comment.as_str(),
            None => "tallyproof",
        };
        let verifier = |role| VerifierKey::new(name, role, key).map(|key| key.to_string());
        let allowed = key.allowed_signers_line(name, &[NAMESPACE, NAMESPACE_KEY]);
        let unsound = || KeyTrouble::of(name);
        let rows = [
            ("public_key", key.line(&comment)),
            ("fingerprint", key.fingerprint()),
            ("allowed_signers", allowed.map_err(unsound())?),
            ("log_key", verifier(Role::Log).map_err(unsound())?),
            ("witness_key", verifier(Role::Witness).map_err(unsound())?),
        ];
        match self.format.format {
            Format::Json => print_json(&std::collections::BTreeMap::from(rows)),
            Format::Csv => {
                let rows = rows.map(|(what, value)| vec![what.to_owned(), value]);
                print_rows(Format::Csv, &["what", "value"], &rows, &[]);
            }
            // Each on a line of its own and whole: they are copied from here.
            Format::Table => {
                for (what, value) in rows {
                    let label = context.words.say(&format!("key-show-{}", what.replace('_', "-")));
                    print(&format!("{label}\n  {}\n", plain(&value)));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Whether an allowed-signers file can name a principal so.
fn is_plain(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "@._-/:".contains(c))
}
