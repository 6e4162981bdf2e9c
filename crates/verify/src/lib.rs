//! The verb `verify`, with its own words: the same in the program `tallyproof-verify` and in `tallyproof`.

pub mod built;
pub mod help;
mod told;
mod words;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, ValueEnum};
use tallyproof_evidence::EvidenceError;
use tallyproof_evidence::bag::archive::{self, Opened};
use tallyproof_evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use tallyproof_evidence::fault::Fault;
use tallyproof_evidence::layout::CHECKPOINT;
use tallyproof_evidence::ssh::{NAMESPACE, PublicKey, allowed_signers};
use tallyproof_evidence::verify::{Request, Verification, verify};
use tallyproof_evidence::witness::Witnesses;

pub use words::{Lang, Words};

/// Longest file of keys, checkpoints or witnesses read, bytes.
const MAX_SMALL_BYTES: u64 = 1 << 20;

/// The help of the verb in Spanish.
pub const SPANISH_HELP: &str = include_str!("../locales/es.help.toml");

/// Exit status for what is not as claimed, and for a signer that is not known.
const BROKEN: u8 = 1;
/// Exit status for a wrong call.
const USAGE: u8 = 2;
/// Exit status when the bundle cannot be looked at.
const FAILED: u8 = 3;

/// Check an evidence bundle of tallyproof, offline and from nothing but what is in it.
#[derive(Parser)]
#[command(name = "tallyproof-verify", version = built::VERSION, long_version = built::long_version())]
struct Cli {
    /// Language of messages; the locale's by default.
    #[arg(long, value_enum)]
    lang: Option<Lang>,

    #[command(flatten)]
    verify: Verify,
}

/// Runs the small program on the process's arguments.
pub fn main() -> ExitCode {
    let cli: Cli = help::parse(&[SPANISH_HELP]);
    cli.verify.run(cli.lang.unwrap_or_else(Lang::of_environment))
}

/// The whole command of the small program, for documentation and completions.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Check a bundle from nothing but what is in it: every byte, signature and proof, and the results and tables derived again.
///
/// BUNDLE is a folder, a .zip or a .tar.zst. The verdict is "intact" only when the signer is one you name with
/// --signer: whoever changed a bundle can sign it again.
#[derive(Args)]
#[command(after_help = "Examples:
  tallyproof verify bundle/ --signer newsroom.pub
  tallyproof verify bundle.zip --signer SHA256:9QyJ0N3S...
  tallyproof verify bundle.tar.zst --no-signer --format json
  tallyproof verify new/ --signer newsroom.pub --since old/     fails if history was rewritten
  tallyproof verify bundle/ --signer newsroom.pub --witnesses witnesses.txt

Exit status: 0 as claimed, 1 something is not or the signer is not known, 2 usage, 3 cannot be looked at.")]
pub struct Verify {
    /// The bundle.
    pub bundle: PathBuf,

    /// Who must have signed: a public key or allowed-signers file, or a fingerprint (SHA256:…). May be given again.
    #[arg(long = "signer", value_name = "FILE|FINGERPRINT")]
    signers: Vec<String>,

    /// Do not ask who signed.
    #[arg(long, conflicts_with = "signers")]
    no_signer: bool,

    /// A bundle or checkpoint seen earlier, which this one must extend.
    #[arg(long, value_name = "OLD")]
    since: Option<PathBuf>,

    /// Witnesses who must have cosigned the checkpoint: `need N`, then a verifier key a line.
    #[arg(long, value_name = "FILE")]
    witnesses: Option<PathBuf>,

    /// The bundle's checkpoint with cosignatures that came later.
    #[arg(long, value_name = "FILE", requires = "witnesses")]
    cosigned: Option<PathBuf>,

    /// Do not measure again how often the intervals held.
    #[arg(long)]
    no_calibration: bool,

    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// How what was found is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// What reading the published images again found. This crate reads no image: whoever can, says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reread {
    /// Images that are published.
    pub n_published: u64,
    /// Of these, images that say again what their readings say.
    pub n_again: u64,
    /// Images of which now more is read than their readings say.
    pub n_more: u64,
    /// Images of which what their readings say is not read again.
    pub n_not_again: u64,
    /// Images that say something else than their readings.
    pub n_differing: u64,
    /// What they say.
    pub differing: Vec<Differing>,
}

/// Something that an image and its reading do not say alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    /// Hash of the original.
    pub original: String,
    /// `code`, or the printed figure's code.
    pub what: String,
    /// What the reading says.
    pub was: String,
    /// What the image says.
    pub now: String,
}

/// Reads the published images of the bundle in a folder again, or says why it cannot.
pub type ReadAgain<'r> = &'r dyn Fn(&Path) -> Result<Reread, String>;

/// What was found, from the bundle and from its images.
pub(crate) struct Found {
    pub(crate) verification: Verification,
    /// `None` when the images were not read again.
    pub(crate) reread: Option<Reread>,
}

impl Found {
    /// Whether nothing is wrong.
    pub(crate) fn is_sound(&self) -> bool {
        self.verification.is_sound() && self.reread.as_ref().is_none_or(|reread| reread.differing.is_empty())
    }
}

/// Why there is nothing to tell.
enum Unable {
    /// When something on the command line cannot be used.
    Usage(&'static str, Vec<(&'static str, String)>),
    /// When the bundle cannot be read.
    Failed(EvidenceError),
    /// When a file named beside it cannot be read: its name, and why.
    File(String, String),
    /// When images cannot be read again.
    NotRead(String),
}

impl Verify {
    /// Verifies and tells.
    pub fn run(&self, lang: Lang) -> ExitCode {
        self.run_with(lang, None)
    }

