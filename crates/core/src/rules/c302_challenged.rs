//! C302: a less trusted witness gives other figures; it is shown, and does not count.

use super::{ContestCase, Found, c301_sources_differ};

pub(super) fn check(case: &ContestCase, out: &mut Vec<Found>) {
    out.extend(c301_sources_differ::differences(case, true));
}
