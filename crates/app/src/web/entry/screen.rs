//! The page of the sheet at hand: fresh, with a draft, with what is wrong, or with what the rules find.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use tallyproof_core::form::Figure;
use tallyproof_core::print::Print;
use tallyproof_core::review::{Stage, entry_fields};
use tallyproof_evidence::seen::print_of;

use super::checks::{FAR, FindingView, told};
use super::page::{Making, SheetView};
use super::typed::{Complaint, Texts, figures_of, read_what_is_there, texts_of};
use super::{Fields, field};
use crate::trouble::Outcome;
use crate::web::caller::Caller;
use crate::web::desk::Desk;
use crate::web::frame::{Frame, page, page_with};
use crate::web::queue::{Claim, Lease, Need};
use crate::web::refusal::Refusal;
use crate::words::Words;

/// What is said of the sheet before this one.
pub(super) struct After {
    pub(super) says: String,
    pub(super) summary: String,
    pub(super) findings: Vec<FindingView>,
}

impl After {
    /// One sentence.
    pub(super) fn plain(words: &Words, code: &str) -> Self {
        let says = words.say(&format!("desk-entry-{code}"));
        Self { says, summary: String::new(), findings: Vec::new() }
    }
}

/// What stands in the form.
#[derive(Default)]
pub(super) struct Filled<'f> {
    pub(super) texts: Texts,
    pub(super) revision: u32,
    pub(super) complaints: Vec<(Figure, Complaint)>,
    pub(super) findings: Vec<FindingView>,
    pub(super) seen: Vec<&'f str>,
}

#[derive(Template)]
#[template(path = "desk/entry.html")]
struct EntryPage {
    frame: Frame,
    words: &'static Words,
    sheet: SheetView,
    after: Option<After>,
    tools: Vec<Tool>,
    keys: Vec<Key>,
}

#[derive(Template)]
#[template(path = "desk/entry-none.html")]
struct NonePage {
    frame: Frame,
    words: &'static Words,
    title: String,
    says: String,
    again: bool,
    after: Option<After>,
}

/// The figures that a sheet is asked for now, and whether it is a correction.
pub(super) fn asked(desk: &Desk, stage: &Stage) -> Option<(Vec<Figure>, bool)> {
    match stage {
        Stage::FirstEntry | Stage::SecondEntry => Some((entry_fields(&desk.pack), false)),
        Stage::Correction(places) => Some((figures_of(&desk.pack, places), true)),
        Stage::Confirmed | Stage::Decision(_) | Stage::Settled(_) => None,
    }
}

/// The person's sheet, or the next one in line.
pub(super) fn next(desk: &Desk, caller: &Caller, after: Option<After>) -> Result<Response, Refusal> {
    let blind = desk.roll.people().get(&caller.id).is_some_and(|account| account.only_clerk);
    if !blind {
        return Ok(none(desk, caller, "not-blind", after));
    }
    // A sheet that a coordinator closes at this very moment goes, and the next one comes.
    for _ in 0..8 {
        let now = desk.clock.now().run_s;
        let Some(lease) = desk.queue.next(&desk.store, &caller.id, now)? else { break };
        let Some(stage) = desk.board.stage(&desk.pack, &lease.image) else { break };
        let Some((figures, corrects)) = asked(desk, &stage) else {
            desk.line_up(&lease.image);
            continue;
        };
        let filled = drafted(desk, &lease, &figures)?;
        return shown(desk, caller, &AtHand { lease, figures, corrects }, &filled, after);
    }
    Ok(none(desk, caller, "none", after))
}

fn none(desk: &Desk, caller: &Caller, code: &str, after: Option<After>) -> Response {
    let words = caller.words();
    page(&NonePage {
        frame: Frame::new(desk, caller, "/entry").script("entry.js"),
        words,
        title: words.say(&format!("desk-entry-{code}-title")),
        says: words.say(&format!("desk-entry-{code}")),
        again: code == "none",
        after,
    })
}

