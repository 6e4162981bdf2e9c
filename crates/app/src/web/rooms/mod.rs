//! Where coordinators decide and observers look on: overview, areas and tables, conflicts, quarantine, reopening, claims,
//! audits.

mod act;
mod acts;
mod area;
mod areas;
mod audit;
mod audit_acts;
mod audits;
mod cases;
mod claims;
mod conflict;
mod fields;
mod findings;
mod grid;
mod history;
mod overview;
mod pages;
mod quarantine;
mod reopenings;
mod sight;
mod table;
mod weight;

use std::sync::Arc;
use std::thread::JoinHandle;

use tallyproof_core::people::Role;

use super::desk::Desk;
use super::rights::{Allowed, Route, get, post};
use crate::pipeline::workers::stand_back;

/// Everybody who may see what machines and people read: all but clerks, who must not.
const LOOK: Allowed = Allowed::Only(&[Role::Administrator, Role::Coordinator, Role::Observer]);
/// Who decides, clears, and holds audits.
const ACT: Allowed = Allowed::Only(&[Role::Coordinator]);
/// Who asks that a sheet be entered anew, and who answers; that they are two is for the review to see to.
const REOPEN: Allowed = Allowed::Only(&[Role::Administrator, Role::Coordinator]);

/// The routes of the rooms.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/overview", LOOK, pages::overview),
        get("/areas/{level}/{code}", LOOK, pages::area),
        get("/tables/{id}", LOOK, pages::table),
        get("/findings/{rule}", LOOK, pages::findings),
        get("/claims", LOOK, pages::claims),
        get("/conflicts", LOOK, acts::conflicts),
        get("/conflicts/{image}", LOOK, acts::conflict),
        post("/conflicts/{image}", ACT, acts::decide),
        get("/quarantine", LOOK, acts::quarantined),
        get("/quarantine/{table}", LOOK, acts::suspects),
        post("/quarantine/{table}", ACT, acts::rule),
        get("/reopenings", LOOK, acts::reopenings),
        post("/reopenings/{image}/{answer}", REOPEN, acts::reopen),
        get("/audits", LOOK, audit_acts::audits),
        post("/audits", ACT, audit_acts::freeze_list).within(256 << 10, 120),
        get("/audits/{name}", LOOK, audit_acts::audit),
        post("/audits/{name}/draw", ACT, audit_acts::draw_sheets),
        post("/audits/{name}/record", ACT, audit_acts::record_paper),
        post("/audits/{name}/worksheet", ACT, audit_acts::record_worksheet)
            .within(audit_acts::MOST_ROWS_BYTES, 60),
        post("/audits/{name}/abandon", ACT, audit_acts::abandon_audit),
        get("/audits/{name}/files/{file}", LOOK, audit_acts::file),
    ]
}

/// Keeps the whole picture current on a thread of its own, until the desk closes.
pub(super) fn keep_current(desk: &Arc<Desk>) -> std::io::Result<JoinHandle<()>> {
    let (weak, snapshot) = (Arc::downgrade(desk), Arc::clone(&desk.snapshot));
    let each = move || {
        let desk = weak.upgrade()?;
        // What failed is said on the pages, and tried again when the journal grew.
        if desk.snapshot.refresh(&desk.store).unwrap_or(false) {
            desk.live.changed();
        }
        Some(())
    };
    let run = move || {
        stand_back();
        snapshot.watch(&each);
    };
    std::thread::Builder::new().name("picture".into()).spawn(run)
}
