//! `tallyproof journal`.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use tallyproof_core::tidy::json;

use super::output::{note, print, say_error};
use super::{Context, Ended, exit};
use crate::pipeline::disclosure::{disclose, opened};
use crate::store::{Access, Store};
use crate::trouble::Trouble;

/// Check and print the journal, and derive from it anew.
#[derive(clap::Subcommand)]
pub(super) enum Journal {
    /// Check the hash chain, the private parts' commitments, the kept files and the projections.
    Check,
    /// Derive every projection anew from the journal.
    Rebuild,
    /// Print the events: the public part, one canonical JSON object a line.
    Show,
    /// Disclose the private part of one event, to a court: who, which file, where and when.
    ///
    /// The file shows these words to have been committed to when the event was journalled, and exposes no other event's.
    Disclose {
        /// The event's number.
        seq: u64,
        /// Where to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Check a disclosure, and print what it discloses. Exit status 1 when it shows nothing.
    Open {
        /// The disclosure.
        file: PathBuf,
        /// The bundle in whose journal the event must be.
        #[arg(long, value_name = "BUNDLE")]
        bundle: PathBuf,
    },
}

impl Journal {
    pub(super) fn run(&self, context: &Context) -> Ended {
        let words = &context.words;
        match self {
            Journal::Check => {
                let store = Store::open(&context.folder, Access::Write)?;
                let state = store.check_journal()?;
                // Every folder begins with its pack: without events the journal is lost, not sound.
                if state.n_events == 0 {
                    return Err(Trouble::NotAFolder(context.folder.clone()));
                }
                let kept = store.check_kept_files()?;
                let sound = state.private_broken.is_empty() && state.projections_current && kept.is_empty();
                kept.iter().for_each(|fault| say_error(words, fault));
                if !state.projections_current {
                    note(&words.say("journal-stale"));
                }
                for seq in &state.private_broken {
                    note(&words.tell("journal-private", &[("seq", seq.to_string())]));
                }
                if !state.erased.is_empty() {
                    note(&words.tell("journal-erased", &[("n", words.int(state.erased.len() as u64))]));
                }
                let args = [("n", words.int(state.n_events)), ("head", state.head)];
                note(&words.tell(if sound { "journal-sound" } else { "journal-unsound" }, &args));
                Ok(exit(!sound))
            }
            Journal::Rebuild => {
                let store = Store::open(&context.folder, Access::Write)?;
                let n = store.rebuild_projections()?;
                note(&words.tell("journal-rebuilt", &[("n", words.int(n))]));
                Ok(ExitCode::SUCCESS)
            }
            Journal::Show => {
                let store = Store::open(&context.folder, Access::Read)?;
                // Exactly the bytes that are hashed, except where a person looks: codes of images are in them.
                let watched = std::io::stdout().is_terminal();
                store.each_event(&mut |_, bytes| {
                    let text = String::from_utf8_lossy(bytes);
                    print(&format!("{}\n", if watched { json(&text) } else { text }));
                    Ok(())
                })?;
                Ok(ExitCode::SUCCESS)
            }
            Journal::Disclose { seq, out } => {
                let store = Store::open(&context.folder, Access::Read)?;
                disclose(&store, *seq, out)?;
                let args = [("seq", words.int(*seq)), ("path", out.display().to_string())];
                note(&words.tell("journal-disclosed", &args));
                Ok(ExitCode::SUCCESS)
            }
            Journal::Open { file, bundle } => match opened(file, bundle)? {
                Ok((event, private)) => {
                    let args = [("seq", words.int(event.seq)), ("kind", event.kind)];
                    note(&words.tell("journal-opened", &args));
                    print(&format!("{}\n", json(&private)));
                    Ok(ExitCode::SUCCESS)
                }
                Err(why) => {
                    note(&words.say(&format!("journal-not-opened-{why}")));
                    Ok(exit(true))
                }
            },
        }
    }
}
