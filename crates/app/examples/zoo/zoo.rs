//! The zoo's parts. Tests use them too, with fewer visits.

pub(crate) mod animals;
pub(crate) mod archives;
pub(crate) mod doors;
pub(crate) mod pictures;
pub(crate) mod run;
