//! `tallyproof key rotate` and `tallyproof key lost`.

use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_evidence::statement::{Change, Statement};

use super::super::output::note;
use super::super::{Context, Ended};
use super::{SignerArgs, choice};
use crate::pipeline::keys;

/// State that another key follows yours: a statement signed by both.
///
/// Whoever pinned the old key then trusts the new one, and the old one no further than the checkpoint named.
#[derive(clap::Args)]
#[command(after_help = "Example:
  tallyproof key rotate --key press.key --new-key next.key --checkpoint bag/data/checkpoint --out rotation.statement")]
pub(in crate::cli) struct Rotate {
    #[command(flatten)]
    old: SignerArgs,

    /// The key that follows, in its private key file.
    #[arg(long, value_name = "FILE", required_unless_present = "new_agent")]
    new_key: Option<PathBuf>,

    /// Take its passphrase from the first line of this file.
    #[arg(long, value_name = "FILE", requires = "new_key")]
    new_passphrase_file: Option<PathBuf>,

    /// The key that follows, by its fingerprint in the SSH agent.
    #[arg(long, value_name = "FINGERPRINT", conflicts_with = "new_key")]
    new_agent: Option<String>,

    /// The last checkpoint that the old key signed.
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,

    /// The statement.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Rotate {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let old = keys::signer(&self.old.choice(context))?;
        let passphrase = self.new_passphrase_file.as_ref();
        let new = choice(context, self.new_key.as_ref(), passphrase, self.new_agent.as_deref());
        let new = keys::signer(&new)?;
        let (from, to) = (old.public_key(), new.public_key());
        let stated = keys::state(Change::Rotated, from, to, &self.checkpoint, &mut [old, new], &self.out)?;
        tell(context, "key-rotated", &self.out, &stated);
        Ok(ExitCode::SUCCESS)
    }
}

/// State that a key is lost, or in other hands: a statement signed by the key that follows it.
///
/// Anybody can write such a statement. It is followed only where enough witnesses, whom the reader chose before, sign
/// it too (key sign --cosign); elsewhere it is shown as a warning.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof key lost press.key.pub --key next.key --checkpoint bag/data/checkpoint --out lost.statement
  tallyproof key sign lost.statement --cosign --name observers.example.net --agent")]
pub(in crate::cli) struct Lost {
    /// The lost key's public line.
    lost: PathBuf,

    #[command(flatten)]
    new: SignerArgs,

    /// The last checkpoint that was surely yours.
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,

    /// The statement.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Lost {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (lost, _) = keys::public_key(&self.lost)?;
        let new = keys::signer(&self.new.choice(context))?;
        let to = new.public_key();
        let stated = keys::state(Change::Lost, lost, to, &self.checkpoint, &mut [new], &self.out)?;
        tell(context, "key-lost", &self.out, &stated);
        Ok(ExitCode::SUCCESS)
    }
}

fn tell(context: &Context, key: &str, out: &std::path::Path, stated: &Statement) {
    let args = [
        ("path", out.display().to_string()),
        ("old", stated.old.fingerprint()),
        ("new", stated.new.fingerprint()),
        ("size", context.words.int(stated.size)),
    ];
    note(&context.words.tell(key, &args));
}
