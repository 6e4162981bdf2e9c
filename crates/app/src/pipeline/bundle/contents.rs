//! What lies in a bundle's `data/`, file by file.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use tallyproof_core::journal::sha256_hex;
use tallyproof_evidence::bag::{BagWriter, Written};
use tallyproof_evidence::checkpoint::{Checkpoint, SignedCheckpoint};
use tallyproof_evidence::derived::{self, RESULTS};
use tallyproof_evidence::images::IMAGE_COLUMNS;
use tallyproof_evidence::layout;
use tallyproof_evidence::ledger::AuditEvent;
use tallyproof_evidence::proof::{CHECK_PROOF_PY, Inclusion, TABLE_PUBLISHED, write_line};
use tallyproof_evidence::ssh::{NAMESPACE, NAMESPACE_KEY, Signer};
use tallyproof_evidence::tree::Tree;

use super::{Known, LANGS, Publication, history};
use crate::pipeline::{exports, publish};
use crate::site::{self, Report};
use crate::trouble::{BundleTrouble, Outcome, Trouble};
use crate::words::{Lang, Words};

/// How to check the bundle, in both languages.
const README: &str = include_str!("../../../templates/bundle-readme.txt");

/// Longest statement about a key, bytes.
pub(super) const MAX_STATEMENT_BYTES: u64 = 64 << 10;

/// Writes everything but the manifests; gives the log's head, signed.
pub(super) fn write(
    known: &Known<'_>,
    publication: &Publication<'_>,
    signers: &mut [Box<dyn Signer>],
    root: &Path,
    bag: &mut BagWriter,
) -> Outcome<SignedCheckpoint> {
    let mut desk = Desk { known, root, bag };
    let (tree, origin) = desk.journal()?;
    let size = tree.n_leaves();
    let head = Checkpoint::new(&origin, size, tree.root()).map_err(BundleTrouble::unsigned())?;
    let (signed, earlier) = history::sign(known.store, head, &tree, signers)?;
    desk.text(layout::CHECKPOINT, &signed.to_text())?;
    if !earlier.is_empty() {
        desk.add(layout::CHECKPOINTS, |out| {
            earlier
                .iter()
                .try_for_each(|head| [&*head.line(), b"\n"].iter().try_for_each(|part| out.write_all(part)))
        })?;
    }
    if publication.proofs {
        desk.proofs(&tree)?;
    }
    drop(tree);
    desk.election()?;
    desk.sources()?;
    desk.derived()?;
    desk.reports(&signed.checkpoint)?;
    desk.images(publication)?;
    desk.keys(publication, signers)?;
    desk.text("data/check_proof.py", CHECK_PROOF_PY)?;
    desk.text("data/README.txt", README)?;
    Ok(signed)
}

struct Desk<'d> {
    known: &'d Known<'d>,
    root: &'d Path,
    bag: &'d mut BagWriter,
}

