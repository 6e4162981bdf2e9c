//! Freezing: list, hash and terms become one event, before any seed exists.

use std::path::PathBuf;

use serde_json::{Value, json};
use tallyproof_analysis::results::{Analysis, AuditFacts, AuditRecord, Choice, NoProposal, Proposal};
use tallyproof_core::journal::sha256_hex;
use tallyproof_core::people::PersonId;

use super::super::import::check_id;
use super::super::load;
use super::signed;
use crate::store::Store;
use crate::trouble::{AuditFault, Outcome, Trouble};
use crate::words::Words;

/// Longest text of a seed procedure or a reason, characters.
const MAX_TEXT: usize = 1_000;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct FreezeRequest {
    /// Name; `audit-1`, `audit-2` … by default.
    pub name: Option<String>,
    /// Method, risk limit, treatment of the missing tables.
    pub choice: Choice,
    /// Risk set aside for another draw, parts per million.
    pub reserve_ppm: u32,
    /// In whose custody the paper is.
    pub custody: String,
    /// How the seed will be made.
    pub seed_procedure: String,
    /// Who asks at the desk.
    pub by: Option<PersonId>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Frozen {
    /// The audit's name.
    pub name: String,
    /// What was fixed.
    pub proposal: Proposal,
    /// Hash of the list.
    pub list_sha256: String,
    /// Number and hash of the event: the head of the journal to hand out.
    pub head: (u64, String),
    /// Where list and announcement lie.
    pub dir: PathBuf,
    /// Whether the very same was frozen before.
    pub already: bool,
}

/// Freezes the counted sheets. The same request again changes nothing, and writes list and announcement anew.
pub fn freeze(
    store: &Store,
    analysis: &Analysis,
    audits: &AuditFacts,
    request: &FreezeRequest,
    words: &Words,
) -> Outcome<Frozen> {
    check_id(&request.custody)?;
    let procedure: String = request.seed_procedure.trim().chars().take(MAX_TEXT).collect();
    if procedure.is_empty() {
        return Err(AuditFault::NoSeedProcedure.into());
    }
    let proposal = proposed(analysis, &request.choice)?;
    let open = audits.records.iter().find(|r| r.is_open());
    let name = match (&request.name, open) {
        (Some(name), _) => name.clone(),
        (None, Some(open)) => open.id.clone(),
        (None, None) => (1..).map(|n| format!("audit-{n}")).find(|n| !taken(audits, n)).unwrap_or_default(),
    };
    check_id(&name)?;
    let list = proposal.frozen.to_bytes();
    let list_sha256 = sha256_hex(&list);
    let body = body(&name, &list_sha256, &proposal, request, &procedure);
    let already =
        load::ledger(store)?.audits.iter().any(|e| e.kind == "audit.frozen" && same_terms(&e.body(), &body));
    if !already {
        if let Some(open) = open {
            return Err(AuditFault::Open(open.id.clone()).into());
        }
        if taken(audits, &name) {
            return Err(AuditFault::NameTaken(name).into());
        }
    }
    let dir = store.audit_dir(&name);
    let path = dir.join("list.csv");
    store.replace(&path, |out| out.write_all(&list))?;
    if !already {
        store.keep_source(&path)?;
        let (body, private) = signed(body, request.by.as_ref(), None);
        store.append("audit.frozen", body, private)?;
    }
    let head = head(store, &name)?;
    let frozen = Frozen { name, proposal, list_sha256, head, dir: dir.clone(), already };
    let announcement = announcement(analysis, &frozen, request, &procedure, words);
    store.replace(&dir.join("announcement.txt"), |out| out.write_all(announcement.as_bytes()))?;
    Ok(frozen)
}

/// List and terms as they would be frozen.
pub fn proposed(analysis: &Analysis, choice: &Choice) -> Outcome<Proposal> {
    analysis.propose(choice).map_err(|no| fault(no, choice))
}

/// Gives an audit up, for everybody to see.
pub fn abandon(store: &Store, record: &AuditRecord, why: &str, by: Option<&PersonId>) -> Outcome<()> {
    if record.abandoned.is_some() {
        return Err(AuditFault::Abandoned(record.id.clone()).into());
    }
    let why: String = why.trim().chars().take(MAX_TEXT).collect();
    let (body, private) = signed(json!({"audit": record.id, "why": why}), by, None);
    store.append("audit.abandoned", body, private)
}

/// Whether a journalled step fixes these very terms, whoever took it.
fn same_terms(journalled: &Value, body: &Value) -> bool {
    let mut journalled = journalled.clone();
    if let Some(members) = journalled.as_object_mut() {
        members.remove("by");
    }
    journalled == *body
}

fn taken(audits: &AuditFacts, name: &str) -> bool {
    audits.records.iter().any(|r| r.id == name)
}

fn fault(no: NoProposal, choice: &Choice) -> Trouble {
    let name = choice.treatment.clone();
    let fault = match no {
        NoProposal::NoLead => AuditFault::NoLead,
        NoProposal::UnknownCap(known) => AuditFault::UnknownCap {
            name: choice.cap.map(|c| c.code().to_owned()).unwrap_or_default(),
            known,
        },
        NoProposal::UnknownTreatment(known) => AuditFault::UnknownTreatment { name, known },
        NoProposal::NoMargin(known) => AuditFault::NoMargin { name, known },
        NoProposal::NothingToDraw => AuditFault::NothingToDraw,
    };
    fault.into()
}

fn body(name: &str, sha256: &str, proposal: &Proposal, request: &FreezeRequest, procedure: &str) -> Value {
    let (terms, frozen) = (&proposal.terms, &proposal.frozen);
    let id = |s: usize| frozen.selections.get(s).cloned().unwrap_or_default();
    let margins: Vec<Value> = terms.margins.iter().map(|&(over, v)| json!([id(over), v])).collect();
    json!({
        "audit": name, "sha256": sha256, "n_sheets": frozen.sheets.len(),
        "method": terms.method.code(), "risk_ppm": terms.risk_ppm, "reserve_ppm": request.reserve_ppm,
        "treatment": request.choice.treatment, "cap": proposal.cap.code(),
        "custody": request.custody, "seed_procedure": procedure,
        "sides": [id(terms.sides.0), id(terms.sides.1)], "margins": margins,
        "expected_ppm": terms.expected_ppm, "most_draws": terms.most_draws,
    })
}

/// Number and hash of the event that froze an audit.
fn head(store: &Store, name: &str) -> Outcome<(u64, String)> {
    let mut head = None;
    store.each_event(&mut |event, bytes| {
        let named = event.body.get("audit").and_then(Value::as_str) == Some(name);
        if event.kind == "audit.frozen" && named {
            head.get_or_insert_with(|| (event.seq, sha256_hex(bytes)));
        }
        Ok(())
    })?;
    Ok(head.unwrap_or_default())
}

/// What is handed out before the seed exists.
fn announcement(
    analysis: &Analysis,
    frozen: &Frozen,
    request: &FreezeRequest,
    procedure: &str,
    words: &Words,
) -> String {
    let terms = &frozen.proposal.terms;
    let selections = &analysis.results.election.selections;
    let id = |s: usize| selections.get(s).map(|s| s.name.clone()).unwrap_or_default();
    let digits =
        |ppm: u32| [10_000, 1_000, 100, 10].iter().position(|&unit| ppm.is_multiple_of(unit)).unwrap_or(4);
    let percent = |ppm: u32| words.percent(f64::from(ppm) / 1e6, digits(ppm));
    let base = [
        ("name", frozen.name.clone()),
        ("election", words.of(&analysis.results.election.title).to_owned()),
        ("sheets", words.int(frozen.proposal.frozen.sheets.len() as u64)),
        ("sha256", frozen.list_sha256.clone()),
        ("risk", percent(terms.risk_ppm)),
        ("reserve", percent(request.reserve_ppm)),
        ("custody", request.custody.clone()),
        ("procedure", procedure.to_owned()),
        ("clean", words.int(frozen.proposal.n_clean)),
        ("most", words.int(terms.most_draws)),
        ("seq", frozen.head.0.to_string()),
        ("head", frozen.head.1.clone()),
        ("first", id(terms.sides.0)),
    ];
    let mut lines: Vec<String> = Vec::new();
    let mut say = |key: &str| lines.push(words.tell(key, &base));
    say("audit-announce-title");
    say("audit-announce-list");
    say(&format!("audit-announce-method-{}", terms.method.code()));
    say(&format!("audit-announce-cap-{}", frozen.proposal.cap.code()));
    say("audit-announce-missing");
    lines.push(format!("  {}", words.say(&format!("audit-treatment-{}", request.choice.treatment))));
    for &(over, v) in &terms.margins {
        let args = [("first", id(terms.sides.0)), ("over", id(over)), ("v", words.int(v))];
        lines.push(format!("  {}", words.tell("audit-announce-assertion", &args)));
    }
    let mut say = |key: &str| lines.push(words.tell(key, &base));
    say("audit-announce-custody");
    say("audit-announce-scoring");
    say(&format!("audit-announce-escalation-{}", terms.method.code()));
    say(if request.reserve_ppm > 0 { "audit-announce-reserve" } else { "audit-announce-no-reserve" });
    say("audit-announce-seed");
    say("audit-announce-head");
    lines.join("\n") + "\n"
}