/// What the person typed of this sheet before.
fn drafted<'f>(desk: &Desk, lease: &Lease, figures: &[Figure]) -> Outcome<Filled<'f>> {
    let Some(draft) = desk.store.draft(lease.person.as_str(), &lease.image)? else {
        return Ok(Filled::default());
    };
    let kept: Texts = serde_json::from_str(&draft.typed).unwrap_or_default();
    let form: Fields = kept.into_iter().collect();
    Ok(Filled { texts: texts_of(figures, &form), revision: draft.revision, ..Filled::default() })
}

/// The page of a sheet.
fn shown(
    desk: &Desk,
    caller: &Caller,
    at_hand: &AtHand,
    filled: &Filled<'_>,
    after: Option<After>,
) -> Result<Response, Refusal> {
    let AtHand { lease, figures, corrects } = at_hand;
    let corrects = *corrects;
    let words = caller.words();
    let picture = format!("/images/{}?for={}", lease.image, lease.token);
    let print: Option<Print> = desk.store.reading_of(&lease.image)?.as_ref().and_then(print_of);
    let making = Making {
        words,
        pack: &desk.pack,
        figures,
        texts: &filled.texts,
        complaints: &filled.complaints,
        print: print.as_ref(),
        picture: &picture,
        corrects,
    };
    let (sum_all, sum_cast) = making.sums();
    let sheet = SheetView {
        person: lease.person.to_string(),
        lease: lease.token.clone(),
        revision: filled.revision,
        corrects,
        groups: making.groups(),
        errors: making.errors(),
        sum_all,
        sum_cast_label: words.say(if desk.pack.blank_votes {
            "desk-entry-sum-cast-blank"
        } else {
            "desk-entry-sum-cast"
        }),
        sum_cast,
        rules: if corrects { Vec::new() } else { making.rules(&filled.findings, &filled.seen) },
        n_findings: filled.findings.len(),
        picture: picture.clone(),
    };
    let status = if sheet.errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let frame =
        Frame::new(desk, caller, "/entry").script("entry-view.js").script("entry.js").class("desk entering");
    let view = EntryPage { frame, words, sheet, after, tools: tools(words), keys: keys(words) };
    Ok(page_with(status, &view))
}

/// The sheet on the screen.
struct AtHand {
    lease: Lease,
    /// The figures it is asked for.
    figures: Vec<Figure>,
    corrects: bool,
}

/// The sheet of a form's lease; `None` where it wants nothing of this person.
fn at_hand(desk: &Desk, caller: &Caller, form: &Fields) -> Option<AtHand> {
    let lease = desk.queue.lease(field(form, "lease"), &caller.id)?;
    let stage = desk.board.stage(&desk.pack, &lease.image)?;
    let may = desk.board.with(&lease.image, |on_board| Need::of(on_board.review(), &stage))?;
    let (figures, corrects) =
        asked(desk, &stage).filter(|_| may.is_some_and(|need| need.admits(&caller.id)))?;
    Some(AtHand { lease, figures, corrects })
}

/// Keeps what is typed as a draft; gives what the rules find on it that the page cannot find by itself.
pub(super) fn keep(desk: &Desk, caller: &Caller, form: &Fields) -> Outcome<Vec<FindingView>> {
    let Some(AtHand { lease, figures, corrects }) = at_hand(desk, caller, form) else {
        return Ok(Vec::new());
    };
    let now_s = desk.clock.now().run_s;
    // Whoever types takes up a sheet again that lapsed, while nobody else has it; if somebody has, the draft stays.
    if matches!(
        desk.queue.claim(&desk.store, &lease.token, &caller.id, now_s)?,
        Claim::Saved | Claim::Unknown
    ) {
        return Ok(Vec::new());
    }
    let texts = texts_of(&figures, form);
    let typed = serde_json::to_string(&texts).unwrap_or_default();
    desk.queue.keep_draft(&desk.store, &lease, revision(form), &typed, now_s)?;
    if corrects {
        return Ok(Vec::new());
    }
    let mut found = findings(desk, caller, &figures, &texts);
    found.retain(|finding| FAR.contains(&finding.code));
    Ok(found)
}

