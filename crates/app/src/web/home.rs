//! `GET /`: leads everybody to their place.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Redirect;
use tallyproof_core::people::Role;

use super::caller::Caller;
use super::desk::Desk;

/// Where somebody in this role works.
pub(super) fn place_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "/accounts",
        Role::Coordinator | Role::Observer => "/overview",
        Role::Clerk => "/entry",
    }
}

pub(super) async fn home(State(_): State<Arc<Desk>>, caller: Option<Caller>) -> Redirect {
    Redirect::to(caller.map_or("/login", |caller| place_of(caller.role)))
}
