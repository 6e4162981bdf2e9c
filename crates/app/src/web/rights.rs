//! Who may do what: the one list of all routes. The router is built from it, and a test holds it against its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::handler::Handler;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, on};
use tallyproof_core::people::Role;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use super::desk::Desk;
use super::guard::{self, Gate};
use super::refusal::Refusal;
use super::{accounts, assets, door, first, home, live, login, own, rooms};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// Everybody, signed in or not.
    Anyone,
    /// Everybody who is signed in.
    SignedIn,
    /// People in these roles.
    Only(&'static [Role]),
}

impl Allowed {
    /// Whether somebody in this role may; `None` is nobody in particular.
    pub fn admits(self, role: Option<Role>) -> bool {
        match (self, role) {
            (Allowed::Anyone, _) | (Allowed::SignedIn, Some(_)) => true,
            (Allowed::Only(roles), Some(role)) => roles.contains(&role),
            (_, None) => false,
        }
    }
}

/// How much may be sent to a route, and how long it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a body.
    pub bytes: usize,
    /// Longest from the request's first line to the answer's; `None`: as long as a form may take.
    pub time: Option<Duration>,
}

/// What a form may be; its time is the desk's setting.
pub const FORM: Limits = Limits { bytes: 256 << 10, time: None };

/// One route.
pub struct Route {
    /// Its method; GET also answers HEAD.
    pub method: Method,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// Who may use it.
    pub allowed: Allowed,
    /// How much and how long.
    pub limits: Limits,
    service: MethodRouter<Arc<Desk>>,
}

impl Route {
    fn new<H, T>(method: Method, path: &'static str, allowed: Allowed, handler: H) -> Self
    where
        H: Handler<T, Arc<Desk>>,
        T: 'static,
    {
        // Every method that the list names is one that a filter knows.
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        Self { method, path, allowed, limits: FORM, service: on(filter, handler) }
    }

    /// Another limit than a form's.
    pub fn within(mut self, bytes: usize, seconds: u64) -> Self {
        self.limits = Limits { bytes, time: Some(Duration::from_secs(seconds)) };
        self
    }
}

/// A route that only shows.
pub fn get<H: Handler<T, Arc<Desk>>, T: 'static>(path: &'static str, allowed: Allowed, handler: H) -> Route {
    Route::new(Method::GET, path, allowed, handler)
}

/// A route that does something.
pub fn post<H: Handler<T, Arc<Desk>>, T: 'static>(path: &'static str, allowed: Allowed, handler: H) -> Route {
    Route::new(Method::POST, path, allowed, handler)
}

/// A route that puts a thing in its place, as often as one likes.
pub fn put<H: Handler<T, Arc<Desk>>, T: 'static>(path: &'static str, allowed: Allowed, handler: H) -> Route {
    Route::new(Method::PUT, path, allowed, handler)
}

const ADMINISTRATOR: Allowed = Allowed::Only(&[Role::Administrator]);

/// All routes.
pub fn routes() -> Vec<Route> {
    [frame_routes(), entry_routes(), room_routes(), door_routes()].into_iter().flatten().collect()
}

/// Signing in, accounts, and what every page needs.
fn frame_routes() -> Vec<Route> {
    use Allowed::{Anyone, SignedIn};
    vec![
        get("/", Anyone, home::home),
        get("/assets/{name}", Anyone, assets::asset),
        get("/login", Anyone, login::show),
        post("/login", Anyone, login::sign_in),
        get("/first", Anyone, first::show_first),
        post("/first", Anyone, first::make_first),
        get("/password", Anyone, first::show_password),
        post("/password", Anyone, first::set_password),
        post("/logout", SignedIn, login::sign_out),
        post("/language", SignedIn, own::set_language),
        get("/live", SignedIn, live::listen),
        get("/me", SignedIn, own::show),
        post("/me/password", SignedIn, own::change_password),
        post("/me/sessions/end", SignedIn, own::end_session),
        post("/me/sessions/end-all", SignedIn, own::end_all),
        post("/me/tokens", SignedIn, own::make_token),
        get("/accounts", ADMINISTRATOR, accounts::show),
        post("/accounts", ADMINISTRATOR, accounts::create),
        post("/accounts/{person}/role", ADMINISTRATOR, accounts::change_role),
        post("/accounts/{person}/password", ADMINISTRATOR, accounts::reset_password),
        post("/accounts/{person}/remove", ADMINISTRATOR, accounts::remove),
    ]
}

/// The queue and the entry screen.
fn entry_routes() -> Vec<Route> {
    super::entry::routes()
}

/// Overview, tables, conflicts, quarantine, claims and audits.
fn room_routes() -> Vec<Route> {
    rooms::routes()
}

/// Exports, backups, uploads and the API.
fn door_routes() -> Vec<Route> {
    door::routes()
}

/// The router of all routes, each behind its guard.
pub(super) fn guarded(desk: &Arc<Desk>) -> Router<Arc<Desk>> {
    let mut router = Router::new();
    for route in routes() {
        let gate = Arc::new(Gate { desk: Arc::clone(desk), allowed: route.allowed, limits: route.limits });
        let within = route.limits.time.unwrap_or(desk.settings.form_within);
        // From the inside out: the guard, then the limits that also hold for what the guard reads.
        let service = route
            .service
            .route_layer(from_fn_with_state(gate, guard::pass))
            .route_layer(DefaultBodyLimit::disable())
            .route_layer(RequestBodyLimitLayer::new(route.limits.bytes))
            .route_layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, within));
        router = router.route(route.path, service);
    }
    router
        .fallback(async |State(desk): State<Arc<Desk>>, request: Request| {
            guard::signed(&desk, &request, Refusal::NotFound)
        })
        .method_not_allowed_fallback(async |State(desk): State<Arc<Desk>>, request: Request| {
            guard::signed(&desk, &request, Refusal::Method)
        })
}
