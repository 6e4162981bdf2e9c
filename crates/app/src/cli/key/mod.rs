//! `tallyproof key`: one file per step.

mod change;
mod new;
mod show;
mod sign;

use std::path::PathBuf;

use super::{Context, Ended};
use crate::pipeline::keys::{Choice, Passphrase};

/// Make, show and use the keys that bundles and checkpoints are signed with.
///
/// Keys are Ed25519 in OpenSSH's own files: ssh-keygen and ssh-agent work with them, and they with tallyproof.
/// A signature ties what is published to whoever holds the key; it does not say that it is true.
#[derive(clap::Subcommand)]
#[command(after_help = "A key's life:
  tallyproof key new --out press.key --comment press.example.org
  tallyproof key show press.key                     its public line, to be printed and handed out
  tallyproof key sign statement.pdf --key press.key
  tallyproof key rotate --key press.key --new-key next.key --checkpoint checkpoint --out press-to-next.statement

docs/keys.md explains every step: agents, rotation, a lost key, witnesses, and what a signature proves.")]
pub(super) enum Key {
    New(new::New),
    Show(show::Show),
    Sign(sign::Sign),
    Rotate(change::Rotate),
    Lost(change::Lost),
}

impl Key {
    pub(super) fn run(&self, context: &Context) -> Ended {
        match self {
            Key::New(verb) => verb.run(context),
            Key::Show(verb) => verb.run(context),
            Key::Sign(verb) => verb.run(context),
            Key::Rotate(verb) => verb.run(context),
            Key::Lost(verb) => verb.run(context),
        }
    }
}

/// Which key signs: shared by every verb that does.
#[derive(clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct SignerArgs {
    /// Sign with the key in this OpenSSH private key file.
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,

    /// Take the key file's passphrase from the first line of this file, rather than asking for it.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) passphrase_file: Option<PathBuf>,

    /// Sign with a key that the SSH agent holds: its only one, or that of a fingerprint (--agent=SHA256:…).
    #[arg(long, value_name = "FINGERPRINT", num_args = 0..=1, require_equals = true,
          default_missing_value = "", conflicts_with = "key")]
    pub(super) agent: Option<String>,
}

impl SignerArgs {
    /// The choice, for `pipeline::keys::signer`.
    pub(super) fn choice(&self, context: &Context) -> Choice {
        choice(context, self.key.as_ref(), self.passphrase_file.as_ref(), self.agent.as_deref())
    }

    /// The choice of another key file, whose passphrase comes from where this one's does.
    pub(super) fn other(&self, context: &Context, key: &PathBuf) -> Choice {
        choice(context, Some(key), self.passphrase_file.as_ref(), None)
    }
}

fn choice(
    context: &Context,
    key: Option<&PathBuf>,
    passphrase_file: Option<&PathBuf>,
    agent: Option<&str>,
) -> Choice {
    match key {
        Some(path) => {
            let prompt = || context.words.tell("key-ask", &[("path", path.display().to_string())]);
            let passphrase = passphrase_file
                .map_or_else(|| Passphrase::Ask(prompt()), |file| Passphrase::File(file.clone()));
            Choice::File { path: path.clone(), passphrase }
        }
        None => Choice::Agent {
            fingerprint: agent.filter(|fingerprint| !fingerprint.is_empty()).map(str::to_owned),
        },
    }
}
