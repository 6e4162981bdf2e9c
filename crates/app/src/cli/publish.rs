//! `tallyproof publish`.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_core::pack::Pack;

use super::key::SignerArgs;
use super::output::count_bar;
use super::output::{note, print};
use super::read::{JobsArg, eyes};
use super::{Context, Ended};
use crate::pipeline::bundle::{
    Derivatives, ImageRequest, Images, Leaving, Publication, WITHHELD, derive, leaving, publish,
};
use crate::pipeline::weights::Weights;
use crate::pipeline::{election, keys, load};
use crate::store::{Access, Store};
use crate::trouble::{BundleTrouble, Outcome, Trouble};
use crate::words::Words;

/// Publish a signed bundle that a stranger can check, after saying what would leave.
///
/// OUT is a new folder, or a file that ends in .zip or .tar.zst. Names, file names, places and exact times stay in the
/// working folder; of them only salted commitments leave. Publishing again extends the same log.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof key new --out press.key
  tallyproof -C ve24 publish ve24-bundle --key press.key
  tallyproof -C ve24 publish ve24.tar.zst --agent --proofs
  tallyproof -C ve24 publish ve24.zip --key press.key --also second.key --yes
  tallyproof -C ve24 publish ve24 --key press.key --images masked          writes contact sheets: look at them
  tallyproof -C ve24 publish ve24 --key press.key --images masked --looked-at 4f0c…

Then: tallyproof verify ve24-bundle --signer press.key.pub")]
pub(super) struct Publish {
    /// The bundle to make.
    #[arg(value_name = "OUT")]
    out: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Sign with this key file as well; may be given again.
    #[arg(long, value_name = "FILE")]
    also: Vec<PathBuf>,

    /// Name of the signer in the bundle, such as an organisation's domain.
    #[arg(long, value_name = "NAME", default_value = "publisher")]
    principal: String,

    /// Write a proof for every table too (about 0.9 kB each); one by one: `tallyproof prove`.
    #[arg(long)]
    proofs: bool,

    /// Hand out this statement about a key (`tallyproof key rotate|lost`); may be given again.
    #[arg(long = "statement", value_name = "FILE")]
    statements: Vec<PathBuf>,

    /// Which images leave. `masked` needs a pack whose layout was reviewed, and contact sheets that were looked at.
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = Images::None)]
    images: Images,

    /// The contact sheets were looked at: the hash that was printed with them.
    #[arg(long, value_name = "SHA256")]
    looked_at: Option<String>,

    /// Withhold the image whose original's SHA-256 begins so; may be given again.
    #[arg(long, value_name = "SHA256")]
    withhold: Vec<String>,

    #[command(flatten)]
    jobs: JobsArg,

    /// Do not ask before anything leaves.
    #[arg(long)]
    yes: bool,
}

impl Publish {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        if self.out.exists() {
            return Err(Trouble::FolderExists(self.out.clone()));
        }
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let images = self.images(&store, &loaded.pack)?;
        tell_leaving(&leaving(&store)?, words);
        tell_images(&images, words);
        if let Some(contacts) = &images.contacts
            && self.looked_at.as_ref() != Some(&contacts.sha256)
        {
            let first = contacts.files.first().map(|path| path.display().to_string()).unwrap_or_default();
            let dir = store.masking_dir().display().to_string();
            let n = words.int(contacts.files.len() as u64);
            let args = [("n", n), ("first", first), ("dir", dir), ("sha256", contacts.sha256.clone())];
            let key = if self.looked_at.is_some() { "publish-looked-at-others" } else { "publish-look" };
            note(&words.tell(key, &args));
            print(&format!("{}\n", contacts.sha256));
            return Ok(ExitCode::SUCCESS);
        }
        if !self.yes && !agreed(words)? {
            note(&words.say("publish-not-agreed"));
            return Ok(ExitCode::SUCCESS);
        }
        let mut signers = vec![keys::signer(&self.signer.choice(context))?];
        for also in &self.also {
            signers.push(keys::signer(&self.signer.other(context, also))?);
        }
        let publication = Publication {
            out: &self.out,
            proofs: self.proofs,
            statements: &self.statements,
            images: &images,
            principal: &self.principal,
        };
        let mut stage = |code: &str| note(&words.say(&format!("publish-stage-{code}")));
        let done = publish(&store, &loaded, &publication, &mut signers, &mut stage)?;
        let head = [
            ("hash", done.head.sha256()),
            ("size", words.int(done.head.size)),
            ("changed", words.int(done.n_changed)),
            ("n", words.int(done.verification.steps.len() as u64)),
        ];
        note(&words.tell("publish-done", &head));
        for fingerprint in done.signers {
            note(&words.tell("publish-signed", &[("fingerprint", fingerprint)]));
        }
        print(&format!("{}\n", self.out.display()));
        Ok(ExitCode::SUCCESS)
    }
}

impl Publish {
    /// What leaves of every picture.
    fn images(&self, store: &Store, pack: &Pack) -> Outcome<Derivatives> {
        let weights = Weights::of(store)?;
        let bar = count_bar(1);
        let told = |done, of| {
            bar.set_length(of);
            bar.set_position(done);
        };
        let (ledger, eyes) = (load::ledger(store)?, eyes(store, pack, &weights));
        let request =
            ImageRequest { images: self.images, set_aside: &self.withhold, jobs: self.jobs.count() };
        let images = derive(store, pack, &ledger, &eyes, &request, &told);
        bar.finish_and_clear();
        images
    }
}

/// How many images leave, how, and why others stay.
fn tell_images(images: &Derivatives, words: &Words) {
    for ((treatment, cause), n) in images.counts() {
        let key =
            if WITHHELD.contains(&cause) { format!("withheld-{cause}") } else { format!("cause-{cause}") };
        let args = [("n", words.int(n)), ("cause", words.say(&key))];
        note(&words.tell(&format!("publish-images-{}", treatment.code()), &args));
    }
}

fn tell_leaving(leaving: &Leaving, words: &Words) {
    let counts = [
        ("events", words.int(leaving.n_events)),
        ("images", words.int(leaving.n_images)),
        ("inspections", words.int(leaving.n_inspections)),
        ("sources", leaving.sources.join(", ")),
    ];
    note(&words.tell("publish-leaving", &counts));
    for file in &leaving.imported {
        let args = [("name", file.name.clone()), ("bytes", words.int(file.n_bytes))];
        note(&words.tell("publish-leaving-file", &args));
        if !file.columns.is_empty() {
            note(&words.tell("publish-leaving-columns", &[("columns", file.columns.join(", "))]));
        }
    }
    for source in &leaving.like_people {
        note(&words.tell("publish-like-a-person", &[("source", source.clone())]));
    }
    note(&words.say("publish-staying"));
}

/// Asks on the terminal. Fails when there is nobody to ask.
fn agreed(words: &Words) -> Outcome<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(BundleTrouble::NotConfirmed.into());
    }
    note(&words.say("publish-ask"));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    let yes = ["y", "yes", "s", "si", "sí"];
    Ok(read.is_ok() && yes.contains(&answer.trim().to_lowercase().as_str()))
}
