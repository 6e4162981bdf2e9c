//! `tallyproof key sign`.

use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_evidence::ssh::NAMESPACE;

use super::super::output::note;
use super::super::{Context, Ended};
use super::SignerArgs;
use crate::pipeline::keys::{self, Cosigned};

/// Sign a file as ssh-keygen does, or cosign somebody's checkpoint or statement as a witness.
///
/// A signature goes to FILE.sig. With --cosign it is added to the file itself: to a copy of a bundle's checkpoint, whose
/// growth you must have checked first (tallyproof verify --since), or to a statement that a key is lost.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof key sign tagmanifest-sha256.txt --key press.key
  tallyproof key sign tagmanifest-sha256.txt --agent
  cp ve24-bundle/data/checkpoint checkpoint
  tallyproof key sign checkpoint --cosign --name observers.example.net --agent=SHA256:…
  ssh-keygen -Y verify -f allowed_signers -I press.example.org -n tallyproof \\
      -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt")]
pub(in crate::cli) struct Sign {
    /// What is signed.
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Where the signature goes; FILE.sig by default.
    #[arg(long, value_name = "FILE", conflicts_with = "cosign")]
    out: Option<PathBuf>,

    /// What the signature is for: one for another purpose proves nothing here.
    #[arg(long, default_value = NAMESPACE, conflicts_with = "cosign")]
    namespace: String,

    /// Add a witness's signature to a checkpoint or a statement.
    #[arg(long, requires = "name")]
    cosign: bool,

    /// The witness's name, as its verifier key has it.
    #[arg(long, requires = "cosign")]
    name: Option<String>,

    /// When it was cosigned, in seconds since 1970; now by default.
    #[arg(long, value_name = "SECONDS", requires = "cosign",
          value_parser = clap::value_parser!(u64).range(0..=9_223_372_036_854_775_807))]
    time: Option<u64>,
}

impl Sign {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        let mut signer = keys::signer(&self.signer.choice(context))?;
        let by = ("fingerprint", signer.public_key().fingerprint());
        let path = ("path", self.file.display().to_string());
        if let Some(name) = &self.name {
            match keys::cosign(&self.file, name, self.time, signer.as_mut())? {
                Cosigned::Checkpoint(size, sha256) => {
                    let args = [path, by, ("size", words.int(size)), ("sha256", sha256)];
                    note(&words.tell("key-cosigned", &args));
                }
                Cosigned::Statement => note(&words.tell("key-attested", &[path, by])),
            }
            return Ok(ExitCode::SUCCESS);
        }
        let out = self.out.clone().unwrap_or_else(|| {
            let mut name = self.file.clone().into_os_string();
            name.push(".sig");
            name.into()
        });
        keys::sign_file(&self.file, &self.namespace, signer.as_mut(), &out)?;
        note(&words.tell("key-signed", &[path, by, ("out", out.display().to_string())]));
        Ok(ExitCode::SUCCESS)
    }
}