    /// The same, and the published images of a bundle that is sound are read again.
    pub fn run_with(&self, lang: Lang, again: Option<ReadAgain<'_>>) -> ExitCode {
        let words = Words::new(lang);
        match self.verify(&words, again) {
            Ok(found) => {
                let text = match self.format {
                    Format::Table => told::text(&found, self.no_signer, &words),
                    Format::Json => told::json(&found, self.no_signer),
                };
                if std::io::stdout().lock().write_all(text.as_bytes()).is_err() {
                    return ExitCode::from(FAILED);
                }
                let sound = found.is_sound() && (self.no_signer || found.verification.signer_is_known());
                if sound { ExitCode::SUCCESS } else { ExitCode::from(BROKEN) }
            }
            Err(Unable::Usage(key, args)) => {
                note(&words.tell(&format!("err-{key}"), &args));
                note(&words.tell(&format!("rec-{key}"), &args));
                ExitCode::from(USAGE)
            }
            Err(Unable::File(file, detail)) => {
                note(&words.tell("err-cannot-read", &[("file", file), ("detail", detail)]));
                note(&words.tell("rec-cannot-read", &[]));
                ExitCode::from(FAILED)
            }
            Err(Unable::Failed(error)) => self.cannot_look(&words, error.to_string()),
            Err(Unable::NotRead(detail)) => self.cannot_look(&words, detail),
        }
    }

    fn cannot_look(&self, words: &Words, detail: String) -> ExitCode {
        let args = [("bundle", self.bundle.display().to_string()), ("detail", detail)];
        note(&words.tell("err-cannot-look", &args));
        note(&words.tell("rec-cannot-look", &args));
        ExitCode::from(FAILED)
    }

    fn verify(&self, words: &Words, again: Option<ReadAgain<'_>>) -> Result<Found, Unable> {
        let request = Request {
            pinned: self.pinned()?,
            since: self.since.as_deref().map(since).transpose()?,
            witnesses: self.witnesses.as_deref().map(witnesses).transpose()?,
            cosigned: self.cosigned.as_deref().map(checkpoint).transpose()?,
            calibration: !self.no_calibration,
        };
        let opened = open(&self.bundle)?;
        let watched = std::io::stderr().is_terminal();
        let mut watch = |step: tallyproof_evidence::verify::Step| {
            if watched {
                note(&words.tell(&format!("doing-{}", step.code()), &[]));
            }
        };
        let verification = verify(opened.root(), &request, &mut watch).map_err(Unable::Failed)?;
        let again = again.filter(|_| verification.is_sound());
        let reread = again.map(|again| again(opened.root())).transpose().map_err(Unable::NotRead)?;
        Ok(Found { verification, reread })
    }

    /// Fingerprints of the keys named.
    fn pinned(&self) -> Result<Vec<String>, Unable> {
        let mut pinned = Vec::new();
        for name in &self.signers {
            if name.starts_with("SHA256:") {
                pinned.push(name.clone());
                continue;
            }
            let text = small(Path::new(name))?;
            let single = PublicKey::parse_line(text.trim_end()).map(|(key, _)| vec![key]);
            // Whom the file believes for another purpose, it does not believe for this one.
            let listed = || {
                let signers = allowed_signers(&text)?.into_iter().filter(|one| one.may_sign(NAMESPACE));
                Ok::<_, Fault>(signers.map(|one| one.key).collect())
            };
            let keys: Vec<PublicKey> = single.or_else(|_| listed()).unwrap_or_default();
            if keys.is_empty() {
                return Err(Unable::Usage("no-key", vec![("file", name.clone())]));
            }
            pinned.extend(keys.iter().map(PublicKey::fingerprint));
        }
        Ok(pinned)
    }
}

fn open(path: &Path) -> Result<Opened, Unable> {
    archive::open(path, &std::env::temp_dir()).map_err(Unable::Failed)
}

/// The head of a log seen earlier: a checkpoint, or the one in a bundle.
fn since(path: &Path) -> Result<Checkpoint, Unable> {
    let text = if path.is_file() && archive::Kind::of(path).is_none() {
        small(path)?
    } else {
        let opened = archive::open(path, &std::env::temp_dir());
        let opened = opened.map_err(|error| Unable::File(path.display().to_string(), error.to_string()))?;
        let place = opened.root().join(CHECKPOINT);
        // Of the bundle itself: a link may lead out of it, and a pipe may never end.
        let is_file = std::fs::symlink_metadata(&place).is_ok_and(|it| it.is_file());
        if !is_file {
            return Err(Unable::Usage("no-checkpoint", vec![("file", path.display().to_string())]));
        }
        small(&place)?
    };
    parse(&text, path).map(|signed| signed.checkpoint)
}

fn checkpoint(path: &Path) -> Result<SignedCheckpoint, Unable> {
    parse(&small(path)?, path)
}

fn parse(text: &str, path: &Path) -> Result<SignedCheckpoint, Unable> {
    let bad = |_| Unable::Usage("no-checkpoint", vec![("file", path.display().to_string())]);
    SignedCheckpoint::parse(text).map_err(bad)
}

fn witnesses(path: &Path) -> Result<Witnesses, Unable> {
    let bad = |_| Unable::Usage("no-witnesses", vec![("file", path.display().to_string())]);
    Witnesses::parse(&small(path)?).map_err(bad)
}

fn small(path: &Path) -> Result<String, Unable> {
    use std::io::Read;
    let mut text = String::new();
    let read =
        std::fs::File::open(path).and_then(|file| file.take(MAX_SMALL_BYTES).read_to_string(&mut text));
    read.map_err(|error| Unable::File(path.display().to_string(), error.to_string()))?;
    Ok(text)
}

/// Prints a line on stderr, for people.
fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
