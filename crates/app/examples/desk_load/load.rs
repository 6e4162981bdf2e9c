//! Parts of the load: a country, people at its desk, the server as a process of its own, and what must be in the journal
//! afterwards. Tests of bad days use them too, with a small country.

pub(crate) mod clerk;
pub(crate) mod country;
pub(crate) mod http;
pub(crate) mod ledger;
pub(crate) mod server;