/// What the rules find on what is typed.
pub(super) fn findings(desk: &Desk, caller: &Caller, figures: &[Figure], texts: &Texts) -> Vec<FindingView> {
    let (typed, complaints) = read_what_is_there(&desk.pack, figures, texts);
    let source = caller.words().say("desk-entry-your-entry");
    told(caller.words(), &desk.pack, &desk.checks.find(&typed, complaints.is_empty(), &source))
}

/// `check`: the same page with findings, and what is kept as a draft.
pub(super) fn checked(desk: &Desk, caller: &Caller, form: &Fields) -> Result<Response, Refusal> {
    wrong(desk, caller, form, Vec::new())
}

/// The same page with what is wrong, and findings.
pub(super) fn wrong(
    desk: &Desk,
    caller: &Caller,
    form: &Fields,
    complaints: Vec<(Figure, Complaint)>,
) -> Result<Response, Refusal> {
    keep(desk, caller, form)?;
    let Some(at_hand) = at_hand(desk, caller, form) else {
        return next(desk, caller, Some(After::plain(caller.words(), "unknown")));
    };
    let texts = texts_of(&at_hand.figures, form);
    let findings =
        if at_hand.corrects { Vec::new() } else { findings(desk, caller, &at_hand.figures, &texts) };
    let filled = Filled { texts, revision: revision(form), complaints, findings, seen: seen(form) };
    shown(desk, caller, &at_hand, &filled, None)
}

fn revision(form: &Fields) -> u32 {
    field(form, "revision").parse().unwrap_or(0)
}

fn seen(form: &Fields) -> Vec<&str> {
    form.iter().filter(|(name, _)| name == "seen").map(|(_, code)| code.as_str()).collect()
}

/// A button above the image.
struct Tool {
    deed: &'static str,
    /// What it shows in place of its name.
    sign: Option<&'static str>,
    name: String,
    /// Of a switch: whether it is on.
    pressed: Option<bool>,
}

/// Buttons above the image.
fn tools(words: &Words) -> Vec<Tool> {
    let tool = |deed, sign, pressed| Tool {
        deed,
        sign,
        name: words.say(&format!("desk-entry-tool-{deed}")),
        pressed,
    };
    let plain = ["fit", "width", "turn", "brighter", "darker", "contrast"].map(|deed| tool(deed, None, None));
    let mut tools = vec![tool("larger", Some("+"), None), tool("smaller", Some("−"), None)];
    tools.extend(plain);
    tools.extend([tool("invert", None, Some(false)), tool("follow", None, Some(true))]);
    tools
}

/// Keys and what they do.
struct Key {
    parts: &'static [&'static str],
    does: String,
}

fn keys(words: &Words) -> Vec<Key> {
    const KEYS: [(&[&str], &str); 14] = [
        (&["Enter"], "next"),
        (&["Tab", "↓", "↑"], "move"),
        (&["b"], "blank"),
        (&["i"], "illegible"),
        (&["?"], "help"),
        (&["Esc"], "back"),
        (&["Alt +", "Alt −"], "zoom"),
        (&["Alt ←", "Alt →", "Alt ↑", "Alt ↓"], "pan"),
        (&["Alt 0", "Alt 9"], "fit"),
        (&["Alt R"], "turn"),
        (&["Alt L", "Alt K"], "light"),
        (&["Alt C"], "contrast"),
        (&["Alt I"], "invert"),
        (&["Alt J"], "follow"),
    ];
    KEYS.map(|(parts, code)| Key { parts, does: words.say(&format!("desk-entry-key-{code}")) }).into()
}
