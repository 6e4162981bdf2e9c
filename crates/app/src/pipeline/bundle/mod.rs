//! Publishing: the folder's facts, and all that follows from them, as a bundle that a stranger can check.
//!
//! What is published of every table becomes an event first, so that the log's head covers it. Then the bag is written
//! beside its place, signed, verified as a stranger would, and only then moved there: a kill leaves a `.part` folder.

mod contact;
mod contents;
mod derivatives;
mod history;
mod leaving;
mod open;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tallyproof_analysis::results::{Analysis, AuditFacts, analyse_with};
use tallyproof_core::facts::Facts;
use tallyproof_core::journal::ChainCheck;
use tallyproof_core::reconcile::reconcile;
use tallyproof_evidence::bag::archive::{Kind, pack};
use tallyproof_evidence::bag::{BagWriter, Sealed, TAG_MANIFEST};
use tallyproof_evidence::checkpoint::Checkpoint;
use tallyproof_evidence::ledger::Ledger;
use tallyproof_evidence::proof::TABLE_PUBLISHED;
use tallyproof_evidence::published::changes;
use tallyproof_evidence::ssh::{NAMESPACE, Signer, sign};
use tallyproof_evidence::statement::SignedStatement;
use tallyproof_evidence::verify::{Request, Verification, verify};

pub use contact::Contacts;
pub use derivatives::{Derivatives, Derived, Images, Request as ImageRequest, WITHHELD, derive};
pub use history::current;
pub use leaving::{Leaving, Unused, leaving};
pub use open::{Opened, bundle, bundles, open};

use super::load;
use super::packs::{LoadedPack, read_limited};
use crate::store::{Fact, Store};
use crate::trouble::{BundleTrouble, KeyTrouble, Outcome, Trouble};
use crate::words::Lang;

/// Events journalled in one transaction: people who save at the desk wait for it.
const BATCH: usize = 1_000;

/// What is published, and where.
pub struct Publication<'p> {
    /// The bundle: a folder, or an archive by its name's end.
    pub out: &'p Path,
    /// Whether a proof for every table is written too.
    pub proofs: bool,
    /// Statements about keys to hand out with it.
    pub statements: &'p [PathBuf],
    /// What leaves of every picture.
    pub images: &'p Derivatives,
    /// Who is named as the signer in `allowed_signers`.
    pub principal: &'p str,
}

/// What was published.
pub struct Done {
    /// The log's head.
    pub head: Checkpoint,
    /// Fingerprints of the signers.
    pub signers: Vec<String>,
    /// Tables whose figures or standing were published anew.
    pub n_changed: u64,
    /// What verifying it found.
    pub verification: Verification,
}

/// Everything a bundle is written from.
struct Known<'k> {
    store: &'k Store,
    loaded: &'k LoadedPack,
    ledger: Ledger,
    /// Events of the log that is published.
    n_events: u64,
    facts: &'k Facts,
    audits: &'k AuditFacts,
    analysis: &'k Analysis<'k>,
    /// Statements about keys, as they were given.
    statements: Vec<Vec<u8>>,
}

/// Publishes. `stage` is told what is done next, by a code that has words.
pub fn publish(
    store: &Store,
    loaded: &LoadedPack,
    publication: &Publication<'_>,
    signers: &mut [Box<dyn Signer>],
    stage: &mut dyn FnMut(&str),
) -> Outcome<Done> {
    let out = publication.out;
    if out.exists() {
        return Err(Trouble::FolderExists(out.to_owned()));
    }
    // Before anything is noted or written: verifying would find it at the very end, and not by its name.
    let statements = publication.statements.iter().map(|path| statement(path)).collect::<Outcome<_>>()?;
    stage("deriving");
    let Noted { ledger, n_events, facts, audits, n_changed } = note_tables(store, loaded)?;
    let analysis = analyse_with(&facts, &audits);
    let known = Known {
        store,
        loaded,
        ledger,
        n_events,
        facts: &facts,
        audits: &audits,
        analysis: &analysis,
        statements,
    };

    let part = part_of(out);
    remove_unfinished(&part)?;
    stage("writing");
    let mut bag = BagWriter::create(&part).map_err(BundleTrouble::of(&part))?;
    let head = contents::write(&known, publication, signers, &part, &mut bag)?;
    let sealed = bag.seal(&about(&known, &head)).map_err(BundleTrouble::of(&part))?;
    let fingerprints = sign_manifest(&part, &sealed, signers)?;

    stage("verifying");
    let request = Request {
        pinned: fingerprints.clone(),
        since: None,
        witnesses: None,
        cosigned: None,
        calibration: true,
    };
    let verification = verify(&part, &request, &mut |_| {}).map_err(BundleTrouble::of(&part))?;
    if let Some(first) = verification.discrepancies.first() {
        let detail = format!("{} {} {}", first.step.code(), first.code, first.file);
        return Err(BundleTrouble::NotSound { path: part, detail }.into());
    }
    // Before the bundle can be seen: a head that somebody may know is never forgotten.
    history::keep(store, &head)?;
    match Kind::of(out) {
        None => fs::rename(&part, out).map_err(Trouble::io(out))?,
        Some(kind) => {
            stage("packing");
            let mut packed = out.as_os_str().to_owned();
            packed.push(".packing");
            let packed = PathBuf::from(packed);
            pack(&part, kind, &packed).map_err(BundleTrouble::of(&packed))?;
            // Before the bundle is there: it is not made again, and what a kill left beside it would stay for ever.
            fs::remove_dir_all(&part).map_err(Trouble::io(&part))?;
            fs::rename(&packed, out).map_err(Trouble::io(out))?;
        }
    }
    publication.images.forget()?;
    Ok(Done { head: head.checkpoint, signers: fingerprints, n_changed, verification })
}

