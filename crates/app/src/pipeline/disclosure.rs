//! One private part, disclosed and opened.

use std::path::Path;

use tallyproof_core::journal::Event;
use tallyproof_evidence::bag::Bag;
use tallyproof_evidence::disclosure::{Disclosure, MAX_DISCLOSURE_BYTES, NotDisclosed};
use tallyproof_evidence::verify::has_event;

use super::bundle::open;
use super::packs::read_limited;
use crate::store::Store;
use crate::trouble::{BundleTrouble, Outcome, Trouble};

/// Writes the private part of one event. Fails when there is no such event.
pub fn disclose(store: &Store, seq: u64, out: &Path) -> Outcome<()> {
    let disclosure = store.disclosure(seq)?.ok_or(BundleTrouble::NoSuchEvent(seq))?;
    std::fs::write(out, disclosure.to_json()).map_err(Trouble::io(out))
}

/// The event and the private part that a file discloses, where the event is in a bundle's journal; else the code of why
/// it shows nothing.
pub fn opened(file: &Path, bundle: &Path) -> Outcome<Result<(Event, String), &'static str>> {
    let missing = || Trouble::Io { path: file.to_owned(), error: std::io::ErrorKind::NotFound.into() };
    let bytes = read_limited(file, MAX_DISCLOSURE_BYTES)?.ok_or_else(missing)?;
    let checked = Disclosure::parse(&String::from_utf8_lossy(&bytes))
        .and_then(|disclosure| disclosure.check().map(|event| (disclosure, event)));
    let (disclosure, event) = match checked {
        Ok(sound) => sound,
        Err(why) => return Ok(Err(code(why))),
    };
    let opened = open(bundle)?;
    let failed = || BundleTrouble::of(bundle);
    let (bag, _) = Bag::open(opened.root()).map_err(failed())?;
    if !has_event(&bag, event.seq, &disclosure.event).map_err(failed())? {
        return Ok(Err("other-event"));
    }
    Ok(Ok((event, String::from_utf8_lossy(&disclosure.private).into_owned())))
}

/// Codes of why a disclosure shows nothing; each has words in both languages.
pub const NOT_OPENED: [&str; 4] = ["form", "no-event", "other-part", "other-event"];

fn code(why: NotDisclosed) -> &'static str {
    match why {
        NotDisclosed::Form => "form",
        NotDisclosed::NoEvent => "no-event",
        NotDisclosed::OtherPart => "other-part",
    }
}