impl Desk<'_> {
    fn add(&mut self, path: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Outcome<()> {
        let below = path.strip_prefix("data/").unwrap_or(path);
        self.bag.add(below, write).map(drop).map_err(BundleTrouble::of(self.root))
    }

    fn text(&mut self, path: &str, text: &str) -> Outcome<()> {
        self.add(path, |out| out.write_all(text.as_bytes()))
    }

    /// Copies a file that is not small.
    fn copy(&mut self, path: &str, from: &Path) -> Outcome<()> {
        let mut file = File::open(from).map_err(Trouble::io(from))?;
        self.add(path, |out| io::copy(&mut file, out).map(drop))
    }

    /// The journal; gives its tree and the log's name.
    fn journal(&mut self) -> Outcome<(Tree, String)> {
        let (mut tree, mut origin) = (Tree::default(), String::new());
        let Known { store, n_events, .. } = *self.known;
        let mut failed = None;
        self.add(layout::JOURNAL, |out| {
            let read = store.each_event(&mut |event, bytes| {
                if event.seq > n_events {
                    return Ok(());
                }
                if event.seq == 1 {
                    origin = layout::origin(&sha256_hex(bytes));
                }
                tree.push(bytes);
                let written = out.write_all(bytes).and_then(|()| out.write_all(b"\n"));
                written.map_err(Trouble::io(Path::new(layout::JOURNAL)))
            });
            failed = read.err();
            Ok(())
        })?;
        failed.map_or(Ok((tree, origin)), Err)
    }

    /// A proof for the last event of every table.
    fn proofs(&mut self, tree: &Tree) -> Outcome<()> {
        let Known { store, n_events, .. } = *self.known;
        let tables = &self.known.ledger.tables;
        let mut failed = None;
        self.add(layout::PROOFS, |out| {
            let mut out = io::BufWriter::new(out);
            let read = store.each_event(&mut |event, bytes| {
                if event.seq > n_events {
                    return Ok(());
                }
                let table = event.body.get("table").and_then(serde_json::Value::as_str).unwrap_or_default();
                let index = event.seq.saturating_sub(1);
                let is_last =
                    event.kind == TABLE_PUBLISHED && tables.get(table).map(|last| last.index) == Some(index);
                match Inclusion::of(tree, tree.n_leaves(), index, bytes).filter(|_| is_last) {
                    Some(proof) => {
                        write_line(&mut out, table, &proof).map_err(Trouble::io(Path::new(layout::PROOFS)))
                    }
                    None => Ok(()),
                }
            });
            failed = read.err();
            out.flush()
        })?;
        failed.map_or(Ok(()), Err)
    }

    fn election(&mut self) -> Outcome<()> {
        for (name, bytes) in &self.known.loaded.files {
            self.add(&format!("{}{name}", layout::ELECTION), |out| out.write_all(bytes))?;
        }
        Ok(())
    }

    /// Imported files, lists of audits, boundaries and taught weights: whatever facts are derived or drawn from.
    fn sources(&mut self) -> Outcome<()> {
        let ledger = &self.known.ledger;
        let lists: Vec<String> = ledger.audits.iter().filter_map(AuditEvent::list).collect();
        let lists = lists.iter().map(String::as_str);
        let imported = ledger.imports.values().map(|import| import.sha256.as_str());
        let others = ledger.boundaries.iter().chain(&ledger.weights).map(String::as_str);
        let hashes: BTreeSet<&str> = imported.chain(lists).chain(others).collect();
        for sha256 in hashes {
            self.copy(&format!("{}{sha256}", layout::SOURCES), &self.known.store.source_path(sha256))?;
        }
        Ok(())
    }

    /// Everything that follows from the facts.
    fn derived(&mut self) -> Outcome<()> {
        let Known { facts, audits, analysis, ledger, .. } = self.known;
        let published = derived::published(facts, analysis, audits, ledger);
        self.add(&format!("data/{RESULTS}"), |out| derived::write(RESULTS, &published, out))?;
        let boundaries = publish::boundaries(self.known.store)?;
        let words = Words::new(Lang::En);
        let issue = exports::issue(&published, &words);
        let written =
            exports::write(&self.root.join("data"), &published, &issue, boundaries.as_deref(), &words)?;
        for exports::Written { path, n_bytes, sha256 } in written {
            self.bag.list(path, Written { sha256, n_bytes }).map_err(BundleTrouble::of(self.root))?;
        }
        Ok(())
    }

    fn reports(&mut self, head: &Checkpoint) -> Outcome<()> {
        let analysis = self.known.analysis;
        let calibration = publish::calibration(self.known.store)?;
        let calibration = calibration.filter(|calibration| calibration.fits(&analysis.estimation));
        if let Some(calibration) = &calibration {
            self.add(layout::CALIBRATION, |out| out.write_all(&calibration.to_json()))?;
        }
        let boundaries = publish::boundaries(self.known.store)?;
        let (hash, checkpoint) = (sha256_hex(&analysis.results.to_json()), head.sha256());
        for (path, lang) in layout::REPORTS.iter().zip(LANGS) {
            let report = Report {
                results: &analysis.results,
                findings: &analysis.findings,
                pack: &self.known.facts.pack,
                boundaries: boundaries.as_deref(),
                calibration: calibration.as_ref(),
                results_sha256: &hash,
                checkpoint: Some(&checkpoint),
            };
            let html = site::report_html(&report, &Words::new(lang))
                .map_err(|error| Trouble::Boundaries(error.to_string()))?;
            self.text(path, &html)?;
        }
        Ok(())
    }

    /// What became of every picture, and the pictures that leave. Two originals may give one file.
    fn images(&mut self, publication: &Publication<'_>) -> Outcome<()> {
        let images = publication.images;
        let rows = images.rows_of(&self.known.ledger);
        let names: BTreeSet<&str> = rows.iter().map(|row| row.published.as_str()).collect();
        for name in names.into_iter().filter(|name| !name.is_empty()) {
            self.copy(&format!("{}{name}", layout::IMAGES), &images.path(name))?;
        }
        self.add(layout::IMAGE_TABLE, |out| {
            writeln!(out, "{}", IMAGE_COLUMNS.join(","))?;
            rows.iter().try_for_each(|row| {
                writeln!(out, "{},{},{},{}", row.original, row.published, row.treatment.code(), row.cause)
            })
        })
    }

    fn keys(&mut self, publication: &Publication<'_>, signers: &mut [Box<dyn Signer>]) -> Outcome<()> {
        let line = |signer: &mut Box<dyn Signer>| {
            signer
                .public_key()
                .allowed_signers_line(publication.principal, &[NAMESPACE, NAMESPACE_KEY])
                .map(|line| line.trim_end().to_owned() + "\n")
                .map_err(BundleTrouble::unsigned())
        };
        let lines = signers.iter_mut().map(line).collect::<Result<String, _>>()?;
        self.text(layout::ALLOWED_SIGNERS, &lines)?;
        for (n, bytes) in (1..).zip(&self.known.statements) {
            self.add(&format!("{}{n}.statement", layout::STATEMENTS), |out| out.write_all(bytes))?;
        }
        Ok(())
    }
}
