//! `tallyproof read`.

use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_core::pack::Pack;

use super::output::{count_bar, note, say_error};
use super::{Context, Ended, FAILED};
use crate::pipeline::alike::link;
use crate::pipeline::election;
use crate::pipeline::read::read;
use crate::pipeline::second::Second;
use crate::pipeline::weights::Weights;
use crate::pipeline::workers::{Eyes, eyes_of};
use crate::store::{Access, Store};
use crate::trouble::{Outcome, Trouble};

/// Read the codes of all images not read yet. Stop it at any time; it goes on where it was.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  tallyproof read
  tallyproof read --jobs 1
  tallyproof read --again          after an upgrade: read everything anew
  tallyproof read --recogniser digits.onnx")]
pub(super) struct Read {
    /// Read images again that were read before.
    #[arg(long)]
    again: bool,

    #[command(flatten)]
    jobs: JobsArg,

    #[command(flatten)]
    recogniser: RecogniserArg,
}

// `--recogniser`, shared by the verbs that read what was added.
#[derive(Default, clap::Args)]
pub(super) struct RecogniserArg {
    /// An ONNX model whose opinion is asked where code and print differ or print is unsure; it decides nothing.
    #[arg(long, value_name = "FILE")]
    recogniser: Option<PathBuf>,
}

// `--jobs`, shared by every verb that reads images.
#[derive(Clone, Copy, clap::Args)]
pub(super) struct JobsArg {
    /// Images read at once; the number of processors by default.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
}

impl JobsArg {
    /// The number asked for, else that of the processors.
    pub(super) fn count(self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        self.jobs.unwrap_or_else(processors).clamp(1, 256)
    }
}

impl Read {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let (store, loaded) = election::open(&context.folder, Access::Write)?;
        let whole = read_images(context, &store, &loaded.pack, &self.jobs, &self.recogniser, self.again)?;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
    }
}

/// Where this folder's pictures are looked at.
pub(super) fn eyes<'p>(store: &Store, pack: &'p Pack, weights: &'p Weights) -> Eyes<'p> {
    eyes_of(&store.pack_dir(&pack.id), &store.source_path(&weights.sha256), pack, weights)
}

/// Reads what is pending, with a progress bar, links files of one picture, and says how it went; false when originals
/// were damaged.
pub(super) fn read_images(
    context: &Context,
    store: &Store,
    pack: &Pack,
    jobs: &JobsArg,
    recogniser: &RecogniserArg,
    again: bool,
) -> Outcome<bool> {
    let weights = Weights::of(store)?;
    let mut eyes = eyes(store, pack, &weights);
    if let Some(model) = &recogniser.recogniser {
        let kept = store.source_path(&weights.sha256);
        let second = Second::of(model, &store.pack_dir(&pack.id), &kept, pack, &weights)?;
        eyes = Eyes::Seconded(Box::new(eyes), second);
    }
    let bar = count_bar(1);
    let counts = read(store, pack, &eyes, jobs.count(), again, &|done, of| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let (counts, words) = (counts?, &context.words);
    if counts.n_now > 0 {
        let args = [
            ("now", words.int(counts.n_now)),
            ("read", words.int(counts.n_read)),
            ("faults", words.int(counts.n_now - counts.n_read)),
            ("before", words.int(counts.n_before)),
        ];
        note(&words.tell("read-counts", &args));
    }
    let n_linked = link(store, jobs.count())?;
    if n_linked > 0 {
        note(&words.tell("read-same-pictures", &[("n", words.int(n_linked))]));
    }
    let whole = counts.damaged.is_empty();
    counts.damaged.into_iter().for_each(|path| say_error(words, &Trouble::OriginalChanged(path)));
    Ok(whole)
}