/// The bytes of a statement that is to be handed out. Fails when it is none, or not signed by those who must.
fn statement(path: &Path) -> Outcome<Vec<u8>> {
    let missing = || Trouble::Io { path: path.to_owned(), error: std::io::ErrorKind::NotFound.into() };
    let bytes = read_limited(path, contents::MAX_STATEMENT_BYTES)?.ok_or_else(missing)?;
    let checked = SignedStatement::parse(&String::from_utf8_lossy(&bytes)).and_then(|read| read.check());
    checked.map_err(KeyTrouble::of(path.display().to_string()))?;
    Ok(bytes)
}

/// What the journal adds up to, once all that is published of tables is in it.
struct Noted {
    ledger: Ledger,
    /// Events it is folded from: the log that is published, however it grows meanwhile.
    n_events: u64,
    facts: Facts,
    audits: AuditFacts,
    n_changed: u64,
}

/// Journals what is published of every table that changed since it was published last.
///
/// People may be entering sheets meanwhile. So most is noted while they go on; then the journal is held, and what
/// changed in between is noted. The events up to that moment are what is published, and nothing in them is newer than
/// the tables say.
fn note_tables(store: &Store, loaded: &LoadedPack) -> Outcome<Noted> {
    let (mut ledger, mut check) = (Ledger::default(), ChainCheck::default());
    let mut n_changed = 0;
    let mut fold = |ledger: &mut Ledger| -> Outcome<u64> {
        let from = std::mem::take(&mut check);
        check = store.each_event_after(from, &mut |event, _| {
            ledger.take(&event);
            Ok(())
        })?;
        Ok(check.n_events())
    };
    fold(&mut ledger)?;
    let due = due(store, &ledger, loaded)?.1;
    n_changed += due.len() as u64;
    due.chunks(BATCH).try_for_each(|batch| store.append_all(batch))?;
    let held = store.hold();
    fold(&mut ledger)?;
    let ((facts, audits), due) = self::due(store, &ledger, loaded)?;
    n_changed += due.len() as u64;
    due.chunks(BATCH).try_for_each(|batch| held.append_all(batch))?;
    let n_events = fold(&mut ledger)?;
    drop(held);
    Ok(Noted { ledger, n_events, facts, audits, n_changed })
}

type Derivation = ((Facts, AuditFacts), Vec<Fact>);

/// What a ledger adds up to, and what of it is still to be noted.
fn due(store: &Store, ledger: &Ledger, loaded: &LoadedPack) -> Outcome<Derivation> {
    let everything = load::of_ledger(store, ledger, loaded.clone())?;
    let sheets = reconcile(&everything.0);
    // Nothing private: two folders with the same facts write the same bytes.
    let fact = |body| Fact { kind: TABLE_PUBLISHED, body, private: Value::Null };
    let due = changes(&everything.0, &sheets, ledger).map(fact).collect();
    drop(sheets);
    Ok((everything, due))
}

/// Lines of `bag-info.txt` (RFC 8493, section 2.2.2); no day, so that the same facts give the same bytes.
fn about(
    known: &Known<'_>,
    head: &tallyproof_evidence::checkpoint::SignedCheckpoint,
) -> Vec<(&'static str, String)> {
    let line = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    vec![
        ("Bag-Software-Agent", format!("tallyproof {}", env!("CARGO_PKG_VERSION"))),
        ("External-Description", line(&known.facts.pack.title.en)),
        ("External-Identifier", format!("{} {}", head.checkpoint.origin(), head.checkpoint.size)),
    ]
}

/// Signs the tag manifest with every key; gives their fingerprints.
fn sign_manifest(root: &Path, sealed: &Sealed, signers: &mut [Box<dyn Signer>]) -> Outcome<Vec<String>> {
    let mut fingerprints = Vec::new();
    for (n, signer) in (1..).zip(signers.iter_mut()) {
        let number = if n == 1 { String::new() } else { format!(".{n}") };
        let path = root.join(format!("{TAG_MANIFEST}{number}.sig"));
        let armoured =
            sign(signer.as_mut(), NAMESPACE, &sealed.tag_manifest).map_err(BundleTrouble::unsigned())?;
        fs::write(&path, armoured).map_err(Trouble::io(&path))?;
        fingerprints.push(signer.public_key().fingerprint());
    }
    Ok(fingerprints)
}

/// Where a bundle is written before it is whole.
fn part_of(out: &Path) -> PathBuf {
    let mut part = out.as_os_str().to_owned();
    part.push(".part");
    PathBuf::from(part)
}

/// Removes what a killed run left; never a folder that is not a bundle's beginning.
fn remove_unfinished(part: &Path) -> Outcome<()> {
    let Ok(entries) = fs::read_dir(part) else { return Ok(()) };
    let ours = |name: &str| {
        let bag = ["data", "bagit.txt", "bag-info.txt", "manifest-sha256.txt"];
        bag.contains(&name) || name.starts_with(TAG_MANIFEST)
    };
    let mut names = entries.flatten().map(|entry| entry.file_name());
    if !names.all(|name| ours(&name.to_string_lossy())) {
        return Err(Trouble::FolderExists(part.to_owned()));
    }
    fs::remove_dir_all(part).map_err(Trouble::io(part))
}

/// Both languages, in the order of the reports.
const LANGS: [Lang; 2] = [Lang::En, Lang::Es];
