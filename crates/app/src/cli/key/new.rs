//! `tallyproof key new`.

use std::path::PathBuf;
use std::process::ExitCode;

use zeroize::Zeroizing;

use super::super::output::{note, print};
use super::super::{Context, Ended};
use crate::pipeline::keys::{self, Passphrase};
use crate::trouble::{KeyTrouble, Outcome, Trouble};

/// Make a key: a private file that only you may read, and FILE.pub with the public line.
///
/// Asks for a passphrase twice; without one, whoever copies the file can sign. Never overwrites a file.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof key new --out press.key --comment press.example.org
  tallyproof key new --out ci.key --passphrase-file /run/secrets/passphrase
  tallyproof key new --out test.key --no-passphrase")]
pub(in crate::cli) struct New {
    /// The private key file.
    #[arg(long, value_name = "FILE", default_value = "tallyproof.key")]
    out: PathBuf,

    /// Who or what the key is, on its public line: a domain of yours, for instance.
    #[arg(long, value_name = "TEXT", default_value = "tallyproof")]
    comment: String,

    /// Leave the file open to whoever can read it.
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,

    /// Take the passphrase from the first line of this file, rather than asking for it.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl New {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        if self.comment.chars().any(char::is_control) {
            return Err(Trouble::BadId(self.comment.clone()));
        }
        // Before anybody types a passphrase for nothing.
        if self.out.exists() {
            return Err(KeyTrouble::FileExists(self.out.clone()).into());
        }
        let passphrase = self.passphrase(context)?;
        let given = passphrase.as_ref().map(|passphrase| passphrase.as_str());
        let key = keys::new_key(&self.out, &self.comment, given)?;
        print(&format!("{}\n", key.line(&self.comment)));
        let args = [
            ("path", self.out.display().to_string()),
            ("public", keys::public_path(&self.out).display().to_string()),
            ("fingerprint", key.fingerprint()),
        ];
        note(&words.tell("key-made", &args));
        if passphrase.is_none() {
            note(&words.tell("key-open", &args));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn passphrase(&self, context: &Context) -> Outcome<Option<Zeroizing<String>>> {
        if self.no_passphrase {
            return Ok(None);
        }
        if let Some(file) = &self.passphrase_file {
            return Passphrase::File(file.clone()).get().map(Some);
        }
        let ask = |key| Passphrase::Ask(context.words.say(key)).get();
        let (first, second) = (ask("key-ask-new")?, ask("key-ask-again")?);
        if first == second { Ok(Some(first)) } else { Err(KeyTrouble::PassphrasesDiffer.into()) }
    }
}
